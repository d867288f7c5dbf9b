import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  type DecoratedLine,
  decoratedLines,
  dismissWidgets,
  eventually,
  hoverOver,
  pick,
  runCommand,
  screenshot,
  statusBarItems,
  themeKind,
  ui,
  waitForFlameGraph,
  waitForQuickPick,
  waitForStatusBarItem,
} from './driver';
import { writeWorkspace } from './workspaceFolder';

const shop = `from parse import parse


def price(order):
    total = 0
    for item in order:
        total += item.price * item.count
    return total


def render(order):
    return "\\n".join(format(item) for item in order)


def serve(request):
    order = parse(request)
    total = price(order)
    return render(order), total
`;

/** What the rewrite puts above everything: lines of the newer profile are two further down. */
const inserted = '"""Orders and what they cost."""\nimport functools\n';

const parser = `def parse(text):
    fields = text.split(",")
    return [field.strip() for field in fields]
`;

type Stacks = readonly (readonly [stack: string, samples: number])[];

const before: Stacks = [
  ['serve@shop:16 parse@parse:2', 1000],
  ['serve@shop:17 price@shop:6', 1000],
  ['serve@shop:17 price@shop:7', 5000],
  ['serve@shop:18 render@shop:12', 3000],
];
const after: Stacks = [
  ['serve@shop:18 parse@parse:2', 4000],
  ['serve@shop:18 parse@parse:3', 1000],
  ['serve@shop:19 price@shop:8', 1010],
  ['serve@shop:19 price@shop:9', 1000],
  ['serve@shop:20 render@shop:14', 2990],
];

/** Stacks as py-spy writes them. */
function folded(folder: string, stacks: Stacks): string {
  const place = (written: string): string => {
    const [name, file, line] = written.split(/[@:]/);
    return `${name} (${join(folder, `${file}.py`)}:${line})`;
  };
  return stacks.map(([stack, count]) => `${stack.split(' ').map(place).join(';')} ${count}\n`).join('');
}

const themes = [
  ['Default Dark Modern', 'vs-dark'],
  ['Default Light Modern', 'vs'],
  ['Default High Contrast', 'hc-black'],
] as const;

suite('Baseline', () => {
  let folder: string;

  suiteSetup(() => {
    folder = writeWorkspace('baseline', { 'shop.py': shop, 'parse.py': parser });
    writeFileSync(join(folder, 'before.folded'), folded(folder, before));
    writeFileSync(join(folder, 'after.folded'), folded(folder, after));
  });

  suiteTeardown(async () => {
    await dismissWidgets();
    await vscode.commands.executeCommand('emberline.clearBaseline');
    await vscode.commands.executeCommand('emberline.clearHeat');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const open = async (name: string): Promise<void> => {
    const uri = vscode.Uri.file(join(folder, name));
    await vscode.commands.executeCommand('vscode.openWith', uri, 'emberline.profile', vscode.ViewColumn.One);
    await waitForFlameGraph();
  };
  const line = (lines: DecoratedLine[], text: string): DecoratedLine | undefined =>
    lines.find((each) => each.text.includes(text));
  const showShop = async (): Promise<void> => {
    const document = await vscode.workspace.openTextDocument(join(folder, 'shop.py'));
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: false });
  };
  const cursor = (): string => {
    const editor = vscode.window.activeTextEditor;
    return editor === undefined
      ? ''
      : `${editor.document.uri.path.split('/').at(-1)}:${editor.selection.active.line + 1}`;
  };

  const rewrite = async (): Promise<void> => {
    const document = await vscode.workspace.openTextDocument(join(folder, 'shop.py'));
    if (document.getText().startsWith(inserted)) return;
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), inserted);
    await vscode.workspace.applyEdit(edit);
    await document.save();
  };

  /** As the first test leaves it, for each alone: the newer profile compared with the older, the program rewritten. */
  const compare = async (): Promise<void> => {
    if ((await statusBarItems()).some(({ text }) => text.includes('vs before.folded'))) return;
    await open('before.folded');
    await runCommand('Emberline: Set as Baseline');
    await waitForStatusBarItem('baseline before.folded');
    await rewrite();
    await open('after.folded');
    await waitForStatusBarItem('vs before.folded');
  };

  test('profile, set as baseline, rewrite, profile again: lines tell what changed', async function () {
    this.timeout(240_000);
    await vscode.commands.executeCommand('emberline.clearHeat');
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    await open('before.folded');
    await runCommand('Emberline: Set as Baseline');
    await waitForStatusBarItem('baseline before.folded');

    await showShop();
    const plain = await eventually(decoratedLines, (lines) => line(lines, 'total += item')?.background != null);
    assert.match(line(plain, 'total += item')?.label ?? '', /50\.0%/);
    await rewrite();

    await open('after.folded');
    await waitForStatusBarItem('vs before.folded');
    await showShop();
    const lines = await eventually(decoratedLines, (found) => /pp/.test(line(found, 'total += item')?.label ?? ''));
    assert.match(line(lines, 'total += item')?.label ?? '', /▼ 40\.0 pp/);
    // 10.1 % and 10.0 %: chance.
    assert.match(line(lines, 'for item in order:')?.label ?? '', /≈/);
    // `parse` cost 10 %, now 50 %; `price` cost 60 %, now 20.1 %: no self of the lines that call them.
    assert.match(line(lines, 'order = parse')?.label ?? '', /▲ 40\.0 pp total\b.* 50\.0% total/);
    assert.match(line(lines, 'total = price')?.label ?? '', /▼ 39\.9 pp total\b.* 20\.1% total/);
    assert.notEqual(line(lines, 'order = parse')?.background ?? null, null);
    await vscode.commands.executeCommand('emberline.switchSelfTotal');
    const totals = await eventually(decoratedLines, (found) =>
      /▲ 40\.0 pp(?! total)/.test(line(found, 'order = parse')?.label ?? ''),
    );
    assert.match(line(totals, 'total = price')?.label ?? '', /▼ 39\.9 pp(?! total)/);
    const [up, down] = ['order = parse', 'total = price'].map((text) => line(totals, text)?.background);
    assert.ok(up != null && down != null && up !== down, `${up} and ${down}`);
    assert.equal(line(totals, 'return render')?.background ?? null, null);
    await vscode.commands.executeCommand('emberline.switchSelfTotal');
  });

  test('go to the regressions, the largest first, across files', async function () {
    this.timeout(240_000);
    await compare();
    await runCommand('Emberline: Go to Next Regression');
    await eventually(cursor, (at) => at === 'parse.py:2');
    await waitForStatusBarItem('▲ 30.0 pp self — baseline/parse.py:2, regression 1 of 3');
    await runCommand('Emberline: Go to Next Regression');
    await eventually(cursor, (at) => at === 'parse.py:3');
    const fresh = await eventually(decoratedLines, (found) => /new/.test(line(found, 'return [field')?.label ?? ''));
    assert.match(line(fresh, 'return [field')?.label ?? '', /new ▲ 10\.0 pp/);
    await runCommand('Emberline: Go to Previous Regression');
    await eventually(cursor, (at) => at === 'parse.py:2');
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
    await eventually(cursor, (at) => at === 'shop.py:9');
  });

  test('the chart and the table of the profile editor tell the same', async function () {
    this.timeout(240_000);
    await compare();
    await open('after.folded');
    const cells = (): Promise<string[]> =>
      ui(async (page, _, { webview }) =>
        webview(page)
          .locator('emberline-function-table .row')
          .evaluateAll((rows) =>
            rows.map((row) =>
              [...row.querySelectorAll('.cell.name bdi, .cell.change')]
                .map((cell) => cell.textContent?.trim())
                .join(' '),
            ),
          ),
      );
    const rows = await eventually(cells, (found) => found.some((row) => row.includes('▲')));
    assert.deepEqual(
      rows.map((row) => row.trim()).sort(),
      ['serve', '▲ 40.0 ▲ 40.0 parse', '▼ 39.9 ▼ 39.9 price', '≈ ≈ render'].sort(),
    );
    const label = await ui(async (page, _, { webview }) => webview(page).locator('.baseline').textContent());
    assert.match(label ?? '', /vs before\.folded/);
    await ui(async (page, _, { webview }) => webview(page).locator('.baseline').click());
    await eventually(cells, (found) => found.length > 0 && !found.some((row) => /[▲▼≈]/.test(row)));
    await ui(async (page, _, { webview }) => webview(page).locator('.baseline').click());
    await eventually(cells, (found) => found.some((row) => row.includes('▲')));
    const card = await ui(async (page, _, { webview }) => {
      await webview(page)
        .locator('.stage canvas')
        .hover({ position: { x: 60, y: 28 } });
      await webview(page).locator('emberline-hover-card .change').first().waitFor();
      return webview(page).locator('emberline-hover-card table').textContent();
    });
    assert.match(card ?? '', /Before, this frame\s*10\.0%▲ 40\.0 pp\s*10\.0%▲ 40\.0 pp/);
    const output = process.env['EMBERLINE_TEST_OUTPUT'];
    if (output !== undefined) await screenshot(join(output, 'baseline-chart.png'));
  });

  test('the sandwich tells what changed, and follows what is compared with', async () => {
    await compare();
    await open('after.folded');
    await waitForStatusBarItem('vs before.folded');
    await ui(async (page, _, { webview }) => {
      const frame = webview(page);
      await frame.locator('emberline-function-table .row', { hasText: 'parse' }).first().click();
      await frame.locator('emberline-function-table .grid').focus();
      await page.keyboard.press('c');
      await frame.locator('emberline-sandwich .figures').waitFor();
    });
    const figures = async (): Promise<string> =>
      ((await ui(async (page, _, { webview }) => webview(page).locator('.figures').textContent())) ?? '')
        .replace(/\s+/g, ' ')
        .trim();
    /** Of the function itself: right beside the sash, in the half of its callees. */
    const colour = (): Promise<string> =>
      ui(async (page, _, { webview }) =>
        webview(page)
          .locator('.half.callees canvas.chart')
          .evaluate((canvas: HTMLCanvasElement) =>
            canvas
              .getContext('2d')!
              .getImageData(Math.floor(canvas.width * 0.8), 4, 1, 1)
              .data.join(),
          ),
      );
    const withChange = 'Self 5,000 50.0% ▲ 40.0 pp · Total 5,000 50.0% ▲ 40.0 pp';
    await eventually(figures, (text) => text === withChange);
    const changed = await colour();
    const output = process.env['EMBERLINE_TEST_OUTPUT'];
    if (output !== undefined) await screenshot(join(output, 'baseline-sandwich.png'));
    const toggle = (): Promise<void> => ui(async (page, _, { webview }) => webview(page).locator('.baseline').click());
    await toggle();
    await eventually(figures, (text) => text === 'Self 5,000 50.0% · Total 5,000 50.0%');
    const own = await eventually(colour, (shown) => shown !== changed);
    await toggle();
    await eventually(figures, (text) => text === withChange);
    await eventually(colour, (shown) => shown !== own);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  test('look right in dark, light and high contrast', async function () {
    this.timeout(240_000);
    const output = process.env['EMBERLINE_TEST_OUTPUT'];
    const config = vscode.workspace.getConfiguration('workbench');
    const behind = async (): Promise<string | null> =>
      line(await decoratedLines(), 'total += item')?.background ?? null;
    const backgrounds = new Set<string>();
    await compare();
    await open('after.folded');
    await showShop();
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
    const show = async (name: string): Promise<void> => {
      const uri = vscode.Uri.file(join(own, name));
      await vscode.commands.executeCommand('vscode.openWith', uri, 'emberline.profile', vscode.ViewColumn.One);
      await waitForFlameGraph();
    };
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
    await compare();
    await open('before.folded');
    await waitForStatusBarItem('baseline before.folded');
    await open('after.folded');
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

  test('is remembered over a reload of the window', async function () {
    this.timeout(400_000);
    const own = writeWorkspace('baselineReload', {
      'first.folded': folded(folder, before),
      'second.folded': folded(folder, after),
    });
    const shown = await ui(
      async (page, { own, picture }, tools) => {
        void page;
        const window = await tools.openWindow(own);
        try {
          const settled = async (): Promise<void> => {
            await window.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
            for (let i = 0; i < 60; i++) {
              if ((await tools.paletteOffers(window, 'Emberline')).includes('Emberline: Set as Baseline')) return;
              await window.waitForTimeout(500);
            }
            throw new Error('The second window does not know Emberline.');
          };
          const open = async (name: string): Promise<void> => {
            const row = window.locator('.explorer-folders-view .monaco-list-row', { hasText: name });
            const tab = window.locator('.tab', { hasText: name });
            const text = window.locator('.editor-instance .monaco-editor');
            for (let tries = 0; tries < 5; tries++) {
              await row.dblclick();
              await tab.waitFor({ timeout: 5000 }).catch(() => {});
              // VS Code offers an extension's commands a moment before it knows its editors: a file that is opened in
              // between is shown as text, and stays that.
              await window.waitForTimeout(1000);
              if ((await tab.count()) > 0 && (await text.count()) === 0) break;
              await tools.runCommand(window, 'View: Close All Editors');
            }
            await tools.waitForFlameGraph(window);
          };
          await settled();
          await open('first.folded');
          await tools.runCommand(window, 'Emberline: Set as Baseline');
          await tools.waitForStored(window, 'emberline.baseline');
          await tools.runCommand(window, 'View: Close All Editors');
          await window.reload();
          await settled();
          await open('second.folded');
          const item = window.locator('.statusbar-item', { hasText: 'vs first.folded' });
          await item.waitFor({ timeout: 30_000 });
          return await item.textContent();
        } catch (error) {
          await window.screenshot({ path: picture });
          throw error;
        } finally {
          await window.close();
        }
      },
      { own, picture: join(process.env['EMBERLINE_TEST_OUTPUT'] ?? tmpdir(), 'baseline-second-window.png') },
    );
    assert.match(shown ?? '', /vs first\.folded/);
  });
});
