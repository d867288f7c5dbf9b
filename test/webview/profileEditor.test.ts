import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundleScripts, EditorPage, type EditorPageOptions, launchBrowser } from './editorPage';
import { deepFolded, folded, HOSTILE_NAMES, hostileFolded, longTimes, timedCpuprofile } from './profiles';
import type { ThemeName } from './themes';

let browser: Browser;
let scripts: Map<string, string>;
let editor: EditorPage;

beforeAll(async () => {
  [browser, scripts] = await Promise.all([launchBrowser(), bundleScripts()]);
});
afterAll(() => browser?.close());
afterEach(async () => {
  const { complaints } = editor;
  await editor.close();
  expect(complaints).toEqual([]);
});

async function start(options: EditorPageOptions = {}): Promise<void> {
  editor = await EditorPage.create(browser, scripts, options);
}

async function startWith(content: string, name: string, options: EditorPageOptions = {}): Promise<void> {
  await start(options);
  await editor.open(content, name);
}

const BACKGROUND = '31,31,31';
const breadcrumb = (): Promise<string[]> =>
  editor.page.locator('emberline-breadcrumb button:visible').allTextContents();
const announced = (): Promise<string | null> => editor.page.locator('[data-role=announcer]').textContent();
const tableColumn = (column: string): Promise<string[]> =>
  editor.page.locator(`emberline-function-table .row [data-column=${column}]`).allTextContents();
const searchField = () => editor.page.getByRole('textbox', { name: 'Search functions and files' });

describe('drawing', () => {
  it('draws the boxes where their values put them', async () => {
    await startWith(folded, 'a.folded');
    const main = await editor.chartColor(0.5, 0);
    expect(main).not.toBe(BACKGROUND);
    expect(await editor.chartColor(0.95, 0)).toBe(main);
    expect(await editor.chartColor(0.98, 0), 'worker').not.toBe(main);
    expect(await editor.chartColor(0.93, 2), 'nothing below wait').toBe(BACKGROUND);
    expect(await editor.chartColor(0.3, 2), 'parse').not.toBe(BACKGROUND);
    expect(await editor.chartColor(0.6, 3), 'draw').not.toBe(BACKGROUND);
    expect(await editor.chartColor(0.85, 3), 'render itself').toBe(BACKGROUND);
  });

  it('has as many pixels as the screen, and follows a change of the ratio', async () => {
    await startWith(folded, 'a.folded', { deviceScaleFactor: 2 });
    const size = (): Promise<{ ratio: number; width: number; height: number }> =>
      editor.page.locator('canvas.chart').evaluate((element) => {
        const canvas = element as HTMLCanvasElement;
        const { width, height } = canvas.getBoundingClientRect();
        return { ratio: devicePixelRatio, width: canvas.width / width, height: canvas.height / height };
      });
    expect(await size()).toEqual({ ratio: 2, width: 2, height: 2 });
    const session = await editor.page.context().newCDPSession(editor.page);
    await session.send('Emulation.setDeviceMetricsOverride', {
      // Under emulation the page hears of a new ratio only together with a new size.
      width: 1281,
      height: 720,
      deviceScaleFactor: 1.5,
      mobile: false,
    });
    await expect.poll(async () => (await size()).width).toBeCloseTo(1.5, 2);
    expect(await editor.chartColor(0.5, 0)).not.toBe(BACKGROUND);
  });

  it('draws time order as it happened', async () => {
    await startWith(timedCpuprofile(), 'a.cpuprofile');
    await editor.page.getByRole('switch', { name: 'Time order' }).click();
    await editor.settled();
    const main = await editor.chartColor(0.2, 0);
    expect(await editor.chartColor(0.8, 0)).toBe(main);
    const [red, green, blue] = (await editor.chartColor(0.5, 0)).split(',').map(Number) as [number, number, number];
    expect(Math.max(red, green, blue) - Math.min(red, green, blue), '(idle) is grey').toBeLessThan(12);
    expect(await editor.chartColor(0.5, 1)).toBe(BACKGROUND);
    expect(await editor.chartColor(0.65, 1), 'work').toBe(await editor.chartColor(0.2, 1));
    expect(await editor.chartColor(0.85, 1), 'other').not.toBe(await editor.chartColor(0.2, 1));
    expect((await breadcrumb())[0]).toBe('All · 1 s');
  });

  it('says how much of the time axis was sampled', async () => {
    const part = JSON.parse(timedCpuprofile()) as { startTime: number; endTime: number };
    const from = { process: 'service', thread: 'main', pid: 1, startTimeMs: null, notes: [] };
    const later = { ...part, startTime: part.startTime + 4e6, endTime: part.endTime + 4e6 };
    const both = [part, later].map((each) => ({ ...each, $emberline: from }));
    await startWith(JSON.stringify(both), 'a.cpuprofiles');
    expect((await breadcrumb())[0]).toBe('All · 2 s');
    await editor.page.getByRole('switch', { name: 'Time order' }).click();
    await editor.settled();
    expect((await breadcrumb())[0]).toBe('All · 2 s sampled in 5 s');
    await editor.page.getByRole('switch', { name: 'Left heavy' }).click();
    await editor.settled();
    expect((await breadcrumb())[0]).toBe('All · 2 s');
  });

  it('offers no time order where samples have no times', async () => {
    await startWith(folded, 'a.folded');
    expect(await editor.page.getByRole('switch', { name: 'Time order' }).count()).toBe(0);
  });

  it('keeps the old picture until a finer one is there', async () => {
    await startWith(folded, 'a.folded');
    await editor.page.evaluate(() => {
      window.pageHost.delay = 700;
    });
    const at = await editor.chartPoint(0.3, 1);
    await editor.page.mouse.move(at.x, at.y);
    for (let i = 0; i < 8; i++) {
      await editor.page.mouse.wheel(0, -200);
      await editor.page.waitForTimeout(30);
      expect(await editor.chartColor(0.3, 1)).not.toBe(BACKGROUND);
    }
  });
});

describe('pointer', () => {
  it('shows a card with all figures', async () => {
    await startWith(folded, 'a.folded');
    const at = await editor.chartPoint(0.3, 2);
    await editor.page.mouse.move(at.x, at.y);
    const card = editor.page.locator('emberline-hover-card');
    await expect.poll(() => editor.text('emberline-hover-card')).toContain('/srv/app/parse.py:12');
    const text = await editor.text('emberline-hover-card');
    expect(text).toContain('parse');
    expect(text).toContain('This frame 5050.0% 5050.0%');
    expect(text).toContain('Function, everywhere 5454.0% 5454.0%');
    expect(text).toMatch(/Samples 50/);
    await editor.page.mouse.move(at.x, at.y + 400);
    await expect.poll(() => card.isHidden()).toBe(true);
  });

  it('opens the source with a click, once, and zooms with a double-click without opening', async () => {
    await startWith(folded, 'a.folded');
    const at = await editor.chartPoint(0.3, 2);
    await editor.page.mouse.click(at.x, at.y);
    await expect.poll(async () => (await editor.sent('openFrame')).length).toBe(1);
    expect((await editor.sent('openFrame'))[0]).toMatchObject({ order: 'leftHeavy', view: { thread: null } });
    await editor.page.mouse.dblclick(at.x, at.y);
    await editor.page.waitForTimeout(500);
    expect(await editor.sent('openFrame')).toHaveLength(1);
    expect(await breadcrumb()).toEqual(['All · 100 samples', 'main', 'handle', 'parse']);
    expect((await editor.keptState())?.range).toEqual({ from: 0, to: 50 });
  });

  it('zooms at the pointer with the wheel, pans by dragging, selects with Shift', async () => {
    await startWith(folded, 'a.folded');
    const at = await editor.chartPoint(0.5, 1);
    await editor.page.mouse.move(at.x, at.y);
    await editor.page.mouse.wheel(0, -240);
    const zoomed = (await editor.keptState())!.range!;
    expect(zoomed.to - zoomed.from).toBeCloseTo(50, 0);
    expect((zoomed.from + zoomed.to) / 2).toBeCloseTo(50, 0);
    await editor.page.mouse.down();
    await editor.page.mouse.move(at.x + 60, at.y, { steps: 4 });
    await editor.page.mouse.up();
    const panned = (await editor.keptState())!.range!;
    expect(panned.from).toBeLessThan(zoomed.from - 2);
    expect(panned.to - panned.from).toBeCloseTo(50, 0);
    expect(await editor.sent('openFrame'), 'a drag is no click').toHaveLength(0);

    await editor.page.keyboard.press('Home');
    const [from, to] = [await editor.chartPoint(0.25, 1), await editor.chartPoint(0.75, 1)];
    await editor.page.keyboard.down('Shift');
    await editor.page.mouse.move(from.x, from.y);
    await editor.page.mouse.down();
    await editor.page.mouse.move(to.x, to.y, { steps: 4 });
    expect(await editor.page.locator('.selection').count()).toBe(1);
    await editor.page.mouse.up();
    await editor.page.keyboard.up('Shift');
    const selected = (await editor.keptState())!.range!;
    expect(selected.from).toBeCloseTo(25, 0);
    expect(selected.to).toBeCloseTo(75, 0);
    await editor.page.keyboard.press('Escape');
    expect((await editor.keptState())!.range).toBeNull();
  });

  it('chooses, moves and leaves a range in the overview', async () => {
    await startWith(folded, 'a.folded');
    const bounds = (await editor.page.locator('emberline-minimap').boundingBox())!;
    const at = (share: number): [number, number] => [bounds.x + share * bounds.width, bounds.y + 20];
    const drag = async (from: number, to: number): Promise<void> => {
      await editor.page.mouse.move(...at(from));
      await editor.page.mouse.down();
      await editor.page.mouse.move(...at(to), { steps: 5 });
      await editor.page.mouse.up();
    };
    await drag(0.2, 0.4);
    let { range } = (await editor.keptState())!;
    expect([Math.round(range!.from), Math.round(range!.to)]).toEqual([20, 40]);
    await drag(0.3, 0.6);
    ({ range } = (await editor.keptState())!);
    expect([Math.round(range!.from), Math.round(range!.to)]).toEqual([50, 70]);
    await drag(0.7, 0.9);
    ({ range } = (await editor.keptState())!);
    expect([Math.round(range!.from), Math.round(range!.to)], 'an edge').toEqual([50, 90]);
    await editor.page.mouse.dblclick(...at(0.1));
    expect((await editor.keptState())!.range).toBeNull();
  });
});

const wholePage = async (): Promise<void> => {
  const card = editor.page.locator('emberline-hover-card');
  const size = editor.page.viewportSize()!;
  const bounds = (await card.boundingBox())!;
  expect(bounds.x).toBeGreaterThanOrEqual(0);
  expect(bounds.y).toBeGreaterThanOrEqual(0);
  expect(bounds.x + bounds.width).toBeLessThanOrEqual(size.width);
  expect(bounds.y + bounds.height).toBeLessThanOrEqual(size.height);
  expect(await card.evaluate((element) => element.scrollWidth <= element.clientWidth), 'nothing is cut').toBe(true);
  // Nothing of the page is over it either.
  const inside = await editor.page.evaluate(
    ([x, y]) => {
      const host = document.querySelector('emberline-app')!.shadowRoot!.querySelector('emberline-flame-chart')!;
      const element = host.shadowRoot!.querySelector<HTMLElement>('emberline-hover-card')!;
      element.style.pointerEvents = 'auto';
      const top = host.shadowRoot!.elementFromPoint(x!, y!);
      element.style.pointerEvents = '';
      return top === element;
    },
    [bounds.x + bounds.width - 3, bounds.y + 8],
  );
  expect(inside).toBe(true);
};

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

describe('figures in a narrow page', () => {
  it.each([1280, 620, 340])('shows the whole card in %i px', async (width) => {
    await startWith(longTimes(), 'a.cpuprofile', { width });
    for (const [share, row] of [
      [0.05, 0],
      [0.1, 1],
      [0.97, 0],
    ] as const) {
      const at = await editor.chartPoint(share, row);
      await editor.page.mouse.move(at.x, at.y);
      await expect.poll(() => editor.text('emberline-hover-card')).toMatch(/aFileWithALongName\.js:1.*Samples \d/);
      await wholePage();
    }
  });

  it.each([620, 340])('keeps the link to the source in the bar at %i px', async (width) => {
    await startWith(longTimes(), 'a.cpuprofile', { width });
    const at = await editor.chartPoint(0.1, 1);
    await editor.page.mouse.click(at.x, at.y);
    const link = editor.page.locator('emberline-frame-bar button');
    await link.waitFor();
    expect(await link.textContent()).toBe('aFileWithALongName.js:101');
    expect(await link.evaluate((element) => element.scrollWidth <= element.clientWidth + 1)).toBe(true);
    const bounds = (await link.boundingBox())!;
    expect(bounds.x + bounds.width).toBeLessThanOrEqual(width);
    for (const figure of await editor.page.locator('emberline-frame-bar .figure').all()) {
      const { x, width: wide } = (await figure.boundingBox())!;
      expect(x + wide).toBeLessThanOrEqual(width);
    }
    await expect.poll(async () => (await editor.sent('openFrame')).length).toBe(1);
    await link.click();
    expect(await editor.sent('openFrame')).toHaveLength(2);
  });
});

it('shows invisible characters of names as U+FFFD everywhere', async () => {
  await startWith('\u202eniam;a\u200bb (/srv/\u2066x.py:3) 10\n', 'a.folded');
  expect((await tableColumn('name')).map((name) => name.trim()).sort()).toEqual(['a\ufffdb', '\ufffdniam']);
  const at = await editor.chartPoint(0.5, 1);
  await editor.page.mouse.move(at.x, at.y);
  await expect.poll(() => editor.text('emberline-hover-card')).toContain('a\ufffdb');
  await editor.page.mouse.dblclick(at.x, at.y);
  await editor.settled();
  expect((await breadcrumb()).slice(1)).toEqual(['\ufffdniam', 'a\ufffdb']);
  expect(await editor.page.locator('emberline-frame-bar .name').textContent()).toBe('a\ufffdb');
  const drawn = await editor.page.evaluate(() => document.querySelector('emberline-app')!.shadowRoot!.innerHTML);
  expect(drawn).not.toMatch(/[\u202e\u200b\u2066]/);
});

describe('keyboard', () => {
  it('walks callers, callees and neighbours, and says where it is', async () => {
    await startWith(folded, 'a.folded');
    await editor.page.getByRole('application').focus();
    const press = async (key: string): Promise<string> => {
      await editor.page.keyboard.press(key);
      await editor.settled();
      return (await announced()) ?? '';
    };
    expect(await press('ArrowDown')).toMatch(/^main, total 96, 96.0%, self 0, 0.0%, 96 samples, depth 1, /);
    expect(await press('ArrowDown')).toMatch(/^handle, /);
    expect(await press('ArrowDown')).toMatch(/^parse, total 50, /);
    expect(await press('ArrowRight')).toMatch(/^render, total 40, 40.0%, self 10, /);
    expect(await press('ArrowLeft')).toMatch(/^parse, /);
    expect(await press('ArrowUp')).toMatch(/^handle, /);
    await press('Enter');
    expect(await breadcrumb()).toEqual(['All · 100 samples', 'main', 'handle']);
    await press('Space');
    expect(await editor.sent('openFrame')).toHaveLength(1);
    await press('Control+c');
    expect(await editor.sent('copy')).toEqual([{ kind: 'copy', text: 'handle (/srv/app/main.py:20)' }]);
    await press('Escape');
    expect(await breadcrumb()).toEqual(['All · 100 samples']);
  });

  it('zooms and pans with WASD', async () => {
    await startWith(folded, 'a.folded');
    await editor.page.getByRole('application').focus();
    for (const key of ['w', 'w', 'w', 'd']) await editor.page.keyboard.press(key);
    const { range } = (await editor.keptState())!;
    expect(range!.to - range!.from).toBeCloseTo(100 / 1.3 ** 3, 1);
    expect((range!.to + range!.from) / 2).toBeGreaterThan(50);
    for (const key of ['a', 's', 's', 's', 's']) await editor.page.keyboard.press(key);
    expect((await editor.keptState())!.range).toBeNull();
  });

  it('lists all keys, and closes the list with Escape', async () => {
    await startWith(folded, 'a.folded');
    await editor.page.keyboard.press('?');
    const dialog = editor.page.getByRole('dialog', { name: 'Keyboard and mouse' });
    expect(await dialog.textContent()).toContain('zoom into the focused frame');
    await editor.page.keyboard.press('Escape');
    await expect.poll(() => dialog.isVisible()).toBe(false);
  });
});

describe('breadcrumb', () => {
  it('collapses in the middle, and goes back to any step', async () => {
    await startWith(deepFolded(12), 'a.folded');
    await editor.page.getByRole('application').focus();
    for (let i = 0; i < 10; i++) await editor.page.keyboard.press('ArrowDown');
    await editor.settled();
    await editor.page.keyboard.press('Enter');
    await editor.settled();
    expect(await breadcrumb()).toEqual(['All · 1,000 samples', 'level0', '…', 'level8', 'level9']);
    await editor.page.getByRole('button', { name: 'Show 7 hidden frames' }).click();
    expect(await breadcrumb()).toHaveLength(11);
    await editor.page.getByRole('button', { name: 'level0', exact: true }).click();
    await editor.settled();
    expect(await breadcrumb()).toEqual(['All · 1,000 samples', 'level0']);
    await editor.page.getByRole('button', { name: /^All/ }).click();
    expect((await editor.keptState())!.zoomed).toBeNull();
  });

  it('scrolls rows that do not fit', async () => {
    await startWith(deepFolded(200), 'a.folded');
    expect(await editor.page.locator('emberline-row-scrollbar').isVisible()).toBe(true);
    await editor.page.getByRole('application').focus();
    await editor.page.keyboard.press('PageDown');
    expect((await editor.keptState())!.scroll).toBeGreaterThan(10);
    const at = await editor.chartPoint(0.3, 2);
    await editor.page.mouse.move(at.x, at.y);
    await editor.page.keyboard.down('Alt');
    await editor.page.mouse.wheel(0, -5000);
    await editor.page.keyboard.up('Alt');
    expect((await editor.keptState())!.scroll).toBe(0);
  });
});

describe('search', () => {
  it('says what share matches, dims the rest, and steps through the matches', async () => {
    await startWith(folded, 'a.folded');
    const before = [await editor.chartColor(0.3, 2), await editor.chartColor(0.7, 2)];
    await editor.page.keyboard.press('/');
    await editor.page.keyboard.type('PARSE');
    await expect.poll(() => editor.page.locator('.outcome').textContent()).toBe('54.0% matched, 1 function');
    await editor.settled();
    expect(await editor.chartColor(0.3, 2), 'parse keeps its colour').toBe(before[0]);
    expect(await editor.chartColor(0.7, 2), 'render is dimmed').not.toBe(before[1]);
    await editor.page.keyboard.press('Enter');
    await editor.page.keyboard.press('Enter');
    await editor.settled();
    expect((await editor.keptState())!.focused).not.toBeNull();
    await editor.page.keyboard.press('Escape');
    await editor.settled();
    expect(await editor.chartColor(0.7, 2)).toBe(before[1]);
    expect(await searchField().inputValue()).toBe('');
  });

  it('matches case, and shows an invalid pattern in place', async () => {
    await startWith(folded, 'a.folded');
    await searchField().fill('PARSE');
    await editor.page.getByRole('switch', { name: 'Match case' }).click();
    await expect.poll(() => editor.page.locator('.outcome').textContent()).toBe('No matches');
    await editor.page.getByRole('switch', { name: 'Match case' }).click();
    await editor.page.getByRole('switch', { name: 'Use regular expression' }).click();
    await searchField().fill('^(parse|dr');
    await expect.poll(() => editor.page.getByRole('alert').textContent()).toMatch(/^Invalid pattern: /);
    await searchField().fill('^(parse|draw)$');
    await expect.poll(() => editor.page.locator('.outcome').textContent()).toBe('84.0% matched, 2 functions');
    expect(await editor.page.getByRole('alert').count()).toBe(0);
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

describe('toolbar', () => {
  it("writes in VS Code's font", async () => {
    await startWith(timedCpuprofile(), 'a.cpuprofile');
    const fonts = await editor.page
      .locator('emberline-toolbar .word')
      .evaluateAll((words) =>
        words.map((word) => `${getComputedStyle(word).fontSize} ${getComputedStyle(word).fontFamily}`),
      );
    expect(fonts).toHaveLength(2);
    for (const font of fonts) expect(font).toMatch(/^13px system-ui, /);
  });

  it('says what is wrong with a pattern right under its field', async () => {
    await startWith(folded, 'a.folded', { width: 1280 });
    await editor.page.getByRole('switch', { name: 'Use regular expression' }).click();
    await searchField().fill('^(a');
    const problem = editor.page.locator('.problem');
    await problem.waitFor();
    const [field, message] = [
      await editor.page.locator('emberline-search-box vscode-textfield').boundingBox(),
      await problem.boundingBox(),
    ];
    expect(message!.x).toBe(field!.x);
    expect(message!.width).toBe(field!.width);
    expect(message!.y - field!.y - field!.height).toBeLessThan(4);
  });
});

describe('state', () => {
  it('comes back as it was left', async () => {
    await startWith(timedCpuprofile(), 'a.cpuprofile');
    await editor.page.getByRole('switch', { name: 'Time order' }).click();
    await editor.settled();
    const at = await editor.chartPoint(0.2, 1);
    await editor.page.mouse.dblclick(at.x, at.y);
    await searchField().fill('work');
    await editor.page.getByRole('columnheader', { name: 'Total' }).getByRole('button').click();
    await editor.settled();
    const kept = (await editor.keptState())!;
    expect(kept).toMatchObject({ order: 'timeOrder', view: { thread: 0 }, search: { query: 'work' } });
    expect(kept.zoomed).not.toBeNull();
    const path = await breadcrumb();
    await editor.close();

    await start();
    await editor.open(timedCpuprofile(), 'a.cpuprofile', kept);
    expect(await breadcrumb()).toEqual(path);
    expect(await searchField().inputValue()).toBe('work');
    await expect.poll(() => editor.page.locator('.outcome').textContent()).toContain('matched');
    expect(await editor.page.getByRole('columnheader', { name: 'Total' }).getAttribute('aria-sort')).toBe('descending');
    expect(await editor.page.locator('emberline-frame-bar .name').textContent()).toBe('work');
    // Nothing that the host is told afterwards differs from what it gave.
    expect((await editor.keptState()) ?? kept).toEqual(kept);
  });
});

describe('instead of a profile', () => {
  it('shows progress', async () => {
    await start();
    await editor.send({ kind: 'loading', what: 'Reading big.cpuprofile', fraction: 0.42 });
    await expect.poll(() => editor.page.getByRole('status').textContent()).toBe('Reading big.cpuprofile 42%');
    expect(await editor.page.getByRole('progressbar').count()).toBeGreaterThan(0);
  });

  it('shows what failed, with a way on', async () => {
    await start();
    await editor.send({ kind: 'failed', message: 'a.pprof: the file ends in the middle of a message (at byte 12)' });
    await expect.poll(() => editor.page.getByRole('alert').textContent()).toContain('at byte 12');
    await editor.page.getByRole('button', { name: 'Retry' }).click();
    await editor.page.getByRole('button', { name: 'Show Output' }).click();
    expect(await editor.sent('retry')).toHaveLength(1);
    expect(await editor.sent('showOutput')).toHaveLength(1);
  });

  it('says that there is nothing to see, and why', async () => {
    await start();
    await editor.page.evaluate(() => window.pageHost.whenReady());
    await editor.send({
      kind: 'profile',
      state: null,
      summary: {
        profile: 1,
        name: 'empty.pprof',
        formats: ['pprof'],
        sampleTypes: [{ type: 'contentions', unit: 'count' }],
        defaultSampleType: 0,
        totals: [0],
        threads: [],
        processes: [],
        labels: [],
        samples: 0,
        functions: 0,
        durationMs: null,
        startTimeMs: null,
        timed: false,
        lines: 'call',
        notes: ['Mutex profiling was off.'],
      },
    });
    await expect.poll(() => editor.text('emberline-notice')).toContain('No samples in this profile');
    expect(await editor.text('emberline-notice')).toContain('Mutex profiling was off.');
  });

  it('goes on when one request fails', async () => {
    await startWith(folded, 'a.folded');
    await editor.page.evaluate(() => {
      const answer = window.pageHost.engine.bind(window.pageHost);
      window.pageHost.engine = (method, params) =>
        method === 'frameDetails' ? Promise.reject(new Error('The engine has gone.')) : answer(method, params);
    });
    const at = await editor.chartPoint(0.3, 2);
    await editor.page.mouse.move(at.x, at.y);
    await expect.poll(() => editor.page.getByRole('alert').textContent()).toContain('The engine has gone.');
    await editor.page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await editor.chartColor(0.3, 2)).not.toBe(BACKGROUND);
  });
});

it('shows notes until they are dismissed', async () => {
  await startWith(folded, 'a.folded');
  const summary = await editor.open(folded, 'a.folded');
  const noted = { ...summary, notes: ['3 samples had a negative time and were moved.'] };
  await editor.send({ kind: 'profile', summary: noted, state: null });
  const strip = editor.page.locator('emberline-notes');
  await expect.poll(() => editor.text('emberline-notes')).toContain('3 samples had a negative time');
  await editor.page.getByRole('button', { name: 'Dismiss notes' }).click();
  expect(await strip.count()).toBe(0);
});

it('shows hostile names as text and nothing else', async () => {
  await startWith(hostileFolded(), 'evil.folded');
  const title = await editor.page.title();
  await editor.page.getByRole('application').focus();
  for (let i = 0; i < 6; i++) {
    await editor.page.keyboard.press(i === 0 || i === 1 ? 'ArrowDown' : 'ArrowRight');
    await editor.settled();
  }
  for (const share of [0.1, 0.4, 0.6, 0.8, 0.95]) {
    const at = await editor.chartPoint(share, 1);
    await editor.page.mouse.move(at.x, at.y);
    await editor.page.waitForTimeout(120);
  }
  await editor.page.keyboard.press('Enter');
  await editor.settled();
  expect(await editor.page.title()).toBe(title);
  const names = (await tableColumn('name')).map((name) => name.trim());
  for (const name of HOSTILE_NAMES.slice(0, 3)) expect(names).toContain(name);
  expect(Math.max(...names.map((name) => name.length))).toBeLessThan(1000);
  const app = editor.page.locator('emberline-app');
  expect(await app.locator('img, a, script, iframe').count()).toBe(0);
});

describe('themes', () => {
  it.each<ThemeName>(['dark', 'light', 'highContrast', 'highContrastLight'])('%s', async (theme) => {
    await startWith(folded, 'a.folded', { theme });
    const box = await editor.chartColor(0.5, 0);
    const page = await editor.page.evaluate(() =>
      getComputedStyle(document.body).getPropertyValue('--vscode-editor-background'),
    );
    const hex = [1, 3, 5].map((i) => Number.parseInt(page.slice(i, i + 2), 16)).join(',');
    expect(await editor.chartColor(0.5, 10)).toBe(hex);
    expect(box).not.toBe(hex);
  });

  it('follows a switch', async () => {
    await startWith(folded, 'a.folded');
    const before = await editor.chartColor(0.5, 0);
    await editor.page.evaluate(() => {
      document.documentElement.style.setProperty('--vscode-editor-background', '#ffffff');
      document.body.className = 'vscode-light';
    });
    await expect.poll(() => editor.chartColor(0.5, 0)).not.toBe(before);
    expect(await editor.chartColor(0.5, 10)).toBe('255,255,255');
  });

  it('gives the swatches of the table the colours of the chart, also after a switch', async () => {
    await startWith(folded, 'a.folded');
    const swatch = (): Promise<string> =>
      editor.page
        .locator('.row')
        .filter({ has: editor.page.locator('bdi', { hasText: /^main$/ }) })
        .locator('.swatch')
        .evaluate((element) => getComputedStyle(element).backgroundColor.replace(/[rgb() ]/g, ''));
    const before = await editor.chartColor(0.5, 0);
    expect(await swatch()).toBe(before);
    await editor.page.evaluate(() => {
      document.documentElement.style.setProperty('--vscode-editor-background', '#ffffff');
      document.body.className = 'vscode-light';
    });
    await expect.poll(() => editor.chartColor(0.5, 0)).not.toBe(before);
    expect(await swatch()).toBe(await editor.chartColor(0.5, 0));
  });
});

describe('screen reader', () => {
  it('finds a named toolbar, chart and table', async () => {
    await startWith(timedCpuprofile(), 'a.cpuprofile');
    const toolbar = await editor.page.getByRole('toolbar', { name: 'Profile' }).ariaSnapshot();
    for (const part of [
      'group "Order"',
      'switch "Left heavy" [checked]',
      'switch "Time order"',
      'textbox "Search functions and files"',
      'switch "Match case"',
      'switch "Use regular expression"',
      'switch "Function table" [checked]',
      'button "Show everything"',
      'button "Keyboard and mouse"',
    ]) {
      expect(toolbar).toContain(part);
    }
    const chart = editor.page.getByRole('application', { name: /^Flame graph, left heavy/ });
    expect(await chart.getAttribute('aria-roledescription')).toBe('flame graph');
    const table = await editor.page.getByRole('grid', { name: 'Functions' }).ariaSnapshot();
    expect(table).toContain('columnheader "Self"');
    expect(table).toMatch(/row .*work/);
    expect(table).toMatch(/gridcell "other"/);
  });

  it('reaches everything with Tab', async () => {
    await startWith(folded, 'a.folded');
    const reached: string[] = [];
    for (let i = 0; i < 20; i++) {
      await editor.page.keyboard.press('Tab');
      reached.push(
        await editor.page.evaluate(() => {
          let active = document.activeElement;
          while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
          return (
            active?.getAttribute('aria-label') ?? active?.getAttribute('role') ?? active?.textContent?.trim() ?? ''
          );
        }),
      );
    }
    for (const name of ['Search functions and files', 'Width of the function table', 'Filter functions', 'Functions']) {
      expect(reached).toContain(name);
    }
    expect(reached.some((name) => name.startsWith('Flame graph'))).toBe(true);
  });
});

it('opens what Node itself recorded', async () => {
  await start();
  const summary = await editor.open(
    readFileSync(process.env['EMBERLINE_REAL'] ?? 'test/fixtures/node.cpuprofile'),
    'node.cpuprofile',
  );
  expect(summary.timed).toBe(true);
  expect(await editor.chartColor(0.01, 0)).not.toBe(BACKGROUND);
});
