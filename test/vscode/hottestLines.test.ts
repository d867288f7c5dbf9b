import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  cancelQuickInput,
  decoratedLines,
  dismissWidgets,
  eventually,
  runCommand,
  statusBarItems,
  tooltipOfStatusBarItem,
  ui,
  waitForFlameGraph,
  waitForQuickPick,
  waitForStatusBarItem,
} from './driver';
import { type HotProgram, makeHotProgram } from './hotProgram';
import { clickRow, lenses, place, rows, takePictures } from './hottestView';
import { openProfile } from './openProfile';
import { removeFromWorkspace } from './workspaceFolder';

const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('emberline');

/** The badges that the Explorer shows, by file name. */
function badges(): Promise<Record<string, string>> {
  return ui(async (page) =>
    page
      .locator('.explorer-folders-view .monaco-list-row .monaco-icon-label')
      .evaluateAll((all) =>
        Object.fromEntries(
          all.map((each) => [
            each.querySelector('.label-name')?.textContent ?? '',
            getComputedStyle(each, '::after').content.replaceAll('"', ''),
          ]),
        ),
      ),
  );
}

suite('Hottest lines across the workspace', () => {
  let program: HotProgram;

  suiteSetup(async function () {
    this.timeout(240_000);
    program = await makeHotProgram('hottest');
  });

  setup(async function () {
    this.timeout(240_000);
    await vscode.commands.executeCommand('emberline.clearHeat');
    await vscode.commands.executeCommand('workbench.action.closePanel');
    await openProfile(program.profile, 'emberline.profileOption');
    await vscode.window.showTextDocument(vscode.Uri.file(program.hot), {
      viewColumn: vscode.ViewColumn.One,
      preview: false,
    });
    await eventually(decoratedLines, (lines) => lines.some((line) => line.text.includes('Math.sqrt')));
  });

  suiteTeardown(async () => {
    await vscode.commands.executeCommand('emberline.clearHeat');
    await vscode.commands.executeCommand('workbench.view.explorer');
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    removeFromWorkspace('hottest');
  });

  test('are a tree by file and line, or a list, by self or total; a click opens', async function () {
    this.timeout(240_000);
    await vscode.commands.executeCommand('emberline.hottestLines.focus');
    const files = await eventually(rows, (all) => all.some(({ label }) => label === 'hot.ts'));
    assert.equal(files[0]!.label, 'hot.ts');
    assert.match(files[0]!.description, /^\d+\.\d% hottest\/src/);
    await clickRow('hot.ts');
    const lines = await eventually(rows, (all) => all.some(({ label }) => label.includes('Math.sqrt')));
    const hot = lines.find(({ label }) => label.includes('Math.sqrt'))!;
    assert.match(hot.label, /^\d+\.\d% {2}sum \+= Math\.sqrt\(i\)/);
    assert.equal(hot.description, ':4');
    assert.equal(hot.level, '2');
    await takePictures('hottest-lines-tree');

    await clickRow('sum += Math.sqrt');
    await eventually(place, (shown) => shown === 'hot.ts:4');

    await runCommand('Emberline: Switch Heat between Self and Total');
    await eventually(rows, (all) => all.some(({ label }) => label.includes('export function visit')));
    await runCommand('Emberline: Switch Heat between Self and Total');
    await runCommand('Emberline: Show Hottest Lines as List');
    const list = await eventually(rows, (all) => all[0]?.description === 'hot.ts:4');
    assert.equal(list[0]!.level, '1');
    await runCommand('Emberline: Show Hottest Lines as Tree');
    await eventually(rows, (all) => all[0]?.label === 'hot.ts');

    await vscode.commands.executeCommand('emberline.clearHeat');
    await eventually(rows, (all) => all.length === 0);
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
  });

  test('are gone to by a list that previews; Escape goes back', async function () {
    this.timeout(240_000);
    const before = await vscode.window.showTextDocument(vscode.Uri.file(program.main), { preview: false });
    before.selection = new vscode.Selection(8, 2, 8, 2);
    const tabsBefore = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length;
    await runCommand('Emberline: Go to Hot Line…');
    const items = await waitForQuickPick('Hot Lines of');
    assert.match(items[0]!.label, /^\u2007?\d+\.\d% {2}sum \+= Math\.sqrt/);
    assert.equal(items[0]!.description, 'hot.ts:4');
    await eventually(place, (shown) => shown === 'hot.ts:4');
    await takePictures('go-to-hot-line');
    await cancelQuickInput();
    await eventually(place, (shown) => shown === 'main.ts:9');
    assert.equal(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length, tabsBefore);

    await runCommand('Emberline: Go to Hot Line…');
    await waitForQuickPick('Hot Lines of');
    await ui(async (page) => {
      await page.locator('.quick-input-widget:visible input[type=text]').first().press('Enter');
    });
    await eventually(place, (shown) => shown === 'hot.ts:4');
  });

  test('are walked on into the next file by heat', async () => {
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(program.hot));
    const last = editor.document.lineCount - 1;
    editor.selection = new vscode.Selection(last, 0, last, 0);
    await vscode.commands.executeCommand('emberline.nextHotLineInWorkspace');
    const next = await eventually(place, (shown) => shown !== `hot.ts:${last + 1}`);
    // A sample of compiled code that no source map knows may come between.
    if (next.startsWith('hot.js:')) await vscode.commands.executeCommand('emberline.nextHotLineInWorkspace');
    await eventually(place, (shown) => shown.startsWith('main.ts:'));
    await vscode.commands.executeCommand('emberline.nextHotLineInWorkspace');
    await vscode.window.showTextDocument(vscode.Uri.file(program.main), { selection: new vscode.Range(0, 0, 0, 0) });
    await vscode.commands.executeCommand('emberline.previousHotLineInWorkspace');
    const before = await eventually(place, (shown) => shown !== 'main.ts:1');
    if (before.startsWith('hot.js:')) await vscode.commands.executeCommand('emberline.previousHotLineInWorkspace');
    await eventually(place, (shown) => shown.startsWith('hot.ts:'));
  });

  test('are badges in the Explorer, until they are switched off', async function () {
    this.timeout(240_000);
    await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(program.hot));
    const shown = await eventually(badges, (all) => /^\d\d/.test(all['hot.ts'] ?? ''));
    assert.ok(Number.parseInt(shown['hot.ts']!, 10) > 30, shown['hot.ts']);
    await takePictures('heat-badges');
    await settings().update('heat.badges', false, vscode.ConfigurationTarget.Global);
    try {
      await eventually(badges, (all) => !/\d/.test(all['hot.ts'] ?? ''));
    } finally {
      await settings().update('heat.badges', undefined, vscode.ConfigurationTarget.Global);
    }
    await eventually(badges, (all) => /^\d\d/.test(all['hot.ts'] ?? ''));
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
  });

  test('are followed along the hot path', async function () {
    this.timeout(240_000);
    await vscode.window.showTextDocument(vscode.Uri.file(program.main), { selection: new vscode.Range(7, 0, 7, 0) });
    await vscode.commands.executeCommand('emberline.followHotPath');
    await eventually(place, (shown) => shown === 'hot.ts:9' || shown === 'main.ts:7');
    if (place() === 'main.ts:7') await vscode.commands.executeCommand('emberline.followHotPath');
    await eventually(place, (shown) => shown === 'hot.ts:9');
    await waitForStatusBarItem('visit');
    await vscode.commands.executeCommand('emberline.followHotPath');
    await eventually(place, (shown) => shown === 'hot.ts:4');
    await takePictures('hot-path');
    await vscode.commands.executeCommand('emberline.followHotPath');
    await waitForStatusBarItem('End of the hot path: churn takes');
    void vscode.commands.executeCommand('emberline.showHotPath');
    const steps = await waitForQuickPick('Hot Path of');
    const names = steps.map(({ label }) => label.trim());
    assert.deepEqual(names.slice(-3), ['serve', 'visit ×4', 'churn'], names.join(', '));
    await takePictures('hot-path-list');
    await dismissWidgets();
    await vscode.commands.executeCommand('emberline.clearHeat');
    await eventually(statusBarItems, (items) => !items.some(({ text }) => text.includes('› churn')));
  });

  test('keep the hot path short in the status bar, tell what has no source, and end with their profile', async function () {
    this.timeout(240_000);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const source = join(program.folder, 'order.ts');
    writeFileSync(
      source,
      'export function main() {\n  return order();\n}\n\nexport function order() {\n  return 1;\n}\n',
    );
    const profile = vscode.Uri.file(join(program.folder, 'order.folded'));
    const sorting = ['sortRuns', 'mergeCollapse', 'mergeAt'].map((name) => `java.util.TimSort.${name}`).join(';');
    writeFileSync(
      profile.fsPath,
      `com.shop.Server.main (order.ts:2);${sorting};com.shop.Order.compareTo (order.ts:6) 60\ncom.shop.Server.main (order.ts:2) 40\n`,
    );
    await vscode.commands.executeCommand('vscode.openWith', profile, 'emberline.profile');
    await waitForFlameGraph();
    await vscode.window.showTextDocument(vscode.Uri.file(source), {
      selection: new vscode.Range(1, 0, 1, 0),
      viewColumn: vscode.ViewColumn.Beside,
    });
    await eventually(decoratedLines, (lines) => lines.some(({ line, label }) => line === 6 && label !== null));
    await vscode.commands.executeCommand('emberline.followHotPath');
    await eventually(place, (shown) => shown === 'order.ts:6');
    await waitForStatusBarItem('60.0% total, step 5 of 5; 2–4 have no source here');
    const path = 'Server.main › … › TimSort.mergeAt › Order.compareTo';
    assert.equal(await waitForStatusBarItem(' › '), path);
    const tooltip = await tooltipOfStatusBarItem(path, 'Hot path');
    assert.match(
      tooltip,
      /com\.shop\.Server\.main\n\s*java\.util\.TimSort\.sortRuns\n(?:.*\n){2}→ com\.shop\.Order\.compareTo/,
    );
    await takePictures('hot-path-short');
    await dismissWidgets();
    const tab = vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .find(({ input }) => input instanceof vscode.TabInputCustom)!;
    await vscode.window.tabGroups.close(tab);
    await eventually(
      statusBarItems,
      (items) => !items.some(({ text }) => text.includes(path) || text.includes('step 5 of 5')),
    );
    assert.ok((await statusBarItems()).some(({ text }) => text.startsWith('order.folded')));
    await vscode.commands.executeCommand('emberline.clearHeat');
  });

  test('are told by lenses over functions, where the setting says so', async function () {
    this.timeout(240_000);
    assert.deepEqual(await lenses(), []);
    await settings().update('codeLens', true, vscode.ConfigurationTarget.Global);
    try {
      const shown = await eventually(lenses, (all) => all.some((text) => text.includes('called by visit')));
      // A blank that VS Code does not drop.
      assert.match(shown[0]!, /^\u00a0\d+\.\d% self · \d+\.\d% total · called by visit \d+\.\d%/);
      await takePictures('heat-lenses');
    } finally {
      await settings().update('codeLens', undefined, vscode.ConfigurationTarget.Global);
    }
    await eventually(lenses, (all) => all.length === 0);
  });
});
