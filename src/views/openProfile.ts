import * as vscode from 'vscode';
import { fileNamePatterns, profileViewTypes, viewTypeFor } from './viewType';

/** `Emberline: Open Profile…` and the Explorer's `Open With Emberline`. */
export function registerOpenProfile(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('emberline.openProfile', () => chooseProfiles()),
    vscode.commands.registerCommand('emberline.openWithEmberline', (clicked?: unknown, selected?: unknown) => {
      const uris = (Array.isArray(selected) && selected.length > 0 ? selected : [clicked]).filter(
        (uri): uri is vscode.Uri => uri instanceof vscode.Uri,
      );
      return uris.length === 0 ? chooseProfiles() : openProfiles(uris);
    }),
  );
}

async function chooseProfiles(): Promise<void> {
  await openProfiles((await chooseProfileFiles(true)) ?? []);
}

/** Asks for one or many files; undefined where the user cancels. */
export async function chooseProfileFiles(many: boolean): Promise<vscode.Uri[] | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showOpenDialog({
    title: many ? 'Open Profile' : 'Choose Profile',
    openLabel: many ? 'Open Profile' : 'Choose Profile',
    canSelectMany: many,
    filters: { Profiles: knownEndings(), 'All Files': ['*'] },
    ...(folder === undefined ? {} : { defaultUri: folder }),
  });
}

/** Endings that the file dialog offers; any file may be chosen, as content decides. A dialog knows last parts only. */
function knownEndings(): string[] {
  const patterns = [...fileNamePatterns().values()].flat();
  return [...new Set(patterns.map((pattern) => /\.(\w+)$/.exec(pattern)?.[1] ?? 'gz'))];
}

/** Opens each in an editor of its own; the last one has the focus. */
async function openProfiles(uris: readonly vscode.Uri[]): Promise<void> {
  for (const uri of uris) {
    await vscode.commands.executeCommand('vscode.openWith', uri, viewTypeFor(uri), {
      preview: uris.length === 1,
    } satisfies vscode.TextDocumentShowOptions);
  }
}

/** Brings the profile's editor to the front, in the group where it is; opens it where it was closed. */
export async function showProfile(uri: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  for (const { input, group } of tabs) {
    const shows =
      input instanceof vscode.TabInputCustom &&
      input.uri.toString() === uri.toString() &&
      profileViewTypes.some((viewType) => viewType === input.viewType);
    if (shows) {
      await vscode.commands.executeCommand('vscode.openWith', uri, input.viewType, { viewColumn: group.viewColumn });
      return;
    }
  }
  await vscode.commands.executeCommand('vscode.openWith', uri, viewTypeFor(uri));
}
