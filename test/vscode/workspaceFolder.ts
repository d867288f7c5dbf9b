import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';

/** Absolute path of the folder that the window has open: a temporary one, empty at the start of the run. */
export function workspacePath(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error('The window has no folder open.');
  return folder.uri.fsPath;
}

/** Writes files (relative path → content) into a folder of the workspace and returns its absolute path. */
export function writeWorkspace(folder: string, files: Record<string, string | Uint8Array>): string {
  const base = join(workspacePath(), folder);
  for (const [path, content] of Object.entries(files)) {
    const target = join(base, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  return base;
}

/**
 * Writes a file that VS Code may have open, in one step. `writeFileSync` takes two, emptying and writing: VS Code that
 * reads in between takes the file for one that somebody has written since, and refuses to save it.
 */
export function replaceFile(path: string, content: string): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

export function removeFromWorkspace(folder: string): void {
  rmSync(join(workspacePath(), folder), { recursive: true, force: true });
}

/** A file of the project, such as `test/fixtures/…`. */
export function projectFile(...path: string[]): string {
  const root = process.env['EMBERLINE_TEST_ROOT'];
  if (root === undefined) throw new Error('EMBERLINE_TEST_ROOT is not set: use scripts/test.mjs.');
  return join(root, ...path);
}
