import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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
  ui,
  waitForFlameGraph,
  waitForQuickPick,
  waitForStatusBarItem,
} from './driver';
import { type HotProgram, makeHotProgram } from './hotProgram';
import { openProfile } from './openProfile';
import { DARK_AND_LIGHT, inThemes } from './themes';
import { projectFile, removeFromWorkspace, writeWorkspace } from './workspaceFolder';

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

/** Pictures of what is shown now, in dark and light. */
async function takePictures(name: string): Promise<void> {
  if (pictures === undefined) return;
  await inThemes(DARK_AND_LIGHT, async (kind) => {
    await screenshot(join(pictures, `${name}-${kind}.png`));
  });
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

  test('are told by lenses over functions, where the setting says so', async function () {
    this.timeout(240_000);
    assert.deepEqual(await lenses(), []);
    await settings().update('codeLens', true, vscode.ConfigurationTarget.Global);
    try {
      const shown = await eventually(lenses, (all) => all.some((text) => text.includes('called by visit')));
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
    this.timeout(240_000);
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
      [
        '4: function · 60.0% self · 60.0% total',
        '10: function · 25.0% self · 85.0% total',
        '15: function 100.0% total',
      ],
    );
    const hover = await hoverOver('onlyHereServed(order');
    assert.match(hover, /functions only/);
    assert.match(hover, /by its name alone/);
    await takePictures('function-heat');

    // The hot path goes by the same definitions.
    editor.selection = new vscode.Selection(15, 2, 15, 2);
    for (const expected of ['shop.ts:15', 'shop.ts:10', 'shop.ts:4']) {
      await vscode.commands.executeCommand('emberline.followHotPath');
      await eventually(place, (shown) => shown === expected);
    }

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

  test('leaves documents alone that only share names with native code', async function () {
    this.timeout(240_000);
    const folder = writeWorkspace('functions', {
      'lined.ts': 'export function work(): number {\n  return 1;\n}\n',
      'other.ts': 'export function write(): number {\n  return 1;\n}\n',
      'lined.folded': 'work (lined.ts:2);write 60\nwork (lined.ts:2) 40\n',
    });
    await vscode.commands.executeCommand(
      'vscode.openWith',
      vscode.Uri.file(join(folder, 'lined.folded')),
      'emberline.profile',
      {
        viewColumn: vscode.ViewColumn.One,
      },
    );
    await waitForFlameGraph();
    await settings().update('codeLens', true, vscode.ConfigurationTarget.Global);
    try {
      await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'other.ts')), { preview: false });
      await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'lined.ts')), {
        preview: false,
        viewColumn: vscode.ViewColumn.Beside,
      });
      // Lenses of one document say that symbols were told; no other has any.
      await eventually(lenses, (all) => all.some((text) => text.includes('100.0% total')));
      const marked = (await decoratedLines()).filter(({ label }) => label !== null);
      assert.deepEqual(
        marked.map(({ text }) => text.trim()),
        ['return 1;'],
      );
      assert.equal((await lenses()).length, 1);
    } finally {
      await settings().update('codeLens', undefined, vscode.ConfigurationTarget.Global);
      await vscode.commands.executeCommand('emberline.clearHeat');
    }
  });

  // What language extensions tell of Java and Python; the window has none of them.
  const outline = (declaration: RegExp, container: RegExp): vscode.DocumentSymbolProvider => ({
    provideDocumentSymbols(document) {
      const found: vscode.DocumentSymbol[] = [];
      let within: vscode.DocumentSymbol | null = null;
      for (let line = 0; line < document.lineCount; line++) {
        const { text, range } = document.lineAt(line);
        const [, opened] = container.exec(text) ?? [];
        const [, name] = declaration.exec(text) ?? [];
        if (opened !== undefined) {
          within = new vscode.DocumentSymbol(opened, '', vscode.SymbolKind.Class, range, range);
          found.push(within);
        } else if (name !== undefined) {
          const symbol = new vscode.DocumentSymbol(name, '', vscode.SymbolKind.Method, range, range);
          if (within !== null && /^\s/.test(text)) within.children.push(symbol);
          else found.push(symbol);
        }
      }
      return found;
    },
  });

  /** Self and total of each function of folded stacks, in per cent, as a dozen lines of a script would sum them. */
  function sums(folded: string, name: (frame: string) => string): Map<string, { self: string; total: string }> {
    const self = new Map<string, number>();
    const total = new Map<string, number>();
    let all = 0;
    for (const [, stack, count] of folded.matchAll(/^(.+) (\d+)$/gm)) {
      const names = stack!.split(';').map(name);
      all += Number(count);
      self.set(names.at(-1)!, (self.get(names.at(-1)!) ?? 0) + Number(count));
      for (const each of new Set(names)) total.set(each, (total.get(each) ?? 0) + Number(count));
    }
    const share = (part = 0): string => (part === 0 ? '' : `${((100 * part) / all).toFixed(1)}%`);
    return new Map([...total].map(([each, sum]) => [each, { self: share(self.get(each)), total: share(sum) }]));
  }

  for (const { language, capture, program, declaration, container, qualify, name, expected } of [
    {
      language: 'java',
      capture: 'folded/async-plain.collapsed',
      program: 'java/Busy.java',
      declaration: /^ {2}(?:public )?static (?:\w+) (\w+)\(/,
      container: /^(?:public )?class (\w+)/,
      qualify: (method: string) => `Busy.${method}`,
      name: (frame: string) => frame,
      expected: ['compute', 'contend', 'deep', 'fib', 'inlined', 'mix', 'readFiles'],
    },
    {
      language: 'python',
      capture: 'folded/nylas.txt',
      program: 'stackSampler.py',
      declaration: /^\s*def (\w+)/,
      container: /^class (\w+)/,
      qualify: (method: string) => `${method}(__main__)`,
      name: (frame: string) => frame,
      expected: ['cold', 'hot'],
    },
  ]) {
    test(`equals the sums of a real capture without lines: ${capture}`, async function () {
      this.timeout(240_000);
      const folded = readFileSync(projectFile('test/fixtures', capture), 'utf8');
      const source = program.split('/').at(-1)!;
      const profile = capture.split('/').at(-1)!;
      const folder = writeWorkspace('functions', {
        [source]: readFileSync(projectFile('test/fixtures/programs', program)),
        [profile]: folded,
      });
      const provider = vscode.languages.registerDocumentSymbolProvider({ language }, outline(declaration, container));
      try {
        await vscode.workspace
          .getConfiguration('emberline')
          .update('heat.threshold', 0, vscode.ConfigurationTarget.Global);
        await vscode.commands.executeCommand(
          'vscode.openWith',
          vscode.Uri.file(join(folder, profile)),
          'emberline.profileOption',
          { viewColumn: vscode.ViewColumn.One },
        );
        await waitForFlameGraph();
        const document = await vscode.workspace.openTextDocument(join(folder, source));
        const oracle = sums(folded, name);
        const shown = new Map<string, string>();
        for (const method of expected) {
          const line = document
            .getText()
            .split('\n')
            .findIndex((text) => declaration.exec(text)?.[1] === method);
          await vscode.window.showTextDocument(document, {
            selection: new vscode.Range(line, 0, line, 0),
            preview: false,
          });
          const lines = await eventually(decoratedLines, (all) =>
            all.some((each) => each.line === line + 1 && each.label !== null),
          );
          shown.set(method, lines.find((each) => each.line === line + 1)!.label!.replace(/\s+/g, ' '));
        }
        for (const [method, label] of shown) {
          const { self, total } = oracle.get(qualify(method))!;
          const parts = [
            'function',
            ...(self === '' ? [] : [`${self} self`]),
            ...(total === '' ? [] : [`${total} total`]),
          ];
          // A dot stands between neighbouring columns only.
          assert.equal(label.replaceAll(' · ', ' '), parts.join(' '), method);
        }
      } finally {
        provider.dispose();
        await vscode.workspace
          .getConfiguration('emberline')
          .update('heat.threshold', undefined, vscode.ConfigurationTarget.Global);
        await vscode.commands.executeCommand('emberline.clearHeat');
      }
    });
  }

  suiteTeardown(() => removeFromWorkspace('functions'));
});
