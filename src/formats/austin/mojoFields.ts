import type { StringTable } from '../../profile/stringTable';
import { DecodeError } from '../decodeError';

/** Texts of a sample's head and of metadata are cut here; names of frames are not. */
const LONGEST_TEXT = 4096;

/** Reads the fields of a MOJO event one by one; where they are not all there, `whole` becomes false and nothing throws. */
export class MojoFields {
  at = 0;
  whole = true;
  /** Halves of the last integer without its sign: keys may have 64 bits. */
  low = 0;
  high = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private stop = 0;
  private negative = false;
  private tooLong = false;
  private readonly decoder = new TextDecoder();

  begin(bytes: Uint8Array, start: number, stop: number): void {
    this.bytes = bytes;
    this.at = start;
    this.stop = stop;
    this.whole = true;
    this.tooLong = false;
  }

  skip(count: number): void {
    this.at += count;
  }

  byte(): number {
    if (this.at >= this.stop) {
      this.whole = false;
      return 0;
    }
    return this.bytes[this.at++];
  }

  /** Reads an integer: 6 bits and a sign, then 7 bits a byte, as long as the highest bit is set. */
  integer(): number {
    let byte = this.byte();
    this.negative = (byte & 0x40) !== 0;
    let low = byte & 0x3f;
    let high = 0;
    for (let shift = 6; byte & 0x80; shift += 7) {
      byte = this.byte();
      const bits = byte & 0x7f;
      if (shift < 25) {
        low |= bits << shift;
      } else if (shift < 32) {
        low |= bits << shift;
        high |= bits >>> (32 - shift);
      } else if (shift < 64) {
        high |= bits << (shift - 32);
      } else {
        this.tooLong = true;
        break;
      }
    }
    this.low = low;
    this.high = high;
    return this.signed();
  }

  /** The last integer. */
  signed(): number {
    const value = (this.high >>> 0) * 0x100000000 + (this.low >>> 0);
    return this.negative ? -value : value;
  }

  /** Reads a zero-terminated string, shortened where it is over 4 KiB. */
  text(): string {
    const start = this.at;
    const end = this.zero();
    return end < 0 ? '' : this.decoder.decode(this.bytes.subarray(start, Math.min(end, start + LONGEST_TEXT)));
  }

  /** Reads a zero-terminated string into a table; 0 where it is not whole. */
  string(strings: StringTable): number {
    const start = this.at;
    const end = this.zero();
    return end < 0 ? 0 : strings.internBytes(this.bytes, start, end);
  }

  private zero(): number {
    const end = this.whole ? this.bytes.subarray(0, this.stop).indexOf(0, this.at) : -1;
    if (end < 0) {
      this.whole = false;
      return -1;
    }
    this.at = end + 1;
    return end;
  }

  /** @throws DecodeError where an integer was no 64-bit number */
  check(offset: number): void {
    if (this.tooLong && this.whole) {
      throw new DecodeError('Expected integers of at most ten bytes in a MOJO file', `byte ${offset}`);
    }
  }
}
