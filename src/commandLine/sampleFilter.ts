import { type Dimension, dimensionName, dimensionsOf, type FilterTerm } from '../analysis/viewSpec';
import type { ProfileSummary } from '../engine/engineApi';
import { UsageError } from './usage';

/** Options that choose samples, for `parseArgs`. */
export const filterOptions = {
  filter: { type: 'string', multiple: true },
  thread: { type: 'string', multiple: true },
  process: { type: 'string', multiple: true },
} as const;

export interface FilterOptions {
  readonly filter?: readonly string[] | undefined;
  readonly thread?: readonly string[] | undefined;
  readonly process?: readonly string[] | undefined;
}

/** Names that an error lists. */
const MOST_LISTED = 8;

/**
 * The terms that the options name. Several values of one label are alternatives, and so are several threads and several
 * processes; a sample must pass each of them.
 * @throws UsageError for a `--filter` without `=`; Error where the profile has no such label, thread or process
 */
export function readFilter(summary: ProfileSummary, options: FilterOptions): FilterTerm[] {
  const labels = new Map<string, string[]>();
  for (const option of options.filter ?? []) {
    const at = option.indexOf('=');
    if (at <= 0) throw new UsageError(`--filter takes KEY=VALUE, not "${option}".`);
    const key = option.slice(0, at);
    labels.set(key, [...(labels.get(key) ?? []), option.slice(at + 1)]);
  }
  const terms: FilterTerm[] = [];
  for (const [key, values] of labels) terms.push(labelTerm(summary, key, values));
  if (options.process !== undefined) terms.push(processTerm(summary, options.process));
  if (options.thread !== undefined) terms.push(threadTerm(summary, options.thread));
  return terms;
}

/**
 * What `--split-by` names: a label's key, `process` or `thread` (of which a label of that key comes first).
 * @throws Error where the profile's samples do not differ in it
 */
export function readDimension(summary: ProfileSummary, name: string): Dimension {
  const dimensions = dimensionsOf(summary);
  const found = dimensions.find((dimension) => dimensionName(dimension) === name);
  if (found === undefined) {
    const known = dimensions.length === 0 ? 'nothing' : list(dimensions.map(dimensionName));
    throw new Error(`The profile cannot be split by "${name}": its samples differ in ${known}.`);
  }
  return found;
}

function labelTerm({ labels }: ProfileSummary, key: string, values: readonly string[]): FilterTerm {
  const label = labels.find((each) => each.key === key);
  const by: Dimension = `label:${key}`;
  if (label === undefined) {
    const known = labels.length === 0 ? 'its samples have no labels' : `it has ${list(labels.map((each) => each.key))}`;
    throw new Error(`The profile has no label "${key}": ${known}.`);
  }
  for (const value of values) {
    const complete = label.distinct === label.values.length;
    if (complete && !label.values.some((each) => each.value === value)) {
      const known = list(label.values.map((each) => each.value));
      throw new Error(`No sample has the label ${key}=${value}: there are ${known}.`);
    }
  }
  return { by, values };
}

function processTerm({ processes, threads }: ProfileSummary, names: readonly string[]): FilterTerm {
  const values = names.flatMap((name) => {
    const found = processes.filter(({ title, threads: [first] }) => {
      const { process, pid } = threads[first];
      return name === title || name === process || name === String(pid);
    });
    if (found.length === 0) {
      throw new Error(`The profile has no process "${name}": it has ${list(processes.map(({ title }) => title))}.`);
    }
    return found.map(({ title }) => title);
  });
  return { by: 'process', values };
}

function threadTerm({ threads }: ProfileSummary, names: readonly string[]): FilterTerm {
  const values = names.flatMap((name) => {
    const found = threads.filter((thread) => [thread.title, thread.name, String(thread.tid)].includes(name));
    if (found.length === 0) {
      throw new Error(`The profile has no thread "${name}": it has ${list(threads.map(({ title }) => title))}.`);
    }
    return found.map(({ title }) => title);
  });
  return { by: 'thread', values };
}

function list(names: readonly string[]): string {
  const listed = names.slice(0, MOST_LISTED).join(', ');
  return names.length > MOST_LISTED ? `${listed} and ${names.length - MOST_LISTED} more` : listed;
}
