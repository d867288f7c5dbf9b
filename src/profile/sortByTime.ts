import { stableOrder } from './stableOrder';

/** Rows that may be moved by insertion, a multiple of all, before sorting takes over. */
const MOVES = 2;

/**
 * Sorts times ascending, and the stacks with them, in place and stable. Nearly sorted columns, as profilers write
 * them, cost little: only what is out of order is moved.
 * @param descents rows that are earlier than the row before, ascending; null where that is not known
 */
export function sortByTime(time: Float64Array, stack: Int32Array, descents: readonly number[] | null): void {
  if (descents === null || !sortByInsertion(time, stack, descents)) {
    sortByMerging(time, stack);
  }
}

function sortByInsertion(time: Float64Array, stack: Int32Array, descents: readonly number[]): boolean {
  const n = time.length;
  let moves = n * MOVES;
  for (const descent of descents) {
    // The rows after a descent are in order among themselves, but may still be earlier than what was moved.
    for (let i = descent; i < n && time[i] < time[i - 1]; i++) {
      const at = time[i];
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
        return false;
      }
    }
  }
  return true;
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
