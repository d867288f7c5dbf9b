import { describe, expect, test } from 'vitest';
import { type ChangeWhole, changeOf } from './change';
import { type Comparable, compareViews, isState } from './comparison';
import { ratesDiffer, sharesDiffer } from './significance';

const profile = (parts: Partial<Comparable> = {}): Comparable => ({
  name: 'base.pb.gz',
  sampleTypes: [
    { type: 'samples', unit: 'count' },
    { type: 'cpu', unit: 'nanoseconds' },
  ],
  durationMs: 1000,
  threads: [{ title: 'main' }],
  processes: [{ title: 'app' }],
  labels: [],
  ...parts,
});

describe('what is compared', () => {
  test('the same sample type, wherever the baseline has it', () => {
    const base = profile({ sampleTypes: [{ type: 'cpu', unit: 'nanoseconds' }] });
    const found = compareViews(profile(), { sampleType: 1, thread: null }, base);
    expect(found).toMatchObject({ view: { sampleType: 0, thread: null }, by: 'share', scale: 1, counted: false });
    expect(compareViews(profile(), { sampleType: 0, thread: null }, base)).toEqual({
      kind: 'incomparable',
      problem: 'base.pb.gz has no samples (count) to compare with: it has cpu (nanoseconds).',
    });
  });

  test('the same thread and filter as far as the baseline has them, and says so', () => {
    const threads = [{ title: 'main' }, { title: 'io' }];
    const labels = [{ key: 'route', values: [{ value: '/a' }], distinct: 1 }];
    const filter = [{ by: 'label:route' as const, values: ['/a'] }];
    const view = { sampleType: 0, thread: 1, filter };
    const both = profile({ threads: [...threads].reverse(), labels });
    expect(compareViews(profile({ threads, labels }), view, both)).toMatchObject({
      view: { sampleType: 0, thread: 0, filter },
      notes: [],
    });
    const neither = compareViews(profile({ threads, labels }), view, profile());
    expect(neither).toMatchObject({
      view: { sampleType: 0, thread: null },
      notes: [/thread/, /route/].map(() => expect.any(String)),
    });
  });

  test('the same process and thread, whose ids are others in each run', () => {
    const of = (...titles: string[]): Comparable => {
      const all = titles.map((title) => ({ title }));
      return profile({ threads: all, processes: all });
    };
    const now = of('server.js [17] « shop', 'worker (pid 3)', 'pid 4');
    const then = of('pid 8', 'worker (pid 9)', 'server.js [12] « shop');
    const filter = [{ by: 'process' as const, values: ['server.js [17] « shop', null] }];
    expect(compareViews(now, { sampleType: 0, thread: 1, filter }, then)).toMatchObject({
      view: { thread: 1, filter: [{ by: 'process', values: ['server.js [12] « shop', null] }] },
      notes: [],
    });
    // Which of two it would be is not known.
    const two = of('server.js [12] « shop', 'server.js [13] « shop');
    const unknown = compareViews(now, { sampleType: 0, thread: 0 }, two);
    expect(unknown).toMatchObject({ view: { thread: null }, notes: [expect.stringMatching(/has no thread/)] });
    expect(compareViews(two, { sampleType: 0, thread: 0 }, now)).toMatchObject({ view: { thread: null } });
  });

  test('states as they are; by rate only where durations are known', () => {
    const heap = profile({ sampleTypes: [{ type: 'inuse_space', unit: 'bytes' }] });
    expect(compareViews(heap, { sampleType: 0, thread: null }, heap, 'rate')).toMatchObject({ by: 'value', scale: 1 });
    const longer = profile({ durationMs: 4000 });
    const view = { sampleType: 0, thread: null };
    expect(compareViews(profile(), view, longer, 'rate')).toMatchObject({ by: 'rate', scale: 0.25 });
    expect(compareViews(profile(), view, profile({ durationMs: null }), 'rate')).toMatchObject({ by: 'share' });
    expect(['inuse_objects', 'goroutine', 'alloc_space', 'cpu'].map(isState)).toEqual([true, true, false, false]);
  });
});

describe('significance', () => {
  test('shares: ten times the samples tell what few do not', () => {
    expect(sharesDiffer(12, 100, 8, 100)).toBe(false);
    expect(sharesDiffer(1200, 10_000, 800, 10_000)).toBe(true);
    expect(sharesDiffer(50, 100, 50, 100)).toBe(false);
    expect(sharesDiffer(0, 0, 5, 10)).toBe(false);
  });

  test('a run against itself is seldom a change', () => {
    // Two draws of 1,000 samples of one distribution, 2,000 times: by chance 0.27 % exceed three standard errors.
    let state = 1;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const draw = (): number => {
      let count = 0;
      for (let i = 0; i < 1000; i++) if (random() < 0.1) count++;
      return count;
    };
    let wrong = 0;
    for (let i = 0; i < 2000; i++) if (sharesDiffer(draw(), 1000, draw(), 1000)) wrong++;
    expect(wrong).toBeLessThan(15);
  });

  test('rates: twice the samples in twice the time are no change', () => {
    expect(ratesDiffer(200, 100, 2)).toBe(false);
    expect(ratesDiffer(400, 100, 2)).toBe(true);
    expect(ratesDiffer(0, 0, 2)).toBe(false);
  });
});

describe('change', () => {
  const whole: ChangeWhole = {
    viewTotal: 1000,
    viewSamples: 1000,
    baseTotal: 2000,
    baseSamples: 2000,
    by: 'share',
    scale: 1,
    counted: true,
  };

  test('by share: the difference of shares of each', () => {
    expect(changeOf(300, 300, 200, 200, whole)).toEqual({ share: 0.3 - 0.1, value: 100, sure: true });
    expect(changeOf(100, 100, 200, 200, whole)).toMatchObject({ share: 0, sure: false });
  });

  test('by rate: the baseline is scaled to the duration', () => {
    const rate = { ...whole, by: 'rate', scale: 0.5 } as const;
    expect(changeOf(100, 100, 200, 200, rate)).toMatchObject({ share: 0, value: 0, sure: false });
    expect(changeOf(300, 300, 200, 200, rate)).toMatchObject({ share: 0.3 - 0.1, value: 200, sure: true });
  });

  test('a state: as it is, against the whole of now', () => {
    const state = { ...whole, by: 'value', counted: false } as const;
    expect(changeOf(300, 3, 200, 2, state)).toMatchObject({ share: 0.3 - 0.2, value: 100, sure: true });
    expect(changeOf(203, 3, 200, 2, state)).toMatchObject({ sure: false });
  });
});
