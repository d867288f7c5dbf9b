/** Which part of a profile a query is about. */
export interface ViewSpec {
  /** Index into `Profile.sampleTypes`. */
  readonly sampleType: number;
  /** Index into `Profile.threads`, or null for all of them. */
  readonly thread: number | null;
  /** Samples must pass all of these terms; none where left out, null or empty. */
  readonly filter?: readonly FilterTerm[] | null | undefined;
  /** Puts a root frame a value of this under all stacks, as `instance: a:6060`; left out or null: none. */
  readonly splitBy?: Dimension | null | undefined;
  /** Only the samples of this selection; left out or null: all. Charts are never drawn of one, but lines are. */
  readonly within?: Selection | null | undefined;
}

/** What a chart is zoomed to. */
export interface Selection {
  /** Samples whose stack begins with these functions, outermost first; empty for all. */
  readonly path: readonly number[];
  /** Samples from `from` up to `to`, nanoseconds since the profile's start; null for all times. */
  readonly times: { readonly from: number; readonly to: number } | null;
}

/** What samples are told apart by: their thread, its process, or a label of their own. */
export type Dimension = 'thread' | 'process' | `label:${string}`;

export interface FilterTerm {
  readonly by: Dimension;
  /**
   * Texts as the profile's summary lists them (a thread's or process's title, a label's value); null for samples
   * without such a label. A sample passes with any of them.
   */
  readonly values: readonly (string | null)[];
}

/** `leftHeavy`: equal stacks merged, heaviest first. `timeOrder`: a flame chart, left to right as it happened. */
export type FlameOrder = 'leftHeavy' | 'timeOrder';

/** One half of a function's sandwich: who calls it, outwards from the function, or what it calls. */
export type SandwichHalf = 'callers' | 'callees';

/** A half of the sandwich of the function with that index. */
export type SandwichOrder = `${SandwichHalf}:${number}`;

/** Whatever a chart can be laid out as. */
export type ChartOrder = FlameOrder | SandwichOrder;

/** Equal for specs that show the same. */
export function viewKey({ sampleType, thread, filter, splitBy, within }: ViewSpec): string {
  const terms = (filter ?? []).map(({ by, values }) => [by, ...values]);
  const selection = within ? [within.path, within.times?.from, within.times?.to] : null;
  return JSON.stringify([sampleType, thread, terms, splitBy ?? null, selection]);
}

/** The same samples, without the roots of a split: what lines and their heat are about. */
export function withoutSplit({ splitBy: _, ...view }: ViewSpec): ViewSpec {
  return view;
}

/** A dimension's name for people: `thread`, `process`, or the label's key. */
export function dimensionName(dimension: Dimension): string {
  return dimension.startsWith('label:') ? dimension.slice('label:'.length) : dimension;
}

/** A value of a dimension for people. */
export function valueName(value: string | null): string {
  if (value === null) return '(none)';
  return value === '' ? '(empty)' : value;
}

/** The part of a profile's summary that says what its samples can be told apart by. */
export interface Dividable {
  readonly threads: readonly { readonly title: string }[];
  readonly processes: readonly { readonly title: string }[];
  readonly labels: readonly {
    readonly key: string;
    readonly values: readonly { readonly value: string }[];
    readonly distinct: number;
  }[];
}

/** What a profile's samples can be filtered and split by: what has one value only divides nothing, but may be lacking. */
export function dimensionsOf({ threads, processes, labels }: Dividable): Dimension[] {
  return [
    ...labels.map(({ key }): Dimension => `label:${key}`),
    ...(processes.length > 1 ? ['process' as const] : []),
    ...(threads.length > 1 ? ['thread' as const] : []),
  ];
}

/**
 * The filter and the split as far as they mean something for a profile: when it was captured anew, values may be gone,
 * and a filter that nothing passes would only hide the profile.
 */
export function fitDivision(summary: Dividable, view: ViewSpec): Pick<ViewSpec, 'filter' | 'splitBy'> {
  const known = new Set(dimensionsOf(summary));
  const filter = (view.filter ?? []).filter(({ by, values }) => {
    if (!known.has(by)) return false;
    const listed = listedValues(summary, by);
    return listed === null || values.some((value) => value === null || listed.has(value));
  });
  const splitBy = view.splitBy ?? null;
  return {
    ...(filter.length > 0 ? { filter } : undefined),
    ...(splitBy !== null && known.has(splitBy) ? { splitBy } : undefined),
  };
}

/** All values of a dimension, null where the summary has only some. */
function listedValues({ threads, processes, labels }: Dividable, by: Dimension): ReadonlySet<string> | null {
  if (by === 'thread') return new Set(threads.map(({ title }) => title));
  if (by === 'process') return new Set(processes.map(({ title }) => title));
  const label = labels.find(({ key }) => `label:${key}` === by);
  if (label === undefined || label.distinct > label.values.length) return null;
  return new Set(label.values.map(({ value }) => value));
}

/** A filter in words: `instance: a:6060 or b:6060, thread: main`; empty where there is none. */
export function filterText(filter: ViewSpec['filter']): string {
  return (filter ?? []).map(termText).join(', ');
}

const MOST_NAMED = 3;

export function termText({ by, values }: FilterTerm): string {
  const named = values.slice(0, values.length > MOST_NAMED ? MOST_NAMED - 1 : MOST_NAMED).map(valueName);
  if (named.length < values.length) named.push(`${values.length - named.length} more`);
  return `${dimensionName(by)}: ${named.join(' or ')}`;
}
