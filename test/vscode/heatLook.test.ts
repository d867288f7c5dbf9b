import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  cancelQuickInput,
  type DecoratedLine,
  decoratedLines,
  eventually,
  hoverOver,
  pick,
  quickPickItems,
  runCommand,
  screenshot,
  ui,
  waitForFlameGraph,
  waitForQuickPick,
  waitForStatusBarItem,
} from './driver';
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
const labelled = (lines: DecoratedLine[]): DecoratedLine[] => lines.filter(({ label }) => label !== null);
const label = (line: number, text: string | undefined): Promise<unknown> =>
  eventually(labels, (found) => found[line] === text);
const settings = [
  'display',
  'reference',
  'scale',
  'bounds',
  'metric',
  'labels',
  'labelPosition',
  'gutter',
  'background',
  'threshold',
  'labelColumn',
];

async function choose(name: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration('emberline.heat').update(name, value, vscode.ConfigurationTarget.Global);
}

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
    await vscode.commands.executeCommand(
      'vscode.openWith',
      vscode.Uri.file(join(workspacePath(), 'look', 'look.folded')),
      'emberline.profile',
    );
    await waitForFlameGraph();
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: false });
    await label(6, '60.0% self · 60.0% total');
  });

  teardown(async () => {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    for (const name of settings) {
      const { globalValue } = vscode.workspace.getConfiguration('emberline.heat').inspect(name) ?? {};
      if (globalValue !== undefined) await choose(name, undefined);
    }
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
    const profile = vscode.Uri.file(join(folder, 'threads.speedscope.json'));
    await vscode.commands.executeCommand('vscode.openWith', profile, 'emberline.profile', vscode.ViewColumn.One);
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

  test('leaves labels in sight beside side bar and minimap, with a baseline, in a diff and side by side', async function () {
    this.timeout(240_000);
    const rows = [6, 25, 40, 52, 56, 30].map((width, i) => `value_${i} = ${'1'.repeat(width)}`).join('\n');
    const folder = writeWorkspace('sight', {
      'sight.py': `${rows}\n`,
      'sight before.py': `${rows.replace('value_0', 'value')}\n`,
      'sight.folded': [40, 20, 15, 15, 5, 5].map((count, i) => `f (sight.py:${i + 1}) ${100 * count}`).join('\n'),
      'sight before.folded': [5, 5, 15, 15, 20, 40]
        .map((count, i) => `f (sight.py:${i + 1}) ${100 * count}`)
        .join('\n'),
    });
    const output = process.env['EMBERLINE_TEST_OUTPUT'];
    const uriOf = (name: string): vscode.Uri => vscode.Uri.file(join(folder, name));
    const open = async (name: string): Promise<void> => {
      await vscode.commands.executeCommand('vscode.openWith', uriOf(name), 'emberline.profile');
      await waitForFlameGraph();
    };
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const minimap = vscode.workspace.getConfiguration('editor.minimap');
    const before = await ui(async (page) => {
      const size = page.viewportSize();
      await page.setViewportSize({ width: 1400, height: 900 });
      return size;
    });
    await minimap.update('enabled', true, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('workbench.view.explorer');
    /** Where the six labels end, and where what covers them begins. */
    const sight = (): Promise<{ ends: number[]; edge: number }> =>
      ui(async (page) =>
        page.evaluate(() => {
          const editors = [...document.querySelectorAll('.editor-instance .monaco-editor')];
          const editor = editors.filter((each) => each.querySelector('.view-lines') !== null).at(-1);
          const minimap = editor?.querySelector('.minimap')?.getBoundingClientRect();
          const whole = editor?.getBoundingClientRect();
          const edge = minimap !== undefined && minimap.width > 0 ? minimap.left : (whole?.right ?? 0);
          const ends: number[] = [];
          for (const part of editor?.querySelectorAll('.view-lines > .view-line [class*="ced-"]') ?? []) {
            const { content } = getComputedStyle(part, '::after');
            if (content !== 'none' && content !== 'normal') ends.push(part.getBoundingClientRect().right);
          }
          return { ends, edge };
        }),
      );
    const inSight =
      (least: number) =>
      ({ ends, edge }: { ends: number[]; edge: number }): boolean =>
        ends.length === 6 && ends.filter((end) => end <= edge).length >= least;
    try {
      await open('sight before.folded');
      await vscode.window.showTextDocument(uriOf('sight.py'));
      await eventually(sight, inSight(6));
      if (output !== undefined) await screenshot(join(output, 'labels-in-sight.png'));
      await open('sight before.folded');
      await runCommand('Emberline: Set as Baseline');
      await waitForStatusBarItem('baseline sight before.folded');
      await open('sight.folded');
      await waitForStatusBarItem('vs sight before.folded');
      await vscode.window.showTextDocument(uriOf('sight.py'));
      await eventually(decoratedLines, (found) => found.some(({ label: text }) => text?.includes('pp') ?? false));
      // The longest line is longer than the column of such wide labels: its own stands behind it.
      await eventually(sight, inSight(5));
      if (output !== undefined) await screenshot(join(output, 'labels-in-sight-baseline.png'));
      await vscode.commands.executeCommand('emberline.clearBaseline');
      await vscode.commands.executeCommand('vscode.diff', uriOf('sight before.py'), uriOf('sight.py'), 'sight');
      await eventually(decoratedLines, (found) => labelled(found).length === 6);
      const { input } = vscode.window.tabGroups.activeTabGroup.activeTab ?? {};
      assert.ok(input instanceof vscode.TabInputTextDiff);
      if (output !== undefined) await screenshot(join(output, 'labels-in-sight-diff.png'));
      // In half of the width only the shortest line leaves room for its label.
      await eventually(sight, inSight(1));
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      await vscode.window.showTextDocument(uriOf('sight before.py'));
      await vscode.window.showTextDocument(uriOf('sight.py'), { viewColumn: vscode.ViewColumn.Beside });
      await eventually(sight, inSight(1));
      if (output !== undefined) await screenshot(join(output, 'labels-in-sight-beside.png'));
    } finally {
      await vscode.commands.executeCommand('emberline.clearBaseline');
      await vscode.commands.executeCommand('workbench.action.closeSidebar');
      await minimap.update('enabled', undefined, vscode.ConfigurationTarget.Global);
      await ui(async (page, size) => page.setViewportSize(size), before ?? { width: 1440, height: 900 });
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    }
  });

  test('keeps labels in sight while one scrolls', async function () {
    this.timeout(240_000);
    const count = 3000;
    const folder = writeWorkspace('scroll', {
      'scroll.py': Array.from({ length: count }, (_, i) => `value_${i} = ${'1 + '.repeat(i % 7)}${i}`).join('\n'),
      'scroll.folded': Array.from(
        { length: count },
        (_, i) => `run (a.py:1);f (scroll.py:${i + 1}) ${1 + (i % 50)}`,
      ).join('\n'),
    });
    await choose('threshold', 0);
    const profile = vscode.Uri.file(join(folder, 'scroll.folded'));
    await vscode.commands.executeCommand('vscode.openWith', profile, 'emberline.profile');
    await waitForFlameGraph();
    await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'scroll.py')));
    await eventually(decoratedLines, (lines) => labelled(lines).length > 10);
    // Looks at every frame while the wheel turns: lines without a label, and labels that left their column.
    const seen = await ui(async (page) => {
      const editor = page.locator('.editor-instance .monaco-editor .view-lines').first();
      await editor.hover();
      await page.evaluate(() => {
        const target = globalThis as typeof globalThis & { frames: number; bare: number; done: boolean };
        Object.assign(target, { frames: 0, bare: 0, done: false });
        const look = (): void => {
          target.frames++;
          const rows = [...document.querySelectorAll('.editor-instance .monaco-editor .view-lines > .view-line')];
          target.bare += rows.filter((row) => row.querySelector('[class*="ced-"]') === null).length;
          if (!target.done) requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      });
      for (let i = 0; i < 30; i++) {
        await page.mouse.wheel(0, 100);
        await page.evaluate(() => new Promise((next) => requestAnimationFrame(next)));
      }
      return page.evaluate(() => {
        const target = globalThis as typeof globalThis & { frames: number; bare: number; done: boolean };
        target.done = true;
        return { frames: target.frames, bare: target.bare };
      });
    });
    console.log(`      ${seen.frames} frames, ${seen.bare} lines without a label`);
    assert.ok(seen.frames >= 30);
    assert.equal(seen.bare, 0);
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
