/** Longest event that becomes a template: no event that is read by it comes nearer to the end than that, and twice. */
const LONGEST = 256;

/** An event of the three members, in any order and with any blanks. */
const plainEvent = (() => {
  const name = '"(type|frame|at)"\\s*:\\s*"?';
  const value = '([OC]|-?\\d[\\d.]*)';
  return new RegExp(`^(\\{\\s*${name})${value}("?\\s*,\\s*${name})${value}("?\\s*,\\s*${name})${value}("?\\s*\\})$`);
})();

const POWERS = Float64Array.from({ length: 16 }, (_, power) => 10 ** power);

const MINUS = 0x2d;
const POINT = 0x2e;
const COMMA = 0x2c;

/** Events that are read at a time. */
const BATCH = 1024;

/** Bytes that stand for themselves, compared four at a time. */
class Literal {
  readonly length: number;
  /** Of four bytes each; the last one overlaps the one before it. Empty for a shorter literal. */
  private readonly words: Int32Array;
  private readonly last: number;

  constructor(private readonly bytes: Uint8Array) {
    const { length } = bytes;
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    this.length = length;
    this.words = Int32Array.from({ length: length < 4 ? 0 : (length - 1) >> 2 }, (_, i) => view.getInt32(i * 4, true));
    this.last = length < 4 ? 0 : view.getInt32(length - 4, true);
  }

  /** Whether it stands at `pos`; at least its length is there. */
  isAt(view: DataView, pos: number): boolean {
    const { words, length } = this;
    if (length < 4) {
      for (let i = 0; i < length; i++) {
        if (view.getUint8(pos + i) !== this.bytes[i]) {
          return false;
        }
      }
      return true;
    }
    for (let i = 0; i < words.length; i++) {
      if (view.getInt32(pos + 4 * i, true) !== words[i]) {
        return false;
      }
    }
    return view.getInt32(pos + length - 4, true) === this.last;
  }
}

/**
 * How a file writes its events, taken from the first one: the bytes between a type of one letter and two numbers. The
 * events that follow are mostly written alike, and then read without looking at names.
 */
export class EventTemplate {
  /** What `read` has read: the letter, and the two numbers, of any value. */
  readonly type: Uint8Array = new Uint8Array(BATCH);
  readonly frame: Float64Array = new Float64Array(BATCH);
  readonly at: Float64Array = new Float64Array(BATCH);
  /** Behind the last event that was read. */
  pos = 0;
  private value = 0;

  /**
   * @param literals what stands before, between and behind the three values
   * @param fields which value is where: `type`, `frame` or `at`
   */
  private constructor(
    private readonly literals: readonly Literal[],
    private readonly fields: readonly string[],
  ) {}

  /** The template of an event; null where it has anything but its three members. */
  static of(event: Uint8Array): EventTemplate | null {
    if (event.length > LONGEST / 2) {
      return null;
    }
    const found = plainEvent.exec(String.fromCharCode(...event));
    if (found === null) {
      return null;
    }
    const names = [2, 5, 8].map((group) => found[group]);
    const quoted = (group: number): boolean => found[group].endsWith('"');
    if (names.some((name, i) => names.indexOf(name) !== i || quoted(i * 3 + 1) !== (name === 'type'))) {
      return null;
    }
    const literals = [1, 4, 7, 10].map(
      (group) => new Literal(Uint8Array.from(found[group], (char) => char.charCodeAt(0))),
    );
    return new EventTemplate(literals, names);
  }

  /**
   * Reads events, each with the comma behind it, up to the next one's first byte, as long as they are written so and do
   * not come near the end.
   * @returns how many, 1,024 at most
   */
  read(bytes: Uint8Array, from: number): number {
    const { literals, fields } = this;
    const [head, second, third, tail] = literals;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const limit = bytes.length - LONGEST;
    let count = 0;
    let pos = from;
    this.pos = from;
    for (; count < BATCH && pos <= limit; count++) {
      let next = head.isAt(view, pos) ? this.field(view, pos + head.length, fields[0], count) : -1;
      next = next > 0 && second.isAt(view, next) ? this.field(view, next + second.length, fields[1], count) : -1;
      next = next > 0 && third.isAt(view, next) ? this.field(view, next + third.length, fields[2], count) : -1;
      if (next < 0 || !tail.isAt(view, next)) {
        return count;
      }
      next += tail.length;
      while (isBlank(bytes[next])) {
        next++;
      }
      // The last event is its array's reader's.
      if (bytes[next] !== COMMA) {
        return count;
      }
      next++;
      while (isBlank(bytes[next])) {
        next++;
      }
      pos = next;
      this.pos = next;
    }
    return count;
  }

  private field(view: DataView, pos: number, field: string, row: number): number {
    if (field === 'type') {
      this.type[row] = view.getUint8(pos);
      return pos + 1;
    }
    const end = this.number(view, pos);
    if (field === 'frame') {
      this.frame[row] = this.value;
    } else {
      this.at[row] = this.value;
    }
    return end;
  }

  /** Reads a number of up to 15 digits into `value`. @returns where it ends, -1 where it is another one */
  private number(view: DataView, from: number): number {
    let pos = from;
    const negative = view.getUint8(pos) === MINUS;
    if (negative) {
      pos++;
    }
    const first = pos;
    // More digits than these are not read here, and an event near the end of the window is not, either.
    const most = pos + 17;
    let value = 0;
    let digit = view.getUint8(pos) - 48;
    while (digit >= 0 && digit <= 9 && pos < most) {
      value = value * 10 + digit;
      digit = view.getUint8(++pos) - 48;
    }
    let digits = pos - first;
    if (digits === 0) {
      return -1;
    }
    if (digit === POINT - 48) {
      const point = pos;
      digit = view.getUint8(++pos) - 48;
      while (digit >= 0 && digit <= 9 && pos < most) {
        value = value * 10 + digit;
        digit = view.getUint8(++pos) - 48;
      }
      const decimals = pos - point - 1;
      digits += decimals;
      // One rounding of two exact numbers: the same as Number() of the text.
      value = decimals > 0 && digits <= 15 ? value / POWERS[decimals] : Number.NaN;
    }
    // An exponent goes on behind the digits.
    if (digits > 15 || digit === 0x65 - 48 || digit === 0x45 - 48 || Number.isNaN(value)) {
      return -1;
    }
    this.value = negative ? -value : value;
    return pos;
  }
}

function isBlank(byte: number): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}
