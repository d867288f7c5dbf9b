import * as vscode from 'vscode';

/**
 * How many editors may share the window's width with this one: the groups, and in one group the two sides of a diff. With
 * more groups VS Code shows a diff inline unless the window is very wide.
 */
export function editorsSideBySide(editor: vscode.TextEditor): number {
  const groups = vscode.window.tabGroups.all;
  const [group] = groups;
  return groups.length === 1 && group !== undefined && isSideOfDiff(editor, group) ? 2 : Math.max(1, groups.length);
}

function isSideOfDiff({ document }: vscode.TextEditor, { activeTab }: vscode.TabGroup): boolean {
  const input = activeTab?.input;
  if (!(input instanceof vscode.TabInputTextDiff)) return false;
  if (!vscode.workspace.getConfiguration('diffEditor', document).get('renderSideBySide', true)) return false;
  const uri = document.uri.toString();
  return input.original.toString() === uri || input.modified.toString() === uri;
}
