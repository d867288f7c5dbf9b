import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  cancelQuickInput,
  decoratedLines,
  eventually,
  hoverOver,
  pick,
  quickPickItems,
  runCommand,
  screenshot,
  ui,
  waitForQuickPick,
  waitForStatusBarItem,
} from './driver';
import { choose, labelled, resetHeat } from './heatSettings';
import { openProfile } from './openProfile';
import { DARK_AND_LIGHT, inThemes } from './themes';
import { workspacePath, writeWorkspace } from './workspaceFolder';

const source = `import math

def churn(rounds):
    total = 0
    for i in range(rounds):
        total += math.sqrt(i) * math.sin(i)
    return total

def render(rows):
\treturn "".join(str(row) for row in rows)

def main():
    churn(1000)
    render([1, 2, 3])
    print("done with everything, and with a line that is longer than any other line of this file is")
`;

/** 100 samples: 60 in churn's line 6, 20 in its line 5, 12 in render, 8 in main's long line. */
const folded = [
  'main (look.py:13);churn (look.py:6) 60',
  'main (look.py:13);churn (look.py:5) 20',
  'main (look.py:14);render (look.py:10) 12',
  'main (look.py:15) 8',
].join('\n');

const labels = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await decoratedLines()).filter(({ label }) => label !== null).map(({ line, label }) => [line, label]),
  );
const label = (line: number, text: string | undefined): Promise<unknown> =>
  eventually(labels, (found) => found[line] === text);
/** Where the labels end on the screen, by line. */
const labelEnds = (): Promise<Record<string, number>> =>
  ui(async (page) =>
    page.evaluate(() => {
      const ends: Record<string, number> = {};
      for (const row of document.querySelectorAll('.editor-instance .monaco-editor .view-lines > .view-line')) {
        const top = (row as HTMLElement).style.top;
        const number = [...document.querySelectorAll<HTMLElement>('.margin-view-overlays > div')].find(
          (each) => each.style.top === top,
        );
        for (const part of row.querySelectorAll('[class*="ced-"]')) {
          const { content } = getComputedStyle(part, '::after');
          if (content !== 'none' && content !== 'normal') {
            ends[number?.querySelector('.line-numbers')?.textContent ?? ''] = part.getBoundingClientRect().right;
          }
        }
      }
      return ends;
    }),
  );

suite('Look of hot lines', () => {
  let uri: vscode.Uri;

  suiteSetup(() => {
    const folder = writeWorkspace('look', { 'look.py': source, 'look.folded': `${folded}\n` });
    uri = vscode.Uri.file(join(folder, 'look.py'));
  });

  setup(async () => {
    await vscode.commands.executeCommand('emberline.clearHeat');
    await openProfile(join(workspacePath(), 'look', 'look.folded'));
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: false });
    await label(6, '60.0% self · 60.0% total');
  });

  teardown(async () => {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await resetHeat();
  });

  suiteTeardown(async () => {
    await vscode.commands.executeCommand('emberline.clearHeat');
  });

  test('is chosen in a quick pick that shows each choice, and says which do not fit', async () => {
    await runCommand('Emberline: Choose What Lines Show…');
    const items = await waitForQuickPick('What hot lines show');
    const described = (name: string): string => items.find((item) => item.label.endsWith(name))?.description ?? '';
    assert.match(described('Time'), /shows samples, which is no time/);
    assert.match(described('Bytes'), /shows samples, which is no size/);
    assert.match(described('Selection'), /The chart is not zoomed/);
    await ui(async (page) => {
      for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
    });
    await label(6, '60 samples');
    // Nothing was chosen yet.
    await cancelQuickInput();
    await label(6, '60.0% self · 60.0% total');
    await runCommand('Emberline: Choose What Lines Show…');
    await waitForQuickPick('What hot lines show');
    await pick('Samples');
    await label(6, '60 samples');
    await eventually(
      () => vscode.workspace.getConfiguration('emberline.heat').get('display'),
      (value) => value === 'samples',
    );
    await runCommand('Emberline: Choose What Lines Show…');
    assert.ok((await waitForQuickPick('What hot lines show')).length > 10);
    await ui(async (page) => {
      await page.keyboard.type('no labels');
    });
    await eventually(quickPickItems, (found) => found.length === 1);
    await eventually(decoratedLines, (lines) => labelled(lines).length === 0 && lines.length > 0);
    await cancelQuickInput();
    await label(6, '60 samples');
  });

  test('tells what does not fit by shares', async () => {
    await choose('display', 'self');
    await label(6, '60.0% self');
    await choose('display', 'total');
    await label(6, '60.0% total');
    await choose('display', 'bytes');
    await label(6, '60.0% self · 60.0% total');
    void vscode.commands.executeCommand('emberline.heatMenu');
    await waitForQuickPick('Heat of look.folded');
    const detail = await ui(async (page) =>
      page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: 'Choose What Lines Show' }).textContent(),
    );
    assert.match(detail ?? '', /shows samples, which is no size/);
    await cancelQuickInput();
  });

  test('takes the file, the function or what the chart is zoomed to as 100 %', async function () {
    this.timeout(240_000);
    await choose('reference', 'function');
    await label(6, '75.0% self · 75.0% total');
    await label(10, '100.0% self · 100.0% total');
    await waitForStatusBarItem('look.folded: self of function');
    assert.match(await hoverOver('math.sqrt'), /60\.0% self[\s\S]*75\.0% self · 75\.0% total of function/);
    await choose('reference', 'file');
    await label(6, '60.0% self · 60.0% total');
    await choose('reference', 'selection');
    await label(6, '60.0% self · 60.0% total');
    // Zooms into churn.
    await ui(async (page, _, tools) => {
      await tools.webview(page).locator('[role=application]').first().focus();
      for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    }, null);
    await label(6, '75.0% self · 75.0% total');
    // Main's own line and what render costs are not below it.
    await label(10, undefined);
    await label(13, '100.0% total');
    await waitForStatusBarItem('of churn');
    await ui(async (page, _, tools) => {
      await tools.webview(page).locator('[role=application]').first().focus();
      await page.keyboard.press('Escape');
    }, null);
    await label(10, '12.0% self · 12.0% total');
  });

  test('takes the busiest thread as 100 % where none is chosen', async () => {
    const sampled = (name: string, frame: number, weight: number): object => ({
      type: 'sampled',
      name,
      unit: 'milliseconds',
      startValue: 0,
      endValue: weight,
      samples: Array.from({ length: weight }, () => [0, frame]),
      weights: Array.from({ length: weight }, () => 1),
    });
    const threads = {
      $schema: 'https://www.speedscope.app/file-format-schema.json',
      shared: {
        frames: [
          { name: 'main', file: 'look.py', line: 13 },
          { name: 'churn', file: 'look.py', line: 6 },
          { name: 'render', file: 'look.py', line: 10 },
        ],
      },
      profiles: [sampled('main', 1, 30), sampled('worker', 2, 70)],
    };
    const folder = writeWorkspace('', { 'threads.speedscope.json': JSON.stringify(threads) });
    await openProfile(join(folder, 'threads.speedscope.json'));
    await label(6, '30.0% self · 30.0% total');
    await choose('display', 'time');
    await label(6, '30 ms self · 30 ms total');
    await label(10, '70 ms self · 70 ms total');
    await choose('display', 'both');
    await choose('reference', 'thread');
    await label(10, '100.0% self · 100.0% total');
    await label(6, undefined);
    await waitForStatusBarItem('thread: worker');
  });

  test('scales colours by the file, and takes bounds', async () => {
    const colour = async (line: number): Promise<string | null> =>
      (await decoratedLines()).find((each) => each.line === line)?.background ?? null;
    const hottest = await colour(6);
    const cooler = await colour(5);
    assert.notEqual(hottest, cooler);
    await choose('scale', 'linear');
    await eventually(
      () => colour(5),
      (found) => found !== cooler && found !== hottest,
    );
    await choose('scale', 'fixed');
    await choose('bounds', [1, 3, 10, 15]);
    await eventually(
      () => colour(5),
      (found) => found === hottest,
    );
    await choose('background', false);
    await eventually(
      () => colour(5),
      (found) => found === null,
    );
    await label(6, '60.0% self · 60.0% total');
  });

  test('aligns labels in a column, or puts them at line ends', async () => {
    await choose('labelColumn', 80);
    // The numbers of these lines stand below each other; line 15 is longer than the column.
    const aligned = (found: Record<string, number>): boolean =>
      [5, 10].every((line) => Math.abs(found[line]! - found[6]!) < 1) && found[15]! > found[6]! + 20;
    const ends = await eventually(labelEnds, aligned);
    // Two editors are side by side: left alone, labels stand nearer.
    await choose('labelColumn', undefined);
    await eventually(labelEnds, (found) => found[5]! < ends[5]! - 20);
    await choose('labelPosition', 'lineEnd');
    await eventually(labelEnds, (found) => Math.abs(found[5]! - found[6]!) > 20);
  });

  test('shows the bars of the gutter beside breakpoints', async function () {
    this.timeout(240_000);
    const at = (line: number): vscode.Breakpoint =>
      new vscode.SourceBreakpoint(new vscode.Location(uri, new vscode.Position(line - 1, 0)));
    await vscode.commands.executeCommand('workbench.action.toggleMaximizeEditorGroup');
    vscode.debug.addBreakpoints([at(6), at(12)]);
    const marks = (): Promise<{ kind: string; top: number; left: number; right: number }[]> =>
      ui(async (page) =>
        page.evaluate(() =>
          [...document.querySelectorAll('.editor-instance .glyph-margin-widgets > div')].map((each) => {
            const { top, left, right } = each.getBoundingClientRect();
            const kind = each.className.includes('codicon-debug-breakpoint') ? 'breakpoint' : 'bar';
            return { kind, top: Math.round(top), left, right };
          }),
        ),
      );
    const found = await eventually(marks, (all) => all.filter(({ kind }) => kind === 'breakpoint').length === 2);
    const beside = found
      .filter(({ kind }) => kind === 'breakpoint')
      .flatMap((breakpoint) => {
        const bar = found.find(({ kind, top }) => kind === 'bar' && top === breakpoint.top);
        return bar === undefined ? [] : [bar.right <= breakpoint.left || bar.left >= breakpoint.right];
      });
    assert.deepEqual(beside, [true]);
    const folder = process.env['EMBERLINE_TEST_OUTPUT'];
    try {
      await inThemes(DARK_AND_LIGHT, async (kind) => {
        await label(6, '60.0% self · 60.0% total');
        if (folder !== undefined) await screenshot(join(folder, `hot-lines-look-${kind}.png`));
      });
    } finally {
      await vscode.commands.executeCommand('workbench.action.toggleMaximizeEditorGroup');
    }
  });
});
