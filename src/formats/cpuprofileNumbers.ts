import { growFloat64, growInt32 } from '../profile/growColumn';
import type { JsonScanner } from './jsonScanner';
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

/** Room for `expected` numbers, but not more than the rest of the input can hold. */
function capacity(scanner: JsonScanner, expected: number): number {
  return Math.max(1024, Math.min(expected, (scanner.bytes.length - scanner.pos) >>> 1));
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
  let column: Int32Array = new Int32Array(capacity(scanner, expected));
  let length = 0;
  let blocks = 0;
  for (let more = scanner.element(true); more; ) {
    while (fast !== null) {
      const part = fast.ids();
      column = growInt32(column, length + part.length);
      column.set(part, length);
      length += part.length;
      if (!fast.more) {
        break;
      }
      checkpoint();
    }
    if (length === column.length) {
      column = growInt32(column, length * 2);
    }
    const target = Math.min(column.length, length + Math.min(BLOCK, length + 8));
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
  }
  return column.subarray(0, length);
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
  let column: Float64Array = new Float64Array(capacity(scanner, expected));
  let length = 0;
  let blocks = 0;
  const descents: number[] = [];
  for (let more = scanner.element(true); more; ) {
    while (fast !== null) {
      const { sums, negatives } = fast.deltas(length > 0 ? column[length - 1] : 0);
      column = growFloat64(column, length + sums.length);
      column.set(sums, length);
      for (const index of negatives) {
        if (length + index > 0 && descents.length < MOST_DESCENTS) {
          descents.push(length + index);
        }
      }
      length += sums.length;
      if (!fast.more) {
        break;
      }
      checkpoint();
    }
    if (length === column.length) {
      column = growFloat64(column, length * 2);
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
  return { time: column.subarray(0, length), descents: descents.length < MOST_DESCENTS ? descents : null };
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
