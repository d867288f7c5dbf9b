import { growUint8 } from '../../profile/growColumn';
import { DecodeError } from '../decodeError';

/** What a record reader answers where the bytes end inside the record. */
export const needMore = -1;
/** What a record reader answers where nothing after this is to be read. */
export const allRead = -2;

/** A record longer than this is not one. */
const LONGEST = 1 << 22;

/**
 * Cuts a stream of chunks into binary records that say their own length, without holding more than a chunk and a record.
 * @param read reads the record that begins at byte `start` of an array that is valid to `stop` and during the call;
 *   answers where the record ends, `needMore` (having changed nothing) or `allRead`. `offset` is the record's place in
 *   the whole stream.
 * @param afterChunk gets the number of bytes taken from the stream so far
 * @returns bytes of an unfinished record at the end
 * @throws DecodeError for a record over 4 MiB
 */
export function forEachRecord(
  chunks: Iterable<Uint8Array>,
  read: (bytes: Uint8Array, start: number, stop: number, offset: number) => number,
  afterChunk: (consumed: number) => void,
): number {
  let carry: Uint8Array = new Uint8Array(1 << 12);
  let carried = 0;
  let consumed = 0;
  for (const chunk of chunks) {
    let bytes = chunk;
    let stop = chunk.length;
    if (carried > 0) {
      carry = growUint8(carry, carried + chunk.length);
      carry.set(chunk, carried);
      bytes = carry;
      stop = carried + chunk.length;
    }
    consumed += chunk.length;
    const origin = consumed - stop;
    let at = 0;
    while (at < stop) {
      const end = read(bytes, at, stop, origin + at);
      if (end === allRead) {
        afterChunk(consumed);
        return 0;
      }
      if (end === needMore) {
        break;
      }
      at = end;
    }
    carried = stop - at;
    if (carried > LONGEST) {
      throw new DecodeError('Expected records of less than 4 MiB, but this one goes on', `byte ${origin + at}`);
    }
    if (carried > 0) {
      if (bytes === carry) {
        carry.copyWithin(0, at, stop);
      } else {
        carry = growUint8(carry, carried);
        carry.set(bytes.subarray(at, stop));
      }
    }
    afterChunk(consumed);
  }
  return carried;
}
