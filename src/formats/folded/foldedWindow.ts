import { growUint8 } from '../../profile/growColumn';
import { LONGEST_LINE, refuseLongLine } from '../bytes/byteLines';
import type { FoldedScanner } from './wasm/foldedScanner';

/**
 * Moves chunks through the window of a scanner, as `forEachLine` cuts them into lines: the scanner takes those that are
 * plain, `visit` gets the others. A line longer than the window is collected outside of it.
 * @param plain whether the scanner may take the lines that come
 */
export function forEachFoldedLine(
  scanner: FoldedScanner,
  chunks: Iterable<Uint8Array>,
  plain: () => boolean,
  visit: (bytes: Uint8Array, start: number, stop: number, line: number) => void,
  afterChunk: (consumed: number) => void,
): void {
  const { windowSize } = scanner;
  /** Bytes of a line at the window's front. */
  let left = 0;
  /** A line that is longer than the window, so far. */
  let long: Uint8Array = new Uint8Array(0);
  let longLength = 0;
  let odd = 0;
  let consumed = 0;
  const emit = (bytes: Uint8Array, start: number, stop: number): void => {
    odd++;
    visit(bytes, start, stop, scanner.taken + odd);
  };
  const emitLong = (): void => {
    emit(long, 0, longLength > 0 && long[longLength - 1] === 13 ? longLength - 1 : longLength);
    longLength = 0;
  };
  const collect = (part: Uint8Array): void => {
    if (longLength + part.length > LONGEST_LINE) {
      refuseLongLine(scanner.taken + odd + 1);
    }
    long = growUint8(long, longLength + part.length);
    long.set(part, longLength);
    longLength += part.length;
  };
  for (const chunk of chunks) {
    let at = consumed === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
    while (at < chunk.length) {
      if (longLength > 0) {
        const newline = chunk.indexOf(10, at);
        collect(chunk.subarray(at, newline < 0 ? chunk.length : newline));
        at = newline < 0 ? chunk.length : newline + 1;
        if (newline >= 0) {
          emitLong();
        }
        continue;
      }
      const part = chunk.subarray(at, at + windowSize - left);
      scanner.fill(part, left);
      at += part.length;
      left = scanner.lines(left + part.length, plain, emit);
      if (left === windowSize) {
        collect(scanner.rest(left));
        left = 0;
      }
    }
    consumed += chunk.length;
    afterChunk(consumed);
  }
  if (longLength > 0) {
    emitLong();
  } else if (left > 0) {
    const last = scanner.rest(left);
    emit(last, 0, last[left - 1] === 13 ? left - 1 : left);
  }
}
