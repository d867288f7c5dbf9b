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
  const self = new Float64Array(stacks.length);
  const count = new Float64Array(stacks.length);
  const values = samples.values[view.sampleType];
  const countColumn = samplesColumn(profile);
  const counts = countColumn < 0 ? null : samples.values[countColumn];
  const threads = samples.thread;
  const wanted = view.thread;
  let total = 0;
  let sampleCount = 0;
  for (let i = 0; i < samples.length; i++) {
    if (wanted !== null && (threads === null ? 0 : threads[i]) !== wanted) continue;
    const value = values[i];
    const times = counts === null ? 1 : counts[i];
    total += value;
    sampleCount += times;
    const stack = samples.stack[i];
    if (stack < 0) continue;
    self[stack] += value;
    count[stack] += times;
  }
  return { self, count, total, samples: sampleCount };
}
