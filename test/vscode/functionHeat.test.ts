import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  decoratedLines,
  eventually,
  hoverOver,
  statusBarItems,
  tooltipOfStatusBarItem,
  waitForNotification,
} from './driver';
import { clickRow, lenses, place, rows, takePictures } from './hottestView';
import { openProfile } from './openProfile';
import { projectFile, removeFromWorkspace, writeWorkspace } from './workspaceFolder';

const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('emberline');

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
    await openProfile(join(folder, 'shop.folded'));
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
    await openProfile(join(folder, 'lined.folded'));
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

  test('says why nothing is marked where no extension knows the language', async function () {
    this.timeout(240_000);
    const folder = writeWorkspace('functions', {
      'served.py': 'def only_served_here():\n    return 1\n',
      'served.ts': 'export function onlyServedHere(): number {\n  return 1;\n}\n',
      'served.folded': 'only_served_here 60\nonlyServedHere 40\n',
    });
    await openProfile(join(folder, 'served.folded'));
    const heatItem = (): Promise<{ text: string; label: string } | undefined> =>
      statusBarItems().then((items) => items.find(({ text }) => text.includes('served.folded:')));
    await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'served.py')), { preview: false });
    const told = await eventually(heatItem, (item) => item?.label.includes('only functions') === true);
    assert.match(
      told!.label,
      /no lines of this file, only functions: .* an extension that lists the functions of Python files, and none has/,
    );

    const tooltip = await tooltipOfStatusBarItem('served.folded:', 'no lines');
    assert.match(
      tooltip.replace(/\s+/g, ' ').trim(),
      /^The profile has no lines of this file, .* Click for the heat's commands\.$/,
    );
    const asked = vscode.commands.executeCommand('emberline.nextHotLine');
    assert.match(
      await waitForNotification('only functions'),
      /lists the functions of Python files, and none has answered/,
    );
    await vscode.commands.executeCommand('notifications.clearAll');
    await asked;
    await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'served.ts')), { preview: false });
    await eventually(decoratedLines, (all) => all.some(({ label }) => label?.includes('40.0% total') === true));
    await eventually(heatItem, (item) => item !== undefined && !item.label.includes('only functions'));
    await vscode.commands.executeCommand('emberline.clearHeat');
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
        await openProfile(join(folder, profile), 'emberline.profileOption');
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
