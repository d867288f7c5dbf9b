import { describe, expect, it } from 'vitest';
import { fc } from '../../test/support/property';
import { type LineChange, LineMap } from './lineMap';

/** A plain document that reports its edits as VS Code does. */
class Text {
  lines: string[];
  map = LineMap.identity;
  constructor(text: string) {
    this.lines = text.split('\n');
  }
  replace(startLine: number, startColumn: number, endLine: number, endColumn: number, text: string): void {
    const head = this.lines[startLine]!.slice(0, startColumn);
    const tail = this.lines[endLine]!.slice(endColumn);
    const change: LineChange = {
      startLine,
      endLine,
      insertedBreaks: text.split('\n').length - 1,
      headStays: head.trim() !== '',
      tailStays: tail.trim() !== '',
    };
    this.lines.splice(startLine, endLine - startLine + 1, ...`${head}${text}${tail}`.split('\n'));
    this.map = this.map.apply(change);
  }
  /** What now stands where original line `line` went; null when it is gone. */
  at(line: number): string | null {
    const now = this.map.toCurrent(line);
    return now < 0 ? null : this.lines[now]!;
  }
}

const text = () => new Text('zero\none\n  two\nthree\nfour\nfive');

describe('LineMap', () => {
  it('moves lines below an inserted or deleted line', () => {
    const doc = text();
    doc.replace(1, 0, 1, 0, 'new\n');
    expect([0, 1, 2, 5].map((line) => doc.at(line))).toEqual(['zero', 'one', '  two', 'five']);
    doc.replace(1, 0, 2, 0, '');
    expect([0, 1, 2, 5].map((line) => doc.at(line))).toEqual(['zero', 'one', '  two', 'five']);
    expect(doc.map.isIdentity).toBe(true);
  });

  it('keeps an edited line and drops a deleted one', () => {
    const doc = text();
    doc.replace(3, 0, 3, 5, 'drei');
    expect(doc.at(3)).toBe('drei');
    doc.replace(3, 0, 4, 0, '');
    expect(doc.at(3)).toBeNull();
    expect(doc.at(4)).toBe('four');
    doc.replace(3, 0, 3, 4, 'vier');
    expect(doc.at(4)).toBe('vier');
  });

  it('follows the text when a line is split', () => {
    const atStart = text();
    atStart.replace(2, 2, 2, 2, '\n  ');
    expect(atStart.at(2)).toBe('  two');
    const inside = text();
    inside.replace(2, 3, 2, 3, '\n');
    expect(inside.at(2)).toBe('  t');
    const atEnd = text();
    atEnd.replace(2, 5, 2, 5, '\n');
    expect(atEnd.at(2)).toBe('  two');
    expect(atEnd.at(3)).toBe('three');
  });

  it('joins two lines into one, and says both are there', () => {
    const doc = text();
    doc.replace(3, 5, 4, 0, ' ');
    expect(doc.at(3)).toBe('three four');
    expect(doc.at(4)).toBe('three four');
    expect(doc.map.toOriginal(3)).toEqual([3, 4]);
    expect(doc.at(5)).toBe('five');
  });

  it('deletes whole lines from the end of the one before', () => {
    const doc = text();
    doc.replace(1, 3, 3, 5, '');
    expect(doc.at(1)).toBe('one');
    expect(doc.at(2)).toBeNull();
    expect(doc.at(3)).toBeNull();
    expect(doc.at(4)).toBe('four');
  });

  it('keeps every line of a block that is replaced by as many lines', () => {
    const doc = text();
    doc.replace(1, 0, 3, 5, '  one\n    two\n  three');
    expect([1, 2, 3, 4].map((line) => doc.at(line))).toEqual(['  one', '    two', '  three', 'four']);
  });

  it('is made of an alignment: gone, moved and changed lines', () => {
    const map = LineMap.of({ current: Int32Array.of(4, 5, 6, -1, 0, 2), changed: Uint8Array.of(0, 0, 1, 0, 0, 0) });
    expect([0, 1, 2, 3, 4, 5, 6].map((line) => map.toCurrent(line))).toEqual([4, 5, 6, -1, 0, 2, -1]);
    expect([0, 1, 2, 4].map((line) => map.isChanged(line))).toEqual([false, false, true, false]);
    expect([...map.toArray(7)]).toEqual([4, 5, 6, -1, 0, 2, -1]);
    expect(map.isIdentity).toBe(false);
    expect(map.toOriginal(0)).toEqual([4]);
    const edited = map.apply({ startLine: 1, endLine: 1, insertedBreaks: 2, headStays: false, tailStays: true });
    expect([...edited.toArray(6)]).toEqual([6, 7, 8, -1, 0, 4]);
    expect(edited.isChanged(2)).toBe(true);
    expect(LineMap.of({ current: Int32Array.of(0, 1), changed: new Uint8Array(2) }).isIdentity).toBe(true);
  });

  it('holds for any edits: marks stay in order, in the document, and on untouched lines', () => {
    // Each line of a letter of its own: no edit can put another line's text together.
    const textOf = (line: number): string => String.fromCodePoint(65 + line).repeat(7);
    const edit = fc.tuple(
      fc.nat(30),
      fc.nat(12),
      fc.nat(4),
      fc.nat(12),
      fc.constantFrom('', 'x', '\n', 'a\nb', '\n\n\n'),
    );
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 25 }), (edits) => {
        const doc = new Text(Array.from({ length: 20 }, (_, i) => textOf(i)).join('\n'));
        for (const [from, fromColumn, span, toColumn, inserted] of edits) {
          const start = from % doc.lines.length;
          const end = Math.min(doc.lines.length - 1, start + span);
          const startColumn = Math.min(fromColumn, doc.lines[start]!.length);
          const endColumn = Math.min(
            start === end ? Math.max(toColumn, startColumn) : toColumn,
            doc.lines[end]!.length,
          );
          doc.replace(start, startColumn, end, endColumn, inserted);
        }
        let last = -1;
        for (let line = 0; line < 20; line++) {
          const now = doc.map.toCurrent(line);
          expect(now).toBeLessThan(doc.lines.length);
          if (now >= 0) {
            expect(now).toBeGreaterThanOrEqual(last);
            last = now;
            expect(doc.map.toOriginal(now)).toContain(line);
          }
          const untouched = doc.lines.indexOf(textOf(line));
          const unique = untouched >= 0 && doc.lines.lastIndexOf(textOf(line)) === untouched;
          // Lines once joined share a mark, even when they are split again.
          if (unique && now >= 0 && doc.map.toOriginal(now).length === 1) {
            expect(now).toBe(untouched);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
