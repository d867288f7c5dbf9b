import { homedir } from 'node:os';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { type ExpandedMapping, expandMapping, type PathMapping } from '../sources/pathMappings';

export const pathMappingsSetting = 'emberline.pathMappings';

const rowSchema = v.object({
  from: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)),
  to: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)),
});

/** The rows as written; what is no mapping is left out. */
function readRows(value: unknown): PathMapping[] {
  return Array.isArray(value)
    ? value.flatMap((row: unknown) => {
        const parsed = v.safeParse(rowSchema, row);
        return parsed.success ? [parsed.output] : [];
      })
    : [];
}

/** The user's mappings in their order, variables replaced. */
export function readPathMappings(): ExpandedMapping[] {
  const rows = readRows(vscode.workspace.getConfiguration().get(pathMappingsSetting));
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ name, uri }) => ({
    name,
    uri: uri.toString(),
    path: uri.scheme === 'file' ? uri.fsPath : uri.path,
  }));
  return rows.map((row) => expandMapping(row, { folders, env: process.env, home: homedir() }));
}

/**
 * Puts a mapping before the others, in the workspace's settings where there is a workspace. One with the same `from`
 * is replaced.
 */
export async function addPathMapping(mapping: PathMapping): Promise<void> {
  const inWorkspace = (vscode.workspace.workspaceFolders ?? []).length > 0;
  const settings = vscode.workspace.getConfiguration();
  const inspected = settings.inspect<unknown>(pathMappingsSetting);
  const rows = readRows((inWorkspace ? inspected?.workspaceValue : undefined) ?? inspected?.globalValue);
  await settings.update(
    pathMappingsSetting,
    [mapping, ...rows.filter(({ from }) => from !== mapping.from)],
    inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
  );
}

/** A folder as `to` of a mapping: by its workspace folder, so that settings can be shared; else its path. */
export function mappingTargetOf(folder: vscode.Uri): string {
  const owner = vscode.workspace.getWorkspaceFolder(folder);
  if (owner === undefined) {
    return folder.scheme === 'file' ? folder.fsPath : folder.path;
  }
  const several = (vscode.workspace.workspaceFolders ?? []).length > 1;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the setting's variable.
  const root = several ? `\${workspaceFolder:${owner.name}}` : '${workspaceFolder}';
  const below = folder.path.slice(owner.uri.path.replace(/\/$/, '').length).replace(/^\/|\/$/g, '');
  return below === '' ? root : `${root}/${below}`;
}
