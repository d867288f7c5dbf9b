import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import { eventually, screenshot, ui, waitForFlameGraph, waitForNotification } from './driver';
import { hasTool, withToolsOnPath } from './tools';
import { removeFromWorkspace, writeWorkspace } from './workspaceFolder';

const FOLDER = 'launch';
const targets = join(process.env['EMBERLINE_TEST_ROOT']!, 'test/fixtures/programs/targets');
const pictures = process.env['EMBERLINE_TEST_OUTPUT']!;

/** Debugs until the program ends, and answers the profile that opens by itself. */
async function debug(configuration: vscode.DebugConfiguration | string, ending: RegExp): Promise<vscode.Uri> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  assert.ok(await vscode.debug.startDebugging(vscode.workspace.workspaceFolders![0], configuration));
  const input = await eventually(
    () => vscode.window.tabGroups.activeTabGroup.activeTab?.input,
    (tab) => tab instanceof vscode.TabInputCustom && ending.test(tab.uri.path),
    60_000,
  );
  await waitForFlameGraph();
  return (input as vscode.TabInputCustom).uri;
}

suite('launches that are profiled from their start', () => {
  withToolsOnPath();

  let folder = '';
  let launchJson = '';

  suiteSetup(() => {
    folder = writeWorkspace(FOLDER, {
      'work.js':
        'globalThis.kept = [];\nfunction mainWork(ms) { const end = Date.now() + ms; while (Date.now() < end) kept.push(new Array(100).fill(kept.length)); }\nmainWork(700);\n',
      'work.py':
        'import time\ndef crunch():\n    end = time.time() + 3\n    while time.time() < end:\n        sum(range(1000))\ncrunch()\n',
      'work_test.go':
        'package work\nimport "testing"\nfunc fibonacci(n int) int { if n < 2 { return n }; return fibonacci(n-1) + fibonacci(n-2) }\nfunc TestWork(t *testing.T) { fibonacci(38) }\n',
      'go.mod': 'module example.com/work\n\ngo 1.18\n',
    });
    const vscodeFolder = writeWorkspace('.vscode', {
      'launch.json': JSON.stringify(
        {
          version: '0.2.0',
          configurations: [
            {
              type: 'node',
              request: 'launch',
              name: 'heap of work',
              program: join(folder, 'work.js'),
              emberlineProfile: 'heap',
            },
          ],
        },
        null,
        2,
      ),
    });
    launchJson = join(vscodeFolder, 'launch.json');
  });
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    removeFromWorkspace('.vscode');
    removeFromWorkspace(FOLDER);
  });

  test("launch.json's schema knows the member, and offers its values", async function () {
    this.timeout(240_000);
    const document = await vscode.workspace.openTextDocument(launchJson);
    const editor = await vscode.window.showTextDocument(document);
    const at = document.positionAt(document.getText().indexOf('"heap"') + 2);
    editor.selection = new vscode.Selection(at, at);
    const offered = await eventually(
      async () => {
        const list = await vscode.commands.executeCommand<vscode.CompletionList>(
          'vscode.executeCompletionItemProvider',
          document.uri,
          at,
        );
        return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      },
      (labels) => labels.includes('"heap"') || labels.includes('heap'),
    );
    assert.ok(offered.some((label) => /cpu/.test(label)));
    assert.deepEqual(
      vscode.languages.getDiagnostics(document.uri).filter(({ message }) => /emberlineProfile/.test(message)),
      [],
    );
    await screenshot(join(pictures, 'launch-json.png'));
  });

  test("a configuration of launch.json has its program's heap open at its end", async function () {
    this.timeout(240_000);
    await eventually(
      () => vscode.workspace.getConfiguration('launch').get<unknown[]>('configurations') ?? [],
      (found) => found.length === 1,
    );
    const uri = await debug('heap of work', /\.heapprofile$/);
    assert.match(readFileSync(uri.fsPath, 'latin1'), /mainWork/);
  });

  test('a debugpy session is sampled from when its process is there', async function () {
    if (!hasTool('py-spy', '--version') || !hasTool('python3', '-c', 'import debugpy')) return this.skip();
    this.timeout(240_000);
    const uri = await debug(
      {
        type: 'debugpy',
        request: 'launch',
        name: 'python from its start',
        program: join(folder, 'work.py'),
        console: 'internalConsole',
        emberlineProfile: true,
      },
      /\.folded$/,
    );
    assert.match(readFileSync(uri.fsPath, 'latin1'), /crunch \(.*work\.py:\d+\)/);
  });

  test('a Java machine records itself', async function () {
    if (!hasTool('javac', '-version')) return this.skip();
    this.timeout(240_000);
    execFileSync('javac', ['-g', '-d', folder, join(targets, 'Target.java')]);
    const args = ['-cp', folder, 'Target', '3', 'alone'];
    const configuration = { type: 'java', request: 'launch', name: 'java from its start', program: 'java', args };
    const uri = await debug({ ...configuration, emberlineProfile: 'cpu' }, /\.jfr$/);
    assert.match(readFileSync(uri.fsPath, 'latin1'), /^FLR\0/);
  });

  test('a test of Go under delve writes its own profile', async function () {
    if (!hasTool('go', 'version') || !hasTool('dlv', 'version')) return this.skip();
    this.timeout(240_000);
    const configuration = { type: 'go', request: 'launch', mode: 'test', name: 'go from its start', program: folder };
    const where = { dlvCwd: folder };
    const uri = await debug({ ...configuration, ...where, emberlineProfile: true }, /\.pb\.gz$/);
    assert.match(gunzipSync(readFileSync(uri.fsPath)).toString('latin1'), /work\.fibonacci/);
  });

  test('what cannot be profiled so is said, and debugged all the same', async function () {
    this.timeout(240_000);
    const configuration = { type: 'cppdbg', request: 'launch', name: 'sleeper', program: 'sleep', args: ['30'] };
    assert.ok(await vscode.debug.startDebugging(undefined, { ...configuration, emberlineProfile: 'heap' }));
    await waitForNotification('"sleeper" cannot have its heap profiled from the start');
    assert.equal(vscode.debug.activeDebugSession?.name, 'sleeper');
    await vscode.debug.stopDebugging();
    await eventually(
      () => vscode.debug.activeDebugSession,
      (session) => session === undefined,
    );
    await ui((page) => page.keyboard.press('Escape').then(() => null));
  });
});
