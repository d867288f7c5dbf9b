import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Heat } from '../editor/heat';
import { OUTLASTS_LATE_FOCUS } from '../editor/lateFocus';
import type { Baseline } from './baseline';
import type { CaptureStore } from './captureStore';
import type { HostProfile } from './hostProfile';
import { chooseProfileFiles, showProfile } from './openProfile';
import type { OpenProfiles } from './openProfiles';
import { profileInFront } from './profileTabs';

const messageMs = 6000;
const MOST_RECENT = 12;

export interface BaselineCommandServices {
  readonly baseline: Baseline;
  readonly profiles: OpenProfiles;
  readonly store: CaptureStore;
  readonly heat: Heat;
  readonly output: vscode.LogOutputChannel;
}

/** *Set as Baseline*, *Compare With…*, *Swap with Baseline*, *Clear Baseline*, and the menu of the status bar. */
export function registerBaselineCommands(services: BaselineCommandServices): vscode.Disposable {
  const { baseline } = services;
  const commands: Record<string, (given?: unknown) => unknown> = {
    'emberline.setBaseline': (given) => setBaseline(given, services),
    'emberline.compareWith': (given) => compareWith(given, services),
    'emberline.swapBaseline': () => swapBaseline(services),
    'emberline.clearBaseline': () => baseline.clear(),
    'emberline.baselineMenu': () => chooseBaselineCommand(baseline),
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run)),
  );
}

/** What a command is about: what was clicked, the editor in front, else the profile that glows. */
function profileMeant(given: unknown, { profiles }: BaselineCommandServices): vscode.Uri | null {
  return given instanceof vscode.Uri ? given : (profileInFront() ?? profiles.active?.uri ?? null);
}

async function setBaseline(given: unknown, services: BaselineCommandServices): Promise<void> {
  const uri = profileMeant(given, services);
  if (uri === null) {
    void vscode.window.showInformationMessage('No profile is open: open the one to compare with first.');
    return;
  }
  await become(uri, services);
}

/** @returns whether the file is the baseline now */
async function become(uri: vscode.Uri, { baseline, output }: BaselineCommandServices): Promise<boolean> {
  const name = basename(uri.path);
  try {
    await baseline.set(uri);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    output.error(`Baseline ${uri.toString(true)}: ${why}`);
    void vscode.window.showErrorMessage(`${name} cannot be the baseline: ${why}`);
    return false;
  }
  vscode.window.setStatusBarMessage(
    `$(git-compare) ${name} is the baseline: other profiles are compared with it.`,
    messageMs,
  );
  return true;
}

interface BaselineItem extends vscode.QuickPickItem {
  /** Null for the choice of a file. */
  readonly uri?: vscode.Uri | null;
}

async function compareWith(given: unknown, services: BaselineCommandServices): Promise<void> {
  const uri = profileMeant(given, services);
  const picked = await vscode.window.showQuickPick(baselineItems(uri, services), {
    title: uri === null ? 'Compare With' : `Compare ${basename(uri.path)} With`,
    placeHolder: 'Which profile is the baseline?',
    ...OUTLASTS_LATE_FOCUS,
    matchOnDescription: true,
  });
  if (picked?.uri === undefined) return;
  const chosen = picked.uri ?? (await chooseProfileFiles(false))?.[0];
  if (chosen === undefined || !(await become(chosen, services))) return;
  if (given instanceof vscode.Uri) await showProfile(given);
}

/** Open profiles, the newest captures, any file. */
async function baselineItems(
  subject: vscode.Uri | null,
  { profiles, store, baseline }: BaselineCommandServices,
): Promise<BaselineItem[]> {
  const taken = new Set([subject?.toString(), baseline.profile?.uri.toString()]);
  const item = (uri: vscode.Uri, description: string): BaselineItem[] => {
    if (taken.has(uri.toString())) return [];
    taken.add(uri.toString());
    return [{ label: basename(uri.path), description, uri }];
  };
  const separator = (label: string): BaselineItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const open = profiles.all.flatMap(({ uri }) => item(uri, vscode.workspace.asRelativePath(uri)));
  const captures = (await store.recent())
    .slice(0, MOST_RECENT)
    .flatMap(({ path, modified }) => item(vscode.Uri.file(path), new Date(modified).toLocaleString()));
  return [
    ...(open.length > 0 ? [separator('open profiles'), ...open] : []),
    ...(captures.length > 0 ? [separator('recent captures'), ...captures] : []),
    separator('files'),
    { label: '$(folder-opened) Choose a File…', uri: null },
  ];
}

async function swapBaseline({ baseline, output }: BaselineCommandServices): Promise<HostProfile | null> {
  const shownInFront = profileInFront() !== undefined;
  try {
    const next = await baseline.swap();
    if (next === null) {
      void vscode.window.showInformationMessage(
        'There is nothing to swap: open a profile and set another as its baseline.',
      );
    } else if (shownInFront) {
      await showProfile(next.uri);
    }
    return next;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    output.error(`Swapping with the baseline: ${why}`);
    void vscode.window.showErrorMessage(`The profile cannot become the baseline: ${why}`);
    return null;
  }
}

async function chooseBaselineCommand(baseline: Baseline): Promise<void> {
  const items = [
    { label: '$(arrow-down) Go to Next Regression', command: 'emberline.nextRegression' },
    { label: '$(list-ordered) Show Regressions…', command: 'emberline.showRegressions' },
    { label: '$(git-compare) Compare With…', command: 'emberline.compareWith' },
    { label: '$(arrow-swap) Swap with Baseline', command: 'emberline.swapBaseline' },
    { label: '$(close) Clear Baseline', command: 'emberline.clearBaseline' },
  ];
  const title = baseline.profile === null ? 'Baseline' : `Compared with ${baseline.profile.name}`;
  const picked = await vscode.window.showQuickPick(items, { title, ...OUTLASTS_LATE_FOCUS });
  if (picked !== undefined) await vscode.commands.executeCommand(picked.command);
}
