import * as vscode from 'vscode';

type DecorationType = vscode.TextEditorDecorationType;

/**
 * Marks whole lines of editors by decoration types. Each type that is set is a message to the window, which is busy with
 * a file that was just opened: types without lines are not set, but to take away the lines they had.
 */
export class LineMarks {
  /** The types that an editor has lines of. */
  private readonly used = new WeakMap<vscode.TextEditor, ReadonlySet<DecorationType>>();

  /** @param collect says which lines have which type; those of the last time go */
  draw(editor: vscode.TextEditor, collect: (add: (type: DecorationType, line: number) => void) => void): void {
    const ranges = new Map<DecorationType, vscode.Range[]>();
    collect((type, line) => {
      const range = new vscode.Range(line, 0, line, 0);
      const already = ranges.get(type);
      if (already === undefined) ranges.set(type, [range]);
      else already.push(range);
    });
    for (const type of this.used.get(editor) ?? []) {
      if (!ranges.has(type)) editor.setDecorations(type, []);
    }
    for (const [type, each] of ranges) {
      editor.setDecorations(type, each);
    }
    this.used.set(editor, new Set(ranges.keys()));
  }
}
