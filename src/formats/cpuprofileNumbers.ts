import { growFloat64, growInt32 } from '../profile/growColumn';
import type { JsonScanner } from './jsonScanner';

/** Numbers between two calls of the checkpoint. */
const STRIDE = 1 << 18;

/**
 * Reads `samples`: an array of node ids.
 * @param expected how many there may be, where that is known before; wrong guesses cost time only
 * @throws DecodeError for anything but integers of 32 bits
 */
export function readIds(scanner: JsonScanner, expected: number, checkpoint: () => void): Int32Array {
  scanner.enterArray('"samples", an array of node ids');
  const { bytes } = scanner;
  let column: Int32Array = new Int32Array(capacity(scanner, expected));
  let length = 0;
  let pause = STRIDE;
  if (!scanner.element(true)) {
    return column.subarray(0, 0);
  }
  for (;;) {
    // The common case is digits and one comma; everything else goes the careful way.
    let pos = scanner.pos;
    let byte = bytes[pos];
    const from = pos;
    let value = 0;
    while (byte >= 48 && byte <= 57) {
      value = (Math.imul(value, 10) + (byte - 48)) | 0;
      byte = bytes[++pos];
    }
    if (pos === from || pos - from > 9 || (byte !== 0x2c && byte !== 0x5d)) {
      value = scanner.number('a node id');
      if ((value | 0) !== value) {
        scanner.fail('a node id, an integer of 32 bits, before this');
      }
      byte = -1;
    } else {
      scanner.pos = pos;
    }
    if (length === column.length) {
      column = growInt32(column, length * 2);
    }
    column[length++] = value;
    if (length === pause) {
      pause += STRIDE;
      checkpoint();
    }
    if (byte === 0x2c) {
      scanner.pos++;
    } else if (!scanner.element(false)) {
      return column.subarray(0, length);
    }
  }
}

/** Room for `expected` numbers, but not more than the rest of the input can hold. */
function capacity(scanner: JsonScanner, expected: number): number {
  return Math.max(1024, Math.min(expected, (scanner.bytes.length - scanner.pos) >>> 1));
}

/**
 * Reads `timeDeltas` as running sums: entry `i` is the microseconds from the start to sample `i`.
 * @param expected as in `readIds`
 * @throws DecodeError for anything but numbers
 */
export function readSummedDeltas(scanner: JsonScanner, expected: number, checkpoint: () => void): Float64Array {
  scanner.enterArray('"timeDeltas", an array of microseconds');
  const { bytes } = scanner;
  let column: Float64Array = new Float64Array(capacity(scanner, expected));
  let length = 0;
  let sum = 0;
  let pause = STRIDE;
  if (!scanner.element(true)) {
    return column.subarray(0, 0);
  }
  for (;;) {
    let pos = scanner.pos;
    let byte = bytes[pos];
    const from = pos;
    let value = 0;
    while (byte >= 48 && byte <= 57) {
      value = (Math.imul(value, 10) + (byte - 48)) | 0;
      byte = bytes[++pos];
    }
    if (pos === from || pos - from > 9 || (byte !== 0x2c && byte !== 0x5d)) {
      value = scanner.number('a time delta');
      if (!(Math.abs(value) < 2 ** 53)) {
        scanner.fail('a time delta of microseconds below 2^53 before this');
      }
      byte = -1;
    } else {
      scanner.pos = pos;
    }
    if (length === column.length) {
      column = growFloat64(column, length * 2);
    }
    sum += value;
    column[length++] = sum;
    if (length === pause) {
      pause += STRIDE;
      checkpoint();
    }
    if (byte === 0x2c) {
      scanner.pos++;
    } else if (!scanner.element(false)) {
      return column.subarray(0, length);
    }
  }
}
