import type { FlameWindow } from '../../src/engine/flameApi';

/** A box as `[start, end, func]`, optionally with a node of its own: -1 for a merged run. */
export type TestBox = readonly [start: number, end: number, func: number, node?: number];

/** For tests: a window from rows of boxes; nodes are numbered as they come. */
export function testWindow(rows: readonly (readonly TestBox[])[], part: Partial<FlameWindow> = {}): FlameWindow {
  const boxes = rows.flat();
  const rowOffset = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => {
    rowOffset[i + 1] = rowOffset[i]! + row.length;
  });
  const extent = boxes.reduce((most, [, end]) => Math.max(most, end), 0);
  const functions = [...new Set(boxes.map(([, , func]) => func))].sort((a, b) => a - b);
  return {
    from: 0,
    to: extent,
    resolution: 0,
    extent,
    rowOffset,
    start: Float64Array.from(boxes, ([start]) => start),
    end: Float64Array.from(boxes, ([, end]) => end),
    node: Int32Array.from(boxes, ([, , , node], i) => node ?? i),
    func: Int32Array.from(boxes, ([, , func]) => func),
    nameFunc: Int32Array.from(functions),
    names: functions.map((func) => `f${func}`),
    nameGroup: Int32Array.from(functions, (func) => func % 5),
    ...part,
  };
}
