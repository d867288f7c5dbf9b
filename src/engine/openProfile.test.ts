import { expect, it } from 'vitest';
import { decode } from '../../test/support/profiles';
import { profileOf } from '../../test/support/sampleProfile';
import type { ViewSpec } from '../analysis/viewSpec';
import { chromeTrace } from '../formats/chromeTrace/chromeTrace';
import { encodeProfile } from './encodeProfile';
import { flameWindow } from './flameRequests';
import { fileLines, lineDetails } from './lineRequests';
import { nodePlatform } from './nodePlatform';
import { OpenProfile } from './openProfile';
import { selection } from './selectionRequest';

it('says which sample types a thread has, where it has not all', () => {
  const node = { id: 1, callFrame: { functionName: 'f' } };
  const events = [
    { ph: 'P', name: 'Profile', pid: 1, tid: 2, id: 1, ts: 0, args: { data: { startTime: 0 } } },
    {
      ph: 'P',
      name: 'ProfileChunk',
      pid: 1,
      tid: 3,
      id: 1,
      ts: 9,
      args: { data: { nodes: [node], samples: [1, 1], timeDeltas: [1, 2] } },
    },
    { ph: 'X', name: 'task', pid: 1, tid: 2, ts: 0, dur: 5 },
  ];
  const types = (text: string): (number[] | undefined)[] =>
    new OpenProfile(1, 'x', decode(chromeTrace, text)).summary().threads.map((thread) => thread.types);
  expect(types(JSON.stringify(events))).toEqual([[0, 1], [2]]);
  expect(types(JSON.stringify(events.slice(0, 2)))).toEqual([undefined]);
});

const fleet = new OpenProfile(
  1,
  'fleet.emberline',
  profileOf(
    [
      { frames: ['main@m.go:3', 'hash@h.go:7'], value: 6, thread: 0, labels: [['instance', 'a']] },
      { frames: ['main@m.go:3', 'hash@h.go:7'], value: 2, thread: 1, labels: [['instance', 'b']] },
      { frames: ['main@m.go:4'], value: 12, thread: 1, labels: [['instance', 'b']] },
    ],
    { threads: 2 },
  ),
);
const onlyB = [{ by: 'label:instance', values: ['b'] }] as const;

it('lists what samples can be told apart by', () => {
  expect(fleet.summary()).toMatchObject({
    threads: [{ title: 'thread 0' }, { title: 'thread 1' }],
    processes: [{ title: '(no process)', threads: [0, 1], samples: 20 }],
    labels: [{ key: 'instance', samples: 20, distinct: 2, values: [{ value: 'b' }, { value: 'a' }] }],
  });
});

it('names the roots of a split in every window, also where the viewer knows all names', () => {
  const view = { sampleType: 0, thread: null, splitBy: 'label:instance' } as const;
  const params = { profile: 1, view, order: 'leftHeavy', from: 0, to: 20, pixels: 1000 } as const;
  const own = fleet.profile.functions.length;
  expect(flameWindow(fleet, { ...params, names: 'none' })).toMatchObject({
    nameFunc: Int32Array.of(own, own + 1),
    names: ['instance: b', 'instance: a'],
    extent: 20,
  });
  expect(flameWindow(fleet, { ...params, names: 'profile' }).names).toEqual([
    'main',
    'hash',
    'instance: b',
    'instance: a',
  ]);
});

it('answers for lines of a filtered view, whether it is split or not', () => {
  const view = { sampleType: 0, thread: null, filter: onlyB, splitBy: 'thread' } as const;
  const file = fleet.profile.strings.indexOf('h.go');
  expect(fileLines(fleet, view, file)).toMatchObject({
    viewTotal: 14,
    line: Int32Array.of(7),
    self: Float64Array.of(2),
  });
  expect(lineDetails(fleet, view, file, 7)).toMatchObject({ total: 2, viewTotal: 14, splits: [] });
  // The threads divide the line as the instances do: that is said once.
  expect(lineDetails(fleet, { sampleType: 0, thread: null }, file, 7).splits).toEqual([
    {
      by: 'label:instance',
      values: [
        { value: 'a', total: 6 },
        { value: 'b', total: 2 },
      ],
      distinct: 2,
    },
  ]);
});

it('says in a picture what it shows, and draws the roots', () => {
  const view = { sampleType: 0, thread: 1, filter: onlyB, splitBy: 'label:instance' } as const;
  const svg = new TextDecoder().decode(encodeProfile(nodePlatform, fleet, 'svg', view));
  expect(svg).toContain('fleet.emberline · thread: thread 1, instance: b');
  expect(svg).toContain('instance: b');
  expect(svg).not.toContain('instance: a');
});

it('tells what a file and the functions of its lines cost, where that is asked for', () => {
  const open = new OpenProfile(
    1,
    'x',
    profileOf([
      { frames: ['main@m.go:3', 'hash@h.go:7', 'hash@h.go:8'], value: 5 },
      { frames: ['main@m.go:3', 'hash@h.go:8'], value: 2 },
      { frames: ['main@m.go:3', 'other@h.go:20'], value: 3 },
      { frames: ['main@m.go:4'], value: 10 },
    ]),
  );
  const view = { sampleType: 0, thread: null };
  const file = open.profile.strings.indexOf('h.go');
  expect(fileLines(open, view, file).references).toBeUndefined();
  const lines = fileLines(open, view, file, true);
  expect([...lines.line]).toEqual([7, 8, 20]);
  expect([...lines.total]).toEqual([5, 7, 3]);
  // Recursion counts once: 10 samples are in the file, 7 of them in hash.
  expect(lines.references?.fileTotal).toBe(10);
  expect([...(lines.references?.functionTotal ?? [])]).toEqual([7, 7, 3]);
});

/** Node of the call tree by its function's name. */
function nodeOf(open: OpenProfile, view: ViewSpec, name: string): number {
  const { tree, profile } = open.view(view);
  return tree.func.findIndex((func) => profile.strings[profile.functions.name[func]] === name);
}

it('selects the samples below the frame that a chart is zoomed into', () => {
  const open = new OpenProfile(
    1,
    'x',
    profileOf([
      { frames: ['main@m.go:3', 'a@a.go:1', 'hash@h.go:7'], value: 5, time: 0 },
      { frames: ['main@m.go:4', 'b@b.go:1', 'hash@h.go:7'], value: 2, time: 10 },
      { frames: ['main@m.go:3', 'a@a.go:2'], value: 3, time: 20 },
      { frames: ['a@a.go:2'], value: 4, time: 30 },
    ]),
  );
  const view = { sampleType: 0, thread: null };
  const params = { profile: 1, view, order: 'leftHeavy', node: null, range: null } as const;
  expect(selection(open, { ...params, range: { from: 0, to: 3 } })).toEqual({ view, name: null });
  const { tree, profile } = open.view(view);
  const named = (node: number): string => profile.strings[profile.functions.name[tree.func[node]]];
  const nodeBelowMain = tree.func.findIndex((_, node) => named(node) === 'a' && tree.parent[node] >= 0);
  const below = selection(open, { ...params, node: nodeBelowMain });
  expect(below.name).toBe('a');
  // The path counts: hash below b, and a as a root, are other frames.
  const file = open.profile.strings.indexOf('h.go');
  expect(fileLines(open, below.view, file)).toMatchObject({ viewTotal: 8, viewSamples: 8, total: Float64Array.of(5) });
  expect(fileLines(open, view, file)).toMatchObject({ viewTotal: 14, total: Float64Array.of(7) });
  // Time order selects times, with or without a frame.
  const times = selection(open, { ...params, order: 'timeOrder', range: { from: 5, to: 25 } });
  expect(fileLines(open, times.view, file)).toMatchObject({ viewTotal: 5, total: Float64Array.of(2) });
  const { layout } = open.view(view).chart('timeOrder');
  expect(layout.treeNode.length).toBeGreaterThan(0);
  const box = selection(open, { ...params, order: 'timeOrder', node: 0 });
  expect(box.name).toBe('main');
  expect(fileLines(open, box.view, file)).toMatchObject({ viewTotal: 10, total: Float64Array.of(7) });
  expect(() => selection(open, { ...params, node: 99 })).toThrow(RangeError);
});

it('selects by the value that the root of a split stands for', () => {
  const view = { sampleType: 0, thread: null, splitBy: 'label:instance' } as const;
  const node = nodeOf(fleet, view, 'instance: a');
  const found = selection(fleet, { profile: 1, view, order: 'leftHeavy', node, range: null });
  expect(found).toMatchObject({
    name: 'instance: a',
    view: { filter: [{ by: 'label:instance', values: ['a'] }], within: { path: [], times: null } },
  });
  expect(fileLines(fleet, found.view, fleet.profile.strings.indexOf('h.go'))).toMatchObject({ viewTotal: 6 });
});
