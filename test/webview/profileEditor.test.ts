import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BACKGROUND, breadcrumb, editor, searchField, start, startWith } from './openEditor';
import { folded, timedCpuprofile } from './profiles';

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

it('opens what Node itself recorded', async () => {
  await start();
  const summary = await editor.open(
    readFileSync(process.env['EMBERLINE_REAL'] ?? 'test/fixtures/node.cpuprofile'),
    'node.cpuprofile',
  );
  expect(summary.timed).toBe(true);
  expect(await editor.chartColor(0.01, 0)).not.toBe(BACKGROUND);
});
