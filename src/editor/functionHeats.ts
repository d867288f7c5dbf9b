import * as vscode from 'vscode';
import { type DocumentFunctions, findFunctions } from './functionHeat';
import type { HeatFiles } from './heatFiles';
import type { HeatSource } from './heatSource';

const maxDocuments = 20;
/** Symbols follow typing at a distance. */
const typingMs = 400;
/** A language's server takes its time to start: its symbols are asked for again after these pauses. */
const retryMs = [500, 1500, 4000, 10_000, 30_000];

interface Known {
  readonly files: HeatFiles;
  readonly version: number;
  readonly functions: Promise<DocumentFunctions>;
}

/** The profile's functions by document, found through the languages' symbols, and found anew as they change. */
export class FunctionHeats implements vscode.Disposable {
  private readonly known = new Map<string, Known>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly tries = new Map<string, number>();
  private readonly changed = new vscode.EventEmitter<vscode.TextDocument>();
  /** A document's functions are to be asked for again: its text changed, or its language may be ready. */
  readonly onDidChange = this.changed.event;
  private readonly disposable: vscode.Disposable;

  /** @param lineNow where a line that a profile recorded (0-based) is in a document now, -1 where it was deleted */
  constructor(
    private readonly lineNow: (document: vscode.TextDocument, line: number, profile: HeatSource) => Promise<number>,
  ) {
    this.disposable = vscode.Disposable.from(
      this.changed,
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && this.known.has(document.uri.toString())) {
          this.later(document, typingMs);
        }
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.drop(document.uri.toString())),
    );
  }

  /**
   * @param files the answers about `profile`
   * @throws what the engine throws
   */
  async of(document: vscode.TextDocument, files: HeatFiles, profile: HeatSource): Promise<DocumentFunctions> {
    const key = document.uri.toString();
    const before = this.known.get(key);
    if (before?.files === files && before.version === document.version) {
      return before.functions;
    }
    const functions = findFunctions(document, files, (line) => this.lineNow(document, line, profile));
    const known = { files, version: document.version, functions };
    this.known.delete(key);
    this.known.set(key, known);
    for (const oldest of this.known.keys()) {
      if (this.known.size <= maxDocuments) break;
      this.drop(oldest);
    }
    try {
      const found = await functions;
      const tried = this.tries.get(key) ?? 0;
      if (!found.symbols && tried < retryMs.length && this.known.get(key) === known) {
        this.tries.set(key, tried + 1);
        this.later(document, retryMs[tried]!);
      }
      return found;
    } catch (error) {
      if (this.known.get(key) === known) {
        this.known.delete(key);
      }
      throw error;
    }
  }

  dispose(): void {
    for (const key of [...this.known.keys()]) {
      this.drop(key);
    }
    this.disposable.dispose();
  }

  private later(document: vscode.TextDocument, pauseMs: number): void {
    const key = document.uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.set(
      key,
      setTimeout(() => {
        this.timers.delete(key);
        this.known.delete(key);
        if (!document.isClosed) {
          this.changed.fire(document);
        }
      }, pauseMs),
    );
  }

  private drop(key: string): void {
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    this.tries.delete(key);
    this.known.delete(key);
  }
}
