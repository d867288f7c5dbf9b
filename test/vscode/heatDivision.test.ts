import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { writeCaptureSetHeader } from '../../src/formats/captureSet/captureSetHeader';
import {
  decoratedLines,
  dismissWidgets,
  eventually,
  hoverOver,
  screenshot,
  ui,
  waitForFlameGraph,
  waitForStatusBarItem,
} from './driver';
import { openProfile } from './openProfile';
import { writeWorkspace } from './workspaceFolder';

/** Two instances captured together: `a:6060` spends 60 samples in `hash`, 20 in `wait`; `b:6060` 20 and 100. */
function writeFleet(): string {
  const source = 'def main():\n    hash()\n    wait()\n\ndef hash():\n    digest()\n\ndef wait():\n    sleep()\n';
  const folder = writeWorkspace('fleet', { 'fleet_work.py': source });
  const body = (hash: number, wait: number): Buffer =>
    Buffer.from(
      `main (fleet_work.py:2);hash (fleet_work.py:6) ${hash}\nmain (fleet_work.py:3);wait (fleet_work.py:9) ${wait}\n`,
    );
  const bodies = [body(60, 20), body(20, 100)];
  const members = bodies.map((bytes, i) => ({
    instance: `${'ab'[i]}:6060`,
    name: 'cpu.folded',
    bytes: bytes.length,
    seconds: 10,
    notes: [],
  }));
  writeFileSync(
    join(folder, 'fleet.emberline'),
    Buffer.concat([writeCaptureSetHeader({ members, failures: [] }), ...bodies]),
  );
  return folder;
}

const labelOf = async (text: string): Promise<string | null> =>
  (await decoratedLines()).find((line) => line.text.includes(text))?.label ?? null;

/** Chooses in the profile editor's filter, as a user does; `Escape` leaves the list. */
const filterBy = (key: string, value: string): Promise<void> =>
  ui(
    async (page, wanted, tools) => {
      const frame = tools.webview(page);
      await frame.getByRole('button', { name: 'Filter', exact: true }).click();
      await frame.getByRole('option', { name: wanted.key }).click();
      await frame.getByRole('option', { name: wanted.value }).click();
      await page.keyboard.press('Escape');
    },
    { key, value },
  );

const chips = (): Promise<string[]> =>
  ui((page, _, tools) => tools.webview(page).locator('emberline-division-strip .chip .text').allTextContents());

suite('Filter and split', () => {
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('emberline.clearHeat');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  test('of the profile editor are followed by the lines, which say so, and survive hiding', async function () {
    this.timeout(240_000);
    const folder = writeFleet();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    await openProfile(join(folder, 'fleet.emberline'));
    await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'fleet_work.py')), {
      viewColumn: vscode.ViewColumn.Beside,
      preview: false,
    });
    await eventually(
      () => labelOf('digest()'),
      (label) => label?.startsWith('40.0%') === true,
    );
    const whole = await hoverOver('digest()');
    assert.match(whole, /By instance: a:6060 75\.0% · b:6060 25\.0%/);
    await dismissWidgets();

    await filterBy('instance', 'a:6060');
    await eventually(
      () => labelOf('digest()'),
      (label) => label?.startsWith('75.0%') === true,
    );
    await waitForStatusBarItem('fleet.emberline: self');
    await waitForStatusBarItem('instance: a:6060');
    const filtered = await hoverOver('digest()');
    assert.match(filtered, /Only instance: a:6060/);
    assert.doesNotMatch(filtered, /By instance/);
    await dismissWidgets();
    if (process.env['EMBERLINE_TEST_OUTPUT'] !== undefined) {
      await screenshot(join(process.env['EMBERLINE_TEST_OUTPUT'], 'filtered-heat.png'));
    }

    // A split shows the same samples: the lines stay as they are.
    await ui(async (page, _, tools) => {
      const frame = tools.webview(page);
      await frame.getByRole('button', { name: 'Split', exact: true }).click();
      await frame.getByRole('option', { name: 'instance' }).click();
    });
    await eventually(chips, (found) => found.length === 2);
    assert.match((await labelOf('digest()')) ?? '', /^75\.0%/);

    await vscode.commands.executeCommand('workbench.action.focusFirstEditorGroup');
    await vscode.commands.executeCommand('workbench.action.files.newUntitledFile');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await waitForFlameGraph();
    assert.deepEqual(await eventually(chips, (found) => found.length === 2), ['instance: a:6060', 'Split by instance']);
  });
});
