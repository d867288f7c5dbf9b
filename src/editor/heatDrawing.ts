import * as vscode from 'vscode';
import { ChangeDecorations } from './changeDecorations';
import { type DrawnHeat, HeatDecorations } from './heatDecorations';
import { noHotLines } from './hotLines';
import { inTurns } from './inTurns';
import { MarkedLines } from './markedLines';
import { isSourceDocument } from './sourceDocument';

/** Typing and scrolling come in bursts. */
const redrawMs = 30;
/** What labels stand by. */
const labelSettings = ['editor.wordWrap', 'editor.letterSpacing', 'editor.fontSize'] as const;

/** Draws the visible editors' hot lines, and draws them again as people scroll and editors change their shape. */
export class HeatDrawing implements vscode.Disposable {
  private readonly decorations = new HeatDecorations();
  private readonly changes = new ChangeDecorations();
  private readonly marked = new MarkedLines();
  private readonly timers = new Map<vscode.TextEditor, Waiting>();
  /** For the rest of the marks of long files that were just opened. */
  private readonly rests = new Map<vscode.TextEditor, NodeJS.Timeout>();
  private readonly disposable: vscode.Disposable;

  /**
   * @param heatOf what is to be drawn of a document now
   * @param stepsTo what takes time of that, step by step: between them comes whatever else the host has to do
   */
  constructor(
    private readonly heatOf: (document: vscode.TextDocument) => DrawnHeat,
    private readonly stepsTo: (document: vscode.TextDocument) => readonly (() => void)[],
  ) {
    this.disposable = vscode.Disposable.from(
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.redrawSoon(textEditor, false)),
      vscode.window.tabGroups.onDidChangeTabGroups(({ opened, closed }) => {
        // Labels stand nearer where editors are narrow.
        if (opened.length + closed.length > 0) this.redraw();
      }),
      vscode.window.tabGroups.onDidChangeTabs(({ opened, changed }) => {
        // The editors of a diff may be known before its tab.
        if ([...opened, ...changed].some(({ input }) => input instanceof vscode.TabInputTextDiff)) this.redraw();
      }),
      vscode.window.onDidChangeTextEditorOptions(({ textEditor }) => this.redrawSoon(textEditor, true)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (labelSettings.some((name) => event.affectsConfiguration(name))) {
          this.decorations.forgetSettings();
          this.redraw();
        }
        if (event.affectsConfiguration('diffEditor.renderSideBySide')) this.redraw();
      }),
    );
  }

  /** Draws all visible editors again, a little later. */
  redraw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      this.redrawEditor(editor);
    }
  }

  redrawEditor(editor: vscode.TextEditor): void {
    this.redrawSoon(editor, true);
  }

  redrawDocument(document: vscode.TextDocument): void {
    for (const editor of editorsOf(document)) this.redrawEditor(editor);
  }

  /** Draws at once. */
  drawEditor(editor: vscode.TextEditor): void {
    this.drawNow(editor, true);
  }

  /** Draws at once what was waited for. */
  drawDocument(document: vscode.TextDocument): void {
    for (const editor of editorsOf(document)) this.drawEditor(editor);
  }

  dispose(): void {
    for (const timer of [...[...this.timers.values()].map((waiting) => waiting.timer), ...this.rests.values()]) {
      clearTimeout(timer);
    }
    this.timers.clear();
    this.disposable.dispose();
    this.decorations.dispose();
    this.changes.dispose();
  }

  private redrawSoon(editor: vscode.TextEditor, lines: boolean): void {
    if (!isSourceDocument(editor.document)) {
      return;
    }
    const waiting = this.timers.get(editor);
    if (waiting !== undefined) {
      waiting.lines ||= lines;
      return;
    }
    const timer = setTimeout(() => void this.drawInSteps(editor), redrawMs);
    this.timers.set(editor, { timer, lines });
  }

  private async drawInSteps(editor: vscode.TextEditor): Promise<void> {
    const waiting = this.timers.get(editor);
    await inTurns(waiting?.lines === true ? this.stepsTo(editor.document) : [], () => {
      // Else it was drawn meanwhile.
      if (waiting !== undefined && this.timers.get(editor) === waiting) this.drawNow(editor, waiting.lines);
    });
  }

  private drawNow(editor: vscode.TextEditor, lines: boolean): void {
    clearTimeout(this.timers.get(editor)?.timer);
    this.timers.delete(editor);
    this.draw(editor, lines);
  }

  private draw(editor: vscode.TextEditor, lines: boolean): void {
    const { decorations } = this;
    const marks = lines || this.marked.needed(editor);
    const labels = lines || decorations.needsLabels(editor);
    if (!marks && !labels) {
      return;
    }
    const drawn = this.heatOf(editor.document);
    if (marks) {
      // With a baseline, lines tell how they changed.
      const none = { ...drawn, hot: noHotLines };
      const [heat, changes] = drawn.hot.baseline === null ? [drawn, none] : [none, drawn];
      const extent = this.marked.mark(editor, drawn.hot.lines.length);
      this.changes.drawMarks(editor, changes, extent);
      decorations.drawMarks(editor, heat, extent);
      this.drawRestLater(editor);
    }
    if (labels) {
      decorations.drawLabels(editor, drawn, this.marked.openingFor(editor) > 0);
    }
  }

  private drawRestLater(editor: vscode.TextEditor): void {
    const opening = this.marked.openingFor(editor);
    if (opening === 0 || this.rests.has(editor)) return;
    const timer = setTimeout(() => {
      this.rests.delete(editor);
      if (vscode.window.visibleTextEditors.includes(editor)) this.redrawSoon(editor, false);
    }, opening);
    this.rests.set(editor, timer);
  }
}

interface Waiting {
  readonly timer: NodeJS.Timeout;
  /** Whether the lines may be others, not only those that are seen. */
  lines: boolean;
}

function editorsOf(document: vscode.TextDocument): readonly vscode.TextEditor[] {
  return vscode.window.visibleTextEditors.filter((editor) => editor.document === document);
}
