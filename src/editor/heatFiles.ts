import type * as vscode from 'vscode';
import { type ViewSpec, withoutSplit } from '../analysis/viewSpec';
import type { EngineApi } from '../engine/engineApi';
import type { FunctionTablePage } from '../engine/functionApi';
import type { FileFunctions, HotPathAnswer, HotPathParams, HottestLines } from '../engine/hottestApi';
import type { FileLines, HotFile, ViewTotals } from '../engine/lineApi';
import { cellHashOf } from '../sources/notebookCells';
import { namesOfRecord, type SourceResolver } from '../sources/sourceResolver';
import { embeddedRecord } from './embeddedSources';
import { cellScheme } from './openCells';
import type { RememberedSources } from './rememberedSources';

const maxFileLines = 200;
/** A profile may have files of ten thousand hot lines, which take 300 kB each. */
const maxKeptLines = 100_000;
/** One document seldom stands for more records than this; `index.js` may have hundreds of namesakes. */
const maxNamesakes = 500;

interface Files {
  readonly hottest: readonly HotFile[];
  readonly byName: ReadonlyMap<string, readonly HotFile[]>;
  readonly byPath: ReadonlyMap<string, HotFile>;
  /** What notebook cells were compiled as. */
  readonly cells: readonly HotFile[];
}

/**
 * The engine's answers about files and lines of one profile as one view shows it, kept while that view is shown.
 */
export class HeatFiles {
  private files: Promise<Files> | null = null;
  private exact: Promise<readonly HotFile[]> | null = null;
  private whole: Promise<ViewTotals> | null = null;
  private readonly lines = new Map<number, Promise<FileLines>>();
  /** Lines of each answer that is there, and of all together. */
  private readonly counts = new Map<number, number>();
  private keptLines = 0;

  constructor(
    private readonly engine: EngineApi,
    private readonly resolver: SourceResolver,
    private readonly remembered: RememberedSources,
    readonly profile: number,
    readonly view: ViewSpec,
    /** Whether lines come with what their file and functions cost. */
    private readonly references = false,
  ) {}

  /** What 100 % is. */
  totals(): Promise<ViewTotals> {
    if (this.whole === null) {
      this.whole = this.engine.request('viewTotals', { profile: this.profile, view: this.view });
      this.whole.catch(() => {
        this.whole = null;
      });
    }
    return this.whole;
  }

  /** Files with samples and what each costs, hottest first. */
  fileTotals(): Promise<readonly HotFile[]> {
    if (this.exact === null) {
      this.exact = this.engine.request('hotFiles', { profile: this.profile, view: this.view, exact: true });
      this.exact.catch(() => {
        this.exact = null;
      });
    }
    return this.exact;
  }

  /** Files with samples, hottest first; a file's total is that of its hottest line. */
  async hottest(): Promise<readonly HotFile[]> {
    return (await this.all()).hottest;
  }

  /** The hottest lines of all files. */
  hottestLines(sort: 'self' | 'total', limit: number): Promise<HottestLines> {
    return this.engine.request('hottestLines', { profile: this.profile, view: this.view, sort, limit });
  }

  /** The functions of some recorded files, and those without a file that have one of some names. */
  functionsOf(files: number[], names: string[]): Promise<FileFunctions> {
    return this.engine.request('fileFunctions', { profile: this.profile, view: this.view, files, names });
  }

  /** The first functions of all, by what they cost. */
  topFunctions(sort: 'self' | 'total', limit: number): Promise<FunctionTablePage> {
    const { profile } = this;
    const view = withoutSplit(this.view);
    const filter = { query: '', regex: false, matchCase: false };
    return this.engine.request('functionTable', { profile, view, sort, descending: true, filter, offset: 0, limit });
  }

  /** The chain of heaviest callees. */
  hotPath(from: HotPathParams['from']): Promise<HotPathAnswer> {
    return this.engine.request('hotPath', { profile: this.profile, view: this.view, from });
  }

  /** The lines of every recorded file that means this document; files that merely share its name are left out. */
  async linesOf(document: vscode.TextDocument): Promise<FileLines[]> {
    const meant = await this.recordsOf(document);
    return Promise.all(meant.filter(({ hasLines }) => hasLines).map((file) => this.linesOfFile(file.file)));
  }

  /** The recorded files that mean this document, with lines or without. */
  async recordsOf(document: vscode.TextDocument): Promise<HotFile[]> {
    const { byName, byPath, cells } = await this.all();
    const embedded = embeddedRecord(document.uri);
    if (embedded !== null) {
      const file = byPath.get(embedded);
      return file === undefined ? [] : [file];
    }
    const uri = document.uri.toString();
    const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1).toLowerCase();
    const candidates = new Set(document.uri.scheme === cellScheme ? cells : byName.get(name)?.slice(0, maxNamesakes));
    for (const former of this.remembered.renamed.formerly(uri)) {
      const formerName = decodeURIComponent(former.slice(former.lastIndexOf('/') + 1)).toLowerCase();
      for (const file of byName.get(formerName)?.slice(0, maxNamesakes) ?? []) {
        candidates.add(file);
      }
    }
    for (const recorded of this.remembered.recordedAs(uri)) {
      const file = byPath.get(recorded);
      if (file !== undefined) {
        candidates.add(file);
      }
    }
    const meant: HotFile[] = [];
    for (const file of candidates) {
      const resolution = await this.resolver.resolve(file.path);
      if (resolution.kind === 'found' && resolution.uri === uri) {
        meant.push(file);
      }
    }
    return meant;
  }

  linesOfFile(file: number): Promise<FileLines> {
    let lines = this.lines.get(file);
    if (lines === undefined) {
      const { profile, view, references } = this;
      lines = this.engine.request('fileLines', { profile, view, file, references });
      lines.then(
        ({ line }) => this.keep(file, line.length),
        () => this.lines.delete(file),
      );
      if (this.lines.size >= maxFileLines) {
        this.drop(this.lines.keys().next().value!);
      }
      this.lines.set(file, lines);
    }
    return lines;
  }

  private keep(file: number, count: number): void {
    if (!this.lines.has(file)) return;
    this.counts.set(file, count);
    this.keptLines += count;
    for (const oldest of this.lines.keys()) {
      if (this.keptLines <= maxKeptLines || oldest === file) break;
      this.drop(oldest);
    }
  }

  private drop(file: number): void {
    this.lines.delete(file);
    this.keptLines -= this.counts.get(file) ?? 0;
    this.counts.delete(file);
  }

  private all(): Promise<Files> {
    if (this.files === null) {
      this.files = this.engine
        .request('hotFiles', { profile: this.profile, view: this.view })
        .then((hottest) => ({ hottest, ...indexFiles(hottest) }));
      this.files.catch(() => {
        this.files = null;
      });
    }
    return this.files;
  }
}

function indexFiles(files: readonly HotFile[]): Omit<Files, 'hottest'> {
  const byName = new Map<string, HotFile[]>();
  const byPath = new Map<string, HotFile>();
  for (const file of files) {
    const names = namesOfRecord(file.path);
    if (names.length > 0) {
      byPath.set(file.path, file);
    }
    for (const name of names) {
      const named = byName.get(name);
      if (named === undefined) {
        byName.set(name, [file]);
      } else {
        named.push(file);
      }
    }
  }
  const cells = files.filter(({ path }) => cellHashOf(path) !== null).slice(0, maxNamesakes);
  return { byName, byPath, cells };
}
