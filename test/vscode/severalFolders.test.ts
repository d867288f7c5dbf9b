import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { decoratedLines, eventually, quickPickItems, screenshot, ui, waitForQuickPick } from './driver';
import { activateRow, openProfile } from './openProfile';

/** In a window of its own, which has the folders `shop` and `billing` open. */

const labelBehind = async (text: string): Promise<string | undefined> =>
  (await decoratedLines()).find((line) => line.text.includes(text) && line.label !== null)?.label ?? undefined;

const shownFile = (path: string): boolean =>
  vscode.window.visibleTextEditors.some(({ document }) => document.uri.fsPath === path);

suite('Several folders of a workspace', () => {
  test('each file of a profile is found in its folder, and asked for once where it may be of either', async function () {
    this.timeout(180_000);
    const folders = vscode.workspace.workspaceFolders ?? [];
    assert.deepEqual(
      folders.map(({ name }) => name),
      ['shop', 'billing'],
    );
    const [shop, billing] = folders.map(({ uri }) => uri.fsPath) as [string, string];
    const write = (path: string, text: string): string => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return path;
    };
    const shopMain = write(join(shop, 'src', 'main.py'), 'def sell():\n    shop_work()\n');
    const billingMain = write(join(billing, 'src', 'main.py'), 'def bill():\n    billing_work()\n');
    write(join(shop, 'src', 'either.py'), 'def either():\n    of_shop()\n');
    const either = write(join(billing, 'src', 'either.py'), 'def either():\n    of_billing()\n');
    const profile = write(
      join(shop, 'both.folded'),
      [
        'sell (/home/ci/shop/src/main.py:2) 50',
        'bill (/home/ci/billing/src/main.py:2) 30',
        'either (/srv/app/src/either.py:2) 20\n',
      ].join('\n'),
    );
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    await openProfile(profile);
    await activateRow('sell');
    await eventually(
      () => labelBehind('shop_work'),
      (label) => label === '50.0% self · 50.0% total',
    );
    assert.ok(shownFile(shopMain));
    await activateRow('bill');
    await eventually(
      () => labelBehind('billing_work'),
      (label) => label === '30.0% self · 30.0% total',
    );
    assert.ok(shownFile(billingMain));
    await activateRow('either');
    await waitForQuickPick('Which file is');
    const items = JSON.stringify(await quickPickItems());
    assert.ok(items.includes('shop') && items.includes('billing'), items);
    const pictures = process.env['EMBERLINE_TEST_OUTPUT'];
    if (pictures !== undefined) await screenshot(join(pictures, 'several-folders.png'));
    await ui(async (page) => {
      await page.locator('.quick-input-widget:visible .monaco-list-row').filter({ hasText: 'billing' }).first().click();
    });
    await eventually(
      () => labelBehind('of_billing'),
      (label) => label === '20.0% self · 20.0% total',
    );
    assert.ok(shownFile(either));
    // Asked once.
    await activateRow('bill');
    await eventually(
      async () => shownFile(billingMain),
      (shown) => shown,
    );
    await activateRow('either');
    await eventually(
      async () => shownFile(either),
      (shown) => shown,
    );
  });
});
