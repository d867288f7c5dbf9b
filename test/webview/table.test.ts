import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { editor, start, startWith, tableColumn } from './openEditor';
import { folded, longTimes } from './profiles';

describe('the table where it is narrow', () => {
  it.each([2000, 700, 650])('keeps each row on one line at %i px', async (width) => {
    // Figures in bytes: the columns of numbers take most of the room.
    await start({ width });
    await editor.open(new Uint8Array(gunzipSync(readFileSync('test/fixtures/go-heap.pb.gz'))), 'heap.pb');
    const rows = editor.page.locator('emberline-function-table .row');
    await rows.first().waitFor();
    for (const row of (await rows.all()).slice(0, 4)) {
      const { y, height } = (await row.boundingBox())!;
      for (const cell of await row.locator('.cell:visible').all()) {
        const inside = (await cell.boundingBox())!;
        expect(inside.y).toBeGreaterThanOrEqual(y - 1);
        expect(inside.y + inside.height).toBeLessThanOrEqual(y + height + 1);
      }
    }
    const shown = (where: string): Promise<number> =>
      editor.page.locator(`emberline-function-table ${where} [data-column=total]:visible`).count();
    expect((await shown('.row')) > 0).toBe((await shown('.head')) > 0);
  });
});

describe('table', () => {
  it('sorts by every column and says so', async () => {
    await startWith(folded, 'a.folded');
    expect(await tableColumn('name')).toEqual(['parse', 'draw', 'render', 'wait', 'handle', 'main', 'worker']);
    expect((await tableColumn('self'))[0]!.replace(/\s+/g, ' ').trim()).toBe('54 54.0%');
    const header = (name: string) => editor.page.getByRole('columnheader', { name });
    expect(await header('Self').getAttribute('aria-sort')).toBe('descending');
    await header('Total').getByRole('button').click();
    await editor.settled();
    expect((await tableColumn('name')).slice(0, 3)).toEqual(['main', 'handle', 'parse']);
    expect(await header('Self').getAttribute('aria-sort')).toBe('none');
    await header('Function').getByRole('button').click();
    await editor.settled();
    expect(await tableColumn('name')).toEqual(['draw', 'handle', 'main', 'parse', 'render', 'wait', 'worker']);
    await header('Function').getByRole('button').click();
    await editor.settled();
    expect((await tableColumn('name'))[0]).toBe('worker');
  });

  it('filters, highlights a function in the chart, opens its source', async () => {
    await startWith(folded, 'a.folded');
    const before = await editor.chartColor(0.7, 2);
    await editor.page.getByRole('textbox', { name: 'Filter functions' }).fill('par');
    await expect.poll(() => tableColumn('name')).toEqual(['parse']);
    await editor.page.getByRole('row', { name: /parse/ }).click();
    await editor.settled();
    expect(await editor.page.getByRole('row', { name: /parse/ }).getAttribute('aria-selected')).toBe('true');
    expect(await editor.chartColor(0.7, 2)).not.toBe(before);
    await editor.page.keyboard.press('Escape');
    await editor.settled();
    expect(await editor.chartColor(0.7, 2)).toBe(before);
    await editor.page.getByRole('row', { name: /parse/ }).dblclick();
    expect(await editor.sent('openFunction')).toHaveLength(1);
  });

  it('is walked by keys, also far beyond the first page', async () => {
    const many = Array.from({ length: 1500 }, (_, i) => `root;f${String(i).padStart(4, '0')} ${2000 - i}`).join('\n');
    await startWith(many, 'a.folded');
    await editor.page.getByRole('grid', { name: 'Functions' }).focus();
    await editor.page.keyboard.press('End');
    await editor.settled();
    expect(await tableColumn('name')).toContain('f1499');
    expect(await editor.page.locator('emberline-function-table .row').count()).toBeLessThan(80);
    await editor.page.keyboard.press('ArrowUp');
    await editor.page.keyboard.press('Enter');
    await expect.poll(async () => (await editor.sent('openFunction')).length).toBe(1);
    await editor.page.keyboard.press('Home');
    await editor.settled();
    expect(await tableColumn('name')).toContain('f0000');
  });

  it('is resized by pointer and keys, hidden and shown', async () => {
    await startWith(folded, 'a.folded');
    const sash = editor.page.getByRole('separator', { name: 'Width of the function table' });
    expect(await sash.getAttribute('aria-valuenow')).toBe('480');
    await sash.focus();
    await editor.page.keyboard.press('ArrowLeft');
    expect(await sash.getAttribute('aria-valuenow')).toBe('504');
    const bounds = (await sash.boundingBox())!;
    await editor.page.mouse.move(bounds.x, 300);
    await editor.page.mouse.down();
    await editor.page.mouse.move(bounds.x + 100, 300, { steps: 3 });
    await editor.page.mouse.up();
    expect((await editor.keptState())!.table.width).toBe(404);
    await editor.page.getByRole('switch', { name: 'Function table' }).click();
    expect(await editor.page.getByRole('grid').count()).toBe(0);
    expect((await editor.keptState())!.table.visible).toBe(false);
    await editor.page.getByRole('switch', { name: 'Function table' }).click();
    await expect.poll(() => tableColumn('name')).toContain('parse');
  });
});

/** Numbers of the table that are not wholly inside their cells, or that are on each other. */
const cutNumbers = (): Promise<string[]> =>
  editor.page.locator('emberline-function-table .row .number:visible').evaluateAll((cells) =>
    cells
      .filter((cell) => {
        const bounds = cell.getBoundingClientRect();
        const value = cell.querySelector('.value')!;
        const share = cell.querySelector('.share')!;
        const [first, second] = [value.getBoundingClientRect(), share.getBoundingClientRect()];
        const whole = first.left >= bounds.left && first.right <= second.left && second.right <= bounds.right;
        return !whole || value.scrollWidth > first.width + 1 || share.scrollWidth > second.width + 1;
      })
      .map((cell) => cell.textContent.trim()),
  );

describe('columns of the table', () => {
  it.each([
    ['13px', 1280],
    ['13px', 660],
    ['20px', 1280],
    ['9px', 900],
    ['20px', 600],
  ])('show every number whole at %s in %i px', async (size, width) => {
    await startWith(longTimes(), 'a.cpuprofile', { width });
    await editor.page.evaluate((font) => {
      document.documentElement.style.setProperty('--vscode-font-size', font);
    }, size);
    if (width < 640) await editor.page.getByRole('switch', { name: 'Function table' }).click();
    await editor.settled();
    const values = await editor.page.locator('.row [data-column=self] .value').allTextContents();
    expect(values.slice(0, 8)).toEqual([
      '999 ms',
      '888 ms',
      '777 ms',
      '555 ms',
      '333 ms',
      '222 ms',
      '111 ms',
      '99.9 ms',
    ]);
    expect(await cutNumbers()).toEqual([]);
    const names = await editor.page.locator('.row .name').first().boundingBox();
    expect(names!.width).toBeGreaterThan(60);
  });
});

describe('a narrow editor', () => {
  const tableToggle = () => editor.page.getByRole('switch', { name: 'Function table' });

  it('keeps the chart, and shows the table below it when asked', async () => {
    await startWith(folded, 'a.folded', { width: 1280 });
    const grid = editor.page.getByRole('grid', { name: 'Functions' });
    const chartWidth = async (): Promise<number> => (await editor.page.locator('.stage').boundingBox())!.width;
    expect(await grid.isVisible()).toBe(true);
    await editor.page.setViewportSize({ width: 700, height: 720 });
    await expect.poll(chartWidth).toBeGreaterThan(0.6 * 700 - 2);
    await editor.page.setViewportSize({ width: 620, height: 720 });
    await expect.poll(chartWidth).toBe(620);
    expect(await grid.count()).toBe(0);
    expect(await tableToggle().getAttribute('aria-checked')).not.toBe('true');
    await tableToggle().click();
    await editor.settled();
    expect(await chartWidth()).toBe(620);
    const [chart, table] = [await editor.page.locator('.stage').boundingBox(), await grid.boundingBox()];
    expect(table!.y).toBeGreaterThan(chart!.y + chart!.height);
    expect(chart!.height).toBeGreaterThan(150);
    expect(await tableColumn('name')).toContain('parse');
    await tableToggle().click();
    expect(await grid.count()).toBe(0);
    await editor.page.setViewportSize({ width: 1280, height: 720 });
    await expect.poll(() => grid.count()).toBe(1);
    expect((await editor.keptState())?.table.visible ?? true).toBe(true);
    expect((await grid.boundingBox())!.width).toBe(480);
  });

  it('leaves a table hidden that was hidden before', async () => {
    await startWith(folded, 'a.folded', { width: 1280 });
    await tableToggle().click();
    await editor.page.setViewportSize({ width: 500, height: 720 });
    await editor.page.setViewportSize({ width: 1280, height: 720 });
    await editor.settled();
    expect(await editor.page.getByRole('grid', { name: 'Functions' }).count()).toBe(0);
    expect((await editor.keptState())!.table.visible).toBe(false);
  });
});
