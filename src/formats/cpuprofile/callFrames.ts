import { growInt32 } from '../../profile/growColumn';
import type { StringTable } from '../../profile/stringTable';
import { END, FIRST, type JsonScanner, memberNames } from '../json/jsonScanner';

const frameMembers = memberNames('functionName', 'scriptId', 'url', 'lineNumber', 'columnNumber');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * The distinct call frames of a `.cpuprofile`, found again by their text: a function has many nodes, and comparing the
 * text of one it had before costs far less than reading it member by member.
 */
export class CallFrames {
  length = 0;
  /** String index of the function's name; 0 (the empty text) for an anonymous one. */
  name: Int32Array = new Int32Array(4);
  /** String index of the URL; 0 for none. */
  url: Int32Array = new Int32Array(4);
  /** 1-based, 0 where unknown. */
  line: Int32Array = new Int32Array(4);
  column: Int32Array = new Int32Array(4);

  /** The texts, each padded with zeros to whole words: close together, for the processor's caches. */
  private texts: Int32Array = new Int32Array(16);
  private textsLength = 0;
  /** Four numbers each: hash, index (-1 where the slot is free), where the text starts in `texts`, its bytes. */
  private slots: Int32Array = new Int32Array(64).fill(-1);
  private mask = 15;
  private readonly seed = (Math.random() * 0x100000000) | 0;
  private readonly view: DataView;

  constructor(
    private readonly scanner: JsonScanner,
    private readonly strings: StringTable,
  ) {
    const { bytes } = scanner;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads the call frame at the scanner's position (no blank) and returns its index. */
  read(): number {
    const { scanner, view } = this;
    const from = scanner.pos;
    const limit = view.byteLength - 4;
    // Four bytes a step up to the first "}". One inside a string only ends the hash early: whole texts are compared.
    let hash = this.seed;
    for (let pos = from; pos <= limit; pos += 4) {
      const word = view.getInt32(pos, true);
      const braces = word ^ 0x7d7d7d7d;
      const found = (braces - 0x01010101) & ~braces & 0x80808080;
      if (found !== 0) {
        const before = (found & -found) >>> 7;
        hash = Math.imul(hash ^ (word & (before - 1)), 0x2c1b3c6d);
        break;
      }
      hash = Math.imul(hash ^ word, 0x2c1b3c6d);
      hash = (hash << 13) | (hash >>> 19);
    }
    hash ^= hash >>> 15;
    let slot = hash & this.mask;
    const { slots } = this;
    for (let index = slots[slot * 4 + 1]; index >= 0; index = slots[slot * 4 + 1]) {
      if (slots[slot * 4] === hash && this.same(slots[slot * 4 + 2], slots[slot * 4 + 3], from)) {
        scanner.pos = from + slots[slot * 4 + 3];
        return index;
      }
      slot = (slot + 1) & this.mask;
    }
    return this.add(from, hash, slot);
  }

  /** Adds a call frame of which another has found where its name and URL stand in the input. */
  append(name: number, nameEnd: number, url: number, urlEnd: number, line: number, column: number): void {
    const { bytes } = this.scanner;
    const index = this.grow();
    this.name[index] = this.strings.internBytes(bytes, name, nameEnd);
    this.url[index] = this.strings.internBytes(bytes, url, urlEnd);
    this.line[index] = line;
    this.column[index] = column;
  }

  private same(start: number, size: number, from: number): boolean {
    const { view, texts } = this;
    if (from + size > view.byteLength) {
      return false;
    }
    let at = start;
    const whole = from + (size & ~3);
    for (let pos = from; pos < whole; pos += 4) {
      if (texts[at++] !== view.getInt32(pos, true)) {
        return false;
      }
    }
    return (size & 3) === 0 || texts[at] === this.tail(whole, size & 3);
  }

  /** The last one to three bytes of a text as a word. */
  private tail(pos: number, size: number): number {
    let word = 0;
    for (let i = 0; i < size; i++) {
      word |= this.view.getUint8(pos + i) << (i * 8);
    }
    return word;
  }

  /** Makes room for one more and returns its index. */
  private grow(): number {
    const index = this.length++;
    if (index === this.name.length) {
      const capacity = index * 2;
      this.name = growInt32(this.name, capacity);
      this.url = growInt32(this.url, capacity);
      this.line = growInt32(this.line, capacity);
      this.column = growInt32(this.column, capacity);
    }
    return index;
  }

  private add(from: number, hash: number, slot: number): number {
    const { scanner } = this;
    const index = this.grow();
    if (!this.addPlain(index)) {
      scanner.pos = from;
      this.addCareful(index);
    }
    this.slots[slot * 4] = hash;
    this.slots[slot * 4 + 1] = index;
    this.slots[slot * 4 + 2] = this.textsLength;
    this.slots[slot * 4 + 3] = scanner.pos - from;
    this.keepText(from, scanner.pos - from);
    if (this.length * 2 > this.mask) {
      this.rehash();
    }
    return index;
  }

  /**
   * Reads a call frame without blanks, escapes and unknown members; a member's name is known by its first letter and
   * its length.
   * @returns false for any other
   */
  private addPlain(index: number): boolean {
    const { bytes } = this.scanner;
    let pos = this.scanner.pos;
    if (bytes[pos] !== 0x7b) {
      return false;
    }
    do {
      const letter = bytes[pos + 2];
      const name = pos + 2;
      pos = this.stringEnd(pos + 1);
      if (pos < 0 || bytes[pos + 1] !== 0x3a) {
        return false;
      }
      const length = pos - name;
      pos += 2;
      if (bytes[pos] === QUOTE) {
        const end = this.stringEnd(pos);
        if (end < 0) {
          return false;
        }
        if (letter === 0x66 && length === 12) {
          this.name[index] = this.strings.internBytes(bytes, pos + 1, end);
        } else if (letter === 0x75 && length === 3) {
          this.url[index] = this.strings.internBytes(bytes, pos + 1, end);
        } else if (letter !== 0x73 || length !== 8) {
          return false;
        }
        pos = end + 1;
      } else {
        const negative = bytes[pos] === 0x2d;
        if (negative) {
          pos++;
        }
        const first = pos;
        let value = 0;
        let byte = bytes[pos];
        while (byte >= 48 && byte <= 57) {
          value = (Math.imul(value, 10) + (byte - 48)) | 0;
          byte = bytes[++pos];
        }
        if (pos === first || pos - first > 9) {
          return false;
        }
        const oneBased = negative ? 0 : value + 1;
        if (letter === 0x6c && length === 10) {
          this.line[index] = oneBased;
        } else if (letter === 0x63 && length === 12) {
          this.column[index] = oneBased;
        } else {
          return false;
        }
      }
    } while (bytes[pos] === 0x2c);
    this.scanner.pos = pos + 1;
    return bytes[pos] === 0x7d;
  }

  /** Where the string that begins at `pos` has its closing quote; -1 where it is no string, or has escapes. */
  private stringEnd(pos: number): number {
    const { bytes } = this.scanner;
    if (bytes[pos] !== QUOTE) {
      return -1;
    }
    let at = pos + 1;
    let byte = bytes[at];
    while (byte !== QUOTE) {
      if (byte === BACKSLASH || at >= bytes.length) {
        return -1;
      }
      byte = bytes[++at];
    }
    return at;
  }

  private addCareful(index: number): void {
    const { scanner, strings } = this;
    this.name[index] = 0;
    this.url[index] = 0;
    this.line[index] = 0;
    this.column[index] = 0;
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
  }

  private keepText(from: number, size: number): void {
    const { view } = this;
    const words = (size + 3) >> 2;
    this.texts = growInt32(this.texts, this.textsLength + words);
    let at = this.textsLength;
    const whole = from + (size & ~3);
    for (let pos = from; pos < whole; pos += 4) {
      this.texts[at++] = view.getInt32(pos, true);
    }
    if ((size & 3) !== 0) {
      this.texts[at] = this.tail(whole, size & 3);
    }
    this.textsLength += words;
  }

  private rehash(): void {
    const old = this.slots;
    const size = (this.mask + 1) * 8;
    const slots = new Int32Array(size * 4).fill(-1);
    const mask = size - 1;
    for (let i = 0; i < old.length; i += 4) {
      if (old[i + 1] >= 0) {
        let slot = old[i] & mask;
        while (slots[slot * 4 + 1] >= 0) {
          slot = (slot + 1) & mask;
        }
        for (let part = 0; part < 4; part++) {
          slots[slot * 4 + part] = old[i + part];
        }
      }
    }
    this.slots = slots;
    this.mask = mask;
  }
}
