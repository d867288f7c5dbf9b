import type { Profile } from '../profile/profile';
import type { ViewSpec } from './viewSpec';

/** What the samples of a view add to each stack. */
export interface StackValues {
  /** Per stack: value of the samples whose leaf it is, in the sample type's unit. */
  readonly self: Float64Array;
  /** Per stack: number of samples whose leaf it is. */
  readonly count: Float64Array;
  /** Sum over all samples of the view, those with empty stacks included. */
  readonly total: number;
  readonly samples: number;
}

/** Index of the sample type that counts samples, -1 where the format has none (heap profiles). */
export function samplesColumn(profile: Profile): number {
  return profile.sampleTypes.findIndex(({ type, unit }) => type === 'samples' && unit === 'count');
}

/** Sums a view's samples by leaf stack. */
export function sumStacks(profile: Profile, view: ViewSpec): StackValues {
  const { samples, stacks } = profile;
  const countColumn = samplesColumn(profile);
  const columns = {
    stack: samples.stack,
    values: samples.values[view.sampleType],
    counts: countColumn < 0 ? null : samples.values[countColumn],
    self: new Float64Array(stacks.length),
    count: new Float64Array(stacks.length),
  };
  // Without threads, all samples are of thread 0.
  if (view.thread === null || (samples.thread === null && view.thread === 0)) return sumAll(columns);
  return sumThread(columns, samples.thread, view.thread);
}

interface SummedColumns {
  readonly stack: Int32Array;
  readonly values: Float64Array;
  /** Samples that each row stands for; null where it is one. */
  readonly counts: Float64Array | null;
  readonly self: Float64Array;
  readonly count: Float64Array;
}

function sumAll({ stack, values, counts, self, count }: SummedColumns): StackValues {
  let total = 0;
  let samples = 0;
  for (let i = 0; i < stack.length; i++) {
    const of = stack[i];
    const value = values[i];
    const times = counts === null ? 1 : counts[i];
    total += value;
    samples += times;
    if (of >= 0) {
      self[of] += value;
      count[of] += times;
    }
  }
  return { self, count, total, samples };
}

function sumThread(
  { stack, values, counts, self, count }: SummedColumns,
  threads: Int32Array | null,
  wanted: number,
): StackValues {
  let total = 0;
  let samples = 0;
  for (let i = 0; i < stack.length; i++) {
    if (threads === null || threads[i] !== wanted) continue;
    const of = stack[i];
    const times = counts === null ? 1 : counts[i];
    total += values[i];
    samples += times;
    if (of >= 0) {
      self[of] += values[i];
      count[of] += times;
    }
  }
  return { self, count, total, samples };
}
