import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  cancelQuickInput,
  decoratedLines,
  eventually,
  pick,
  pressNotificationButton,
  runCommand,
  screenshot,
  tabs,
  ui,
  waitForNotification,
  waitForQuickPick,
  waitForStatusBarItem,
} from './driver';
import { type HotProgram, makeHotProgram } from './hotProgram';
import { activateRow, openProfile } from './openProfile';
import { writeWorkspace } from './workspaceFolder';

/** Where the cursor is in the visible editor of a file: its 0-based line, -1 where the file is not shown. */
function cursorIn(path: string): number {
  const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.fsPath === path);
  return editor?.selection.active.line ?? -1;
}

suite('Open source', () => {
  let program: HotProgram;
  let outside: string;

  suiteSetup(async function () {
    this.timeout(240_000);
    program = await makeHotProgram('jump');
    outside = realpathSync(mkdtempSync(join(tmpdir(), 'emberline-outside-')));
  });

  setup(async () => {
    // Two editors side by side have room for the table only without it, whichever suite ran before.
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    await vscode.commands.executeCommand('emberline.forgetSourceChoices');
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  suiteTeardown(async () => {
    rmSync(outside, { recursive: true, force: true });
    await vscode.commands.executeCommand('emberline.forgetSourceChoices');
    await vscode.commands.executeCommand('emberline.clearHeat');
  });

  test('a click on a frame shows the TypeScript line beside, highlighted', async function () {
    this.timeout(240_000);
    await openProfile(program.profile);
    const box = await ui(async (page, _, tools) => {
      const chart = tools.webview(page).locator('[role=application]').first();
      return chart.boundingBox();
    }, null);
    assert.ok(box !== null);
    // Down the hot path, row by row, until it reaches the program's own functions.
    for (let y = 8; y < box.height && cursorIn(program.hot) < 0; y += 16) {
      await ui(
        async (page, at, tools) => {
          const chart = tools.webview(page).locator('[role=application]').first();
          await chart.click({ position: at });
          // A row that leads elsewhere changes nothing that could be waited for.
          await page.waitForTimeout(250);
        },
        { x: 40, y },
      );
    }
    assert.equal(
      await eventually(
        () => cursorIn(program.hot),
        (line) => line >= 0,
      ),
      8,
    );
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.fsPath === program.hot)!;
    assert.notEqual(editor.viewColumn, vscode.ViewColumn.One);
    assert.equal(vscode.window.tabGroups.all.length, 2);
    await eventually(decoratedLines, (lines) => lines.some((line) => line.line === 9 && line.background !== null));
    const pictures = process.env['EMBERLINE_TEST_OUTPUT'];
    if (pictures !== undefined) {
      await screenshot(join(pictures, 'open-source.png'));
    }
  });

  test('a table row opens in the same group again, and moved lines are followed', async () => {
    await openProfile(program.profile);
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(program.hot), {
      viewColumn: vscode.ViewColumn.Two,
    });
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// moved\n\n'));
    await activateRow('churn');
    await eventually(
      () => cursorIn(program.hot),
      (line) => line === 2,
    );
    await activateRow('serve');
    await eventually(
      () => cursorIn(program.main),
      (line) => line === 6,
    );
    assert.equal(vscode.window.tabGroups.all.length, 2);
  });

  test('a frame without a source says so', async () => {
    await openProfile(program.profile);
    await activateRow('(program)');
    await waitForStatusBarItem('(program) has no source file.');
    await activateRow('executeUserEntryPoint');
    await waitForStatusBarItem('which is built into Node.');
  });

  test('an ambiguous file is asked for once, and can be forgotten', async () => {
    const folder = writeWorkspace('ambiguous', {
      'a/twin.py': 'def a():\n    pass\n',
      'b/twin.py': 'def b():\n    pass\n',
      'twin.folded': 'start (/gone/away/start.py:1);twin_work (twin.py:2) 30\nstart (/gone/away/start.py:1) 10\n',
    });
    await openProfile(join(folder, 'twin.folded'));
    await activateRow('twin_work');
    await waitForQuickPick('Which file is twin.py?');
    await pick('ambiguous/b/twin.py');
    const chosen = join(folder, 'b', 'twin.py');
    await eventually(
      () => cursorIn(chosen),
      (line) => line === 1,
    );
    // What was chosen glows, too.
    await eventually(decoratedLines, (lines) => lines.some(({ label }) => label === '75.0% self · 75.0% total'));
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await openProfile(join(folder, 'twin.folded'));
    await activateRow('twin_work');
    await eventually(
      () => cursorIn(chosen),
      (line) => line === 1,
    );
    await runCommand('Emberline: Forget Remembered Source Files');
    await waitForNotification('Emberline forgot');
    await openProfile(join(folder, 'twin.folded'));
    await activateRow('twin_work');
    await waitForQuickPick('Which file is twin.py?');
    await cancelQuickInput();
  });

  test('a missing file says so and can be located', async () => {
    const folder = writeWorkspace('missing', { 'missing.folded': 'start (/gone/away/start.py:1);run (run.py:2) 30\n' });
    await openProfile(join(folder, 'missing.folded'));
    await activateRow('start');
    assert.match(await waitForNotification('start.py'), /was not found/);
    const files = vscode.workspace.getConfiguration('files');
    await files.update('simpleDialog.enable', true, vscode.ConfigurationTarget.Global);
    try {
      await pressNotificationButton('start.py', 'Locate File…');
      await cancelQuickInput();
    } finally {
      await files.update('simpleDialog.enable', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  test('a file outside the workspace is asked about first', async () => {
    mkdirSync(join(outside, 'lib'));
    const secret = join(outside, 'lib', 'secret.py');
    writeFileSync(secret, 'one = 1\ntwo = 2\nthree = 3\n');
    const folder = writeWorkspace('outside', { 'outside.folded': `peek (${secret}:3) 5\nother (x.py:1) 1\n` });
    await openProfile(join(folder, 'outside.folded'));
    await activateRow('peek');
    await waitForQuickPick('outside the workspace');
    assert.equal(cursorIn(secret), -1);
    await cancelQuickInput();
    assert.ok(!(await tabs()).some((tab) => tab.includes('secret.py')));
    await activateRow('peek');
    await waitForQuickPick('outside the workspace');
    await pick('Open Files of This Folder');
    await eventually(
      () => cursorIn(secret),
      (line) => line === 2,
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await openProfile(join(folder, 'outside.folded'));
    await activateRow('peek');
    await eventually(
      () => cursorIn(secret),
      (line) => line === 2,
    );
  });

  test('a hostile profile only shows text', async () => {
    const names = [
      '</script><script>document.title="owned"</script>',
      '<img src=x onerror="document.title=1">',
      '[x](command:workbench.action.closeAllEditors)',
    ];
    const urls = ['command:workbench.action.closeAllEditors', 'vscode://owned/x', 'file://evil.example/share/x.js'];
    const hostile = {
      nodes: [
        { id: 1, callFrame: frame('(root)', ''), children: [2, 3, 4, 5] },
        ...urls.map((url, i) => ({ id: i + 2, callFrame: frame(names[i]!, url) })),
        { id: 5, callFrame: frame('long'.repeat(100_000), 'x'.repeat(100_000)) },
      ],
      startTime: 0,
      endTime: 5000,
      samples: [2, 3, 4, 5],
      timeDeltas: [0, 1000, 1000, 1000],
    };
    const folder = writeWorkspace('hostile', { 'hostile.cpuprofile': JSON.stringify(hostile) });
    await openProfile(join(folder, 'hostile.cpuprofile'));
    const before = await tabs();
    for (const name of names) {
      await activateRow(name);
    }
    await waitForStatusBarItem('not a source file');
    assert.deepEqual(await tabs(), before);
    const title = await ui(
      async (page, _, tools) =>
        tools
          .webview(page)
          .locator('html')
          .evaluate(() => document.title),
      null,
    );
    assert.equal(title, 'Emberline');
  });
});

function frame(functionName: string, url: string) {
  return { functionName, scriptId: '1', url, lineNumber: 0, columnNumber: 0 };
}
