import type { StringTable } from '../../profile/stringTable';
import { DecodeError } from '../decodeError';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

const POWERS = Float64Array.from({ length: 16 }, (_, power) => 10 ** power);

/** Answers of `JsonScanner.member` that are no index, and what it is given for a new object. */
const OTHER = -1;
export const END = -2;
export const FIRST = -3;

/** Names of members that a caller knows (or other texts), as bytes; the index is what `member` answers. */
export function memberNames(...names: string[]): Uint8Array[] {
  const encoder = new TextEncoder();
  return names.map((name) => encoder.encode(name));
}

/**
 * Reads JSON (RFC 8259) from bytes value by value, without making objects of it. Methods read the value at `pos` and
 * leave `pos` behind it. Skipped values are checked for balance only, in constant space however deep they are.
 * Every method throws `DecodeError` with the byte where the input is not what was asked for or ends too early.
 */
export class JsonScanner {
  pos = 0;
  /** The input, or the part of it that is in memory: see `JsonWindow`. */
  bytes: Uint8Array;
  /** Bytes of the input before `bytes`, for messages. */
  base = 0;
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(
    bytes: Uint8Array,
    /** For messages: "a V8 CPU profile". */
    private readonly what: string,
  ) {
    this.bytes = bytes;
    this.skipMark();
  }

  /** Goes behind a byte order mark. */
  skipMark(): void {
    const { bytes } = this;
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
      this.pos = 3;
    }
  }

  /** First byte of the next value, -1 at the end. */
  peek(): number {
    const { bytes } = this;
    const end = bytes.length;
    let pos = this.pos;
    // No read behind the end, where it would be `undefined`: that makes V8's code slower for good.
    let byte = pos < end ? bytes[pos] : -1;
    while (byte === 32 || byte === 10 || byte === 13 || byte === 9) {
      pos++;
      byte = pos < end ? bytes[pos] : -1;
    }
    this.pos = pos;
    return byte;
  }

  fail(expected: string): never {
    if (this.peek() < 0) {
      throw new DecodeError(
        `The file ends in the middle of ${this.what}, where ${expected} was expected: it may be truncated`,
        `byte ${this.base + this.bytes.length}`,
      );
    }
    const found = String.fromCodePoint(...[...this.bytes.subarray(this.pos, this.pos + 12)].map(printable));
    throw new DecodeError(
      `Expected ${expected} in ${this.what}, but found ${JSON.stringify(found)}`,
      `byte ${this.base + this.pos}`,
    );
  }

  private expect(byte: number, expected: string): void {
    if (this.peek() !== byte) {
      this.fail(expected);
    }
    this.pos++;
  }

  enterObject(expected: string): void {
    this.expect(OPEN_OBJECT, expected);
  }

  enterArray(expected: string): void {
    this.expect(OPEN_ARRAY, expected);
  }

  /**
   * Goes to the next value of an array. `first` is true before the first one.
   * @returns false where the array ends; `pos` is then behind it
   */
  element(first: boolean): boolean {
    const byte = this.peek();
    if (byte === CLOSE_ARRAY) {
      this.pos++;
      return false;
    }
    if (!first) {
      if (byte !== COMMA) {
        this.fail('"," or "]"');
      }
      this.pos++;
    }
    return true;
  }

  /**
   * Goes to the next member's value. `previous` is what the call before answered, `FIRST` in a new object: members
   * mostly come in one order, so the name after it is tried first.
   * @returns the index of its name in `names`, `OTHER` for another name, `END` where the object ends (`pos` is behind it)
   */
  member(previous: number, names: readonly Uint8Array[]): number {
    let byte = this.peek();
    if (byte === CLOSE_OBJECT) {
      this.pos++;
      return END;
    }
    if (previous !== FIRST) {
      if (byte !== COMMA) {
        this.fail('"," or "}"');
      }
      this.pos++;
      byte = this.peek();
    }
    if (byte !== QUOTE) {
      this.fail('the name of a member');
    }
    const { bytes } = this;
    let index = OTHER;
    const from = this.pos + 1;
    const hint = previous < 0 ? 0 : previous + 1;
    if (hint < names.length && matches(bytes, from, names[hint])) {
      index = hint;
      this.pos = from + names[index].length + 1;
    } else {
      const escaped = this.skipString();
      const end = this.pos - 1;
      const text = escaped ? this.decoder.decode(this.unescape(from, end)) : '';
      for (let i = 0; i < names.length && index < 0; i++) {
        if (
          escaped
            ? this.decoder.decode(names[i]) === text
            : names[i].length === end - from && matches(bytes, from, names[i])
        ) {
          index = i;
        }
      }
    }
    if (bytes[this.pos] === 0x3a) {
      this.pos++;
    } else {
      this.expect(0x3a, '":"');
    }
    return index;
  }

  /**
   * Goes to the value of an object's next member, whatever its name.
   * @returns the name; null where the object ends
   */
  name(first: boolean): string | null {
    if (this.peek() === CLOSE_OBJECT) {
      this.pos++;
      return null;
    }
    if (!first) {
      this.expect(COMMA, '"," or "}"');
    }
    if (this.peek() !== QUOTE) {
      this.fail('the name of a member');
    }
    const name = this.textOrNull() ?? '';
    this.expect(0x3a, '":"');
    return name;
  }

  /** Goes behind a string. @returns whether it has escapes */
  private skipString(): boolean {
    const { bytes } = this;
    const end = bytes.length;
    let pos = this.pos + 1;
    let escaped = false;
    while (pos < end) {
      const byte = bytes[pos];
      if (byte === QUOTE) {
        this.pos = pos + 1;
        return escaped;
      }
      if (byte === BACKSLASH) {
        escaped = true;
        pos++;
      }
      pos++;
    }
    this.pos = end;
    return this.fail('the end of a string');
  }

  /** Reads a string into the table. @returns its index */
  string(strings: StringTable, expected: string): number {
    if (this.peek() !== QUOTE) {
      this.fail(expected);
    }
    const from = this.pos + 1;
    if (!this.skipString()) {
      return strings.internBytes(this.bytes, from, this.pos - 1);
    }
    const plain = this.unescape(from, this.pos - 1);
    return strings.internBytes(plain, 0, plain.length);
  }

  /** Reads a string, or null where another value stands (which is skipped). */
  textOrNull(): string | null {
    if (this.peek() !== QUOTE) {
      this.skip();
      return null;
    }
    const from = this.pos + 1;
    const escaped = this.skipString();
    return this.decoder.decode(escaped ? this.unescape(from, this.pos - 1) : this.bytes.subarray(from, this.pos - 1));
  }

  /** The UTF-8 bytes of a string with escapes; unpaired surrogates become U+FFFD. */
  private unescape(from: number, end: number): Uint8Array {
    const { bytes } = this;
    const out = new Uint8Array(end - from);
    let length = 0;
    for (let pos = from; pos < end; ) {
      const byte = bytes[pos++];
      if (byte !== BACKSLASH) {
        out[length++] = byte;
        continue;
      }
      const kind = bytes[pos++];
      if (kind !== 0x75) {
        out[length++] = simpleEscape(kind);
        continue;
      }
      let code = hex4(bytes, pos, end);
      if (code < 0) {
        this.pos = pos;
        this.fail('four hexadecimal digits');
      }
      pos += 4;
      if (code >= 0xd800 && code <= 0xdfff) {
        const low = bytes[pos] === BACKSLASH && bytes[pos + 1] === 0x75 ? hex4(bytes, pos + 2, end) : -1;
        if (code < 0xdc00 && low >= 0xdc00 && low <= 0xdfff) {
          code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
          pos += 6;
        } else {
          code = 0xfffd;
        }
      }
      // An escape is never shorter than its UTF-8 bytes.
      length = putUtf8(out, length, code);
    }
    return out.subarray(0, length);
  }

  /** Reads a finite number. */
  number(expected: string): number {
    const { bytes } = this;
    let byte = this.peek();
    let pos = this.pos;
    const negative = byte === 0x2d;
    if (negative) {
      byte = bytes[++pos];
    }
    const first = pos;
    let value = 0;
    while (byte >= 48 && byte <= 57) {
      value = value * 10 + (byte - 48);
      byte = bytes[++pos];
    }
    if (pos === first) {
      this.pos = pos < bytes.length ? this.pos : pos;
      this.fail(expected);
    }
    let digits = pos - first;
    if (byte === 0x2e) {
      const point = pos;
      byte = bytes[++pos];
      while (byte >= 48 && byte <= 57) {
        value = value * 10 + (byte - 48);
        byte = bytes[++pos];
      }
      const decimals = pos - point - 1;
      digits += decimals;
      // One rounding of two exact numbers: the same as Number() of the text.
      value = decimals > 0 && digits <= 15 ? value / POWERS[decimals] : Number.NaN;
    }
    if (digits > 15 || byte === 0x65 || byte === 0x45 || Number.isNaN(value)) {
      return this.longNumber(expected);
    }
    this.pos = pos;
    return negative ? -value : value;
  }

  private longNumber(expected: string): number {
    const { bytes } = this;
    let end = this.pos;
    while (end < bytes.length && end - this.pos < 400 && isNumberByte(bytes[end])) {
      end++;
    }
    const text = String.fromCharCode(...bytes.subarray(this.pos, end));
    const value = Number(text);
    if (!Number.isFinite(value)) {
      this.pos = end < bytes.length ? this.pos : end;
      this.fail(expected);
    }
    this.pos = end;
    return value;
  }

  /** Reads a number, or null where another value stands (which is skipped). */
  numberOrNull(): number | null {
    const byte = this.peek();
    if (byte === 0x2d || (byte >= 48 && byte <= 57)) {
      return this.number('a number');
    }
    this.skip();
    return null;
  }

  /** Reads a 0-based line or column as a 1-based one; 0 for none, for another value and for what no file has. */
  lineNumber(): number {
    const value = this.numberOrNull();
    return value === null || !(value >= 0 && value < 0x7fffffff) ? 0 : Math.trunc(value) + 1;
  }

  /** Goes behind any value. */
  skip(): void {
    const { bytes } = this;
    const end = bytes.length;
    this.peek();
    let pos = this.pos;
    let depth = 0;
    do {
      const byte = bytes[pos];
      if (byte === QUOTE) {
        pos++;
        let inside = bytes[pos];
        while (inside !== QUOTE && pos < end) {
          pos += inside === BACKSLASH ? 2 : 1;
          inside = bytes[pos];
        }
        if (pos >= end) {
          this.pos = end;
          this.fail('the end of a string');
        }
        pos++;
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        depth++;
        pos++;
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        if (depth === 0) {
          this.pos = pos;
          this.fail('a value');
        }
        depth--;
        pos++;
      } else if (
        depth > 0 &&
        (byte === COMMA || byte === 0x3a || byte === 32 || byte === 10 || byte === 13 || byte === 9)
      ) {
        pos++;
      } else {
        const from = pos;
        while (pos < end && isScalarByte(bytes[pos])) {
          pos++;
        }
        if (pos === from) {
          this.pos = Math.min(pos, end);
          this.fail('a value');
        }
      }
    } while (depth > 0);
    this.pos = pos;
  }
}

function matches(bytes: Uint8Array, from: number, name: Uint8Array): boolean {
  const { length } = name;
  if (bytes[from + length] !== QUOTE) {
    return false;
  }
  for (let i = 0; i < length; i++) {
    if (bytes[from + i] !== name[i]) {
      return false;
    }
  }
  return true;
}

function isNumberByte(byte: number): boolean {
  return (
    (byte >= 48 && byte <= 57) || byte === 0x2e || byte === 0x2d || byte === 0x2b || byte === 0x65 || byte === 0x45
  );
}

/** Bytes of numbers, true, false and null. */
function isScalarByte(byte: number): boolean {
  return isNumberByte(byte) || (byte >= 0x61 && byte <= 0x7a);
}

function printable(byte: number): number {
  return byte >= 32 && byte < 127 ? byte : 0xfffd;
}

function simpleEscape(kind: number): number {
  switch (kind) {
    case 0x6e:
      return 10;
    case 0x74:
      return 9;
    case 0x72:
      return 13;
    case 0x62:
      return 8;
    case 0x66:
      return 12;
    default:
      return kind;
  }
}

function hex4(bytes: Uint8Array, from: number, end: number): number {
  if (from + 4 > end) {
    return -1;
  }
  let code = 0;
  for (let i = from; i < from + 4; i++) {
    const byte = bytes[i];
    const lower = byte | 32;
    const digit = byte >= 48 && byte <= 57 ? byte - 48 : lower >= 97 && lower <= 102 ? lower - 87 : -1;
    if (digit < 0) {
      return -1;
    }
    code = code * 16 + digit;
  }
  return code;
}

function putUtf8(out: Uint8Array, at: number, code: number): number {
  let length = at;
  if (code < 0x80) {
    out[length++] = code;
  } else if (code < 0x800) {
    out[length++] = 0xc0 | (code >> 6);
    out[length++] = 0x80 | (code & 63);
  } else if (code < 0x10000) {
    out[length++] = 0xe0 | (code >> 12);
    out[length++] = 0x80 | ((code >> 6) & 63);
    out[length++] = 0x80 | (code & 63);
  } else {
    out[length++] = 0xf0 | (code >> 18);
    out[length++] = 0x80 | ((code >> 12) & 63);
    out[length++] = 0x80 | ((code >> 6) & 63);
    out[length++] = 0x80 | (code & 63);
  }
  return length;
}
