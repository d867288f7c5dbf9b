import * as vscode from 'vscode';
import type { SourceResolver } from '../sources/sourceResolver';
import { embeddedScheme } from './embeddedSources';
import type { Heat } from './heat';
import type { HeatSource } from './heatSource';
import { LineMap } from './lineMap';
import type { LineTracker } from './lineTracker';
import { statOf, textOf } from './localFiles';
import { isDoubtful } from './recordedTexts';
import type { RememberedSources } from './rememberedSources';
import { isWithinReach } from './sourceReach';

/** Larger files are generated: their lines would fill the view. */
const largestFile = 512 * 1024;
const maxFiles = 30;
const maxText = 160;
/** What was read is taken as it is for so long, then the file is looked at again. */
const freshMs = 2000;

/** Where a recorded line is now, and what it says. */
export interface LinePlace {
  /** Null where the file is not found, or is not to be shown without asking. */
  readonly uri: vscode.Uri | null;
  /** The file as it is called now; as recorded where it is not to be had. */
  readonly file: string;
  /** 1-based; as recorded where nothing is known, null where the line is gone. */
  readonly line: number | null;
  /** Without indent, on one line; null where it is not to be had. */
  readonly text: string | null;
  /** Whether its code is another than was recorded. */
  readonly changed: boolean;
  /** Whether it may be another line: see `HotLines.doubtful`. */
  readonly doubtful: boolean;
}

interface FileLines {
  /** Tells whether the file was written since. */
  readonly stamp: string;
  readonly texts: readonly string[];
  /** Where the profile's lines are in them. */
  readonly map: LineMap;
  readonly doubtful: boolean;
}

interface KnownFile {
  readonly source: HeatSource | null;
  /** When it was looked at last, in ms since the epoch. */
  looked: number;
  readonly lines: Promise<FileLines | null>;
}

const unmoved = { map: LineMap.identity, doubtful: false };

/** What recorded lines say: from the open document where there is one, else from the file. Keeps few files. */
export class LineTexts implements vscode.Disposable {
  private readonly files = new Map<string, KnownFile>();
  private readonly disposable = vscode.workspace.onDidSaveTextDocument(({ uri }) => this.files.delete(uri.toString()));

  constructor(
    private readonly resolver: SourceResolver,
    private readonly remembered: RememberedSources,
    private readonly heat: Heat,
    private readonly tracker: LineTracker,
  ) {}

  /** The file that a record means, where it is found and may be shown without asking. */
  async uriOf(path: string): Promise<vscode.Uri | null> {
    const resolution = await this.resolver.resolve(path);
    const uri = resolution.kind === 'found' ? vscode.Uri.parse(resolution.uri, true) : null;
    return uri !== null && isWithinReach(uri, this.remembered) ? uri : null;
  }

  /** Where a recorded line is now. @param line 1-based @param source its profile: the one that glows unless said */
  async placeOf(path: string, line: number, source: HeatSource | null = this.heat.source): Promise<LinePlace> {
    const uri = await this.uriOf(path);
    const found = uri === null ? null : await this.linesOf(uri, source);
    if (uri === null || found === null) return { uri, file: path, line, text: null, changed: false, doubtful: false };
    const now = found.map.toCurrent(line - 1);
    const text = found.textAt(now);
    return {
      uri,
      file: uri.path,
      line: now < 0 ? null : now + 1,
      text: text === undefined ? null : shortened(text),
      changed: now >= 0 && found.map.isChanged(line - 1),
      doubtful: found.doubtful,
    };
  }

  /** Files may have changed. */
  forget(): void {
    this.files.clear();
  }

  dispose(): void {
    this.disposable.dispose();
    this.files.clear();
  }

  private async linesOf(
    uri: vscode.Uri,
    source: HeatSource | null,
  ): Promise<{ map: LineMap; doubtful: boolean; textAt: (line: number) => string | undefined } | null> {
    const key = uri.toString();
    const document =
      vscode.workspace.textDocuments.find((each) => each.uri.toString() === key) ??
      (uri.scheme === embeddedScheme ? await openedText(uri) : undefined);
    if (document !== undefined) {
      if (source !== null) await this.tracker.prepare(source, document);
      const map = source === null ? LineMap.identity : this.tracker.mapFor(source, document);
      const doubtful = source !== null && isDoubtful(this.tracker.textFor(source, document));
      const textAt = (at: number): string | undefined =>
        at >= 0 && at < document.lineCount ? document.lineAt(at).text : undefined;
      return { map, doubtful, textAt };
    }
    const before = this.files.get(key);
    const kept = before?.source === source && (await isFresh(before, uri));
    const known = kept ? before : { source, looked: Date.now(), lines: this.read(uri, source) };
    // Used last is kept longest.
    this.files.delete(key);
    this.files.set(key, known);
    if (this.files.size > maxFiles) {
      this.files.delete(this.files.keys().next().value!);
    }
    const lines = await known.lines;
    return lines === null ? null : { ...lines, textAt: (at) => lines.texts[at] };
  }

  private async read(uri: vscode.Uri, source: HeatSource | null): Promise<FileLines | null> {
    try {
      const { size, mtime } = await statOf(uri);
      if (size > largestFile) return null;
      const text = await textOf(uri);
      const places = source === null ? unmoved : await this.tracker.mapOfFile(source, uri, text);
      return { stamp: `${mtime} ${size}`, texts: text.split(/\r\n|\r|\n/), ...places };
    } catch {
      return null;
    }
  }
}

/** The text in a source map is no file: it is had as a document only. */
function openedText(uri: vscode.Uri): Thenable<vscode.TextDocument | undefined> {
  return vscode.workspace.openTextDocument(uri).then(
    (document) => document,
    () => undefined,
  );
}

async function isFresh(known: KnownFile, uri: vscode.Uri): Promise<boolean> {
  if (Date.now() - known.looked < freshMs) return true;
  known.looked = Date.now();
  const lines = await known.lines;
  return statOf(uri).then(
    ({ mtime, size }) => lines?.stamp === `${mtime} ${size}`,
    () => lines === null,
  );
}

function shortened(text: string): string {
  const line = text
    .slice(0, 4 * maxText)
    .trim()
    .replace(/\s+/g, ' ');
  return line.length > maxText ? `${line.slice(0, maxText - 1)}…` : line;
}
