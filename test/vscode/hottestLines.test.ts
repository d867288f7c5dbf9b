import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  cancelQuickInput,
  decoratedLines,
  dismissWidgets,
  eventually,
  hoverOver,
  runCommand,
  screenshot,
  statusBarItems,
  themeKind,
  ui,
  waitForFlameGraph,
  waitForQuickPick,
  waitForStatusBarItem,
} from './driver';
import { type HotProgram, makeHotProgram } from './hotProgram';
import { removeFromWorkspace, writeWorkspace } from './workspaceFolder';

const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('emberline');
const pictures = process.env['EMBERLINE_TEST_OUTPUT'];

/** The rows of the Hottest Lines view: label and description. */
function rows(): Promise<{ label: string; description: string; level: string | null }[]> {
  return ui(async (page) =>
    page
      .locator('.part.sidebar .pane', { has: page.locator('.pane-header[aria-label^="Hottest Lines"]') })
      .locator('.monaco-list-row')
      .evaluateAll((all) =>
        all.map((row) => ({
          label: row.querySelector('.label-name')?.textContent ?? '',
          description: row.querySelector('.label-description')?.textContent ?? '',
          level: row.getAttribute('aria-level'),
        })),
      ),
  );
}

function clickRow(text: string): Promise<void> {
  return ui(async (page, wanted) => {
    await page.locator('.part.sidebar .pane .monaco-list-row').filter({ hasText: wanted }).first().click();
  }, text);
}

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

/** The lenses of the visible editors, top to bottom. */
function lenses(): Promise<string[]> {
  return ui(async (page) => page.locator('.codelens-decoration:visible').allTextContents());
}

async function openProfile(path: string): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(path), 'emberline.profileOption', {
    viewColumn: vscode.ViewColumn.One,
  });
  await waitForFlameGraph();
}

/** Pictures of what is shown now, in dark and light. */
async function takePictures(name: string): Promise<void> {
  if (pictures === undefined) return;
  const workbench = vscode.workspace.getConfiguration('workbench');
  try {
    for (const [theme, kind] of [
      ['Default Dark Modern', 'vs-dark'],
      ['Default Light Modern', 'vs'],
    ] as const) {
      await workbench.update('colorTheme', theme, vscode.ConfigurationTarget.Global);
      await eventually(themeKind, (shown) => shown === kind);
      await screenshot(join(pictures, `${name}-${kind}.png`));
    }
  } finally {
    await workbench.update('colorTheme', undefined, vscode.ConfigurationTarget.Global);
  }
}

const place = (): string => {
  const editor = vscode.window.activeTextEditor;
  return editor === undefined
    ? 'none'
    : `${editor.document.uri.path.split('/').at(-1)}:${editor.selection.active.line + 1}`;
};

suite('Hottest lines across the workspace', () => {
  let program: HotProgram;

  suiteSetup(async function () {
    this.timeout(120_000);
    program = await makeHotProgram('hottest');
  });

  setup(async function () {
    this.timeout(120_000);
    await vscode.commands.executeCommand('emberline.clearHeat');
    await vscode.commands.executeCommand('workbench.action.closePanel');
    await openProfile(program.profile);
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
    removeFromWorkspace('functions');
  });

  test('are a tree by file and line, or a list, by self or total; a click opens', async function () {
    this.timeout(120_000);
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
    this.timeout(120_000);
    const before = await vscode.window.showTextDocument(vscode.Uri.file(program.main), { preview: false });
    before.selection = new vscode.Selection(8, 2, 8, 2);
    const tabsBefore = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length;
    await runCommand('Emberline: Go to Hot Line…');
    const items = await waitForQuickPick('Hot Lines of');
    assert.match(items[0]!.label, /^\d+\.\d% {2}sum \+= Math\.sqrt/);
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
    await eventually(place, (shown) => shown.startsWith('main.ts:'));
    await vscode.commands.executeCommand('emberline.nextHotLineInWorkspace');
    await vscode.window.showTextDocument(vscode.Uri.file(program.main), { selection: new vscode.Range(0, 0, 0, 0) });
    await vscode.commands.executeCommand('emberline.previousHotLineInWorkspace');
    await eventually(place, (shown) => shown.startsWith('hot.ts:'));
  });

  test('are badges in the Explorer, until they are switched off', async function () {
    this.timeout(120_000);
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
    this.timeout(120_000);
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
    // V8 sometimes records a function that it replaces on the stack as called by itself.
    const names = steps.map(({ label }) => label.trim().replace('churn ×2', 'churn'));
    assert.deepEqual(names.slice(-3), ['serve', 'visit ×4', 'churn'], names.join(', '));
    await takePictures('hot-path-list');
    await dismissWidgets();
    await vscode.commands.executeCommand('emberline.clearHeat');
    await eventually(statusBarItems, (items) => !items.some(({ text }) => text.includes('› churn')));
  });

  test('are told by lenses over functions, where the setting says so', async function () {
    this.timeout(120_000);
    assert.deepEqual(await lenses(), []);
    await settings().update('codeLens', true, vscode.ConfigurationTarget.Global);
    try {
      const shown = await eventually(lenses, (all) => all.some((text) => text.includes('called by visit')), 60_000);
      assert.match(shown[0]!, /\d+\.\d% self · \d+\.\d% total · called by visit \d+\.\d%/);
      await takePictures('heat-lenses');
    } finally {
      await settings().update('codeLens', undefined, vscode.ConfigurationTarget.Global);
    }
    await eventually(lenses, (all) => all.length === 0);
  });
});

suite('Function-level heat', () => {
  test('marks definitions where a profile has no lines, and says so', async function () {
    this.timeout(120_000);
    const folder = writeWorkspace('functions', {
      'shop.ts': `export class Cart {
  constructor(private readonly prices: number[]) {}

  total(): number {
    return this.prices.reduce((sum, price) => sum + price, 0);
  }
}

export class Order {
  total(): number {
    return new Cart([1, 2]).total();
  }
}

export function onlyHereServed(order: Order): number {
  return order.total();
}
`,
      'shop.folded':
        'onlyHereServed;Order.total;Cart.total 60\nonlyHereServed;Order.total 25\nonlyHereServed;total 15\n',
    });
    await vscode.commands.executeCommand(
      'vscode.openWith',
      vscode.Uri.file(join(folder, 'shop.folded')),
      'emberline.profile',
      {
        viewColumn: vscode.ViewColumn.One,
      },
    );
    await waitForFlameGraph();
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'shop.ts')), { preview: false });
    const lines = await eventually(
      decoratedLines,
      (all) => all.filter(({ label }) => label !== null).length === 3,
      60_000,
    );
    assert.deepEqual(
      lines.filter(({ label }) => label !== null).map(({ line, label }) => `${line}: ${label}`),
      ['4: function · 60.0% self · 60.0% total', '10: function · 25.0% self · 85.0% total', '15: function · 100.0% total'],
    );
    const hover = await hoverOver('onlyHereServed(order');
    assert.match(hover, /functions only/);
    assert.match(hover, /by its name alone/);
    await takePictures('function-heat');

    // They follow an edit.
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// one\n'));
    await eventually(decoratedLines, (all) =>
      all.some(({ line, label }) => line === 5 && label?.includes('60.0% self') === true),
    );
    await vscode.commands.executeCommand('emberline.hottestLines.focus');
    const functions = await eventually(rows, (all) => all.some(({ label }) => label.includes('Cart.total')));
    assert.equal(functions[0]!.label, '60.0%  Cart.total');
    await clickRow('Order.total');
    await eventually(place, (shown) => shown === 'shop.ts:11');
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    await vscode.commands.executeCommand('emberline.clearHeat');
  });
});
