import { growInt32 } from './growColumn';

/** Of this process, so that a file cannot be made to collide: odd, for each factor to be invertible. */
const factorA = randomOdd();
const factorB = randomOdd();

function randomOdd(): number {
  return (Math.random() * 0x100000000) | 1;
}

/** Spreads the bits of two integers over a hash (constants of MurmurHash3's finalizer, public domain). */
function mix(a: number, b: number): number {
  const low = Math.imul(a ^ factorB, factorA);
  const high = Math.imul(b, factorB);
  // Neither product alone reaches its low bits by the high ones of its number: they are folded before they meet.
  let hash = (low ^ (low >>> 15)) + ((high << 16) | (high >>> 16));
  hash = Math.imul(hash ^ (hash >>> 16), -2048144789);
  hash = Math.imul(hash ^ (hash >>> 13), -1028477387);
  return hash ^ (hash >>> 16);
}

/** Interns pairs of integers: equal pairs get one index, counted from 0 in the order of first sight. */
export class PairTable {
  a: Int32Array = new Int32Array(4);
  b: Int32Array = new Int32Array(4);
  length = 0;
  private slots: Int32Array = new Int32Array(16).fill(-1);
  private mask = 15;

  intern(a: number, b: number): number {
    if (this.mask < 0) {
      // Filled, and only now looked into.
      this.rehash(2 ** Math.ceil(Math.log2(this.length * 2 + 16)));
    }
    let slot = mix(a, b) & this.mask;
    for (let found = this.slots[slot]; found >= 0; found = this.slots[slot]) {
      if (this.a[found] === a && this.b[found] === b) {
        return found;
      }
      slot = (slot + 1) & this.mask;
    }
    const index = this.length++;
    if (index >= this.a.length) {
      this.a = growInt32(this.a, index + 1);
      this.b = growInt32(this.b, index + 1);
    }
    this.a[index] = a;
    this.b[index] = b;
    this.slots[slot] = index;
    if (this.length * 2 > this.slots.length) {
      this.rehash(this.slots.length * 8);
    }
    return index;
  }

  /** Fills an empty table with pairs, all different, which it takes over. */
  fill(a: Int32Array, b: Int32Array): void {
    this.a = a;
    this.b = b;
    this.length = a.length;
    this.mask = -1;
  }

  /** Makes room for about `count` pairs. */
  reserve(count: number): void {
    this.a = growInt32(this.a, count);
    this.b = growInt32(this.b, count);
    const size = 2 ** Math.ceil(Math.log2(count * 2 + 1));
    if (size > this.slots.length) {
      this.rehash(size);
    }
  }

  private rehash(size: number): void {
    const slots = new Int32Array(size).fill(-1);
    const mask = size - 1;
    for (let index = 0; index < this.length; index++) {
      let slot = mix(this.a[index], this.b[index]) & mask;
      while (slots[slot] >= 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = index;
    }
    this.slots = slots;
    this.mask = mask;
  }
}

/** As `PairTable`, for four integers. */
export class QuadTable {
  a: Int32Array = new Int32Array(4);
  b: Int32Array = new Int32Array(4);
  c: Int32Array = new Int32Array(4);
  d: Int32Array = new Int32Array(4);
  length = 0;
  private slots: Int32Array = new Int32Array(16).fill(-1);
  private mask = 15;

  intern(a: number, b: number, c: number, d: number): number {
    if (this.mask < 0) {
      this.rehash(2 ** Math.ceil(Math.log2(this.length * 2 + 16)));
    }
    let slot = mix(mix(a, b), mix(c, d)) & this.mask;
    for (let found = this.slots[slot]; found >= 0; found = this.slots[slot]) {
      if (this.a[found] === a && this.b[found] === b && this.c[found] === c && this.d[found] === d) {
        return found;
      }
      slot = (slot + 1) & this.mask;
    }
    const index = this.length++;
    if (index >= this.a.length) {
      this.a = growInt32(this.a, index + 1);
      this.b = growInt32(this.b, index + 1);
      this.c = growInt32(this.c, index + 1);
      this.d = growInt32(this.d, index + 1);
    }
    this.a[index] = a;
    this.b[index] = b;
    this.c[index] = c;
    this.d[index] = d;
    this.slots[slot] = index;
    if (this.length * 2 > this.slots.length) {
      this.rehash(this.slots.length * 8);
    }
    return index;
  }

  /** As `PairTable.fill`. */
  fill(a: Int32Array, b: Int32Array, c: Int32Array, d: Int32Array): void {
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
    this.length = a.length;
    this.mask = -1;
  }

  /** Makes room for about `count` rows. */
  reserve(count: number): void {
    this.a = growInt32(this.a, count);
    this.b = growInt32(this.b, count);
    this.c = growInt32(this.c, count);
    this.d = growInt32(this.d, count);
    const size = 2 ** Math.ceil(Math.log2(count * 2 + 1));
    if (size > this.slots.length) {
      this.rehash(size);
    }
  }

  private rehash(size: number): void {
    const slots = new Int32Array(size).fill(-1);
    const mask = size - 1;
    for (let index = 0; index < this.length; index++) {
      let slot = mix(mix(this.a[index], this.b[index]), mix(this.c[index], this.d[index])) & mask;
      while (slots[slot] >= 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = index;
    }
    this.slots = slots;
    this.mask = mask;
  }
}
