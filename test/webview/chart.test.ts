import { describe, expect, it } from 'vitest';
import { announced, BACKGROUND, breadcrumb, editor, startWith } from './openEditor';
import { deepFolded, folded, timedCpuprofile } from './profiles';

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
