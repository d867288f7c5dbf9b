import * as vscode from 'vscode';

/** The part of VS Code's Git extension that is used: https://github.com/microsoft/vscode/tree/main/extensions/git#api */
interface GitExtension {
  getAPI(version: 1): GitApi;
}

interface GitApi {
  readonly state: 'uninitialized' | 'initialized';
  readonly onDidChangeState: vscode.Event<unknown>;
  readonly repositories: readonly GitRepository[];
  getRepository(uri: vscode.Uri): GitRepository | null;
  getRepositoryRoot?(uri: vscode.Uri): Promise<vscode.Uri | null>;
  openRepository?(root: vscode.Uri): Promise<GitRepository | null>;
}

interface GitRepository {
  readonly rootUri: vscode.Uri;
  readonly state: {
    readonly indexChanges: readonly GitChange[];
    readonly workingTreeChanges: readonly GitChange[];
  };
  show(ref: string, path: string): Promise<string>;
  getCommit(ref: string): Promise<GitCommit>;
  log(options: { maxEntries: number; path?: string }): Promise<GitCommit[]>;
  diffWith(ref: string): Promise<GitChange[]>;
}

interface GitChange {
  readonly originalUri: vscode.Uri;
  readonly renameUri: vscode.Uri | undefined;
}

export interface GitCommit {
  readonly hash: string;
  readonly message: string;
  readonly commitDate?: Date;
}

const startLimitMs = 10_000;
const mostRenames = 1000;
/** Of one file: an older recording is not looked for further. */
const mostCommits = 50;

/**
 * Texts of other revisions, through VS Code's own Git extension: it knows where git is, which repositories are trusted,
 * and asks git one thing at a time. Where it is missing or switched off, every answer is null or empty.
 */
export class GitTexts {
  /** The text of a file at a revision, by what it is called now or was called then; null where git has none. */
  async textAt(uri: vscode.Uri, ref: string, formerly: readonly string[]): Promise<string | null> {
    const repository = await this.repositoryOf(uri);
    for (const each of repository === null ? [] : [uri, ...formerly.map((name) => vscode.Uri.parse(name, true))]) {
      try {
        return await repository!.show(ref, each.fsPath);
      } catch {
        // Not in that revision, by this name.
      }
    }
    return null;
  }

  /**
   * The text of a file as it was last committed before a time (ms since the epoch); null where git knows none.
   * https://github.com/microsoft/vscode/blob/main/extensions/git/src/api/git.d.ts (LogOptions)
   */
  async textBefore(uri: vscode.Uri, time: number): Promise<string | null> {
    try {
      const repository = await this.repositoryOf(uri);
      const commits = (await repository?.log({ maxEntries: mostCommits, path: uri.fsPath })) ?? [];
      const last = commits.find(({ commitDate }) => commitDate !== undefined && commitDate.getTime() <= time);
      return last === undefined ? null : await repository!.show(last.hash, uri.fsPath);
    } catch {
      return null;
    }
  }

  /** Files that have another name in the working tree than at a revision: former and present URI. */
  async renamesSince(ref: string): Promise<[string, string][]> {
    const renames: [string, string][] = [];
    for (const repository of (await this.api())?.repositories ?? []) {
      const { indexChanges, workingTreeChanges } = repository.state;
      let changes: readonly GitChange[] = [];
      try {
        changes = await repository.diffWith(ref);
      } catch {
        // Another repository's commit.
      }
      for (const { originalUri, renameUri } of [...changes, ...indexChanges, ...workingTreeChanges]) {
        if (renameUri !== undefined && renameUri.toString() !== originalUri.toString()) {
          renames.push([originalUri.toString(), renameUri.toString()]);
        }
      }
    }
    return renames.slice(0, mostRenames);
  }

  /** The commit that a name stands for in any of the workspace's repositories; null for none. */
  async commit(ref: string): Promise<GitCommit | null> {
    for (const repository of await this.repositories()) {
      try {
        return await repository.getCommit(ref);
      } catch {
        // Not in this one.
      }
    }
    return null;
  }

  /** The latest commits of the workspace's repositories, the newest first. */
  async latest(count: number): Promise<GitCommit[]> {
    const all: GitCommit[] = [];
    for (const repository of await this.repositories()) {
      try {
        all.push(...(await repository.log({ maxEntries: count })));
      } catch {
        // Without a commit.
      }
    }
    const time = ({ commitDate }: GitCommit): number => commitDate?.getTime() ?? 0;
    return all.sort((a, b) => time(b) - time(a)).slice(0, count);
  }

  /** Those of the workspace's folders; opened where they are not yet. */
  private async repositories(): Promise<readonly GitRepository[]> {
    // By folder: git's API makes a new object of a repository each time it is asked.
    const found = new Map<string, GitRepository>();
    for (const each of (await this.api())?.repositories ?? []) found.set(each.rootUri.toString(), each);
    for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
      const repository = await this.repositoryOf(uri);
      if (repository !== null) found.set(repository.rootUri.toString(), repository);
    }
    return [...found.values()];
  }

  private async repositoryOf(uri: vscode.Uri): Promise<GitRepository | null> {
    const api = await this.api();
    const known = api?.getRepository(uri) ?? null;
    if (api === null || known !== null) return known;
    // Only what the person has open: git runs what a repository's configuration says.
    if (!vscode.workspace.isTrusted || vscode.workspace.getWorkspaceFolder(uri) === undefined) return null;
    try {
      const root = (await api.getRepositoryRoot?.(uri)) ?? null;
      return root === null ? null : ((await api.openRepository?.(root)) ?? null);
    } catch {
      return null;
    }
  }

  private async api(): Promise<GitApi | null> {
    const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
    if (extension === undefined || !vscode.workspace.getConfiguration('git').get<boolean>('enabled', true)) return null;
    try {
      const api = (await extension.activate()).getAPI(1);
      if (api.state === 'uninitialized') await started(api);
      return api;
    } catch {
      // Switched off, or without a git program.
      return null;
    }
  }
}

function started(api: GitApi): Promise<void> {
  return new Promise((resolve) => {
    const listener = api.onDidChangeState(end);
    const limit = setTimeout(end, startLimitMs);
    function end(): void {
      clearTimeout(limit);
      listener.dispose();
      resolve();
    }
    if (api.state === 'initialized') end();
  });
}
