import * as vscode from 'vscode';
import type { OpenParams } from '../engine/engineApi';

/** What the engine needs to open a file: its path, or its bytes where it is not on this machine's disk. */
export async function openParams(uri: vscode.Uri, name: string): Promise<OpenParams> {
  if (uri.scheme === 'file') {
    return { source: { kind: 'file', path: uri.fsPath }, name };
  }
  const bytes = await vscode.workspace.fs.readFile(uri);
  // The bytes may lie in a larger buffer, which would travel to the worker as a whole.
  return { source: { kind: 'bytes', bytes: bytes.slice() }, name };
}
