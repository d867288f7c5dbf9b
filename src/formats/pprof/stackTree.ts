import { freeColumn, resizeInt32 } from '../../profile/growColumn';

/** Factors of the hash, odd, of this process: so that a file cannot be made to collide. */
const factorA = (Math.random() * 0x100000000) | 1;
const factorB = (Math.random() * 0x100000000) | 1;

/**
 * Interns stacks as pairs of a prefix and a frame. What one stack adds lies side by side: a stack's first child is mostly
 * the next one, and stands in no hash then. Only forks do, a few for each leaf, so that the table stays in the cache.
 */
export class StackTree {
  /** Of each stack, and room behind the last one. */
  prefix: Int32Array = new Int32Array(1024);
  frame: Int32Array = new Int32Array(1024);
  length = 0;
  private slots: Int32Array = new Int32Array(1024).fill(-1);
  private mask = 1023;
  /** Stacks in the hash. */
  private hashed = 0;

  /** Index of the stack with `frame` on top of stack `below` (-1: on top of nothing). */
  child(below: number, frame: number): number {
    const next = below + 1;
    if (next === this.length) {
      // The newest stack has no child yet.
      return this.add(below, frame);
    }
    const { prefix, frame: frames } = this;
    if (frames[next] === frame && prefix[next] === below) {
      return next;
    }
    const { slots, mask } = this;
    let slot = mix(below, frame) & mask;
    for (let found = slots[slot]; found >= 0; found = slots[slot]) {
      if (prefix[found] === below && frames[found] === frame) {
        return found;
      }
      slot = (slot + 1) & mask;
    }
    slots[slot] = this.length;
    if (++this.hashed * 2 > slots.length) {
      const index = this.add(below, frame);
      this.rehash(slots.length * 4);
      return index;
    }
    return this.add(below, frame);
  }

  private add(below: number, frame: number): number {
    const index = this.length++;
    if (index >= this.prefix.length) {
      this.prefix = resizeInt32(this.prefix, index * 2);
      this.frame = resizeInt32(this.frame, index * 2);
    }
    this.prefix[index] = below;
    this.frame[index] = frame;
    return index;
  }

  private rehash(size: number): void {
    const slots = new Int32Array(size).fill(-1);
    const mask = size - 1;
    const { prefix, frame } = this;
    for (let index = 0; index < this.length; index++) {
      if (prefix[index] === index - 1) {
        continue;
      }
      let slot = mix(prefix[index], frame[index]) & mask;
      while (slots[slot] >= 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = index;
    }
    freeColumn(this.slots);
    this.slots = slots;
    this.mask = mask;
  }

  /** The columns, as long as there are stacks. The tree must not be used afterwards. */
  take(): { prefix: Int32Array; frame: Int32Array } {
    freeColumn(this.slots);
    return { prefix: resizeInt32(this.prefix, this.length), frame: resizeInt32(this.frame, this.length) };
  }
}

/** Spreads the bits of two integers over a hash (constants of MurmurHash3's finalizer, public domain). */
function mix(a: number, b: number): number {
  const low = Math.imul(a ^ factorB, factorA);
  const high = Math.imul(b, factorB);
  // Neither product alone reaches its low bits by the high ones of its number: they are folded before they meet.
  let hash = (low ^ (low >>> 15)) + ((high << 16) | (high >>> 16));
  hash = Math.imul(hash ^ (hash >>> 16), -2048144789);
  return hash ^ (hash >>> 15);
}
