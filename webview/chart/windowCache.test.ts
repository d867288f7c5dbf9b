import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FlameWindow } from '../../src/engine/flameApi';
import { testWindow } from './testWindow';
import { serves, WindowCache, type WindowSource } from './windowCache';

const view = { sampleType: 0, thread: null };

/** An engine with an axis of 1000 that answers when told to. */
function engine(): { source: WindowSource; asked: Parameters<WindowSource>[]; answer(): Promise<void> } {
  const asked: Parameters<WindowSource>[] = [];
  const answers: (() => void)[] = [];
  const source: WindowSource = (params, signal) => {
    asked.push([params, signal]);
    return new Promise<FlameWindow>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
      answers.push(() => {
        const span = params.to - params.from;
        const to = Math.min(1000, params.to);
        const from = Math.max(0, params.from - span);
        resolve(
          testWindow([[[0, 1000, 0]]], { from, to: Math.min(1000, to + span), resolution: span / params.pixels / 2 }),
        );
      });
    });
  };
  return {
    source,
    asked,
    answer: async () => {
      for (const each of answers.splice(0)) each();
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function shown(): Promise<{ cache: WindowCache; arrived: boolean[] } & ReturnType<typeof engine>> {
  const fake = engine();
  const arrived: boolean[] = [];
  const cache = new WindowCache(
    7,
    fake.source,
    (layout) => arrived.push(layout),
    () => undefined,
  );
  void cache.setLayout(view, 'leftHeavy', 500);
  await fake.answer();
  await fake.answer();
  return { ...fake, cache, arrived };
}

describe('a layout', () => {
  it('is asked for twice where its length was not known: the first answer is too coarse', async () => {
    const { asked, arrived, cache } = await shown();
    expect(asked.map(([{ to }]) => to)).toEqual([Number.MAX_VALUE, 1000]);
    expect(arrived).toEqual([true]);
    expect(cache.overview?.resolution).toBe(1);
    expect(cache.switching).toBe(false);
  });

  it('stays on screen until the next one is there; only the newest counts', async () => {
    const { cache, answer, arrived, asked } = await shown();
    const before = cache.overview;
    void cache.setLayout({ sampleType: 1, thread: null }, 'leftHeavy', 500);
    void cache.setLayout({ sampleType: 2, thread: null }, 'leftHeavy', 500);
    expect(cache.overview).toBe(before);
    expect(asked[2]![1].aborted).toBe(true);
    await answer();
    await answer();
    expect(cache.shown?.view.sampleType).toBe(2);
    expect(arrived).toEqual([true, true]);
  });
});

describe('a view', () => {
  it('that the overview serves asks for nothing', async () => {
    const { cache, asked } = await shown();
    cache.want({ from: 0, to: 1000 }, 500);
    await vi.advanceTimersByTimeAsync(500);
    expect(asked).toHaveLength(2);
  });

  it('zoomed in asks for a finer window, once', async () => {
    const { cache, asked, answer, arrived } = await shown();
    cache.want({ from: 400, to: 500 }, 500);
    await vi.advanceTimersByTimeAsync(100);
    const { from, to, pixels } = asked[2]![0];
    expect([from, to]).toEqual([400, 500]);
    expect(pixels / (to - from)).toBeCloseTo(5);
    await answer();
    expect(arrived).toEqual([true, false]);
    cache.want({ from: 400, to: 500 }, 500);
    await vi.advanceTimersByTimeAsync(500);
    expect(asked).toHaveLength(3);
    expect(cache.best({ from: 400, to: 500 })).toBe(cache.detail);
    expect(cache.best({ from: 0, to: 500 })).toBe(cache.overview);
  });

  it('that moves on cancels what is under way and asks for the newest', async () => {
    const { cache, asked, answer } = await shown();
    for (let i = 0; i < 20; i++) {
      cache.want({ from: 100 + i, to: 150 + i }, 500);
      await vi.advanceTimersByTimeAsync(16);
    }
    await vi.advanceTimersByTimeAsync(200);
    const detail = asked.slice(2);
    expect(detail.length).toBeLessThan(8);
    expect(detail.slice(0, -1).every(([, signal]) => signal.aborted)).toBe(true);
    expect(detail.at(-1)![1].aborted).toBe(false);
    await answer();
    expect(serves(cache.detail!, { from: 119, to: 169 }, 500)).toBe(true);
  });

  it('is not asked for for ever when the engine answers too coarsely', async () => {
    let asked = 0;
    const cache = new WindowCache(
      7,
      async () => {
        asked++;
        return testWindow([[[0, 1000, 0]]], { resolution: 3 });
      },
      () => cache.want({ from: 10, to: 20 }, 500),
      () => undefined,
    );
    await cache.setLayout(view, 'leftHeavy', 500);
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toBe(2 + 1);
  });
});
