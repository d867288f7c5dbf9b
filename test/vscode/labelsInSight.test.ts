import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { decoratedLines, eventually, runCommand, screenshot, ui, waitForStatusBarItem } from './driver';
import { choose, labelled, resetHeat } from './heatSettings';
import { openProfile } from './openProfile';
import { writeWorkspace } from './workspaceFolder';

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

suite('Look of hot lines', () => {
  setup(async () => {
    await vscode.commands.executeCommand('emberline.clearHeat');
  });

  teardown(resetHeat);

  suiteTeardown(async () => {
    await vscode.commands.executeCommand('emberline.clearHeat');
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
    const open = (name: string): Promise<void> => openProfile(join(folder, name));
    const minimap = vscode.workspace.getConfiguration('editor.minimap');
    const before = await ui(async (page) => {
      const size = page.viewportSize();
      await page.setViewportSize({ width: 1400, height: 900 });
      return size;
    });
    await minimap.update('enabled', true, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('workbench.view.explorer');
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
    await openProfile(join(folder, 'scroll.folded'));
    await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'scroll.py')), {
      viewColumn: vscode.ViewColumn.Beside,
    });
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
});
