import * as vscode from 'vscode';
import { type LineChange, LineMap } from './lineMap';

interface TrackedDocument {
  map: LineMap;
  /** The map for what is on disk. */
  saved: LineMap;
  /** What undo leads back to, latest last. */
  readonly history: Step[];
}

/** An edit that moved lines: the map before it, and what an edit that takes it back looks like. */
interface Step {
  readonly before: LineMap;
  readonly inverse: string;
}

const maxSteps = 200;

/**
 * Follows the lines of documents through edits, for each open profile from the moment it was opened: what stood in a
 * document then is taken to be what was profiled. Of a document with unsaved edits at that moment, the text on disk.
 */
export class LineTracker implements vscode.Disposable {
  private readonly profiles = new Map<object, Map<string, TrackedDocument>>();
  /** Documents whose last edit was an undo or redo, which may lead back to the saved text. */
  private readonly undone = new Set<string>();
  private readonly disposable: vscode.Disposable;
  private readonly moved = new vscode.EventEmitter<vscode.TextDocument>();
  /** Lines of a document moved. */
  readonly onDidMove = this.moved.event;

  constructor() {
    this.disposable = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => this.changed(event)),
      vscode.workspace.onWillSaveTextDocument(({ document }) => this.undone.delete(document.uri.toString())),
      vscode.workspace.onDidSaveTextDocument((document) => this.saved(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.closed(document)),
      this.moved,
    );
  }

  /** Starts (anew) for a profile that was just read. */
  start(profile: object): void {
    const documents = new Map<string, TrackedDocument>();
    this.profiles.set(profile, documents);
    for (const document of vscode.workspace.textDocuments) {
      if (document.isDirty && document.uri.scheme === 'file') {
        void this.startDirty(documents, document);
      }
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

  private async startDirty(documents: Map<string, TrackedDocument>, document: vscode.TextDocument): Promise<void> {
    try {
      const bytes = await vscode.workspace.fs.readFile(document.uri);
      const onDisk = new TextDecoder().decode(bytes).split(/\r\n|\r|\n/);
      const now = Array.from({ length: document.lineCount }, (_, line) => document.lineAt(line).text);
      documents.set(document.uri.toString(), {
        map: LineMap.between(onDisk, now),
        saved: LineMap.identity,
        history: [],
      });
      this.moved.fire(document);
    } catch {
      // Never saved, or gone: its lines stay where they are.
    }
  }

  private changed({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    if (this.profiles.size === 0) {
      return;
    }
    const key = document.uri.toString();
    if (contentChanges.length > 0) {
      if (reason === undefined) {
        this.undone.delete(key);
      } else {
        this.undone.add(key);
      }
    }
    const changes = lineChanges(document, contentChanges);
    const backToSaved = !document.isDirty && this.undone.has(key);
    if (changes.length === 0 && !backToSaved) {
      return;
    }
    const undoing = reason === vscode.TextDocumentChangeReason.Undo;
    for (const documents of this.profiles.values()) {
      const tracked = documents.get(key) ?? { map: LineMap.identity, saved: LineMap.identity, history: [] };
      documents.set(key, tracked);
      const last = tracked.history.at(-1);
      if (backToSaved) {
        tracked.map = tracked.saved;
        tracked.history.length = 0;
      } else if (undoing && last !== undefined && last.inverse === shapeOf(changes)) {
        // The lines that the edit took are back, and so are their marks.
        tracked.map = last.before;
        tracked.history.pop();
      } else {
        tracked.history.push({ before: tracked.map, inverse: inverseShapeOf(changes) });
        tracked.history.splice(0, tracked.history.length - maxSteps);
        tracked.map = changes.reduce((map, change) => map.apply(change), tracked.map);
      }
    }
    this.moved.fire(document);
  }

  private saved(document: vscode.TextDocument): void {
    for (const documents of this.profiles.values()) {
      const tracked = documents.get(document.uri.toString());
      if (tracked !== undefined) {
        tracked.saved = tracked.map;
      }
    }
  }

  /** Unsaved edits go with the document. */
  private closed(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    this.undone.delete(key);
    for (const documents of this.profiles.values()) {
      const tracked = documents.get(key);
      if (tracked !== undefined) {
        tracked.map = tracked.saved;
        tracked.history.length = 0;
      }
    }
  }
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
      lines.push({
        startLine: range.start.line,
        endLine: range.end.line,
        insertedBreaks,
        headStays: head.trim() !== '',
        tailStays: document.lineAt(last).text.slice(tailFrom).trim() !== '',
      });
    }
    shift += insertedBreaks - removed;
  }
  return lines.reverse();
}

/** Which lines an edit replaced by how many, as text to be compared. `changes` as `lineChanges` gives them. */
function shapeOf(changes: readonly LineChange[]): string {
  return changes
    .map(({ startLine, endLine, insertedBreaks }) => `${startLine}:${endLine - startLine}:${insertedBreaks}`)
    .reverse()
    .join();
}

/** The shape of the edit that takes these changes back. */
function inverseShapeOf(changes: readonly LineChange[]): string {
  let shift = 0;
  const inverse: string[] = [];
  for (const { startLine, endLine, insertedBreaks } of changes.toReversed()) {
    inverse.push(`${startLine + shift}:${insertedBreaks}:${endLine - startLine}`);
    shift += insertedBreaks - (endLine - startLine);
  }
  return inverse.join();
}
