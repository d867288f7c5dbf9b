import * as vscode from 'vscode';
import type { Heat } from '../editor/heat';
import { plainStatusText } from '../editor/statusText';
import type { Baseline } from './baseline';

const maxName = 30;

/** The status bar item that tells what the heat is compared with, or why it is not. */
export function baselineStatus(baseline: Baseline, heat: Heat): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('emberline.baseline', vscode.StatusBarAlignment.Left, 49.5);
  item.name = 'Emberline Baseline';
  item.command = 'emberline.baselineMenu';
  const show = (): void => {
    const { profile } = baseline;
    if (profile === null || !heat.visible) {
      item.hide();
      return;
    }
    const { icon, word, tooltip } = describeBaseline(baseline, heat);
    const name = plainStatusText(profile.name);
    item.text = `$(${icon}) ${word} ${name.length > maxName ? `${name.slice(0, maxName - 1)}…` : name}`;
    item.tooltip = tooltip;
    item.accessibilityInformation = { label: tooltip, role: 'button' };
    item.show();
  };
  show();
  return vscode.Disposable.from(item, heat.onDidChange(show), baseline.onDidChange(show));
}

/** How the heat is compared, in words. */
function describeBaseline(
  { profile }: Baseline,
  { comparison, source }: Heat,
): { icon: string; word: string; tooltip: string } {
  const name = plainStatusText(profile?.name ?? '');
  if (comparison === null) {
    const loading = profile?.status.kind === 'loading';
    const why = loading ? 'It is being opened.' : 'It is the profile that glows: open another to compare.';
    return {
      icon: loading ? 'loading~spin' : 'git-compare',
      word: 'baseline',
      tooltip: `${name} is the baseline. ${why}`,
    };
  }
  if (comparison.kind === 'problem') {
    return { icon: 'warning', word: 'not vs', tooltip: `Not compared: ${plainStatusText(comparison.problem)}` };
  }
  const { by, counted, notes } = comparison.comparison;
  const how = {
    share: 'by shares of each profile',
    rate: 'by rates, a second of each one’s duration',
    value: 'by values as they are',
  }[by];
  const noise = counted ? ' Changes that may be chance are marked ≈.' : '';
  const said = notes.map((note) => ` ${plainStatusText(note)}`).join('');
  return {
    icon: 'git-compare',
    word: 'vs',
    tooltip: `${plainStatusText(source?.name ?? '')} is compared with ${name}, ${how}.${noise}${said} Click for the baseline’s commands.`,
  };
}
