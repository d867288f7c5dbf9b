import * as v from 'valibot';
import type { SourceChoices } from '../sources/sourceResolver';
import { RenamedFiles } from './renamedFiles';

/** The part of `vscode.Memento` that is used. */
export interface SourceMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const choicesKey = 'emberline.sourceChoices';
const foldersKey = 'emberline.allowedSourceFolders';
const limit = 500;

const choicesSchema = v.array(v.tuple([v.string(), v.string()]));
const foldersSchema = v.array(v.string());

/** What the user answered about sources in this workspace: which file a record means, which folders may be opened. */
export class RememberedSources implements SourceChoices {
  /** URI by recorded path. */
  private choices: Map<string, string>;
  private folders: Set<string>;
  /** What was renamed since it was profiled. */
  readonly renamed: RenamedFiles;

  constructor(private readonly memory: SourceMemory) {
    const choices = v.safeParse(choicesSchema, memory.get(choicesKey));
    this.choices = new Map(choices.success ? choices.output : []);
    const folders = v.safeParse(foldersSchema, memory.get(foldersKey));
    this.folders = new Set(folders.success ? folders.output : []);
    this.renamed = new RenamedFiles(memory);
  }

  get(recorded: string): string | undefined {
    return this.choices.get(recorded);
  }

  set(recorded: string, uri: string): void {
    this.choices.delete(recorded);
    this.choices.set(recorded, uri);
    void this.memory.update(choicesKey, [...this.choices].slice(-limit));
  }

  delete(recorded: string): void {
    this.choices.delete(recorded);
    void this.memory.update(choicesKey, [...this.choices]);
  }

  /** The records that were said to mean `uri`. */
  recordedAs(uri: string): string[] {
    return [...this.choices].filter(([, chosen]) => chosen === uri).map(([recorded]) => recorded);
  }

  /** @param folder URI of a folder, as text. */
  allowFolder(folder: string): void {
    this.folders.add(folder);
    void this.memory.update(foldersKey, [...this.folders].slice(-limit));
  }

  isAllowed(folder: string): boolean {
    return this.folders.has(folder);
  }

  clear(): void {
    this.choices = new Map();
    this.folders = new Set();
    this.renamed.clear();
    void this.memory.update(choicesKey, undefined);
    void this.memory.update(foldersKey, undefined);
  }
}
