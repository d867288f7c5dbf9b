const SPACE = 32;
const TAB = 9;
/** A number this long exceeds 64 bits. */
const LONGEST_NUMBER = 20;
const MOST_LINE = 0x7fffffff;

/** Which subpositions a file's cost lines begin with, in order. */
export type Subposition = 'line' | 'other';

/**
 * Reads cost lines, `subpositions costs`, whose positions may be relative to the line before (`+3`, `-3`, `*`), and
 * numbers decimal or hexadecimal. The values of the last line are in `values`, its line number in `line`.
 * https://valgrind.org/docs/manual/cl-format.html
 */
export class CallgrindLine {
  values: Float64Array = new Float64Array(1);
  /** 1-based, 0 where unknown. */
  line = 0;
  /** Whether any value is not zero. */
  any = false;
  private positions: readonly Subposition[] = ['line'];
  private at = 0;
  private number = 0;

  /** Another part begins. */
  reset(positions: readonly Subposition[] | null, columns: number | null): void {
    this.line = 0;
    this.positions = positions ?? this.positions;
    if (columns !== null) {
      this.values = new Float64Array(columns);
    }
  }

  /** @returns whether the bytes are a cost line; if not, nothing has changed but the values */
  read(bytes: Uint8Array, start: number, stop: number): boolean {
    this.at = start;
    let line = this.line;
    for (const position of this.positions) {
      this.skipBlanks(bytes, stop);
      const sign = this.at < stop ? bytes[this.at] : 0;
      if (sign === 42) {
        this.at++;
      } else if (sign === 43 || sign === 45) {
        this.at++;
        if (!this.readNumber(bytes, stop)) {
          return false;
        }
        line = position === 'line' ? line + (sign === 43 ? this.number : -this.number) : line;
      } else if (this.readNumber(bytes, stop)) {
        line = position === 'line' ? this.number : line;
      } else {
        return false;
      }
      if (this.at < stop && bytes[this.at] !== SPACE && bytes[this.at] !== TAB) {
        return false;
      }
    }
    const { values } = this;
    this.any = false;
    let column = 0;
    for (this.skipBlanks(bytes, stop); this.at < stop; this.skipBlanks(bytes, stop)) {
      if (column === values.length) {
        return false;
      }
      let value = 0;
      if (bytes[this.at] === 46) {
        this.at++;
      } else {
        const negative = bytes[this.at] === 45;
        this.at += negative ? 1 : 0;
        if (!this.readNumber(bytes, stop)) {
          return false;
        }
        value = negative ? -this.number : this.number;
      }
      if (this.at < stop && bytes[this.at] !== SPACE && bytes[this.at] !== TAB) {
        return false;
      }
      values[column++] = value;
      this.any ||= value !== 0;
    }
    values.fill(0, column);
    this.line = line >= 0 && line <= MOST_LINE ? line : 0;
    return true;
  }

  private skipBlanks(bytes: Uint8Array, stop: number): void {
    while (this.at < stop && (bytes[this.at] === SPACE || bytes[this.at] === TAB)) {
      this.at++;
    }
  }

  private readNumber(bytes: Uint8Array, stop: number): boolean {
    const hexadecimal = this.at + 1 < stop && bytes[this.at] === 48 && (bytes[this.at + 1] | 32) === 120;
    if (hexadecimal) {
      this.at += 2;
    }
    const first = this.at;
    let number = 0;
    for (; this.at < stop; this.at++) {
      const byte = bytes[this.at];
      const letter = byte | 32;
      if (byte >= 48 && byte <= 57) {
        number = number * (hexadecimal ? 16 : 10) + (byte - 48);
      } else if (hexadecimal && letter >= 97 && letter <= 102) {
        number = number * 16 + (letter - 87);
      } else {
        break;
      }
    }
    // Xdebug writes negative times as if they were unsigned.
    this.number = number >= 2 ** 63 ? number - 2 ** 64 : number;
    return this.at > first && this.at - first <= LONGEST_NUMBER;
  }
}
