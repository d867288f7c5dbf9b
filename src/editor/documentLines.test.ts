import { describe, expect, it } from 'vitest';
import { DocumentLines } from './documentLines';
import type { LineChange } from './lineMap';

const change = (startLine: number, endLine: number, insertedBreaks: number): LineChange => {
  return { startLine, endLine, insertedBreaks, headStays: false, tailStays: true };
};
/** Line 3 goes, and comes back. */
const deletion = [change(3, 4, 0)];
const insertion = [change(3, 3, 1)];

/** VS Code's two messages of an edit that makes the document unsaved, or as saved again, in both orders. */
const orders: [string, (lines: DocumentLines, edit: (dirty: boolean) => void, dirty: boolean) => void][] = [
  [
    'the edit first',
    (lines, edit, dirty) => {
      edit(!dirty);
      lines.dirtyChanged(dirty);
    },
  ],
  [
    'the unsaved state first',
    (lines, edit, dirty) => {
      lines.dirtyChanged(dirty);
      edit(dirty);
    },
  ],
];

describe.each(orders)('DocumentLines, told %s', (_, send) => {
  it('brings a deleted line back by undo, to the saved text', () => {
    const lines = new DocumentLines();
    send(lines, (dirty) => lines.edited(deletion, 'edit', dirty), true);
    expect(lines.map.toCurrent(3)).toBe(-1);
    expect(lines.map.toCurrent(8)).toBe(7);
    send(lines, (dirty) => lines.edited(insertion, 'undo', dirty), false);
    expect(lines.map.toCurrent(3)).toBe(3);
    expect(lines.map.toCurrent(8)).toBe(8);
  });

  it('brings it back when the deletion was saved meanwhile', () => {
    const lines = new DocumentLines();
    send(lines, (dirty) => lines.edited(deletion, 'edit', dirty), true);
    lines.saving();
    lines.dirtyChanged(false);
    lines.saved();
    send(lines, (dirty) => lines.edited(insertion, 'undo', dirty), true);
    expect(lines.map.toCurrent(3)).toBe(3);
    expect(lines.map.toCurrent(8)).toBe(8);
    // Redo leads to the saved text, where the line is gone.
    send(lines, (dirty) => lines.edited(deletion, 'redo', dirty), false);
    expect(lines.map.toCurrent(3)).toBe(-1);
    expect(lines.map.toCurrent(8)).toBe(7);
    send(lines, (dirty) => lines.edited(insertion, 'undo', dirty), true);
    expect(lines.map.toCurrent(3)).toBe(3);
  });

  it('loses it again when the undo was saved and is redone', () => {
    const lines = new DocumentLines();
    send(lines, (dirty) => lines.edited(deletion, 'edit', dirty), true);
    send(lines, (dirty) => lines.edited(insertion, 'undo', dirty), false);
    send(lines, (dirty) => lines.edited(deletion, 'redo', dirty), true);
    expect(lines.map.toCurrent(3)).toBe(-1);
    expect(lines.map.toCurrent(8)).toBe(7);
  });

  it('is as saved again when undo does not look like the edits it takes back', () => {
    const lines = new DocumentLines();
    send(lines, (dirty) => lines.edited(deletion, 'edit', dirty), true);
    lines.edited(deletion, 'edit', true);
    // VS Code takes both back at once.
    send(lines, (dirty) => lines.edited([change(3, 3, 2)], 'undo', dirty), false);
    expect(lines.map.toCurrent(3)).toBe(3);
    expect(lines.map.toCurrent(4)).toBe(4);
    expect(lines.map.toCurrent(8)).toBe(8);
  });
});

describe('DocumentLines', () => {
  it('goes on from the saved text after an undo that did not look like the edits', () => {
    const lines = new DocumentLines();
    lines.edited(deletion, 'edit', true);
    lines.edited([change(3, 3, 2)], 'undo', true);
    lines.dirtyChanged(false);
    lines.edited([change(0, 0, 1)], 'edit', false);
    lines.dirtyChanged(true);
    expect(lines.map.toCurrent(3)).toBe(4);
    expect(lines.map.toCurrent(8)).toBe(9);
  });

  it('goes back to the saved text when the document is closed', () => {
    const lines = new DocumentLines();
    lines.edited(deletion, 'edit', true);
    lines.saving();
    lines.saved();
    lines.edited([change(0, 0, 5)], 'edit', true);
    expect(lines.map.toCurrent(8)).toBe(12);
    lines.closed();
    expect(lines.map.toCurrent(8)).toBe(7);
  });

  it('keeps the map when only the unsaved state changes, as by a save elsewhere', () => {
    const lines = new DocumentLines();
    lines.edited(deletion, 'edit', true);
    lines.dirtyChanged(false);
    expect(lines.map.toCurrent(8)).toBe(7);
    lines.dirtyChanged(true);
    expect(lines.map.toCurrent(8)).toBe(7);
  });
});
