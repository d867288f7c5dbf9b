import { growFloat64, growInt32 } from '../profile/growColumn';
import type { StringTable } from '../profile/stringTable';
import { END, FIRST, type JsonScanner, memberNames } from './jsonScanner';

const frameMembers = memberNames('functionName', 'scriptId', 'url', 'lineNumber', 'columnNumber');

/**
 * The distinct call frames of a `.cpuprofile`, found again by their text: a function has many nodes, and comparing the
 * text of one it had before costs far less than reading it member by member.
 */
export class CallFrames {
  length = 0;
  /** String index of the function's name; 0 (the empty text) for an anonymous one. */
  name: Int32Array = new Int32Array(256);
  /** String index of the URL; 0 for none. */
  url: Int32Array = new Int32Array(256);
  /** 1-based, 0 where unknown. */
  line: Int32Array = new Int32Array(256);
  column: Int32Array = new Int32Array(256);

  /** Text of frame `i`: where it first stood, and how long it is. */
  private start: Float64Array = new Float64Array(256);
  private size: Int32Array = new Int32Array(256);
  private hashes: Int32Array = new Int32Array(256);
  private slots: Int32Array = new Int32Array(1024).fill(-1);
  private mask = 1023;
  private readonly seed = (Math.random() * 0x100000000) | 0;
  private readonly view: DataView;

  constructor(
    private readonly scanner: JsonScanner,
    private readonly strings: StringTable,
  ) {
    const { bytes } = scanner;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads the call frame at the scanner's position and returns its index. */
  read(): number {
    const { scanner } = this;
    scanner.peek();
    const from = scanner.pos;
    const { view } = this;
    const limit = view.byteLength - 4;
    // Four bytes a step up to the first "}". One inside a string only ends the hash early: whole texts are compared.
    let hash = this.seed;
    let pos = from;
    for (; pos <= limit; pos += 4) {
      const word = view.getInt32(pos, true);
      const braces = word ^ 0x7d7d7d7d;
      const found = (braces - 0x01010101) & ~braces & 0x80808080;
      if (found !== 0) {
        const before = (found & -found) >>> 7;
        hash = Math.imul(hash ^ (word & (before - 1)), 0x2c1b3c6d);
        hash ^= hash >>> 15;
        break;
      }
      hash = Math.imul(hash ^ word, 0x2c1b3c6d);
      hash = (hash << 13) | (hash >>> 19);
    }
    let slot = hash & this.mask;
    for (let index = this.slots[slot]; index >= 0; index = this.slots[slot]) {
      if (this.hashes[index] === hash && this.same(index, from)) {
        scanner.pos = from + this.size[index];
        return index;
      }
      slot = (slot + 1) & this.mask;
    }
    return this.add(from, hash, slot);
  }

  private same(index: number, from: number): boolean {
    const { view } = this;
    const start = this.start[index];
    const size = this.size[index];
    if (from + size > view.byteLength) {
      return false;
    }
    let i = 0;
    for (; i + 4 <= size; i += 4) {
      if (view.getInt32(start + i, true) !== view.getInt32(from + i, true)) {
        return false;
      }
    }
    for (; i < size; i++) {
      if (view.getUint8(start + i) !== view.getUint8(from + i)) {
        return false;
      }
    }
    return true;
  }

  private add(from: number, hash: number, slot: number): number {
    const { scanner, strings } = this;
    const index = this.length++;
    if (index === this.name.length) {
      const capacity = index * 2;
      this.name = growInt32(this.name, capacity);
      this.url = growInt32(this.url, capacity);
      this.line = growInt32(this.line, capacity);
      this.column = growInt32(this.column, capacity);
      this.start = growFloat64(this.start, capacity);
      this.size = growInt32(this.size, capacity);
      this.hashes = growInt32(this.hashes, capacity);
    }
    scanner.enterObject('a call frame');
    for (let m = scanner.member(FIRST, frameMembers); m !== END; m = scanner.member(m, frameMembers)) {
      if (m === 0) {
        this.name[index] = scanner.string(strings, "a function's name");
      } else if (m === 2) {
        this.url[index] = scanner.string(strings, 'a URL');
      } else if (m === 3) {
        this.line[index] = scanner.lineNumber();
      } else if (m === 4) {
        this.column[index] = scanner.lineNumber();
      } else {
        scanner.skip();
      }
    }
    this.start[index] = from;
    this.size[index] = scanner.pos - from;
    this.hashes[index] = hash;
    this.slots[slot] = index;
    if (this.length * 2 > this.slots.length) {
      this.rehash();
    }
    return index;
  }

  private rehash(): void {
    const size = this.slots.length * 4;
    this.slots = new Int32Array(size).fill(-1);
    this.mask = size - 1;
    for (let index = 0; index < this.length; index++) {
      let slot = this.hashes[index] & this.mask;
      while (this.slots[slot] >= 0) {
        slot = (slot + 1) & this.mask;
      }
      this.slots[slot] = index;
    }
  }
}
