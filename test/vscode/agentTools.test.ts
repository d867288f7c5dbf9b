import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { eventually, screenshot, ui, waitForFlameGraph } from './driver';
import { removeFromWorkspace, writeWorkspace } from './workspaceFolder';

const pictures = process.env['EMBERLINE_TEST_OUTPUT'];

async function invoke(name: string, input: object): Promise<string> {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}

/** The text of VS Code's question, as a person reads it. */
const question = (): Promise<string> =>
  // biome-ignore lint/performance/useDomNodeTextContent: as it is shown, a line each.
  ui(async (page) => page.locator('.monaco-dialog-box').innerText({ timeout: 20_000 }));

const answerWith = (button: string): Promise<void> =>
  ui(async (page, label) => {
    await page.locator('.monaco-dialog-box').getByRole('button', { name: label }).first().click();
    await page.locator('.monaco-dialog-box').waitFor({ state: 'hidden' });
  }, button);

suite('Tools for language models', () => {
  let folder: string;

  suiteSetup(async () => {
    folder = writeWorkspace('agents', {
      'shop.py': 'def main():\n    total()\n\ndef total():\n    return sum(range(9))\n',
      'before.folded': 'main (agents/shop.py:2);total (agents/shop.py:5) 50\nmain (agents/shop.py:2) 50\n',
      'after.folded': 'main (agents/shop.py:2);total (agents/shop.py:5) 90\nmain (agents/shop.py:2) 10\n',
      'busy.js': 'const end = Date.now() + 60000;\nwhile (Date.now() < end) Math.sqrt(end);\n',
    });
    await vscode.commands.executeCommand(
      'vscode.openWith',
      vscode.Uri.file(join(folder, 'after.folded')),
      'emberline.profile',
    );
    await waitForFlameGraph();
  });

  suiteTeardown(async () => {
    await vscode.commands.executeCommand('emberline.clearHeat');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    removeFromWorkspace('agents');
  });

  test('are contributed', () => {
    const names = vscode.lm.tools.map(({ name }) => name);
    for (const name of ['emberline_hot_lines', 'emberline_diff', 'emberline_callers', 'emberline_profile_target']) {
      assert.ok(names.includes(name), `${name} of ${names.join()}`);
    }
  });

  test('hot lines of the open profile, with the source text, its callers, and a comparison of two files', async () => {
    const hot = await invoke('emberline_hot_lines', {});
    assert.match(hot, /after\.folded \(folded\): 100 of samples/);
    assert.match(
      hot,
      /1\. self 90\.0% \(90\), total 90\.0% \(90\) {2}agents\/shop\.py:5 {2}total\n {5}\| return sum\(range\(9\)\)/,
    );
    assert.match(await invoke('emberline_callers', { function: 'total' }), /Called by:\n {2}90\.0% \(90\) {2}main/);
    const changes = await invoke('emberline_diff', { base: 'agents/before.folded', by: 'line' });
    assert.match(changes, /self \+40\.0 pp \(50\.0% → 90\.0%\).*agents\/shop\.py:5/);
    await assert.rejects(invoke('emberline_hot_lines', { profile: 'agents/none.folded' }), /there is no such file/);
    await assert.rejects(invoke('emberline_diff', {}), /There is no baseline/);
  });

  test('asks before anything is started, and answers what it measured', async () => {
    const command = [process.execPath, join(folder, 'busy.js')];
    const refused = invoke('emberline_profile_target', { command, seconds: 2 });
    refused.catch(() => {});
    const asked = await eventually(question, (text) => text.includes('busy.js'));
    assert.match(asked, /Profile this program\?[\s\S]*sample it for 2 s at most[\s\S]*busy\.js/);
    if (pictures !== undefined) await screenshot(join(pictures, 'agent-confirmation.png'));
    await answerWith('Cancel');
    await assert.rejects(refused);

    const allowed = invoke('emberline_profile_target', { command: ['node', join(folder, 'busy.js')], seconds: 2 });
    allowed.catch(() => {});
    await eventually(question, (text) => text.includes('busy.js'));
    await ui(async (page) => {
      await page.locator('.monaco-dialog-box .dialog-buttons').getByRole('button').first().click();
    });
    const told = await allowed;
    assert.match(told, /Profiled the command node .*busy\.js for 2 s at most/);
    assert.match(told, /1\. self \d\d\.\d% .*agents\/busy\.js:2[\s\S]*while \(Date\.now\(\) < end\)/);
  });
});
