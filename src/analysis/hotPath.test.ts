import { describe, expect, test } from 'vitest';
import { profileOf, type WrittenSample } from '../../test/support/sampleProfile';
import type { Profile } from '../profile/profile';
import { buildCallTree } from './callTree';
import { costsOf } from './functionCosts';
import { hotPath } from './hotPath';
import { sumStacks } from './stackValues';

const view = { sampleType: 0, thread: null };

function nameOf(profile: Profile, func: number): string {
  return profile.strings[profile.functions.name[func]];
}

function named(profile: Profile, ...names: string[]): Set<number> {
  const all = Array.from({ length: profile.functions.length }, (_, func) => func);
  return new Set(all.filter((func) => names.includes(nameOf(profile, func))));
}

function path(samples: WrittenSample[], from: string[] | null = null, skip: string[] = [], max = 100): string[] {
  const profile = profileOf(samples);
  const values = sumStacks(profile, view);
  const found = hotPath(profile, values, from && named(profile, ...from), named(profile, ...skip), max);
  const steps = found.steps.map(({ func, line, self, total, repeats }) => {
    return `${nameOf(profile, func)}:${line} ${self}/${total}${repeats > 1 ? ` ×${repeats}` : ''}`;
  });
  return found.cut ? [...steps, '…'] : steps;
}

describe('the hot path', () => {
  test('goes on to the heaviest callee, by the line that calls it', () => {
    expect(
      path([
        { frames: ['main@a.ts:1', 'light@a.ts:5'], value: 3 },
        { frames: ['main@a.ts:2', 'heavy@a.ts:9', 'leaf@b.ts:4'], value: 2 },
        { frames: ['main@a.ts:3', 'heavy@a.ts:8', 'leaf@b.ts:5'], value: 3 },
        { frames: ['other@a.ts:30'], value: 7 },
      ]),
    ).toEqual(['main:3 0/8', 'heavy:8 0/5', 'leaf:5 5/5']);
  });

  test('ends where a function takes more itself than any callee', () => {
    expect(
      path([
        { frames: ['main@a.ts:1', 'work@a.ts:5'], value: 6 },
        { frames: ['main@a.ts:1', 'work@a.ts:6', 'leaf@a.ts:9'], value: 4 },
      ]),
    ).toEqual(['main:1 0/10', 'work:5 6/10']);
  });

  test('of a line of another file says which', () => {
    const frames = ['main@a.js:1', 'work@a.js:10'];
    const profile = profileOf([{ frames, value: 5 }], {
      lines: 'declaration',
      leafLines: [
        [frames, 12, 2],
        [frames, 12, 3, 'b.ts'],
        [frames, 12, 1, 'c.ts'],
      ],
    });
    const { steps } = hotPath(profile, sumStacks(profile, view), null, new Set(), 100);
    expect(steps.map(({ line, file }) => [line, profile.strings[file] ?? null])).toEqual([
      [1, null],
      [12, 'b.ts'],
    ]);
  });

  test('takes recursion as one step, and counts it once', () => {
    const samples = [
      { frames: ['main@a.ts:1', 'visit@a.ts:5', 'visit@a.ts:5', 'visit@a.ts:6', 'leaf@a.ts:9'], value: 6 },
      { frames: ['main@a.ts:1', 'visit@a.ts:5', 'visit@a.ts:7'], value: 2 },
    ];
    expect(path(samples)).toEqual(['main:1 0/8', 'visit:6 2/8 ×3', 'leaf:9 6/6']);
    expect(path(samples, ['visit'])).toEqual(['visit:6 2/8 ×3', 'leaf:9 6/6']);
  });

  test('of a function begins wherever it is called', () => {
    expect(
      path(
        [
          { frames: ['a', 'shared', 'one'], value: 2 },
          { frames: ['b', 'shared', 'two'], value: 3 },
          { frames: ['c', 'shared', 'one'], value: 2 },
          { frames: ['c', 'elsewhere'], value: 50 },
        ],
        ['shared'],
      ),
    ).toEqual(['shared:0 0/7', 'one:0 4/4']);
  });

  test('begins at what is to be skipped only where there is nothing else', () => {
    const idle = { frames: ['(idle)'], value: 90 };
    expect(path([idle, { frames: ['main', 'work'], value: 10 }], null, ['(idle)'])).toEqual([
      'main:0 0/10',
      'work:0 10/10',
    ]);
    expect(path([idle], null, ['(idle)'])).toEqual(['(idle):0 90/90']);
  });

  test('is bounded, and empty where nothing was sampled', () => {
    const deep = [{ frames: Array.from({ length: 50 }, (_, i) => `f${i}`), value: 1 }];
    expect(path(deep, null, [], 3)).toEqual(['f0:0 0/1', 'f1:0 0/1', 'f2:0 0/1', '…']);
    expect(path([], null)).toEqual([]);
    expect(path(deep, ['nowhere'])).toEqual([]);
  });
});

test('costs of functions count recursion once, and calls from outside', () => {
  const profile = profileOf([
    { frames: ['main', 'visit', 'visit', 'leaf'], value: 6 },
    { frames: ['main', 'visit'], value: 2 },
    { frames: ['other', 'visit', 'main', 'visit'], value: 1 },
  ]);
  const tree = buildCallTree(profile, sumStacks(profile, view));
  const [visit] = named(profile, 'visit');
  const cost = costsOf(tree, [visit]).get(visit)!;
  expect([cost.self, cost.total, cost.samples]).toEqual([3, 9, 9]);
  expect([...cost.callers].map(([func, value]) => [nameOf(profile, func), value])).toEqual([
    ['main', 8],
    ['other', 1],
  ]);
});
