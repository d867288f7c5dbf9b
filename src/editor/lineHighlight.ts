import * as vscode from 'vscode';

/** Long enough to find the line, in case the cursor stays. */
const longestMs = 10_000;

/** Marks the line that a jump landed on, until the cursor moves, another jump is made, or some seconds have passed. */
export class LineHighlight implements vscode.Disposable {
  private readonly type = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
    borderColor: new vscode.ThemeColor('editor.rangeHighlightBorder'),
    borderWidth: '1px 0',
    borderStyle: 'solid',
  });
  private shown: { editor: vscode.TextEditor; line: number; timer: NodeJS.Timeout } | null = null;
  private readonly selection = vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
    if (this.shown?.editor === textEditor && selections[0]?.active.line !== this.shown.line) {
      this.clear();
    }
  });

  show(editor: vscode.TextEditor, line: number): void {
    this.clear();
    editor.setDecorations(this.type, [new vscode.Range(line, 0, line, 0)]);
    this.shown = { editor, line, timer: setTimeout(() => this.clear(), longestMs) };
  }

  dispose(): void {
    this.clear();
    this.selection.dispose();
    this.type.dispose();
  }

  private clear(): void {
    if (this.shown !== null) {
      clearTimeout(this.shown.timer);
      this.shown.editor.setDecorations(this.type, []);
      this.shown = null;
    }
  }
}
