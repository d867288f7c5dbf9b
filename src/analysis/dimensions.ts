import type { Profile } from '../profile/profile';
import { groupThreads, threadTitles } from './threadNames';
import type { Dimension } from './viewSpec';

/** Values of labels are untrusted; nothing on screen shows more than this. */
const LONGEST_VALUE = 200;

/**
 * Which value of a dimension each sample has: found by its thread (`of` is `thread`: `number[thread]`) or by its label
 * set (`labelSet`: `number[set + 1]`, so that 0 is for samples without labels).
 */
export interface DimensionIndex {
  readonly of: 'thread' | 'labelSet';
  /** Index into `values`. */
  readonly number: Int32Array;
  /** Null for samples without the label. */
  readonly values: readonly (string | null)[];
}

const indexCache = new WeakMap<Profile, Map<Dimension, DimensionIndex>>();

/** Numbers the values of a dimension. A set with several values of one label has the value `a, b`. */
export function indexDimension(profile: Profile, dimension: Dimension): DimensionIndex {
  let cached = indexCache.get(profile);
  if (cached === undefined) {
    cached = new Map();
    indexCache.set(profile, cached);
  }
  let index = cached.get(dimension);
  if (index === undefined) {
    index = makeIndex(profile, dimension);
    cached.set(dimension, index);
  }
  return index;
}

function makeIndex(profile: Profile, dimension: Dimension): DimensionIndex {
  const { threads, labels } = profile;
  if (dimension === 'thread') {
    return { of: 'thread', number: Int32Array.from(threads, (_, i) => i), values: threadTitles(threads) };
  }
  if (dimension === 'process') {
    const groups = groupThreads(threads);
    const number = new Int32Array(threads.length);
    groups.forEach((group, i) => {
      for (const thread of group.threads) number[thread] = i;
    });
    return { of: 'thread', number, values: groups.map(({ title }) => title) };
  }
  const values: (string | null)[] = [null];
  const known = new Map<string, number>();
  const number = new Int32Array(labels.length + 1);
  forEachValue(profile, dimension.slice('label:'.length), (set, value) => {
    const before = values[number[set + 1]];
    // Never longer than that: a set may have any number of values.
    if (before !== null && before.length >= LONGEST_VALUE) return;
    const joined = before === null || before === value ? value : shortened(`${before}, ${value}`);
    let at = known.get(joined);
    if (at === undefined) {
      at = values.push(joined) - 1;
      known.set(joined, at);
    }
    number[set + 1] = at;
  });
  return { of: 'labelSet', number, values };
}

/** Calls `visit` for every value that a label set has of a key. */
export function forEachValue(profile: Profile, key: string, visit: (set: number, value: string) => void): void {
  const { labels, strings } = profile;
  const wanted = strings.indexOf(key);
  if (wanted < 0) return;
  for (let set = 0; set < labels.length; set++) {
    for (let entry = labels.offset[set]; entry < labels.offset[set + 1]; entry++) {
      if (labels.key[entry] === wanted) visit(set, labelValue(profile, entry));
    }
  }
}

/** An entry's value as text: `checkout`, `4096 bytes`; shortened where it is very long. */
export function labelValue({ labels, strings }: Profile, entry: number): string {
  const { text, number, unit } = labels;
  if (text[entry] < 0) return `${number[entry]}${unit[entry] < 0 ? '' : ` ${strings[unit[entry]]}`}`.trimEnd();
  return shortened(strings[text[entry]]);
}

function shortened(value: string): string {
  return value.length <= LONGEST_VALUE ? value : `${value.slice(0, LONGEST_VALUE - 1)}…`;
}
