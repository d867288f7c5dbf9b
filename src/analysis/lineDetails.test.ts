import { describe, expect, test } from 'vitest';
import { decode, readFixture } from '../../test/support/profiles';
import { fc } from '../../test/support/property';
import { profileOf } from '../../test/support/sampleProfile';
import { cpuprofile } from '../formats/cpuprofile/cpuprofile';
import { pprof } from '../formats/pprof/pprof';
import { checkProfile } from '../profile/checkProfile';
import type { Profile } from '../profile/profile';
import { describeLine } from './lineDetails';
import { indexLines, type LineIndex, leafLineRanges } from './lines';
import { type StackValues, sumStacks } from './stackValues';

const ALL = { sampleType: 0, thread: null };

interface Naive {
  self: number;
  total: number;
  samples: number;
  selfSamples: number;
  functions: Map<number, number>;
  callers: Map<number, number>;
  callees: Map<number, number>;
}

/** Climbs every sampled stack and counts each function once: slow, and evidently right. */
function naive(profile: Profile, index: LineIndex, values: StackValues, entry: number): Naive {
  const { stacks, frames, leafLines } = profile;
  const ticks = leafLines === null ? null : leafLineRanges(profile);
  const funcOf = (stack: number): number => frames.func[stacks.frame[stack]];
  const sums: Naive = {
    self: 0,
    total: 0,
    samples: 0,
    selfSamples: 0,
    functions: new Map(),
    callers: new Map(),
    callees: new Map(),
  };
  for (let leaf = 0; leaf < stacks.length; leaf++) {
    const [value, count] = [values.self[leaf], values.count[leaf]];
    if (value === 0 && count === 0) continue;
    const seen = { functions: new Set<number>(), callers: new Set<number>(), callees: new Set<number>() };
    const note = (stack: number): void => {
      seen.functions.add(funcOf(stack));
      if (stacks.prefix[stack] >= 0) seen.callers.add(funcOf(stacks.prefix[stack]));
    };
    let onStack = false;
    for (let stack = leaf, inner = -1; stack >= 0; inner = stack, stack = stacks.prefix[stack]) {
      if (index.ofFrame[stacks.frame[stack]] !== entry) continue;
      onStack = true;
      note(stack);
      if (inner >= 0) seen.callees.add(funcOf(inner));
    }
    let part = index.ofFrame[stacks.frame[leaf]] === entry ? 1 : 0;
    if (ticks !== null && ticks.sum[leaf] > 0) {
      part = 0;
      for (let i = ticks.offset[leaf]; i < ticks.offset[leaf + 1]; i++) {
        if (index.ofLeafLine[i] === entry) part += leafLines!.ticks[i] / ticks.sum[leaf];
      }
    }
    if (part > 0) note(leaf);
    const portion = onStack ? 1 : part;
    if (portion === 0) continue;
    sums.self += value * part;
    sums.selfSamples += count * part;
    sums.total += value * portion;
    sums.samples += count * portion;
    for (const kind of ['functions', 'callers', 'callees'] as const) {
      for (const func of seen[kind]) sums[kind].set(func, (sums[kind].get(func) ?? 0) + value * portion);
    }
  }
  return sums;
}

function expectSame(profile: Profile): void {
  const values = sumStacks(profile, ALL);
  const index = indexLines(profile);
  for (let entry = 0; entry < index.length; entry++) {
    const found = describeLine(profile, index, values, entry);
    const expected = naive(profile, index, values, entry);
    for (const figure of ['self', 'total', 'samples', 'selfSamples'] as const) {
      expect(found[figure]).toBeCloseTo(expected[figure], 6);
    }
    for (const kind of ['functions', 'callers', 'callees'] as const) {
      const sums = new Map(found[kind].map(({ func, value }) => [func, value]));
      expect(new Set(sums.keys())).toEqual(new Set(expected[kind].keys()));
      for (const [func, value] of expected[kind]) expect(sums.get(func)).toBeCloseTo(value, 6);
    }
  }
}

const someFrame = fc
  .tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 3 }))
  .map(([name, line]) => `${name}@f.ts:${line}`);
const someSamples = fc.array(
  fc.record({
    frames: fc.array(someFrame, { minLength: 1, maxLength: 8 }),
    value: fc.integer({ min: 1, max: 9 }),
    ticks: fc.array(
      fc.tuple(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(undefined, 'f.ts', 'g.ts'),
      ),
      { maxLength: 3 },
    ),
  }),
  { minLength: 1, maxLength: 25 },
);

describe('a line in its hover, against every stack climbed', () => {
  test('where functions call themselves by many lines', () => {
    fc.assert(
      fc.property(someSamples, (samples) => expectSame(profileOf(samples))),
      { numRuns: 150 },
    );
  });

  test('with ticks inside the leaves', () => {
    fc.assert(
      fc.property(someSamples, (samples) => {
        const leafLines = samples.flatMap(({ frames, ticks }) =>
          ticks.map(([line, count, file]): [string[], number, number, string | undefined] => [
            frames,
            line,
            count,
            file,
          ]),
        );
        const profile = profileOf(samples, { leafLines, lines: 'declaration' });
        expect(checkProfile(profile)).toEqual([]);
        expectSame(profile);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    ['typescript.cpuprofile', cpuprofile],
    ['pprof/native-cpu.pb.gz', pprof],
  ] as const)('of %s', (name, format) => {
    expectSame(decode(format, readFixture(name)));
  });
});

test("a caller's frame is where it calls most", () => {
  const profile = profileOf([
    { frames: ['main@m.py:2', 'work@m.py:9'], value: 3 },
    { frames: ['main@m.py:7', 'work@m.py:9'], value: 5 },
    { frames: ['main@m.py:1'], value: 20 },
  ]);
  const index = indexLines(profile);
  const entry = index.line.indexOf(9);
  const { callers } = describeLine(profile, index, sumStacks(profile, ALL), entry);
  expect(callers).toMatchObject([{ value: 8 }]);
  expect(profile.frames.line[callers[0]!.frame]).toBe(7);
});
