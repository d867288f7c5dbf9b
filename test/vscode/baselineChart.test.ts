import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ComparedProgram, endComparison } from './comparedProgram';
import { eventually, screenshot, ui, waitForStatusBarItem } from './driver';

suite('Baseline', () => {
  let program: ComparedProgram;

  suiteSetup(() => {
    program = new ComparedProgram('baselineChart');
  });

  suiteTeardown(endComparison);

  test('the chart and the table of the profile editor tell the same', async function () {
    this.timeout(240_000);
    await program.compare();
    await program.open('after.folded');
    const cells = (): Promise<string[]> =>
      ui(async (page, _, { webview }) =>
        webview(page)
          .locator('emberline-function-table .row')
          .evaluateAll((rows) =>
            rows.map((row) =>
              [...row.querySelectorAll('.cell.name bdi, .cell.change')]
                .map((cell) => cell.textContent?.trim())
                .join(' '),
            ),
          ),
      );
    const rows = await eventually(cells, (found) => found.some((row) => row.includes('▲')));
    assert.deepEqual(
      rows.map((row) => row.trim()).sort(),
      ['serve', '▲ 40.0 ▲ 40.0 parse', '▼ 39.9 ▼ 39.9 price', '≈ ≈ render'].sort(),
    );
    const label = await ui(async (page, _, { webview }) => webview(page).locator('.baseline').textContent());
    assert.match(label ?? '', /vs before\.folded/);
    await ui(async (page, _, { webview }) => webview(page).locator('.baseline').click());
    await eventually(cells, (found) => found.length > 0 && !found.some((row) => /[▲▼≈]/.test(row)));
    await ui(async (page, _, { webview }) => webview(page).locator('.baseline').click());
    await eventually(cells, (found) => found.some((row) => row.includes('▲')));
    const card = await ui(async (page, _, { webview }) => {
      await webview(page)
        .locator('.stage canvas')
        .hover({ position: { x: 60, y: 28 } });
      await webview(page).locator('emberline-hover-card .change').first().waitFor();
      return webview(page).locator('emberline-hover-card table').textContent();
    });
    assert.match(card ?? '', /Before, this frame\s*10\.0%▲ 40\.0 pp\s*10\.0%▲ 40\.0 pp/);
    const output = process.env['EMBERLINE_TEST_OUTPUT'];
    if (output !== undefined) await screenshot(join(output, 'baseline-chart.png'));
  });

  test('the sandwich tells what changed, and follows what is compared with', async () => {
    await program.compare();
    await program.open('after.folded');
    await waitForStatusBarItem('vs before.folded');
    await ui(async (page, _, { webview }) => {
      const frame = webview(page);
      await frame.locator('emberline-function-table .row', { hasText: 'parse' }).first().click();
      await frame.locator('emberline-function-table .grid').focus();
      await page.keyboard.press('c');
      await frame.locator('emberline-sandwich .figures').waitFor();
    });
    const figures = async (): Promise<string> =>
      ((await ui(async (page, _, { webview }) => webview(page).locator('.figures').textContent())) ?? '')
        .replace(/\s+/g, ' ')
        .trim();
    /** Of the function itself: right beside the sash, in the half of its callees. */
    const colour = (): Promise<string> =>
      ui(async (page, _, { webview }) =>
        webview(page)
          .locator('.half.callees canvas.chart')
          .evaluate((canvas: HTMLCanvasElement) =>
            canvas
              .getContext('2d')!
              .getImageData(Math.floor(canvas.width * 0.8), 4, 1, 1)
              .data.join(),
          ),
      );
    const withChange = 'Self 5,000 50.0% ▲ 40.0 pp · Total 5,000 50.0% ▲ 40.0 pp';
    await eventually(figures, (text) => text === withChange);
    const changed = await colour();
    const output = process.env['EMBERLINE_TEST_OUTPUT'];
    if (output !== undefined) await screenshot(join(output, 'baseline-sandwich.png'));
    const toggle = (): Promise<void> => ui(async (page, _, { webview }) => webview(page).locator('.baseline').click());
    await toggle();
    await eventually(figures, (text) => text === 'Self 5,000 50.0% · Total 5,000 50.0%');
    const own = await eventually(colour, (shown) => shown !== changed);
    await toggle();
    await eventually(figures, (text) => text === withChange);
    await eventually(colour, (shown) => shown !== own);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });
});
