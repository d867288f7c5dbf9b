import { describe, expect, it } from 'vitest';
import { signLines } from './lineSignatures';

/** Whether the lines of two texts are the same code. */
function same(a: string, b: string, name = 'a.ts'): boolean {
  const [x, y] = [signLines(a, name), signLines(b, name)];
  return x.hash.length === y.hash.length && x.hash.every((hash, i) => hash === y.hash[i]);
}

/** Which lines have words in code. */
const code = (text: string, name = 'a.ts'): number[] => [...signLines(text, name).words].map((set) => (set ? 1 : 0));

describe('signLines', () => {
  it('counts lines by any break', () => {
    expect(code('a\nb\r\nc\rd')).toEqual([1, 1, 1, 1]);
    expect(code('')).toEqual([0]);
    expect(code('a\n')).toEqual([1, 0]);
    expect(same('a\nb', 'a\r\nb')).toBe(true);
  });

  it('does not mind white space and comments', () => {
    expect(same('foo( a,b );', '   foo(a, b); // why')).toBe(true);
    expect(same('x = 1; /* one */ y = 2;', 'x = 1;y = 2;')).toBe(true);
    expect(same('return x', 'returnx')).toBe(false);
    expect(same('const a = 1;', 'const a = 2;')).toBe(false);
    expect(same("s = 'a b'", "s = 'a  b'")).toBe(false);
    expect(code('/* one\n two */ three\n// four\n\n')).toEqual([0, 1, 0, 0, 0]);
  });

  it('knows what is no comment', () => {
    expect(same('u = "http://a"', 'u = "http://b"')).toBe(false);
    expect(same('r = /[/*]/; f(1)', 'r = /[/*]/; f(2)')).toBe(false);
    expect(code('r = /\\/*/;\nx = 1;')).toEqual([1, 1]);
    expect(same('a = b / c; d("//x")', 'a = b / c; d("//y")')).toBe(false);
    expect(code('t = `\n// text\n`;')).toEqual([1, 1, 0]);
    expect(same('q = a // b', 'q = a // c', 'x.py')).toBe(false);
    expect(same('q = a # b', 'q = a  # c', 'x.py')).toBe(true);
    expect(code('"""\n# text\n"""', 'x.py')).toEqual([0, 1, 0]);
    expect(same('fn f<\'a>(x: &\'a str) { g("x y") }', 'fn f<\'a>(x: &\'a str) { g("xy") }', 'a.rs')).toBe(false);
    expect(same('# a', '# b', 'readme.unknown')).toBe(false);
    expect(code('--[[ a\nb ]] x = 1', 'a.lua')).toEqual([0, 1]);
  });

  it('tells comments of lines without code apart, and blank lines from them', () => {
    const { hash } = signLines('// one\n// two\n\n/* one */\n  // one', 'a.ts');
    expect(hash[0]).toBe(hash[4]);
    expect(new Set(hash).size).toBe(4);
    expect(hash[2]).toBe(0);
  });

  it('keeps which words a line has', () => {
    const bits = (line: string): number => signLines(line, 'a.ts').words[0]!;
    expect(bits('}')).toBe(0);
    expect(bits('sum + total')).toBe(bits('total * sum'));
    expect(bits('sum')).not.toBe(0);
  });

  it('is linear in the text', () => {
    const line = 'const value = compute(first, "second", third[4]) / 7; // and a comment\n';
    // Quadratic, it would not end within the test's time.
    expect(new Set(signLines(line.repeat(80_000), 'a.ts').hash).size).toBe(2);
  });
});
