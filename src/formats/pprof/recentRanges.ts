import { freeColumn } from '../../profile/growColumn';

/** Most places to remember, as a power of two: 8 MB. */
const MOST_ENTRIES = 1 << 19;
/** Of each entry: start of the range (its low and its high half), its length, -1 for none, and what was kept for it. */
const START = 0;
const HIGH = 1;
const LENGTH = 2;
const RESULT = 3;
const WORDS = 4;

/**
 * Remembers what ranges of a file's bytes were read as, so that equal bytes are read once. A cache: of the ranges that
 * fall on one slot the last two stay, so that a file can neither make it grow nor make it slow.
 */
export class RecentRanges {
  /** A slot has two entries side by side, the later one first. */
  private readonly entries: Int32Array;
  private readonly mask: number;
  private readonly view: DataView;
  private readonly factor = (Math.random() * 0x100000000) | 1;

  /**
   * @param bytes the file
   * @param expected how many different ranges to expect
   */
  constructor(
    private readonly bytes: Uint8Array,
    expected: number,
  ) {
    const entries = Math.min(MOST_ENTRIES, 2 ** Math.ceil(Math.log2(expected * 2 + 16)));
    this.entries = new Int32Array(entries * WORDS).fill(-1);
    this.mask = entries - 1;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** The slot of the range from `start` to `end`. */
  slot(start: number, end: number): number {
    const { view, bytes, factor } = this;
    let hash = end - start;
    let at = start;
    for (; at + 4 <= end; at += 4) {
      hash = Math.imul(hash ^ view.getInt32(at, true), factor);
      hash ^= hash >>> 15;
    }
    for (; at < end; at++) {
      hash = Math.imul(hash ^ bytes[at], factor);
    }
    hash ^= hash >>> 16;
    return ((hash ^ (hash >>> 7)) & this.mask & ~1) * WORDS;
  }

  /**
   * Brings what slots hold near: memory is slow to answer, but answers many questions at once.
   * @param slots of which the first `length` count, -1 for none
   * @returns something that depends on all of it
   */
  touch(slots: Int32Array, length: number): number {
    const { entries, bytes } = this;
    let sum = 0;
    for (let i = 0; i < length; i++) {
      const slot = slots[i];
      if (slot >= 0 && entries[slot + LENGTH] >= 0) {
        const start = entries[slot + START] >>> 0;
        sum += bytes[start] + bytes[start + (entries[slot + LENGTH] & 63)];
      }
    }
    return sum;
  }

  /** What was kept in the slot of a range for bytes equal to it, -2 for nothing. */
  find(slot: number, start: number, end: number): number {
    const { entries } = this;
    const length = end - start;
    if (entries[slot + LENGTH] === length && this.equal(this.start(slot), start, end)) {
      return entries[slot + RESULT];
    }
    const second = slot + WORDS;
    if (entries[second + LENGTH] === length && this.equal(this.start(second), start, end)) {
      return entries[second + RESULT];
    }
    return -2;
  }

  private start(entry: number): number {
    return (this.entries[entry + START] >>> 0) + this.entries[entry + HIGH] * 0x100000000;
  }

  private equal(known: number, start: number, end: number): boolean {
    const { view, bytes } = this;
    const shift = known - start;
    let at = start;
    for (; at + 4 <= end; at += 4) {
      if (view.getInt32(at, true) !== view.getInt32(at + shift, true)) {
        return false;
      }
    }
    for (; at < end; at++) {
      if (bytes[at] !== bytes[at + shift]) {
        return false;
      }
    }
    return true;
  }

  /** Keeps a result (-1 or above) for a range in its slot. */
  keep(slot: number, start: number, end: number, result: number): void {
    const { entries } = this;
    entries.copyWithin(slot + WORDS, slot, slot + WORDS);
    entries[slot + START] = start;
    entries[slot + HIGH] = Math.floor(start / 0x100000000);
    entries[slot + LENGTH] = end - start;
    entries[slot + RESULT] = result;
  }

  /** Frees the memory. Nothing can be asked afterwards. */
  free(): void {
    freeColumn(this.entries);
  }
}
