import { describe, expect, test } from 'vitest';
import { decode } from '../../test/support/profiles';
import { fc } from '../../test/support/property';
import { parseFrame, profileOf, type WrittenSample } from '../../test/support/sampleProfile';
import { cpuprofile } from '../formats/cpuprofile/cpuprofile';
import { pprof } from '../formats/pprof/pprof';
import { checkProfile } from '../profile/checkProfile';
import { mergeProfiles } from '../profile/mergeProfiles';
import type { Profile } from '../profile/profile';
import { buildCallTree, type CallTree } from './callTree';
import { sumFunctions } from './functionTotals';
import { describeLine } from './lineDetails';
import { indexLines, sumLines } from './lines';
import { matchFunctions } from './nameFilter';
import { matchedValue } from './search';
import { sumStacks } from './stackValues';
import { listTop } from './top';

const ALL = { sampleType: 0, thread: null };

function treeOf(profile: Profile): CallTree {
  return buildCallTree(profile, sumStacks(profile, ALL));
}

/** The tree as a person draws it: `name self/total`, two spaces a level. */
function draw(profile: Profile): string[] {
  const tree = treeOf(profile);
  return Array.from(tree.func, (func, node) => {
    const name = profile.strings[profile.functions.name[func]];
    return `${'  '.repeat(tree.depth[node])}${name} ${tree.self[node]}/${tree.total[node]}`;
  });
}

describe('the call tree', () => {
  test('merges equal functions under a caller and puts the heaviest first', () => {
    const profile = profileOf([
      { frames: ['main@a.ts:1', 'light@a.ts:5'], value: 1 },
      { frames: ['main@a.ts:2', 'heavy@a.ts:9'], value: 5 },
      { frames: ['main@a.ts:3', 'light@a.ts:6', 'leaf@b.ts:1'], value: 2 },
    ]);
    expect(draw(profile)).toEqual(['main 0/8', '  heavy 5/5', '  light 1/3', '    leaf 2/2']);
  });

  test('leaves out what the thread never ran', () => {
    const profile = profileOf(
      [
        { frames: ['main', 'here'], value: 1, thread: 0 },
        { frames: ['main', 'there'], value: 2, thread: 1 },
      ],
      { threads: 2 },
    );
    const tree = buildCallTree(profile, sumStacks(profile, { sampleType: 0, thread: 1 }));
    expect(Array.from(tree.func, (func) => profile.strings[profile.functions.name[func]])).toEqual(['main', 'there']);
    expect(tree.extent).toBe(2);
  });

  test('leaves room for samples without a stack, so that shares are of all', () => {
    const main = { frames: ['main'], value: 3 };
    const noStack = { frames: [], value: 1 };
    expect(treeOf(profileOf([main, noStack])).extent).toBe(4);
    expect(treeOf(profileOf([main])).extent).toBe(3);
    // Nothing could be drawn.
    expect(treeOf(profileOf([noStack])).extent).toBe(0);
  });

  test('keeps negative values, and gives them room by their size', () => {
    const profile = profileOf([
      { frames: ['main', 'grew'], value: 3 },
      { frames: ['main', 'shrank'], value: -2 },
    ]);
    const tree = treeOf(profile);
    expect(draw(profile)).toEqual(['main 0/1', '  grew 3/3', '  shrank -2/-2']);
    expect([...tree.width]).toEqual([5, 3, 2]);
    expect([...tree.start]).toEqual([0, 0, 3]);
  });

  test('a stack 100,000 deep is no problem', () => {
    const frames = Array.from({ length: 100_000 }, (_, depth) => (depth % 2 === 0 ? 'even' : 'odd'));
    const profile = profileOf([{ frames, value: 1 }]);
    const tree = treeOf(profile);
    expect(tree.rows).toBe(100_000);
    const { total } = sumFunctions(tree, profile.functions.length);
    expect([...total]).toEqual([1, 1]);
  });
});

const someFrame = fc.constantFrom('a@x:1', 'a@x:2', 'b@x:3', 'b@y:3', 'c@y:7', 'd', 'e@z:1');
const someSamples = fc.array(
  fc.record({ frames: fc.array(someFrame, { maxLength: 8 }), value: fc.integer({ min: -3, max: 9 }) }),
  { maxLength: 40 },
);

/** Adds up by walking every sample: slow, and evidently right. */
function naive(
  samples: WrittenSample[],
  keyOf: (frame: string) => string,
): Map<string, { self: number; total: number }> {
  const sums = new Map<string, { self: number; total: number }>();
  const at = (key: string): { self: number; total: number } => {
    const sum = sums.get(key) ?? { self: 0, total: 0 };
    sums.set(key, sum);
    return sum;
  };
  for (const { frames, value } of samples) {
    if (frames.length > 0) at(keyOf(frames.at(-1)!)).self += value;
    for (const key of new Set(frames.map(keyOf))) at(key).total += value;
  }
  return sums;
}

const functionKey = (frame: string): string => {
  const { name, file } = parseFrame(frame);
  return `${name} ${file}`;
};
const lineKey = (frame: string): string => {
  const { name, file, line } = parseFrame(frame);
  return file === null ? name : `${file}:${line}`;
};
const fileKey = (frame: string): string => parseFrame(frame).file ?? '(no file)';

describe('self and total equal a naive count', () => {
  for (const [by, keyOf] of [
    ['function', functionKey],
    ['line', lineKey],
    ['file', fileKey],
  ] as const) {
    test(`by ${by}`, () => {
      fc.assert(
        fc.property(someSamples, (samples) => {
          const profile = profileOf(samples);
          const rows = listTop(profile, sumStacks(profile, ALL), by, 'total');
          const found = new Map(
            rows.map((row) => {
              const line = row.file === null ? row.name : `${row.file}:${row.line}`;
              const key = by === 'function' ? `${row.name} ${row.file}` : by === 'line' ? line : row.name;
              return [key, { self: row.self, total: row.total }];
            }),
          );
          for (const [key, sum] of naive(samples, keyOf)) {
            expect(found.get(key) ?? { self: 0, total: 0 }).toEqual(sum);
          }
        }),
      );
    });
  }

  test('the matched share counts each sample once', () => {
    fc.assert(
      fc.property(someSamples, fc.constantFrom('a', 'b', 'x', 'y', 'zz'), (samples, query) => {
        const profile = profileOf(samples);
        const matched = matchFunctions(profile, { query, regex: false, matchCase: true });
        const expected = samples
          .filter(({ frames }) =>
            frames.some((frame) => {
              const { name, file } = parseFrame(frame);
              return name.includes(query) || file?.includes(query) === true;
            }),
          )
          .reduce((sum, { value }) => sum + value, 0);
        expect(matchedValue(treeOf(profile), matched)).toBe(expected);
      }),
    );
  });

  test('a line in its hover is what it is in the table', () => {
    fc.assert(
      fc.property(someSamples, (samples) => {
        const profile = profileOf(samples);
        const values = sumStacks(profile, ALL);
        const index = indexLines(profile);
        const lines = sumLines(profile, index, values);
        for (let entry = 0; entry < index.length; entry++) {
          const { self, total, samples: count } = describeLine(profile, index, values, entry);
          expect([self, total, count]).toEqual([lines.self[entry], lines.total[entry], lines.samples[entry]]);
        }
      }),
    );
  });
});

describe('lines inside the leaf function (position ticks)', () => {
  const samples = [
    { frames: ['main@a.js:1', 'work@a.js:10'], value: 6 },
    { frames: ['main@a.js:1', 'work@a.js:10', 'work@a.js:10'], value: 4 },
    { frames: ['main@a.js:1'], value: 2 },
  ];
  const profile = profileOf(samples, {
    lines: 'declaration',
    leafLines: [
      [samples[0].frames, 10, 2],
      [samples[0].frames, 11, 4],
      [samples[1].frames, 11, 3],
      [samples[1].frames, 12, 1],
    ],
  });
  const values = sumStacks(profile, ALL);
  const rows = listTop(profile, values, 'line', 'self').map(({ line, self, total }) => [line, self, total]);

  test('self goes to the tick lines; the declaration has the total of the function, recursion once', () => {
    expect(rows).toEqual([
      [11, 7, 7],
      [1, 2, 12],
      [10, 2, 10],
      [12, 1, 1],
    ]);
  });

  test('selfs sum to the view', () => {
    expect(rows.reduce((sum, [, self]) => sum! + self!, 0)).toBe(12);
  });

  test('a tick line names its function and callers', () => {
    const index = indexLines(profile);
    const entry = index.line.indexOf(11);
    const context = describeLine(profile, index, values, entry);
    const names = (list: { func: number; value: number }[]): [string, number][] =>
      list.map(({ func, value }) => [profile.strings[profile.functions.name[func]], value]);
    expect(names(context.functions)).toEqual([['work', 7]]);
    expect(names(context.callers)).toEqual([
      ['main', 4],
      ['work', 3],
    ]);
  });
});

describe('leaf lines of other files than their function', () => {
  // A bundle's top level: its own file is the bundle, what runs is of two modules; one of them is on the stack as well.
  const samples = [
    { frames: ['top@bundle.js:1'], value: 10 },
    { frames: ['top@bundle.js:1', 'work@b.ts:5'], value: 8 },
    { frames: ['top@bundle.js:1', 'work@b.ts:5', 'top@bundle.js:1'], value: 4 },
  ];
  const profile = profileOf(samples, {
    lines: 'declaration',
    leafLines: [
      [samples[0].frames, 7, 4, 'a.ts'],
      [samples[0].frames, 7, 5, 'b.ts'],
      [samples[0].frames, 1, 1],
      [samples[1].frames, 6, 2, 'a.ts'],
      [samples[1].frames, 6, 6],
      [samples[2].frames, 5, 1, 'b.ts'],
      [samples[2].frames, 7, 1, 'b.ts'],
    ],
  });
  const values = sumStacks(profile, ALL);

  test('lines are by their own file, and no self exceeds its total', () => {
    const rows = listTop(profile, values, 'line', 'total');
    expect(rows.map(({ file, line, self, total }) => [`${file}:${line}`, self, total])).toEqual([
      ['bundle.js:1', 1, 22],
      ['b.ts:5', 2, 12],
      ['b.ts:7', 7, 7],
      ['b.ts:6', 6, 6],
      ['a.ts:7', 4, 4],
      ['a.ts:6', 2, 2],
    ]);
  });

  test('a file has its leaf lines once, though its functions are on the stack', () => {
    const rows = listTop(profile, values, 'file', 'total');
    expect(rows.map(({ name, self, total }) => [name, self, total])).toEqual([
      ['bundle.js', 1, 22],
      ['b.ts', 15, 17],
      ['a.ts', 6, 6],
    ]);
  });

  test('pprof has them as functions inlined there, a .cpuprofile as they are', () => {
    const own = (of: Profile) => listTop(of, sumStacks(of, ALL), 'line', 'total').filter(({ file }) => file === 'a.ts');
    const files = (of: Profile) => listTop(of, sumStacks(of, ALL), 'file', 'total');
    const inPprof = decode(pprof, pprof.encode!(profile));
    expect(checkProfile(inPprof)).toEqual([]);
    expect(own(inPprof)).toEqual(own(profile));
    expect(files(inPprof)).toEqual(files(profile));
    const inCpuprofile = decode(cpuprofile, cpuprofile.encode!(profile));
    expect(checkProfile(inCpuprofile)).toEqual([]);
    expect(files(inCpuprofile)).toEqual(files(profile));
    const selfs = (of: Profile) =>
      listTop(of, sumStacks(of, ALL), 'line', 'self')
        .filter(({ self }) => self > 0)
        .map(({ file, line, self }) => `${file}:${line} ${self}`)
        .sort();
    expect(selfs(inCpuprofile)).toEqual(selfs(profile));
  });

  test('merging keeps them', () => {
    const other = profileOf(samples, { lines: 'declaration', leafLines: [[samples[0].frames, 7, 9, 'a.ts']] });
    const merged = mergeProfiles([
      { profile, name: 'one' },
      { profile: other, name: 'two' },
      { profile: profileOf(samples, { lines: 'declaration' }), name: 'three' },
    ]);
    expect(checkProfile(merged)).toEqual([]);
    const { leafLines, strings } = merged;
    const rows = [...leafLines!.stack].map((stack, i) => [
      stack,
      strings[leafLines!.file![i]] ?? '',
      leafLines!.line[i],
      leafLines!.ticks[i],
    ]);
    expect(rows).toContainEqual([0, 'a.ts', 7, 13]);
    expect(rows).toContainEqual([0, 'b.ts', 7, 5]);
    expect(rows).toContainEqual([1, '', 6, 6]);
    expect(rows).toHaveLength(profile.leafLines!.length);
  });
});
