import { parseRecordedPath, type RecordedPath } from './recordedPath';

/** A file in a workspace folder. */
export interface WorkspaceFile {
  /** URI as text: the identity of the file. */
  readonly uri: string;
  /** Path below its workspace folder, with `/`. */
  readonly relativePath: string;
  /** Name of that folder. */
  readonly folder: string;
}

/** What the resolver asks of the world. */
export interface SourceFiles {
  /** The URI of a regular file at this absolute path of the machine, null where there is none. */
  fileAt(path: string): Promise<string | null>;
  /** Workspace files whose name without folders equals `name`, upper and lower case alike. */
  workspaceFilesNamed(name: string, inPackages: boolean): Promise<readonly WorkspaceFile[]>;
}

/** What the user once answered, by recorded path. */
export interface SourceChoices {
  get(recorded: string): string | undefined;
  set(recorded: string, uri: string): void;
}

export type Resolution =
  | { readonly kind: 'found'; readonly uri: string; readonly how: 'exact' | 'suffix' | 'remembered' }
  /** Several files fit equally well, or one fits only by its name: for the user to say. */
  | { readonly kind: 'ambiguous'; readonly candidates: readonly WorkspaceFile[] }
  | { readonly kind: 'missing' };

const maxCandidates = 50;

/**
 * Finds the file that a profile's recorded path means on this machine, now: the remembered answer, else the exact
 * path, else the workspace file that shares the longest run of last path segments with it.
 *
 * A file that shares nothing but its name (`/app/lib/main.js` and `tools/main.js`) may be another one altogether, so
 * it is offered, never taken. A match counts when two segments agree, when the workspace file lies at the top of its
 * folder (all of its path agrees), or when the record has no more segments than agree.
 *
 * Answers are kept until `forget`.
 */
export class SourceResolver {
  private readonly answers = new Map<string, Promise<Resolution>>();

  constructor(
    private readonly files: SourceFiles,
    private readonly choices: SourceChoices,
    private readonly platform: NodeJS.Platform,
  ) {}

  resolve(recorded: string): Promise<Resolution> {
    let answer = this.answers.get(recorded);
    if (answer === undefined) {
      answer = this.find(recorded);
      this.answers.set(recorded, answer);
      answer.catch(() => this.answers.delete(recorded));
    }
    return answer;
  }

  /** Remembers that `recorded` means `uri`. */
  choose(recorded: string, uri: string): void {
    this.choices.set(recorded, uri);
    this.answers.set(recorded, Promise.resolve({ kind: 'found', uri, how: 'remembered' }));
  }

  /** To be called when files came or went, or choices were cleared. */
  forget(): void {
    this.answers.clear();
  }

  private async find(recorded: string): Promise<Resolution> {
    const chosen = this.choices.get(recorded);
    if (chosen !== undefined) {
      return { kind: 'found', uri: chosen, how: 'remembered' };
    }
    const path = parseRecordedPath(recorded, this.platform);
    if (path === null) {
      return { kind: 'missing' };
    }
    if (path.absolute !== null) {
      const exact = await this.files.fileAt(path.absolute);
      if (exact !== null) {
        return { kind: 'found', uri: exact, how: 'exact' };
      }
    }
    return this.reroot(path);
  }

  private async reroot(path: RecordedPath): Promise<Resolution> {
    const name = path.segments.at(-1)!;
    const files = await this.files.workspaceFilesNamed(name, path.segments.includes('node_modules'));
    let best: WorkspaceFile[] = [];
    let bestScore = 0;
    for (const file of files) {
      const score = commonSuffix(path.segments, file.relativePath.split('/'));
      if (score > bestScore) {
        best = [file];
        bestScore = score;
      } else if (score === bestScore && score > 0) {
        best.push(file);
      }
    }
    if (best.length === 0) {
      return { kind: 'missing' };
    }
    if (best.length > 1) {
      // Where the letters' case tells them apart, it decides.
      const sameCase = best.filter((file) => file.relativePath.split('/').at(-1) === name);
      best = sameCase.length === 1 ? sameCase : best;
    }
    if (best.length === 1 && isSure(path, best[0]!, bestScore)) {
      return { kind: 'found', uri: best[0]!.uri, how: 'suffix' };
    }
    return { kind: 'ambiguous', candidates: best.slice(0, maxCandidates) };
  }
}

function isSure(path: RecordedPath, file: WorkspaceFile, score: number): boolean {
  return (
    score >= 2 || score === file.relativePath.split('/').length || (!path.rooted && score === path.segments.length)
  );
}

/** How many last segments agree, upper and lower case alike (the record may come from another kind of machine). */
function commonSuffix(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && sameText(a[a.length - 1 - count]!, b[b.length - 1 - count]!)) {
    count++;
  }
  return count;
}

function sameText(a: string, b: string): boolean {
  return a === b || (a.length === b.length && a.toLowerCase() === b.toLowerCase());
}
