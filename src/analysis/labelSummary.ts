import type { Profile } from '../profile/profile';
import { labelValue } from './dimensions';
import { samplesColumn } from './stackValues';

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

interface KeySums {
  samples: number;
  readonly values: Map<string, number>;
}

/** The labels of a profile's samples, those of the most samples first: 50 keys, 200 values of each. */
export function summarizeLabels(profile: Profile): LabelKeySummary[] {
  const { labels, samples, strings } = profile;
  if (samples.labelSet === null) return [];
  const column = samplesColumn(profile);
  const perSet = new Float64Array(labels.length);
  for (let i = 0; i < samples.length; i++) {
    if (samples.labelSet[i] >= 0) perSet[samples.labelSet[i]] += column < 0 ? 1 : samples.values[column][i];
  }
  const keys = new Map<number, KeySums>();
  const seenKeys = new Set<number>();
  const seenValues = new Set<string>();
  for (let set = 0; set < labels.length; set++) {
    if (perSet[set] === 0) continue;
    seenKeys.clear();
    seenValues.clear();
    for (let entry = labels.offset[set]; entry < labels.offset[set + 1]; entry++) {
      const key = labels.key[entry];
      let sums = keys.get(key);
      if (sums === undefined) {
        sums = { samples: 0, values: new Map() };
        keys.set(key, sums);
      }
      const value = labelValue(profile, entry);
      const both = `${key} ${value}`;
      // A set may say the same twice.
      if (seenValues.has(both)) continue;
      seenValues.add(both);
      if (!seenKeys.has(key)) sums.samples += perSet[set];
      seenKeys.add(key);
      sums.values.set(value, (sums.values.get(value) ?? 0) + perSet[set]);
    }
  }
  return [...keys]
    .map(([key, { samples: sum, values }]) => ({ key: strings[key], samples: sum, values }))
    .sort((a, b) => b.samples - a.samples || compareText(a.key, b.key))
    .slice(0, LISTED_KEYS)
    .map(({ values, ...rest }) => ({ ...rest, values: mostSampled(values), distinct: values.size }));
}

function mostSampled(values: ReadonlyMap<string, number>): { value: string; samples: number }[] {
  return [...values]
    .map(([value, samples]) => ({ value, samples }))
    .sort((a, b) => b.samples - a.samples || compareText(a.value, b.value))
    .slice(0, LISTED_VALUES);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
