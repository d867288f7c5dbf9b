import type { Profile, SampleTable } from '../profile/profile';
import { forEachValue, indexDimension } from './dimensions';
import type { FilterTerm, ViewSpec } from './viewSpec';

/** Which samples a view has: one byte a thread and one a label set, computed once, through which all samples pass. */
export interface SampleMask {
  /** Per thread: 1 to pass; null where all do. */
  readonly threads: Uint8Array | null;
  /** Per label set + 1 (0: no labels): 1 to pass; null where all do. */
  readonly labelSets: Uint8Array | null;
}

/** The mask of a view's thread and filter, null where every sample passes. */
export function sampleMask(profile: Profile, { thread, filter }: ViewSpec): SampleMask | null {
  const threads = new Uint8Array(profile.threads.length).fill(1);
  const labelSets = new Uint8Array(profile.labels.length + 1).fill(1);
  if (thread !== null) for (let i = 0; i < threads.length; i++) threads[i] = i === thread ? 1 : 0;
  for (const term of filter ?? []) {
    if (term.by === 'thread' || term.by === 'process') keepThreads(profile, term, threads);
    else keepSets(profile, term, labelSets);
  }
  const allThreads = passesAll(profile.samples.thread === null ? threads.subarray(0, 1) : threads);
  const allSets = passesAll(profile.samples.labelSet === null ? labelSets.subarray(0, 1) : labelSets);
  return allThreads && allSets ? null : { threads: allThreads ? null : threads, labelSets: allSets ? null : labelSets };
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
  const { threads, labelSets } = mask;
  if (threads !== null && threads[samples.thread === null ? 0 : samples.thread[i]] === 0) return false;
  return labelSets === null || labelSets[samples.labelSet === null ? 0 : samples.labelSet[i] + 1] !== 0;
}
