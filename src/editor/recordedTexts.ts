import { setImmediate as nextTurn } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { EngineApi } from '../engine/engineApi';
import { clockMs, FileStamps } from '../sources/fileStamps';
import { isSameText, type LineSignatures, signLines } from '../sources/lineSignatures';
import { type ProfileCommit, profileCommit } from '../sources/profileCommit';
import type { SourceResolver } from '../sources/sourceResolver';
import { embeddedScheme } from './embeddedSources';
import { findRenamed } from './findRenamed';
import type { GitTexts } from './gitTexts';
import type { HeatSource } from './heatSource';
import { statOf, textOf } from './localFiles';
import { cellScheme, recordedCellText } from './openCells';
import { type RecordedFile, type RecordedLineStore, type RecordedSources, recordingKey } from './recordedLineStore';
import type { RenamedFiles } from './renamedFiles';
import { maxSignedLength, signDocument, takeSigned } from './signedDocuments';

/** What a document's lines are compared with. */
export interface RecordedText {
  readonly lines: LineSignatures;
  /** Whether this is the text that was profiled; else the best that is known: the text when the profile was first opened. */
  readonly certain: boolean;
  /** The commit that it is of; null where it is not git's. */
  readonly commit: string | null;
}

/** Whether it is a guess: the file was written after the recording, and nothing tells its text before. */
export function isDoubtful(text: RecordedText | null): boolean {
  return text !== null && !text.certain && text.commit === null;
}

export interface RecordedTextsServices {
  readonly engine: EngineApi;
  readonly resolver: SourceResolver;
  readonly store: RecordedLineStore;
  readonly git: GitTexts;
  readonly renamed: RenamedFiles;
  readonly output: vscode.LogOutputChannel;
}

interface OpenRecord {
  key: string;
  readonly sources: Promise<RecordedSources>;
  ended: boolean;
  /** Where renamed files were looked for already. */
  readonly tried: Set<string>;
  saving: NodeJS.Timeout | undefined;
  /** What git is to be asked about. */
  readonly doubts: Map<vscode.Uri, RecordedFile>;
  /** What it was asked about, once each. */
  readonly doubted: WeakSet<RecordedFile>;
}

/** The hottest files' lines are remembered, within this many lines a profile. */
const mostFiles = 500;
const mostLines = 300_000;
/** With those of files that were opened. */
const mostRemembered = 1000;
/** One file after another may be opened, and each is drawn first. The end saves at once. */
const saveAfterMs = 2000;
const hash = /^[0-9a-f]{7,64}$/;

/**
 * Knows what each profile's sources were when it was recorded: as git has them at the commit that the user or the
 * profile names, else as they were on disk when the profile was captured or first opened, which is remembered (as
 * hashes of lines) from then on.
 */
export class RecordedTexts implements vscode.Disposable {
  private readonly open = new Map<HeatSource, OpenRecord>();
  private readonly changed = new vscode.EventEmitter<HeatSource>();
  /** What was recorded of a profile's sources is to be asked for again. */
  readonly onDidChange = this.changed.event;
  private readonly renames = new vscode.EventEmitter<void>();
  /** Files were found to have other names now. */
  readonly onDidFindRenames = this.renames.event;

  /** Whether renamed files are looked for, and are to be once more. */
  private looking: 'no' | 'now' | 'again' = 'no';

  constructor(private readonly services: RecordedTextsServices) {}

  /** A profile was read, or (a live capture) read anew: what its sources are now is remembered, if it is not yet. */
  start(profile: HeatSource): void {
    const { summary } = profile.status;
    if (summary === undefined) return;
    const key = recordingKey(summary, profile.uri);
    const known = this.open.get(profile);
    if (known !== undefined) {
      if (known.key !== key) this.rename(known, key);
      return;
    }
    const sources = this.services.store.load(key).then((stored) => stored ?? { commit: null, files: new Map() });
    const record: OpenRecord = {
      key,
      sources,
      ended: false,
      tried: new Set(),
      saving: undefined,
      doubts: new Map(),
      doubted: new WeakSet(),
    };
    this.open.set(profile, record);
    void this.remember(profile, record).catch((error: unknown) => {
      this.services.output.warn(`Remembering the sources of ${profile.name}: ${String(error)}`);
    });
  }

  stop(profile: HeatSource): void {
    const record = this.open.get(profile);
    if (record === undefined) return;
    record.ended = true;
    this.open.delete(profile);
    if (record.saving !== undefined) void this.save(record);
  }

  /** Takes over what is known of another profile of the same text: a copy that was opened later. */
  async adopt(copy: HeatSource, of: HeatSource): Promise<void> {
    this.start(copy);
    const [mine, other] = [this.open.get(copy), this.open.get(of)];
    if (mine === undefined || other === undefined) return;
    const [sources, from] = [await mine.sources, await other.sources];
    sources.commit ??= from.commit;
    for (const [uri, file] of from.files) sources.files.set(uri, file);
    this.saveSoon(mine);
    this.changed.fire(copy);
  }

  /** What was recorded of a file; null where nothing is known. Never rejects. */
  async find(profile: HeatSource, uri: vscode.Uri): Promise<RecordedText | null> {
    this.start(profile);
    const record = this.open.get(profile);
    if (record === undefined) return null;
    // The text in a source map is what was compiled.
    if (uri.scheme === embeddedScheme) return null;
    if (uri.scheme === cellScheme) return this.findCell(profile, uri);
    const sources = await record.sources;
    const names = [uri.toString(), ...this.services.renamed.formerly(uri.toString())];
    const ref = sources.commit ?? this.namedCommit(profile)?.ref ?? null;
    if (ref !== null) {
      const text = await this.services.git.textAt(uri, ref, names.slice(1));
      if (text !== null && text.length <= maxSignedLength) {
        // What a branch's name stands for changes.
        return { lines: signLines(text, uri.path), certain: hash.test(ref), commit: ref };
      }
    }
    const known = names.map((name) => sources.files.get(name)).find((file) => file !== undefined);
    if (known !== undefined) await takeUnchanged(uri, known);
    const read = known ?? (await readLines(uri, profile));
    if (read === null) return null;
    // Meanwhile it may have become known from the profile that this one is a copy of.
    const file = sources.files.get(uri.toString()) ?? read;
    if (!file.certain) void this.settleDoubt(profile, record, uri, file);
    if (known === undefined && file === read) this.add(record, sources, uri, file);
    return { lines: file, certain: file.certain, commit: null };
  }

  /**
   * Asks git whether a file had this text before the recording: a checkout writes files without changing them. Lines are
   * drawn as doubtful until it says so; several files are one change.
   */
  private async settleDoubt(
    profile: HeatSource,
    record: OpenRecord,
    uri: vscode.Uri,
    file: RecordedFile,
  ): Promise<void> {
    const { doubts } = record;
    const settling = doubts.size > 0;
    if (record.doubted.has(file)) return;
    record.doubted.add(file);
    doubts.set(uri, file);
    if (settling) return;
    let settled = false;
    for (const [each, lines] of doubts) {
      if (!record.ended && (await this.wasCommitted(profile, each, lines))) settled = lines.certain = true;
      doubts.delete(each);
    }
    if (!settled || record.ended) return;
    this.saveSoon(record);
    this.changed.fire(profile);
  }

  /** Whether git had this text of a file before the recording. */
  private async wasCommitted({ readSpanMs }: HeatSource, uri: vscode.Uri, lines: LineSignatures): Promise<boolean> {
    const text = readSpanMs === null ? null : await this.services.git.textBefore(uri, readSpanMs.recorded);
    return text !== null && text.length <= maxSignedLength && isSameText(signLines(text, uri.path), lines);
  }

  /** A cell's name is the hash of what ran: its text is known for sure, or not at all. */
  private async findCell(profile: HeatSource, uri: vscode.Uri): Promise<RecordedText | null> {
    const { summary } = profile.status;
    const cell = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
    if (summary === undefined || cell === undefined) return null;
    try {
      const view = { sampleType: summary.defaultSampleType, thread: null };
      const files = await this.services.engine.request('hotFiles', { profile: summary.profile, view });
      const paths = files.map(({ path }) => path);
      const text = recordedCellText(cell, paths);
      return text === null ? null : { lines: signLines(text, '.py'), certain: true, commit: null };
    } catch {
      return null; // The profile was closed meanwhile.
    }
  }

  /** The commit that the profile says it is of. */
  namedCommit(profile: HeatSource): ProfileCommit | null {
    const { summary } = profile.status;
    return summary === undefined ? null : profileCommit(summary);
  }

  /** The commit that the user said the profile is of. */
  async chosenCommit(profile: HeatSource): Promise<string | null> {
    return (await this.open.get(profile)?.sources)?.commit ?? null;
  }

  async chooseCommit(profile: HeatSource, commit: string | null): Promise<void> {
    this.start(profile);
    const record = this.open.get(profile);
    if (record === undefined) return;
    (await record.sources).commit = commit;
    this.saveSoon(record);
    await this.followGit(profile, record);
    this.changed.fire(profile);
  }

  /** Files came or went: those of open profiles may have other names now. */
  async lookForRenamed(): Promise<void> {
    if (this.looking !== 'no') {
      this.looking = 'again';
      return;
    }
    do {
      this.looking = 'now';
      for (const [profile, record] of [...this.open]) await this.followNames(profile, record);
    } while (this.isAskedAgain());
    this.looking = 'no';
  }

  /** Saves what is not saved yet: the window goes. */
  async end(): Promise<void> {
    for (const profile of [...this.open.keys()]) this.stop(profile);
    await this.services.store.settled();
  }

  dispose(): void {
    for (const profile of [...this.open.keys()]) this.stop(profile);
    this.changed.dispose();
    this.renames.dispose();
  }

  private isAskedAgain(): boolean {
    return this.looking === 'again';
  }

  private async remember(profile: HeatSource, record: OpenRecord): Promise<void> {
    const { engine, resolver } = this.services;
    const sources = await record.sources;
    await this.followGit(profile, record);
    await this.followNames(profile, record);
    const { summary } = profile.status;
    if (summary === undefined || record.ended) return;
    const view = { sampleType: summary.defaultSampleType, thread: null };
    const files = await engine.request('hotFiles', { profile: summary.profile, view });
    for (const { path } of files.filter(({ hasLines }) => hasLines).slice(0, mostFiles)) {
      // Between two files whatever else the extension host has to do comes first.
      await nextTurn();
      if (record.ended) return;
      const found = await resolver.resolve(path);
      if (found.kind !== 'found' || sources.files.has(found.uri)) continue;
      const uri = vscode.Uri.parse(found.uri, true);
      // Libraries do not change under the same name.
      if (vscode.workspace.getWorkspaceFolder(uri) === undefined || uri.path.includes('/node_modules/')) continue;
      if (this.services.renamed.formerly(found.uri).some((name) => sources.files.has(name))) continue;
      const file = await readLines(uri, profile);
      if (file !== null && !sources.files.has(found.uri)) this.add(record, sources, uri, file);
    }
  }

  private add(record: OpenRecord, sources: RecordedSources, uri: vscode.Uri, file: RecordedFile): void {
    if (sources.files.size >= mostRemembered) return;
    let lines = file.hash.length;
    for (const { hash } of sources.files.values()) lines += hash.length;
    if (lines > mostLines) return;
    sources.files.set(uri.toString(), file);
    this.saveSoon(record);
  }

  private rename(record: OpenRecord, key: string): void {
    const before = record.key;
    record.key = key;
    void this.services.store.delete(before);
    this.saveSoon(record);
  }

  private saveSoon(record: OpenRecord): void {
    record.saving ??= setTimeout(() => void this.save(record), saveAfterMs);
  }

  private async save(record: OpenRecord): Promise<void> {
    clearTimeout(record.saving);
    record.saving = undefined;
    await this.services.store.save(record.key, record.sources);
  }

  /** Renamed since the commit, as git sees it. */
  private async followGit(profile: HeatSource, record: OpenRecord): Promise<void> {
    const ref = (await record.sources).commit ?? this.namedCommit(profile)?.ref ?? null;
    if (ref === null) return;
    const renames = await this.services.git.renamesSince(ref);
    for (const [former, now] of renames) this.services.renamed.add(former, now);
    if (renames.length > 0) this.renames.fire();
  }

  /** Renamed since the profile was first opened: files that are gone, and new ones with their lines. */
  private async followNames(profile: HeatSource, record: OpenRecord): Promise<void> {
    const { renamed, output } = this.services;
    const found = await findRenamed((await record.sources).files, renamed, record.tried);
    for (const [former, now] of found) {
      output.info(`${former} of ${profile.name} is taken to be ${now} now.`);
      renamed.add(former, now);
    }
    if (found.length > 0) this.renames.fire();
  }
}

const stamps = new FileStamps<RecordedFile>();

/** A file that was not written since its lines were read is not signed anew: for long ones, marks would wait for it. */
async function takeUnchanged(uri: vscode.Uri, file: RecordedFile): Promise<void> {
  if (!stamps.has(file) || uri.scheme !== 'file') return;
  const now = await statOf(uri).catch(() => null);
  if (now === null || !stamps.isUnchanged(file, now)) return;
  const document = openDocument(uri);
  if (document !== undefined && !document.isDirty && document.lineCount === file.hash.length) {
    takeSigned(document, file);
  }
}

function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
}

/** A file's lines as they are on disk; null where it cannot be read or is too long. */
async function readLines(uri: vscode.Uri, profile: HeatSource): Promise<RecordedFile | null> {
  try {
    const { mtime, size } = await statOf(uri);
    if (size > maxSignedLength) return null;
    const certain = profile.readSpanMs === null || mtime <= profile.readSpanMs.recorded + clockMs;
    const document = openDocument(uri);
    const shown = document === undefined || document.isDirty ? null : signDocument(document);
    const lines = shown ?? signLines(await textOf(uri), uri.path);
    const file = { certain, hash: lines.hash, words: lines.words };
    stamps.remember(file, { mtime, size }, Date.now());
    return file;
  } catch {
    return null;
  }
}
