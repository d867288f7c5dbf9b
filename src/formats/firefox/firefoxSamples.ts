import type { ProfileBuilder } from '../../profile/profileBuilder';

/** Sample types of Firefox's profiles; a profile has those that its threads have. */
export interface FirefoxTypes {
  /** Weighted by one, or by the thread's `samples` weights. */
  readonly samples: number;
  /** Self time of traces (`tracing-ms`). */
  readonly time: number;
  /** CPU time since the thread's sample before. */
  readonly cpu: number;
  /** Weights in bytes of profiles of sizes. */
  readonly bytes: number;
}

/** One thread's samples, as columns of equal meaning in both formats. */
export interface FirefoxSamples {
  readonly length: number;
  /** Stack in the profile, -1 for none. */
  readonly stack: (row: number) => number;
  /** Milliseconds since the process's start; NaN where unknown. */
  readonly time: (row: number) => number;
  /** Null: one each. */
  readonly weight: ((row: number) => number) | null;
  readonly weightType: 'samples' | 'tracing-ms' | 'bytes';
  /** In the unit of the type `cpu`; null where the thread has none. */
  readonly cpuDelta: ((row: number) => number) | null;
}

/**
 * Adds a thread's samples. CPU time of a sample is that since the one before, as Firefox counts it, so that the first
 * has none.
 * @param shift milliseconds to add to a time, so that it counts from the profile's start
 */
export function addFirefoxSamples(
  builder: ProfileBuilder,
  types: FirefoxTypes,
  thread: number,
  samples: FirefoxSamples,
  shift: number,
): void {
  const { weight, cpuDelta } = samples;
  const weighed =
    samples.weightType === 'samples' ? types.samples : samples.weightType === 'bytes' ? types.bytes : types.time;
  for (let i = 0; i < samples.length; i++) {
    const time = (samples.time(i) + shift) * 1e6;
    const row = builder.addSample(samples.stack(i), thread, Number.isFinite(time) ? time : null, -1);
    const value = weight === null ? 1 : weight(i);
    builder.setValue(row, weighed, Number.isFinite(value) ? value : 0);
    const cpu = cpuDelta === null || i === 0 ? 0 : cpuDelta(i);
    if (Number.isFinite(cpu) && cpu > 0) builder.setValue(row, types.cpu, cpu);
  }
}
