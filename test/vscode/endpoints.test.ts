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
  clickStatusBarItem,
  decoratedLines,
  eventually,
  notifications,
  pick,
  pressNotificationButton,
  runCommand,
  statusBarItems,
  typeIntoQuickInput,
  ui,
  waitForFlameGraph,
  waitForNotification,
  waitForQuickPick,
} from './driver';
import { projectFile, removeFromWorkspace, writeWorkspace } from './workspaceFolder';

/** The Endpoints view and what starts there, as a user does it. */

const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('emberline');

async function configure(endpoints: object[] | undefined): Promise<void> {
  await settings().update('endpoints', endpoints, vscode.ConfigurationTarget.Workspace);
}

const shownProfile = (): vscode.Uri | null => {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input.uri : null;
};

/** The rows of the side bar's first view: label and description. */
function rows(): Promise<{ label: string; description: string; icon: string }[]> {
  return ui(async (page) =>
    page
      .locator('.part.sidebar .pane')
      .first()
      .locator('.monaco-list-row')
      .evaluateAll((all) =>
        all.map((row) => ({
          label: row.querySelector('.label-name')?.textContent ?? '',
          description: row.querySelector('.label-description')?.textContent ?? '',
          icon: row.querySelector('.custom-view-tree-node-item-icon')?.className ?? '',
        })),
      ),
  );
}

/** Presses an action at the end of a row. */
function press(label: string, action: string): Promise<void> {
  return ui(
    async (page, [text, name]) => {
      const row = page.locator('.part.sidebar .monaco-list-row').filter({ hasText: text }).first();
      await row.hover();
      await row.locator(`.action-label[aria-label="${name}"]`).click({ timeout: 10_000 });
    },
    [label, action],
  );
}

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
  return ui(async (page) => page.locator('.quick-input-titlebar .codicon-quick-input-back').click({ timeout: 10_000 }));
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

  test('live: the editor and the hot lines follow, what is looked at stays, and stopping leaves nothing open', async () => {
    const folder = writeWorkspace('live', { 'busy.py': 'def one():\n    a\ndef two():\n    b\ndef rest():\n    c\n' });
    const file = join(folder, 'busy.py');
    const capture = (hot: string, line: number): string =>
      `<module> (${file}:9);${hot} (${file}:${line}) 70\n<module> (${file}:9);rest (${file}:6) 30\n`;
    first.body = capture('one', 2);
    await configure([{ name: 'api', kind: 'go-pprof', url: first.address, seconds: 1 }]);
    await eventually(rows, (all) => all.length === 1);
    await press('api', 'Start Live');
    await waitForFlameGraph();
    const shown = shownProfile()?.toString();
    assert.match(shown ?? '', /api%20live\.emberline$/);
    await ui(async (page, _, tools) => {
      const search = tools
        .webview(page)
        .locator('emberline-toolbar input[type=text], emberline-toolbar vscode-textfield');
      await search.first().click();
      await page.keyboard.type('rest');
    });
    // Zooms into `rest`, which has the right 30 % of the second row.
    await ui(async (page, _, tools) => {
      const stage = tools.webview(page).locator('.stage').first();
      const box = await stage.boundingBox();
      await stage.dblclick({ position: { x: box!.width * 0.85, y: 30 } });
    });
    const breadcrumb = (): Promise<string> =>
      ui(async (page, _, tools) =>
        tools
          .webview(page)
          .locator('emberline-breadcrumb')
          .evaluate((element) => element.shadowRoot?.textContent?.replace(/\s+/g, ' ') ?? ''),
      );
    await eventually(breadcrumb, (text) => text.includes('rest'));
    await vscode.window.showTextDocument(vscode.Uri.file(file), { viewColumn: vscode.ViewColumn.Two });
    await eventually(decoratedLines, (lines) => lines.some(({ line, label }) => line === 2 && label?.includes('70')));
    first.body = capture('two', 4);
    await eventually(decoratedLines, (lines) => lines.some(({ line, label }) => line === 4 && label?.includes('70')));
    assert.ok((await decoratedLines()).every(({ line }) => line !== 2));
    // A narrow editor has no room for its table.
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    const table = (): Promise<string> =>
      ui(async (page, _, tools) =>
        tools
          .webview(page)
          .locator('emberline-function-table')
          .evaluate((element) => element.shadowRoot?.textContent ?? ''),
      );
    await eventually(table, (said) => /\btwo\b/.test(said) && !/\bone\b/.test(said));
    assert.match(await breadcrumb(), /rest/);
    const searched = await ui(async (page, _, tools) =>
      tools
        .webview(page)
        .locator('emberline-toolbar')
        .evaluate((toolbar) => JSON.stringify((toolbar as unknown as { view: { search: object } }).view.search)),
    );
    assert.match(searched, /"query":"rest"/);
    assert.equal(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length, 1);
    await eventually(rows, ([row]) =>
      /^live · \d+ captures, [\d.]+ % of a core(, slowed down to keep to 25 %)?$/.test(row?.description ?? ''),
    );
    const tooltip = await statusBarItems();
    assert.ok(tooltip.some(({ text }) => text.includes('Live: api')));
    await clickStatusBarItem('Live: api');
    await eventually(
      () => first.open,
      (open) => open === 0,
    );
    await eventually(rows, ([row]) => /^captured /.test(row?.description ?? ''));
    const asked = first.asked.length;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(first.asked.length, asked);
    assert.deepEqual(
      (await notifications()).filter(({ message }) => message.includes('changed on disk')),
      [],
    );
    removeFromWorkspace('live');
  });

  test('live: a rolling window shows the last captures together, and a server that goes away stops nothing', async () => {
    first.body = 'main;work 10\n';
    await settings().update('live.window', 2, vscode.ConfigurationTarget.Workspace);
    try {
      await configure([{ name: 'api', kind: 'go-pprof', url: first.address, seconds: 1 }]);
      await eventually(rows, (all) => all.length === 1);
      await press('api', 'Start Live');
      await waitForFlameGraph();
      const total = (): Promise<string> =>
        ui(async (page, _, tools) =>
          tools
            .webview(page)
            .locator('emberline-function-table')
            .evaluate((table) => table.shadowRoot?.querySelector('.row .value')?.textContent?.trim() ?? ''),
        );
      await eventually(total, (text) => text === '20');
      first.refusal = { status: 503, text: 'restarting' };
      await eventually(rows, ([row]) => row?.description === 'live · nobody answers');
      assert.equal(await total(), '20');
      first.refusal = null;
      await eventually(rows, ([row]) => /^live · \d+ captures/.test(row?.description ?? ''));
      await press('api', 'Stop Live');
      await eventually(rows, ([row]) => /^captured /.test(row?.description ?? ''));
    } finally {
      await settings().update('live.window', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  test('live: charts and hot lines change in place, never blank in between, and what it costs is bounded', async function () {
    this.timeout(240_000);
    const folder = writeWorkspace('steady', { 'busy.py': 'def one():\n    a\ndef two():\n    b\n' });
    const file = join(folder, 'busy.py');
    let share = 40;
    const next = (): void => {
      share = share === 40 ? 60 : 40;
      first.body = `main (${file}:9);one (${file}:2) ${share}\nmain (${file}:9);two (${file}:4) ${100 - share}\n`;
    };
    next();
    const changing = setInterval(next, 400);
    try {
      await configure([{ name: 'api', kind: 'go-pprof', url: first.address, seconds: 1 }]);
      await eventually(rows, (all) => all.length === 1);
      await press('api', 'Start Live');
      await waitForFlameGraph();
      await vscode.window.showTextDocument(vscode.Uri.file(file), { viewColumn: vscode.ViewColumn.Two });
      await eventually(decoratedLines, (lines) => lines.filter(({ label }) => label !== null).length === 2);
      const captures = async (): Promise<number> => Number(/(\d+) captures/.exec((await rows())[0]!.description)?.[1]);
      const before = await eventually(captures, (count) => count >= 2);
      // The capture of this moment is a baseline for those to come.
      await vscode.commands.executeCommand('emberline.setBaseline');
      await eventually(decoratedLines, (lines) => lines.some(({ label }) => /[▲▼≈]/.test(label ?? '')));
      // Each frame of the window and of the page is looked at while further captures come in.
      const watched = ui(async (page, _, tools) => {
        const lines = page.evaluate(async () => {
          const seen = { frames: 0, without: 0 };
          const watch = globalThis as typeof globalThis & { chartWasSeen?: boolean };
          for (; watch.chartWasSeen !== true || seen.frames <= 10; seen.frames++) {
            await new Promise(requestAnimationFrame);
            const labels = document.querySelectorAll('.monaco-editor .view-line [class*="ced-"]');
            if (labels.length < 2) seen.without++;
          }
          return seen;
        });
        const chart = tools
          .webview(page)
          .locator('.stage canvas')
          .first()
          .evaluate(async (element) => {
            const canvas = element as HTMLCanvasElement;
            const seen = { frames: 0, blank: 0, pictures: 0 };
            let last = '';
            // For 8 s; longer where a busy machine lets fewer captures come in, or draws hardly at all.
            const start = performance.now();
            const enough = (): boolean => seen.pictures > 2 && seen.frames > 10;
            for (let ms = 0; ms < 8000 || (!enough() && ms < 90_000); ms = performance.now() - start) {
              seen.frames++;
              await new Promise(requestAnimationFrame);
              const { width, height } = canvas;
              const drawn = canvas.getContext('2d')?.getImageData(0, 0, width, Math.min(height, 60)).data;
              const colors = new Set<number>();
              for (let i = 0; drawn !== undefined && i < drawn.length; i += 4 * 97) {
                colors.add((drawn[i]! << 16) | (drawn[i + 1]! << 8) | drawn[i + 2]!);
              }
              if (colors.size < 2) seen.blank++;
              const picture = canvas.toDataURL();
              if (picture !== last) seen.pictures++;
              last = picture;
            }
            return seen;
          });
        const seen = await chart.finally(() => page.evaluate(() => Object.assign(globalThis, { chartWasSeen: true })));
        const both = { lines: await lines, chart: seen };
        await page.evaluate(() => Reflect.deleteProperty(globalThis, 'chartWasSeen'));
        return both;
      });
      const { lines, chart } = await watched;
      await eventually(captures, (count) => count > before);
      assert.ok(chart.frames > 10 && chart.pictures > 2, JSON.stringify(chart));
      assert.equal(chart.blank, 0, JSON.stringify(chart));
      assert.ok(lines.frames > 10, JSON.stringify(lines));
      assert.equal(lines.without, 0, JSON.stringify(lines));
      await settings().update('live.cpuLimit', 1, vscode.ConfigurationTarget.Workspace);
      await eventually(rows, ([row]) => /% of a core, slowed down to keep to 1 %$/.test(row?.description ?? ''));
      await press('api', 'Stop Live');
      await eventually(rows, ([row]) => /^captured /.test(row?.description ?? ''));
    } finally {
      clearInterval(changing);
      await vscode.commands.executeCommand('emberline.clearBaseline');
      await settings().update('live.cpuLimit', undefined, vscode.ConfigurationTarget.Workspace);
      removeFromWorkspace('steady');
    }
  });

  test('live: pauses while the window has no focus, unless the settings say otherwise', async () => {
    /** What the window's document says of its focus, and tells VS Code so. */
    const focus = (has: boolean): Promise<void> =>
      ui(
        (page, focused) =>
          page.evaluate(async (value) => {
            document.hasFocus = () => value;
            // Whichever of them it waits for: a webview has had the focus.
            window.dispatchEvent(new Event('blur'));
            await new Promise((resolve) => setTimeout(resolve, 50));
            window.dispatchEvent(new Event('focus'));
          }, focused),
        has,
      );
    first.body = 'main;work 10\n';
    try {
      await configure([{ name: 'api', kind: 'go-pprof', url: first.address, seconds: 1 }]);
      await eventually(rows, (all) => all.length === 1);
      await press('api', 'Start Live');
      await waitForFlameGraph();
      await focus(false);
      await eventually(rows, ([row]) => row?.description === 'live · paused while the window has no focus');
      await eventually(
        () => first.open,
        (open) => open === 0,
      );
      const asked = first.asked.length;
      await new Promise((resolve) => setTimeout(resolve, 2500));
      assert.equal(first.asked.length, asked);
      assert.equal(first.open, 0);
      await settings().update('live.pauseWithoutFocus', false, vscode.ConfigurationTarget.Workspace);
      await eventually(
        () => first.asked.length,
        (count) => count > asked,
      );
      await settings().update('live.pauseWithoutFocus', undefined, vscode.ConfigurationTarget.Workspace);
      await eventually(rows, ([row]) => row?.description === 'live · paused while the window has no focus');
      await focus(true);
      await eventually(rows, ([row]) => /^live · \d+ captures/.test(row?.description ?? ''));
      await press('api', 'Stop Live');
      await eventually(rows, ([row]) => /^captured /.test(row?.description ?? ''));
    } finally {
      await focus(true);
      await ui((page) => page.evaluate(() => Reflect.deleteProperty(document, 'hasFocus')));
      await settings().update('live.pauseWithoutFocus', undefined, vscode.ConfigurationTarget.Workspace);
    }
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
      await settings().update('capture.seconds', 1, vscode.ConfigurationTarget.Workspace);
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
      await settings().update('capture.seconds', undefined, vscode.ConfigurationTarget.Workspace);
      await node.stop();
    }
  });

  suite('with a real Go server', () => {
    let server: RunningProgram | undefined;
    const folder = mkdtempSync(join(tmpdir(), 'emberline-endpoint-'));

    suiteSetup(async function () {
      this.timeout(240_000);
      if (missing('go', 'version')) this.skip();
      const binary = join(folder, 'server');
      execFileSync('go', ['build', '-o', binary, '.'], { cwd: projectFile('test/fixtures/programs/goServer') });
      server = await RunningProgram.start(binary, ['2'], 2);
    });

    suiteTeardown(async () => {
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
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
