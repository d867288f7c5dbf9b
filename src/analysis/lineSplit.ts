import type { Profile } from '../profile/profile';
import { indexDimension } from './dimensions';
import { type LineIndex, lineShares } from './lines';
import { passes, sampleMask } from './sampleMask';
import type { Dimension, ViewSpec } from './viewSpec';

/** How one line's total divides among the values of a dimension, heaviest first. */
export interface LineSplit {
  readonly by: Dimension;
  readonly values: readonly { readonly value: string | null; readonly total: number }[];
}

/**
 * Divides the total of a line's samples by each of `dimensions`, of which those with a single value in the view are left
 * out: they divide nothing. One pass over the samples, whatever the dimensions are.
 */
export function splitLine(
  profile: Profile,
  index: LineIndex,
  view: ViewSpec,
  entry: number,
  dimensions: readonly Dimension[],
): LineSplit[] {
  if (dimensions.length === 0) return [];
  const { samples, threads, labels } = profile;
  const share = lineShares(profile, index, entry);
  const mask = sampleMask(profile, view);
  const values = samples.values[view.sampleType];
  const sums = { thread: new Float64Array(threads.length), labelSet: new Float64Array(labels.length + 1) };
  const seen = { thread: new Uint8Array(threads.length), labelSet: new Uint8Array(labels.length + 1) };
  for (let i = 0; i < samples.length; i++) {
    if (!passes(mask, samples, i)) continue;
    const thread = samples.thread === null ? 0 : samples.thread[i];
    const set = samples.labelSet === null ? 0 : samples.labelSet[i] + 1;
    seen.thread[thread] = 1;
    seen.labelSet[set] = 1;
    const stack = samples.stack[i];
    if (stack < 0 || share[stack] === 0) continue;
    const value = values[i] * share[stack];
    sums.thread[thread] += value;
    sums.labelSet[set] += value;
  }
  const splits: LineSplit[] = [];
  for (const by of dimensions) {
    const { of, number, values: texts } = indexDimension(profile, by);
    const totals = new Float64Array(texts.length);
    const present = new Uint8Array(texts.length);
    for (let i = 0; i < number.length; i++) {
      totals[number[i]] += sums[of][i];
      present[number[i]] |= seen[of][i];
    }
    if (present.reduce((sum, each) => sum + each, 0) < 2) continue;
    const found: { value: string | null; total: number }[] = [];
    for (let i = 0; i < texts.length; i++) if (totals[i] !== 0) found.push({ value: texts[i], total: totals[i] });
    found.sort((a, b) => Math.abs(b.total) - Math.abs(a.total));
    splits.push({ by, values: found });
  }
  return splits;
}
