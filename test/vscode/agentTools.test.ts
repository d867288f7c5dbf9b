import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { openProfile } from './openProfile';
import { removeFromWorkspace, writeWorkspace } from './workspaceFolder';

async function invoke(name: string, input: object): Promise<string> {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}

suite('Tools for language models', () => {
  let folder: string;

  suiteSetup(async () => {
    folder = writeWorkspace('agents', {
      'shop.py': 'def main():\n    total()\n\ndef total():\n    return sum(range(9))\n',
      'till.py': 'def pay():\n    return 1\n',
      'old.folded': 'pay (agents/till.py:2) 7\n',
      'before.folded': 'main (agents/shop.py:2);total (agents/shop.py:5) 50\nmain (agents/shop.py:2) 50\n',
      'after.folded': 'main (agents/shop.py:2);total (agents/shop.py:5) 90\nmain (agents/shop.py:2) 10\n',
    });
    await openProfile(join(folder, 'after.folded'));
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

  test('a file that was written after the recording is said to be, and not quoted', async () => {
    const recorded = Date.now() / 1000 - 60;
    utimesSync(join(folder, 'old.folded'), recorded, recorded);
    const hot = await invoke('emberline_hot_lines', { profile: 'agents/old.folded' });
    assert.match(hot, /^Note: agents\/till\.py was written after the recording: its lines may have moved/m);
    assert.match(hot, /agents\/till\.py:2 {2}pay$/m);
    assert.doesNotMatch(hot, /\| /);
    const callers = await invoke('emberline_callers', { profile: 'agents/old.folded', path: 'till.py', line: 2 });
    assert.match(callers, /^Note: agents\/till\.py was written after the recording: its lines may have moved\.$/m);
    assert.doesNotMatch(await invoke('emberline_hot_lines', {}), /written after/);
  });

  // VS Code shows no dialogs while it is tested: what is asked before a capture is in src/views/agentToolRuns.test.ts.
  test('a capture of no target is refused before anybody is asked', async () => {
    await assert.rejects(invoke('emberline_profile_target', {}), /exactly one target/);
  });
});
