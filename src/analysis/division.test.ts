import { describe, expect, test } from 'vitest';
import { fc } from '../../test/support/property';
import { profileOf, type WrittenSample } from '../../test/support/sampleProfile';
import { checkProfile } from '../profile/checkProfile';
import type { Profile } from '../profile/profile';
import { buildCallTree } from './callTree';
import { sumFunctions } from './functionTotals';
import { summarizeLabels } from './labelSummary';
import { splitLine } from './lineSplit';
import { indexLines } from './lines';
import { sampleMask } from './sampleMask';
import { splitProfile } from './splitProfile';
import { sumStacks } from './stackValues';
import { groupThreads, threadTitles } from './threadNames';
import { layOutTimeOrder } from './timeOrder';
import { listTop } from './top';
import { type Dimension, dimensionsOf, type FilterTerm, filterText, fitDivision, type ViewSpec } from './viewSpec';

const fleet: WrittenSample[] = [
  { frames: ['main', 'work@w.ts:3'], value: 5, thread: 0, labels: [['instance', 'a']] },
  {
    frames: ['main', 'work@w.ts:3', 'hash@h.ts:9'],
    value: 2,
    thread: 1,
    labels: [
      ['instance', 'a'],
      ['path', '/x'],
    ],
  },
  { frames: ['main', 'wait@w.ts:8'], value: 4, thread: 0, labels: [['instance', 'b']] },
  {
    frames: ['main', 'work@w.ts:3'],
    value: 1,
    thread: 2,
    labels: [
      ['instance', 'b'],
      ['path', '/y'],
    ],
  },
  { frames: ['main', 'gc'], value: 8, thread: 2 },
];
const profile = profileOf(fleet, { threads: 3 });

function viewOf(filter: FilterTerm[], more: Partial<ViewSpec> = {}): ViewSpec {
  return { sampleType: 0, thread: null, filter, ...more };
}

function draw(shown: Profile, view: ViewSpec): string[] {
  const tree = buildCallTree(shown, sumStacks(shown, view));
  return Array.from(tree.func, (func, node) => {
    const name = shown.strings[shown.functions.name[func]];
    return `${'  '.repeat(tree.depth[node])}${name} ${tree.self[node]}/${tree.total[node]}`;
  });
}

describe('a filter', () => {
  const total = (...filter: FilterTerm[]): number => sumStacks(profile, viewOf(filter)).total;

  test('keeps the samples of any of a term’s values, and of all terms', () => {
    expect(total()).toBe(20);
    expect(total({ by: 'label:instance', values: ['a'] })).toBe(7);
    expect(total({ by: 'label:instance', values: ['a', 'b'] })).toBe(12);
    expect(total({ by: 'label:instance', values: [null] })).toBe(8);
    expect(total({ by: 'label:instance', values: ['b', null] })).toBe(13);
    expect(total({ by: 'label:instance', values: ['b'] }, { by: 'label:path', values: ['/y'] })).toBe(1);
    expect(total({ by: 'thread', values: ['thread 2'] })).toBe(9);
    expect(total({ by: 'thread', values: ['thread 2'] }, { by: 'label:instance', values: ['a'] })).toBe(0);
    expect(total({ by: 'label:nothing', values: ['a'] })).toBe(0);
    expect(total({ by: 'label:instance', values: [] })).toBe(0);
  });

  test('goes together with a thread', () => {
    expect(sumStacks(profile, viewOf([{ by: 'label:instance', values: ['b'] }], { thread: 2 })).total).toBe(1);
  });

  test('passes all of a profile without labels that it does not name', () => {
    const plain = profileOf([{ frames: ['f'], value: 3 }]);
    expect(sampleMask(plain, viewOf([{ by: 'thread', values: ['thread 0'] }], { thread: 0 }))).toBeNull();
    expect(sumStacks(plain, viewOf([{ by: 'label:x', values: ['1'] }])).total).toBe(0);
    expect(sumStacks(plain, viewOf([{ by: 'label:x', values: [null] }])).total).toBe(3);
  });

  test('takes the total, self and shares of functions and lines with it', () => {
    const values = sumStacks(profile, viewOf([{ by: 'label:instance', values: ['a'] }]));
    expect(values).toMatchObject({ total: 7, samples: 7 });
    expect(listTop(profile, values, 'line', 'total').map(({ name, self, total: all }) => [name, self, all])).toEqual([
      ['main', 0, 7],
      ['work', 5, 7],
      ['hash', 2, 2],
    ]);
  });

  test('leaves gaps in time order', () => {
    const label = (instance: string): [string, string][] => [['instance', instance]];
    const timed = profileOf([
      { frames: ['f'], value: 1, time: 0, labels: label('a') },
      { frames: ['f'], value: 1, time: 10, labels: label('b') },
      { frames: ['f'], value: 1, time: 20, labels: label('a') },
      { frames: ['f'], value: 1, time: 30, labels: label('a') },
    ]);
    const view = viewOf([{ by: 'label:instance', values: ['a'] }], { thread: 0 });
    const tree = buildCallTree(timed, sumStacks(timed, view));
    const layout = layOutTimeOrder(timed, tree, 0, sampleMask(timed, view));
    const boxes = Array.from(layout.startIndex, (from, i) => [layout.startAt[from], layout.endAt[layout.endIndex[i]]]);
    expect(boxes).toEqual([
      [0, 10],
      [20, 40],
    ]);
    expect([...layout.order]).toEqual([0, 2, 3]);
  });
});

describe('a split', () => {
  test('puts a root a value under all stacks, heaviest first', () => {
    const view = viewOf([], { splitBy: 'label:instance' });
    const split = splitProfile(profile, view, 'label:instance');
    expect(checkProfile(split)).toEqual([]);
    expect(draw(split, view)).toEqual([
      'instance: (none) 0/8',
      '  main 0/8',
      '    gc 8/8',
      'instance: a 0/7',
      '  main 0/7',
      '    work 5/7',
      '      hash 2/2',
      'instance: b 0/5',
      '  main 0/5',
      '    wait 4/4',
      '    work 1/1',
    ]);
    const { self, total } = sumFunctions(buildCallTree(split, sumStacks(split, view)), split.functions.length);
    const work = split.functions.name.findIndex((name) => split.strings[name] === 'work');
    expect([self[work], total[work]]).toEqual([6, 8]);
  });

  test('shows the filtered samples only', () => {
    const view = viewOf([{ by: 'label:instance', values: ['b'] }], { splitBy: 'thread' });
    expect(draw(splitProfile(profile, view, 'thread'), view)).toEqual([
      'thread: thread 0 0/4',
      '  main 0/4',
      '    wait 4/4',
      'thread: thread 2 0/1',
      '  main 0/1',
      '    work 1/1',
    ]);
  });

  test('joins the values of a label that a sample has twice, and samples without stacks are their root’s own', () => {
    const twice = profileOf([
      {
        frames: ['f'],
        value: 1,
        labels: [
          ['k', 'a'],
          ['k', 'b'],
        ],
      },
      { frames: [], value: 2, labels: [['k', 'a']] },
      { frames: ['f'], value: 4, labels: [['k', 64]] },
    ]);
    const view = viewOf([], { splitBy: 'label:k' });
    expect(draw(splitProfile(twice, view, 'label:k'), view)).toEqual([
      'k: 64 bytes 0/4',
      '  f 4/4',
      'k: a 2/2',
      'k: a, b 0/1',
      '  f 1/1',
    ]);
    expect(sumStacks(twice, viewOf([{ by: 'label:k', values: ['b'] }])).total).toBe(1);
    expect(sumStacks(twice, viewOf([{ by: 'label:k', values: ['64 bytes'] }])).total).toBe(4);
  });

  test('stands under a thread’s stacks in time order, too', () => {
    const timed = profileOf(
      ['a', 'a', 'b', 'a'].map((job, i) => ({ frames: ['f'], value: 1, time: 10 * i, labels: [['job', job]] })),
    );
    const view = viewOf([], { thread: 0, splitBy: 'label:job' });
    const split = splitProfile(timed, view, 'label:job');
    const tree = buildCallTree(split, sumStacks(split, view));
    const { rowOffset, startIndex, startAt, endIndex, endAt, treeNode } = layOutTimeOrder(split, tree, 0);
    const boxes = Array.from(startIndex, (from, i) => {
      const name = split.strings[split.functions.name[tree.func[treeNode[i]]]];
      return `${name} ${startAt[from]}-${endAt[endIndex[i]]}`;
    });
    expect(boxes.slice(0, rowOffset[1])).toEqual(['job: a 0-20', 'job: b 20-30', 'job: a 30-40']);
    expect(boxes.slice(rowOffset[1])).toEqual(['f 0-20', 'f 20-30', 'f 30-40']);
  });

  test('has 200 roots at most, of which the last has the rest', () => {
    const many = profileOf(
      Array.from({ length: 1000 }, (_, i) => ({ frames: ['f'], value: i + 1, labels: [['id', `${i}`]] })),
    );
    const view = viewOf([], { splitBy: 'label:id' });
    const drawn = draw(splitProfile(many, view, 'label:id'), view).filter((line) => !line.startsWith(' '));
    expect(drawn).toHaveLength(200);
    expect(drawn.slice(0, 2)).toEqual([`id: 801 other values 0/${(801 * 802) / 2}`, 'id: 999 0/1000']);
  });
});

const someSamples = fc.array(
  fc.record({
    frames: fc.array(fc.constantFrom('a', 'b@x:1', 'b@x:2', 'c'), { maxLength: 5 }),
    value: fc.integer({ min: -2, max: 9 }),
    thread: fc.nat({ max: 2 }),
    labels: fc.array(fc.tuple(fc.constantFrom('k', 'm'), fc.constantFrom('1', '2', '3')), { maxLength: 3 }),
  }),
  { maxLength: 30 },
);
const someFilter = fc.array(
  fc.record({
    by: fc.constantFrom<Dimension>('label:k', 'label:m', 'thread'),
    values: fc.array(fc.constantFrom('1', '2', null, 'thread 1', 'thread 2'), { maxLength: 3 }),
  }),
  { maxLength: 2 },
);
const someSplit = fc.constantFrom<Dimension>('label:k', 'label:m', 'thread');

function passesNaively({ thread = 0, labels = [] }: WrittenSample, filter: readonly FilterTerm[]): boolean {
  return filter.every(({ by, values }) => {
    if (by === 'thread') return values.includes(`thread ${thread}`);
    const own = labels.filter(([key]) => `label:${key}` === by).map(([, value]) => value as string);
    return own.length === 0 ? values.includes(null) : own.some((value) => values.includes(value));
  });
}

describe('equals a naive sum', () => {
  test('whatever the filter and the split are', () => {
    fc.assert(
      fc.property(someSamples, someFilter, someSplit, (samples, filter, splitBy) => {
        const whole = profileOf(samples, { threads: 3 });
        const view = viewOf(filter, { splitBy });
        const split = splitProfile(whole, view, splitBy);
        expect(checkProfile(split)).toEqual([]);
        const kept = samples.filter((sample) => passesNaively(sample, filter));
        const sum = (of: readonly WrittenSample[]): number => of.reduce((all, { value }) => all + value, 0);
        for (const shown of [whole, split]) {
          const values = sumStacks(shown, view);
          expect([values.total, values.samples]).toEqual([sum(kept), sum(kept)]);
          const { self, total } = sumFunctions(buildCallTree(shown, values), shown.functions.length);
          for (const name of ['a', 'b@x:1', 'c']) {
            const func = shown.functions.name.findIndex((text) => shown.strings[text] === name.split('@')[0]);
            if (func < 0) continue;
            const isHere = (frame: string | undefined): boolean => frame?.split('@')[0] === name.split('@')[0];
            expect(self[func]).toBe(sum(kept.filter(({ frames }) => isHere(frames.at(-1)))));
            expect(total[func]).toBe(sum(kept.filter(({ frames }) => frames.some(isHere))));
          }
        }
      }),
    );
  });
});

describe('a line’s total', () => {
  test('divides by what the view has several of', () => {
    const index = indexLines(profile);
    const entry = index.line.indexOf(3);
    const by: Dimension[] = ['label:instance', 'thread', 'process', 'label:path'];
    expect(splitLine(profile, index, viewOf([]), entry, by)).toEqual([
      {
        by: 'label:instance',
        values: [
          { value: 'a', total: 7 },
          { value: 'b', total: 1 },
        ],
      },
      {
        by: 'thread',
        values: [
          { value: 'thread 0', total: 5 },
          { value: 'thread 1', total: 2 },
          { value: 'thread 2', total: 1 },
        ],
      },
      {
        by: 'label:path',
        values: [
          { value: null, total: 5 },
          { value: '/x', total: 2 },
          { value: '/y', total: 1 },
        ],
      },
    ]);
    const onlyA = viewOf([{ by: 'label:instance', values: ['a'] }]);
    expect(splitLine(profile, index, onlyA, entry, ['label:instance'])).toEqual([]);
  });

  test('divides position ticks by the samples that they are part of', () => {
    const ticked = profileOf(
      [
        { frames: ['f@x:1'], value: 4, thread: 0 },
        { frames: ['g@y:1', 'f@x:1'], value: 6, thread: 1 },
      ],
      {
        threads: 2,
        lines: 'declaration',
        leafLines: [
          [['f@x:1'], 2, 1],
          [['f@x:1'], 3, 3],
          [['g@y:1', 'f@x:1'], 2, 1],
        ],
      },
    );
    const index = indexLines(ticked);
    expect(splitLine(ticked, index, viewOf([]), index.line.indexOf(2), ['thread'])).toEqual([
      {
        by: 'thread',
        values: [
          { value: 'thread 1', total: 6 },
          { value: 'thread 0', total: 1 },
        ],
      },
    ]);
  });
});

describe('names', () => {
  const thread = (process: string | null, pid: number | null, name: string, tid: number | null) => ({
    process,
    pid,
    name,
    tid,
  });

  test('tell all threads and processes apart', () => {
    const threads = [
      thread('node', 1, 'main', 1),
      thread('node', 1, 'worker', 5),
      thread('node', 1, 'worker', 6),
      thread('node', 2, 'main', 2),
      thread(null, null, '', null),
      thread(null, 7, '', 8),
    ];
    expect(threadTitles(threads)).toEqual([
      'node · main (tid 1)',
      'node · worker (tid 5)',
      'node · worker (tid 6)',
      'node · main (tid 2)',
      'thread 5',
      'thread 8',
    ]);
    expect(groupThreads(threads)).toEqual([
      { title: 'node (pid 1)', pid: 1, threads: [0, 1, 2] },
      { title: 'node (pid 2)', pid: 2, threads: [3] },
      { title: '(no process)', pid: null, threads: [4] },
      { title: 'pid 7', pid: 7, threads: [5] },
    ]);
    const same = Array.from({ length: 3 }, () => thread('p', null, 't', 1));
    expect(new Set(threadTitles(same)).size).toBe(3);
  });

  test('of labels are listed with the samples that have them', () => {
    expect(summarizeLabels(profile)).toEqual([
      {
        key: 'instance',
        samples: 12,
        values: [
          { value: 'a', samples: 7 },
          { value: 'b', samples: 5 },
        ],
        distinct: 2,
      },
      {
        key: 'path',
        samples: 3,
        values: [
          { value: '/x', samples: 2 },
          { value: '/y', samples: 1 },
        ],
        distinct: 2,
      },
    ]);
    expect(summarizeLabels(profileOf([{ frames: ['f'], value: 1 }]))).toEqual([]);
    const many = profileOf(
      Array.from({ length: 300 }, (_, i) => ({
        frames: ['f'],
        value: 1,
        labels: [
          ['id', `${i}`],
          [`key${i}`, 'x'],
        ] as [string, string][],
      })),
    );
    const listed = summarizeLabels(many);
    expect(listed).toHaveLength(50);
    expect(listed[0]).toMatchObject({ key: 'id', samples: 300, distinct: 300 });
    expect(listed[0].values).toHaveLength(200);
  });
});

describe('what is kept of a filter for another content', () => {
  const summary = {
    threads: [{ title: 'main' }, { title: 'gc' }],
    processes: [{ title: 'java' }],
    labels: [{ key: 'instance', values: [{ value: 'a' }, { value: 'b' }], distinct: 2 }],
  };
  const fitted = (filter: FilterTerm[], splitBy?: Dimension) => fitDivision(summary, viewOf(filter, { splitBy }));

  test('are the terms and the split that still mean something', () => {
    expect(dimensionsOf(summary)).toEqual(['label:instance', 'thread']);
    const term: FilterTerm = { by: 'label:instance', values: ['a', 'gone'] };
    expect(fitted([term], 'thread')).toEqual({ filter: [term], splitBy: 'thread' });
    expect(fitted([{ by: 'label:instance', values: ['gone'] }], 'label:gone')).toEqual({});
    expect(fitted([{ by: 'process', values: ['java'] }])).toEqual({});
    const many = { ...summary, labels: [{ ...summary.labels[0], distinct: 900 }] };
    const unlisted = viewOf([{ by: 'label:instance', values: ['z'] }]);
    expect(fitDivision(many, unlisted)).toEqual({ filter: unlisted.filter });
  });

  test('is told in words', () => {
    expect(
      filterText([
        { by: 'label:instance', values: ['a', null] },
        { by: 'thread', values: ['main'] },
      ]),
    ).toBe('instance: a or (none), thread: main');
    expect(filterText([{ by: 'label:k', values: ['1', '2', '3', '4'] }])).toBe('k: 1 or 2 or 2 more');
    expect(filterText(null)).toBe('');
  });
});
