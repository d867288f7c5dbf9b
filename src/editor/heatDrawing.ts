import * as vscode from 'vscode';
import { ChangeDecorations } from './changeDecorations';
import { type DrawnHeat, HeatDecorations } from './heatDecorations';
import { noHotLines } from './hotLines';
import { isSourceDocument } from './sourceDocument';

/** Typing and scrolling come in bursts. */
const redrawMs = 30;

/** Draws the visible editors' hot lines, and draws them again as people scroll and editors change their shape. */
export class HeatDrawing implements vscode.Disposable {
  private readonly decorations = new HeatDecorations();
  private readonly changes = new ChangeDecorations();
  private readonly timers = new Map<vscode.TextEditor, { timer: NodeJS.Timeout; lines: boolean }>();
  private readonly disposable: vscode.Disposable;

  /** @param heatOf what is to be drawn of a document now */
  constructor(private readonly heatOf: (document: vscode.TextDocument) => DrawnHeat) {
    this.disposable = vscode.Disposable.from(
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.redrawSoon(textEditor, false)),
      vscode.window.tabGroups.onDidChangeTabGroups(({ opened, closed }) => {
        // Labels stand nearer where editors are narrow.
        if (opened.length + closed.length > 0) this.redraw();
      }),
      vscode.window.onDidChangeTextEditorOptions(({ textEditor }) => this.redrawSoon(textEditor, true)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('editor.wordWrap') || event.affectsConfiguration('editor.letterSpacing')) {
          this.decorations.forgetSettings();
          this.redraw();
        }
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
    for (const { timer } of this.timers.values()) {
      clearTimeout(timer);
    }
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
    const timer = setTimeout(() => this.drawNow(editor, this.timers.get(editor)?.lines ?? true), redrawMs);
    this.timers.set(editor, { timer, lines });
  }

  private drawNow(editor: vscode.TextEditor, lines: boolean): void {
    clearTimeout(this.timers.get(editor)?.timer);
    this.timers.delete(editor);
    this.draw(editor, lines);
  }

  private draw(editor: vscode.TextEditor, lines: boolean): void {
    const { decorations } = this;
    const marks = lines || decorations.needsMarks(editor);
    const labels = lines || decorations.needsLabels(editor);
    if (!marks && !labels) {
      return;
    }
    const drawn = this.heatOf(editor.document);
    // With a baseline, lines tell how they changed.
    const compared = drawn.hot.baseline !== null;
    if (lines) {
      this.changes.drawLines(editor, compared ? drawn.hot : noHotLines, drawn.look.metric);
    }
    if (marks) {
      decorations.drawMarks(editor, compared ? { ...drawn, hot: noHotLines } : drawn);
    }
    if (labels) {
      decorations.drawLabels(editor, drawn);
    }
  }
}

function editorsOf(document: vscode.TextDocument): readonly vscode.TextEditor[] {
  return vscode.window.visibleTextEditors.filter((editor) => editor.document === document);
}
