import type { Profile } from '../profile/profile';
import { type LineIndex, lineShares } from './lines';
import { passes, sampleMask } from './sampleMask';
import type { ViewSpec } from './viewSpec';

/** When a line was on the stack. All in the sample type's unit. */
export interface LineTimeline {
  /** Nanoseconds since the profile's start: where the first bucket begins and the last one ends. */
  readonly from: number;
  readonly to: number;
  /** Per bucket: value of the samples with the line on their stack. */
  readonly line: number[];
  /** Per bucket: value of all samples of the view. */
  readonly all: number[];
  /**
   * Whether the format counts a function's lines over the whole profile only (V8): then the line has its part of each
   * sample of its function, and `line` says when that ran.
   */
  readonly ofFunction: boolean;
}

/**
 * Divides the time of a view into `buckets` of equal length and sums by them what began in each: of the line, and of all.
 *
 * @returns null where samples have no times, or all have the same
 */
export function lineTimeline(
  profile: Profile,
  index: LineIndex,
  view: ViewSpec,
  entry: number,
  buckets: number,
): LineTimeline | null {
  const { samples } = profile;
  const { time } = samples;
  if (time === null) return null;
  const mask = sampleMask(profile, view);
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < samples.length; i++) {
    if (!passes(mask, samples, i)) continue;
    if (time[i] < from) from = time[i];
    if (time[i] > to) to = time[i];
  }
  if (!(to > from)) return null;
  const share = lineShares(profile, index, entry);
  const values = samples.values[view.sampleType];
  const line = new Array<number>(buckets).fill(0);
  const all = new Array<number>(buckets).fill(0);
  let ofFunction = false;
  for (let i = 0; i < samples.length; i++) {
    if (!passes(mask, samples, i)) continue;
    const bucket = Math.min(buckets - 1, Math.floor(((time[i] - from) / (to - from)) * buckets));
    all[bucket] += values[i];
    const stack = samples.stack[i];
    if (stack < 0) continue;
    line[bucket] += values[i] * share[stack];
    ofFunction ||= share[stack] > 0 && share[stack] < 1;
  }
  return { from, to, line, all, ofFunction };
}
