import * as vscode from 'vscode';
import { embeddedScheme } from './embeddedSources';
import { cellScheme } from './openCells';

/** Documents that may be a program's source: files, notebook cells, texts in source maps, also read-only ones and those in diff editors. */
export function isSourceDocument({ uri }: vscode.TextDocument): boolean {
  const { workspaceFolders } = vscode.workspace;
  return (
    uri.scheme === 'file' ||
    uri.scheme === cellScheme ||
    uri.scheme === embeddedScheme ||
    (workspaceFolders ?? []).some((folder) => folder.uri.scheme === uri.scheme)
  );
}
