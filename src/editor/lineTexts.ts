import * as vscode from 'vscode';
import type { SourceResolver } from '../sources/sourceResolver';
import type { RememberedSources } from './rememberedSources';
import { isWithinReach } from './sourceReach';

/** Larger files are generated: their lines would fill the view. */
const largestFile = 512 * 1024;
const maxFiles = 30;
const maxText = 160;

/** What recorded lines say: from the open document where there is one, else from the file. Keeps few files. */
export class LineTexts implements vscode.Disposable {
  private readonly files = new Map<string, Promise<readonly string[] | null>>();
  private readonly disposable = vscode.workspace.onDidSaveTextDocument(({ uri }) => this.files.delete(uri.toString()));

  constructor(
    private readonly resolver: SourceResolver,
    private readonly remembered: RememberedSources,
    /** Where a recorded line (0-based) is in a document now; -1 when it was deleted. */
    private readonly lineNow: (document: vscode.TextDocument, line: number) => Promise<number>,
  ) {}

  /** The file that a record means, where it is found and may be shown without asking. */
  async uriOf(path: string): Promise<vscode.Uri | null> {
    const resolution = await this.resolver.resolve(path);
    const uri = resolution.kind === 'found' ? vscode.Uri.parse(resolution.uri, true) : null;
    return uri !== null && isWithinReach(uri, this.remembered) ? uri : null;
  }

  /** A recorded line's text without its indent, on one line; null where it is not to be had. @param line 1-based */
  async textOf(path: string, line: number): Promise<string | null> {
    return (await this.placeOf(path, line))?.text ?? null;
  }

  /** Where a recorded line is now, with its text; null where that is not to be had. Lines are 1-based. */
  async placeOf(path: string, line: number): Promise<{ uri: vscode.Uri; line: number; text: string } | null> {
    const uri = await this.uriOf(path);
    if (uri === null) {
      return null;
    }
    const key = uri.toString();
    const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === key);
    if (document !== undefined) {
      const now = await this.lineNow(document, line - 1);
      const there = now >= 0 && now < document.lineCount;
      return there ? { uri, line: now + 1, text: shortened(document.lineAt(now).text) } : null;
    }
    const text = (await this.linesOf(uri))?.[line - 1];
    return text === undefined ? null : { uri, line, text: shortened(text) };
  }

  /** Files may have changed. */
  forget(): void {
    this.files.clear();
  }

  dispose(): void {
    this.disposable.dispose();
    this.files.clear();
  }

  private linesOf(uri: vscode.Uri): Promise<readonly string[] | null> {
    const key = uri.toString();
    const known = this.files.get(key) ?? readLines(uri);
    // Used last is kept longest.
    this.files.delete(key);
    this.files.set(key, known);
    if (this.files.size > maxFiles) {
      this.files.delete(this.files.keys().next().value!);
    }
    return known;
  }
}

async function readLines(uri: vscode.Uri): Promise<readonly string[] | null> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > largestFile) {
      return null;
    }
    const bytes = await vscode.workspace.fs.readFile(uri);
    return new TextDecoder().decode(bytes).split(/\r\n|\r|\n/);
  } catch {
    return null;
  }
}

function shortened(text: string): string {
  const line = text
    .slice(0, 4 * maxText)
    .trim()
    .replace(/\s+/g, ' ');
  return line.length > maxText ? `${line.slice(0, maxText - 1)}…` : line;
}
