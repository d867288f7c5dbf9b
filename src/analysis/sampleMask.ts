import type { Profile, SampleTable } from '../profile/profile';
import { forEachValue, indexDimension } from './dimensions';
import type { FilterTerm, ViewSpec } from './viewSpec';

/** Which samples a view has: one byte a thread and one a label set, computed once, through which all samples pass. */
export interface SampleMask {
  /** Per thread: 1 to pass; null where all do. */
  readonly threads: Uint8Array | null;
  /** Per label set + 1 (0: no labels): 1 to pass; null where all do. */
  readonly labelSets: Uint8Array | null;
  /** Per stack: 1 to pass; null where all do, those with empty stacks too. */
  readonly stacks: Uint8Array | null;
  /** Nanoseconds since the profile's start, `to` excluded; null where all pass. */
  readonly times: { readonly from: number; readonly to: number } | null;
}

/** The mask of a view's thread, filter and selection, null where every sample passes. */
export function sampleMask(profile: Profile, { thread, filter, within }: ViewSpec): SampleMask | null {
  const threads = new Uint8Array(profile.threads.length).fill(1);
  const labelSets = new Uint8Array(profile.labels.length + 1).fill(1);
  if (thread !== null) for (let i = 0; i < threads.length; i++) threads[i] = i === thread ? 1 : 0;
  for (const term of filter ?? []) {
    if (term.by === 'thread' || term.by === 'process') keepThreads(profile, term, threads);
    else keepSets(profile, term, labelSets);
  }
  const allThreads = passesAll(profile.samples.thread === null ? threads.subarray(0, 1) : threads);
  const allSets = passesAll(profile.samples.labelSet === null ? labelSets.subarray(0, 1) : labelSets);
  const stacks = within && within.path.length > 0 ? stacksBelow(profile, within.path) : null;
  const times = (profile.samples.time !== null && within?.times) || null;
  if (allThreads && allSets && stacks === null && times === null) return null;
  return { threads: allThreads ? null : threads, labelSets: allSets ? null : labelSets, stacks, times };
}

/** Which stacks begin with the functions of `path`, one byte a stack. */
function stacksBelow({ stacks, frames }: Profile, path: readonly number[]): Uint8Array {
  const below = new Uint8Array(stacks.length);
  /** How many functions of the path each stack has matched, -1 where it left it. */
  const matched = new Int32Array(stacks.length);
  for (let stack = 0; stack < stacks.length; stack++) {
    const prefix = stacks.prefix[stack];
    const before = prefix < 0 ? 0 : matched[prefix];
    if (before === path.length) matched[stack] = before;
    else if (before >= 0 && frames.func[stacks.frame[stack]] === path[before]) matched[stack] = before + 1;
    else matched[stack] = -1;
    below[stack] = matched[stack] === path.length ? 1 : 0;
  }
  return below;
}

function keepThreads(profile: Profile, { by, values }: FilterTerm, threads: Uint8Array): void {
  const index = indexDimension(profile, by);
  const wanted = new Set(values);
  for (let i = 0; i < threads.length; i++) if (!wanted.has(index.values[index.number[i]])) threads[i] = 0;
}

function keepSets(profile: Profile, { by, values }: FilterTerm, labelSets: Uint8Array): void {
  const wanted = new Set(values);
  const kept = new Uint8Array(labelSets.length);
  const has = new Uint8Array(labelSets.length);
  forEachValue(profile, by.slice('label:'.length), (set, value) => {
    has[set + 1] = 1;
    if (wanted.has(value)) kept[set + 1] = 1;
  });
  const without = wanted.has(null) ? 1 : 0;
  for (let i = 0; i < labelSets.length; i++) labelSets[i] &= has[i] === 1 ? kept[i] : without;
}

function passesAll(mask: Uint8Array): boolean {
  return mask.indexOf(0) < 0;
}

/** Whether one sample passes. */
export function passes(mask: SampleMask | null, samples: SampleTable, i: number): boolean {
  if (mask === null) return true;
  const { threads, labelSets, stacks, times } = mask;
  if (stacks !== null && (samples.stack[i] < 0 || stacks[samples.stack[i]] === 0)) return false;
  if (times !== null && !(samples.time![i] >= times.from && samples.time![i] < times.to)) return false;
  if (threads !== null && threads[samples.thread === null ? 0 : samples.thread[i]] === 0) return false;
  return labelSets === null || labelSets[samples.labelSet === null ? 0 : samples.labelSet[i] + 1] !== 0;
}
