import { freeColumn } from '../profile/growColumn';
import type { Profile } from '../profile/profile';
import { countOfRow, type SampleCounts, sampleCounts } from './sampleCounts';
import { type SampleMask, sampleMask } from './sampleMask';
import type { ViewSpec } from './viewSpec';
import { sumStacksByWasm } from './wasm/stackValues';

/** What the samples of a view add to each stack. */
export interface StackValues {
  /** Per stack: value of the samples whose leaf it is, in the sample type's unit. */
  readonly self: Float64Array;
  /** Per stack: number of samples whose leaf it is, as `sampleCounts` counts them. */
  readonly count: Float64Array;
  /** Sum over all samples of the view, those with empty stacks included. */
  readonly total: number;
  readonly samples: number;
}

/** Samples from which on WebAssembly is worth its start. */
const WORTH_WASM = 1 << 16;

/** Sums a view's samples by leaf stack. */
export function sumStacks(profile: Profile, view: ViewSpec): StackValues {
  const { samples, stacks } = profile;
  const counts = sampleCounts(profile, view.sampleType);
  const mask = sampleMask(profile, view);
  const fast =
    counts.column === null && mask === null && samples.length >= WORTH_WASM
      ? sumStacksByWasm(stacks.length, samples.stack, samples.values[view.sampleType], counts.valued)
      : null;
  return fast ?? sumStacksByScript(profile, view, mask);
}

/** `sumStacks` without WebAssembly. */
export function sumStacksByScript(
  profile: Profile,
  view: ViewSpec,
  mask: SampleMask | null = sampleMask(profile, view),
): StackValues {
  const { samples, stacks } = profile;
  const counts = sampleCounts(profile, view.sampleType);
  // Self and count of a stack side by side: with many stacks, each sample then misses the cache once instead of twice.
  const sums = new Float64Array(2 * stacks.length);
  const values = samples.values[view.sampleType];
  const { total, count } =
    mask === null ? addSamples(samples.stack, values, counts, sums) : addMasked(profile, values, counts, mask, sums);
  const self = new Float64Array(stacks.length);
  const countOf = new Float64Array(stacks.length);
  for (let stack = 0; stack < stacks.length; stack++) {
    self[stack] = sums[2 * stack];
    countOf[stack] = sums[2 * stack + 1];
  }
  freeColumn(sums);
  return { self, count: countOf, total, samples: count };
}

/** @param sums self and count of each stack, added to */
function addSamples(
  stacks: Int32Array,
  values: Float64Array,
  counts: SampleCounts,
  sums: Float64Array,
): { total: number; count: number } {
  let total = 0;
  let count = 0;
  for (let i = 0; i < stacks.length; i++) {
    const stack = stacks[i];
    const value = values[i];
    const times = countOfRow(counts, i, value);
    total += value;
    count += times;
    if (stack < 0) continue;
    sums[2 * stack] += value;
    sums[2 * stack + 1] += times;
  }
  return { total, count };
}

/** `addSamples` of those that pass. */
function addMasked(
  { samples }: Profile,
  values: Float64Array,
  counts: SampleCounts,
  mask: SampleMask,
  sums: Float64Array,
): { total: number; count: number } {
  const { stack: stacks, thread, labelSet, time } = samples;
  const { threads, labelSets, stacks: kept, times: shown } = mask;
  let total = 0;
  let count = 0;
  for (let i = 0; i < stacks.length; i++) {
    // Without threads, all samples are of thread 0.
    if (threads !== null && threads[thread === null ? 0 : thread[i]] === 0) continue;
    if (labelSets !== null && labelSets[labelSet === null ? 0 : labelSet[i] + 1] === 0) continue;
    const stack = stacks[i];
    if (kept !== null && (stack < 0 || kept[stack] === 0)) continue;
    if (shown !== null && !(time![i] >= shown.from && time![i] < shown.to)) continue;
    const value = values[i];
    const times = countOfRow(counts, i, value);
    total += value;
    count += times;
    if (stack < 0) continue;
    sums[2 * stack] += value;
    sums[2 * stack + 1] += times;
  }
  return { total, count };
}
