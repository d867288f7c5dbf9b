import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import {
  clearNotifications,
  eventually,
  pressNotificationButton,
  runCommand,
  tabs,
  ui,
  waitForFlameGraph,
  waitForNotification,
} from './driver';
import { type HotProgram, makeHotProgram } from './hotProgram';
import { workspacePath, writeWorkspace } from './workspaceFolder';

/** All that the visible profile editor says. */
const textShown = (): Promise<string> =>
  ui(async (page, _, tools) => {
    const texts = await tools.webview(page).locator('emberline-app *').allInnerTexts();
    return texts.join('\n');
  }, null);

async function openWith(path: string, viewType = 'emberline.profile'): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(path), viewType);
}

suite('Profile editor', () => {
  let program: HotProgram;

  suiteSetup(async function () {
    this.timeout(120_000);
    program = await makeHotProgram('editor');
  });

  suiteTeardown(async () => {
    await vscode.commands.executeCommand('emberline.clearHeat');
  });

  test('opens on a double-click in the Explorer', async () => {
    writeWorkspace('', { 'clicked.folded': 'main;work 30\nmain;rest 12\n' });
    await vscode.commands.executeCommand('workbench.view.explorer');
    await ui(async (page) => {
      await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'clicked.folded' }).dblclick();
    });
    await waitForFlameGraph();
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputCustom);
    assert.equal(input.viewType, 'emberline.profile');
    await eventually(textShown, (text) => text.includes('work'));
  });

  test('opens by the command, and leaves .cpuprofile to VS Code unless asked', async () => {
    const files = vscode.workspace.getConfiguration('files');
    await files.update('simpleDialog.enable', true, vscode.ConfigurationTarget.Global);
    await runCommand('Emberline: Open Profile…');
    await ui(async (page, path) => {
      const input = page.locator('.quick-input-widget:visible input[type=text]').first();
      await input.fill(path);
      // The dialog looks the path up before Enter means it.
      await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'editor.cpuprofile' }).waitFor();
      await page.waitForTimeout(1000);
      await input.press('Enter');
    }, program.profile);
    await eventually(
      () => vscode.window.tabGroups.activeTabGroup.activeTab?.label,
      (label) => label === 'editor.cpuprofile',
    );
    await waitForFlameGraph();
    await eventually(textShown, (text) => text.includes('churn'));
    await files.update('simpleDialog.enable', undefined, vscode.ConfigurationTarget.Global);
  });

  test('offers itself in the Explorer', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await ui(async (page) => {
      const row = page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'clicked.folded' });
      await row.click({ button: 'right' });
      await page.locator('a.action-menu-item', { hasText: 'Open With Emberline' }).first().hover();
      // A menu that has just opened takes no clicks yet.
      await page.waitForTimeout(500);
      await page.keyboard.press('Enter');
    });
    await waitForFlameGraph();
  });

  test('says in one sentence what is wrong with a bad file, and others stay well', async function () {
    this.timeout(120_000);
    const whole = readFileSync(program.profile);
    const folder = writeWorkspace('bad', {
      'empty.cpuprofile': '',
      'truncated.cpuprofile': whole.subarray(0, whole.length >> 1),
      'wrong.pprof': 'this is not a profile at all, it is a letter to a friend\n'.repeat(50),
      'broken.pb.gz': gzipSync(whole).subarray(0, 200),
      'nested.cpuprofile': '['.repeat(100_000),
      'binary.folded': Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) & 255),
      'types.cpuprofile': '{"nodes":"x","samples":7,"timeDeltas":null}',
    });
    const files = ['empty.cpuprofile', 'truncated.cpuprofile', 'wrong.pprof', 'broken.pb.gz', 'nested.cpuprofile'];
    for (const name of [...files, 'binary.folded', 'types.cpuprofile']) {
      await openWith(join(folder, name));
      const text = await eventually(textShown, (shown) => shown.includes('Retry') || shown.includes('Show Output'));
      assert.match(text, /[A-Za-z].{20,}/, `${name}: ${text}`);
      assert.doesNotMatch(text, /\bat .+:\d+:\d+/, `${name} shows a stack`);
    }
    await openWith(program.profile);
    await waitForFlameGraph();
  });

  test('a directory is refused in words', async () => {
    mkdirSync(join(workspacePath(), 'folder.pprof'), { recursive: true });
    await openWith(join(workspacePath(), 'folder.pprof')).then(undefined, () => {});
    await openWith(program.profile);
    await waitForFlameGraph();
  });

  test('keeps what was looked at while hidden', async () => {
    await openWith(program.profile);
    await waitForFlameGraph();
    await searchFor('churn');
    await eventually(textShown, (text) => /matched/.test(text));
    // The state is sent once typing has settled.
    await new Promise((resolve) => setTimeout(resolve, 600));
    await vscode.commands.executeCommand('workbench.action.files.newUntitledFile');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await openWith(program.profile);
    await waitForFlameGraph();
    await eventually(searchValue, (value) => value === 'churn');
  });

  test('keeps it for a closed and opened editor', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await openWith(program.profile);
    await waitForFlameGraph();
    await eventually(searchValue, (value) => value === 'churn');
  });

  test('shows one profile in two editors side by side', async () => {
    await vscode.commands.executeCommand('workbench.action.splitEditor');
    await eventually(
      () =>
        ui(async (page) => {
          const frames = page.locator('iframe.webview.ready:visible');
          let drawn = 0;
          for (let i = 0; i < (await frames.count()); i++) {
            const inner = frames.nth(i).contentFrame().locator('#active-frame').contentFrame();
            drawn += await inner.locator('[role=application]').count();
          }
          return drawn;
        }),
      (drawn) => drawn === 2,
    );
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await waitForFlameGraph();
  });

  test('offers to read a file again that changed on disk', async () => {
    const file = join(workspacePath(), 'clicked.folded');
    await openWith(file);
    await waitForFlameGraph();
    writeFileSync(file, 'main;renamed_work 30\n');
    await waitForNotification('clicked.folded changed on disk.');
    await pressNotificationButton('clicked.folded changed on disk.', 'Reload');
    await eventually(textShown, (text) => text.includes('renamed_work'));
    await clearNotifications();
  });

  test('comes back as it was after a window reload', async function () {
    this.timeout(180_000);
    writeWorkspace('', { 'reloaded.folded': 'main;work 30\nmain;rest 12\n' });
    const shown = await ui(async (_, name, tools) => {
      const page = await tools.openWindow();
      const open = async (): Promise<string> => {
        await tools.waitForFlameGraph(page);
        const input = tools.webview(page).locator('input[type=text], input[type=search], input:not([type])').first();
        await input.waitFor({ timeout: 30_000 });
        return input.inputValue();
      };
      await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'reloaded.folded' }).dblclick();
      await open();
      const frame = tools.webview(page);
      await frame
        .locator('[role=application]')
        .first()
        .click({ position: { x: 30, y: 200 } });
      await page.keyboard.press('/');
      await page.keyboard.type(name);
      await page.waitForTimeout(1500);
      await page.reload();
      await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
      let value = '';
      for (let i = 0; i < 40 && value !== name; i++) {
        value = await open().catch(() => '');
        await page.waitForTimeout(250);
      }
      await page.close();
      return value;
    }, 'work');
    assert.equal(shown, 'work');
  });

  test('closes quietly', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    assert.deepEqual(await tabs(), []);
  });
});

const searchFor = (text: string): Promise<void> =>
  ui(async (page, query, tools) => {
    await tools.webview(page).locator('[role=application]').first().focus();
    await page.keyboard.press('/');
    await page.keyboard.type(query);
  }, text);

const searchValue = (): Promise<string> =>
  ui(async (page, _, tools) => {
    const input = tools.webview(page).locator('input[type=text], input[type=search], input:not([type])').first();
    return input.inputValue();
  }, null);
