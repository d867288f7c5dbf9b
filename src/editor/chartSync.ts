import * as vscode from 'vscode';
import type { EngineApi } from '../engine/engineApi';
import type { Pointing } from '../protocol';
import { functionsOfLine } from './functionAtCursor';
import type { Heat } from './heat';

/** The cursor runs through many lines: the one where it stays is marked. */
const pauseMs = 120;
const mostFunctions = 100;

/**
 * Marks in the charts what the cursor is on: the frames of the hot line's functions. Only the editor that somebody works
 * in counts, so that a source that the charts themselves opened marks nothing.
 */
export class ChartSync implements vscode.Disposable {
  private readonly disposables: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;
  private question: AbortController | null = null;
  /** What the charts show now: the profile, and the functions. */
  private shown: { uri: vscode.Uri; key: string } | null = null;

  constructor(
    private readonly heat: Heat,
    private readonly engine: EngineApi,
    private readonly point: (profile: vscode.Uri, pointing: Pointing) => void,
    /** Whether there is an editor of the profile that could show anything. */
    private readonly hasEditor: (profile: vscode.Uri) => boolean,
  ) {
    this.disposables = [
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === vscode.window.activeTextEditor) {
          this.soon();
        }
      }),
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        // In a profile's editor what was marked stays: that is where one goes to look at it.
        if (editor !== undefined) {
          this.soon();
        }
      }),
      heat.onDidChange(() => {
        if (this.shown !== null) {
          this.soon();
        }
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('emberline.sync.cursor')) {
          this.soon();
        }
      }),
    ];
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.question?.abort();
    for (const disposable of this.disposables) {
      disposable.dispose();
    }
  }

  /** Something else is asked for in the charts: the cursor's line no longer is about to be marked. */
  yield(): void {
    clearTimeout(this.timer);
    this.question?.abort();
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.follow(), pauseMs);
  }

  private async follow(): Promise<void> {
    this.question?.abort();
    const { heatFiles, source } = this.heat;
    const editor = vscode.window.activeTextEditor;
    if (heatFiles === null || source === null || editor === undefined) {
      return;
    }
    if (!this.hasEditor(source.uri)) {
      this.shown = null;
      return;
    }
    const wanted = vscode.workspace.getConfiguration('emberline').get<boolean>('sync.cursor', true);
    const { document, selection } = editor;
    const { line } = selection.active;
    const question = new AbortController();
    this.question = question;
    try {
      const functions = wanted
        ? await functionsOfLine(this.engine, this.heat, heatFiles, document, line, question.signal)
        : [];
      if (!question.signal.aborted) {
        const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
        this.show(
          source.uri,
          heatFiles.profile,
          `${name}:${line + 1}`,
          functions.slice(0, mostFunctions).map(({ func }) => func),
        );
      }
    } catch {
      // The profile was closed meanwhile, or the cursor went on.
    }
  }

  private show(uri: vscode.Uri, profile: number, place: string, functions: number[]): void {
    const key = functions.length === 0 ? '' : `${profile} ${place} ${functions.join()}`;
    const before = this.shown;
    if (before !== null && before.uri.toString() !== uri.toString()) {
      this.point(before.uri, { kind: 'mark', functions: [], place: '' });
    } else if ((before?.key ?? '') === key) {
      return;
    }
    this.shown = functions.length === 0 ? null : { uri, key };
    this.point(uri, { kind: 'mark', functions, place });
  }
}
