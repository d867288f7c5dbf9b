import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import * as vscode from 'vscode';
import type { ProfileSummary } from '../engine/engineApi';
import type { LineSignatures } from '../sources/lineSignatures';
import { bytesOf } from './localFiles';

/** The lines of one source file as they were when its profile was captured or first opened. */
export interface RecordedFile extends LineSignatures {
  /** Whether that is the text that was profiled: the file had not been written since. */
  readonly certain: boolean;
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

/** A file a profile in the extension's storage for this workspace. Failures only cost what would have been remembered. */
export class RecordedLineStore {
  /** One thing at a time: what was just saved is there to be loaded. */
  private busy: Promise<unknown> = Promise.resolve();

  constructor(private readonly folder: vscode.Uri) {}

  load(key: string): Promise<RecordedSources | null> {
    return this.inTurn(() => this.read(key));
  }

  /** @param sources what `load` answered, or will answer, as it is then */
  save(key: string, sources: Promise<RecordedSources>): Promise<void> {
    return this.inTurn(async () => this.write(key, await sources));
  }

  delete(key: string): Promise<void> {
    return this.inTurn(() => this.remove(key));
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
      const stored: unknown = deserialize(await bytesOf(this.file(key)));
      return isStored(stored) ? { commit: stored.commit, files: stored.files } : null;
    } catch {
      return null;
    }
  }

  private async write(key: string, { commit, files }: RecordedSources): Promise<void> {
    try {
      await vscode.workspace.fs.createDirectory(this.folder);
      await vscode.workspace.fs.writeFile(this.file(key), serialize({ format, commit, files }));
      await this.dropOldest();
    } catch {
      // No room, or a file system that cannot be written to.
    }
  }

  private async remove(key: string): Promise<void> {
    try {
      await vscode.workspace.fs.delete(this.file(key));
    } catch {
      // Never saved.
    }
  }

  private file(key: string): vscode.Uri {
    return vscode.Uri.joinPath(this.folder, `${key}.lines`);
  }

  private async dropOldest(): Promise<void> {
    const entries = await vscode.workspace.fs.readDirectory(this.folder);
    if (entries.length <= mostProfiles) return;
    const files = await Promise.all(
      entries.map(async ([name]) => {
        const uri = vscode.Uri.joinPath(this.folder, name);
        return { uri, written: (await vscode.workspace.fs.stat(uri)).mtime };
      }),
    );
    files.sort((a, b) => b.written - a.written);
    for (const { uri } of files.slice(mostProfiles)) await vscode.workspace.fs.delete(uri);
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
