import * as v from 'valibot';
import * as vscode from 'vscode';
import type { EndpointSpec } from '../../endpoints/endpoint';
import { endpointKind, endpointKinds } from '../../endpoints/endpointKinds';

const section = 'emberline';
const key = 'endpoints';

export type EndpointScope = 'workspace' | 'user';

/** An endpoint of the settings. */
export interface ConfiguredEndpoint {
  readonly spec: EndpointSpec;
  readonly scope: EndpointScope;
  /** Why it cannot be used, one sentence; null where it can. */
  readonly problem: string | null;
}

const text = v.pipe(v.string(), v.minLength(1));
const specSchema = v.object({
  name: text,
  kind: text,
  url: v.optional(v.union([text, v.pipe(v.array(text), v.minLength(1))])),
  instancesFrom: v.optional(text),
  pid: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  command: v.optional(v.pipe(v.array(v.string()), v.minLength(1))),
  profile: v.optional(text),
  seconds: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(86_400))),
  concurrency: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  options: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]))),
});

/** The endpoints of the settings: the workspace's, then the user's that have other names. */
export function configuredEndpoints(): ConfiguredEndpoint[] {
  const found = new Map<string, ConfiguredEndpoint>();
  for (const scope of ['workspace', 'user'] as const) {
    for (const [i, value] of rawEndpoints(scope).entries()) {
      const endpoint = readEndpoint(value, i, scope);
      if (!found.has(endpoint.spec.name)) found.set(endpoint.spec.name, endpoint);
    }
  }
  return [...found.values()];
}

function readEndpoint(value: unknown, index: number, scope: EndpointScope): ConfiguredEndpoint {
  const parsed = v.safeParse(specSchema, value);
  if (parsed.success && endpointKind(parsed.output.kind) !== null) {
    return { spec: parsed.output as EndpointSpec, scope, problem: null };
  }
  const { name, kind } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const [issue] = parsed.issues ?? [];
  const kinds = endpointKinds.map((each) => each.name).join(', ');
  return {
    spec: {
      name: typeof name === 'string' && name !== '' ? name : `Endpoint ${index + 1}`,
      kind: (typeof kind === 'string' ? kind : 'http') as EndpointSpec['kind'],
    },
    scope,
    problem:
      issue === undefined
        ? `There is no kind "${String(kind)}": there are ${kinds}.`
        : `"${v.getDotPath(issue) ?? 'The endpoint'}" of this endpoint is not right (${issue.message}): correct the setting.`,
  };
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
  const rest = rawEndpoints(scope).filter((value, i) => readEndpoint(value, i, scope).spec.name !== spec.name);
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
