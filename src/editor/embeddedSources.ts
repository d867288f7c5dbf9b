import * as vscode from 'vscode';
import type { EngineApi } from '../engine/engineApi';
import { parseRecordedPath } from '../sources/recordedPath';

export const embeddedScheme = 'emberline-source';

/** The record that a document of this scheme has the text of; null for other documents. */
export function embeddedRecord(uri: vscode.Uri): string | null {
  return uri.scheme === embeddedScheme ? uri.query : null;
}

/**
 * Read-only documents of sources that are not on disk, with the text that a source map of an open profile has. The path
 * of such a URI is for people and for the language; what counts is its query, the file as recorded. The engine reads the
 * text from the map when the document is opened; only the names are kept here.
 */
export class EmbeddedSources implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private files: Promise<ReadonlySet<string>> | null = null;
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(embeddedScheme, this);

  constructor(private readonly engine: EngineApi) {}

  /** The document's URI; null where no open profile's source map has the text. */
  async uriOf(recorded: string): Promise<vscode.Uri | null> {
    if (this.files === null) {
      const asked = this.engine.request('embeddedSources', {}).then((files): ReadonlySet<string> => new Set(files));
      this.files = asked;
      asked.catch(() => {
        if (this.files === asked) this.files = null;
      });
    }
    // Where the engine stopped, there is no text: what else is looked for goes on.
    const files = await this.files.catch(() => null);
    const path = files?.has(recorded) ? parseRecordedPath(recorded) : null;
    return path === null
      ? null
      : vscode.Uri.from({ scheme: embeddedScheme, path: `/${path.segments.join('/')}`, query: recorded });
  }

  /** Profiles were opened, read anew, or closed. */
  forget(): void {
    this.files = null;
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === embeddedScheme) this.changed.fire(uri);
    }
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string | null> {
    const text = await this.engine.request('embeddedSource', { file: uri.query });
    // An open document keeps the text that it has.
    const shown = vscode.workspace.textDocuments.some((each) => each.uri.toString() === uri.toString());
    if (text === null && !shown) {
      throw new Error('no open profile has a source map with its text: open the profile again, then click its frame.');
    }
    return text;
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}
