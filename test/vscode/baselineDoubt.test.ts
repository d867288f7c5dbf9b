import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  decoratedLines,
  dismissWidgets,
  eventually,
  pick,
  runCommand,
  screenshot,
  statusBarItems,
  waitForFlameGraph,
  waitForQuickPick,
  waitForStatusBarItem,
} from './driver';
import { openSource } from './movedLabels';
import { removeFromWorkspace, writeWorkspace } from './workspaceFolder';

suite('Baseline of a file that was written since', () => {
  let folder: string;

  suiteSetup(() => {
    const stack = (line: number): string => `hot (baselineDoubt/cart.py:${line})`;
    folder = writeWorkspace('baselineDoubt', {
      'cart.py': 'def hot():\n    for each in cart:\n        price(each)\n    return total\n',
      'old.folded': `${stack(2)} 300\n${stack(3)} 700\n`,
      'new.folded': `${stack(2)} 700\n${stack(3)} 300\n`,
    });
    const ago = (minutes: number): number => Date.now() / 1000 - minutes * 60;
    for (const [name, minutes] of [
      ['old.folded', 60],
      ['cart.py', 30],
      ['new.folded', 0],
    ] as const) {
      utimesSync(join(folder, name), ago(minutes), ago(minutes));
    }
  });

  suiteTeardown(async () => {
    await vscode.commands.executeCommand('emberline.clearBaseline');
    await vscode.commands.executeCommand('emberline.clearHeat');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    removeFromWorkspace('baselineDoubt');
  });

  test('has hollow marks, and its commit can be said', async () => {
    const open = async (name: string): Promise<void> => {
      const uri = vscode.Uri.file(join(folder, name));
      await vscode.commands.executeCommand('vscode.openWith', uri, 'emberline.profile');
      await waitForFlameGraph();
    };
    await open('old.folded');
    await runCommand('Emberline: Set as Baseline');
    await waitForStatusBarItem('baseline old.folded');
    await open('new.folded');
    await openSource(join(folder, 'cart.py'));
    const drawn = await eventually(
      async () => (await decoratedLines()).map(({ line, label, outlined }) => ({ line, label, outlined })),
      (lines) => lines.length === 2 && lines.every(({ outlined, label }) => outlined && label !== null),
    );
    assert.deepEqual(
      drawn.map(({ line, label }) => `${line}: ${label?.split(' pp')[0]}`),
      ['2: ▲ 40.0', '3: ▼ 40.0'],
    );
    const output = process.env['EMBERLINE_TEST_OUTPUT'];
    if (output !== undefined) await screenshot(join(output, 'baseline-doubt.png'));
    await eventually(statusBarItems, (items) =>
      items.some(({ label }) => label.includes("cart.py was written after the baseline's recording")),
    );
    void runCommand("Emberline: Set the Profile's Commit…");
    const profiles = await waitForQuickPick('Set the Commit of Which Profile?');
    assert.deepEqual(
      profiles.map(({ label, description }) => `${label} ${description}`),
      ['new.folded the profile', 'old.folded the baseline'],
    );
    await pick('old.folded');
    await waitForQuickPick('Commit that old.folded was recorded at');
    await dismissWidgets();
  });
});
