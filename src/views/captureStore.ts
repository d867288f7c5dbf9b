import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { CpuprofileCapture } from '../endpoints/cpuprofileCapture';
import { profileInFront } from './profileTabs';

const KEPT = 20;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Where captures are kept: the newest twenty, in the extension's own storage. */
export class CaptureStore {
  private readonly folder: string;

  constructor(context: vscode.ExtensionContext) {
    this.folder = join(context.globalStorageUri.fsPath, 'captures');
  }

  /** A capture file to be written, named by the time and what is profiled. */
  async create(name: string): Promise<CpuprofileCapture> {
    return new CpuprofileCapture(await this.reserve(name));
  }

  /** The path of a capture to be written, without its ending. */
  async reserve(name: string): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    await this.prune();
    const now = new Date();
    const two = (value: number): string => String(value).padStart(2, '0');
    const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
    const time = `${two(now.getHours())}.${two(now.getMinutes())}.${two(now.getSeconds())}`;
    return join(this.folder, `${day} ${time} ${fileName(name)}`);
  }

  /** Finished captures, the newest first. */
  async recent(): Promise<{ path: string; modified: number }[]> {
    const names = await readdir(this.folder).catch(() => []);
    const files = await Promise.all(
      names
        .filter((name) => !/\.(?:part|unfinished)$/.test(name))
        .map(async (name) => {
          const path = join(this.folder, name);
          return { path, modified: (await stat(path).catch(() => null))?.mtimeMs ?? 0 };
        }),
    );
    return files.filter(({ modified }) => modified > 0).sort((a, b) => b.modified - a.modified);
  }

  /** Removes the oldest captures beyond the limit, and what a window that crashed left behind. */
  private async prune(): Promise<void> {
    const entries = await Promise.all(
      (await readdir(this.folder)).map(async (name) => {
        const path = join(this.folder, name);
        return { path, modified: (await stat(path).catch(() => null))?.mtimeMs ?? 0 };
      }),
    );
    const finished = entries.filter(({ path }) => !/\.(?:part|unfinished)$/.test(path));
    const old = finished.sort((a, b) => b.modified - a.modified).slice(KEPT - 1);
    // Another window may be writing its parts right now: only old ones are left-overs.
    const abandoned = entries.filter(
      ({ path, modified }) => /\.(?:part|unfinished)$/.test(path) && Date.now() - modified > DAY_MS,
    );
    await Promise.all([...old, ...abandoned].map(({ path }) => rm(path, { force: true })));
  }
}

/** A session's name as part of a file name on every system. */
function fileName(name: string): string {
  const safe = name.replace(/[^\p{L}\p{N} ._+()-]+/gu, ' ').replace(/\s+/g, ' ');
  return (
    safe
      .trim()
      .slice(0, 60)
      .replace(/[ .]+$/, '') || 'profile'
  );
}

/** `Emberline: Save Profile As…`: copies the file of the profile editor in front, or the one given. */
export function registerSaveProfileAs(): vscode.Disposable {
  return vscode.commands.registerCommand('emberline.saveProfileAs', async (given?: unknown) => {
    const uri = given instanceof vscode.Uri ? given : profileInFront();
    if (!uri) {
      void vscode.window.showInformationMessage('No profile is open in front: open one in Emberline to save it.');
      return undefined;
    }
    const name = basename(uri.path);
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const ending = name.slice(name.lastIndexOf('.') + 1);
    const target = await vscode.window.showSaveDialog({
      title: 'Save Profile As',
      saveLabel: 'Save Profile',
      filters: { Profile: [ending], 'All Files': ['*'] },
      ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
    });
    if (!target) {
      return undefined;
    }
    try {
      await vscode.workspace.fs.copy(uri, target, { overwrite: true });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(`The profile could not be saved as ${target.fsPath}: ${why}`);
      return undefined;
    }
    return target;
  });
}
