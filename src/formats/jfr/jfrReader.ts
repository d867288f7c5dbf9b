import { DecodeError } from '../decodeError';

const decoder = new TextDecoder('utf-8');
const latin1 = new TextDecoder('latin1');

/**
 * Reads the values of one chunk. Integers are LEB128 of at most 9 bytes where the chunk is compressed, big-endian of
 * their full width otherwise (JDK: `jdk.jfr.internal.consumer.RecordingInput`; JMC: `CompressedIntsDataInput`).
 * Reading beyond the end gives zeros, so that only a record's end must be checked: `pos > end`.
 */
export class JfrReader {
  pos = 0;
  /** The halves of what `long` read. */
  low = 0;
  high = 0;
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    /** Bytes of the chunk that are there. */
    readonly end: number,
    readonly compressed: boolean,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** A `long`, into `low` and `high`. */
  long(): void {
    if (this.compressed) {
      this.varint();
    } else if (this.pos + 8 <= this.end) {
      this.high = this.view.getInt32(this.pos);
      this.low = this.view.getInt32(this.pos + 4);
      this.pos += 8;
    } else {
      this.beyond(8);
    }
  }

  /** A `long` as a number: exact up to 2 ** 53. */
  number(): number {
    this.long();
    return this.high * 4294967296 + (this.low >>> 0);
  }

  /** An `int`. */
  int(): number {
    if (this.compressed) {
      const byte = this.bytes[this.pos];
      if (byte < 128 && this.pos < this.end) {
        this.pos++;
        return byte;
      }
      this.varint();
    } else if (this.pos + 4 <= this.end) {
      this.low = this.view.getInt32(this.pos);
      this.pos += 4;
    } else {
      this.beyond(4);
    }
    return this.low;
  }

  /** A `short` or `char` (unsigned), into `low`. */
  short(): void {
    if (this.compressed) {
      this.varint();
    } else if (this.pos + 2 <= this.end) {
      this.low = this.view.getUint16(this.pos);
      this.high = 0;
      this.pos += 2;
    } else {
      this.beyond(2);
    }
  }

  /** For errors. */
  get where(): string {
    return `byte ${this.pos} of the chunk`;
  }

  byte(): number {
    return this.pos < this.end ? this.bytes[this.pos++] : this.beyond(1);
  }

  private beyond(width: number): number {
    this.pos += width;
    this.low = 0;
    this.high = 0;
    return 0;
  }

  /** Seven bits a byte, the lowest first; the ninth byte has eight. */
  private varint(): void {
    const { bytes, end } = this;
    let pos = this.pos;
    let low = 0;
    let middle = 0;
    let byte = 128;
    for (let shift = 0; shift < 28 && byte > 127; shift += 7) {
      byte = pos < end ? bytes[pos] : 0;
      pos++;
      low |= (byte & 127) << shift;
    }
    if (byte < 128) {
      this.pos = pos;
      this.low = low;
      this.high = 0;
      return;
    }
    for (let shift = 0; shift < 28 && byte > 127; shift += 7) {
      byte = pos < end ? bytes[pos] : 0;
      pos++;
      middle |= (byte & 127) << shift;
    }
    let high = middle >>> 4;
    if (byte > 127) {
      high |= (pos < end ? bytes[pos] : 0) << 24;
      pos++;
    }
    this.pos = pos;
    this.low = low | (middle << 28);
    this.high = high;
  }

  /** Skips a LEB128 integer. */
  skipVarint(): void {
    const { bytes, end } = this;
    const last = this.pos + 8;
    while (this.pos < last && this.pos < end && bytes[this.pos] > 127) {
      this.pos++;
    }
    this.pos++;
  }

  /**
   * Skips a string. Encodings: 0 null, 1 empty, 2 a key of the pool of strings, 3 UTF-8, 4 UTF-16 units, 5 Latin-1.
   * @throws DecodeError for another one
   */
  skipString(): void {
    const encoding = this.byte();
    if (encoding === 2) {
      this.long();
    } else if (encoding === 3 || encoding === 5) {
      const length = this.count(1);
      this.pos += length;
    } else if (encoding === 4) {
      for (let left = this.count(1); left > 0; left--) {
        this.short();
      }
    } else if (encoding > 5) {
      throw new DecodeError(`Expected a string, but found encoding ${encoding}`, this.where);
    }
  }

  /**
   * A string; null for null. For one of the pool of strings: undefined, its key in `low` and `high`.
   * @throws DecodeError for an unknown encoding, and for one that is longer than the bytes that are there
   */
  string(): string | null | undefined {
    const encoding = this.byte();
    switch (encoding) {
      case 0:
        return null;
      case 1:
        return '';
      case 2:
        this.long();
        return undefined;
      case 3:
      case 5: {
        const length = this.count(1);
        const text = this.bytes.subarray(this.pos, this.pos + length);
        this.pos += length;
        return (encoding === 3 ? decoder : latin1).decode(text);
      }
      case 4: {
        const length = this.count(1);
        const units: string[] = [];
        for (let i = 0; i < length; i++) {
          this.short();
          units.push(String.fromCharCode(this.low & 0xffff));
        }
        // Halves of a pair alone are no text.
        return units.join('').toWellFormed();
      }
      default:
        throw new DecodeError(`Expected a string, but found encoding ${encoding}`, this.where);
    }
  }

  /**
   * How many elements follow, of `least` bytes or more each.
   * @throws DecodeError where so many cannot be there
   */
  count(least: number): number {
    const count = this.int();
    if (count < 0 || count * least > this.end - this.pos) {
      const left = Math.max(0, this.end - this.pos);
      throw new DecodeError(`Expected at most ${left} more bytes, but a count is ${count}`, this.where);
    }
    return count;
  }
}
