import { describe, expect, it } from 'vitest';
import { seeded } from '../../../test/support/profiles';
import { FrameRegExp } from './frameRegExp';

describe('FrameRegExp', () => {
  it.each([
    ['malloc|free', ['malloc', 'free'], ['mallocs', 'a free', '']],
    [String.raw`runtime\..*`, ['runtime.gc', 'runtime.'], ['runtime', 'xruntime.gc', 'runtime.a\nb']],
    ['(__)?posix_mem[^x]lign', ['posix_memalign', '__posix_memalign'], ['_posix_memalign', 'posix_memxlign']],
    [String.raw`operator new(\[\])?`, ['operator new', 'operator new[]'], ['operator new[', 'operator newer']],
    [String.raw`runtime\.call[0-9]*`, ['runtime.call', 'runtime.call32'], ['runtime.callx']],
    ['(?:a{2,3}|b{2}|c{2,})+', ['aa', 'aaabb', 'ccccbb'], ['a', 'bbb', 'c', '']],
    [String.raw`[\d\-a-c[:upper:]]+?`, ['1-aZ'], ['d', '']],
    [String.raw`\x41\x{1F525}\.$`, ['A🔥.'], ['A.', 'A🔥x']],
    [String.raw`a\bx|a\b-\Bb|^q\z`, ['q'], ['ax', 'a-b', 'aq']],
    ['(a|)*b?', ['', 'aaa', 'ab', 'b'], ['bb', 'ba']],
    ['[]a]+[^]]', [']a-'], [']]]', '-']],
    ['.', ['é', '🔥'], ['', '\n', 'ab']],
  ])('%s', (pattern, matching, others) => {
    const regExp = new FrameRegExp(pattern);
    expect(matching.filter((text) => !regExp.matches(text))).toEqual([]);
    expect(others.filter((text) => regExp.matches(text))).toEqual([]);
  });

  it.each([
    '(',
    'a)',
    '[a',
    '*a',
    'a**',
    'a{3,2}',
    'a{1001}',
    '(?i)a',
    '(?P<x>a)',
    String.raw`\pL`,
    String.raw`\1`,
    '\\',
    '[z-a]',
    '[[:nope:]]',
  ])('refuses %s', (pattern) => {
    expect(() => new FrameRegExp(pattern)).toThrow(SyntaxError);
  });

  it('refuses what would be too large, too long, or too deep', () => {
    expect(() => new FrameRegExp('((a{1000}){1000}){1000}')).toThrow(SyntaxError);
    expect(() => new FrameRegExp('(((){1000}){1000}){1000}')).toThrow(SyntaxError);
    expect(() => new FrameRegExp('(((){0,1000}){0,1000}){0,1000}')).toThrow(SyntaxError);
    expect(() => new FrameRegExp('a'.repeat(30_000))).toThrow(SyntaxError);
    expect(() => new FrameRegExp('('.repeat(10_000))).toThrow(SyntaxError);
  });

  it('takes time linear in the text where others would not end', () => {
    const regExp = new FrameRegExp('(a*)*b|(a|aa)+c|(.*)*d');
    expect(regExp.matches('a'.repeat(5000))).toBe(false);
    expect(regExp.steps).toBeLessThan(500_000);
  });

  it('gives up where it would take minutes', () => {
    const regExp = new FrameRegExp('(?:.?){1000}');
    expect(() => {
      for (let i = 0; i < 1000; i++) {
        regExp.matches('x'.repeat(900));
      }
    }).toThrow(SyntaxError);
  });

  it('matches as JavaScript does, on random expressions', () => {
    const random = seeded(11);
    const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)];
    const make = (depth: number): string => {
      const kind = Math.floor(random() * (depth > 3 ? 2 : 6));
      return kind < 2
        ? pick(['a', 'b', '.', '[ab]', '[^a]', String.raw`\.`, String.raw`\w`])
        : kind === 2
          ? `(?:${make(depth + 1)}|${make(depth + 1)})`
          : kind === 3
            ? `(${make(depth + 1)})${pick(['*', '+', '?', '{0,2}', '{2}'])}`
            : make(depth + 1) + make(depth + 1);
    };
    for (let i = 0; i < 300; i++) {
      const pattern = make(0);
      const regExp = new FrameRegExp(pattern);
      const reference = new RegExp(`^(?:${pattern})$`);
      for (let j = 0; j < 20; j++) {
        const text = Array.from({ length: Math.floor(random() * 7) }, () => pick(['a', 'b', '.', 'c'])).join('');
        expect([pattern, text, regExp.matches(text)]).toEqual([pattern, text, reference.test(text)]);
      }
    }
  });
});
