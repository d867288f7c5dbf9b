import { describe, expect, it } from 'vitest';
import { breadcrumb, editor, startWith, tableColumn } from './openEditor';
import { folded, HOSTILE_NAMES, hostileFolded, longTimes, timedCpuprofile } from './profiles';
import type { ThemeName } from './themes';

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
