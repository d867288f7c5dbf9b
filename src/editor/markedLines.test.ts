import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { MarkedLines } from './markedLines';

/** An editor of a document of 10,000 lines, scrolled to a part. */
function editorAt(from: number, to: number): vscode.TextEditor & { scroll(from: number, to: number): void } {
  const range = (start: number, end: number): object => ({ start: { line: start }, end: { line: end } });
  const editor = {
    document: { lineCount: 10_000 },
    visibleRanges: [range(from, to)],
    scroll(start: number, end: number): void {
      editor.visibleRanges = [range(start, end)];
    },
  };
  return editor as unknown as ReturnType<typeof editorAt>;
}

describe('marked lines', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are all where a document has few', () => {
    const [marked, editor] = [new MarkedLines(), editorAt(500, 550)];
    expect(marked.needed(editor)).toBe(true);
    expect(marked.mark(editor, 1000)).toEqual({ lines: { from: 0, to: Number.POSITIVE_INFINITY }, ruler: true });
    editor.scroll(9000, 9050);
    expect(marked.needed(editor)).toBe(false);
    expect(marked.openingFor(editor)).toBe(0);
  });

  it('are those that are seen while a long file opens, then those near them and in the ruler', () => {
    const [marked, editor] = [new MarkedLines(), editorAt(500, 550)];
    const first = marked.mark(editor, 10_000);
    expect(first).toEqual({ lines: { from: 480, to: 570 }, ruler: false });
    expect(marked.needed(editor)).toBe(false);
    const wait = marked.openingFor(editor);
    expect(wait).toBeGreaterThan(0);
    vi.advanceTimersByTime(wait);
    expect(marked.openingFor(editor)).toBe(0);
    expect(marked.needed(editor)).toBe(true);
    const rest = marked.mark(editor, 10_000);
    expect(rest).toEqual({ lines: { from: 100, to: 950 }, ruler: true });
    expect(marked.needed(editor)).toBe(false);
  });

  it('follow the visible part, also while the file opens', () => {
    const [marked, editor] = [new MarkedLines(), editorAt(0, 50)];
    marked.mark(editor, 10_000);
    editor.scroll(100, 150);
    expect(marked.needed(editor)).toBe(true);
    expect(marked.mark(editor, 10_000).lines).toEqual({ from: 80, to: 170 });
    vi.advanceTimersByTime(1000);
    expect(marked.mark(editor, 10_000).lines).toEqual({ from: 0, to: 550 });
    for (const [from, needed] of [
      [300, false],
      [380, false],
      [400, true],
    ] as const) {
      editor.scroll(from, from + 50);
      expect(marked.needed(editor)).toBe(needed);
    }
    // At the end of the document nothing follows.
    editor.scroll(9950, 9999);
    marked.mark(editor, 10_000);
    expect(marked.needed(editor)).toBe(false);
  });

  it('open once: another profile is marked whole', () => {
    const [marked, editor] = [new MarkedLines(), editorAt(0, 50)];
    marked.mark(editor, 10_000);
    vi.advanceTimersByTime(1000);
    expect(marked.mark(editor, 5000).ruler).toBe(true);
  });
});
