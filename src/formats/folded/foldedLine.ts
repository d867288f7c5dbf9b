/** Where the last accepted line's stack ends, and its count. One object reused for every line. */
export interface FoldedLine {
  /** End of the stack text (exclusive): the line's start where the stack is empty. */
  end: number;
  count: number;
}

const SPACE = 32;
const TAB = 9;

/**
 * Splits `stack count` at its last blank. Counts are decimal numbers, fractions allowed. The stack may be empty: py-spy
 * writes ` 1` for a thread without frames.
 * @param start first byte of the line
 * @param stop end of the line, without its line end
 * @returns false where the line is not a stack with a finite count
 */
export function splitFoldedLine(bytes: Uint8Array, start: number, stop: number, into: FoldedLine): boolean {
  let end = stop;
  while (end > start && (bytes[end - 1] === SPACE || bytes[end - 1] === TAB)) {
    end--;
  }
  let digit = end;
  let count = 0;
  let scale = 1;
  let plain = true;
  while (digit > start) {
    const byte = bytes[digit - 1];
    if (byte >= 48 && byte <= 57) {
      count += (byte - 48) * scale;
      scale *= 10;
    } else if (byte === SPACE || byte === TAB) {
      break;
    } else {
      plain = false;
    }
    digit--;
    if (end - digit > 40) {
      return false;
    }
  }
  if (digit === end || digit === start) {
    return false;
  }
  if (!plain || end - digit > 15) {
    const text = String.fromCharCode(...bytes.subarray(digit, end));
    if (!/^-?\d+(\.\d*)?([eE][-+]?\d+)?$/.test(text)) {
      return false;
    }
    count = Number(text);
    if (!Number.isFinite(count)) {
      return false;
    }
  }
  let stackEnd = digit;
  while (stackEnd > start && (bytes[stackEnd - 1] === SPACE || bytes[stackEnd - 1] === TAB)) {
    stackEnd--;
  }
  into.end = stackEnd;
  into.count = count;
  return true;
}

/** A comment is `# text`, `#!` or `##`; `#name` may be a private method's frame, and counts only if it has a count. */
export function isFoldedComment(bytes: Uint8Array, start: number, stop: number): boolean {
  if (bytes[start] !== 35) {
    return false;
  }
  const next = start + 1 < stop ? bytes[start + 1] : SPACE;
  return next === SPACE || next === TAB || next === 33 || next === 35;
}
