import type { ByteSource, DecodeContext } from '../format';
import { forEachLine } from './byteLines';
import { fractionRead } from './fractionRead';

/**
 * `forEachLine` of a source, which tells after each chunk how much of it was read, and may be cancelled there.
 * @param afterChunk may refuse what has been read
 * @returns the bytes it had
 */
export function readLines(
  source: ByteSource,
  context: DecodeContext,
  visit: (bytes: Uint8Array, start: number, stop: number, line: number) => void,
  afterChunk: () => void = () => {},
): number {
  let size = 0;
  forEachLine(source.chunks(), visit, (consumed) => {
    size = consumed;
    afterChunk();
    context.checkpoint(fractionRead(source, consumed));
  });
  return size;
}
