import * as vscode from 'vscode';
import type { ExpandedMapping } from '../sources/pathMappings';
import type { RootKind } from '../sources/rules/rule';
import type { SourceFiles, SourceRoot, WorkspaceFile } from '../sources/sourceResolver';
import type { EmbeddedSources } from './embeddedSources';
import { statOf } from './localFiles';
import { cellOf } from './openCells';
import { pathMappingsSetting, readPathMappings } from './pathMappingSettings';
import type { RenamedFiles } from './renamedFiles';
import { SourceRoots } from './sourceRoots';

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
  private readonly sourceRoots = new SourceRoots();
  private expanded: readonly ExpandedMapping[] | null = null;
  private readonly mapped = new vscode.EventEmitter<void>();
  /** The path mappings changed, or which programs may be asked for their folders. */
  readonly onDidChangeMappings = this.mapped.event;
  private readonly settings = vscode.Disposable.from(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(pathMappingsSetting)) {
        this.remap();
      }
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(() => this.remap()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => this.remap()),
  );

  constructor(
    private readonly renamed: RenamedFiles,
    private readonly embeddedSources: EmbeddedSources,
  ) {}

  async fileAt(path: string, folder?: string): Promise<string | null> {
    const uri = folder === undefined ? uriAt(path) : vscode.Uri.joinPath(vscode.Uri.parse(folder, true), path);
    if ((vscode.workspace.workspaceFolders ?? []).length > 0) {
      this.watch();
    }
    if (await isFile(uri)) {
      return uri.toString();
    }
    const now = this.renamed.now(uri.toString());
    return now !== null && (await isFile(vscode.Uri.parse(now, true))) ? now : null;
  }

  roots(kind: RootKind): Promise<readonly SourceRoot[]> {
    if (kind !== 'disk' && (vscode.workspace.workspaceFolders ?? []).length > 0) {
      this.watch();
    }
    return this.sourceRoots.roots(kind);
  }

  documentOf(recorded: string): string | null {
    return cellOf(recorded)?.document.uri.toString() ?? null;
  }

  async embedded(recorded: string): Promise<string | null> {
    return (await this.embeddedSources.uriOf(recorded))?.toString() ?? null;
  }

  mappings(): readonly ExpandedMapping[] {
    this.expanded ??= readPathMappings();
    return this.expanded;
  }

  async workspaceFilesNamed(name: string, inPackages: boolean): Promise<readonly WorkspaceFile[]> {
    if ((vscode.workspace.workspaceFolders ?? []).length === 0) {
      return [];
    }
    this.watch();
    this.index ??= this.buildIndex();
    const index = await this.index;
    const own = [...(index.get(name.toLowerCase()) ?? []), ...(await this.renamedFiles(name.toLowerCase(), index))];
    return inPackages ? [...own, ...(await this.packageFiles(name))] : own;
  }

  dispose(): void {
    clearTimeout(this.settling);
    this.watching?.dispose();
    this.settings.dispose();
    this.changed.dispose();
    this.mapped.dispose();
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

  /** Files by what they were called before, where no file is called so now. */
  private async renamedFiles(name: string, index: ReadonlyMap<string, WorkspaceFile[]>): Promise<WorkspaceFile[]> {
    const named = this.renamed.formerNamed(name);
    const inFolders = (index.get(name) ?? []).flatMap(({ uri }) =>
      this.renamed.formerly(uri).map((former) => ({ former, now: uri })),
    );
    const files: WorkspaceFile[] = [];
    for (const { former, now } of [...named, ...inFolders]) {
      const uri = vscode.Uri.parse(former, true);
      if (!(await isFile(uri)) && (await isFile(vscode.Uri.parse(now, true)))) {
        files.push({ ...workspaceFile(uri), uri: now });
      }
    }
    return files;
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

  private remap(): void {
    this.expanded = null;
    this.sourceRoots.forget();
    this.mapped.fire();
  }

  private drop(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      this.index = null;
      this.packages.clear();
      this.sourceRoots.forget();
      this.changed.fire();
    }, settleMs);
  }
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await statOf(uri)).type & vscode.FileType.File) !== 0;
  } catch {
    return false;
  }
}

/** A path of the machine that the extension runs on; of the workspace's, where that is elsewhere. */
function uriAt(path: string): vscode.Uri {
  const elsewhere = (vscode.workspace.workspaceFolders ?? []).find(
    ({ uri }) => uri.scheme !== 'file' && path.startsWith(`${uri.path.replace(/\/$/, '')}/`),
  );
  return elsewhere === undefined ? vscode.Uri.file(path) : elsewhere.uri.with({ path });
}

function baseName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}

function workspaceFile(uri: vscode.Uri): WorkspaceFile {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const root = folder?.uri.path.replace(/\/$/, '') ?? '';
  return { uri: uri.toString(), relativePath: uri.path.slice(root.length + 1), folder: folder?.name ?? '' };
}
