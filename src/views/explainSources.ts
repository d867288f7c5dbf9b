import * as vscode from 'vscode';
import { OUTLASTS_LATE_FOCUS } from '../editor/lateFocus';
import { addPathMapping, mappingTargetOf } from '../editor/pathMappingSettings';
import type { SourceOpener } from '../editor/sourceOpener';
import { plainStatusText } from '../editor/statusText';
import type { FileLines, HotFile } from '../engine/lineApi';
import { type MappingSuggestion, prefixesOf } from '../sources/pathMappings';
import type { SourceResolver } from '../sources/sourceResolver';
import {
  counted,
  type ExplainedFile,
  explainFiles,
  type FileState,
  groupByState,
  type SourceReport,
  sharesOf,
} from './explainSourcesReport';

export interface ExplainServices {
  readonly resolver: SourceResolver;
  readonly opener: SourceOpener;
  /** The active profile's files as its editor shows them; null where none is open. */
  readonly files: () => ProfileFiles | null;
  /** The URI of a file below a folder (a URI); null where there is none. */
  readonly fileBelow: (folder: string, path: string) => Promise<string | null>;
}

interface ProfileFiles {
  fileTotals(): Promise<readonly HotFile[]>;
  linesOfFile(file: number): Promise<FileLines>;
}

type Action = 'details' | 'open' | 'choose' | 'map' | 'forget' | 'copy' | 'settings';

interface Picked {
  readonly action: Action | 'suggestion';
  readonly file?: ExplainedFile;
  readonly suggestion?: MappingSuggestion;
}

interface Item extends vscode.QuickPickItem {
  readonly answer?: Picked;
}

interface ActionButton extends vscode.QuickInputButton {
  readonly action: Action;
}

const actionTexts: Readonly<Record<Exclude<Action, 'details' | 'settings'>, { icon: string; title: string }>> = {
  open: { icon: 'go-to-file', title: 'Open Source' },
  choose: { icon: 'file-code', title: 'Choose File…' },
  map: { icon: 'folder-opened', title: 'Choose Folder for This Prefix…' },
  forget: { icon: 'discard', title: 'Forget What Was Chosen' },
  copy: { icon: 'copy', title: 'Copy Recorded Path' },
};

/**
 * *Emberline: Explain Source Mapping*: for every file of the active profile which rule found it, or what was tried, with
 * what mends it a key away. All of it in quick picks, which keyboards and screen readers know.
 */
export function registerExplainSources(services: ExplainServices): vscode.Disposable {
  return vscode.commands.registerCommand('emberline.explainSources', () => explain(services));
}

async function explain(services: ExplainServices): Promise<void> {
  let focus: string | null = null;
  for (;;) {
    const picked = await showList(services, focus);
    if (picked === null) {
      return;
    }
    focus = picked.file?.recorded ?? null;
    const action = picked.action === 'details' && picked.file !== undefined ? await showDetails(picked.file) : picked;
    if (action === null) {
      return;
    }
    if (!(await act(services, action))) {
      return;
    }
  }
}

/** Does what was picked; true where the list is to be shown again. */
async function act({ opener, fileBelow }: ExplainServices, { action, file, suggestion }: Picked): Promise<boolean> {
  if (suggestion !== undefined) {
    await addPathMapping({ from: suggestion.from, to: suggestion.to });
    return true;
  }
  if (action === 'settings') {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'emberline.pathMappings');
    return false;
  }
  if (file === undefined) {
    return true;
  }
  switch (action) {
    case 'open':
      await opener.open({ name: '', file: file.recorded, line: null, column: null }, undefined);
      return false;
    case 'choose':
      await opener.chooseSource(file.recorded);
      return true;
    case 'map':
      await mapPrefix(file.recorded, fileBelow);
      return true;
    case 'forget':
      opener.forgetSource(file.recorded);
      return true;
    case 'copy':
      await vscode.env.clipboard.writeText(file.recorded);
      return false;
    default:
      return true;
  }
}

/** Asks for the folder that stands for the start of a record, and finds out how much of the record that start is. */
async function mapPrefix(recorded: string, fileBelow: ExplainServices['fileBelow']): Promise<void> {
  const defaultUri = vscode.workspace.workspaceFolders?.[0]?.uri;
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: `Folder with ${plainStatusText(shortPath(recorded))}`,
      openLabel: 'Use as Folder',
      canSelectFiles: false,
      canSelectFolders: true,
      ...(defaultUri === undefined ? {} : { defaultUri }),
    })) ?? [];
  if (folder === undefined) {
    return;
  }
  for (const { from, below } of prefixesOf(recorded)) {
    if ((await fileBelow(folder.toString(), below)) !== null) {
      await addPathMapping({ from, to: mappingTargetOf(folder) });
      return;
    }
  }
  const sentence = `${folder.fsPath} has no file that ends as ${plainStatusText(shortPath(recorded))} does: choose the folder that its path starts in.`;
  await vscode.window.showWarningMessage(sentence);
}

async function showList(services: ExplainServices, focus: string | null): Promise<Picked | null> {
  const files = services.files();
  if (files === null) {
    void vscode.window.showInformationMessage('No profile is open: open one, and its files can be explained.');
    return null;
  }
  const pick = vscode.window.createQuickPick<Item>();
  const cancelled = new AbortController();
  pick.title = 'Source Mapping';
  pick.placeholder = 'Looking for the files of the profile…';
  pick.busy = true;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.buttons = [{ iconPath: new vscode.ThemeIcon('gear'), tooltip: 'Path Mappings in Settings' }];
  const closed = settle(pick, (button, item) =>
    item === null ? { action: 'settings' } : { action: (button as ActionButton).action, file: item.answer!.file! },
  );
  pick.show();
  try {
    void closed.then(() => cancelled.abort());
    const severalFolders = (vscode.workspace.workspaceFolders ?? []).length > 1;
    const hottest = await files.fileTotals();
    const total = hottest.length === 0 ? 0 : (await files.linesOfFile(hottest[0]!.file)).viewTotal;
    const report = await explainFiles(hottest, total, services.resolver, severalFolders, cancelled.signal);
    pick.items = itemsOf(report);
    pick.placeholder = placeholderOf(report);
    const again = pick.items.find(({ answer }) => focus !== null && answer?.file?.recorded === focus);
    if (again !== undefined) {
      pick.activeItems = [again];
    }
    pick.busy = false;
  } catch (error) {
    if (!cancelled.signal.aborted) {
      pick.hide();
      const reason = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(`The profile's files cannot be explained: ${plainStatusText(reason)}`);
    }
  }
  return closed;
}

function placeholderOf({ files, left }: SourceReport): string {
  const more = left > 0 ? `, the hottest of ${files.length + left}` : '';
  return `${counted(files.length, 'file')} of the profile${more}: choose one to see what was tried`;
}

const stateIcons: Readonly<Record<FileState, string>> = {
  missing: 'error',
  ambiguous: 'question',
  found: 'pass',
  none: 'circle-slash',
};

function itemsOf(report: SourceReport): Item[] {
  const items: Item[] = [];
  if (report.suggestions.length > 0) {
    items.push({ label: 'Suggested mappings', kind: vscode.QuickPickItemKind.Separator });
    for (const suggestion of report.suggestions) {
      items.push({
        label: `$(lightbulb) Map ${plainStatusText(suggestion.from)} to ${plainStatusText(suggestion.to)}`,
        description: `${counted(suggestion.files, 'file')} found there by their end`,
        answer: { action: 'suggestion', suggestion },
      });
    }
  }
  for (const { state, title, files } of groupByState(report)) {
    items.push({ label: title, kind: vscode.QuickPickItemKind.Separator });
    for (const file of files) {
      items.push({
        label: `$(${stateIcons[state]}) ${plainStatusText(shortPath(file.recorded))}`,
        description: sharesOf(file, report.viewTotal),
        detail: plainStatusText(clip(file.reason)),
        buttons: actionsOf(file)
          .filter((action) => action !== 'copy')
          .map(buttonOf),
        answer: { action: 'details', file },
      });
    }
  }
  return items;
}

/** What can be done about a file, what helps most first. */
function actionsOf({ state, explanation: { resolution } }: ExplainedFile): (keyof typeof actionTexts)[] {
  if (state === 'none') {
    return ['copy'];
  }
  if (resolution.kind === 'found') {
    const mend = resolution.how === 'remembered' ? ['forget' as const, 'choose' as const] : ['choose' as const];
    return ['open', ...mend, 'map', 'copy'];
  }
  return ['choose', 'map', 'copy'];
}

function buttonOf(action: keyof typeof actionTexts): ActionButton {
  const { icon, title } = actionTexts[action];
  return { action, iconPath: new vscode.ThemeIcon(icon), tooltip: title };
}

/** What was tried for one file, and what can be done; `details` is the way back. */
async function showDetails(file: ExplainedFile): Promise<Picked | null> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = plainStatusText(clip(file.recorded));
  pick.placeholder = plainStatusText(clip(file.reason));
  pick.buttons = [vscode.QuickInputButtons.Back];
  const items: Item[] = actionsOf(file).map((action) => ({
    label: `$(${actionTexts[action].icon}) ${actionTexts[action].title}`,
    answer: { action, file },
  }));
  const { attempts } = file.explanation;
  if (attempts.length > 0) {
    items.push({ label: 'What was tried, in order', kind: vscode.QuickPickItemKind.Separator });
  }
  for (const { rule, led, found } of attempts) {
    items.push({
      label: `$(${found ? 'pass' : 'circle-slash'}) ${rule}`,
      description: found ? 'found' : 'not there',
      detail: plainStatusText(clip(led)),
      answer: { action: found ? 'open' : 'details', file },
    });
  }
  pick.items = items;
  const closed = settle(pick, () => ({ action: 'details' as const }));
  pick.show();
  return closed;
}

/** What the user picks, or presses, in a quick pick; null where it is closed. */
function settle(
  pick: vscode.QuickPick<Item>,
  pressed: (button: vscode.QuickInputButton, item: Item | null) => Picked,
): Promise<Picked | null> {
  pick.ignoreFocusOut = OUTLASTS_LATE_FOCUS.ignoreFocusOut;
  return new Promise((resolve) => {
    const end = (picked: Picked | null): void => {
      resolve(picked);
      pick.dispose();
    };
    pick.onDidAccept(() => {
      const picked = pick.selectedItems[0]?.answer;
      if (picked !== undefined) {
        end(picked);
      }
    });
    pick.onDidTriggerItemButton(({ button, item }) => end(pressed(button, item)));
    pick.onDidTriggerButton((button) => end(pressed(button, null)));
    pick.onDidHide(() => end(null));
  });
}

const mostShown = 110;

/** The end of a path, which tells files apart. */
function shortPath(text: string): string {
  return text.length <= mostShown ? text : `…${text.slice(1 - mostShown)}`;
}

function clip(text: string): string {
  return text.length <= 300 ? text : `${text.slice(0, 140)}…${text.slice(-159)}`;
}
