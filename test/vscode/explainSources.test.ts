// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the setting.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  cancelQuickInput,
  decoratedLines,
  eventually,
  focusWebview,
  pick,
  quickPickItems,
  runCommand,
  screenshot,
  themeKind,
  ui,
  waitForQuickPick,
} from './driver';
import { openProfile } from './openProfile';
import { removeFromWorkspace, writeWorkspace } from './workspaceFolder';
import { updateWorkspaceSetting } from './workspaceSettings';

const setting = 'emberline.pathMappings';
const explainTitle = 'Emberline: Explain Source Mapping';

async function map(rows: { from: string; to: string }[] | undefined): Promise<void> {
  await updateWorkspaceSetting(setting, rows);
}

const mappings = (): unknown => vscode.workspace.getConfiguration().inspect(setting)?.workspaceValue;

/** The list of Explain once it has looked for all files; its rows' texts. */
async function explained(): Promise<string[]> {
  await waitForQuickPick('of the profile');
  await focusWebview();
  return (await quickPickItems()).map(({ label, description }) => `${label} ${description}`);
}

/** The text of the open quick pick with separators and details, as the page shows it. */
// biome-ignore lint/performance/useDomNodeTextContent: rows as they are shown, a line each.
const shownText = (): Promise<string> => ui(async (page) => page.locator('.quick-input-widget').innerText());

/** Types a folder into VS Code's own dialog, and presses its button. */
const chooseFolder = (path: string): Promise<void> =>
  ui(async (page, folder) => {
    const widget = page.locator('.quick-input-widget:visible');
    const input = widget.locator('input[type=text]').first();
    const use = widget.getByText('Use as Folder').first();
    await use.waitFor();
    const deadline = Date.now() + 90_000;
    // The dialog looks up its first folder: what it finds late replaces what was typed.
    while (await use.isVisible()) {
      if (Date.now() > deadline) throw new Error(`The dialog did not take ${folder}.`);
      await input.fill(`${folder}/`, { timeout: 2000 }).catch(() => {});
      await page.waitForTimeout(700);
      if ((await input.inputValue({ timeout: 500 }).catch(() => '')) !== `${folder}/`) continue;
      await use.click({ timeout: 2000 }).catch(() => {});
      await use.waitFor({ state: 'hidden', timeout: 3000 }).catch(() => {});
    }
  }, path);

async function pictures(name: string): Promise<void> {
  const folder = process.env['EMBERLINE_TEST_OUTPUT'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await screenshot(join(folder, `${name}.png`));
}

async function inTheme<T>(theme: string, run: () => Promise<T>): Promise<T> {
  const workbench = vscode.workspace.getConfiguration('workbench');
  const before = workbench.inspect('colorTheme')?.globalValue;
  await workbench.update('colorTheme', theme, vscode.ConfigurationTarget.Global);
  try {
    await eventually(themeKind, (kind) => kind === (theme.includes('Light') ? 'vs' : 'vs-dark'));
    return await run();
  } finally {
    await workbench.update('colorTheme', before, vscode.ConfigurationTarget.Global);
  }
}

suite('Explain source mapping', () => {
  let folder: string;

  suiteSetup(() => {
    folder = writeWorkspace('mapped', {
      'shop/cart.py': 'def cart():\n    return total()\n',
      'shop/tax/rate.py': 'def rate():\n    return 1\n',
      'other/cart.py': 'def cart():\n    pass\n',
      'a/twin.py': 'a = 1\n',
      'b/twin.py': 'b = 1\n',
      'elsewhere/deep/odd.py': 'def odd():\n    return 1\n',
      'gomod/go.mod': 'module example.com/till\n\ngo 1.20\n',
      'gomod/sum.go': 'package till\n\nfunc Sum() int { return 1 }\n',
      'mapped.folded': [
        'main (<frozen runpy>:1);cart (/srv/app/mapped/shop/cart.py:2) 40',
        'main (<frozen runpy>:1);rate (/srv/app/mapped/shop/tax/rate.py:2) 30',
        'main (<frozen runpy>:1);twin (/x/twin.py:1) 10',
        'main (<frozen runpy>:1);sum (example.com/till/sum.go:3) 10',
        'main (<frozen runpy>:1);gone (/opt/gone/away.py:1) 6',
        'main (<frozen runpy>:1);odd (/opt/old/unknown/odd.py:2) 4',
      ].join('\n'),
    });
  });

  setup(async () => {
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    await vscode.commands.executeCommand('emberline.forgetSourceChoices');
    await vscode.commands.executeCommand('notifications.clearAll');
    await map(undefined);
  });

  suiteTeardown(async () => {
    await map(undefined);
    await vscode.commands.executeCommand('emberline.forgetSourceChoices');
    await vscode.commands.executeCommand('emberline.clearHeat');
    removeFromWorkspace('mapped');
  });

  test('says for every file which rule found it, or what was tried', async function () {
    this.timeout(240_000);
    await openProfile(join(folder, 'mapped.folded'));
    await inTheme('Default Dark Modern', async () => {
      await runCommand(explainTitle);
      const rows = await explained();
      const text = await shownText();
      assert.ok(
        rows.some((row) => row.includes('/srv/app/mapped/shop/cart.py 40.0% self · 40.0% total')),
        rows.join('\n'),
      );
      assert.match(text, /Not found: 1 file, 6\.0% self/);
      assert.match(text, /Which file is not clear: 2 files, 14\.0% self/);
      assert.match(text, /Any of mapped\/[ab]\/twin\.py, mapped\/[ab]\/twin\.py/);
      assert.match(text, /Go module of the workspace: .*mapped\/gomod\/sum\.go/);
      assert.match(text, /Workspace file with the same end: mapped\/shop\/cart\.py/);
      await pictures('explain-sources-dark');
      await pick('/opt/gone/away.py');
      await waitForQuickPick('/opt/gone/away.py');
      const details = await shownText();
      assert.match(details, /Choose File…/);
      assert.match(details, /Exact path/);
      assert.match(details, /no workspace file is named away\.py/);
      await pictures('explain-sources-details-dark');
      await cancelQuickInput();
    });
    await inTheme('Default Light Modern', async () => {
      await runCommand(explainTitle);
      await explained();
      await pictures('explain-sources-light');
      await cancelQuickInput();
    });
  });

  test('a suggestion becomes a mapping, which is then what finds the files', async function () {
    this.timeout(240_000);
    await openProfile(join(folder, 'mapped.folded'));
    await runCommand(explainTitle);
    await explained();
    await pick('Map /srv/app to ${workspaceFolder}');
    await eventually(mappings, (value) => JSON.stringify(value) === '[{"from":"/srv/app","to":"${workspaceFolder}"}]');
    await eventually(shownText, (text) => /Path mapping: \/srv\/app → \$\{workspaceFolder\}/.test(text));
    assert.doesNotMatch(await shownText(), /Suggested mappings/);
    await cancelQuickInput();
  });

  test('a mapping in the settings goes before files that end alike, and its lines glow at once', async function () {
    this.timeout(240_000);
    await openProfile(join(folder, 'mapped.folded'));
    await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'other', 'cart.py')), {
      viewColumn: vscode.ViewColumn.Two,
    });
    await map([{ from: '/srv/app/mapped/shop', to: '${workspaceFolder}/mapped/other' }]);
    await eventually(decoratedLines, (lines) =>
      lines.some(({ line, label }) => line === 2 && !!label?.startsWith('40.0% self')),
    );
    await map(undefined);
    await eventually(decoratedLines, (lines) => lines.every(({ label }) => label === null));
  });

  test('a folder chosen for a prefix is written as a mapping', async function () {
    this.timeout(240_000);
    await openProfile(join(folder, 'mapped.folded'));
    const files = vscode.workspace.getConfiguration('files');
    await files.update('simpleDialog.enable', true, vscode.ConfigurationTarget.Global);
    try {
      await runCommand(explainTitle);
      await explained();
      await pick('/opt/old/unknown/odd.py');
      await waitForQuickPick('/opt/old/unknown/odd.py');
      await pick('Choose Folder for This Prefix…');
      await chooseFolder(join(folder, 'elsewhere', 'deep'));
      await eventually(
        mappings,
        (value) =>
          JSON.stringify(value) === '[{"from":"/opt/old/unknown","to":"${workspaceFolder}/mapped/elsewhere/deep"}]',
      );
      await eventually(shownText, (text) =>
        text.includes('/opt/old/unknown → ${workspaceFolder}/mapped/elsewhere/deep'),
      );
      await cancelQuickInput();
    } finally {
      await files.update('simpleDialog.enable', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  test('a file that was chosen can be forgotten', async function () {
    this.timeout(240_000);
    await openProfile(join(folder, 'mapped.folded'));
    await runCommand(explainTitle);
    await explained();
    await pick('/x/twin.py');
    await waitForQuickPick('/x/twin.py');
    await pick('Choose File…');
    await waitForQuickPick('Which file is /x/twin.py?');
    await focusWebview();
    await pick('mapped/b/twin.py');
    await eventually(shownText, (text) => /Chosen file: .*b\/twin\.py/.test(text));
    await pick('/x/twin.py');
    await waitForQuickPick('/x/twin.py');
    await pick('Forget What Was Chosen');
    await eventually(shownText, (text) => /Any of mapped\/[ab]\/twin\.py/.test(text));
    await cancelQuickInput();
  });
});
