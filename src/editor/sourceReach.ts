import * as vscode from 'vscode';
import { embeddedScheme } from './embeddedSources';
import type { RememberedSources } from './rememberedSources';

/** Whether a file may be shown without asking: in the workspace, in a source map, open already, or in a folder that the user allowed. */
export function isWithinReach(uri: vscode.Uri, remembered: RememberedSources): boolean {
  return (
    uri.scheme === embeddedScheme ||
    vscode.workspace.getWorkspaceFolder(uri) !== undefined ||
    vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString()) ||
    remembered.isAllowed(vscode.Uri.joinPath(uri, '..').toString())
  );
}
