import * as vscode from 'vscode';
import type { RememberedSources } from './rememberedSources';

/** Whether a file may be shown without asking: in the workspace, open already, or in a folder that the user allowed. */
export function isWithinReach(uri: vscode.Uri, remembered: RememberedSources): boolean {
  return (
    vscode.workspace.getWorkspaceFolder(uri) !== undefined ||
    vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString()) ||
    remembered.isAllowed(vscode.Uri.joinPath(uri, '..').toString())
  );
}
