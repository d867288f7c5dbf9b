import * as vscode from 'vscode';
import { changeText, toldWord } from './heatChange';
import { type ChangedLine, changedLines, type RegressionServices } from './regressions';
import { plainStatusText } from './statusText';

const messageMs = 6000;
const MOST_TEXT = 120;

/** *Go to Next Regression*, *Previous*, and *Show Regressions…*: the largest first, across files. */
export function registerRegressionCommands(services: RegressionServices): vscode.Disposable {
  /** Where the last jump led: the list may be another by now. */
  let last: { readonly place: string; readonly rank: number } | null = null;
  const go = async (direction: 1 | -1): Promise<void> => {
    const regressions = (await compared(services)).filter(({ change }) => change.share > 0);
    if (regressions.length === 0) {
      await sayNone(services);
      return;
    }
    const at = last === null ? -1 : regressions.findIndex((each) => placeOf(each) === last?.place);
    const from = at >= 0 ? at : last === null ? (direction === 1 ? -1 : 0) : last.rank - (direction === 1 ? 1 : 0);
    const next = (from + direction + regressions.length) % regressions.length;
    const target = regressions[next]!;
    last = { place: placeOf(target), rank: next };
    await show(target, false);
    const rank = `regression ${next + 1} of ${regressions.length}`;
    const text = `${changeText(target.change, target.hot)} ${target.change.metric} — ${placeText(target)}, ${rank}`;
    vscode.window.setStatusBarMessage(`$(git-compare) ${plainStatusText(text)}`, messageMs);
  };
  return vscode.Disposable.from(
    vscode.commands.registerCommand('emberline.nextRegression', () => go(1)),
    vscode.commands.registerCommand('emberline.previousRegression', () => go(-1)),
    vscode.commands.registerCommand('emberline.showRegressions', () => chooseChange(services)),
    services.heat.onDidChange(() => {
      if (services.heat.comparison === null) last = null;
    }),
  );
}

/** Looking through files takes a moment the first time. */
function compared(services: RegressionServices): Thenable<ChangedLine[]> {
  const options = { location: vscode.ProgressLocation.Window, title: 'Emberline: comparing lines' };
  return vscode.window.withProgress(options, () => changedLines(services));
}

async function sayNone({ heat }: RegressionServices): Promise<void> {
  const { comparison, source } = heat;
  if (comparison?.kind === 'compared') {
    const show = 'Show Changes';
    const message = `No line of ${source?.name ?? 'the profile'} costs more than in ${comparison.source.name}, chance aside.`;
    if ((await vscode.window.showInformationMessage(message, show)) === show) {
      await vscode.commands.executeCommand('emberline.showRegressions');
    }
    return;
  }
  const why = comparison?.kind === 'problem' ? comparison.problem : 'Open a profile to compare with the baseline.';
  void vscode.window.showInformationMessage(why);
}

interface ChangeItem extends vscode.QuickPickItem {
  readonly target?: ChangedLine;
}

async function chooseChange(services: RegressionServices): Promise<void> {
  const changes = await compared(services);
  if (changes.length === 0) {
    const { comparison } = services.heat;
    const none =
      comparison?.kind === 'compared'
        ? `No line changed against ${comparison.source.name} by more than chance.`
        : comparison?.problem;
    void vscode.window.showInformationMessage(none ?? 'Open a profile to compare with the baseline.');
    return;
  }
  const items = (wanted: (share: number) => boolean): ChangeItem[] =>
    changes
      .filter(({ change }) => wanted(change.share))
      .map((target) => ({
        label: `${changeText(target.change, target.hot)} ${toldWord(target.change)}`.trimEnd(),
        description: placeText(target),
        detail: target.text.slice(0, MOST_TEXT),
        target,
      }));
  const part = (label: string, found: ChangeItem[]): ChangeItem[] =>
    found.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...found];
  const list = vscode.window.createQuickPick<ChangeItem>();
  list.title = `Changes of ${services.heat.metric}, against ${services.heat.comparison?.source.name ?? 'the baseline'}`;
  list.placeholder = 'Lines that changed by more than chance, the largest change first';
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  list.items = [
    ...part(
      'costs more',
      items((share) => share > 0),
    ),
    ...part(
      'costs less',
      items((share) => share < 0),
    ),
  ];
  list.onDidChangeActive(([active]) => {
    if (active?.target !== undefined) void show(active.target, true);
  });
  list.onDidAccept(() => {
    const [picked] = list.selectedItems;
    list.hide();
    if (picked?.target !== undefined) void show(picked.target, false);
  });
  list.onDidHide(() => list.dispose());
  list.show();
}

async function show({ uri, line }: ChangedLine, preview: boolean): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const at = Math.min(line.line, document.lineCount - 1);
  const position = new vscode.Position(at, document.lineAt(at).firstNonWhitespaceCharacterIndex);
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  const column = shown?.viewColumn ?? vscode.window.activeTextEditor?.viewColumn;
  await vscode.window.showTextDocument(document, {
    ...(column === undefined ? {} : { viewColumn: column }),
    selection: new vscode.Range(position, position),
    preserveFocus: preview,
    preview,
  });
}

function placeText({ uri, line }: ChangedLine): string {
  return `${vscode.workspace.asRelativePath(uri)}:${line.line + 1}`;
}

function placeOf({ uri, line }: ChangedLine): string {
  return `${uri.toString()}:${line.line}`;
}
