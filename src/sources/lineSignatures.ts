import { type CommentStyle, commentStyleOf } from './commentStyle';

/**
 * What is kept of a text to find its lines again: no text. White space and comments do not count, so a line that was
 * only indented or commented on is the same.
 */
export interface LineSignatures {
  /** A line's code as a 32-bit hash; of its comment where it has no code, 0 for a blank line. */
  readonly hash: Uint32Array;
  /** The words of a line's code as a set of 32 bits, to tell how alike two lines are; 0 for punctuation and comments. */
  readonly words: Uint32Array;
}

const quoteOfLine = 1;
const quoteOfText = 2;

/**
 * Signs each line of a text; as many as the text has line breaks, and one. Linear in the text.
 *
 * @param fileName tells what a comment looks like
 */
export function signLines(text: string, fileName: string): LineSignatures {
  const style = commentStyleOf(fileName);
  const mayBegin = firstsOf(style);
  let count = 1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) count++;
  }
  const hash = new Uint32Array(count);
  const words = new Uint32Array(count);
  let line = 0;
  let state = emptyHash;
  let comment = emptyHash;
  let wordSet = 0;
  let word = 0;
  // The last code unit that counted; 0 at a line's start. `gap`: white space stood behind it.
  let last = 0;
  let gap = false;
  // What ends the string or block comment that goes on; '' in code.
  let until = '';
  let kind = 0;
  let inComment = false;

  const endLine = (): void => {
    endWord();
    const signed = last === 0 ? comment : state;
    hash[line] = signed === emptyHash ? 0 : mixed(signed) >>> 0 || 1;
    words[line] = wordSet;
  };
  const endWord = (): void => {
    if (word !== 0) wordSet |= 1 << (mixed(word) & 31);
    word = 0;
  };
  const take = (code: number): void => {
    const wordly = isWordly(code);
    if (gap && wordly && isWordly(last)) state = hashed(state, 32);
    if (!wordly || gap) endWord();
    if (wordly) word = hashed(word === 0 ? emptyHash : word, code);
    state = hashed(state, code);
    last = code;
    gap = false;
  };

  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) {
      if (code === 13 && text.charCodeAt(at + 1) === 10) at++;
      endLine();
      line++;
      state = emptyHash;
      comment = emptyHash;
      wordSet = 0;
      last = 0;
      gap = false;
      if (kind === quoteOfLine) until = '';
      if (until === '') kind = 0;
    } else if (inComment) {
      if (text.startsWith(until, at)) {
        at += until.length - 1;
        inComment = false;
        until = '';
        gap = true;
      } else if (!isSpace(code)) {
        comment = hashed(comment, code);
      }
    } else if (until !== '') {
      // In a string all counts, also white space.
      if (code === 92 && at + 1 < text.length && !isBreak(text.charCodeAt(at + 1))) {
        take(code);
        at++;
        take(text.charCodeAt(at));
      } else if (text.startsWith(until, at)) {
        for (let i = 0; i < until.length; i++) take(text.charCodeAt(at + i));
        at += until.length - 1;
        until = '';
        kind = 0;
      } else if (code === 32 || code === 9) {
        endWord();
        state = hashed(state, code);
      } else {
        take(code);
      }
    } else if (isSpace(code)) {
      gap = true;
    } else if (mayBegin[code] !== 1) {
      take(code);
    } else {
      const begun = commentAt(style, text, at, last);
      if (begun === 'line') {
        for (const end = lineEnd(text, at); at < end; at++) comment = hashed(comment, text.charCodeAt(at));
        at--;
      } else if (begun !== null) {
        inComment = true;
        until = begun.end;
        at += begun.start.length - 1;
        comment = hashed(comment, 42);
      } else {
        const quote = quoteAt(style, text, at, last);
        take(code);
        if (quote !== null) {
          for (let i = 1; i < quote.text.length; i++) take(text.charCodeAt(at + i));
          at += quote.text.length - 1;
          until = quote.text;
          kind = quote.kind;
        } else if (code === 47 && style.regex && startsRegex(text, at, last)) {
          at = takeRegex(text, at, take);
        }
      }
    }
  }
  endLine();
  return { hash, words };
}

/** By character: 1 where a comment, a string or a regular expression may begin with it. Most characters begin none. */
function firstsOf(style: CommentStyle): Uint8Array {
  const firsts = new Uint8Array(128);
  const block = style.block === null ? [] : [style.block.start];
  for (const start of ['"', "'", '/', ...style.line, ...block, ...style.longQuotes]) firsts[start.charCodeAt(0)] = 1;
  return firsts;
}

function commentAt(style: CommentStyle, text: string, at: number, last: number): CommentStyle['block'] | 'line' {
  if (style.block !== null && text.startsWith(style.block.start, at)) return style.block;
  for (const start of style.line) {
    // A `#` inside a word is none: `$#`, `a#b`.
    if (text.startsWith(start, at) && (start !== '#' || (!isWordly(last) && last !== 36) || isSpaceBefore(text, at))) {
      return 'line';
    }
  }
  return null;
}

function quoteAt(style: CommentStyle, text: string, at: number, last: number): { text: string; kind: number } | null {
  const character = text[at]!;
  for (const quote of style.longQuotes) {
    if (text.startsWith(quote, at)) return { text: quote, kind: quoteOfText };
  }
  // An apostrophe behind a word is a mark of its own: a lifetime, a prime, a separator of digits.
  if (character === '"' || (character === "'" && !isWordly(last) && !style.bareApostrophe)) {
    return { text: character, kind: quoteOfLine };
  }
  return null;
}

/** Whether a slash begins a regular expression: where no value stands before it that could be divided. */
function startsRegex(text: string, at: number, last: number): boolean {
  if (last === 0) return true;
  if (!isWordly(last)) return last !== 41 && last !== 93 && last !== 125;
  let end = at;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
  return /(?:^|[^\w$.])(?:return|typeof|case|in|of|delete|void|do|else|throw|yield|await)$/.test(
    text.slice(Math.max(0, end - 12), end),
  );
}

/** Takes the rest of a regular expression's line part; answers where it ends. */
function takeRegex(text: string, from: number, take: (code: number) => void): number {
  let inClass = false;
  let at = from + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isBreak(code)) return at - 1;
    take(code);
    if (code === 92 && at + 1 < text.length && !isBreak(text.charCodeAt(at + 1))) {
      at++;
      take(text.charCodeAt(at));
    } else if (code === 91) {
      inClass = true;
    } else if (code === 93) {
      inClass = false;
    } else if (code === 47 && !inClass) {
      return at;
    }
  }
  return at - 1;
}

function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isBreak(text.charCodeAt(at))) at++;
  return at;
}

function isBreak(code: number): boolean {
  return code === 10 || code === 13;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 11 || code === 12 || code === 0xa0 || code === 0xfeff;
}

function isSpaceBefore(text: string, at: number): boolean {
  return at === 0 || isSpace(text.charCodeAt(at - 1)) || isBreak(text.charCodeAt(at - 1));
}

/** Letters, digits, `_`, and all beyond ASCII. */
function isWordly(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95 || code > 127
  );
}

/** FNV-1a over code units: http://www.isthe.com/chongo/tech/comp/fnv/ */
const emptyHash = 0x811c9dc5 | 0;

function hashed(state: number, code: number): number {
  return Math.imul(state ^ code, 0x01000193);
}

/** The last step of MurmurHash3, which spreads what differs over all bits. */
function mixed(state: number): number {
  let h = state;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Whether two texts have the same lines. */
export function isSameText(one: LineSignatures, other: LineSignatures): boolean {
  if (one.hash.length !== other.hash.length) return false;
  for (let line = 0; line < one.hash.length; line++) {
    if (one.hash[line] !== other.hash[line] || one.words[line] !== other.words[line]) return false;
  }
  return true;
}
