import * as vscode from 'vscode';
import type { SourceFiles, WorkspaceFile } from '../sources/sourceResolver';

/** Beyond this many files the index is cut off, to bound time and memory in giant workspaces. */
const maxFiles = 200_000;
const excluded = '**/{node_modules,.git,.hg,.svn,bower_components,.venv,venv,__pycache__}/**';
const maxPackageFiles = 200;
/** Builds and checkouts touch many files at once. */
const settleMs = 500;

/**
 * The workspace's files by name. The index is built at the first question and dropped when files come or go.
 * Packages (`node_modules`) are searched by name, only for records that come from one.
 */
export class WorkspaceFiles implements SourceFiles, vscode.Disposable {
  private index: Promise<Map<string, WorkspaceFile[]>> | null = null;
  private readonly packages = new Map<string, Promise<WorkspaceFile[]>>();
  private watching: vscode.Disposable | null = null;
  private settling: NodeJS.Timeout | undefined;
  private readonly changed = new vscode.EventEmitter<void>();
  /** Files came or went: what was found may be found elsewhere now. */
  readonly onDidChange = this.changed.event;

  async fileAt(path: string): Promise<string | null> {
    const uri = vscode.Uri.file(path);
    try {
      const { type } = await vscode.workspace.fs.stat(uri);
      return (type & vscode.FileType.File) === 0 ? null : uri.toString();
    } catch {
      return null;
    }
  }

  async workspaceFilesNamed(name: string, inPackages: boolean): Promise<readonly WorkspaceFile[]> {
    if ((vscode.workspace.workspaceFolders ?? []).length === 0) {
      return [];
    }
    this.watch();
    this.index ??= this.buildIndex();
    const own = (await this.index).get(name.toLowerCase()) ?? [];
    return inPackages ? [...own, ...(await this.packageFiles(name))] : own;
  }

  dispose(): void {
    clearTimeout(this.settling);
    this.watching?.dispose();
    this.changed.dispose();
  }

  private async buildIndex(): Promise<Map<string, WorkspaceFile[]>> {
    const index = new Map<string, WorkspaceFile[]>();
    for (const uri of await vscode.workspace.findFiles('**/*', excluded, maxFiles)) {
      const key = baseName(uri).toLowerCase();
      const named = index.get(key);
      if (named === undefined) {
        index.set(key, [workspaceFile(uri)]);
      } else {
        named.push(workspaceFile(uri));
      }
    }
    return index;
  }

  private packageFiles(name: string): Promise<WorkspaceFile[]> {
    let found = this.packages.get(name);
    if (found === undefined) {
      const glob = `**/node_modules/**/${name.replace(/[[\]{}*?!\\]/g, '?')}`;
      found = Promise.resolve(vscode.workspace.findFiles(glob, null, maxPackageFiles)).then((uris) =>
        uris.filter((uri) => baseName(uri) === name).map(workspaceFile),
      );
      this.packages.set(name, found);
    }
    return found;
  }

  private watch(): void {
    if (this.watching !== null) {
      return;
    }
    const watcher = vscode.workspace.createFileSystemWatcher('**/*', false, true, false);
    const changed = (uri: vscode.Uri): void => {
      if (!/\/(?:node_modules|\.git)\//.test(uri.path)) {
        this.drop();
      }
    };
    this.watching = vscode.Disposable.from(
      watcher,
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.drop()),
    );
  }

  private drop(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      this.index = null;
      this.packages.clear();
      this.changed.fire();
    }, settleMs);
  }
}

function baseName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}

function workspaceFile(uri: vscode.Uri): WorkspaceFile {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const root = folder?.uri.path.replace(/\/$/, '') ?? '';
  return { uri: uri.toString(), relativePath: uri.path.slice(root.length + 1), folder: folder?.name ?? '' };
}
