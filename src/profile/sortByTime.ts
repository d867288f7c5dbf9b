import { stableOrder } from './stableOrder';

/** Rows that may be moved by insertion, a share of all, before sorting takes over. */
const MOVES = 2;

/**
 * Sorts times ascending, and the stacks with them, in place and stable. Nearly sorted columns, as profilers write
 * them, are sorted by insertion in one pass; others by merging.
 */
export function sortByTime(time: Float64Array, stack: Int32Array): void {
  const n = time.length;
  let moves = n * MOVES;
  let previous = -Infinity;
  for (let i = 0; i < n; i++) {
    const at = time[i];
    if (at >= previous) {
      previous = at;
      continue;
    }
    const of = stack[i];
    let to = i;
    while (to > 0 && time[to - 1] > at) {
      time[to] = time[to - 1];
      stack[to] = stack[to - 1];
      to--;
    }
    time[to] = at;
    stack[to] = of;
    moves -= i - to;
    if (moves < 0) {
      sortByMerging(time, stack);
      return;
    }
  }
}

function sortByMerging(time: Float64Array, stack: Int32Array): void {
  const order = stableOrder(time);
  if (order === null) {
    return;
  }
  const times = time.slice();
  const stacks = stack.slice();
  for (let i = 0; i < order.length; i++) {
    time[i] = times[order[i]];
    stack[i] = stacks[order[i]];
  }
}
