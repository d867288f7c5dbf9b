import { describe, expect, it } from 'vitest';
import { fc } from '../../test/support/property';
import {
  boxAt,
  boxAtIndex,
  boxNear,
  findNode,
  firstAbove,
  firstBox,
  neighbourOf,
  nextMatch,
  parentOf,
  widestChildOf,
  widestOf,
} from './hitTest';
import { testWindow } from './testWindow';

// main 0–100 ( a 0–40 ( c 0–10, run 10–20, d 20–40 ), gap, b 60–100 ( a 60–70 ) )
const window = testWindow([
  [[0, 100, 0]],
  [
    [0, 40, 1],
    [60, 100, 2],
  ],
  [
    [0, 10, 3],
    [10, 20, 5, -1],
    [20, 40, 4],
    [60, 70, 1],
  ],
]);
const main = boxAtIndex(window, 0, 0);
const a = boxAtIndex(window, 1, 1);
const b = boxAtIndex(window, 1, 2);

it('finds what a position is in', () => {
  expect(boxAt(window, 1, 39.9)?.func).toBe(1);
  expect(boxAt(window, 1, 40)).toBeNull();
  expect(boxAt(window, 1, 50)).toBeNull();
  expect(boxAt(window, 1, 60)?.func).toBe(2);
  expect(boxAt(window, 9, 60)).toBeNull();
  expect(boxAt(window, -1, 60)).toBeNull();
});

it('takes the nearer of two boxes within the tolerance', () => {
  expect(boxNear(window, 1, 41, 2)?.func).toBe(1);
  expect(boxNear(window, 1, 59, 2)?.func).toBe(2);
  expect(boxNear(window, 1, 50, 2)).toBeNull();
  expect(boxNear(window, 1, 51, 20)?.func).toBe(2);
});

it('goes to callers, callees and neighbours', () => {
  expect(parentOf(window, a)).toEqual(main);
  expect(parentOf(window, main)).toBeNull();
  expect(widestChildOf(window, main)?.func).toBe(1);
  expect(widestChildOf(window, a)?.func).toBe(4);
  expect(widestChildOf(window, b)?.func).toBe(1);
  expect(widestChildOf(window, boxAtIndex(window, 2, 3))).toBeNull();
  expect(neighbourOf(window, a, 1)).toEqual(b);
  expect(neighbourOf(window, b, 1)).toBeNull();
  expect(neighbourOf(window, b, -1)).toEqual(a);
  expect(neighbourOf(window, boxAtIndex(window, 2, 3), 1)?.func, 'leaps over merged runs').toBe(4);
  expect(neighbourOf(window, boxAtIndex(window, 2, 5), -1)?.func).toBe(3);
  expect(firstBox(window, 0, 100)).toEqual(main);
});

it('finds a node again', () => {
  expect(findNode(window, 2)).toEqual(b);
  expect(findNode(window, 99)).toBeNull();
  expect(findNode(window, -1)).toBeNull();
});

describe('next match', () => {
  const isA = (func: number): boolean => func === 1;
  it('reads left to right, callers first, and goes round', () => {
    const first = nextMatch(window, isA, null, 1);
    expect(first).toEqual(a);
    const second = nextMatch(window, isA, first, 1);
    expect([second?.row, second?.start]).toEqual([2, 60]);
    expect(nextMatch(window, isA, second, 1)).toEqual(a);
    expect(nextMatch(window, isA, second, -1)).toEqual(a);
    expect(nextMatch(window, isA, a, -1)).toEqual(second);
  });
  it('is nothing where nothing matches, or only a merged run', () => {
    expect(nextMatch(window, () => false, null, 1)).toBeNull();
    expect(nextMatch(window, (func) => func === 5, null, 1)).toBeNull();
  });
});

it('searches like a scan', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 })), fc.integer({ min: -1, max: 51 }), (values, value) => {
      const sorted = Float64Array.from(values.sort((x, y) => x - y));
      const found = sorted.findIndex((each) => each > value);
      expect(firstAbove(sorted, value, 0, sorted.length)).toBe(found === -1 ? sorted.length : found);
    }),
  );
});

describe('the widest box of some functions', () => {
  const window = testWindow([
    [[0, 10, 1]],
    [
      [0, 4, 2],
      [4, 9, 3],
      [9, 10, 2, -1],
    ],
    [
      [0, 2, 3],
      [4, 9, 2],
    ],
  ]);

  it('is found in any row, of equals the one nearest to row 0', () => {
    expect(widestOf(window, new Set([2]))).toMatchObject({ row: 2, start: 4, end: 9 });
    expect(widestOf(window, new Set([2, 3]))).toMatchObject({ row: 1, func: 3 });
    expect(widestOf(window, new Set([7]))).toBeNull();
  });
});
