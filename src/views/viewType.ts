import * as v from 'valibot';
import * as vscode from 'vscode';
import { matchesFileName } from './fileNamePattern';

/** For files that nobody else shows; and beside VS Code's own editors. */
export const profileViewTypes = ['emberline.profile', 'emberline.profileOption'] as const;
export type ProfileViewType = (typeof profileViewTypes)[number];

const contributed = v.object({
  contributes: v.object({
    customEditors: v.array(
      v.object({ viewType: v.string(), selector: v.array(v.object({ filenamePattern: v.string() })) }),
    ),
  }),
});

let patterns: ReadonlyMap<string, readonly string[]> | null = null;

/** The patterns of file names of each view type, as package.json contributes them. */
export function fileNamePatterns(): ReadonlyMap<string, readonly string[]> {
  if (patterns === null) {
    const found = v.safeParse(contributed, vscode.extensions.getExtension('emberline.emberline')?.packageJSON);
    const editors = found.success ? found.output.contributes.customEditors : [];
    patterns = new Map(
      editors.map(({ viewType, selector }) => [viewType, selector.map(({ filenamePattern }) => filenamePattern)]),
    );
  }
  return patterns;
}

/** The view type to open a file with. VS Code names an editor properly only where it is contributed for the name. */
export function viewTypeFor(uri: vscode.Uri): ProfileViewType {
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  const found = profileViewTypes.find((viewType) =>
    fileNamePatterns()
      .get(viewType)
      ?.some((pattern) => matchesFileName(pattern, name)),
  );
  return found ?? 'emberline.profile';
}
