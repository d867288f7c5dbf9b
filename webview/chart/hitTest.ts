import type { FlameWindow } from '../../src/engine/flameApi';

/** One box of a window, by value: it outlives the window it was found in. */
export interface FlameBox {
  /** -1 for a run of merged tiny boxes. */
  readonly node: number;
  readonly func: number;
  readonly row: number;
  readonly start: number;
  readonly end: number;
}

/** Number of rows that a window has. */
export function rowCount(window: FlameWindow): number {
  return Math.max(0, window.rowOffset.length - 1);
}

/** First index in `[low, high)` whose `values` entry is above `value`; `high` if there is none. */
export function firstAbove(values: Float64Array, value: number, low: number, high: number): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (values[middle]! > value) to = middle;
    else from = middle + 1;
  }
  return from;
}

export function boxAtIndex(window: FlameWindow, row: number, index: number): FlameBox {
  return {
    node: window.node[index]!,
    func: window.func[index]!,
    row,
    start: window.start[index]!,
    end: window.end[index]!,
  };
}

/** The box of a row that contains a position of the axis, or null. */
export function boxAt(window: FlameWindow, row: number, value: number): FlameBox | null {
  return boxNear(window, row, value, 0);
}

/** Like `boxAt`, but a box that is at most `tolerance` away counts too: tiny boxes are drawn a pixel wide. */
export function boxNear(window: FlameWindow, row: number, value: number, tolerance: number): FlameBox | null {
  if (row < 0 || row >= rowCount(window)) return null;
  const low = window.rowOffset[row]!;
  const high = window.rowOffset[row + 1]!;
  const index = firstAbove(window.end, value, low, high);
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  if (index < high) {
    distance = Math.max(0, window.start[index]! - value);
    if (distance <= tolerance) best = index;
  }
  // A box ends before its end: touching it from the right is a hit only within the tolerance.
  if (index > low && tolerance > 0) {
    const gap = value - window.end[index - 1]!;
    if (gap <= tolerance && gap < distance) best = index - 1;
  }
  return best === -1 ? null : boxAtIndex(window, row, best);
}

/** The caller's box. */
export function parentOf(window: FlameWindow, box: FlameBox): FlameBox | null {
  return box.row === 0 ? null : boxAt(window, box.row - 1, (box.start + box.end) / 2);
}

/** The widest callee that is no merged run; the first of equals. */
export function widestChildOf(window: FlameWindow, box: FlameBox): FlameBox | null {
  const row = box.row + 1;
  if (row >= rowCount(window)) return null;
  const high = window.rowOffset[row + 1]!;
  let best = -1;
  let width = 0;
  for (let i = firstAbove(window.end, box.start, window.rowOffset[row]!, high); i < high; i++) {
    if (window.start[i]! >= box.end) break;
    const size = window.end[i]! - window.start[i]!;
    if (window.node[i]! >= 0 && size > width) {
      best = i;
      width = size;
    }
  }
  return best === -1 ? null : boxAtIndex(window, row, best);
}

/** The widest box of some functions; of equals the one nearest to row 0. */
export function widestOf(window: FlameWindow, functions: ReadonlySet<number>): FlameBox | null {
  let best: FlameBox | null = null;
  for (let row = 0; row < rowCount(window); row++) {
    for (let i = window.rowOffset[row]!; i < window.rowOffset[row + 1]!; i++) {
      if (window.node[i]! < 0 || !functions.has(window.func[i]!)) continue;
      if (best === null || window.end[i]! - window.start[i]! > best.end - best.start) best = boxAtIndex(window, row, i);
    }
  }
  return best;
}

/** The next (`direction` 1) or previous (-1) box of the row that is no merged run. */
export function neighbourOf(window: FlameWindow, box: FlameBox, direction: 1 | -1): FlameBox | null {
  if (box.row >= rowCount(window)) return null;
  const low = window.rowOffset[box.row]!;
  const high = window.rowOffset[box.row + 1]!;
  let index = firstAbove(window.end, (box.start + box.end) / 2, low, high);
  if (direction === 1) {
    if (index < high && window.start[index]! < box.end) index++;
    while (index < high && window.node[index]! < 0) index++;
    return index < high ? boxAtIndex(window, box.row, index) : null;
  }
  index--;
  while (index >= low && window.node[index]! < 0) index--;
  return index >= low ? boxAtIndex(window, box.row, index) : null;
}

/** The widest box of the outermost row. */
export function firstBox(window: FlameWindow, from: number, to: number): FlameBox | null {
  return widestChildOf(window, { node: -1, func: -1, row: -1, start: from, end: to });
}

/** The box of a node, or null when the window does not have it (any more). A scan: for rare events, not for frames. */
export function findNode(window: FlameWindow, node: number): FlameBox | null {
  if (node < 0) return null;
  for (let row = 0; row < rowCount(window); row++) {
    for (let i = window.rowOffset[row]!; i < window.rowOffset[row + 1]!; i++) {
      if (window.node[i] === node) return boxAtIndex(window, row, i);
    }
  }
  return null;
}

/**
 * The next or previous matching box in reading order (left to right, callers before callees), round the end.
 * @param matches by function index
 * @param after where to go on; null for the first
 */
export function nextMatch(
  window: FlameWindow,
  matches: (func: number) => boolean,
  after: FlameBox | null,
  direction: 1 | -1,
): FlameBox | null {
  let next: FlameBox | null = null;
  let wrapped: FlameBox | null = null;
  const before = (a: { start: number; row: number }, b: { start: number; row: number }): boolean =>
    a.start < b.start || (a.start === b.start && a.row < b.row);
  const better = (candidate: FlameBox, best: FlameBox | null): boolean =>
    best === null || (direction === 1 ? before(candidate, best) : before(best, candidate));
  for (let row = 0; row < rowCount(window); row++) {
    for (let i = window.rowOffset[row]!; i < window.rowOffset[row + 1]!; i++) {
      if (window.node[i]! < 0 || !matches(window.func[i]!)) continue;
      const box = boxAtIndex(window, row, i);
      if (better(box, wrapped)) wrapped = box;
      const beyond = after === null || (direction === 1 ? before(after, box) : before(box, after));
      if (beyond && better(box, next)) next = box;
    }
  }
  return next ?? wrapped;
}
