import type { InferOutput } from 'valibot';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { fc } from '../../test/support/property';
import type { ViewSpec } from '../analysis/viewSpec';
import type { ProfileSummary } from '../engine/engineApi';
import type { FrameDetailsParams } from '../engine/flameApi';
import type { FunctionTableParams, SearchParams } from '../engine/functionApi';
import type { ToHost, ViewState } from '../protocol';
import { parseWebviewMessage, type viewStateSchema, type WebviewMessage, type WebviewRequest } from './messageSchemas';
import { ownBuffers } from './ownBuffers';
import { profileHtml } from './profileHtml';
import { fitState, ViewStateStore } from './viewStateStore';

const view = { sampleType: 1, thread: null };
const state: ViewState = {
  view,
  order: 'timeOrder',
  range: { from: 1, to: 2 },
  scroll: 3,
  zoomed: 4,
  focused: 5,
  search: { query: 'x', regex: false, matchCase: false },
  table: { visible: true, sort: 'self', descending: true, filter: '', width: 300 },
};
const summary: ProfileSummary = {
  profile: 1,
  name: 'a.cpuprofile',
  formats: ['cpuprofile'],
  sampleTypes: [
    { type: 'samples', unit: 'count' },
    { type: 'time', unit: 'microseconds' },
  ],
  defaultSampleType: 1,
  totals: [10, 20],
  threads: [{ name: 'main', title: 'main', process: null, pid: null, tid: null, samples: 10 }],
  processes: [{ title: '(no process)', threads: [0], samples: 10 }],
  labels: [{ key: 'instance', samples: 10, values: [{ value: 'a', samples: 10 }], distinct: 1 }],
  samples: 10,
  functions: 3,
  durationMs: 1,
  startTimeMs: null,
  timed: true,
  lines: 'declaration',
  notes: [],
};

const divided: ViewSpec = {
  ...view,
  filter: [
    { by: 'label:instance', values: ['a', null] },
    { by: 'process', values: ['java'] },
  ],
  splitBy: 'thread',
};

describe('parseWebviewMessage', () => {
  const good: ToHost[] = [
    { kind: 'ready' },
    { kind: 'cancel', id: 3 },
    { kind: 'openFrame', view, order: 'leftHeavy', node: 7 },
    { kind: 'openFunction', view, func: 7 },
    { kind: 'openFunction', view: divided, func: 7 },
    { kind: 'state', state: { ...state, view: divided } },
    { kind: 'state', state },
    { kind: 'copy', text: 'hot' },
    { kind: 'dropUris', uris: ['file:///a'] },
    { kind: 'dropFile', name: 'a.folded', bytes: Uint8Array.of(1) },
    { kind: 'retry' },
    { kind: 'showOutput' },
  ];
  const filter = { query: '', regex: false, matchCase: false };
  const requests = [
    { method: 'flameWindow', params: { view, order: 'leftHeavy', from: 0, to: 1, pixels: 1000, names: 'window' } },
    { method: 'frameDetails', params: { view, order: 'leftHeavy', node: 1 } },
    { method: 'frameParents', params: { view, order: 'leftHeavy', node: 1 } },
    { method: 'search', params: { view, ...filter } },
    { method: 'functionTable', params: { view, sort: 'self', descending: true, filter, offset: 0, limit: 100 } },
  ].map((request) => ({ kind: 'request', id: 1, ...request }));

  it('lets every message of the protocol pass as it is', () => {
    for (const message of [...good, ...requests]) {
      expect(parseWebviewMessage(message)).toEqual({ message });
    }
  });

  it.each([
    [{ kind: 'request', id: 1, method: 'open', params: { source: { kind: 'file', path: '/etc/passwd' } } }],
    [{ kind: 'request', id: 1, method: 'encode', params: { format: 'pprof' } }],
    [
      {
        kind: 'request',
        id: 1,
        method: 'flameWindow',
        params: { view, order: 'up', from: 0, to: 1, pixels: 10, names: 'none' },
      },
    ],
    [{ ...requests[0], params: { ...requests[0]!.params, from: Number.NaN } }],
    [{ ...requests[0], params: { ...requests[0]!.params, pixels: 1e12 } }],
    [{ ...requests[4], params: { ...requests[4]!.params, limit: 1e9 } }],
    [{ ...requests[3], params: { view, query: 'x'.repeat(20_000), regex: true, matchCase: false } }],
    [{ kind: 'openFrame', view: { sampleType: -1, thread: null }, order: 'leftHeavy', node: 1 }],
    [{ kind: 'openFrame', view, order: 'leftHeavy', node: 1.5 }],
    [{ kind: 'openFunction', view, func: '1' }],
    [{ kind: 'openFunction', view: { ...view, splitBy: 'moon' }, func: 1 }],
    [{ kind: 'openFunction', view: { ...view, splitBy: `label:${'x'.repeat(20_000)}` }, func: 1 }],
    [{ kind: 'openFunction', view: { ...view, filter: [{ by: 'label:k', values: [1] }] }, func: 1 }],
    [{ kind: 'openFunction', view: { ...view, filter: [{ by: 'thread', values: Array(2000).fill('x') }] }, func: 1 }],
    [{ kind: 'openFunction', view: { ...view, filter: Array(100).fill({ by: 'thread', values: [] }) }, func: 1 }],
    [{ kind: 'copy', text: 'x'.repeat(1_000_001) }],
    [{ kind: 'state', state: { ...state, table: null } }],
    [{ kind: 'eval', code: '1' }],
    [{ kind: 'constructor' }],
    [null],
    ['ready'],
  ])('refuses %#', (message) => {
    expect(parseWebviewMessage(message).message).toBeNull();
  });

  it('accepts just what the protocol says (the compiler checks)', () => {
    type Params<M extends WebviewRequest['method']> = Extract<WebviewRequest, { method: M }>['params'];
    expectTypeOf<WebviewMessage['kind']>().toEqualTypeOf<ToHost['kind']>();
    expectTypeOf<InferOutput<typeof viewStateSchema>>().toExtend<ViewState>();
    expectTypeOf<ViewState>().toExtend<InferOutput<typeof viewStateSchema>>();
    expectTypeOf<Params<'frameDetails'>>().toExtend<Omit<FrameDetailsParams, 'profile'>>();
    expectTypeOf<Params<'search'>>().toExtend<Omit<SearchParams, 'profile'>>();
    expectTypeOf<Params<'functionTable'>>().toExtend<Omit<FunctionTableParams, 'profile'>>();
  });

  it('drops a profile that the webview names', () => {
    const { message } = parseWebviewMessage({
      ...requests[1],
      params: { ...requests[1]!.params, profile: 99 },
    });
    expect(message).toEqual(requests[1]);
  });

  it('never throws, whatever arrives', () => {
    fc.assert(
      fc.property(fc.anything(), (message) => {
        parseWebviewMessage(message);
      }),
      { numRuns: 300 },
    );
  });
});

describe('ViewStateStore', () => {
  function memory() {
    const values = new Map<string, unknown>();
    return {
      values,
      get: (key: string) => values.get(key),
      update: async (key: string, value: unknown) => void values.set(key, structuredClone(value)),
    };
  }

  it('gives back what was kept, for the last 50 profiles', async () => {
    const store = new ViewStateStore(memory());
    for (let i = 0; i < 60; i++) {
      await store.set(`file:///${i}`, summary, { ...state, scroll: i });
    }
    expect(store.get('file:///9', summary)).toBeNull();
    expect(store.get('file:///10', summary)).toEqual({ ...state, scroll: 10 });
    expect(store.get('file:///59', summary)?.scroll).toBe(59);
  });

  it('follows a thread by its name', async () => {
    const store = new ViewStateStore(memory());
    const thread = (title: string) => ({ ...summary.threads[0]!, title });
    const two = { ...summary, threads: [thread('main'), thread('worker')] };
    await store.set('x', two, { ...state, view: { sampleType: 1, thread: 1 } });
    expect(store.get('x', two)?.view.thread).toBe(1);
    expect(store.get('x', { ...two, threads: [thread('worker'), thread('main')] })?.view.thread).toBe(0);
    expect(store.get('x', { ...two, threads: [thread('main'), thread('gc')] })?.view.thread).toBeNull();
  });

  it('survives a damaged store', () => {
    const damaged = memory();
    damaged.values.set('emberline.viewStates', [{ uri: 'x', state: { evil: true } }]);
    expect(new ViewStateStore(damaged).get('x', summary)).toBeNull();
  });

  it('drops positions when the content changed, and choices that are gone', async () => {
    const store = new ViewStateStore(memory());
    await store.set('x', summary, state);
    expect(store.get('x', { ...summary, samples: 11 })).toEqual({
      ...state,
      range: null,
      scroll: 0,
      zoomed: null,
      focused: null,
    });
    expect(
      fitState({ ...state, view: { sampleType: 5, thread: 8 } }, { ...summary, timed: false }, true),
    ).toMatchObject({
      view: { sampleType: 1, thread: null },
      order: 'leftHeavy',
      zoomed: null,
    });
  });
});

describe('fitState', () => {
  it('keeps a filter that still means something, with its positions', () => {
    const filter: ViewSpec['filter'] = [{ by: 'label:instance', values: ['a'] }];
    const filtered = { ...state, view: { ...view, filter, splitBy: 'label:instance' as const } };
    expect(fitState(filtered, summary, true)).toEqual(filtered);
    expect(fitState({ ...state, view: { ...view, filter: null, splitBy: null } }, summary, true)).toEqual(state);
    const gone = { ...state, view: { ...view, filter: [{ by: 'label:instance', values: ['b'] }] as const } };
    expect(fitState(gone, summary, true)).toEqual({ ...state, range: null, scroll: 0, zoomed: null, focused: null });
  });
});

describe('ownBuffers', () => {
  it('leaves a list a list', () => {
    expect(ownBuffers([{ node: 1 }, { node: 2 }])).toEqual([{ node: 1 }, { node: 2 }]);
  });

  it('copies parts of buffers and leaves the rest', () => {
    const whole = new Float64Array([1, 2]);
    const backing = new Uint32Array(1_000);
    backing[3] = 9;
    const sent = ownBuffers({ whole, part: backing.subarray(3, 5), text: 'x' });
    expect(sent.whole).toBe(whole);
    expect(sent.part.buffer.byteLength).toBe(8);
    expect([...sent.part]).toEqual([9, 0]);
    expect(sent.text).toBe('x');
  });
});

describe('profileHtml', () => {
  it('lets only our script run and nothing be fetched', () => {
    const html = profileHtml({ cspSource: 'https://csp', script: 'https://csp/a.js', codicons: 'c.css', nonce: 'n0' });
    expect(html).toContain(`default-src 'none'; script-src 'nonce-n0';`);
    expect(html).not.toMatch(/script-src[^;]*unsafe|connect-src|\son\w+=/);
    expect(html.match(/<script/g)).toHaveLength(1);
  });
});
