import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { fileState } from './hostProfile';
import type { StateMemory } from './viewStateStore';

/** Baselines before the last one: swapping shows them in an editor. */
const KEPT = 5;
const key = 'emberline.baseline';

const savedSchema = v.object({ copy: v.string(), origin: v.string(), state: v.nullable(v.string()) });

/** A baseline as it is remembered. */
export interface SavedBaseline {
  /** The copy of the profile's file. */
  readonly copy: vscode.Uri;
  /** The file that was copied, which may hold another profile by now. */
  readonly origin: vscode.Uri;
  /** What tells whether it does; null where the file system does not say. */
  readonly state: string | null;
}

/**
 * The workspace's baseline as a copy of its file: the next run of a benchmark overwrites its output, a live capture its
 * file, and old captures are removed.
 */
export class BaselineStore {
  private readonly folder: string;

  constructor(
    context: Pick<vscode.ExtensionContext, 'storageUri' | 'globalStorageUri'>,
    private readonly memory: StateMemory,
  ) {
    this.folder = join((context.storageUri ?? context.globalStorageUri).fsPath, 'baselines');
  }

  get saved(): SavedBaseline | null {
    const found = v.safeParse(savedSchema, this.memory.get(key));
    if (!found.success) return null;
    const { copy, origin, state } = found.output;
    return { copy: vscode.Uri.parse(copy, true), origin: vscode.Uri.parse(origin, true), state };
  }

  /** Copies a profile's file and remembers it. @throws Error where it cannot be read or written */
  async save(origin: vscode.Uri): Promise<SavedBaseline> {
    const folder = join(this.folder, String(Date.now()));
    const path = join(folder, origin.path.slice(origin.path.lastIndexOf('/') + 1));
    const copy = vscode.Uri.file(path);
    await mkdir(folder, { recursive: true });
    const before = await vscode.workspace.fs.stat(origin);
    await vscode.workspace.fs.copy(origin, copy, { overwrite: true });
    // Where the profile does not say when it was recorded, its file does.
    await utimes(path, new Date(), new Date(before.mtime)).catch(() => {});
    const saved = { copy, origin, state: fileState(before) };
    await this.memory.update(key, { copy: copy.toString(), origin: origin.toString(), state: saved.state });
    await this.prune(folder).catch(() => {});
    return saved;
  }

  /** Remembers a baseline that was copied before. */
  async restore({ copy, origin, state }: SavedBaseline): Promise<void> {
    await this.memory.update(key, { copy: copy.toString(), origin: origin.toString(), state });
  }

  async forget(): Promise<void> {
    await this.memory.update(key, undefined);
  }

  private async prune(latest: string): Promise<void> {
    const folders = (await readdir(this.folder))
      .filter((name) => /^\d+$/.test(name))
      .sort((a, b) => Number(b) - Number(a));
    const old = folders.slice(KEPT).map((name) => join(this.folder, name));
    await Promise.all(old.filter((path) => path !== latest).map((path) => rm(path, { recursive: true, force: true })));
  }
}

/** Whether there is something at this path. */
export async function isThere(uri: vscode.Uri): Promise<boolean> {
  return stat(uri.fsPath).then(
    () => true,
    () => false,
  );
}
