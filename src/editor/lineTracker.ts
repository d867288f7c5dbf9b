import * as vscode from 'vscode';
import { alignLines } from '../sources/alignLines';
import { signLines } from '../sources/lineSignatures';
import { DocumentLines } from './documentLines';
import type { HeatSource } from './heatSource';
import { type LineChange, LineMap } from './lineMap';
import { isDoubtful, type RecordedText, type RecordedTexts } from './recordedTexts';
import { maxSignedLength, signDocument } from './signedDocuments';

interface Tracked {
  readonly text: RecordedText | null;
  readonly lines: DocumentLines;
}

/**
 * Where the lines that each profile was recorded of are in open documents. What was recorded is asked for once a
 * document (`RecordedTexts`); edits are followed as long as it is open. Of closed documents nothing is kept.
 */
export class LineTracker implements vscode.Disposable {
  private readonly profiles = new Map<object, Map<string, Tracked>>();
  private readonly preparing = new Map<object, Map<string, Promise<void>>>();
  private readonly disposable: vscode.Disposable;
  private readonly moved = new vscode.EventEmitter<vscode.TextDocument>();
  /** Lines of a document moved. */
  readonly onDidMove = this.moved.event;

  constructor(private readonly recorded: RecordedTexts) {
    this.disposable = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => this.changed(event)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.forget(uri)),
      recorded.onDidChange((profile) => this.stop(profile)),
      this.moved,
    );
  }

  /** Finds out what was recorded of a document, so that `mapFor` knows. Never rejects. */
  async prepare(profile: HeatSource, document: vscode.TextDocument): Promise<void> {
    const key = document.uri.toString();
    if (this.profiles.get(profile)?.has(key)) return;
    const preparing = this.preparing.get(profile) ?? new Map<string, Promise<void>>();
    this.preparing.set(profile, preparing);
    let asked = preparing.get(key);
    if (asked === undefined) {
      asked = this.recorded.find(profile, document.uri).then((text) => {
        // Closed, or to be asked again: whoever asks then gets the answer.
        if (preparing.get(key) !== asked || document.isClosed) return;
        const documents = this.profiles.get(profile) ?? new Map<string, Tracked>();
        this.profiles.set(profile, documents);
        documents.set(key, { text, lines: new DocumentLines(text?.lines ?? null) });
        this.moved.fire(document);
      });
      preparing.set(key, asked);
    }
    await asked;
    if (preparing.get(key) === asked) preparing.delete(key);
  }

  /** The identity until the document is prepared. */
  mapFor(profile: HeatSource, document: vscode.TextDocument): LineMap {
    const tracked = this.tracked(profile, document);
    return tracked?.lines.map(document.version, () => signDocument(document)) ?? LineMap.identity;
  }

  /** Where the profiled lines are in the text of a file that is not open, and whether that is in doubt. Never rejects. */
  async mapOfFile(profile: HeatSource, uri: vscode.Uri, text: string): Promise<{ map: LineMap; doubtful: boolean }> {
    const recorded = await this.recorded.find(profile, uri);
    if (recorded === null || text.length > maxSignedLength) return { map: LineMap.identity, doubtful: false };
    const map = LineMap.of(alignLines(recorded.lines, signLines(text, uri.path)));
    return { map, doubtful: isDoubtful(recorded) };
  }

  /** What the document's lines are compared with; null where nothing is known of it. */
  textFor(profile: HeatSource, document: vscode.TextDocument): RecordedText | null {
    return this.tracked(profile, document)?.text ?? null;
  }

  /** The profile was closed, or what was recorded is another text. */
  stop(profile: object): void {
    this.profiles.delete(profile);
    // What is being asked for is of before: it must not be taken for the answer.
    this.preparing.get(profile)?.clear();
    this.preparing.delete(profile);
  }

  dispose(): void {
    this.disposable.dispose();
    this.profiles.clear();
  }

  private tracked(profile: object, document: vscode.TextDocument): Tracked | undefined {
    return this.profiles.get(profile)?.get(document.uri.toString());
  }

  private forget(uri: vscode.Uri): void {
    for (const documents of [...this.profiles.values(), ...this.preparing.values()]) {
      documents.delete(uri.toString());
    }
  }

  private changed({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const key = document.uri.toString();
    const tracked = [...this.profiles.values()].flatMap((documents) => documents.get(key) ?? []);
    if (tracked.length === 0 || contentChanges.length === 0) return;
    const changes = lineChanges(document, contentChanges);
    for (const { lines } of tracked) {
      lines.edited(changes);
    }
    this.moved.fire(document);
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
