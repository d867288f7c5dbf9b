import type { Dimension, FilterTerm } from '../analysis/viewSpec';
import type { ProfileSummary } from './engineApi';

/** Names that an error lists. */
const MOST_LISTED = 8;

export interface ChosenSamples {
  /** Key and value. Several values of one key are alternatives. */
  readonly labels?: readonly (readonly [string, string])[] | undefined;
  /** By title, name or number. */
  readonly threads?: readonly string[] | undefined;
  readonly processes?: readonly string[] | undefined;
}

/**
 * The terms of a filter by the names that people write. Several threads are alternatives, and so are several processes; a
 * sample must pass each term.
 * @throws Error where the profile has no such label, thread or process
 */
export function filterTerms(summary: ProfileSummary, { labels = [], threads, processes }: ChosenSamples): FilterTerm[] {
  const byKey = new Map<string, string[]>();
  for (const [key, value] of labels) byKey.set(key, [...(byKey.get(key) ?? []), value]);
  const terms: FilterTerm[] = [];
  for (const [key, values] of byKey) terms.push(labelTerm(summary, key, values));
  if (processes !== undefined) terms.push(processTerm(summary, processes));
  if (threads !== undefined) terms.push(threadTerm(summary, threads));
  return terms;
}

function labelTerm({ labels, name }: ProfileSummary, key: string, values: readonly string[]): FilterTerm {
  const label = labels.find((each) => each.key === key);
  const by: Dimension = `label:${key}`;
  if (label === undefined) {
    const known =
      labels.length === 0 ? 'its samples have no labels' : `it has ${listNames(labels.map((each) => each.key))}`;
    throw new Error(`${name} has no label "${key}": ${known}.`);
  }
  for (const value of values) {
    const complete = label.distinct === label.values.length;
    if (complete && !label.values.some((each) => each.value === value)) {
      const known = listNames(label.values.map((each) => each.value));
      throw new Error(`No sample of ${name} has the label ${key}=${value}: there are ${known}.`);
    }
  }
  return { by, values };
}

function processTerm({ name: of, processes, threads }: ProfileSummary, names: readonly string[]): FilterTerm {
  const values = names.flatMap((name) => {
    const found = processes.filter(({ title, threads: [first] }) => {
      const { process, pid } = threads[first];
      return name === title || name === process || name === String(pid);
    });
    if (found.length === 0) {
      throw new Error(`${of} has no process "${name}": it has ${listNames(processes.map(({ title }) => title))}.`);
    }
    return found.map(({ title }) => title);
  });
  return { by: 'process', values };
}

function threadTerm({ name: of, threads }: ProfileSummary, names: readonly string[]): FilterTerm {
  const values = names.flatMap((name) => {
    const found = threads.filter((thread) => [thread.title, thread.name, String(thread.tid)].includes(name));
    if (found.length === 0) {
      throw new Error(`${of} has no thread "${name}": it has ${listNames(threads.map(({ title }) => title))}.`);
    }
    return found.map(({ title }) => title);
  });
  return { by: 'thread', values };
}

/** The first of them. */
export function listNames(names: readonly string[]): string {
  const listed = names.slice(0, MOST_LISTED).join(', ');
  return names.length > MOST_LISTED ? `${listed} and ${names.length - MOST_LISTED} more` : listed;
}
