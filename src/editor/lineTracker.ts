import * as vscode from 'vscode';
import { DocumentLines, type EditKind } from './documentLines';
import { type LineChange, LineMap } from './lineMap';

/**
 * Follows the lines of documents through edits, for each open profile from the moment it was opened: what stood in a
 * document then is taken to be what was profiled. Of a document with unsaved edits at that moment, the text on disk.
 */
export class LineTracker implements vscode.Disposable {
  private readonly profiles = new Map<object, Map<string, DocumentLines>>();
  private readonly disposable: vscode.Disposable;
  private readonly moved = new vscode.EventEmitter<vscode.TextDocument>();
  /** Lines of a document moved. */
  readonly onDidMove = this.moved.event;

  constructor() {
    this.disposable = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => this.changed(event)),
      vscode.workspace.onWillSaveTextDocument(({ document }) => this.forEach(document, (lines) => lines.saving())),
      vscode.workspace.onDidSaveTextDocument((document) => this.forEach(document, (lines) => lines.saved())),
      vscode.workspace.onDidCloseTextDocument((document) => this.forEach(document, (lines) => lines.closed())),
      this.moved,
    );
  }

  /** Starts (anew) for a profile that was just read. */
  start(profile: object): void {
    const documents = new Map<string, DocumentLines>();
    this.profiles.set(profile, documents);
    for (const document of vscode.workspace.textDocuments) {
      if (document.isDirty && document.uri.scheme === 'file') {
        void this.startDirty(documents, document);
      }
    }
  }

  /** Takes over what was followed for another profile of the same text: a copy that was opened later. */
  adopt(profile: object, of: object): void {
    const documents = this.profiles.get(of);
    if (documents !== undefined) {
      this.profiles.set(profile, new Map([...documents].map(([uri, lines]) => [uri, lines.copy()])));
    }
  }

  stop(profile: object): void {
    this.profiles.delete(profile);
  }

  mapFor(profile: object, document: vscode.TextDocument): LineMap {
    return this.profiles.get(profile)?.get(document.uri.toString())?.map ?? LineMap.identity;
  }

  dispose(): void {
    this.disposable.dispose();
    this.profiles.clear();
  }

  private async startDirty(documents: Map<string, DocumentLines>, document: vscode.TextDocument): Promise<void> {
    try {
      const bytes = await vscode.workspace.fs.readFile(document.uri);
      const onDisk = new TextDecoder().decode(bytes).split(/\r\n|\r|\n/);
      const now = Array.from({ length: document.lineCount }, (_, line) => document.lineAt(line).text);
      documents.set(document.uri.toString(), new DocumentLines(LineMap.between(onDisk, now)));
      this.moved.fire(document);
    } catch {
      // Never saved, or gone: its lines stay where they are.
    }
  }

  private changed({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    if (this.profiles.size === 0) {
      return;
    }
    let moved = false;
    if (contentChanges.length === 0) {
      this.forEach(document, (lines) => {
        const before = lines.map;
        lines.dirtyChanged(document.isDirty);
        moved ||= lines.map !== before;
      });
    } else {
      const key = document.uri.toString();
      const changes = lineChanges(document, contentChanges);
      for (const documents of this.profiles.values()) {
        const lines = documents.get(key) ?? new DocumentLines();
        documents.set(key, lines);
        const before = lines.map;
        lines.edited(changes, kindOf(reason), document.isDirty);
        moved ||= lines.map !== before;
      }
    }
    if (moved) {
      this.moved.fire(document);
    }
  }

  private forEach(document: vscode.TextDocument, act: (lines: DocumentLines) => void): void {
    const key = document.uri.toString();
    for (const documents of this.profiles.values()) {
      const lines = documents.get(key);
      if (lines !== undefined) {
        act(lines);
      }
    }
  }
}

function kindOf(reason: vscode.TextDocumentChangeReason | undefined): EditKind {
  if (reason === undefined) {
    return 'edit';
  }
  return reason === vscode.TextDocumentChangeReason.Undo ? 'undo' : 'redo';
}

/**
 * The changes of one event as they touch lines, last one in the document first, so that each may be applied as it
 * stands. What stays of the first and last line is read from the document, which has all changes already.
 */
function lineChanges(
  document: vscode.TextDocument,
  changes: readonly vscode.TextDocumentContentChangeEvent[],
): LineChange[] {
  const ascending = [...changes].sort((a, b) => a.rangeOffset - b.rangeOffset);
  const lines: LineChange[] = [];
  let shift = 0;
  for (const { range, text } of ascending) {
    const inserted = text.split(/\r\n|\r|\n/);
    const insertedBreaks = inserted.length - 1;
    const removed = range.end.line - range.start.line;
    if (removed !== 0 || insertedBreaks !== 0) {
      const first = range.start.line + shift;
      const last = Math.min(first + insertedBreaks, document.lineCount - 1);
      const head = document.lineAt(Math.min(first, last)).text.slice(0, range.start.character);
      const tailFrom = inserted.at(-1)!.length + (insertedBreaks === 0 ? range.start.character : 0);
      const headLength = head.trim().length;
      const tailLength = document.lineAt(last).text.slice(tailFrom).trim().length;
      // A line that is split (a comment was typed before it, say) goes on where more of it is.
      const split = removed === 0 && headLength > 0 && tailLength > 0;
      lines.push({
        startLine: range.start.line,
        endLine: range.end.line,
        insertedBreaks,
        headStays: split ? headLength >= tailLength : headLength > 0,
        tailStays: split ? tailLength > headLength : tailLength > 0,
      });
    }
    shift += insertedBreaks - removed;
  }
  return lines.reverse();
}
