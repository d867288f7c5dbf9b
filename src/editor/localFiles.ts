import { isAscii } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import * as vscode from 'vscode';

// `vscode.workspace.fs` asks the window before each answer, also about files of the extension host's own machine, and so
// waits until the window has drawn the file that was just opened: tens of milliseconds, in which its lines have no marks.

/** As `vscode.workspace.fs.stat`. @throws Error where there is nothing */
export async function statOf(uri: vscode.Uri): Promise<Pick<vscode.FileStat, 'type' | 'size' | 'mtime'>> {
  if (uri.scheme !== 'file') return vscode.workspace.fs.stat(uri);
  const found = await stat(uri.fsPath);
  const { Directory, File, Unknown } = vscode.FileType;
  const type = found.isFile() ? File : found.isDirectory() ? Directory : Unknown;
  return { type, size: found.size, mtime: found.mtime.getTime() };
}

/** As `vscode.workspace.fs.readFile`. @throws Error where it cannot be read */
export async function bytesOf(uri: vscode.Uri): Promise<Uint8Array> {
  return uri.scheme === 'file' ? readFile(uri.fsPath) : vscode.workspace.fs.readFile(uri);
}

/** A file's text as an editor would show it. @throws Error where it cannot be read or is no text */
export async function textOf(uri: vscode.Uri): Promise<string> {
  const bytes = await bytesOf(uri);
  // What is ASCII is the same in the encodings that the settings may name, but for UTF-16, which has zeros.
  return isAscii(bytes) && !bytes.includes(0)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    : vscode.workspace.decode(bytes, { uri });
}
