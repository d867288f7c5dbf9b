import { growFloat64, growInt32, growUint8 } from './growColumn';

// Tables begin small, here and in the other tables: what grows in the first calls has been run before V8's compiler
// looks at it, and a branch that never ran would make it compile twice.

/** Texts of this many bytes are decoded in one go and cut afterwards: far cheaper than a decoder call each. */
const BLOCK = 1 << 22;

/**
 * Every distinct text once, interned by its UTF-8 bytes so that a decoder need not make a JavaScript string of each
 * occurrence. Index 0 is "". Open addressing with linear probing over FNV-1a hashes
 * (http://www.isthe.com/chongo/tech/comp/fnv/), seeded so that a file cannot be made to collide.
 */
export class StringTable {
  private arena: Uint8Array = new Uint8Array(16);
  /** Text `i` is arena bytes `start[i]` to `start[i + 1]`. */
  private start: Float64Array = new Float64Array(4);
  private hashes: Int32Array = new Int32Array(4);
  private ascii: Uint8Array = new Uint8Array(4);
  private slots: Int32Array = new Int32Array(16).fill(-1);
  private mask = 15;
  private count = 0;
  private readonly seed = (Math.random() * 0x100000000) | 0;
  private readonly encoder = new TextEncoder();
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private filled = false;
  private scratch: Uint8Array = new Uint8Array(1024);

  constructor() {
    this.internBytes(this.scratch, 0, 0);
  }

  get length(): number {
    return this.count;
  }

  /** Index of a text. Lone surrogates become U+FFFD. */
  intern(text: string): number {
    if (this.scratch.length < text.length * 3) {
      this.scratch = growUint8(this.scratch, text.length * 3);
    }
    const { written } = this.encoder.encodeInto(text, this.scratch);
    const index = this.lookUp(this.scratch, 0, written);
    if (this.scratch.length > BLOCK) {
      this.scratch = new Uint8Array(1024);
    }
    return index;
  }

  /** Index of the text with the UTF-8 bytes `start` to `end`; invalid sequences are read as U+FFFD. */
  internBytes(bytes: Uint8Array, start: number, end: number): number {
    return this.lookUp(bytes, start, end, true);
  }

  /**
   * Fills the table anew. What was interned before must be among the texts, at the same indices.
   * @param arena ASCII texts one after the other, all different, the first one empty
   * @param start where each begins and the last one ends
   */
  fill(arena: Uint8Array, start: Float64Array): void {
    this.arena = arena;
    this.start = start;
    this.count = start.length - 1;
    this.ascii = new Uint8Array(this.count).fill(1);
    this.filled = true;
  }

  /** Hashes the texts that the table was filled with: only now one is looked for. */
  private index(): void {
    this.filled = false;
    this.hashes = new Int32Array(this.count);
    for (let index = 0; index < this.count; index++) {
      let hash = this.seed ^ -2128831035;
      for (let i = this.start[index]; i < this.start[index + 1]; i++) {
        hash = Math.imul(hash ^ this.arena[i], 16777619);
      }
      this.hashes[index] = hash ^ (hash >>> 15);
    }
    this.rehash(2 ** Math.ceil(Math.log2(this.count * 2 + 16)));
  }

  private lookUp(bytes: Uint8Array, start: number, end: number, unchecked = false): number {
    if (this.filled) {
      this.index();
    }
    let hash = this.seed ^ -2128831035;
    let high = 0;
    for (let i = start; i < end; i++) {
      const byte = bytes[i];
      high |= byte;
      hash = Math.imul(hash ^ byte, 16777619);
    }
    hash ^= hash >>> 15;
    const { arena, hashes } = this;
    const length = end - start;
    let slot = hash & this.mask;
    for (let found = this.slots[slot]; found >= 0; found = this.slots[slot]) {
      if (hashes[found] === hash) {
        const from = this.start[found];
        if (this.start[found + 1] - from === length) {
          let i = 0;
          while (i < length && arena[from + i] === bytes[start + i]) {
            i++;
          }
          if (i === length) {
            return found;
          }
        }
      }
      slot = (slot + 1) & this.mask;
    }
    if (unchecked && high > 127) {
      // Only valid UTF-8 is stored, so that equal texts stay one text. Valid bytes come back as they were.
      return this.intern(this.decoder.decode(bytes.subarray(start, end)));
    }
    return this.append(bytes, start, end, hash, slot, high > 127 ? 0 : 1);
  }

  private append(bytes: Uint8Array, start: number, end: number, hash: number, slot: number, ascii: number): number {
    const index = this.count++;
    const from = index === 0 ? 0 : this.start[index];
    const to = from + (end - start);
    this.arena = growUint8(this.arena, to);
    if (end - start > 64) {
      this.arena.set(bytes.subarray(start, end), from);
    } else {
      const { arena } = this;
      for (let i = start, target = from; i < end; i++, target++) {
        arena[target] = bytes[i];
      }
    }
    this.start = growFloat64(this.start, index + 2);
    this.start[index + 1] = to;
    this.hashes = growInt32(this.hashes, index + 1);
    this.hashes[index] = hash;
    this.ascii = growUint8(this.ascii, index + 1);
    this.ascii[index] = ascii;
    this.slots[slot] = index;
    if (this.count * 2 > this.slots.length) {
      this.rehash(this.slots.length * 8);
    }
    return index;
  }

  private rehash(size: number): void {
    const slots = new Int32Array(size).fill(-1);
    const mask = size - 1;
    for (let index = 0; index < this.count; index++) {
      let slot = this.hashes[index] & mask;
      while (slots[slot] >= 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = index;
    }
    this.slots = slots;
    this.mask = mask;
  }

  /** The text of an index. */
  text(index: number): string {
    return this.decoder.decode(this.arena.subarray(this.start[index], this.start[index + 1]));
  }

  /** All texts, by index. */
  toArray(): string[] {
    const texts: string[] = new Array(this.count);
    let index = 0;
    while (index < this.count) {
      if (this.ascii[index] === 0) {
        texts[index] = this.text(index);
        index++;
        continue;
      }
      // A run of ASCII texts: byte offsets are also character offsets.
      const from = this.start[index];
      let last = index;
      while (last + 1 < this.count && this.ascii[last + 1] === 1 && this.start[last + 2] - from <= BLOCK) {
        last++;
      }
      const block = this.decoder.decode(this.arena.subarray(from, this.start[last + 1]));
      for (; index <= last; index++) {
        texts[index] = block.slice(this.start[index] - from, this.start[index + 1] - from);
      }
    }
    return texts;
  }
}
