import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ViewSpec } from '../analysis/viewSpec';
import { OUTLASTS_LATE_FOCUS } from '../editor/lateFocus';
import type { EngineApi, ProfileEncoding } from '../engine/engineApi';
import { formatValue } from '../units/units';
import { openParams } from './openParams';
import { chooseProfileFiles } from './openProfile';
import type { OpenProfiles } from './openProfiles';
import { profileInFront } from './profileTabs';
import { viewTypeFor } from './viewType';

interface Services {
  readonly engine: EngineApi;
  readonly profiles: OpenProfiles;
  readonly output: vscode.LogOutputChannel;
}

/** Drawings of a view, not profiles. */
const drawings: readonly string[] = ['html', 'svg'];

/** `Emberline: Convert Profile…`, of the profile given, the one in front, or one that is chosen. */
export function registerConvertProfile(services: Services): vscode.Disposable {
  return vscode.commands.registerCommand('emberline.convertProfile', async (given?: unknown) => {
    const uri = given instanceof vscode.Uri ? given : (profileInFront() ?? (await chooseProfileFiles(false))?.[0]);
    if (uri === undefined) return undefined;
    try {
      return await convertProfile(uri, services);
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') return undefined;
      const message = error instanceof Error ? error.message : String(error);
      services.output.error(`Converting ${basename(uri.path)}: ${message}`);
      void vscode.window.showErrorMessage(message);
      return undefined;
    }
  });
}

/** @returns where the profile was written to; undefined where the user thought better of it */
async function convertProfile(uri: vscode.Uri, services: Services): Promise<vscode.Uri | undefined> {
  const profile = await hold(uri, services);
  try {
    const shown = { profile: profile.id, ...(profile.view === null ? {} : { view: profile.view }) };
    const encodings = await services.engine.request('encodings', shown);
    const encoding = await chooseEncoding(encodings, basename(uri.path));
    if (encoding === undefined) return undefined;
    const target = await chooseTarget(uri, encoding);
    if (target === undefined) return undefined;
    const bytes = await withProgress(`Writing ${basename(target.path)}`, (signal) =>
      services.engine.request('encode', { ...shown, format: encoding.name }, { signal }),
    );
    await write(target, bytes);
    // Whoever waits for the command waits for the file, not for what is done with it.
    void offer(target, encoding, bytes.length);
    return target;
  } finally {
    profile.release();
  }
}

interface HeldProfile {
  readonly id: number;
  /** What its editor shows, null where none shows it. */
  readonly view: ViewSpec | null;
  release(): void;
}

/** The profile as it is open, or opened for this. */
async function hold(uri: vscode.Uri, { engine, profiles }: Services): Promise<HeldProfile> {
  const open = profiles.find(uri);
  if (open?.status.kind === 'open') {
    const kept = open.hold();
    return { id: open.status.summary.profile, view: open.view, release: () => kept.dispose() };
  }
  const name = basename(uri.path);
  const summary = await withProgress(`Reading ${name}`, async (signal, report) =>
    engine.request('open', await openParams(uri, name), { signal, onProgress: report }),
  );
  return {
    id: summary.profile,
    view: null,
    release: () => void engine.request('close', { profile: summary.profile }).catch(() => {}),
  };
}

function withProgress<T>(
  title: string,
  work: (signal: AbortSignal, report: (fraction: number | null) => void) => Promise<T>,
): Promise<T> {
  return Promise.resolve(
    vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (progress, token) => {
        const cancel = new AbortController();
        token.onCancellationRequested(() => cancel.abort());
        let shown = 0;
        return work(cancel.signal, (fraction) => {
          if (fraction === null || fraction * 100 - shown < 1) return;
          progress.report({ increment: fraction * 100 - shown });
          shown = fraction * 100;
        });
      },
    ),
  );
}

async function chooseEncoding(encodings: ProfileEncoding[], name: string): Promise<ProfileEncoding | undefined> {
  const item = (encoding: ProfileEncoding) => ({
    label: encoding.title,
    description: encoding.extensions.join(', '),
    ...(encoding.unfit === null ? {} : { detail: encoding.unfit }),
    encoding,
  });
  type Item = vscode.QuickPickItem & { encoding?: ProfileEncoding };
  const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const fit = encodings.filter(({ unfit }) => unfit === null);
  const unfit = encodings.filter((encoding) => encoding.unfit !== null);
  const items: Item[] = [
    separator('profiles'),
    ...fit.filter(({ name: format }) => !drawings.includes(format)).map(item),
    separator('to look at'),
    ...fit.filter(({ name: format }) => drawings.includes(format)).map(item),
    ...(unfit.length === 0 ? [] : [separator('cannot hold this profile'), ...unfit.map(item)]),
  ];
  for (;;) {
    const chosen = await vscode.window.showQuickPick(items, {
      title: 'Convert Profile',
      placeHolder: `What to write ${name} as`,
      ...OUTLASTS_LATE_FOCUS,
      matchOnDescription: true,
    });
    // What cannot be chosen is there to be read.
    if (chosen === undefined || chosen.encoding?.unfit === null) return chosen?.encoding;
  }
}

async function chooseTarget(uri: vscode.Uri, encoding: ProfileEncoding): Promise<vscode.Uri | undefined> {
  const name = basename(uri.path);
  const bare = name
    .replace(/\.(?:gz|zst)$/i, '')
    .replace(/(?<=.)(?:\.(?:speedscope|gecko|firefox|sentry|trace))?\.\w+$/i, '');
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const beside = vscode.workspace.getWorkspaceFolder(uri) ? vscode.Uri.joinPath(uri, '..') : folder;
  const ending = encoding.extensions[0];
  const proposed = `${bare}${ending}` === name ? `${bare}.converted${ending}` : `${bare}${ending}`;
  return vscode.window.showSaveDialog({
    title: `Convert to ${encoding.title}`,
    saveLabel: 'Convert',
    // A dialog knows the last part of an ending only.
    filters: { [encoding.title]: encoding.extensions.map((each) => each.slice(each.lastIndexOf('.') + 1)) },
    defaultUri: vscode.Uri.joinPath(beside ?? vscode.Uri.joinPath(uri, '..'), proposed),
  });
}

async function write(target: vscode.Uri, bytes: Uint8Array): Promise<void> {
  try {
    await vscode.workspace.fs.writeFile(target, bytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${basename(target.path)} could not be written: ${why}`);
  }
}

async function offer(target: vscode.Uri, encoding: ProfileEncoding, size: number): Promise<void> {
  const [open, reveal] = ['Open', 'Reveal'];
  const said = `Wrote ${basename(target.path)} (${formatValue(size, 'bytes')}).`;
  const answer = await vscode.window.showInformationMessage(said, open, reveal);
  if (answer === open) await show(target, encoding);
  if (answer === reveal) {
    const inside = vscode.workspace.getWorkspaceFolder(target) !== undefined;
    await vscode.commands.executeCommand(inside ? 'revealInExplorer' : 'revealFileInOS', target);
  }
}

/** Drawings open in the browser where it can read this machine's files, else as text. */
async function show(target: vscode.Uri, { name }: ProfileEncoding): Promise<void> {
  if (!drawings.includes(name)) {
    await vscode.commands.executeCommand('vscode.openWith', target, viewTypeFor(target));
    return;
  }
  const local = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  if (!local || !(await vscode.env.openExternal(target))) await vscode.commands.executeCommand('vscode.open', target);
}
