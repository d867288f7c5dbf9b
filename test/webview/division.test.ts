import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { announced, editor, start } from './openEditor';
import { fleetCapture, manyThreads } from './profiles';

const button = (name: string): Locator => editor.page.getByRole('button', { name, exact: true });
const list = (): Locator => editor.page.locator('emberline-choice-list');
const listed = (): Promise<string[]> => list().getByRole('option').locator('.text').allTextContents();
const option = (name: string): Locator => list().getByRole('option').filter({ hasText: name }).first();
const chips = (): Promise<string[]> => editor.page.locator('emberline-division-strip .chip .text').allTextContents();
const root = (): Promise<string | null> =>
  editor.page.locator('emberline-breadcrumb button:visible').first().textContent();
async function figures(): Promise<Record<string, string>> {
  const rows = editor.page.locator('emberline-function-table .row');
  const names = await rows.locator('[data-column=name]').allTextContents();
  const totals = await rows.locator('[data-column=total]').allTextContents();
  return Object.fromEntries(names.map((name, i) => [name.trim(), totals[i]!.replace(/\s+/g, ' ').trim()]));
}
async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await editor.page.keyboard.press(key);
  await editor.settled();
}

describe('the filter', () => {
  it('is chosen by keyboard, a key and then values, and takes chart and table with it', async () => {
    await start();
    await editor.open(fleetCapture(), 'fleet.emberline');
    expect(await figures()).toMatchObject({ main: '100 100.0%', hash: '55 55.0%' });
    await editor.page.getByRole('application').focus();
    await press('f');
    expect(await listed()).toEqual(['instance', 'Process', 'Thread']);
    await press('Enter');
    expect(await listed()).toEqual(['a:6060', 'b:6060']);
    await press('ArrowDown', 'Enter');
    expect(await root()).toBe('All · 40 samples');
    expect(await figures()).toEqual({ wait: '30 75.0%', hash: '10 25.0%', main: '40 100.0%', serve: '10 25.0%' });
    expect(await chips()).toEqual(['instance: b:6060']);
    expect(await option('b:6060').getAttribute('aria-selected')).toBe('true');
    await press('ArrowUp', ' ');
    expect(await root()).toBe('All · 100 samples');
    expect(await chips()).toEqual(['instance: b:6060 or a:6060']);
    await press('Backspace');
    expect(await listed()).toEqual(['instance', 'Process', 'Thread']);
    await press('Escape');
    expect(await list().count()).toBe(0);
    // The keyboard is back with the chart.
    await press('ArrowDown', 'g');
    expect(await listed()).toEqual(['No split', 'instance', 'Process', 'Thread']);
    await press('Escape', 'ArrowDown');
    expect(await announced()).toContain('serve');
  });

  it('is changed and removed by its chip, and also counts in searches', async () => {
    await start();
    await editor.open(fleetCapture(), 'fleet.emberline');
    await button('Filter').click();
    await option('instance').click();
    await option('a:6060').click();
    await editor.page.keyboard.press('Escape');
    await editor.page.getByRole('textbox', { name: 'Search functions and files' }).fill('hash');
    await expect.poll(() => editor.page.locator('.outcome').textContent()).toContain('75.0% matched');
    await button('instance: a:6060 (click to change)').or(editor.page.getByTitle('instance: a:6060 (click')).click();
    expect(await listed()).toEqual(['a:6060', 'b:6060']);
    await option('a:6060').click();
    await option('b:6060').click();
    await editor.settled();
    expect(await chips()).toEqual(['instance: b:6060']);
    await expect.poll(() => editor.page.locator('.outcome').textContent()).toContain('25.0% matched');
    await editor.page.keyboard.press('Escape');
    await button('Remove instance: b:6060').click();
    await editor.settled();
    expect(await editor.page.locator('emberline-division-strip').count()).toBe(0);
    expect(await root()).toBe('All · 100 samples');
  });

  it('says so where nothing passes', async () => {
    await start();
    await editor.open(gunzipSync(readFileSync('test/fixtures/pprof/cpu.pb.gz')), 'cpu.pb');
    for (const [key, value] of [
      ['worker', 'worker-0'],
      ['kind', '(none)'],
    ] as const) {
      await button('Filter').click();
      await option(key).click();
      await option(value).click();
      await editor.page.keyboard.press('Escape');
      await editor.settled();
    }
    await expect
      .poll(() => editor.page.locator('emberline-flame-chart .message').textContent())
      .toContain('with worker: worker-0, kind: (none). Remove a part of the filter');
    await button('Clear all').click();
    await editor.settled();
    expect(await root()).toBe('All · 1.92 s');
  });
});

describe('the split', () => {
  it('puts a frame a value under all stacks, in the chart and in the table', async () => {
    await start();
    await editor.open(fleetCapture(), 'fleet.emberline');
    const before = await editor.chartColor(0.1, 0);
    await editor.page.getByRole('application').focus();
    await press('g', 'ArrowDown', 'Enter');
    expect(await chips()).toEqual(['Split by instance']);
    expect(await figures()).toMatchObject({
      'instance: a:6060': '60 60.0%',
      'instance: b:6060': '40 40.0%',
      main: '100 100.0%',
      hash: '55 55.0%',
    });
    expect(await editor.chartColor(0.1, 1), 'main').toBe(before);
    expect(await editor.chartColor(0.3, 0)).not.toBe(await editor.chartColor(0.7, 0));
    const at = await editor.chartPoint(0.8, 0);
    await editor.page.mouse.move(at.x, at.y);
    await expect.poll(() => editor.text('emberline-hover-card')).toContain('instance: b:6060');
    // Another split has other roots in the same places.
    await press('Escape');
    await button('Split').click();
    await option('Thread').click();
    await editor.settled();
    await editor.page.mouse.move(at.x, at.y - 5);
    await expect.poll(() => editor.text('emberline-hover-card')).toContain('thread: b:6060');
    await button('Remove Split by thread').click();
    await editor.settled();
    expect(await editor.chartColor(0.1, 0)).toBe(before);
  });

  it('and the filter come back as they were left, where they still mean something', async () => {
    await start();
    await editor.open(fleetCapture(), 'fleet.emberline');
    await press('f', 'Enter', 'Enter', 'Escape');
    await press('g', 'ArrowDown', 'Enter');
    const kept = (await editor.keptState())!;
    expect(kept.view).toMatchObject({
      filter: [{ by: 'label:instance', values: ['a:6060'] }],
      splitBy: 'label:instance',
    });
    await editor.close();
    await start();
    await editor.open(fleetCapture(), 'fleet.emberline', kept);
    expect(await chips()).toEqual(['instance: a:6060', 'Split by instance']);
    expect(await figures()).toMatchObject({ 'instance: a:6060': '60 100.0%', gc: '15 25.0%' });
    await editor.open('main;work 3\n', 'plain.folded', kept);
    expect(await editor.page.locator('emberline-division-strip').count()).toBe(0);
    expect(await editor.page.locator('emberline-division-menu').count()).toBe(0);
    expect(await root()).toBe('All · 3 samples');
  });
});

describe('the list of threads', () => {
  it('has them by process, the busiest first, and finds them by name', async () => {
    await start();
    await editor.open(manyThreads(40), 'threads.cpuprofiles');
    await button('Thread: All threads').click();
    expect(await list().locator('.heading').allTextContents()).toEqual(['server.js', 'worker.js']);
    const names = await listed();
    expect(names).toHaveLength(41);
    expect(names.slice(0, 3)).toEqual(['All threads', 'worker 19', 'worker 18']);
    expect(names.at(-1)).toBe('main');
    await editor.page.keyboard.type('worker.js worker 1');
    expect((await listed())[0]).toBe('worker 19');
    expect(await list().locator('.heading').allTextContents()).toEqual(['worker.js']);
    await press('ArrowDown', 'Enter');
    expect(await list().count()).toBe(0);
    expect(await editor.page.locator('emberline-thread-picker button').textContent()).toContain(
      'worker.js · worker 18',
    );
    expect(await root()).toMatch(/^All · 1[89]/);
    expect((await editor.keptState())!.view.thread).not.toBeNull();
  });

  it('has no search and no headings where it is short, and closes when it is left', async () => {
    await start({ width: 700 });
    await editor.open(readFileSync('test/fixtures/threads.cpuprofiles'), 'threads.cpuprofiles');
    await editor.page.locator('emberline-thread-picker button').click();
    expect(await list().locator('vscode-textfield, .heading').count()).toBe(0);
    expect(await listed()).toHaveLength(3);
    await editor.page.locator('.stage').click({ position: { x: 300, y: 300 } });
    expect(await list().count()).toBe(0);
  });

  it('leaves a thread that the filter has nothing of, and the filter for a thread', async () => {
    await start();
    await editor.open(manyThreads(6), 'threads.cpuprofiles');
    await button('Thread: All threads').click();
    await option('worker 2').click();
    await editor.settled();
    await button('Filter').click();
    await option('Process').click();
    await option('worker.js').click();
    await editor.page.keyboard.press('Escape');
    await editor.settled();
    expect(await editor.page.locator('emberline-thread-picker button').textContent()).toContain('All threads');
    expect(await root()).toBe('All · 5.97 s');
    await button('Thread: All threads').click();
    await option('main').click();
    await editor.settled();
    expect(await chips()).toEqual([]);
    expect(await root()).toBe('All · 990 ms');
  });
});

describe('a narrow editor', () => {
  it('has room for all controls, and opens the lists inside', async () => {
    for (const width of [360, 420, 560, 700]) {
      await start({ width });
      await editor.open(manyThreads(40), 'threads.cpuprofiles');
      for (const name of ['Filter', 'Split', 'Keyboard and mouse', 'Show everything']) {
        const box = (await button(name).boundingBox())!;
        expect(box.x + box.width, `${name} at ${width}`).toBeLessThanOrEqual(width);
      }
      const search = (await editor.page.locator('emberline-search-box .field').boundingBox())!;
      expect(search.x + search.width).toBeLessThanOrEqual(width);
      await button('Thread: All threads').click();
      await expect
        .poll(async () => {
          const { x, width: wide } = (await list().boundingBox())!;
          return x >= 0 && x + wide <= width;
        })
        .toBe(true);
      await editor.page.keyboard.press('Escape');
      await button('Filter').click();
      await option('Thread').click();
      const box = (await list().boundingBox())!;
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(width);
      expect(box.y + box.height).toBeLessThanOrEqual(720);
      if (width !== 700) await editor.close();
    }
  });
});

it('tells screen readers what the lists are', async () => {
  await start();
  await editor.open(fleetCapture(), 'fleet.emberline');
  await button('Filter').click();
  await option('instance').click();
  const snapshot = await list().ariaSnapshot();
  for (const part of ['listbox "instance"', 'option "a:6060 60 samples"', 'button "Back"']) {
    expect(snapshot).toContain(part);
  }
});
