import { growFloat64, growUint8 } from '../../profile/growColumn';
import type { StringTable } from '../../profile/stringTable';
import { DecodeError } from '../decodeError';

/** What a reference may stand for. */
const refKind = { none: 0, number: 1, string: 2, key: 3 } as const;

const FLAG_REF = 0x80;
const code = (character: string): number => character.charCodeAt(0);
const type = {
  null: code('0'),
  none: code('N'),
  false: code('F'),
  true: code('T'),
  int: code('i'),
  int64: code('I'),
  long: code('l'),
  float: code('f'),
  binaryFloat: code('g'),
  bytes: code('s'),
  interned: code('t'),
  stringRef: code('R'),
  unicode: code('u'),
  ascii: code('a'),
  asciiInterned: code('A'),
  shortAscii: code('z'),
  shortAsciiInterned: code('Z'),
  tuple: code('('),
  smallTuple: code(')'),
  dict: code('{'),
  ref: code('r'),
  list: code('['),
  set: code('<'),
  frozenSet: code('>'),
  slice: code(':'),
  ellipsis: code('.'),
  stopIteration: code('S'),
  complex: code('x'),
  binaryComplex: code('y'),
  code: code('c'),
} as const;

/** A code object: numbers, values with its name among them, the line, values; of Python 3.11, 3.8, 3.0 and 2. */
const codeLayouts = [
  { numbers: 5, values: 8, name: 6, after: 2 },
  { numbers: 6, values: 8, name: 7, after: 1 },
  { numbers: 5, values: 8, name: 7, after: 1 },
  { numbers: 4, values: 8, name: 7, after: 1 },
] as const;

const texts: ReadonlySet<number> = new Set([
  type.shortAscii,
  type.shortAsciiInterned,
  type.ascii,
  type.asciiInterned,
  type.unicode,
  type.interned,
  type.stringRef,
]);

/** Values in each other, at most, in what is passed over. */
const DEEPEST = 100;

/**
 * Reads values of Python's marshal format, versions 0 to 5 (CPython's Python/marshal.c), as far as profiles have them:
 * the caller says what is to come, so nothing is nested deeper than it asks for and no value becomes an object.
 * All methods throw a DecodeError where something else stands there, or the bytes end.
 */
export class MarshalReader {
  pos = 0;
  private refs = 0;
  private kinds: Uint8Array = new Uint8Array(64);
  private values: Float64Array = new Float64Array(64);
  /** Python 2's interned strings. */
  private readonly interned: number[] = [];
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly strings: StringTable,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Begins a dict. */
  dict(what: string): void {
    const at = this.pos;
    const [kind] = this.type();
    if (kind !== type.dict) {
      this.fail(what, at);
    }
  }

  /** Whether a dict has another key; passes over its end where not. */
  more(): boolean {
    this.need(1);
    if ((this.bytes[this.pos] & ~FLAG_REF) === type.null) {
      this.pos++;
      return false;
    }
    return true;
  }

  /** Begins a tuple. @returns its length */
  tuple(what: string): number {
    const at = this.pos;
    const [kind] = this.type();
    return this.length(kind, what, at);
  }

  private length(kind: number, what: string, at: number): number {
    if (kind === type.smallTuple) {
      this.need(1);
      return this.bytes[this.pos++];
    }
    if (kind !== type.tuple) {
      this.fail(what, at);
    }
    return this.int32();
  }

  /** Whether the next value is a tuple; passes over nothing. */
  get atTuple(): boolean {
    const kind = this.bytes[this.pos] & ~FLAG_REF;
    return kind === type.tuple || kind === type.smallTuple;
  }

  /**
   * Reads a tuple that may stand there as a reference to an earlier one.
   * @param read reads the elements, `length` of them, and answers a number that stands for the tuple
   * @param what the tuple is, for an error
   * @returns that number
   */
  key(what: string, read: (length: number, at: number) => number): number {
    const at = this.pos;
    const [kind, ref] = this.type();
    if (kind === type.ref) {
      return this.referred(refKind.key, what, at);
    }
    const value = read(this.length(kind, what, at), at);
    this.keep(ref, refKind.key, value);
    return value;
  }

  /** Reads a number or a boolean; whole numbers are exact up to 2^53. */
  number(what: string): number {
    const at = this.pos;
    const [kind, ref] = this.type();
    const value = this.numberOf(kind, what, at);
    this.keep(ref, refKind.number, value);
    return value;
  }

  private numberOf(kind: number, what: string, at: number): number {
    switch (kind) {
      case type.int:
        return this.int32();
      case type.int64:
        this.need(8);
        this.pos += 8;
        return this.view.getInt32(this.pos - 4, true) * 0x100000000 + this.view.getUint32(this.pos - 8, true);
      case type.long:
        return this.long();
      case type.binaryFloat:
        this.need(8);
        this.pos += 8;
        return this.view.getFloat64(this.pos - 8, true);
      case type.float: {
        this.need(1);
        const length = this.bytes[this.pos++];
        this.need(length);
        this.pos += length;
        return Number(String.fromCharCode(...this.bytes.subarray(this.pos - length, this.pos)));
      }
      case type.true:
        return 1;
      case type.false:
        return 0;
      case type.ref:
        return this.referred(refKind.number, what, at);
      default:
        return this.fail(what, at);
    }
  }

  /** Digits of 15 bits each, lowest first; a negative count of digits for a negative number. */
  private long(): number {
    const count = this.int32();
    const digits = Math.abs(count);
    this.need(digits * 2);
    let value = 0;
    for (let i = digits - 1; i >= 0; i--) {
      value = value * 32768 + this.view.getUint16(this.pos + i * 2, true);
    }
    this.pos += digits * 2;
    return count < 0 ? -value : value;
  }

  /** Reads text, or None as "". @returns its index in the table of strings */
  string(what: string): number {
    const at = this.pos;
    const [kind, ref] = this.type();
    if (kind === type.none) {
      return 0;
    }
    if (kind === type.ref) {
      return this.referred(refKind.string, what, at);
    }
    const text = kind === type.code ? this.codeName(what, at) : this.textOf(kind, what, at);
    this.keep(ref, refKind.string, text);
    return text;
  }

  private textOf(kind: number, what: string, at: number): number {
    switch (kind) {
      case type.shortAscii:
      case type.shortAsciiInterned:
        this.need(1);
        return this.text(this.bytes[this.pos++]);
      case type.ascii:
      case type.asciiInterned:
      case type.unicode:
      case type.bytes:
        return this.text(this.int32());
      case type.interned: {
        const text = this.text(this.int32());
        this.interned.push(text);
        return text;
      }
      case type.stringRef: {
        const index = this.int32();
        if (!(index >= 0 && index < this.interned.length)) {
          this.fail(what, at);
        }
        return this.interned[index];
      }
      default:
        return this.fail(what, at);
    }
  }

  /**
   * `python -m profile` has a code object for a name. How that is laid out depends on the version of Python, which the
   * file does not say: the first layout is taken that ends where a tuple or a number begins.
   */
  private codeName(what: string, at: number): number {
    const { pos, refs } = this;
    const interned = this.interned.length;
    for (const layout of codeLayouts) {
      try {
        const name = this.code(layout, 0);
        const next = this.bytes[this.pos] & ~FLAG_REF;
        if (name >= 0 && (this.atTuple || next === type.int)) {
          return this.strings.intern(`<code object ${this.strings.text(name)}>`);
        }
      } catch (error) {
        if (!(error instanceof DecodeError)) {
          throw error;
        }
      }
      this.pos = pos;
      this.refs = refs;
      this.interned.length = interned;
    }
    return this.fail(what, at);
  }

  /** Passes over the rest of a code object. @returns its name, or -1 */
  private code(layout: (typeof codeLayouts)[number], depth: number): number {
    this.need(layout.numbers * 4);
    this.pos += layout.numbers * 4;
    let name = -1;
    for (let i = 0; i < layout.values; i++) {
      const text = this.skip(layout, depth + 1);
      name = i === layout.name ? text : name;
    }
    this.int32();
    for (let i = 0; i < layout.after; i++) {
      this.skip(layout, depth + 1);
    }
    return name;
  }

  /** Passes over any value, and keeps what may be referred to. @returns the index of a text, -1 for all else */
  private skip(layout: (typeof codeLayouts)[number], depth: number): number {
    const at = this.pos;
    const [kind, ref] = this.type();
    if (depth > DEEPEST) {
      this.fail('values that are not nested so deeply', at);
    }
    switch (kind) {
      case type.none:
      case type.ellipsis:
      case type.stopIteration:
        return -1;
      case type.ref: {
        const to = this.int32();
        return to >= 0 && to < this.refs && this.kinds[to] === refKind.string ? this.values[to] : -1;
      }
      case type.tuple:
      case type.smallTuple:
      case type.list:
      case type.set:
      case type.frozenSet: {
        const isTuple = kind === type.tuple || kind === type.smallTuple;
        for (let i = isTuple ? this.length(kind, '', at) : this.int32(); i > 0; i--) {
          this.skip(layout, depth + 1);
        }
        return -1;
      }
      case type.slice:
        for (let i = 0; i < 3; i++) {
          this.skip(layout, depth + 1);
        }
        return -1;
      case type.dict:
        while (this.more()) {
          this.skip(layout, depth + 1);
          this.skip(layout, depth + 1);
        }
        return -1;
      case type.complex:
        for (let i = 0; i < 2; i++) {
          this.need(1);
          const length = this.bytes[this.pos++];
          this.need(length);
          this.pos += length;
        }
        return -1;
      case type.binaryComplex:
        this.need(16);
        this.pos += 16;
        return -1;
      case type.code:
        this.code(layout, depth);
        return -1;
      case type.bytes: {
        // Machine code of Python, or a name of Python 2.
        const length = this.int32();
        this.need(Math.max(0, length));
        this.pos += Math.max(0, length);
        return length >= 0 && length < 200 ? this.strings.internBytes(this.bytes, this.pos - length, this.pos) : -1;
      }
      default: {
        if (texts.has(kind)) {
          const text = this.textOf(kind, 'a text', at);
          this.keep(ref, refKind.string, text);
          return text;
        }
        this.keep(ref, refKind.number, this.numberOf(kind, 'a value', at));
        return -1;
      }
    }
  }

  private text(length: number): number {
    if (length < 0) {
      this.fail('a length', this.pos - 4);
    }
    this.need(length);
    this.pos += length;
    return this.strings.internBytes(this.bytes, this.pos - length, this.pos);
  }

  /** Reads a type; where it is flagged, the next reference is for its value. @returns the type and the reference, or -1 */
  private type(): [number, number] {
    this.need(1);
    const byte = this.bytes[this.pos++];
    if ((byte & FLAG_REF) === 0) {
      return [byte, -1];
    }
    const ref = this.refs++;
    this.kinds = growUint8(this.kinds, this.refs);
    this.values = growFloat64(this.values, this.refs);
    this.kinds[ref] = refKind.none;
    return [byte & ~FLAG_REF, ref];
  }

  private keep(ref: number, kind: number, value: number): void {
    if (ref >= 0) {
      this.kinds[ref] = kind;
      this.values[ref] = value;
    }
  }

  private referred(kind: number, what: string, at: number): number {
    const ref = this.int32();
    if (!(ref >= 0 && ref < this.refs) || this.kinds[ref] !== kind) {
      this.fail(what, at);
    }
    return this.values[ref];
  }

  private int32(): number {
    this.need(4);
    this.pos += 4;
    return this.view.getInt32(this.pos - 4, true);
  }

  private need(count: number): void {
    if (count > this.bytes.length - this.pos) {
      throw new DecodeError(
        'The profile of Python ends in the middle of a value: it may be truncated',
        `byte ${this.pos}`,
      );
    }
  }

  private fail(what: string, at: number): never {
    const byte = this.bytes[at] & ~FLAG_REF;
    const found = byte > 32 && byte < 127 ? `the type "${String.fromCharCode(byte)}"` : `the byte ${byte}`;
    throw new DecodeError(`Expected ${what} in a marshalled profile of Python, but found ${found}`, `byte ${at}`);
  }
}
