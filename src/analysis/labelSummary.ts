import type { Profile } from '../profile/profile';
import { labelValue } from './dimensions';
import { samplesColumn } from './sampleCounts';

/** A label's values, those of the most samples first. */
export interface LabelKeySummary {
  key: string;
  /** Samples that have the label. */
  samples: number;
  /** The first of them: `LISTED_VALUES` at most. */
  values: { value: string; samples: number }[];
  /** How many there are. */
  distinct: number;
}

const LISTED_KEYS = 50;
const LISTED_VALUES = 200;

/** The labels of a profile's samples, those of the most samples first: 50 keys, 200 values of each. */
export function summarizeLabels(profile: Profile): LabelKeySummary[] {
  const { samples, strings } = profile;
  if (samples.labelSet === null) return [];
  const perSet = samplesOfSets(profile, samples.labelSet);
  const keys = [...sumKeys(profile, perSet)]
    .map(([key, sums]) => ({ key, text: strings[key], ...sums }))
    .sort((a, b) => b.samples - a.samples || compareText(a.text, b.text))
    .slice(0, LISTED_KEYS);
  const valueOfText = new Int32Array(strings.length);
  return keys.map(({ key, text, samples: having, entries }) => {
    const own = entriesOfKey(profile, perSet, key, entries);
    const values = sumValues(profile, perSet, own, valueOfText);
    return { key: text, samples: having, values: listMostSampled(profile, values), distinct: values.entry.length };
  });
}

interface KeySums {
  samples: number;
  entries: number;
  lastSet: number;
}

/** By string index of the key. */
function sumKeys({ labels: { key, offset, length } }: Profile, perSet: Float64Array): Map<number, KeySums> {
  const keys = new Map<number, KeySums>();
  for (let set = 0; set < length; set++) {
    if (perSet[set] === 0) continue;
    for (let entry = offset[set]; entry < offset[set + 1]; entry++) {
      let sums = keys.get(key[entry]);
      if (sums === undefined) {
        sums = { samples: 0, entries: 0, lastSet: -1 };
        keys.set(key[entry], sums);
      }
      sums.entries++;
      // A set may have a key twice.
      if (sums.lastSet !== set) sums.samples += perSet[set];
      sums.lastSet = set;
    }
  }
  return keys;
}

/** The entries of sampled sets that have a key, and the set of each. */
interface KeyEntries {
  readonly entry: Int32Array;
  readonly set: Int32Array;
}

function entriesOfKey({ labels }: Profile, perSet: Float64Array, key: number, count: number): KeyEntries {
  const own = { entry: new Int32Array(count), set: new Int32Array(count) };
  let at = 0;
  for (let set = 0; set < labels.length && at < count; set++) {
    if (perSet[set] === 0) continue;
    for (let entry = labels.offset[set]; entry < labels.offset[set + 1]; entry++) {
      if (labels.key[entry] !== key) continue;
      own.entry[at] = entry;
      own.set[at++] = set;
    }
  }
  return own;
}

/** Per value: an entry that has it (no text is made: there may be a value a sample), and the samples that have it. */
interface ValueSums {
  readonly entry: readonly number[];
  readonly sum: readonly number[];
}

/** @param valueOfText room for an index a string, all 0 before and after */
function sumValues(
  { labels: { text, number, unit } }: Profile,
  perSet: Float64Array,
  own: KeyEntries,
  valueOfText: Int32Array,
): ValueSums {
  const entry: number[] = [];
  const sum: number[] = [];
  const lastSet: number[] = [];
  const numbers = new Map<number, Map<number, number>>();
  for (let i = 0; i < own.entry.length; i++) {
    const at = own.entry[i];
    const set = own.set[i];
    let value: number;
    if (text[at] >= 0) {
      // From 1, so that 0 is none.
      value = valueOfText[text[at]] - 1;
      if (value < 0) valueOfText[text[at]] = entry.length + 1;
    } else {
      const ofUnit = numbers.get(unit[at]) ?? new Map<number, number>();
      value = ofUnit.get(number[at]) ?? -1;
      if (value < 0) numbers.set(unit[at], ofUnit.set(number[at], entry.length));
    }
    if (value < 0) {
      value = entry.push(at) - 1;
      sum.push(0);
      lastSet.push(-1);
    }
    // A set may have a value twice.
    if (lastSet[value] !== set) sum[value] += perSet[set];
    lastSet[value] = set;
  }
  for (const at of entry) if (text[at] >= 0) valueOfText[text[at]] = 0;
  return { entry, sum };
}

function samplesOfSets(profile: Profile, labelSet: Int32Array): Float64Array {
  const column = samplesColumn(profile);
  const counts = column < 0 ? null : profile.samples.values[column];
  const perSet = new Float64Array(profile.labels.length);
  for (let i = 0; i < labelSet.length; i++) {
    if (labelSet[i] >= 0) perSet[labelSet[i]] += counts === null ? 1 : counts[i];
  }
  return perSet;
}

function listMostSampled(profile: Profile, { entry, sum }: ValueSums): { value: string; samples: number }[] {
  const listed = new Map<string, number>();
  for (const value of mostSampled(sum)) {
    const text = labelValue(profile, entry[value]);
    listed.set(text, (listed.get(text) ?? 0) + sum[value]);
  }
  return [...listed]
    .map(([value, samples]) => ({ value, samples }))
    .sort((a, b) => b.samples - a.samples || compareText(a.value, b.value));
}

/** Indices of the largest sums, without sorting all of them by a comparison. */
function mostSampled(sum: readonly number[]): number[] {
  if (sum.length <= LISTED_VALUES) return [...sum.keys()];
  const least = Float64Array.from(sum).sort()[sum.length - LISTED_VALUES];
  const above: number[] = [];
  const equal: number[] = [];
  for (let value = 0; value < sum.length; value++) {
    if (sum[value] > least) above.push(value);
    else if (sum[value] === least && equal.length < LISTED_VALUES) equal.push(value);
  }
  return [...above, ...equal.slice(0, LISTED_VALUES - above.length)];
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
