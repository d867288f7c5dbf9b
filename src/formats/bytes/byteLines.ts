import { growUint8 } from '../../profile/growColumn';
import { DecodeError } from '../decodeError';

/** A line longer than this is no text that anyone wrote. */
export const LONGEST_LINE = 1 << 28;

/** @throws DecodeError that says so of line `line` */
export function refuseLongLine(line: number): never {
  throw new DecodeError('Expected lines of text, but this one is longer than 256 MiB', `line ${line}`);
}

/**
 * Cuts a stream of chunks into lines without holding more than one of them. A line ends at `\n`, `\r\n` or the end.
 * @param visit gets the line as bytes `start` to `stop` of an array that is valid during the call, and its 1-based number
 * @param afterChunk gets the number of bytes consumed so far
 * @throws DecodeError for a line over 256 MiB
 */
export function forEachLine(
  chunks: Iterable<Uint8Array>,
  visit: (bytes: Uint8Array, start: number, stop: number, line: number) => void,
  afterChunk: (consumed: number) => void,
): void {
  let carry: Uint8Array = new Uint8Array(256);
  let carried = 0;
  let line = 1;
  let consumed = 0;
  const emit = (bytes: Uint8Array, start: number, stop: number): void => {
    visit(bytes, start, stop > start && bytes[stop - 1] === 13 ? stop - 1 : stop, line);
    line++;
  };
  for (const chunk of chunks) {
    let start = consumed === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
    for (let end = chunk.indexOf(10, start); end >= 0; end = chunk.indexOf(10, start)) {
      if (carried > 0) {
        carry = growUint8(carry, carried + end - start);
        carry.set(chunk.subarray(start, end), carried);
        emit(carry, 0, carried + end - start);
        carried = 0;
      } else {
        emit(chunk, start, end);
      }
      start = end + 1;
    }
    if (start < chunk.length) {
      const rest = chunk.length - start;
      if (carried + rest > LONGEST_LINE) {
        refuseLongLine(line);
      }
      carry = growUint8(carry, carried + rest);
      carry.set(chunk.subarray(start), carried);
      carried += rest;
    }
    consumed += chunk.length;
    afterChunk(consumed);
  }
  if (carried > 0) {
    emit(carry, 0, carried);
  }
}
