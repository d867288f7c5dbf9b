import type * as vscode from 'vscode';

/** Lines of a document, 0-based, both included. */
export interface Lines {
  readonly from: number;
  readonly to: number;
}

/** What is to be marked in an editor. */
export interface MarkExtent {
  /** Those with backgrounds and gauges. */
  readonly lines: Lines;
  /** Whether the overview ruler has marks. */
  readonly ruler: boolean;
}

/** Files of more hot lines have marks near the visible part only. */
const mostMarked = 1000;
const margin = 400;
/** They are drawn anew once the visible lines come this close to the end of the marked ones. */
const slack = 120;
/** So long after its first marks such a file has those of the part that is seen: the window is busy drawing it. */
const openingMs = 400;
export const openingMargin = 20;

const allLines: Lines = { from: 0, to: Number.POSITIVE_INFINITY };

/** Decides which lines of an editor have marks: what the window draws at once is bounded, however many lines are hot. */
export class MarkedLines {
  private readonly extents = new WeakMap<vscode.TextEditor, MarkExtent>();
  /** When editors of long files had their first marks, in ms since the epoch. */
  private readonly opened = new WeakMap<vscode.TextEditor, number>();

  /**
   * What is to be marked now; that is taken to be marked from then on.
   *
   * @param count of the document's hot lines
   */
  mark(editor: vscode.TextEditor, count: number): MarkExtent {
    const extent = this.extentOf(editor, count);
    this.extents.set(editor, extent);
    return extent;
  }

  /** Whether the visible lines left those that are marked. */
  needed(editor: vscode.TextEditor): boolean {
    const extent = this.extents.get(editor);
    if (extent === undefined) return true;
    const opening = this.openingFor(editor) > 0;
    return !covers(editor, extent.lines, opening ? 0 : slack) || (!extent.ruler && !opening);
  }

  /** For how many more ms only the part that is seen is marked; 0 where all is. */
  openingFor(editor: vscode.TextEditor): number {
    const since = this.opened.get(editor);
    return since === undefined ? 0 : Math.max(0, since + openingMs - Date.now());
  }

  private extentOf(editor: vscode.TextEditor, count: number): MarkExtent {
    if (count <= mostMarked) return { lines: allLines, ruler: true };
    if (!this.opened.has(editor)) this.opened.set(editor, Date.now());
    const opening = this.openingFor(editor) > 0;
    return { lines: linesAround(editor, opening ? openingMargin : margin), ruler: !opening };
  }
}

/** The visible lines, and so many above and below. */
export function linesAround({ visibleRanges }: vscode.TextEditor, around: number): Lines {
  return {
    from: Math.max(0, Math.min(...visibleRanges.map(({ start }) => start.line)) - around),
    to: Math.max(...visibleRanges.map(({ end }) => end.line)) + around,
  };
}

/** Whether what is visible, and so many lines above and below, lies inside of `lines`. */
export function covers({ visibleRanges, document }: vscode.TextEditor, lines: Lines, around: number): boolean {
  const last = document.lineCount - 1;
  return visibleRanges.every(
    ({ start, end }) => Math.max(0, start.line - around) >= lines.from && Math.min(last, end.line + around) <= lines.to,
  );
}
