import { growFloat64, growInt32 } from '../../profile/growColumn';
import type { JsonScanner } from '../json/jsonScanner';
import type { CpuprofileScanner } from './wasm/cpuprofileScanner';

/**
 * Numbers read in one go. The first blocks are small: V8 compiles a loop while it runs, and a function that never came
 * to its end by then is compiled again and again.
 */
const BLOCK = 4096;
/** Blocks between two calls of the checkpoint. */
const STRIDE = 64;
/** More steps back in time than this are not worth listing. */
const MOST_DESCENTS = 1 << 16;
const COMMA = 0x2c;
const MINUS = 0x2d;

/** Times of samples, in microseconds since the start. */
export interface ElapsedColumn {
  readonly time: Float64Array;
  /** Rows that are earlier than the row before, ascending; null where there are too many to list. */
  readonly descents: readonly number[] | null;
}

/** Numbers that room is made for at first. */
const FIRST = 1024;
/**
 * How many times the numbers read there may be room for: hit counts say how many there will be, but a file of many small
 * profiles could let each claim the whole rest of it.
 */
const AHEAD = 8;

/** Numbers from which on there is room for all that are expected: many small profiles do not come that far. */
const MANY = 1 << 16;

/** What to grow a column of `length` numbers to, where `needed` must fit and there may be `expected`. */
function capacity(length: number, needed: number, expected: number): number {
  return Math.max(needed, length < MANY ? Math.min(expected, length * AHEAD) : expected, length * 2);
}

/** How many numbers there may be: at most as many as the rest of the input can hold. */
function plausible(scanner: JsonScanner, expected: number): number {
  return Math.min(expected, (scanner.bytes.length - scanner.pos) >>> 1);
}

/**
 * Reads `samples`: an array of node ids.
 * @param expected how many there may be, where that is known before; wrong guesses cost time only
 * @throws DecodeError for anything but integers of 32 bits
 */
export function readIds(
  scanner: JsonScanner,
  fast: CpuprofileScanner | null,
  expected: number,
  checkpoint: () => void,
): Int32Array {
  scanner.enterArray('"samples", an array of node ids');
  const most = plausible(scanner, expected);
  let column: Int32Array = new Int32Array(FIRST);
  let length = 0;
  let blocks = 0;
  for (let more = scanner.element(true); more; ) {
    while (fast !== null) {
      const part = fast.ids();
      if (length + part.length > column.length) {
        column = growInt32(column, capacity(column.length, length + part.length, most));
      }
      column.set(part, length);
      length += part.length;
      if (fast.ended) {
        return trimmed(column, length);
      }
      if (!fast.more) {
        break;
      }
      checkpoint();
    }
    if (length === column.length) {
      column = growInt32(column, capacity(length, length + 1, most));
    }
    const target = Math.min(column.length, length + Math.min(BLOCK, length + 8));
    const from = length;
    length = readIdBlock(scanner, column, length, target);
    if (++blocks % STRIDE === 0) {
      checkpoint();
    }
    if (length < target) {
      const value = scanner.number('a node id');
      if ((value | 0) !== value) {
        scanner.fail('a node id, an integer of 32 bits, before this');
      }
      column[length++] = value;
      more = scanner.element(false);
    }
    fast?.translate(column.subarray(from, length));
  }
  return trimmed(column, length);
}

/** The first `length` numbers, without much that they do not need. */
function trimmed(column: Int32Array, length: number): Int32Array {
  return length * 2 < column.length ? column.slice(0, length) : column.subarray(0, length);
}

/** Reads up to `target` numbers of at most nine digits, each with its comma. @returns where it stopped before another */
function readIdBlock(scanner: JsonScanner, column: Int32Array, from: number, target: number): number {
  const { bytes } = scanner;
  let length = from;
  let pos = scanner.pos;
  while (length < target) {
    let at = pos;
    let byte = bytes[at];
    while (byte <= 32) {
      byte = bytes[++at];
    }
    const start = at;
    let value = 0;
    while (byte >= 48 && byte <= 57) {
      value = (Math.imul(value, 10) + (byte - 48)) | 0;
      byte = bytes[++at];
    }
    if (byte !== COMMA || at === start || at - start > 9) {
      break;
    }
    column[length++] = value;
    pos = at + 1;
  }
  scanner.pos = pos;
  return length;
}

/**
 * Reads `timeDeltas` as running sums.
 * @param expected as in `readIds`
 * @throws DecodeError for anything but numbers
 */
export function readSummedDeltas(
  scanner: JsonScanner,
  fast: CpuprofileScanner | null,
  expected: number,
  checkpoint: () => void,
): ElapsedColumn {
  scanner.enterArray('"timeDeltas", an array of microseconds');
  const most = plausible(scanner, expected);
  let column: Float64Array = new Float64Array(FIRST);
  let length = 0;
  let blocks = 0;
  const descents: number[] = [];
  for (let more = scanner.element(true); more; ) {
    while (fast !== null) {
      const { sums, negatives } = fast.deltas(length > 0 ? column[length - 1] : 0);
      if (length + sums.length > column.length) {
        column = growFloat64(column, capacity(column.length, length + sums.length, most));
      }
      column.set(sums, length);
      for (const index of negatives) {
        if (length + index > 0 && descents.length < MOST_DESCENTS) {
          descents.push(length + index);
        }
      }
      length += sums.length;
      if (fast.ended) {
        return elapsed(column, length, descents);
      }
      if (!fast.more) {
        break;
      }
      checkpoint();
    }
    if (length === column.length) {
      column = growFloat64(column, capacity(length, length + 1, most));
    }
    const target = Math.min(column.length, length + Math.min(BLOCK, length + 8));
    length = readDeltaBlock(scanner, column, length, target, descents);
    if (++blocks % STRIDE === 0) {
      checkpoint();
    }
    if (length < target) {
      const value = scanner.number('a time delta');
      if (!(Math.abs(value) < 2 ** 53)) {
        scanner.fail('a time delta of microseconds below 2^53 before this');
      }
      if (value < 0 && length > 0 && descents.length < MOST_DESCENTS) {
        descents.push(length);
      }
      column[length] = length > 0 ? column[length - 1] + value : value;
      length++;
      more = scanner.element(false);
    }
  }
  return elapsed(column, length, descents);
}

function elapsed(column: Float64Array, length: number, descents: readonly number[]): ElapsedColumn {
  const time = length * 2 < column.length ? column.slice(0, length) : column.subarray(0, length);
  return { time, descents: descents.length < MOST_DESCENTS ? descents : null };
}

/** As `readIdBlock`, with signs. */
function readDeltaBlock(
  scanner: JsonScanner,
  column: Float64Array,
  from: number,
  target: number,
  descents: number[],
): number {
  const { bytes } = scanner;
  let length = from;
  let pos = scanner.pos;
  let sum = from > 0 ? column[from - 1] : 0;
  while (length < target) {
    let at = pos;
    let byte = bytes[at];
    while (byte <= 32) {
      byte = bytes[++at];
    }
    let sign = 1;
    if (byte === MINUS) {
      sign = -1;
      byte = bytes[++at];
    }
    const start = at;
    let value = 0;
    while (byte >= 48 && byte <= 57) {
      value = (Math.imul(value, 10) + (byte - 48)) | 0;
      byte = bytes[++at];
    }
    if (byte !== COMMA || at === start || at - start > 9) {
      break;
    }
    if (sign < 0 && length > 0 && value > 0 && descents.length < MOST_DESCENTS) {
      descents.push(length);
    }
    sum += sign * value;
    column[length++] = sum;
    pos = at + 1;
  }
  scanner.pos = pos;
  return length;
}
