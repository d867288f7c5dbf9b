import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ComparedProgram, endComparison, lineWith } from './comparedProgram';
import {
  decoratedLines,
  dismissWidgets,
  eventually,
  hoverOver,
  pick,
  runCommand,
  screenshot,
  statusBarItems,
  themeKind,
  waitForQuickPick,
  waitForStatusBarItem,
} from './driver';
import { place } from './hottestView';
import { openProfile } from './openProfile';
import { writeWorkspace } from './workspaceFolder';

const themes = [
  ['Default Dark Modern', 'vs-dark'],
  ['Default Light Modern', 'vs'],
  ['Default High Contrast', 'hc-black'],
] as const;

suite('Baseline', () => {
  let program: ComparedProgram;

  suiteSetup(() => {
    program = new ComparedProgram('baseline');
  });

  suiteTeardown(endComparison);

  test('profile, set as baseline, rewrite, profile again: lines tell what changed', async function () {
    this.timeout(240_000);
    await vscode.commands.executeCommand('emberline.clearHeat');
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    await program.open('before.folded');
    await runCommand('Emberline: Set as Baseline');
    await waitForStatusBarItem('baseline before.folded');

    await program.showShop();
    const plain = await eventually(decoratedLines, (lines) => lineWith(lines, 'total += item')?.background != null);
    assert.match(lineWith(plain, 'total += item')?.label ?? '', /50\.0%/);
    await program.rewrite();

    await program.open('after.folded');
    await waitForStatusBarItem('vs before.folded');
    await program.showShop();
    const lines = await eventually(decoratedLines, (found) => /pp/.test(lineWith(found, 'total += item')?.label ?? ''));
    assert.match(lineWith(lines, 'total += item')?.label ?? '', /▼ 40\.0 pp/);
    // 10.1 % and 10.0 %: chance.
    assert.match(lineWith(lines, 'for item in order:')?.label ?? '', /≈/);
    // `parse` cost 10 %, now 50 %; `price` cost 60 %, now 20.1 %: no self of the lines that call them.
    assert.match(lineWith(lines, 'order = parse')?.label ?? '', /▲ 40\.0 pp total\b.* 50\.0% total/);
    assert.match(lineWith(lines, 'total = price')?.label ?? '', /▼ 39\.9 pp total\b.* 20\.1% total/);
    assert.notEqual(lineWith(lines, 'order = parse')?.background ?? null, null);
    await vscode.commands.executeCommand('emberline.switchSelfTotal');
    const totals = await eventually(decoratedLines, (found) =>
      /▲ 40\.0 pp(?! total)/.test(lineWith(found, 'order = parse')?.label ?? ''),
    );
    assert.match(lineWith(totals, 'total = price')?.label ?? '', /▼ 39\.9 pp(?! total)/);
    const [up, down] = ['order = parse', 'total = price'].map((text) => lineWith(totals, text)?.background);
    assert.ok(up != null && down != null && up !== down, `${up} and ${down}`);
    assert.equal(lineWith(totals, 'return render')?.background ?? null, null);
    await vscode.commands.executeCommand('emberline.switchSelfTotal');
  });

  test('go to the regressions, the largest first, across files', async function () {
    this.timeout(240_000);
    await program.compare();
    await runCommand('Emberline: Go to Next Regression');
    await eventually(place, (at) => at === 'parse.py:2');
    await waitForStatusBarItem('▲ 30.0 pp self — baseline/parse.py:2, regression 1 of 3');
    await runCommand('Emberline: Go to Next Regression');
    await eventually(place, (at) => at === 'parse.py:3');
    const fresh = await eventually(decoratedLines, (found) =>
      /new/.test(lineWith(found, 'return [field')?.label ?? ''),
    );
    assert.match(lineWith(fresh, 'return [field')?.label ?? '', /new ▲ 10\.0 pp/);
    await runCommand('Emberline: Go to Previous Regression');
    await eventually(place, (at) => at === 'parse.py:2');
    await runCommand('Emberline: Show Regressions…');
    const items = await waitForQuickPick('Changes of self');
    assert.deepEqual(
      items.map(({ label, description }) => [label, description.replace(/^.*\//, '')]),
      [
        ['▲ 30.0 pp', 'parse.py:2'],
        ['new ▲ 10.0 pp', 'parse.py:3'],
        ['▲ 40.0 pp total', 'shop.py:18'],
        ['▼ 40.0 pp', 'shop.py:9'],
        ['▼ 39.9 pp total', 'shop.py:19'],
      ],
    );
    await pick('▼ 40.0 pp');
    await eventually(place, (at) => at === 'shop.py:9');
  });

  test('look right in dark, light and high contrast', async function () {
    this.timeout(240_000);
    const output = process.env['EMBERLINE_TEST_OUTPUT'];
    const config = vscode.workspace.getConfiguration('workbench');
    const behind = async (): Promise<string | null> =>
      lineWith(await decoratedLines(), 'total += item')?.background ?? null;
    const backgrounds = new Set<string>();
    await program.compare();
    await program.open('after.folded');
    await program.showShop();
    try {
      for (const [theme, kind] of themes) {
        const [kindBefore, colourBefore] = [await themeKind(), await behind()];
        await config.update('colorTheme', theme, vscode.ConfigurationTarget.Global);
        await eventually(themeKind, (shown) => shown === kind);
        const changed = (colour: string | null): boolean =>
          colour !== null && (kind === kindBefore || colour !== colourBefore);
        backgrounds.add((await eventually(behind, changed))!);
        if (output !== undefined) {
          await screenshot(join(output, `baseline-${theme.replace(/\W+/g, '-')}-beside.png`));
          await vscode.commands.executeCommand('workbench.action.toggleMaximizeEditorGroup');
          await eventually(behind, (colour) => colour !== null);
          await screenshot(join(output, `baseline-${theme.replace(/\W+/g, '-')}.png`));
          await vscode.commands.executeCommand('workbench.action.toggleMaximizeEditorGroup');
        }
      }
      assert.equal(backgrounds.size, themes.length, [...backgrounds].join(', '));
    } finally {
      await config.update('colorTheme', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  test('functions of profiles without lines tell on their definitions how they changed', async function () {
    this.timeout(240_000);
    const own = writeWorkspace('baselineFunctions', {
      'cart.ts': `export function cartIsPriced(prices: number[]): number {
  return cartIsSorted(prices)[0] + cartIsSummed(prices);
}

function cartIsSummed(prices: number[]): number {
  return prices.reduce((sum, price) => sum + price, 0);
}

function cartIsSorted(prices: number[]): number[] {
  return [...prices].sort((a, b) => a - b);
}
`,
      'old.folded': 'cartIsPriced;cartIsSorted (cart.ts) 6000\ncartIsPriced;other 4000\n',
      'new.folded': 'cartIsPriced;cartIsSummed (cart.ts) 1000\ncartIsPriced;other 9000\n',
    });
    const show = (name: string): Promise<void> => openProfile(join(own, name));
    await show('old.folded');
    await runCommand('Emberline: Set as Baseline');
    await waitForStatusBarItem('baseline old.folded');
    await show('new.folded');
    await waitForStatusBarItem('vs old.folded');
    await vscode.window.showTextDocument(vscode.Uri.file(join(own, 'cart.ts')), { preview: false });
    const labels = async (): Promise<string[]> =>
      (await decoratedLines()).flatMap(({ line, label }) => (label === null ? [] : [`${line}: ${label}`]));
    const shown = await eventually(labels, (all) => all.length === 3);
    assert.deepEqual(shown, [
      '1: function · 100.0% total',
      '5: function · new ▲ 10.0 pp · 10.0% self · 10.0% total',
      '9: function · vanished ▼ 60.0 pp',
    ]);
    const hover = await hoverOver('function cartIsSorted');
    assert.match(hover, /In the baseline 60\.0% self · 60\.0% total\. Only the baseline has it/);
    const output = process.env['EMBERLINE_TEST_OUTPUT'];
    if (output !== undefined) await screenshot(join(output, 'baseline-functions.png'));
    await runCommand('Emberline: Go to Next Regression');
    await waitForStatusBarItem('new ▲ 10.0 pp self — baselineFunctions/cart.ts:5, regression 1 of 1');
    assert.equal(vscode.window.activeTextEditor?.selection.active.line, 4);
    await runCommand('Emberline: Clear Baseline');
    await eventually(labels, (all) => all.length === 2 && !all.some((label) => label.includes('pp')));
  });

  test('the same profile is not compared with itself; swapping and clearing', async function () {
    this.timeout(240_000);
    await program.compare();
    await program.open('before.folded');
    await waitForStatusBarItem('baseline before.folded');
    await program.open('after.folded');
    await waitForStatusBarItem('vs before.folded');
    await runCommand('Emberline: Swap with Baseline');
    await waitForStatusBarItem('vs after.folded');
    await runCommand('Emberline: Compare With…');
    await waitForQuickPick('Compare before.folded With');
    await dismissWidgets();
    await runCommand('Emberline: Clear Baseline');
    await eventually(
      statusBarItems,
      (items) => !items.some(({ text }) => /after\.folded/.test(text) && /vs/.test(text)),
    );
  });
});
