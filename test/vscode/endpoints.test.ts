import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { PprofServer } from '../support/pprofServer';
import { missing, RunningProgram } from '../support/realTools';
import {
  cancelQuickInput,
  eventually,
  notifications,
  pick,
  pressNotificationButton,
  runCommand,
  typeIntoQuickInput,
  ui,
  waitForFlameGraph,
  waitForNotification,
  waitForQuickPick,
} from './driver';
import { configure, press, rows, settings, shownProfile } from './endpointRows';
import { projectFile } from './workspaceFolder';
import { updateWorkspaceSetting } from './workspaceSettings';

/** The Endpoints view and what starts there, as a user does it. */

/** What the open input box has, and says. */
function shownInput(): Promise<{ value: string; message: string }> {
  return ui(async (page) => {
    const widget = page.locator('.quick-input-widget:visible');
    return {
      value: await widget.locator('input[type=text]').first().inputValue({ timeout: 5000 }),
      message: (await widget.locator('.quick-input-message').textContent({ timeout: 5000 })) ?? '',
    };
  });
}

function pressBack(): Promise<void> {
  return ui(async (page) => page.locator('.quick-input-titlebar .codicon-quick-input-back').click());
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function showView(): Promise<void> {
  await vscode.commands.executeCommand('emberline.endpoints.focus');
}

suite('Endpoints view', () => {
  let first: PprofServer;
  let second: PprofServer;
  const fixtures = { cpu: projectFile('test/fixtures/go-cpu.pb.gz'), heap: projectFile('test/fixtures/go-heap.pb.gz') };

  suiteSetup(async () => {
    first = await PprofServer.start(fixtures);
    second = await PprofServer.start(fixtures);
  });

  setup(async () => {
    first.refusal = null;
    first.body = null;
    second.refusal = null;
    first.authorization = null;
    // What a test that failed has left running.
    await vscode.commands.executeCommand('emberline.stopLive');
    await configure(undefined);
    await showView();
  });

  suiteTeardown(async () => {
    await configure(undefined);
    await vscode.commands.executeCommand('emberline.clearHeat');
    await vscode.commands.executeCommand('workbench.view.explorer');
    first.stop();
    second.stop();
  });

  test('offers a start where there is no endpoint', async () => {
    const offered = await ui(async (page) => {
      const welcome = page.locator('.part.sidebar .pane').first().locator('.welcome-view-content');
      await welcome.locator('.monaco-button').first().waitFor();
      return welcome.locator('.monaco-button').allTextContents();
    });
    assert.deepEqual(offered, ['Add Endpoint…', 'Profile Debug Target', 'Open Profile…']);
  });

  test('lists what the settings name, and says what is wrong with an entry', async () => {
    await configure([
      { name: 'api', kind: 'go-pprof', url: first.address },
      { name: 'odd', kind: 'go-prof', url: first.address },
      { name: 'short', kind: 'http', seconds: -1 },
    ]);
    const listed = await eventually(rows, (all) => all.length === 3);
    assert.deepEqual(
      listed.map(({ label }) => label),
      ['api', 'odd', 'short'],
    );
    assert.equal(listed[0]!.description, 'Go net/http/pprof');
    assert.match(listed[1]!.description, /There is no kind "go-prof"/);
    assert.match(listed[2]!.description, /"seconds" of this endpoint/);
  });

  test('captures by the flame, shows how far, and opens the profile', async () => {
    await configure([{ name: 'api', kind: 'go-pprof', url: first.address, seconds: 2 }]);
    await eventually(rows, (all) => all.length === 1);
    // Until its progress was seen.
    let release = (): void => {};
    first.held = new Promise((resolve) => {
      release = resolve;
    });
    try {
      await press('api', 'Capture');
      await eventually(rows, ([row]) => / of 2 s$/.test(row?.description ?? ''));
    } finally {
      release();
      first.held = null;
    }
    await waitForFlameGraph();
    assert.equal(first.asked.at(-1), '/debug/pprof/profile?seconds=2');
    assert.match(shownProfile()?.fsPath ?? '', /captures.+ api\.pb\.gz$/);
    await eventually(rows, ([row]) => /^captured /.test(row?.description ?? ''));
    await press('api', 'Capture Heap');
    await eventually(
      () => first.asked.at(-1),
      (asked) => asked === '/debug/pprof/heap',
    );
    await waitForFlameGraph();
  });

  test('a cancelled capture leaves no request open, and no file', async () => {
    await configure([{ name: 'long', kind: 'go-pprof', url: first.address, seconds: 600 }]);
    await eventually(rows, (all) => all.length === 1);
    await press('long', 'Capture');
    await eventually(
      () => first.open,
      (open) => open === 1,
    );
    await eventually(rows, ([row]) => / of 600 s$/.test(row?.description ?? ''));
    await press('long', 'Cancel Capture');
    await eventually(
      () => first.open,
      (open) => open === 0,
    );
    await eventually(rows, ([row]) => row?.description === 'Go net/http/pprof');
    assert.equal(shownProfile(), null);
    assert.deepEqual(
      (await notifications()).filter(({ message }) => /cancel|abort/i.test(message)),
      [],
    );
  });

  test('keeps the instances that answered, and names the one that did not', async () => {
    second.refusal = { status: 500, text: 'out of order' };
    await configure([{ name: 'fleet', kind: 'go-pprof', url: [first.address, second.address], seconds: 1 }]);
    await eventually(rows, (all) => all.length === 1);
    await press('fleet', 'Capture');
    await waitForFlameGraph();
    assert.match(shownProfile()?.fsPath ?? '', / fleet\.emberline$/);
    const message = await waitForNotification('1 of the 2 instances of fleet gave no profile');
    assert.ok(message.includes(second.address) && message.includes('out of order'));
    await showView();
    await eventually(rows, ([row]) => /^1 of 2 failed, captured /.test(row?.description ?? ''));
    await ui(async (page) =>
      page.locator('.part.sidebar .monaco-list-row').first().locator('.monaco-tl-twistie').click(),
    );
    const listed = await eventually(rows, (all) => all.length === 3);
    assert.deepEqual(
      listed.slice(1).map(({ label }) => label),
      [first.address, second.address],
    );
    assert.equal(listed[1]!.description, 'captured');
    assert.match(listed[2]!.description, /^answered 500/);
  });

  test('says why nothing was captured, and where to set headers', async () => {
    first.authorization = 'Bearer letmein';
    await configure([{ name: 'api', kind: 'go-pprof', url: first.address, seconds: 1 }]);
    await eventually(rows, (all) => all.length === 1);
    await press('api', 'Capture');
    await waitForNotification('answered 401 Unauthorized');
    await eventually(rows, ([row]) => /^failed: answered 401/.test(row?.description ?? ''));
    await pressNotificationButton('answered 401', 'Set Credentials…');
    await pick('Bearer Token…');
    await ui(async (page) => {
      const value = page.locator('.quick-input-widget:visible input[type=password]');
      await value.fill('letmein');
      await value.press('Enter');
    });
    await waitForQuickPick('has: header Authorization');
    await pick('Done');
    await waitForFlameGraph();
    await vscode.commands.executeCommand('emberline.forgetCredentials');
  });

  test('the wizard asks an address what it is, and writes the settings', async () => {
    await runCommand('Emberline: Add Endpoint…');
    await typeIntoQuickInput(`http://${first.address}/debug/pprof/heap?debug=1`);
    const kinds = await waitForQuickPick(`${first.address} is Go net/http/pprof`);
    assert.match(kinds[0]!.label, /Go net\/http\/pprof/);
    await pick('Go net/http/pprof');
    await eventually(shownInput, ({ message }) => message.includes('Name of the endpoint'));
    await typeIntoQuickInput('orders');
    await waitForQuickPick('Where is the endpoint kept?');
    await pick('Workspace Settings');
    await waitForNotification('The endpoint orders was added.');
    assert.deepEqual(settings().inspect('endpoints')?.workspaceValue, [
      { name: 'orders', kind: 'go-pprof', url: `http://${first.address}/debug/pprof/` },
    ]);
    await eventually(rows, ([row]) => row?.label === 'orders');
    // It has one instance: there is nothing to see below it.
    const row = await ui(async (page) =>
      page.locator('.part.sidebar .monaco-list-row').first().getAttribute('aria-expanded'),
    );
    assert.equal(row, null);
    await pressNotificationButton('The endpoint orders was added.', 'Edit');
    await eventually(
      () => vscode.window.activeTextEditor,
      (editor) => editor?.document.lineAt(editor.selection.active.line).text.includes('orders') === true,
    );
  });

  test('the wizard says where nothing answers', async () => {
    await runCommand('Emberline: Add Endpoint…');
    const gone = await PprofServer.start(fixtures);
    gone.stop();
    await typeIntoQuickInput(gone.address);
    const offered = await waitForQuickPick(`Nothing answers at ${gone.address}`);
    assert.ok(offered.some(({ label }) => label.includes('Ask Again')));
    await pressBack();
    await eventually(shownInput, ({ message }) => message.includes('Address of what samples'));
    assert.equal((await shownInput()).value, gone.address);
    await typeIntoQuickInput(first.address);
    await waitForQuickPick(`${first.address} is Go net/http/pprof`);
    await pick('async-profiler by HTTP');
    await waitForQuickPick('How does the service start async-profiler?');
    await pressBack();
    await waitForQuickPick(`${first.address} is Go net/http/pprof`);
    await cancelQuickInput();
  });

  test('the palette captures a profile of choice', async () => {
    await configure([{ name: 'api', kind: 'go-pprof', url: first.address }]);
    await runCommand('Emberline: Capture from Endpoint…');
    await waitForQuickPick('Which endpoint?');
    await pick('api');
    await waitForQuickPick('Which profile?');
    await pick('CPU');
    await typeIntoQuickInput('1');
    await waitForFlameGraph();
    assert.equal(first.asked.at(-1), '/debug/pprof/profile?seconds=1');
  });

  test('finds an inspector on this machine, captures its CPU and heap, and adds it to the settings', async function () {
    this.timeout(240_000);
    const program =
      'console.log("up"); setInterval(() => { let n = 0; for (let i = 0; i < 4e6; i++) n += Math.sqrt(i); kept.push(new Array(2000).fill(n)); if (kept.length > 500) kept.length = 0; }, 20); const kept = []; process.stdin.resume().on("end", () => process.exit());';
    // A port that nobody looks at but for the process that says so.
    const port = await freePort();
    const node = await RunningProgram.start(process.execPath, [`--inspect=127.0.0.1:${port}`, '-e', program], 1);
    try {
      await vscode.commands.executeCommand('emberline.refreshEndpoints');
      const name = `localhost:${port}`;
      await ui(
        async (page, text) => page.locator('.part.sidebar .monaco-list-row', { hasText: text }).first().waitFor(),
        name,
      );
      await updateWorkspaceSetting('emberline.capture.seconds', 1);
      await press(name, 'Capture');
      await eventually(shownProfile, (uri) => /\.cpuprofiles?$/.test(uri?.fsPath ?? ''));
      await waitForFlameGraph();
      await press(name, 'Capture Heap');
      await eventually(shownProfile, (uri) => /\.heapprofile$/.test(uri?.fsPath ?? ''));
      await waitForFlameGraph();
      await press(name, 'Add to Settings…');
      await typeIntoQuickInput('worker');
      await waitForQuickPick('Where is the endpoint kept?');
      await pick('Workspace Settings');
      await eventually(rows, ([row]) => row?.label === 'worker');
      assert.deepEqual(settings().inspect('endpoints')?.workspaceValue, [
        { name: 'worker', kind: 'v8-inspector', url: `127.0.0.1:${port}` },
      ]);
    } finally {
      await updateWorkspaceSetting('emberline.capture.seconds', undefined);
      await node.stop();
    }
  });

  suite('with a real Go server', () => {
    let server: RunningProgram | undefined;
    let folder: string | undefined;

    suiteSetup(async function () {
      this.timeout(240_000);
      if (missing('go', 'version')) this.skip();
      folder = mkdtempSync(join(tmpdir(), 'emberline-endpoint-'));
      const binary = join(folder, 'server');
      execFileSync('go', ['build', '-o', binary, '.'], { cwd: projectFile('test/fixtures/programs/goServer') });
      server = await RunningProgram.start(binary, ['2'], 2);
    });

    suiteTeardown(async () => {
      await server?.stop();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    test('captures CPU from one, and the heaps of both', async () => {
      const [one, two] = server!.lines;
      await configure([
        { name: 'one', kind: 'go-pprof', url: one, seconds: 1 },
        { name: 'both', kind: 'go-pprof', url: [one, two], profile: 'heap' },
      ]);
      await eventually(rows, (all) => all.length === 2);
      await press('one', 'Capture');
      await waitForFlameGraph();
      const cpu = shownProfile();
      assert.ok(cpu !== null && existsSync(cpu.fsPath));
      await press('both', 'Capture');
      await eventually(shownProfile, (uri) => / both\.emberline$/.test(uri?.fsPath ?? ''));
      await waitForFlameGraph();
    });
  });
});
