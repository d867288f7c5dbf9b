import { isOnesColumn } from '../profile/ones';
import type { Profile } from '../profile/profile';

/** How many samples the rows of a profile stand for, seen by one of its sample types. */
export interface SampleCounts {
  /** Samples of each row; null where each is one. */
  readonly column: Float64Array | null;
  /** Whether only rows count that have a value of the type: the others tell of something else. */
  readonly valued: boolean;
}

/** Index of the sample type that counts samples, -1 where the format has none (heap profiles). */
export function samplesColumn(profile: Profile): number {
  return profile.sampleTypes.findIndex(({ type, unit }) => type === 'samples' && unit === 'count');
}

const known = new WeakMap<Profile['samples'], SampleCounts[]>();

/**
 * What counts as a sample of a type. Where the type weighs the profile's samples (V8's time, pprof's cpu), that is what
 * `samples` says, of samples without a weight too. Locks, allocations or exceptions beside samples of running code are
 * rows of their own, and bytes are of the rows that have some.
 */
export function sampleCounts(profile: Profile, sampleType: number): SampleCounts {
  let ofTypes = known.get(profile.samples);
  if (ofTypes === undefined) {
    ofTypes = [];
    known.set(profile.samples, ofTypes);
  }
  ofTypes[sampleType] ??= decide(profile, sampleType);
  return ofTypes[sampleType];
}

/** Samples that a row stands for whose value of the sample type is `value`. */
export function countOfRow({ column, valued }: SampleCounts, row: number, value: number): number {
  if (!valued) return column === null ? 1 : column[row];
  return value === 0 ? 0 : column === null ? 1 : column[row] || 1;
}

function decide(profile: Profile, sampleType: number): SampleCounts {
  const { samples, sampleTypes } = profile;
  const { type, unit } = sampleTypes[sampleType];
  const values = samples.values[sampleType];
  if (unit === 'count' && /(?:^|_)samples$/.test(type)) {
    return { column: isOnesColumn(values) ? null : values, valued: false };
  }
  const index = samplesColumn(profile);
  if (index < 0) return { column: null, valued: sampleTypes.length > 1 };
  const bytes = unit === 'bytes';
  const column = samples.values[index];
  if (isOnesColumn(column)) return { column: null, valued: bytes };
  if (isApart(values, column)) return { column: null, valued: true };
  return { column, valued: bytes };
}

/** Whether there are values, and none of them in a row that has samples. */
function isApart(values: Float64Array, counts: Float64Array): boolean {
  let any = false;
  for (let row = 0; row < values.length; row++) {
    if (values[row] === 0) continue;
    if (counts[row] !== 0) return false;
    any = true;
  }
  return any;
}
