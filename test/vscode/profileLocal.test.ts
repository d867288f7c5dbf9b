import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import {
  acceptQuickInput,
  eventually,
  notifications,
  pick,
  runCommand,
  statusBarItems,
  typeIntoQuickInput,
  waitForFlameGraph,
  waitForNotification,
  waitForQuickPick,
} from './driver';
import { hasTool, withToolsOnPath } from './tools';
import { removeFromWorkspace, writeWorkspace } from './workspaceFolder';

const FOLDER = 'local';
const targets = join(process.env['EMBERLINE_TEST_ROOT']!, 'test/fixtures/programs/targets');
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function perfAllowed(folder: string): boolean {
  try {
    execFileSync('perf', ['record', '-q', '-o', join(folder, 'probe.data'), 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function sampling(): Promise<void> {
  await eventually(statusBarItems, (items) => items.some(({ text }) => text.includes('Profiling')));
}

/** The text of the file that was captured: names of functions are in it. */
function capturedText(uri: vscode.Uri | undefined): string {
  assert.ok(uri, 'there is a profile');
  return readFileSync(uri.fsPath, 'latin1');
}

function profileTarget(): Promise<vscode.Uri | undefined> {
  return Promise.resolve(vscode.commands.executeCommand<vscode.Uri | undefined>('emberline.profileDebugTarget'));
}

async function stopSampling(): Promise<void> {
  await vscode.commands.executeCommand('emberline.stopProfiling');
}

/** Starts a session and profiles it for some seconds. */
async function profileSession(configuration: vscode.DebugConfiguration, ms: number): Promise<vscode.Uri | undefined> {
  assert.ok(await vscode.debug.startDebugging(undefined, configuration));
  await eventually(
    () => vscode.debug.activeDebugSession,
    (session) => session !== undefined,
  );
  // Until the program runs and its adapter has told its process.
  await wait(2500);
  const capture = profileTarget();
  await sampling();
  await wait(ms);
  await stopSampling();
  const uri = await capture;
  await waitForFlameGraph();
  return uri;
}

suite('profiling processes, commands and other debug sessions', () => {
  withToolsOnPath();

  let child: ChildProcess | null = null;
  let folder = '';

  suiteSetup(() => {
    folder = writeWorkspace(FOLDER, {
      'work.js':
        'function mainWork(ms) { const end = Date.now() + ms; while (Date.now() < end) Math.sqrt(end); }\nmainWork(1500);\nprocess.exitCode = 3;\n',
    });
  });
  suiteTeardown(() => {
    removeFromWorkspace(FOLDER);
  });
  teardown(() => {
    child?.kill('SIGKILL');
    child = null;
  });

  test('a command that needs a shell, and one that is not there, are answered', async () => {
    await vscode.commands.executeCommand('emberline.profileCommand', 'node a.js | cat');
    await waitForNotification('The command needs a shell for its "|"');
    await vscode.commands.executeCommand('emberline.profileCommand', 'no-such-program-at-all');
    await waitForNotification('no-such-program-at-all was not found on PATH');
    assert.ok((await notifications()).length >= 2);
  });

  test('a debugpy session is sampled by py-spy beside the real debugger', async function () {
    if (!hasTool('py-spy', '--version') || !hasTool('python3', '-c', 'import debugpy')) return this.skip();
    this.timeout(240_000);
    const program = join(targets, 'target.py');
    const uri = await profileSession(
      {
        type: 'debugpy',
        request: 'launch',
        name: 'target.py',
        program,
        args: ['60', 'alone'],
        console: 'internalConsole',
      },
      2500,
    );
    const text = capturedText(uri);
    assert.match(text, /crunch \(.*target\.py:\d+\)/);
    assert.match(uri!.fsPath, /target\.py.*\.(folded|emberline)$/);
  });

  for (const { type, adapter } of [
    { type: 'lldb-dap', adapter: "LLDB's real adapter" },
    { type: 'cppdbg', adapter: 'a scripted adapter' },
  ]) {
    test(`a native session of ${adapter} is sampled by perf, or what the kernel wants is said`, async function () {
      if (!hasTool('perf', '--version') || !hasTool('cc', '--version')) return this.skip();
      if (type === 'lldb-dap' && !hasTool('lldb', '--version')) return this.skip();
      this.timeout(240_000);
      const program = join(folder, 'target');
      execFileSync('cc', ['-g', '-O1', '-o', program, join(targets, 'target.c'), '-lm']);
      const configuration = { type, request: 'launch', name: 'native', program, args: ['60', 'alone'] };
      if (perfAllowed(folder)) {
        assert.match(capturedText(await profileSession(configuration, 2000)), /crunch/);
        return;
      }
      await vscode.debug.startDebugging(undefined, configuration);
      await wait(2500);
      void profileTarget();
      await waitForNotification('The kernel refuses perf events');
    });
  }

  test('a Go session of the real delve is profiled by its pprof server', async function () {
    if (!hasTool('go', 'version') || !hasTool('dlv', 'version')) return this.skip();
    this.timeout(240_000);
    const program = join(folder, 'goTarget');
    execFileSync('go', ['build', '-o', program, join(targets, 'target.go')]);
    const settings = vscode.workspace.getConfiguration('emberline');
    await settings.update('duration', 2, vscode.ConfigurationTarget.Global);
    try {
      const configuration = { type: 'go', request: 'launch', mode: 'exec', name: 'goTarget', program };
      assert.ok(await vscode.debug.startDebugging(undefined, { ...configuration, args: ['60', 'pprof'] }));
      await wait(3000);
      const uri = await profileTarget();
      assert.ok(uri, 'there is a profile');
      assert.match(gunzipSync(readFileSync(uri.fsPath)).toString('latin1'), /main\.crunch/);
      assert.match(uri.fsPath, /goTarget.*\.pb\.gz$/);
      await waitForFlameGraph();
    } finally {
      await settings.update('duration', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  test('a Java session is recorded by its JVM', async function () {
    if (!hasTool('javac', '-version')) return this.skip();
    this.timeout(240_000);
    execFileSync('javac', ['-g', '-d', folder, join(targets, 'Target.java')]);
    const args = ['-cp', folder, 'Target', '90', 'alone'];
    const uri = await profileSession({ type: 'java', request: 'launch', name: 'Target', program: 'java', args }, 4000);
    assert.match(uri!.fsPath, /\.jfr$/);
    assert.match(capturedText(uri), /^FLR\0/);
  });

  test('a session that tells no process is answered with what to do', async function () {
    this.timeout(240_000);
    const configuration = { type: 'silent', request: 'launch', name: 'quiet', program: 'sleep', args: ['60'] };
    assert.ok(await vscode.debug.startDebugging(undefined, configuration));
    await wait(1000);
    assert.equal(await profileTarget(), undefined);
    await waitForNotification('does not tell its process on this machine: use "Emberline: Profile Process…"');
  });

  test('a process is chosen by its number and sampled', async function () {
    if (!hasTool('py-spy', '--version')) return this.skip();
    this.timeout(240_000);
    child = spawn('python3', [join(targets, 'target.py'), '60', 'alone'], { stdio: 'ignore' });
    await wait(700);
    const capture = vscode.commands.executeCommand<vscode.Uri | undefined>('emberline.profileProcess');
    await waitForQuickPick('Process by number, name or command line');
    await typeIntoQuickInput(String(child.pid));
    await wait(500);
    // Two samplers where Austin is installed as well.
    const sampled = await Promise.race([sampling().then(() => true), wait(1500).then(() => false)]);
    if (!sampled) {
      await pick('py-spy');
      await sampling();
    }
    await wait(2000);
    await stopSampling();
    assert.match(capturedText(await capture), /crunch \(.*target\.py:\d+\)/);
    await waitForFlameGraph();
  });

  test("Node's inspector is started in a process that has none", async function () {
    this.timeout(240_000);
    child = spawn(
      'node',
      ['-e', 'function hotLoop(){const e=Date.now()+20;while(Date.now()<e);setTimeout(hotLoop,1)}hotLoop()'],
      {
        stdio: 'ignore',
      },
    );
    await wait(500);
    const capture = vscode.commands.executeCommand<vscode.Uri | undefined>('emberline.profileProcess', child.pid);
    await sampling();
    await wait(2500);
    await stopSampling();
    assert.match(capturedText(await capture), /hotLoop/);
    await waitForFlameGraph();
  });

  test('a command runs in a terminal, its exit code is told and its profile opens', async function () {
    this.timeout(240_000);
    const capture = vscode.commands.executeCommand<vscode.Uri | undefined>('emberline.profileCommand');
    // An empty list, where nothing is remembered.
    await wait(1000);
    await typeIntoQuickInput(`node ${join(folder, 'work.js')}`);
    assert.match(capturedText(await capture), /mainWork/);
    await waitForFlameGraph();
    await waitForNotification('The command ended with exit code 3.');
    assert.ok(
      vscode.window.terminals.some(({ name }) => /^(Task - )?node /.test(name)),
      'its terminal is there',
    );
    // It is remembered.
    const again = vscode.commands.executeCommand<vscode.Uri | undefined>('emberline.profileCommand');
    const items = await waitForQuickPick('Command to run and profile');
    assert.ok(items.some(({ label }) => label.includes('work.js')));
    await acceptQuickInput();
    assert.match(capturedText(await again), /mainWork/);
  });

  test('a launch is profiled from its start to its end', async function () {
    this.timeout(240_000);
    const document = await vscode.workspace.openTextDocument(join(folder, 'work.js'));
    await vscode.window.showTextDocument(document);
    void runCommand('Emberline: Profile from Start…');
    await waitForQuickPick('Launch configuration');
    await pick('work.js');
    await eventually(
      () => vscode.window.tabGroups.activeTabGroup.activeTab?.input,
      (input) => input instanceof vscode.TabInputCustom && /work\.js.*\.(cpuprofile|emberline)$/.test(input.uri.path),
      60_000,
    );
    await waitForFlameGraph();
  });
});
