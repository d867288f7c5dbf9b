import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { PprofServer } from '../support/pprofServer';
import {
  clickStatusBarItem,
  decoratedLines,
  eventually,
  notifications,
  statusBarItems,
  ui,
  waitForFlameGraph,
} from './driver';
import { configure, press, rows, shownProfile } from './endpointRows';
import { projectFile, removeFromWorkspace, writeWorkspace } from './workspaceFolder';
import { updateWorkspaceSetting } from './workspaceSettings';

/** Endpoints whose profile is captured again and again while it is looked at. */

suite('Live captures', () => {
  let server: PprofServer;

  suiteSetup(async () => {
    server = await PprofServer.start({
      cpu: projectFile('test/fixtures/go-cpu.pb.gz'),
      heap: projectFile('test/fixtures/go-heap.pb.gz'),
    });
  });

  setup(async () => {
    server.refusal = null;
    server.body = null;
    await configure(undefined);
    await vscode.commands.executeCommand('emberline.endpoints.focus');
  });

  suiteTeardown(async () => {
    await configure(undefined);
    await vscode.commands.executeCommand('emberline.clearHeat');
    await vscode.commands.executeCommand('workbench.view.explorer');
    server.stop();
  });

  test('the editor and the hot lines follow, what is looked at stays, and stopping leaves nothing open', async () => {
    const folder = writeWorkspace('live', { 'busy.py': 'def one():\n    a\ndef two():\n    b\ndef rest():\n    c\n' });
    const file = join(folder, 'busy.py');
    const capture = (hot: string, line: number): string =>
      `<module> (${file}:9);${hot} (${file}:${line}) 70\n<module> (${file}:9);rest (${file}:6) 30\n`;
    server.body = capture('one', 2);
    await configure([{ name: 'api', kind: 'go-pprof', url: server.address, seconds: 1 }]);
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
    server.body = capture('two', 4);
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
      () => server.open,
      (open) => open === 0,
    );
    await eventually(rows, ([row]) => /^captured /.test(row?.description ?? ''));
    const asked = server.asked.length;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(server.asked.length, asked);
    assert.deepEqual(
      (await notifications()).filter(({ message }) => message.includes('changed on disk')),
      [],
    );
    removeFromWorkspace('live');
  });

  test('a rolling window shows the last captures together, and a server that goes away stops nothing', async () => {
    server.body = 'main;work 10\n';
    await updateWorkspaceSetting('emberline.live.window', 2);
    try {
      await configure([{ name: 'api', kind: 'go-pprof', url: server.address, seconds: 1 }]);
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
      server.refusal = { status: 503, text: 'restarting' };
      await eventually(rows, ([row]) => row?.description === 'live · nobody answers');
      assert.equal(await total(), '20');
      server.refusal = null;
      await eventually(rows, ([row]) => /^live · \d+ captures/.test(row?.description ?? ''));
      await press('api', 'Stop Live');
      await eventually(rows, ([row]) => /^captured /.test(row?.description ?? ''));
    } finally {
      await updateWorkspaceSetting('emberline.live.window', undefined);
    }
  });

  test('charts and hot lines change in place, never blank in between, and what it costs is bounded', async function () {
    this.timeout(240_000);
    const folder = writeWorkspace('steady', { 'busy.py': 'def one():\n    a\ndef two():\n    b\n' });
    const file = join(folder, 'busy.py');
    let share = 40;
    const next = (): void => {
      share = share === 40 ? 60 : 40;
      server.body = `main (${file}:9);one (${file}:2) ${share}\nmain (${file}:9);two (${file}:4) ${100 - share}\n`;
    };
    next();
    const changing = setInterval(next, 400);
    try {
      await configure([{ name: 'api', kind: 'go-pprof', url: server.address, seconds: 1 }]);
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
      await updateWorkspaceSetting('emberline.live.cpuLimit', 1);
      await eventually(rows, ([row]) => /% of a core, slowed down to keep to 1 %$/.test(row?.description ?? ''));
      await press('api', 'Stop Live');
      await eventually(rows, ([row]) => /^captured /.test(row?.description ?? ''));
    } finally {
      clearInterval(changing);
      await vscode.commands.executeCommand('emberline.clearBaseline');
      await updateWorkspaceSetting('emberline.live.cpuLimit', undefined);
      removeFromWorkspace('steady');
    }
  });

  test('pauses while the window has no focus, unless the settings say otherwise', async () => {
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
    server.body = 'main;work 10\n';
    try {
      await configure([{ name: 'api', kind: 'go-pprof', url: server.address, seconds: 1 }]);
      await eventually(rows, (all) => all.length === 1);
      await press('api', 'Start Live');
      await waitForFlameGraph();
      await focus(false);
      await eventually(rows, ([row]) => row?.description === 'live · paused while the window has no focus');
      await eventually(
        () => server.open,
        (open) => open === 0,
      );
      const asked = server.asked.length;
      await new Promise((resolve) => setTimeout(resolve, 2500));
      assert.equal(server.asked.length, asked);
      assert.equal(server.open, 0);
      await updateWorkspaceSetting('emberline.live.pauseWithoutFocus', false);
      await eventually(
        () => server.asked.length,
        (count) => count > asked,
      );
      await updateWorkspaceSetting('emberline.live.pauseWithoutFocus', undefined);
      await eventually(rows, ([row]) => row?.description === 'live · paused while the window has no focus');
      await focus(true);
      await eventually(rows, ([row]) => /^live · \d+ captures/.test(row?.description ?? ''));
      await press('api', 'Stop Live');
      await eventually(rows, ([row]) => /^captured /.test(row?.description ?? ''));
    } finally {
      await focus(true);
      await ui((page) => page.evaluate(() => Reflect.deleteProperty(document, 'hasFocus')));
      await updateWorkspaceSetting('emberline.live.pauseWithoutFocus', undefined);
    }
  });
});
