/** What a regular expression is made of. */
export type RegExpNode =
  /** One character of ranges: first and last of each. */
  | { readonly kind: 'set'; readonly ranges: readonly number[] }
  /** `^` and `$` for the ends of the text, `b` and `B` for what is a word's boundary and what is none. */
  | { readonly kind: 'assert'; readonly what: '^' | '$' | 'b' | 'B' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly RegExpNode[] }
  | { readonly kind: 'repeat'; readonly of: RegExpNode; readonly least: number; readonly most: number };

const LONGEST_PATTERN = 20_000;
/** As in RE2. */
const DEEPEST_GROUP = 200;
const MOST_REPEATS = 1000;
const LAST = 0x10ffff;

const DIGITS = [48, 57];
const WORDS = [48, 57, 65, 90, 95, 95, 97, 122];
const SPACES = [9, 10, 12, 13, 32, 32];
const CLASSES: Readonly<Record<string, readonly number[]>> = {
  d: DIGITS,
  w: WORDS,
  s: SPACES,
  D: inverted(DIGITS),
  W: inverted(WORDS),
  S: inverted(SPACES),
};
const NAMED: Readonly<Record<string, readonly number[]>> = {
  alnum: [48, 57, 65, 90, 97, 122],
  alpha: [65, 90, 97, 122],
  digit: DIGITS,
  lower: [97, 122],
  punct: [33, 47, 58, 64, 91, 96, 123, 126],
  space: [9, 13, 32, 32],
  upper: [65, 90],
  word: WORDS,
  xdigit: [48, 57, 65, 70, 97, 102],
};
const CONTROLS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** The parts of an expression in Go's syntax, without flags, named groups and Unicode classes. @throws SyntaxError */
export function parseRegExp(pattern: string): RegExpNode {
  if (pattern.length > LONGEST_PATTERN) {
    throw new SyntaxError('The expression is too long.');
  }
  return new RegExpParser(pattern).parse();
}

class RegExpParser {
  private at = 0;
  private depth = 0;

  constructor(private readonly pattern: string) {}

  parse(): RegExpNode {
    const node = this.choice();
    if (this.at < this.pattern.length) {
      this.fail('a parenthesis that nothing opened');
    }
    return node;
  }

  private fail(what: string): never {
    throw new SyntaxError(`Found ${what} at character ${this.at}.`);
  }

  private peek(): string {
    return this.pattern.charAt(this.at);
  }

  private take(text: string): boolean {
    const found = this.pattern.startsWith(text, this.at);
    this.at += found ? text.length : 0;
    return found;
  }

  private choice(): RegExpNode {
    const parts = [this.sequence()];
    while (this.take('|')) {
      parts.push(this.sequence());
    }
    return parts.length === 1 ? parts[0] : { kind: 'choice', parts };
  }

  private sequence(): RegExpNode {
    const parts: RegExpNode[] = [];
    while (this.at < this.pattern.length && this.peek() !== '|' && this.peek() !== ')') {
      parts.push(this.repeated(this.atom()));
    }
    return { kind: 'sequence', parts };
  }

  private repeated(of: RegExpNode): RegExpNode {
    const counted = /\{(\d{1,5})(,(\d{0,5}))?\}/y;
    counted.lastIndex = this.at;
    const match = counted.exec(this.pattern);
    let least = 0;
    let most = Number.POSITIVE_INFINITY;
    if (match !== null) {
      this.at += match[0].length;
      least = Number(match[1]);
      most = match[2] === undefined ? least : match[3] === '' ? most : Number(match[3]);
      if (least > most || least > MOST_REPEATS || (most > MOST_REPEATS && Number.isFinite(most))) {
        this.fail('a repetition that cannot be');
      }
    } else if (this.take('+')) {
      least = 1;
    } else if (this.take('?')) {
      most = 1;
    } else if (!this.take('*')) {
      return of;
    }
    // Whether little or much is preferred makes no difference to a match of the whole.
    this.take('?');
    if (/[*+?]/.test(this.peek())) {
      this.fail('a repetition of a repetition');
    }
    return { kind: 'repeat', of, least, most };
  }

  private atom(): RegExpNode {
    const code = this.pattern.codePointAt(this.at) ?? 0;
    const char = String.fromCodePoint(code);
    this.at += char.length;
    switch (char) {
      case '(':
        return this.group();
      case '[':
        return { kind: 'set', ranges: this.brackets() };
      case '.':
        return { kind: 'set', ranges: [0, 9, 11, LAST] };
      case '^':
      case '$':
        return { kind: 'assert', what: char };
      case '\\':
        return this.escape();
      case '*':
      case '+':
      case '?':
        return this.fail('a repetition of nothing');
      default:
        return { kind: 'set', ranges: [code, code] };
    }
  }

  private group(): RegExpNode {
    if (!this.take('?:') && this.peek() === '?') {
      this.fail('flags');
    }
    if (++this.depth > DEEPEST_GROUP) {
      this.fail('too many groups in each other');
    }
    const node = this.choice();
    this.depth--;
    if (!this.take(')')) {
      this.fail('no end of a group');
    }
    return node;
  }

  private escape(): RegExpNode {
    const char = this.peek();
    if (char === 'A' || char === 'z' || char === 'b' || char === 'B') {
      this.at++;
      return { kind: 'assert', what: char === 'A' ? '^' : char === 'z' ? '$' : char };
    }
    return { kind: 'set', ranges: this.escaped() };
  }

  /** What follows a backslash, as ranges. */
  private escaped(): readonly number[] {
    const code = this.pattern.codePointAt(this.at) ?? 0;
    const char = String.fromCodePoint(code);
    this.at += char.length;
    const ranges = CLASSES[char];
    if (ranges !== undefined) {
      return ranges;
    }
    const hex = char === 'x' ? /^(?:([0-9a-f]{2})|\{([0-9a-f]{1,6})\})/i.exec(this.pattern.slice(this.at)) : null;
    const single = hex !== null ? Number.parseInt(hex[1] ?? hex[2], 16) : (CONTROLS[char] ?? code);
    this.at += hex === null ? 0 : hex[0].length;
    // Of letters and digits, only those above mean something.
    if (hex === null && CONTROLS[char] === undefined && (/[0-9A-Za-z]/.test(char) || code === 0)) {
      this.fail('an escape that is not known');
    }
    return [single, single];
  }

  private brackets(): readonly number[] {
    const negated = this.take('^');
    const ranges: number[] = [];
    for (let first = true; first || !this.take(']'); first = false) {
      if (this.at >= this.pattern.length) {
        this.fail('no end of a class');
      }
      const named = /\[:(\w+):\]/y;
      named.lastIndex = this.at;
      const name = named.exec(this.pattern);
      if (name !== null) {
        this.at += name[0].length;
        ranges.push(...(NAMED[name[1]] ?? this.fail('a class that is not known')));
        continue;
      }
      const from = this.member();
      if (from.length === 2 && from[0] === from[1] && this.peek() === '-' && this.pattern[this.at + 1] !== ']') {
        this.at++;
        const to = this.member();
        if (to.length !== 2 || to[0] !== to[1] || to[0] < from[0]) {
          this.fail('a range that cannot be');
        }
        ranges.push(from[0], to[1]);
      } else {
        ranges.push(...from);
      }
    }
    return negated ? inverted(ranges) : ranges;
  }

  private member(): readonly number[] {
    if (this.take('\\')) {
      return this.escaped();
    }
    const code = this.pattern.codePointAt(this.at);
    if (code === undefined) {
      return this.fail('no end of a class');
    }
    this.at += code > 0xffff ? 2 : 1;
    return [code, code];
  }
}

/** The characters that are in none of the ranges. */
function inverted(ranges: readonly number[]): number[] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    pairs.push([ranges[i], ranges[i + 1]]);
  }
  pairs.sort((a, b) => a[0] - b[0]);
  const result: number[] = [];
  let next = 0;
  for (const [from, to] of pairs) {
    if (from > next) {
      result.push(next, from - 1);
    }
    next = Math.max(next, to + 1);
  }
  if (next <= LAST) {
    result.push(next, LAST);
  }
  return result;
}
