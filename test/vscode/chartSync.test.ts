import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  decoratedLines,
  dismissWidgets,
  eventually,
  hoverOver,
  runCommand,
  screenshot,
  themeKind,
  ui,
  waitForFlameGraph,
} from './driver';
import { type HotProgram, makeHotProgram } from './hotProgram';
import { openProfile } from './openProfile';
import { removeFromWorkspace } from './workspaceFolder';

const pictures = process.env['EMBERLINE_TEST_OUTPUT'];

async function picture(name: string): Promise<void> {
  if (pictures !== undefined) await screenshot(join(pictures, `${name}.png`));
}

/** What the profile's editor shows of an element, by a selector that goes through shadow roots; null without one. */
function shownInChart(selector: string): Promise<string | null> {
  return ui(async (page, wanted, tools) => {
    const texts = await tools
      .webview(page)
      .locator(wanted)
      .evaluateAll((hosts) => hosts.map((host) => (host.shadowRoot ?? host).textContent ?? ''));
    return texts[0]?.replace(/\s+/g, ' ').trim() ?? null;
  }, selector);
}

function leaveSandwich(): Promise<void> {
  return ui(async (page, _, tools) => {
    const close = tools.webview(page).locator('emberline-sandwich').getByTitle('Leave the sandwich view').last();
    if (await close.isVisible()) await close.click({ timeout: 5000 }).catch(() => {});
  }, null);
}

async function inTheme(theme: string, run: () => Promise<void>): Promise<void> {
  const config = vscode.workspace.getConfiguration('workbench');
  await config.update('colorTheme', theme, vscode.ConfigurationTarget.Global);
  try {
    await eventually(themeKind, (kind) => kind === (theme.includes('Dark') ? 'vs-dark' : 'vs'));
    await run();
  } finally {
    await config.update('colorTheme', undefined, vscode.ConfigurationTarget.Global);
  }
}

/** The hover of a line once it says what a line costs: other hovers may be there before. */
function hoverOf(line: string): Promise<string> {
  return eventually(
    async () => {
      await dismissWidgets();
      return hoverOver(line);
    },
    (text) => text.includes('Show in Flame Graph'),
  );
}

suite('Lines and charts', () => {
  let program: HotProgram;
  let editor: vscode.TextEditor;

  suiteSetup(async function () {
    this.timeout(240_000);
    program = await makeHotProgram('sync');
  });

  setup(async function () {
    this.timeout(240_000);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    await vscode.commands.executeCommand('workbench.action.closePanel');
    await openProfile(program.profile, 'emberline.profileOption');
    editor = await vscode.window.showTextDocument(vscode.Uri.file(program.hot), {
      viewColumn: vscode.ViewColumn.Beside,
      preview: false,
    });
    await eventually(decoratedLines, (lines) => lines.some(({ line, label }) => line === 4 && label !== null));
  });

  teardown(async () => {
    const settings = vscode.workspace.getConfiguration('emberline');
    for (const name of ['sync.cursor', 'sync.frame']) {
      if (settings.inspect(name)?.globalValue !== undefined) {
        await settings.update(name, undefined, vscode.ConfigurationTarget.Global);
      }
    }
    await dismissWidgets();
  });

  suiteTeardown(async () => {
    await vscode.commands.executeCommand('emberline.clearHeat');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    removeFromWorkspace('sync');
  });

  const moveTo = (line: number): void => {
    editor.selection = new vscode.Selection(line - 1, 0, line - 1, 0);
  };

  test('the hover shows when a line ran as a picture, and its order is readable', async function () {
    this.timeout(240_000);
    const text = await hoverOf('sum += Math.sqrt');
    const order = [
      'self',
      'total',
      'samples',
      'Show in Flame Graph',
      'Callers and Callees',
      'In churn',
      'Called by',
      'visit',
    ];
    const places = order.map((part) => text.indexOf(part));
    assert.ok(
      places.every((place, i) => place >= 0 && (i === 0 || place > places[i - 1]!)),
      `${order.join()} at ${places.join()} in ${text}`,
    );
    const size = (): Promise<{ width: number; height: number } | null> =>
      ui(async (page) => {
        const image = page.locator('.monaco-hover:visible img').first();
        if ((await image.count()) === 0) return null;
        return image.evaluate((element) => {
          const { naturalWidth, naturalHeight } = element as unknown as { naturalWidth: number; naturalHeight: number };
          return { width: naturalWidth, height: naturalHeight };
        });
      });
    await eventually(size, (found) => found !== null && found.width === 240 && found.height === 28);
    await dismissWidgets();
    await inTheme('Default Dark Modern', async () => {
      await hoverOf('sum += Math.sqrt');
      await eventually(size, (found) => found !== null && found.width === 240);
      await picture('hover-dark');
      await dismissWidgets();
    });
    await dismissWidgets();
    await inTheme('Default Light Modern', async () => {
      await hoverOf('sum += Math.sqrt');
      await eventually(size, (found) => found !== null && found.width === 240);
      await picture('hover-light');
      await dismissWidgets();
    });
  });

  test('few samples are said to be few, with what they may mean', async () => {
    const folder = program.folder;
    const source = join(folder, 'few.py');
    writeFileSync(source, 'def main():\n  return few()\ndef few():\n  return 1\n');
    writeFileSync(join(folder, 'few.folded'), `main (few.py:2);few (few.py:4) 3\nmain (few.py:2) 47\n`);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await openProfile(join(folder, 'few.folded'));
    await vscode.window.showTextDocument(vscode.Uri.file(source));
    await eventually(decoratedLines, (lines) => lines.some(({ line, label }) => line === 4 && label !== null));
    // Wilson's interval of 3 of 50.
    assert.match(await hoverOf('return 1'), /95% confidence self and total are between 2\.1% and 16\.2%/);
  });

  test('the cursor on a hot line marks its frames, and nowhere else', async function () {
    this.timeout(240_000);
    moveTo(4);
    await eventually(
      () => shownInChart('.mark'),
      (text) => text?.includes('hot.ts:4') === true,
    );
    await eventually(
      () => shownInChart('emberline-function-table .row.marked'),
      (text) => text?.includes('churn') === true,
    );
    await inTheme('Default Dark Modern', () => picture('cursor-marks-dark'));
    await inTheme('Default Light Modern', () => picture('cursor-marks-light'));
    moveTo(8);
    await eventually(
      () => shownInChart('.mark'),
      (text) => text === null,
    );
    const settings = vscode.workspace.getConfiguration('emberline');
    moveTo(9);
    await eventually(
      () => shownInChart('.mark'),
      (text) => text?.includes('hot.ts:9') === true,
    );
    await settings.update('sync.cursor', false, vscode.ConfigurationTarget.Global);
    await eventually(
      () => shownInChart('.mark'),
      (text) => text === null,
    );
  });

  test('a frame that the keyboard is on shows its line, and takes neither focus nor cursor', async () => {
    editor.selection = new vscode.Selection(14, 0, 14, 0);
    await vscode.commands.executeCommand('workbench.action.focusFirstEditorGroup');
    await ui(async (page, _, tools) => {
      const stage = tools.webview(page).locator('.stage').first();
      await stage.focus();
      for (let i = 0; i < 40; i++) {
        await page.keyboard.press('ArrowDown');
        const bar = tools.webview(page).locator('emberline-frame-bar').first();
        if (((await bar.textContent()) ?? '').includes('churn')) break;
        await page.waitForTimeout(60);
      }
    }, null);
    const highlighted = (): Promise<boolean> =>
      ui(async (page) => {
        const boxes = await page
          .locator('.editor-instance .view-overlays .cdr')
          .evaluateAll((elements) =>
            elements.map((element) => (element as unknown as { className: string }).className),
          );
        return boxes.some((name) => /ced-/.test(name));
      });
    await eventually(highlighted, (shown) => shown);
    assert.equal(editor.selection.active.line, 14);
    assert.equal(vscode.window.activeTextEditor, undefined);
  });

  test('Show in Flame Graph goes to the frames, also of a profile whose editor was closed', async function () {
    this.timeout(240_000);
    const tab = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .find(({ input }) => input instanceof vscode.TabInputCustom)!;
    await vscode.window.tabGroups.close(tab);
    await hoverOf('sum += Math.sqrt');
    await ui(async (page) => {
      await page.locator('.monaco-hover:visible a', { hasText: 'Show in Flame Graph' }).first().click();
    });
    await waitForFlameGraph();
    await eventually(
      () => shownInChart('main > emberline-flame-chart emberline-frame-bar'),
      (text) => text?.includes('churn') === true,
    );
    await picture('show-in-flame-graph');
  });

  test('a frame has a menu with its sandwich', async () => {
    await ui(async (page, _, tools) => {
      const chart = tools.webview(page);
      const item = page.getByRole('menuitem', { name: 'Show Function in Sandwich View' }).first();
      // VS Code takes a click right after a menu has opened for the one that opened it.
      for (let tries = 0; tries < 5; tries++) {
        await chart
          .locator('.stage')
          .first()
          .click({ button: 'right', position: { x: 60, y: 10 } });
        const opened = await item.hover({ timeout: 10_000 }).then(
          () => true,
          () => false,
        );
        if (!opened) continue;
        await page.waitForTimeout(200 * (tries + 1));
        await item.click({ timeout: 5000 }).catch(() => {});
        const header = chart.locator('emberline-sandwich header').first();
        const shown = header.waitFor({ timeout: 10_000 }).then(
          () => true,
          () => false,
        );
        if (await shown) return;
        await page.keyboard.press('Escape');
      }
    }, null);
    await eventually(
      () => shownInChart('emberline-sandwich header'),
      (text) => text !== null && /\(anonymous\) Self .*%/.test(text),
    );
  });

  test('the function at the cursor is shown in the sandwich view', async function () {
    this.timeout(240_000);
    moveTo(4);
    await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
    await runCommand('Emberline: Show Function in Sandwich View');
    await eventually(
      () => shownInChart('emberline-sandwich header'),
      (text) => /churn .*Total .*%/.test(text ?? ''),
    );
    await inTheme('Default Dark Modern', () => picture('sandwich-vscode-dark'));
    await inTheme('Default Light Modern', () => picture('sandwich-vscode-light'));
    // Not hot itself: the language knows which function it is in.
    await vscode.window.showTextDocument(editor.document, { viewColumn: editor.viewColumn! });
    moveTo(11);
    await runCommand('Emberline: Show Function in Sandwich View');
    await eventually(
      () => shownInChart('emberline-sandwich header'),
      (text) => text?.includes('visit') === true,
    );
  });

  test('the sandwich of a hover is not dimmed by the mark of the cursor', async function () {
    this.timeout(240_000);
    moveTo(4);
    // The editor comes back as it was left, with a sandwich: in that of the line's own function nothing is marked.
    await eventually(
      async () => {
        await leaveSandwich();
        return shownInChart('.mark');
      },
      (text) => text?.includes('hot.ts:4') === true,
    );
    await hoverOf('export function visit');
    await ui(async (page) => {
      await page.locator('.monaco-hover:visible a', { hasText: 'Callers and Callees' }).first().click();
    });
    await eventually(
      () => shownInChart('emberline-sandwich header'),
      (text) => /visit .*Total .*%/.test(text ?? ''),
    );
    await eventually(
      () => shownInChart('.mark'),
      (text) => text === null,
    );
    await picture('sandwich-of-hover');
  });

  test('the sandwich is shown where the profile was behind another tab', async function () {
    this.timeout(120_000);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    editor = await vscode.window.showTextDocument(vscode.Uri.file(program.hot), {
      viewColumn: vscode.ViewColumn.One,
      preview: false,
    });
    await eventually(decoratedLines, (lines) => lines.some(({ line, label }) => line === 4 && label !== null));
    moveTo(4);
    await runCommand('Emberline: Show Function in Sandwich View');
    await waitForFlameGraph();
    await eventually(
      () => shownInChart('emberline-sandwich header'),
      (text) => /churn .*Total .*%/.test(text ?? ''),
    );
  });
});
