// Entry of the tests in VS Code: the extension host calls `run` of the module that the runner names.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import * as vscode from 'vscode';
import { dismissWidgets, eventually, screenshot } from './driver';
import { Report } from './report';

/** Runs the bundled *.test.js beside this file that are of this window; rejects when one fails, which is the exit code. */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  // What is waited for is waited for long (see `eventually`): a busy machine is no failure.
  const retries = Number(process.env['EMBERLINE_TEST_RETRIES'] ?? 0);
  const mocha = new Mocha({ ui: 'tdd', timeout: 240_000, slow: 5000, color: false, reporter: Report, retries });
  const grep = process.env['EMBERLINE_TEST_GREP'];
  if (grep) mocha.grep(new RegExp(grep));
  const only = process.env['EMBERLINE_TEST_FILE'];
  for (const file of readdirSync(__dirname).sort()) {
    const wanted = only === undefined ? file !== process.env['EMBERLINE_TEST_OTHERS'] : file === only;
    if (wanted && file.endsWith('.test.js')) mocha.addFile(join(__dirname, file));
  }
  mocha.rootHooks({ afterEach: [pictureOfFailure, tidyWindow] });
  await mocha.loadFilesAsync();
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) throw new Error(`${failures} failed`);
}

async function pictureOfFailure(this: Mocha.Context): Promise<void> {
  const test = this.currentTest;
  const folder = process.env['EMBERLINE_TEST_OUTPUT'];
  if (test?.state !== 'failed' || folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  const name = test.fullTitle().replace(/[^\p{L}\p{N}]+/gu, '-');
  await screenshot(join(folder, `${name.slice(0, 100)}.png`)).catch(() => {});
}

/**
 * One window serves all tests: each leaves it as it found it, also when it failed. It is never this hook that fails: mocha
 * would leave out all tests after it. What it could not tidy is said, and fails the tests that it disturbs.
 */
async function tidyWindow(this: Mocha.Context): Promise<void> {
  this.timeout(600_000);
  for (const tries of ['first', 'second']) {
    try {
      await tidy();
      return;
    } catch (error) {
      console.log(`The window could not be tidied after "${this.currentTest?.title}", ${tries} try: ${String(error)}`);
    }
  }
}

async function tidy(): Promise<void> {
  await vscode.debug.stopDebugging();
  await dismissWidgets();
  await discardEdits();
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await eventually(
    () => vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label)),
    (tabs) => tabs.length === 0,
  );
  await vscode.commands.executeCommand('notifications.clearAll');
}

/**
 * An editor with unsaved edits would ask before it closes. What has no editor is left alone: VS Code writes its settings
 * through a document of its own, which the extension host loses track of when somebody shows it at that moment.
 */
async function discardEdits(): Promise<void> {
  for (const { isDirty, input } of vscode.window.tabGroups.all.flatMap((group) => group.tabs)) {
    if (!isDirty) continue;
    if (input instanceof vscode.TabInputText) await vscode.window.showTextDocument(input.uri);
    else if (input instanceof vscode.TabInputNotebook) {
      await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(input.uri));
    } else continue;
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
}
