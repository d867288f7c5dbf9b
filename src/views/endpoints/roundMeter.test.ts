import { spawnSync } from 'node:child_process';
import { afterEach, expect, it, vi } from 'vitest';
import { RoundMeter } from './roundMeter';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** The processor time of this process is what a test says, in ms. */
function processor(): { ms: number } {
  const spent = { ms: 0 };
  vi.spyOn(process, 'cpuUsage').mockImplementation(() => ({ user: spent.ms * 1000, system: 0 }));
  return spent;
}

it('counts what is done once the sampling is over', () => {
  const spent = processor();
  const meter = new RoundMeter(60_000, false);
  spent.ms += 300;
  meter.answered();
  spent.ms += 60;
  meter.answered();
  expect(meter.end().cpuMs).toBe(60);
});

it('counts what is done while answers come in, after the seconds that were asked for', () => {
  vi.useFakeTimers();
  const spent = processor();
  const meter = new RoundMeter(5000, false);
  spent.ms += 300;
  vi.advanceTimersByTime(5000);
  spent.ms += 40;
  meter.answered();
  spent.ms += 60;
  vi.advanceTimersByTime(1000);
  expect(meter.end()).toEqual({ cpuMs: 100, wallMs: 6000 });
});

it.runIf(process.platform === 'linux')('counts a sampler that is a program of its own', () => {
  processor();
  const spend = 'const end = process.cpuUsage().user + 2e5; while (process.cpuUsage().user < end);';
  const meter = new RoundMeter(60_000, true);
  spawnSync(process.execPath, ['-e', spend]);
  expect(meter.end().cpuMs).toBeGreaterThan(150);
});
