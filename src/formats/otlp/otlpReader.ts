import { PbfReader } from 'pbf';
import { DecodeError } from '../decodeError';

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
const FIXED32 = 5;

/** Where a message stands. */
export interface Range {
  readonly from: number;
  readonly end: number;
}

/** pbf's reader with what untrusted input needs: lengths that fit into the message around them, and exact numbers. */
export class OtlpReader extends PbfReader {
  /** Where the message that `message` answered begins. */
  last = 0;
  private readonly decoder = new TextDecoder();

  private fail(what: string): never {
    throw new DecodeError(`Expected ${what} in an OTLP profile`, `byte ${this.pos}`);
  }

  /** The range of a message, behind which the reader then stands. @throws DecodeError where it is longer than what is around it */
  message(end: number, what: string): Range {
    if (this.type !== BYTES) this.fail(what);
    const stop = this.readVarint() + this.pos;
    if (!(stop <= end)) {
      throw new DecodeError(`The OTLP profile ends in the middle of ${what}: it may be truncated`, `byte ${this.pos}`);
    }
    this.last = this.pos;
    this.pos = stop;
    return { from: this.last, end: stop };
  }

  /** Reads what is in a range, and stands where it stood before. */
  within<T>(range: Range, read: () => T): T {
    const { pos } = this;
    this.pos = range.from;
    const result = read();
    this.pos = pos;
    return result;
  }

  /** Checks that a message was read to its end exactly. */
  leave(end: number, what: string): void {
    if (this.pos !== end) this.fail(`the end of ${what}`);
  }

  /** Goes behind a field. */
  skipField(end: number): void {
    if (this.type === BYTES) this.message(end, 'a field');
    else if (this.type === VARINT) this.wholeNumber();
    else if (this.type === FIXED64) this.pos += 8;
    else if (this.type === FIXED32) this.pos += 4;
    else this.fail('a field');
    if (this.pos > end) this.fail('the end of a field');
  }

  /** A 64-bit number, unsigned, from a varint or eight bytes. */
  wholeNumber(): bigint {
    if (this.type === FIXED64) return this.fixed();
    if (this.type !== VARINT) this.fail('a number');
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.pos >= this.buf.length) this.fail('the rest of a number');
      const byte = this.buf[this.pos++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    return this.fail('a number of at most ten bytes');
  }

  private fixed(): bigint {
    if (this.pos + 8 > this.buf.length) this.fail('the rest of a number');
    const view = new DataView(this.buf.buffer, this.buf.byteOffset + this.pos, 8);
    this.pos += 8;
    return view.getBigUint64(0, true);
  }

  double(): number {
    return new Float64Array(BigUint64Array.of(this.fixed()).buffer)[0];
  }

  /** A signed number, exact up to 2^53. */
  integer(): number {
    if (this.type !== VARINT) this.fail('a number');
    const { buf } = this;
    let value = 0;
    let factor = 1;
    for (let at = this.pos; at < this.pos + 5; at++) {
      if (at >= buf.length) this.fail('the rest of a number');
      value += (buf[at] & 0x7f) * factor;
      if (buf[at] < 0x80) {
        this.pos = at + 1;
        return value;
      }
      factor *= 128;
    }
    return Number(BigInt.asIntN(64, this.wholeNumber()));
  }

  /** A list of numbers, packed or a single one of several. */
  numbers(end: number): number[] {
    if (this.type !== BYTES) return [this.integer()];
    const range = this.message(end, 'a list of numbers');
    const found: number[] = [];
    this.pos = range.from;
    this.type = VARINT;
    while (this.pos < range.end) found.push(this.integer());
    this.leave(range.end, 'a list of numbers');
    return found;
  }

  /** Timestamps (varints until 1.7, eight bytes since), pushed as nanoseconds since `origin`. */
  times(end: number, origin: bigint, into: number[]): void {
    const packed = this.type === BYTES;
    const range = packed ? this.message(end, 'the timestamps') : null;
    if (range === null) {
      into.push(Number(this.wholeNumber() - origin));
      return;
    }
    this.pos = range.from;
    // Varints of today's nanoseconds have nine bytes, of which all but the last are above 127.
    const length = range.end - range.from;
    this.type =
      length % 8 === 0 && (length % 9 !== 0 || this.buf[range.from + 8] > 0x7f) && !this.isVarints(range)
        ? FIXED64
        : VARINT;
    while (this.pos < range.end) into.push(Number(this.wholeNumber() - origin));
    this.leave(range.end, 'the timestamps');
  }

  private isVarints({ from, end }: Range): boolean {
    for (let at = from; at < end; at += 9) {
      for (let i = 0; i < 9; i++) if (at + i >= end || this.buf[at + i] > 0x7f !== i < 8) return false;
    }
    return true;
  }

  /** The text from here to `end`. */
  text(end: number): string {
    const text = this.decoder.decode(this.buf.subarray(this.pos, end));
    this.pos = end;
    return text;
  }

  textField(end: number): string {
    const range = this.message(end, 'a text');
    return this.decoder.decode(this.buf.subarray(range.from, range.end));
  }

  hexadecimal(end: number): string {
    const range = this.message(end, 'an identifier');
    return Array.from(this.buf.subarray(range.from, range.end), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}
