import { growInt32 } from '../../profile/growColumn';

/** Of this process, so that a file cannot be made to collide. */
const seed = (Math.random() * 0x100000000) | 1;

/** Numbers 64-bit keys (given in halves) in the order of first sight. Open addressing with linear probing. */
export class LongIndex {
  length = 0;
  private low: Int32Array = new Int32Array(8);
  private high: Int32Array = new Int32Array(8);
  private slots: Int32Array = new Int32Array(16).fill(-1);
  private mask = 15;

  /** Index of a key, -1 where it was never added. */
  find(low: number, high: number): number {
    let slot = hash(low, high) & this.mask;
    for (let found = this.slots[slot]; found >= 0; found = this.slots[slot]) {
      if (this.low[found] === low && this.high[found] === high) {
        return found;
      }
      slot = (slot + 1) & this.mask;
    }
    return -1;
  }

  /** Index of a key, which is added where it is new: then the index is what `length` was. */
  add(low: number, high: number): number {
    let slot = hash(low, high) & this.mask;
    for (let found = this.slots[slot]; found >= 0; found = this.slots[slot]) {
      if (this.low[found] === low && this.high[found] === high) {
        return found;
      }
      slot = (slot + 1) & this.mask;
    }
    const index = this.length++;
    if (index >= this.low.length) {
      this.low = growInt32(this.low, index + 1);
      this.high = growInt32(this.high, index + 1);
    }
    this.low[index] = low;
    this.high[index] = high;
    this.slots[slot] = index;
    if (this.length * 2 > this.slots.length) {
      this.rehash();
    }
    return index;
  }

  private rehash(): void {
    const size = this.slots.length * 4;
    const slots = new Int32Array(size).fill(-1);
    const mask = size - 1;
    for (let index = 0; index < this.length; index++) {
      let slot = hash(this.low[index], this.high[index]) & mask;
      while (slots[slot] >= 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = index;
    }
    this.slots = slots;
    this.mask = mask;
  }
}

/** The finalizer of MurmurHash3 (public domain) over both halves. */
function hash(low: number, high: number): number {
  let mixed = Math.imul(low ^ seed, -2048144789);
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ high, seed);
  mixed = Math.imul(mixed ^ (mixed >>> 13), -1028477387);
  return mixed ^ (mixed >>> 16);
}
