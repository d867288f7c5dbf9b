import * as vscode from 'vscode';
import { ui } from './driver';
import { updateWorkspaceSetting } from './workspaceSettings';

// The Endpoints view's rows and what they are made of.

/** Emberline's. */
export const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('emberline');

/** Sets the endpoints of the workspace; none where it is undefined. */
export async function configure(endpoints: object[] | undefined): Promise<void> {
  await updateWorkspaceSetting('emberline.endpoints', endpoints);
}

/** The profile in front; null where something else is. */
export const shownProfile = (): vscode.Uri | null => {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input.uri : null;
};

/** The rows of the side bar's first view: label and description. */
export function rows(): Promise<{ label: string; description: string; icon: string }[]> {
  return ui(async (page) =>
    page
      .locator('.part.sidebar .pane')
      .first()
      .locator('.monaco-list-row')
      .evaluateAll((all) =>
        all.map((row) => ({
          label: row.querySelector('.label-name')?.textContent ?? '',
          description: row.querySelector('.label-description')?.textContent ?? '',
          icon: row.querySelector('.custom-view-tree-node-item-icon')?.className ?? '',
        })),
      ),
  );
}

/** Presses an action at the end of a row. */
export function press(label: string, action: string): Promise<void> {
  return ui(
    async (page, [text, name]) => {
      const row = page.locator('.part.sidebar .monaco-list-row').filter({ hasText: text }).first();
      const deadline = Date.now() + 90_000;
      for (;;) {
        await row.hover();
        try {
          await row.locator(`.action-label[aria-label="${name}"]`).click({ timeout: 3000 });
          return;
        } catch (error) {
          // A row that is drawn anew under the resting pointer has no actions.
          if (Date.now() > deadline) throw error;
          await page.mouse.move(5, 5);
        }
      }
    },
    [label, action],
  );
}
