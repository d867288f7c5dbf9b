import * as vscode from 'vscode';
import { eventually, themeKind } from './driver';

/** A theme's name, and what VS Code says it is. */
type Theme = readonly [name: string, kind: Awaited<ReturnType<typeof themeKind>>];

export const DARK_AND_LIGHT: readonly Theme[] = [
  ['Default Dark Modern', 'vs-dark'],
  ['Default Light Modern', 'vs'],
];

/** Looks at the window in each of the themes, then in the one that it had. */
export async function inThemes(themes: readonly Theme[], look: (kind: Theme[1]) => Promise<void>): Promise<void> {
  const workbench = vscode.workspace.getConfiguration('workbench');
  try {
    for (const [theme, kind] of themes) {
      await workbench.update('colorTheme', theme, vscode.ConfigurationTarget.Global);
      await eventually(themeKind, (shown) => shown === kind);
      await look(kind);
    }
  } finally {
    await workbench.update('colorTheme', undefined, vscode.ConfigurationTarget.Global);
  }
}
