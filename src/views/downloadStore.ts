import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import * as vscode from 'vscode';
import { safeFileName } from '../endpoints/downloadName';
import type { OpenProfiles } from './openProfiles';
import { isShownInTab } from './profileTabs';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Files that were fetched or dropped to be looked at: each in a folder of its own in the extension's storage, removed with the
 * last editor and heat of it. What a window that was closed has left behind goes after a day.
 */
export class DownloadStore implements vscode.Disposable {
  readonly folder: string;
  private readonly closed: vscode.Disposable;

  constructor(context: vscode.ExtensionContext, profiles: OpenProfiles) {
    this.folder = join(context.globalStorageUri.fsPath, 'downloads');
    // While a window reloads its tabs are still there, and are restored.
    this.closed = profiles.onDidClose(({ uri }) => {
      if (!isShownInTab(uri)) void this.remove(uri);
    });
    void this.prune();
  }

  /** Keeps content that has no file here, and answers its file. */
  async keep(name: string, bytes: Uint8Array): Promise<vscode.Uri> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(join(this.folder, 'dropped-'));
    const path = join(folder, safeFileName(name) || 'profile');
    await writeFile(path, bytes, { mode: 0o600, flag: 'wx' });
    return vscode.Uri.file(path);
  }

  /** Removes a file that is one of these; others are left alone. */
  async remove(uri: vscode.Uri): Promise<void> {
    const own = this.ownFolder(uri);
    if (own !== null) await rm(own, { recursive: true, force: true }).catch(() => {});
  }

  private ownFolder(uri: vscode.Uri): string | null {
    if (uri.scheme !== 'file' || !uri.fsPath.startsWith(this.folder + sep)) return null;
    const [first] = uri.fsPath.slice(this.folder.length + 1).split(sep);
    return first === '' || first.startsWith('.') ? null : join(this.folder, first);
  }

  private async prune(): Promise<void> {
    const names = await readdir(this.folder).catch((): string[] => []);
    const shown = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .map(({ input }) => (input instanceof vscode.TabInputCustom ? this.ownFolder(input.uri) : null));
    for (const name of names) {
      const path = join(this.folder, name);
      // Another window may show the younger ones.
      const modified = (await stat(path).catch(() => null))?.mtimeMs ?? Date.now();
      if (!shown.includes(path) && Date.now() - modified > DAY_MS) {
        await rm(path, { recursive: true, force: true }).catch(() => {});
      }
    }
  }

  dispose(): void {
    this.closed.dispose();
  }
}
