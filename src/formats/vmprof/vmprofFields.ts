/** The sizes that numbers have in a vmprof file: 4 bytes each on 32-bit systems, 4 and 8 on 64-bit Windows, 8 elsewhere. */
export interface VmprofSizes {
  readonly word: 4 | 8;
  readonly address: 4 | 8;
}

/** Bytes that `detectSizes` needs. */
export const sizesLength = 48;

/**
 * The sizes of a file, from its static header of five little-endian words: 0, 3, 0, the period in microseconds, and 1
 * for 64-bit Windows or 0; a marker of 4 to 7 follows. Null where the bytes are no such header.
 */
export function detectSizes(head: Uint8Array): VmprofSizes | null {
  for (const word of [8, 4] as const) {
    const is = (index: number, value: number): boolean =>
      little(head, index * word) === value && (word === 4 || little(head, index * word + 4) === 0);
    const marker = head[5 * word];
    if (is(0, 0) && is(1, 3) && is(2, 0) && (is(4, 0) || is(4, 1)) && marker >= 4 && marker <= 7) {
      return { word, address: word === 8 || is(4, 1) ? 8 : 4 };
    }
  }
  return null;
}

function little(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

/** Reads the fields of a vmprof record; where they are not all there, `whole` becomes false and nothing throws. */
export class VmprofFields {
  at = 0;
  whole = true;
  /** Halves of the last number. */
  low = 0;
  high = 0;
  bytes: Uint8Array = new Uint8Array(0);
  private stop = 0;

  begin(bytes: Uint8Array, start: number, stop: number): void {
    this.bytes = bytes;
    this.at = start;
    this.stop = stop;
    this.whole = true;
  }

  byte(): number {
    return this.take(1) ? this.bytes[this.at - 1] : 0;
  }

  /** Reads a signed little-endian number of 4 or 8 bytes; exact up to 2^53. */
  number(size: 4 | 8): number {
    this.low = 0;
    this.high = 0;
    if (!this.take(size)) {
      return 0;
    }
    this.low = little(this.bytes, this.at - size) | 0;
    this.high = size === 8 ? little(this.bytes, this.at - 4) | 0 : this.low >> 31;
    return this.high * 0x100000000 + (this.low >>> 0);
  }

  /** Passes over `count` bytes. @returns whether they are there */
  take(count: number): boolean {
    if (count > this.stop - this.at) {
      this.whole = false;
      return false;
    }
    this.at += count;
    return true;
  }
}
