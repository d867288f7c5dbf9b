import { describe, expect, it } from 'vitest';
import { fc } from '../../test/support/property';
import { alignLines } from './alignLines';
import { commonRuns } from './commonRuns';
import { signLines } from './lineSignatures';

const sign = (lines: readonly string[]) => signLines(lines.join('\n'), 'a.ts');

/** What each line became: its text now, `~` before it where it changed, null where it is gone. */
function align(before: readonly string[], after: readonly string[], hint?: number[]): (string | null)[] {
  const { current, changed } = alignLines(sign(before), sign(after), hint ? Int32Array.from(hint) : null);
  return before.map((_, i) =>
    current[i]! < 0 ? null : `${changed[i] === 1 ? '~' : ''}${after[current[i]!]!.trim()}@${current[i]}`,
  );
}

const norm = ['function norm(x, y) {', '  const sum = x * x + y * y;', '  return Math.sqrt(sum);', '}'];
const fib = ['function fib(n) {', '  if (n < 2) {', '    return n;', '  }', '  return fib(n - 1) + fib(n - 2);', '}'];
const main = ['for (let i = 0; i < 10; i++) {', '  norm(i, i);', '  fib(i);', '}'];

describe('alignLines', () => {
  it('finds lines below inserted and deleted ones', () => {
    const after = ['// new', 'import a;', ...norm, ...main];
    expect(align([...norm, ...fib, ...main], after)).toEqual([
      ...norm.map((line, i) => `${line.trim()}@${i + 2}`),
      ...fib.map(() => null),
      ...main.map((line, i) => `${line.trim()}@${i + 6}`),
    ]);
  });

  it('follows a function that moved, with a line in it that changed', () => {
    const edited = fib.with(4, '  return fib(n - 1) + fib(n - 3);');
    const found = align([...fib, ...norm, ...main], [...norm, ...main, ...edited]);
    expect(found.slice(0, 6)).toEqual([
      'function fib(n) {@8',
      'if (n < 2) {@9',
      'return n;@10',
      '}@11',
      '~return fib(n - 1) + fib(n - 3);@12',
      '}@13',
    ]);
    expect(found[6]).toBe('function norm(x, y) {@0');
  });

  it('marks what changed, also where the number of lines did', () => {
    expect(align(['a = 1;', 'b = f(a, c);', 'd = 3;'], ['a = 1;', 'b = f(a, e);', 'd = 3;'])[1]).toBe(
      '~b = f(a, e);@1',
    );
    const after = ['a = 1;', 'log("x");', 'b = f(a, c, true);', 'd = 3;'];
    expect(align(['a = 1;', 'b = f(a, c);', 'd = 3;'], after)[1]).toBe('~b = f(a, c, true);@2');
    expect(align(['a();', 'litter(2);', 'sort(8);', 'd();'], ['a();', 'sort(9);', 'd();'])).toEqual([
      'a();@0',
      null,
      '~sort(9);@1',
      'd();@2',
    ]);
    expect(align(['a = 1;', 'b = f(a, c);', 'd = 3;'], ['a = 1;', 'd = 3;'])[1]).toBeNull();
    expect(align(['a = 1;', 'b = f(a, c);', 'd = 3;'], ['a = 1;', '// b = f(a, c);', 'd = 3;'])[1]).toBeNull();
    expect(align(['a = 1;', 'b();', 'd = 3;'], ['a = 1;', '// b();', 'd = 3;'], [0, 1, 2])[1]).toBe('~// b();@1');
  });

  it('does not take a line like it in other code for one that moved', () => {
    const after = [...norm, 'function other() {', '  return n;', '}'];
    expect(align([...fib, ...norm], after).slice(0, 6)).toEqual(fib.map(() => null));
  });

  it('takes a single line for moved only where it is one of its kind', () => {
    const before = ['const total = price * count;', ...norm, ...main];
    expect(align(before, [...norm, ...main, 'const total = price * count;'])[0]).toBe('const total = price * count;@8');
    expect(align(['x++;', ...norm, ...main], [...norm, ...main, 'x++;'])[0]).toBeNull();
  });

  it('keeps a comment beside its neighbours', () => {
    const before = ['// What this is.', '', ...norm, '// Recursion.', ...fib];
    const found = align(before, ['// One line more.', 'import a;', ...before]);
    expect([found[0], found[6]]).toEqual(['// What this is.@2', '// Recursion.@8']);
  });

  it('believes edits where lines are alike', () => {
    expect(align(['x++;', 'x++;'], ['x++;', 'x++;', 'x++;'], [1, 2])).toEqual(['x++;@1', 'x++;@2']);
    // A line that was lost and came back.
    expect(align(['a();', 'b();', 'c();'], ['a();', 'b();', 'c();'], [0, -1, 2])).toEqual([
      'a();@0',
      'b();@1',
      'c();@2',
    ]);
    // A hint that misleads: as many lines as before, in another order.
    expect(
      align(
        [...norm, ...fib],
        [...fib, ...norm],
        [...norm, ...fib].map((_, i) => i),
      ),
    ).toEqual([...norm.map((line, i) => `${line.trim()}@${i + 6}`), ...fib.map((line, i) => `${line.trim()}@${i}`)]);
    // Two lines joined: both changed.
    expect(align(['a();', 'b();'], ['a(); b();'], [0, 0])).toEqual(['~a(); b();@0', '~a(); b();@0']);
  });

  it('never says that a line is unchanged whose code is another, nor maps two unchanged lines to one', () => {
    const text = fc.array(fc.constantFrom('a();', 'b();', 'c = d + e;', '}', '', 'return f(x, y);', '{'), {
      maxLength: 24,
    });
    fc.assert(
      fc.property(text, text, fc.boolean(), (before, after, hinted) => {
        const hint = hinted ? Int32Array.from(before, (_, i) => (i * 7) % (after.length + 1)) : null;
        const { current, changed } = alignLines(sign(before), sign(after), hint);
        const taken = new Set<number>();
        before.forEach((line, i) => {
          const now = current[i]!;
          if (now < 0) return;
          expect(now).toBeLessThan(Math.max(1, after.length));
          if (changed[i] === 1) return;
          expect(after[now] ?? '').toBe(line);
          expect(taken.has(now)).toBe(false);
          taken.add(now);
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('is the identity for equal texts, with and without hints', () => {
    const lines = [...norm, '', ...fib, '', ...main];
    const identity = lines.map((_, i) => i);
    expect([...alignLines(sign(lines), sign(lines)).current]).toEqual(identity);
    expect([...alignLines(sign(lines), sign(lines), Int32Array.from(identity)).current]).toEqual(identity);
  });
});

describe('commonRuns', () => {
  it('finds as much as the longest common subsequence where no line is unique', () => {
    const letters = fc.array(fc.constantFrom(1, 1, 2, 2, 3), { maxLength: 14 });
    fc.assert(
      fc.property(letters, letters, (first, second) => {
        // Each twice, so that there are no anchors.
        const [a, b] = [first.flatMap((each) => [each, each]), second.flatMap((each) => [each, each])];
        let common = 0;
        const lasts: [number, number][] = [];
        commonRuns(Uint32Array.from(a), Uint32Array.from(b), (inA, inB, count) => {
          for (let k = 0; k < count; k++) {
            expect(a[inA + k]).toBe(b[inB + k]);
            lasts.push([inA + k, inB + k]);
          }
          common += count;
        });
        lasts.sort((x, y) => x[0] - y[0]);
        lasts.forEach(([, inB], i) => {
          if (i > 0) expect(inB).toBeGreaterThan(lasts[i - 1]![1]);
        });
        expect(common).toBe(longest(a, b));
      }),
      { numRuns: 500 },
    );
  });

  // Each compared with each, they would not end within the test's time.
  it('is bounded where nothing agrees', () => {
    const a = Uint32Array.from({ length: 500_000 }, (_, i) => 2 + (i % 5));
    const b = Uint32Array.from({ length: 500_000 }, (_, i) => 10 + (i % 7));
    commonRuns(a, b, () => expect.unreachable());
  });
});

function longest(a: readonly number[], b: readonly number[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      table[i]![j] = a[i - 1] === b[j - 1] ? table[i - 1]![j - 1]! + 1 : Math.max(table[i - 1]![j]!, table[i]![j - 1]!);
    }
  }
  return table[a.length]![b.length]!;
}
