import { growFloat64, growInt32 } from '../../profile/growColumn';
import type { ProfileBuilder } from '../../profile/profileBuilder';

/** What overlaps by more than this, in microseconds, was not just rounded. */
const ROUNDING = 1;

/** Spans of one thread, as columns. Times in microseconds. */
export class SpanColumns {
  length = 0;
  start: Float64Array = new Float64Array(16);
  end: Float64Array = new Float64Array(16);
  frame: Int32Array = new Int32Array(16);

  /** Adds a span and returns its row. */
  add(start: number, end: number, frame: number): number {
    const row = this.length++;
    if (row === this.start.length) {
      this.start = growFloat64(this.start, row + 1);
      this.end = growFloat64(this.end, row + 1);
      this.frame = growInt32(this.frame, row + 1);
    }
    this.start[row] = start;
    this.end[row] = end;
    this.frame[row] = frame;
    return row;
  }
}

/** Pieces of time in which a thread's stack stayed the same. Times in microseconds. */
export class PieceColumns {
  length = 0;
  stack: Int32Array = new Int32Array(16);
  start: Float64Array = new Float64Array(16);
  end: Float64Array = new Float64Array(16);

  /** Adds a piece, which may be the last one's continuation; none of no length. */
  add(stack: number, start: number, end: number): void {
    if (!(end > start)) {
      return;
    }
    const last = this.length - 1;
    if (last >= 0 && this.stack[last] === stack && this.end[last] === start) {
      this.end[last] = end;
      return;
    }
    const row = this.length++;
    if (row === this.stack.length) {
      this.stack = growInt32(this.stack, row + 1);
      this.start = growFloat64(this.start, row + 1);
      this.end = growFloat64(this.end, row + 1);
    }
    this.stack[row] = stack;
    this.start[row] = start;
    this.end[row] = end;
  }
}

/**
 * Rows of spans in the order in which they nest: by start, of those that start together the longest first, of equal ones
 * the first (the last where spans were written when they ended). Null where they are in this order.
 */
export function nestingOrder({ length, start, end }: SpanColumns, writtenAtEnd: boolean): Int32Array | null {
  let ordered = true;
  for (let row = 1; row < length && ordered; row++) {
    ordered =
      start[row - 1] < start[row] ||
      (start[row - 1] === start[row] && (writtenAtEnd ? end[row - 1] > end[row] : end[row - 1] >= end[row]));
  }
  if (ordered) {
    return null;
  }
  const order = new Int32Array(length);
  for (let row = 0; row < length; row++) {
    order[row] = row;
  }
  const turn = writtenAtEnd ? -1 : 1;
  return order.sort((a, b) => start[a] - start[b] || end[b] - end[a] || (a - b) * turn);
}

/**
 * Lays nested spans out as pieces of the innermost span's time. A span that ends after the one it begins in is cut
 * there.
 * @param order the rows to take, as `nestingOrder` has them; null for all as they are
 * @returns how many spans were cut
 */
export function layOutSpans(
  builder: ProfileBuilder,
  spans: SpanColumns,
  order: Int32Array | null,
  pieces: PieceColumns,
): number {
  let open = 0;
  let openStack: Int32Array = new Int32Array(16);
  let openEnd: Float64Array = new Float64Array(16);
  let cursor = Number.NEGATIVE_INFINITY;
  let cut = 0;
  const count = order === null ? spans.length : order.length;
  for (let i = 0; i < count; i++) {
    const row = order === null ? i : order[i];
    const start = spans.start[row];
    let end = spans.end[row];
    while (open > 0 && endsBefore(openEnd[open - 1], start, end)) {
      open--;
      pieces.add(openStack[open], cursor, openEnd[open]);
      cursor = Math.max(cursor, openEnd[open]);
    }
    if (open > 0) {
      pieces.add(openStack[open - 1], cursor, start);
      const limit = openEnd[open - 1];
      cut += end - limit > ROUNDING ? 1 : 0;
      end = Math.min(end, limit);
    }
    cursor = Math.max(cursor, start);
    if (open === openStack.length) {
      openStack = growInt32(openStack, open + 1);
      openEnd = growFloat64(openEnd, open + 1);
    }
    openStack[open] = builder.stack(open === 0 ? -1 : openStack[open - 1], spans.frame[row]);
    openEnd[open] = end;
    open++;
  }
  while (open > 0) {
    open--;
    pieces.add(openStack[open], cursor, openEnd[open]);
    cursor = Math.max(cursor, openEnd[open]);
  }
  return cut;
}

/**
 * Whether a span that ends at `limit` is over where the one from `start` to `end` begins. Times are rounded, and a start
 * and a duration do not always add up to the end: a span that begins a rounding before that end, and lasts longer, follows.
 */
function endsBefore(limit: number, start: number, end: number): boolean {
  const overlap = limit - start;
  return overlap <= 0 || (overlap <= ROUNDING && overlap < end - limit);
}
