import * as vscode from 'vscode';
import type { EndpointSpec } from '../../endpoints/endpoint';
import { type ConfiguredEndpoint, type EndpointScope, readEndpoints } from './readEndpoints';

const section = 'emberline';
const key = 'endpoints';

/** The endpoints of the settings: the workspace's, then the user's that have other names. */
export function configuredEndpoints(): ConfiguredEndpoint[] {
  const workspace = readEndpoints(rawEndpoints('workspace'), 'workspace');
  const names = new Set(workspace.map(({ spec }) => spec.name));
  return [...workspace, ...readEndpoints(rawEndpoints('user'), 'user').filter(({ spec }) => !names.has(spec.name))];
}

function rawEndpoints(scope: EndpointScope): unknown[] {
  const inspected = vscode.workspace.getConfiguration(section).inspect<unknown>(key);
  const value = scope === 'workspace' ? inspected?.workspaceValue : inspected?.globalValue;
  return Array.isArray(value) ? value : [];
}

/** Adds an endpoint, or replaces the one of its name. @throws Error where the settings cannot be written */
export async function saveEndpoint(spec: EndpointSpec, scope: EndpointScope): Promise<void> {
  const others = rawEndpoints(scope).filter((value) => nameOf(value) !== spec.name);
  await write(scope, [...others, spec]);
}

export async function removeEndpoint({ spec, scope }: ConfiguredEndpoint): Promise<void> {
  const all = rawEndpoints(scope);
  const read = readEndpoints(all, scope);
  const rest = all.filter((_, i) => read[i]!.spec.name !== spec.name);
  await write(scope, rest.length === 0 ? undefined : rest);
}

async function write(scope: EndpointScope, value: unknown[] | undefined): Promise<void> {
  const target = scope === 'workspace' ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration(section).update(key, value, target);
}

function nameOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined;
}

/** Opens the settings file at an endpoint, or at the setting where there is none. */
export async function editEndpoint(name: string | null, scope: EndpointScope): Promise<void> {
  const command =
    scope === 'workspace' ? 'workbench.action.openWorkspaceSettingsFile' : 'workbench.action.openSettingsJson';
  await vscode.commands.executeCommand(command, { revealSetting: { key: `${section}.${key}`, edit: name === null } });
  if (name === null) return;
  const editor = await settingsEditor();
  if (editor === undefined) return;
  const content = editor.document.getText();
  const setting = Math.max(0, content.indexOf(`"${section}.${key}"`));
  const at = content.indexOf(JSON.stringify(name), setting);
  if (at < 0) return;
  const position = editor.document.positionAt(at + 1);
  editor.selection = new vscode.Selection(position, position);
  editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** The settings file opens a little after its command has answered. */
async function settingsEditor(): Promise<vscode.TextEditor | undefined> {
  for (let i = 0; i < 20; i++) {
    const editor = vscode.window.activeTextEditor;
    if (editor !== undefined && /settings\.json$|\.code-workspace$/.test(editor.document.uri.path)) return editor;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return undefined;
}
