import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BACKGROUND, editor, startWith } from './openEditor';
import { folded, timedCpuprofile } from './profiles';

/** `fold` calls itself by way of `visit`: 60 of 100 samples have it, in two ways. */
const recursive = `main;load;fold;visit;fold;visit;leaf 20
main;load;fold;visit;leaf 20
main;serve;fold;hash 15
main;serve;fold 5
main;wait 40
`;

const sandwich = () => editor.page.locator('emberline-sandwich');
const stage = (half: 'callers' | 'callees') => editor.page.locator(`.half.${half} .stage`);

/** The functions of the table's rows by name: their indices are not shown. */
async function openFromTable(name: string): Promise<void> {
  await editor.page.locator('emberline-function-table .row', { hasText: name }).first().click();
  await editor.page.locator('emberline-function-table .grid').focus();
  await editor.page.keyboard.press('c');
  await sandwich().waitFor();
  await editor.settled();
}

/** Colour of a half at a share of its width, `row` rows from the edge that its function is on. */
function halfColor(half: 'callers' | 'callees', share: number, row: number): Promise<string> {
  return editor.page.locator(`.half.${half} canvas.chart`).evaluate(
    (element, [part, place, up]) => {
      const canvas = element as HTMLCanvasElement;
      const ratio = devicePixelRatio;
      const y = up ? canvas.height - Math.round((place * 20 + 17) * ratio) : Math.floor((place * 20 + 3) * ratio);
      const x = Math.min(canvas.width - 1, Math.floor(part * canvas.width));
      const { data } = canvas.getContext('2d')!.getImageData(x, y, 1, 1);
      return `${data[0]},${data[1]},${data[2]}`;
    },
    [share, row, half === 'callers'] as const,
  );
}

async function picture(name: string): Promise<void> {
  const folder = join('test-output', 'webview');
  mkdirSync(folder, { recursive: true });
  await editor.page.screenshot({ path: join(folder, `${name}.png`) });
}

describe('the sandwich view', () => {
  it('draws callers upwards and callees downwards, of the total of the table', async () => {
    await startWith(recursive, 'a.folded');
    await openFromTable('fold');
    expect(await editor.text('emberline-sandwich header')).toMatch(/fold.*Self 5 5\.0% · Total 60 60\.0%/);
    // On either side of the sash: fold, as wide as the chart.
    const fold = await halfColor('callers', 0.5, 0);
    expect(fold).not.toBe(BACKGROUND);
    expect(await halfColor('callees', 0.5, 0)).toBe(fold);
    expect(await halfColor('callees', 0.99, 0)).toBe(fold);
    // Callers: load 40 of 60, serve 20 of 60; main above both; nothing above main.
    const load = await halfColor('callers', 0.3, 1);
    expect(load).not.toBe(await halfColor('callers', 0.9, 1));
    expect(await halfColor('callers', 0.3, 2)).toBe(await halfColor('callers', 0.9, 2));
    expect(await halfColor('callers', 0.3, 3)).toBe(BACKGROUND);
    // Callees: visit 40 of 60, hash 15, and fold's own 5; within visit the recursive fold.
    expect(await halfColor('callees', 0.3, 1)).not.toBe(await halfColor('callees', 0.8, 1));
    expect(await halfColor('callees', 0.96, 1)).toBe(BACKGROUND);
    expect(await halfColor('callees', 0.1, 2)).toBe(fold);
    await picture('sandwich-dark');
  });

  it('keeps the total in sight where it is narrow', async () => {
    await startWith(recursive, 'a.folded', { width: 700 });
    await openFromTable('fold');
    const shown = (selector: string) => editor.page.locator(`emberline-sandwich ${selector}`).isVisible();
    expect(await editor.page.locator('emberline-sandwich').evaluate((view) => view.clientWidth)).toBeLessThan(480);
    expect([await shown('.figures'), await shown('.own')]).toEqual([true, false]);
  });

  it('moves with the arrow keys the way they point, opens sources, goes deeper and back', async () => {
    await startWith(folded, 'a.folded');
    await openFromTable('parse');
    await stage('callers').focus();
    await editor.page.keyboard.press('ArrowUp');
    await editor.settled();
    expect(await editor.text('emberline-sandwich emberline-frame-bar')).toMatch(/^parse/);
    await editor.page.keyboard.press('ArrowUp');
    await editor.settled();
    expect(await editor.text('emberline-sandwich emberline-frame-bar')).toMatch(/^handle Self – Total 50 50\.0%/);
    await editor.page.keyboard.press('ArrowDown');
    await editor.page.keyboard.press('ArrowUp');
    await editor.page.keyboard.press('Space');
    const opened = (await editor.sent('openFrame')).at(-1)!;
    expect(opened.order).toMatch(/^callers:\d+$/);
    expect((await editor.sent('focusFrame')).length).toBeGreaterThan(2);
    // The sandwich of the caller, and back by the same way.
    await editor.page.keyboard.press('c');
    await editor.settled();
    const steps = () => editor.page.locator('emberline-sandwich nav').textContent();
    expect((await steps())?.replace(/\s+/g, ' ')).toMatch(/parse.*handle/);
    expect((await editor.keptState())?.sandwich?.func).toBeGreaterThanOrEqual(0);
    await editor.page.keyboard.press('Escape');
    expect(await steps()).not.toMatch(/handle/);
    await editor.page.keyboard.press('Escape');
    await sandwich().waitFor({ state: 'detached' });
    expect((await editor.keptState())?.sandwich ?? null).toBeNull();
    expect(await editor.chartColor(0.5, 0)).not.toBe(BACKGROUND);
  });

  it('follows the pointer, zooms one half and searches both', async () => {
    await startWith(recursive, 'a.folded');
    await openFromTable('fold');
    const bounds = (await stage('callers').boundingBox())!;
    const at = { x: bounds.x + bounds.width * 0.9, y: bounds.y + bounds.height - 30 };
    await editor.page.mouse.move(at.x, at.y);
    await editor.settled();
    expect(await editor.text('.half.callers emberline-hover-card')).toMatch(/^serve/);
    await editor.page.mouse.dblclick(at.x, at.y);
    await editor.settled();
    // Zoomed into serve: load is out of view, the callees are as they were.
    expect(await halfColor('callers', 0.1, 1)).toBe(await halfColor('callers', 0.9, 1));
    expect(await halfColor('callees', 0.8, 1)).not.toBe(await halfColor('callees', 0.3, 1));
    await editor.page.keyboard.press('Escape');
    await editor.settled();
    expect(await halfColor('callers', 0.1, 1)).not.toBe(await halfColor('callers', 0.9, 1));
    const before = await halfColor('callees', 0.3, 1);
    await editor.page.getByRole('textbox', { name: 'Search functions and files' }).fill('hash');
    await editor.settled();
    await expect.poll(() => halfColor('callees', 0.3, 1)).not.toBe(before);
  });

  it('is kept, resized by its sash, and left by choosing an order', async () => {
    await startWith(timedCpuprofile(), 'a.cpuprofile');
    await openFromTable('main');
    const sash = (await editor.page.locator('emberline-row-splitter').boundingBox())!;
    const height = async (): Promise<number> => (await stage('callers').boundingBox())!.height;
    const before = await height();
    await editor.page.mouse.move(sash.x + 200, sash.y);
    await editor.page.mouse.down();
    await editor.page.mouse.move(sash.x + 200, sash.y - 100);
    await editor.page.mouse.up();
    expect(await height()).toBeLessThan(before - 80);
    const kept = (await editor.keptState())!;
    expect(kept.sandwich!.share).toBeLessThan(0.45);
    await editor.open(timedCpuprofile(), 'a.cpuprofile', kept);
    await sandwich().waitFor();
    expect(await height()).toBeLessThan(before - 80);
    expect(await editor.text('emberline-sandwich header')).toMatch(/main/);
    await editor.page.getByRole('switch', { name: 'Time order' }).click();
    await sandwich().waitFor({ state: 'detached' });
    await editor.settled();
  });

  it.each(['light', 'highContrast'] as const)('is drawn in %s', async (theme) => {
    await startWith(recursive, 'a.folded', { theme });
    await openFromTable('fold');
    expect(await halfColor('callers', 0.5, 0)).toBe(await halfColor('callees', 0.5, 0));
    await picture(`sandwich-${theme}`);
  });

  it('has a menu of the function under the pointer', async () => {
    await startWith(folded, 'a.folded');
    const at = await editor.chartPoint(0.3, 1);
    await editor.page.mouse.click(at.x, at.y, { button: 'right' });
    const context = (): Promise<Record<string, unknown>> =>
      editor.page
        .locator('emberline-app')
        .evaluate((app) => JSON.parse((app as HTMLElement).dataset['vscodeContext']!));
    expect(await context()).toMatchObject({ emberlineFrame: true, preventDefaultContextMenuItems: true });
    expect(typeof (await context())['emberlineFunction']).toBe('number');
    // Nothing of ours beside the chart: fields keep their menu for text.
    await editor.page.locator('emberline-toolbar').click({ button: 'right', position: { x: 300, y: 5 } });
    expect(await editor.page.locator('emberline-app').getAttribute('data-vscode-context')).toBeNull();
  });
});

describe('what an editor points at', () => {
  const functionOf = async (name: string): Promise<number> => {
    const { functions } = await editor.page.evaluate(
      (query) =>
        window.pageHost.engine('search', {
          profile: 1,
          view: { sampleType: 0, thread: null },
          query,
          regex: false,
          matchCase: true,
        }),
      name,
    );
    return functions[0]!;
  };

  it('is marked, and nothing moves', async () => {
    await startWith(folded, 'a.folded');
    const render = await functionOf('render');
    const [lit, dimmed] = [await editor.chartColor(0.7, 2), await editor.chartColor(0.3, 2)];
    await editor.send({ kind: 'mark', functions: [render], place: 'view.py:7' });
    await expect.poll(() => editor.chartColor(0.3, 2)).not.toBe(dimmed);
    expect(await editor.chartColor(0.7, 2)).toBe(lit);
    expect(await editor.page.locator('.mark').textContent()).toContain('view.py:7');
    expect(await editor.page.locator('emberline-function-table .row.marked').textContent()).toContain('render');
    const state = await editor.keptState();
    expect([state?.range ?? null, state?.scroll ?? 0, state?.focused ?? null]).toEqual([null, 0, null]);
    await picture('marked-dark');
    await editor.send({ kind: 'mark', functions: [], place: '' });
    await expect.poll(() => editor.chartColor(0.3, 2)).toBe(dimmed);
    expect(await editor.page.locator('.mark').count()).toBe(0);
    // Who goes on in the chart has left the line.
    await editor.send({ kind: 'mark', functions: [render], place: 'view.py:7' });
    await editor.page.locator('.mark').waitFor();
    await editor.page.locator('.stage').first().focus();
    await editor.page.keyboard.press('ArrowDown');
    await editor.page.locator('.mark').waitFor({ state: 'detached' });
  });

  it('yields to a search, and is taken away by Escape', async () => {
    await startWith(folded, 'a.folded');
    const before = await editor.chartColor(0.3, 2);
    const render = await editor.chartColor(0.7, 2);
    await editor.page.getByRole('textbox', { name: 'Search functions and files' }).fill('parse');
    await expect.poll(() => editor.chartColor(0.7, 2)).not.toBe(render);
    await editor.send({ kind: 'mark', functions: [await functionOf('render')], place: 'view.py:7' });
    await editor.page.locator('.mark').waitFor();
    expect(await editor.chartColor(0.3, 2)).toBe(before);
    await editor.page.locator('.stage').first().focus();
    await editor.page.keyboard.press('Escape');
    await expect.poll(() => editor.chartColor(0.3, 2)).not.toBe(before);
    await editor.page.keyboard.press('Escape');
    await expect.poll(() => editor.chartColor(0.3, 2)).toBe(before);
  });

  it('is gone to when that was asked for, out of a sandwich too', async () => {
    await startWith(folded, 'a.folded');
    const parse = await functionOf('parse');
    await openFromTable('draw');
    await editor.send({ kind: 'reveal', functions: [parse], place: 'parse.py:12' });
    await sandwich().waitFor({ state: 'detached' });
    await expect.poll(() => editor.text('emberline-frame-bar')).toMatch(/^parse Self 50 50\.0%/);
    expect((await editor.keptState())?.focused).not.toBeNull();
  });

  it('stays, as a sandwich does, while a newer capture takes the place of an older one', async () => {
    await startWith(folded, 'a.folded');
    await openFromTable('parse');
    const newer = await editor.page.evaluate(async (text) => {
      const host = window.pageHost;
      const source = { kind: 'bytes', bytes: new TextEncoder().encode(text) } as const;
      const summary = await host.engine('open', { source, name: 'a.folded' });
      host.refresh(summary);
      return summary;
    }, `before;first 100\n${folded}`);
    await expect.poll(() => editor.text('emberline-sandwich header')).toMatch(/parse.*Total 54 27\.0%/);
    const { functions } = await editor.page.evaluate(
      (profile) =>
        window.pageHost.engine('search', {
          profile,
          view: { sampleType: 0, thread: null },
          query: 'render',
          regex: false,
          matchCase: true,
        }),
      newer.profile,
    );
    await editor.send({ kind: 'mark', functions: [...functions], place: 'view.py:7' });
    await expect
      .poll(() => editor.page.locator('emberline-function-table .row.marked').textContent())
      .toContain('render');
  });

  it('yields to the sandwich of another function, and stays in its own', async () => {
    await startWith(folded, 'a.folded');
    const [parse, render] = [await functionOf('parse'), await functionOf('render')];
    const openSandwich = async (name: string, func: number): Promise<void> => {
      await editor.send({ kind: 'sandwich', func, name, inside: false });
      await expect.poll(() => editor.text('emberline-sandwich header .here')).toBe(name);
      await editor.settled();
    };
    await openSandwich('parse', parse);
    const lit = await halfColor('callees', 0.5, 0);
    await editor.send({ kind: 'mark', functions: [render], place: 'view.py:7' });
    await expect.poll(() => halfColor('callees', 0.5, 0)).not.toBe(lit);
    await openSandwich('parse', parse);
    await expect.poll(() => halfColor('callees', 0.5, 0)).toBe(lit);
    expect(await editor.page.locator('.mark').count()).toBe(0);
    expect(await editor.page.locator('emberline-function-table .row.marked').count()).toBe(0);
    // The mark of the function itself waits for the whole chart.
    await editor.send({ kind: 'mark', functions: [render], place: 'view.py:7' });
    await openSandwich('render', render);
    expect(await editor.page.locator('emberline-function-table .row.marked').textContent()).toContain('render');
  });

  it('opens a sandwich', async () => {
    await startWith(folded, 'a.folded');
    await editor.send({ kind: 'sandwich', func: await functionOf('parse'), name: 'parse', inside: false });
    await sandwich().waitFor();
    await editor.settled();
    expect(await editor.text('emberline-sandwich header')).toMatch(/parse.*Total 54 54\.0%/);
  });
});
