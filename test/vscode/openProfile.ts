import * as vscode from 'vscode';
import { ui, waitForFlameGraph } from './driver';

/** Opens a profile on the left and waits for its chart; `emberline.profileOption` where others have a claim to its ending. */
export async function openProfile(path: string, viewType = 'emberline.profile'): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(path), viewType, {
    viewColumn: vscode.ViewColumn.One,
  });
  await waitForFlameGraph();
}

/** Finds a function by the table's filter and double-clicks its row. */
export const activateRow = (name: string): Promise<void> =>
  ui(async (page, text, tools) => {
    const frame = tools.webview(page);
    await frame.getByRole('textbox', { name: /filter/i }).fill(text.slice(0, 40));
    await frame.getByRole('gridcell').filter({ hasText: text }).first().dblclick();
  }, name);
