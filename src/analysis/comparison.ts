import { counterpart } from './counterpart';
import { type Dividable, dimensionName, type FilterTerm, fitDivision, type ViewSpec } from './viewSpec';

/**
 * How a profile is compared with its baseline: by shares of each (the default: windows and loads differ), by rates (a
 * value a second of each one's duration), or, where values are a state and no flow (heap in use), as they are.
 */
export type CompareBy = 'share' | 'rate' | 'value';

/** What a profile's summary tells that decides how it compares. */
export interface Comparable extends Dividable {
  readonly name: string;
  readonly sampleTypes: readonly { readonly type: string; readonly unit: string }[];
  readonly durationMs: number | null;
}

/** How the baseline is looked at beside a view of a profile. */
export interface Comparison {
  readonly kind: 'comparison';
  /** The baseline's view: the same sample type, thread and filter, as far as it has them. */
  readonly view: ViewSpec;
  readonly by: CompareBy;
  /** What the baseline's values are multiplied by: the ratio of durations by rate, else 1. */
  readonly scale: number;
  /** Whether samples are counted in both, so that noise can be told from change. */
  readonly counted: boolean;
  /** What is not alike, a sentence each. */
  readonly notes: readonly string[];
}

/** Why two profiles cannot be compared, as a sentence. */
export interface Incomparable {
  readonly kind: 'incomparable';
  readonly problem: string;
}

/** Sample types whose values are what there is at one moment, as the formats name them. */
const STATES = /^(?:inuse_|live_|goroutines?$|threadcreate$|retained|in_use|size$)/;

/** Whether a sample type's values are a state, as heap in use and goroutines are: never summed over time. */
export function isState(type: string): boolean {
  return STATES.test(type);
}

/**
 * The view of `base` that is to be compared with `view` of `profile`.
 *
 * @param by what to compare by where values are no state
 */
export function compareViews(
  profile: Comparable,
  view: ViewSpec,
  base: Comparable,
  by: 'share' | 'rate' = 'share',
): Comparison | Incomparable {
  const wanted = profile.sampleTypes[view.sampleType];
  const sampleType = base.sampleTypes.findIndex(({ type, unit }) => type === wanted?.type && unit === wanted.unit);
  if (wanted === undefined || sampleType < 0) {
    return { kind: 'incomparable', problem: cannotCompare(wanted, base) };
  }
  const notes: string[] = [];
  const title = view.thread === null ? null : (profile.threads[view.thread]?.title ?? null);
  const theirs = title === null ? null : counterpart(title, profile.threads, base.threads);
  const same = theirs === null ? -1 : base.threads.findIndex((thread) => thread.title === theirs);
  if (title !== null && same < 0 && profile.threads.length > 1) {
    notes.push(`${base.name} has no thread “${title}”: it is compared as a whole.`);
  }
  const terms = (view.filter ?? []).map((term) => termIn(base, profile, term));
  const { filter } = fitDivision(base, { ...view, filter: terms });
  const lost = terms.filter((term) => !filter?.includes(term)).map((term) => dimensionName(term.by));
  if (lost.length > 0) notes.push(`${base.name} has no such ${lost.join(', ')}: it is compared without that filter.`);
  const durations = profile.durationMs && base.durationMs ? profile.durationMs / base.durationMs : null;
  if (by === 'rate' && durations === null) {
    notes.push('The durations are not known: shares are compared instead of rates.');
  }
  const how: CompareBy = isState(wanted.type) ? 'value' : by === 'rate' && durations !== null ? 'rate' : 'share';
  return {
    kind: 'comparison',
    view: { sampleType, thread: same < 0 ? null : same, ...(filter === undefined ? undefined : { filter }) },
    by: how,
    scale: how === 'rate' ? durations! : 1,
    counted: countsSamples(profile) && countsSamples(base),
    notes,
  };
}

/** A filter's term by the titles that the baseline has. */
function termIn(base: Comparable, profile: Comparable, { by, values }: FilterTerm): FilterTerm {
  const all = by === 'thread' ? 'threads' : by === 'process' ? 'processes' : null;
  if (all === null) return { by, values };
  return {
    by,
    values: values.map((value) => (value === null ? null : (counterpart(value, profile[all], base[all]) ?? value))),
  };
}

function cannotCompare(wanted: { type: string; unit: string } | undefined, base: Comparable): string {
  const known = base.sampleTypes.slice(0, 8).map(({ type, unit }) => `${type} (${unit})`);
  const type = wanted === undefined ? 'such sample type' : `${wanted.type} (${wanted.unit})`;
  return `${base.name} has no ${type} to compare with: it has ${known.join(', ')}.`;
}

/** Whether a profile's samples were counted, each a chance of its own. */
export function countsSamples({ sampleTypes }: Pick<Comparable, 'sampleTypes'>): boolean {
  return sampleTypes.some(({ type, unit }) => type === 'samples' && unit === 'count');
}

/**
 * What is 100 % of the baseline's scaled values, so that differences of shares are what is to be shown: its own total by
 * share, the profile's where values are compared themselves.
 */
export function baselineWhole(by: CompareBy, viewTotal: number, baseTotal: number): number {
  return by === 'share' || viewTotal === 0 ? baseTotal : viewTotal;
}
