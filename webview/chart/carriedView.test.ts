import { expect, it } from 'vitest';
import type { FlameWindow } from '../../src/engine/flameApi';
import { boxesOfPath } from './carriedView';

/** Rows of boxes: [start, end, function]. */
function windowOf(rows: [number, number, number][][]): FlameWindow {
  const boxes = rows.flat();
  let at = 0;
  return {
    from: 0,
    to: 100,
    resolution: 0,
    extent: 100,
    rowOffset: Uint32Array.from([0, ...rows.map((row) => (at += row.length))]),
    start: Float64Array.from(boxes.map(([start]) => start)),
    end: Float64Array.from(boxes.map(([, end]) => end)),
    node: Int32Array.from(boxes.map((_, i) => i)),
    func: Int32Array.from(boxes.map(([, , func]) => func)),
    nameFunc: new Int32Array(0),
    names: [],
    nameGroup: new Int32Array(0),
  };
}

const names = ['main', 'serve', 'parse', 'idle'];
const nameOf = (func: number): string => names[func]!;
const window = windowOf([
  [[0, 100, 0]],
  [
    [0, 10, 1],
    [10, 60, 3],
    [60, 95, 1],
  ],
  [
    [0, 8, 2],
    [60, 70, 2],
  ],
]);

it('finds the frames by their names, the widest where several have one', () => {
  expect(boxesOfPath(window, ['main', 'serve', 'parse'], nameOf).map(({ start, end }) => [start, end])).toEqual([
    [0, 100],
    [60, 95],
    [60, 70],
  ]);
});

it('ends at the caller of a frame that is no more', () => {
  expect(boxesOfPath(window, ['main', 'idle', 'parse'], nameOf).map(({ row }) => row)).toEqual([0, 1]);
  expect(boxesOfPath(window, ['other'], nameOf)).toEqual([]);
});
