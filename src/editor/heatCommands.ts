import * as vscode from 'vscode';
import { chooseHeatLook } from './chooseHeatLook';
import type { Heat } from './heat';
import { displayProblem } from './heatDisplay';
import { heatScope } from './heatScope';
import { type HotLines, nextHotLine, noHotLines, rankOf } from './hotLines';
import type { SourceOpener } from './sourceOpener';
import { plainStatusText } from './statusText';

const messageMs = 5000;

export interface HeatCommandServices {
  readonly heat: Heat;
  readonly opener: SourceOpener;
  /** Makes the profile that was used last glow again, after `clearHeat`. */
  readonly reactivate: () => void;
  /** Lets go of the profile. */
  readonly deactivate: () => void;
  readonly showProfile: (uri: vscode.Uri) => Promise<void>;
}

/** The commands of the glow, and the status bar item that tells whose glow it is. */
export function registerHeatCommands(services: HeatCommandServices): vscode.Disposable {
  const { heat } = services;
  const commands: Record<string, () => unknown> = {
    'emberline.toggleHeat': () => {
      if (heat.source === null) {
        services.reactivate();
        heat.setVisible(true);
      } else {
        heat.setVisible(!heat.visible);
      }
    },
    'emberline.switchSelfTotal': () => {
      heat.setMetric(heat.metric === 'self' ? 'total' : 'self');
      vscode.window.setStatusBarMessage(`$(flame) Heat shows ${heat.metric}`, messageMs);
    },
    'emberline.chooseHeatLook': () => chooseHeatLook(heat),
    'emberline.nextHotLine': () => goToHotLine(services, 1),
    'emberline.previousHotLine': () => goToHotLine(services, -1),
    'emberline.clearHeat': () => services.deactivate(),
    'emberline.showProfile': () => {
      if (heat.source === null) {
        services.reactivate();
      }
      return heat.source === null ? sayNoProfile() : services.showProfile(heat.source.uri);
    },
    'emberline.heatMenu': () => chooseHeatCommand(heat),
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run)),
    heatStatus(heat),
  );
}

async function goToHotLine({ heat, opener }: HeatCommandServices, direction: 1 | -1): Promise<void> {
  if (heat.source === null) {
    sayNoProfile();
    return;
  }
  if (!heat.visible) {
    heat.setVisible(true);
  }
  const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
  const hot: HotLines = editor === undefined ? noHotLines : heat.hotLines(editor.document);
  const target = editor && nextHotLine(hot.lines, editor.selection.active.line, direction);
  if (editor === undefined || target === null || target === undefined) {
    await offerHottestLine(heat, opener, editor);
    return;
  }
  const column = editor.document.lineAt(target.line).firstNonWhitespaceCharacterIndex;
  const position = new vscode.Position(target.line, column);
  const shown = await vscode.window.showTextDocument(editor.document, {
    ...(editor.viewColumn === undefined ? {} : { viewColumn: editor.viewColumn }),
    selection: new vscode.Range(position, position),
  });
  shown.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  const rank = rankOf(hot.lines, target, heat.metric);
  const label = heat.labelText(target, hot);
  const place = `line ${target.line + 1}, number ${rank} of ${hot.lines.length} by ${heat.metric}`;
  vscode.window.setStatusBarMessage(`$(flame) ${label === '' ? '' : `${label} — `}${place}`, messageMs);
}

/** Nothing is hot here: offers to go where it is. */
async function offerHottestLine(
  heat: Heat,
  opener: SourceOpener,
  editor: vscode.TextEditor | undefined,
): Promise<void> {
  const why = editor && heat.markProblem(editor.document);
  const where = editor === undefined ? 'No editor with hot lines is open.' : (why ?? 'No hot lines in this file.');
  const go = 'Go to Hottest Line';
  const answer = await vscode.window.showInformationMessage(where, go);
  const files = heat.heatFiles;
  if (answer !== go || files === null) {
    return;
  }
  const [hottest] = (await files.hottest()).filter(({ hasLines }) => hasLines);
  if (hottest === undefined) {
    void vscode.window.showInformationMessage(
      'The profile has no lines, only functions: open one from the flame graph.',
    );
    return;
  }
  const { line, self, total } = await files.linesOfFile(hottest.file);
  const metric = heat.metric === 'self' ? self : total;
  let best = 0;
  for (let i = 1; i < line.length; i++) {
    if (Math.abs(metric[i]!) > Math.abs(metric[best]!)) {
      best = i;
    }
  }
  await opener.open({ name: '', file: hottest.path, line: line[best] ?? null, column: null }, undefined);
}

function sayNoProfile(): void {
  void vscode.window.showInformationMessage('No profile is open: open one, or profile the debug target.');
}

async function chooseHeatCommand(heat: Heat): Promise<void> {
  const other = heat.metric === 'self' ? 'total' : 'self';
  const problem = displayProblem(heat.look.display, heat.lookFacts);
  const items = [
    { label: '$(graph) Show Profile', command: 'emberline.showProfile' },
    { label: `$(arrow-swap) Colour by ${other}`, command: 'emberline.switchSelfTotal' },
    {
      label: '$(settings) Choose What Lines Show…',
      description: heat.look.display,
      ...(problem === null ? {} : { detail: `$(circle-slash) ${plainStatusText(problem)} Shares are shown.` }),
      command: 'emberline.chooseHeatLook',
    },
    { label: '$(arrow-down) Go to Next Hot Line', command: 'emberline.nextHotLine' },
    { label: '$(arrow-up) Go to Previous Hot Line', command: 'emberline.previousHotLine' },
    { label: '$(flame) Go to Hot Line…', command: 'emberline.goToHotLine' },
    { label: '$(debug-step-into) Follow Hot Path', command: 'emberline.followHotPath' },
    { label: heat.visible ? '$(eye-closed) Hide Heat' : '$(eye) Show Heat', command: 'emberline.toggleHeat' },
    { label: '$(map) Explain Source Mapping', command: 'emberline.explainSources' },
    { label: "$(git-commit) Set the Profile's Commit…", command: 'emberline.setCommit' },
    { label: '$(clear-all) Clear Heat', command: 'emberline.clearHeat' },
  ];
  const title = heat.source === null ? 'Heat' : `Heat of ${plainStatusText(heat.source.name)}`;
  const picked = await vscode.window.showQuickPick(items, { title });
  if (picked !== undefined) {
    await vscode.commands.executeCommand(picked.command);
  }
}

const maxName = 40;

function shortened(text: string): string {
  return text.length > maxName ? `${text.slice(0, maxName - 1)}…` : text;
}

function heatStatus(heat: Heat): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('emberline.heat', vscode.StatusBarAlignment.Left, 50);
  item.name = 'Emberline Heat';
  item.command = 'emberline.heatMenu';
  const show = (): void => {
    const { source } = heat;
    if (source === null || source.view === null) {
      item.hide();
      return;
    }
    const name = plainStatusText(source.name);
    if (!heat.visible) {
      // The way back: the menu that hid it.
      item.text = `$(eye-closed) ${shortened(name)}`;
      item.tooltip = `The heat of ${name} is hidden. Click to show it, and for the heat's other commands.`;
      item.accessibilityInformation = { label: `The heat of ${name} is hidden`, role: 'button' };
      item.show();
      return;
    }
    const sampleType = source.status.summary?.sampleTypes[source.view.sampleType]?.type ?? '';
    const scope = plainStatusText(heatScope(source.status.summary, heat.heatFiles?.view ?? source.view));
    const words = plainStatusText(heat.referenceWords);
    const by = words === '' ? heat.metric : `${heat.metric} ${shortened(words)}`;
    const { activeTextEditor: editor } = vscode.window;
    const problem = editor === undefined ? null : heat.markProblem(editor.document);
    const doubt = editor === undefined ? null : heat.markDoubt(editor.document);
    const why = problem ?? doubt;
    const icon = problem !== null ? ' $(info)' : doubt !== null ? ' $(warning)' : '';
    const filtered = scope === '' ? '' : ` $(filter) ${shortened(scope)}`;
    item.text = `$(flame) ${shortened(name)}: ${by}${filtered}${icon}`;
    const only = scope === '' ? '' : ` Only samples of ${scope}, as its editor shows them.`;
    const misfit = displayProblem(heat.look.display, heat.lookFacts);
    const instead = misfit === null ? '' : ` ${plainStatusText(misfit)} Shares are shown.`;
    const glow = `Lines glow by ${by} ${plainStatusText(sampleType)} of ${name}.${only}${instead}`;
    const told = problem === null ? glow : plainStatusText(problem);
    item.tooltip = `${told}${doubt === null ? '' : ` ${plainStatusText(doubt)}`} Click for the heat's commands.`;
    const label = `Heat of ${name}${scope === '' ? '' : `, ${scope},`} by ${by}${why === null ? '' : `. ${why}`}`;
    item.accessibilityInformation = { label, role: 'button' };
    item.show();
  };
  show();
  return vscode.Disposable.from(
    item,
    heat.onDidChange(show),
    heat.onDidAnswer((document) => {
      if (document === vscode.window.activeTextEditor?.document) show();
    }),
    vscode.window.onDidChangeActiveTextEditor(show),
  );
}
