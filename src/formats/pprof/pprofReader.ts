import { PbfReader } from 'pbf';
import { DecodeError } from '../decodeError';

const VARINT = 0;
export const BYTES = 2;

/**
 * pbf's reader with what untrusted input needs: lengths that must fit into the message around them, and 64-bit
 * numbers whose halves are exact (identifiers may be hashes or addresses).
 */
export class PprofReader extends PbfReader {
  /** Halves of the number that `wide` read. */
  low = 0;
  high = 0;

  /** Reads a length and returns where what it counts ends. @throws DecodeError where that is beyond `end` */
  enter(end: number, what: string): number {
    if (this.type !== BYTES) {
      throw new DecodeError(
        `Expected ${what} in a pprof profile, but found wire type ${this.type}`,
        `byte ${this.pos}`,
      );
    }
    const stop = this.readVarint() + this.pos;
    if (!(stop <= end)) {
      throw new DecodeError(`The pprof profile ends in the middle of ${what}: it may be truncated`, `byte ${this.pos}`);
    }
    return stop;
  }

  /** Checks that a message was read to its end exactly. */
  leave(end: number, what: string): void {
    if (this.pos > end && end === this.buf.length) {
      this.failCut();
    }
    if (this.pos !== end) {
      throw new DecodeError(`Expected the end of ${what} in a pprof profile`, `byte ${Math.min(this.pos, end)}`);
    }
  }

  private failCut(): never {
    throw new DecodeError(
      'The pprof profile ends in the middle of a number: it may be truncated',
      `byte ${this.buf.length}`,
    );
  }

  /** Reads a signed 64-bit number; exact up to 2^53. */
  int64(): number {
    this.wide();
    return (this.high | 0) * 0x100000000 + (this.low >>> 0);
  }

  /** Reads a 64-bit number into `low` and `high`. */
  wide(): void {
    if (this.type !== VARINT && this.type !== BYTES) {
      throw new DecodeError(
        `Expected a number in a pprof profile, but found wire type ${this.type}`,
        `byte ${this.pos}`,
      );
    }
    const { buf } = this;
    let { pos } = this;
    let byte = buf[pos++];
    let low = byte & 0x7f;
    let high = 0;
    for (let shift = 7; byte > 0x7f; shift += 7) {
      if (pos >= buf.length) {
        this.failCut();
      }
      if (shift > 63) {
        throw new DecodeError('Expected a number of at most ten bytes in a pprof profile', `byte ${this.pos}`);
      }
      byte = buf[pos++];
      const bits = byte & 0x7f;
      if (shift < 28) {
        low |= bits << shift;
      } else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else {
        high |= bits << (shift - 32);
      }
    }
    this.low = low;
    this.high = high;
    this.pos = pos;
  }
}
