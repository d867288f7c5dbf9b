import { describe, expect, it } from 'vitest';
import { signLines } from '../sources/lineSignatures';
import { DocumentLines } from './documentLines';
import type { LineChange } from './lineMap';

/** A document that tells its lines of whole-line edits, as VS Code does. */
class Document {
  version = 1;
  readonly lines: DocumentLines;
  constructor(
    public text: string[],
    recorded = text,
  ) {
    this.lines = new DocumentLines(signLines(recorded.join('\n'), 'a.ts'));
  }
  /** Replaces whole lines; the edit begins at the start of the first line and ends at the start of the one behind. */
  replace(from: number, count: number, ...by: string[]): void {
    const change: LineChange = {
      startLine: from,
      endLine: from + count,
      insertedBreaks: by.length,
      headStays: false,
      tailStays: true,
    };
    this.text = this.text.toSpliced(from, count, ...by);
    this.version++;
    this.lines.edited([change]);
  }
  /** What recorded line `line` is now: `~` before it where it changed, null where it is gone. */
  at(line: number): string | null {
    const map = this.lines.map(this.version, () => signLines(this.text.join('\n'), 'a.ts'));
    const now = map.toCurrent(line);
    return now < 0 ? null : `${map.isChanged(line) ? '~' : ''}${this.text[now]}`;
  }
  place(line: number): number {
    return this.lines.map(this.version, () => signLines(this.text.join('\n'), 'a.ts')).toCurrent(line);
  }
}

const text = ['let i = 0;', 'i++;', 'i++;', 'work(i);', 'done();'];

describe('DocumentLines', () => {
  it('follows edits, tells what changed, and takes it back when the edit is', () => {
    const document = new Document(text);
    expect(document.at(3)).toBe('work(i);');
    document.replace(0, 0, '// above');
    expect(document.place(3)).toBe(4);
    document.replace(4, 1, 'work(i + 1);');
    expect(document.at(3)).toBe('~work(i + 1);');
    document.replace(4, 1, '  work( i );  // spaced');
    expect(document.at(3)).toBe('  work( i );  // spaced');
  });

  it('brings a deleted line back with its undo', () => {
    const document = new Document(text);
    document.at(3);
    document.replace(3, 1);
    expect(document.at(3)).toBeNull();
    expect(document.at(4)).toBe('done();');
    document.replace(3, 0, 'work(i);');
    expect(document.at(3)).toBe('work(i);');
  });

  it('tells lines that are alike apart by the edits', () => {
    const document = new Document(text);
    expect([document.place(1), document.place(2)]).toEqual([1, 2]);
    document.replace(1, 0, 'i++;');
    expect([document.place(1), document.place(2)]).toEqual([2, 3]);
    // The text is as it was recorded again.
    document.replace(2, 1);
    expect([document.place(1), document.place(2)]).toEqual([1, 2]);
  });

  it('finds a block that was cut and pasted elsewhere', () => {
    const block = ['function f(a, b) {', '  return a * b;', '}'];
    const document = new Document([...block, ...text]);
    document.at(0);
    document.replace(0, 3);
    expect(document.at(1)).toBeNull();
    document.replace(5, 0, ...block);
    expect([document.place(0), document.place(1), document.place(6)]).toEqual([5, 6, 3]);
  });

  it('finds lines in a text that is another already', () => {
    const document = new Document(['// new', ...text.with(3, 'work(i, 2);')], text);
    document.replace(0, 0, '// newer');
    expect(document.place(1)).toBe(3);
    expect(document.at(3)).toBe('~work(i, 2);');
  });

  it('follows edits alone where the recorded text is not known', () => {
    const lines = new DocumentLines(null);
    lines.edited([{ startLine: 0, endLine: 0, insertedBreaks: 2, headStays: false, tailStays: true }]);
    expect(lines.map(2, () => null).toCurrent(7)).toBe(9);
  });
});
