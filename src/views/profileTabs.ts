import * as vscode from 'vscode';

/** Whether a custom editor of this file is open in this window. */
export function isShownInTab(uri: vscode.Uri): boolean {
  const wanted = uri.toString();
  return vscode.window.tabGroups.all.some((group) =>
    group.tabs.some(({ input }) => input instanceof vscode.TabInputCustom && input.uri.toString() === wanted),
  );
}

/** The profile whose editor is in front; undefined where another editor is. */
export function profileInFront(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom && input.viewType.startsWith('emberline.') ? input.uri : undefined;
}
