import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { acceptQuickInput, eventually, screenshot, ui, waitForFlameGraph, waitForQuickPick } from './driver';
import { withToolsOnPath } from './tools';
import { removeFromWorkspace, writeWorkspace } from './workspaceFolder';

const FOLDER = 'tested';
const pictures = process.env['EMBERLINE_TEST_OUTPUT']!;

async function openedProfile(): Promise<string> {
  const input = await eventually(
    () => vscode.window.tabGroups.activeTabGroup.activeTab?.input,
    (tab) => tab instanceof vscode.TabInputCustom && /\.(cpuprofiles?|emberline)$/.test(tab.uri.path),
    60_000,
  );
  await waitForFlameGraph();
  return readFileSync((input as vscode.TabInputCustom).uri.fsPath, 'latin1');
}

suite('tests and scripts', () => {
  withToolsOnPath();

  let controller: vscode.TestController;
  let folder = '';

  suiteSetup(async () => {
    folder = writeWorkspace(FOLDER, {
      'package.json': JSON.stringify({ name: 'tested', scripts: { work: 'node work.js' } }, null, 2),
      'work.js':
        'function scriptWork(ms) { const end = Date.now() + ms; while (Date.now() < end) Math.sqrt(end); }\nscriptWork(700);\n',
      'sums.test.js': [
        "const { test } = require('node:test');",
        'function testedWork(ms) { const end = Date.now() + ms; while (Date.now() < end) Math.sqrt(end); }',
        'function otherWork(ms) { const end = Date.now() + ms; while (Date.now() < end) Math.sqrt(end); }',
        "test('adds (two)', () => testedWork(700));",
        "test('divides', () => otherWork(700));",
        '',
      ].join('\n'),
    });
    // Somebody else's tests.
    controller = vscode.tests.createTestController('sums', 'Sums');
    controller.createRunProfile('Run', vscode.TestRunProfileKind.Run, () => undefined, true);
    const uri = vscode.Uri.file(join(folder, 'sums.test.js'));
    const file = controller.createTestItem('sums.test.js', 'sums.test.js', uri);
    const item = controller.createTestItem('sums.test.js#adds', 'adds (two)', uri);
    item.range = new vscode.Range(3, 0, 3, 40);
    controller.items.replace([file]);
    file.children.replace([item]);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  suiteTeardown(async () => {
    controller.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('workbench.view.explorer');
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    removeFromWorkspace(FOLDER);
  });

  test('a test of the Testing view is profiled by the command that runs it, once the user has seen it', async function () {
    this.timeout(240_000);
    await vscode.commands.executeCommand('workbench.view.testing.focus');
    await vscode.commands.executeCommand('testing.expandAll').then(undefined, () => undefined);
    await ui(
      async (page, picture, tools) => {
        const file = page.locator('.test-explorer .monaco-list-row', { hasText: 'sums.test.js' }).first();
        await file.waitFor();
        const item = page.locator('.test-explorer .monaco-list-row', { hasText: 'adds (two)' }).first();
        if (!(await item.isVisible())) {
          await file.click();
          await page.keyboard.press('ArrowRight');
        }
        await tools.chooseFromContextMenu(page, item, 'Profile Test…', () => tools.screenshot(page, picture));
      },
      join(pictures, 'testing-menu.png'),
    );
    const items = await waitForQuickPick('Command to run and profile');
    assert.match(items[0]!.label, /^node --test '--test-name-pattern=\^adds \\\(two\\\)\$' sums\.test\.js$/);
    assert.match(items[0]!.description, /run and profile in tested/);
    await screenshot(join(pictures, 'testing-command.png'));
    await acceptQuickInput();
    const text = await openedProfile();
    assert.match(text, /testedWork/);
    assert.doesNotMatch(text, /otherWork/);
  });

  test('a script of npm is profiled from its place in the tree', async function () {
    this.timeout(240_000);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const manifest = vscode.Uri.file(join(folder, 'package.json'));
    // VS Code's npm extension keeps its last answer until its file watcher sees a package.json written, which may be missed
    // while the watcher begins.
    let asked = 0;
    const task = await eventually(
      async () => {
        if (asked++ % 20 === 19)
          await vscode.workspace.fs.writeFile(manifest, await vscode.workspace.fs.readFile(manifest));
        return (await vscode.tasks.fetchTasks({ type: 'npm' })).find(
          ({ definition }) => definition['script'] === 'work',
        );
      },
      (found) => found !== undefined,
    );
    assert.ok(task?.execution instanceof vscode.ShellExecution, 'VS Code knows the script');
    // VS Code takes PATH from a login shell, whose Node may be too old.
    const options = { ...task.execution.options, env: { PATH: process.env['PATH']! } };
    task.execution = new vscode.ShellExecution(task.execution.command!, task.execution.args ?? [], options);
    // As npm's tree hands its items over: the view is hidden unless a setting shows it.
    void vscode.commands.executeCommand('emberline.profileScript', { task });
    assert.match(await openedProfile(), /scriptWork/);
  });
});
