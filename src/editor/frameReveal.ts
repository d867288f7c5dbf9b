import * as vscode from 'vscode';
import type { SourceResolver } from '../sources/sourceResolver';
import type { LineHighlight } from './lineHighlight';
import type { SourcePlace } from './sourceOpener';

/**
 * Shows where a frame is that is looked at in the charts, in the editors that show its file already: opens nothing, moves
 * neither focus nor cursor.
 */
export class FrameReveal {
  private latest = 0;

  constructor(
    private readonly resolver: SourceResolver,
    private readonly highlight: LineHighlight,
    /** Where a recorded line (0-based) is in a document now; -1 when it was deleted. */
    private readonly lineNow: (document: vscode.TextDocument, line: number) => Promise<number>,
  ) {}

  async show({ file, line }: SourcePlace): Promise<void> {
    const question = ++this.latest;
    const wanted = vscode.workspace.getConfiguration('emberline').get<boolean>('sync.frame', true);
    if (!wanted || file === null || line === null) {
      return;
    }
    const resolution = await this.resolver.resolve(file);
    if (resolution.kind !== 'found' || question !== this.latest) {
      return;
    }
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === resolution.uri);
    const now = editor === undefined ? -1 : await this.lineNow(editor.document, line - 1);
    if (question !== this.latest || editor === undefined || now < 0 || now >= editor.document.lineCount) {
      return;
    }
    editor.revealRange(new vscode.Range(now, 0, now, 0), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    this.highlight.show(editor, now);
  }
}
