import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type * as vscode from 'vscode';
import type { ProfileSummary } from '../engine/engineApi';
import type { LineSignatures } from '../sources/lineSignatures';

/** The lines of one source file as they were when its profile was captured or first opened. */
export interface RecordedFile extends LineSignatures {
  /** Whether that is the text that was profiled: the file had not been written since. Git may tell so later. */
  certain: boolean;
}

/** What is remembered of a profile's sources. */
export interface RecordedSources {
  /** The commit that the user said it is of. */
  commit: string | null;
  /** By URI. */
  readonly files: Map<string, RecordedFile>;
}

const format = 1;
/** How many profiles are remembered; a profile's sources take 8 bytes a line, 2.4 MB at most. */
const mostProfiles = 50;

/** The same recording has the same key, wherever its file is. */
export function recordingKey(summary: ProfileSummary, uri: vscode.Uri): string {
  const { formats, sampleTypes, totals, samples, functions, startTimeMs, durationMs } = summary;
  // Where nothing says when it was recorded, two recordings may be alike in all the rest.
  const place = startTimeMs === null ? uri.toString() : null;
  const parts = [formats, sampleTypes, totals, samples, functions, startTimeMs, durationMs, place];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/**
 * A file a profile in a folder of this machine. Failures only cost what would have been remembered. Node writes it:
 * `vscode.workspace.fs` would send megabytes through the window, which has something to draw just then.
 */
export class RecordedLineStore {
  /** One thing at a time: what was just saved is there to be loaded. */
  private busy: Promise<unknown> = Promise.resolve();

  constructor(private readonly folder: string) {}

  load(key: string): Promise<RecordedSources | null> {
    return this.inTurn(() => this.read(key));
  }

  /** @param sources what `load` answered, or will answer, as it is then */
  save(key: string, sources: Promise<RecordedSources>): Promise<void> {
    return this.inTurn(async () => this.write(key, await sources));
  }

  delete(key: string): Promise<void> {
    return this.inTurn(() => this.removeFile(this.file(key)));
  }

  /** When all that was asked for is done. */
  async settled(): Promise<void> {
    await this.busy;
  }

  private inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.busy.then(act);
    this.busy = done;
    return done;
  }

  private async read(key: string): Promise<RecordedSources | null> {
    try {
      const stored: unknown = deserialize(await readFile(this.file(key)));
      return isStored(stored) ? { commit: stored.commit, files: stored.files } : null;
    } catch {
      return null;
    }
  }

  private async write(key: string, { commit, files }: RecordedSources): Promise<void> {
    const unfinished = join(this.folder, `${key}.${process.pid}.unfinished`);
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(unfinished, serialize({ format, commit, files }));
      await rename(unfinished, this.file(key));
      await this.dropOldest();
    } catch {
      // No room, or a file system that cannot be written to.
      await this.removeFile(unfinished);
    }
  }

  private file(key: string): string {
    return join(this.folder, `${key}.lines`);
  }

  private async removeFile(path: string): Promise<void> {
    await rm(path, { force: true }).catch(() => {});
  }

  private async dropOldest(): Promise<void> {
    const names = await readdir(this.folder);
    if (names.length <= mostProfiles) return;
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.folder, name);
        return { path, written: (await stat(path)).mtimeMs };
      }),
    );
    files.sort((a, b) => b.written - a.written);
    for (const { path } of files.slice(mostProfiles)) await this.removeFile(path);
  }
}

function isStored(value: unknown): value is { commit: string | null; files: Map<string, RecordedFile> } {
  if (typeof value !== 'object' || value === null) return false;
  const stored = value as Record<string, unknown>;
  return (
    stored['format'] === format &&
    (stored['commit'] === null || typeof stored['commit'] === 'string') &&
    stored['files'] instanceof Map &&
    [...stored['files']].every(([uri, file]: [unknown, Partial<RecordedFile> | null]) => {
      const [hash, words] = [file?.hash, file?.words];
      return (
        typeof uri === 'string' &&
        typeof file?.certain === 'boolean' &&
        hash instanceof Uint32Array &&
        words instanceof Uint32Array &&
        hash.length === words.length
      );
    })
  );
}
