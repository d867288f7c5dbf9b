import { expect, it } from 'vitest';
import { turn } from './turns';

/** Holds the thread up. */
function busy(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

it('lets timers have their turn between the steps of a hundred at once', async () => {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks++;
  }, 1);
  let done = 0;
  const work = async (): Promise<void> => {
    await turn();
    busy(2);
    done++;
  };
  await Promise.all(Array.from({ length: 100 }, work));
  clearInterval(timer);
  expect(done).toBe(100);
  // Without turns, no timer would run before all 200 ms are over.
  expect(ticks).toBeGreaterThan(5);
});
