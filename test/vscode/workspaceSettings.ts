import * as vscode from 'vscode';

/**
 * Writes a setting of the workspace. VS Code refuses that now and then ("the content of the file is newer") and keeps what
 * it could not write as unsaved text: that is dropped then, and the setting written again.
 */
export async function updateWorkspaceSetting(name: string, value: unknown): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await vscode.workspace.getConfiguration().update(name, value, vscode.ConfigurationTarget.Workspace);
      return;
    } catch (error) {
      if (tries === 10 || !/content of the file is newer|unsaved changes/.test(String(error))) throw error;
      console.log(`      VS Code refused to write ${name}, which is tried again: ${String(error)}`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await dropUnsavedSettings();
    }
  }
}

async function dropUnsavedSettings(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) return;
  await vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, '.vscode', 'settings.json'));
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
}
