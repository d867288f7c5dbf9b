import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProfileSummary } from '../src/engine/engineApi';
import { LayoutMemory } from './layoutMemory';
import { busiestThread, Debounced, defaultState, restoredState } from './state';
import { toggleValue, usefulDimensions, valueChoices } from './toolbar/divisionChoices';
import { patternProblem } from './toolbar/pattern';

const thread = (name: string, samples: number): ProfileSummary['threads'][number] => ({
  name,
  title: name,
  process: null,
  pid: null,
  tid: null,
  samples,
});

const summary: ProfileSummary = {
  profile: 1,
  name: 'a.cpuprofile',
  formats: ['cpuprofile'],
  sampleTypes: [
    { type: 'samples', unit: 'count' },
    { type: 'time', unit: 'microseconds' },
  ],
  defaultSampleType: 1,
  totals: [10, 1000],
  threads: [thread('a', 3), thread('b', 7)],
  processes: [{ title: '(no process)', threads: [0, 1], samples: 10 }],
  labels: [],
  samples: 10,
  functions: 4,
  durationMs: 1,
  startTimeMs: null,
  timed: true,
  lines: 'declaration',
  notes: [],
};

describe('the lists of a filter', () => {
  const labelled = {
    ...summary,
    labels: [
      {
        key: 'path',
        samples: 6,
        values: [
          { value: '/a', samples: 4 },
          { value: '/b', samples: 2 },
        ],
        distinct: 2,
      },
      { key: 'region', samples: 10, values: [{ value: 'eu', samples: 10 }], distinct: 1 },
    ],
  };

  it('have what samples differ in, and those without a label', () => {
    expect(usefulDimensions(labelled)).toEqual(['label:path', 'thread']);
    const choices = valueChoices(labelled, 'label:path', { by: 'label:path', values: [null] });
    expect(choices.map(({ id, text, detail, chosen }) => [id, text, detail, chosen])).toEqual([
      ['"/a"', '/a', '4 samples', false],
      ['"/b"', '/b', '2 samples', false],
      ['null', '(none)', '4 samples', true],
    ]);
  });

  it('add values to their term, and end a term with its last', () => {
    const one = toggleValue(null, 'label:path', '/a');
    expect(one).toEqual([{ by: 'label:path', values: ['/a'] }]);
    const both = toggleValue(one, 'label:path', null);
    expect(both).toEqual([{ by: 'label:path', values: ['/a', null] }]);
    const more = toggleValue(both, 'thread', 'a');
    expect(toggleValue(toggleValue(more, 'label:path', '/a'), 'label:path', null)).toEqual([
      { by: 'thread', values: ['a'] },
    ]);
  });
});

describe('restoring', () => {
  it('starts with the default sample type', () => {
    expect(restoredState(summary, null)).toEqual(defaultState(summary));
    expect(defaultState(summary).view).toEqual({ sampleType: 1, thread: null });
  });

  it('keeps what still fits', () => {
    const kept = {
      ...defaultState(summary),
      order: 'timeOrder' as const,
      range: { from: 1, to: 2 },
      scroll: 3,
      focused: 4,
    };
    kept.view = { sampleType: 0, thread: 1 };
    expect(restoredState(summary, kept)).toEqual(kept);
  });

  it('drops what a changed profile does not have', () => {
    const kept = { ...defaultState(summary), range: { from: 1, to: 2 }, focused: 4 };
    kept.view = { sampleType: 9, thread: 9 };
    const state = restoredState(summary, kept);
    expect(state.view).toEqual({ sampleType: 1, thread: null });
    expect([state.range, state.focused]).toEqual([null, null]);
    const untimed = restoredState({ ...summary, timed: false }, { ...kept, order: 'timeOrder' });
    expect(untimed.order).toBe('leftHeavy');
  });
});

describe('time order', () => {
  it('shows the busiest thread where none was chosen, and all of them again afterwards', () => {
    const memory = new LayoutMemory();
    const all = { view: { sampleType: 0, thread: null }, order: 'leftHeavy' as const };
    expect(busiestThread(summary, 0)).toBe(1);
    const timed = memory.choose(summary, all, { order: 'timeOrder' });
    expect(timed).toEqual({ view: { sampleType: 0, thread: 1 }, order: 'timeOrder' });
    expect(memory.choose(summary, timed, { order: 'leftHeavy' })).toEqual(all);
  });

  it('leaves a thread alone that was chosen', () => {
    const memory = new LayoutMemory();
    const timed = memory.choose(
      summary,
      { view: { sampleType: 0, thread: null }, order: 'leftHeavy' },
      { order: 'timeOrder' },
    );
    const chosen = memory.choose(summary, timed, { thread: 0 });
    expect(memory.choose(summary, chosen, { order: 'leftHeavy' }).view.thread).toBe(0);
  });

  it('shows a type that the chosen thread has, and threads that have the chosen type', () => {
    const threads = [
      thread('a', 3),
      { ...thread('a (trace events)', 0), types: [2] },
      { ...thread('b', 7), types: [0, 1] },
    ];
    const mixed = {
      ...summary,
      sampleTypes: [...summary.sampleTypes, { type: 'spans', unit: 'microseconds' }],
      threads,
    };
    const memory = new LayoutMemory();
    const all = { view: { sampleType: 1, thread: null }, order: 'leftHeavy' as const };
    const spans = memory.choose(mixed, all, { thread: 1 });
    expect(spans.view).toEqual({ sampleType: 2, thread: 1 });
    expect(memory.choose(mixed, spans, { thread: 2 }).view).toEqual({ sampleType: 0, thread: 2 });
    expect(memory.choose(mixed, spans, { thread: 0 }).view).toEqual({ sampleType: 2, thread: 0 });
    expect(memory.choose(mixed, spans, { sampleType: 1 }).view).toEqual({ sampleType: 1, thread: null });
    expect(memory.choose(mixed, all, { order: 'timeOrder' }).view).toEqual({ sampleType: 1, thread: 2 });
    const timed = memory.choose(mixed, { ...all, view: { sampleType: 2, thread: null } }, { order: 'timeOrder' });
    expect(timed.view).toEqual({ sampleType: 2, thread: 0 });
  });

  it('keeps filter and split, and the filter in step with the thread', () => {
    const processes = [
      { title: 'web', threads: [0], samples: 3 },
      { title: 'db', threads: [1], samples: 7 },
    ];
    const two = { ...summary, processes };
    const memory = new LayoutMemory();
    const all = { view: { sampleType: 0, thread: null }, order: 'leftHeavy' as const };
    const web = [{ by: 'process', values: ['web'] }] as const;
    const filtered = memory.choose(two, all, { filter: web });
    expect(filtered.view).toEqual({ sampleType: 0, thread: null, filter: web });
    const split = memory.choose(two, filtered, { splitBy: 'thread' });
    expect(split.view).toEqual({ ...filtered.view, splitBy: 'thread' });
    expect(memory.choose(two, split, { sampleType: 1 }).view).toEqual({ ...split.view, sampleType: 1 });
    expect(memory.choose(two, split, { filter: [], splitBy: null }).view).toEqual(all.view);
    expect(memory.choose(two, filtered, { thread: 1 }).view).toEqual({ sampleType: 0, thread: 1 });
    expect(memory.choose(two, { ...all, view: { sampleType: 0, thread: 1 } }, { filter: web }).view.thread).toBeNull();
    expect(memory.choose(two, filtered, { order: 'timeOrder' }).view.thread, 'not the busier one of db').toBe(0);
  });

  it('remembers where each layout was left', () => {
    const memory = new LayoutMemory();
    const view = { sampleType: 0, thread: null };
    const position = { range: { from: 1, to: 2 }, scroll: 0, zoomed: null, focused: 5 };
    memory.keep({ view, order: 'leftHeavy' }, position);
    expect(memory.positionOf(view, 'leftHeavy')).toEqual(position);
    expect(memory.positionOf(view, 'timeOrder').range).toBeNull();
  });
});

describe('what is sent later', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is the newest, once', () => {
    const sent: number[] = [];
    const debounced = new Debounced<number>((value) => sent.push(value), 200);
    debounced.push(1);
    debounced.push(2);
    vi.advanceTimersByTime(199);
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(sent).toEqual([2]);
    debounced.push(3);
    debounced.flush();
    debounced.flush();
    expect(sent).toEqual([2, 3]);
    debounced.push(4);
    debounced.cancel();
    vi.advanceTimersByTime(500);
    expect(sent).toEqual([2, 3]);
  });
});

it('says what is wrong with a pattern', () => {
  expect(patternProblem({ query: '(', regex: true, matchCase: false })).toMatch(/^Invalid pattern: .*[Uu]nterminated/);
  expect(patternProblem({ query: '(', regex: false, matchCase: false })).toBeNull();
  expect(patternProblem({ query: 'a+', regex: true, matchCase: true })).toBeNull();
});
