import {
  type Dimension,
  dimensionName,
  dimensionsOf,
  type FilterTerm,
  type ViewSpec,
  valueName,
} from '../../src/analysis/viewSpec';
import type { ProfileSummary } from '../../src/engine/engineApi';
import { formatCount, plural } from '../../src/units/units';
import { visibleText } from '../visibleText';
import type { Choice } from './choiceList';

/** What the list of threads has for all of them. */
export const ALL_THREADS = 'all';

/** What samples can be filtered by: each labels' key, process and thread, where not all samples are the same. */
export function usefulDimensions(summary: ProfileSummary): Dimension[] {
  return dimensionsOf(summary).filter((by) => {
    const label = summary.labels.find(({ key }) => by === `label:${key}`);
    return label === undefined || label.distinct > 1 || label.samples < summary.samples;
  });
}

/** "Instance", "Process", "Thread"; a label's key as it is. */
export function dimensionTitle(by: Dimension): string {
  if (by === 'process') return 'Process';
  return by === 'thread' ? 'Thread' : visibleText(dimensionName(by));
}

export function dimensionChoices(summary: ProfileSummary, chosen: (by: Dimension) => boolean): Choice[] {
  return usefulDimensions(summary).map((by) => {
    const count = valueCount(summary, by);
    return {
      id: by,
      text: dimensionTitle(by),
      detail: `${formatCount(count)} ${plural(count, 'value')}`,
      heading: by === 'process' || by === 'thread' ? 'Program' : 'Labels',
      chosen: chosen(by),
    };
  });
}

function valueCount({ threads, processes, labels }: ProfileSummary, by: Dimension): number {
  if (by === 'thread') return threads.length;
  return by === 'process' ? processes.length : (labels.find(({ key }) => by === `label:${key}`)?.distinct ?? 0);
}

/** The values of a dimension, those of the most samples first. An id is the value as JSON: null is one. */
export function valueChoices(summary: ProfileSummary, by: Dimension, term: FilterTerm | undefined): Choice[] {
  const choice = (value: string | null, samples: number, heading: string | null = null): Choice => ({
    id: JSON.stringify(value),
    text: visibleText(valueName(value)),
    detail: samplesText(samples),
    heading,
    chosen: term?.values.includes(value) ?? false,
  });
  if (by === 'process') {
    return [...summary.processes].sort(mostSamples).map(({ title, samples }) => choice(title, samples));
  }
  if (by === 'thread') {
    const { threads } = summary;
    return groupedThreads(summary).map(({ thread, heading }) => ({
      ...choice(threads[thread]!.title, threads[thread]!.samples, heading),
      text: threadText(summary, thread, heading !== null),
    }));
  }
  const label = summary.labels.find(({ key }) => by === `label:${key}`);
  const choices = (label?.values ?? []).map(({ value, samples }) => choice(value, samples));
  const without = summary.samples - (label?.samples ?? 0);
  return without > 0 ? [...choices, choice(null, without)] : choices;
}

/** How many values of a label `valueChoices` leaves out. */
export function unlistedValues({ labels }: ProfileSummary, by: Dimension): number {
  const label = labels.find(({ key }) => by === `label:${key}`);
  return label === undefined ? 0 : label.distinct - label.values.length;
}

/** The threads to choose one of, by process. */
export function threadChoices(summary: ProfileSummary, { thread: chosen }: ViewSpec, withAll: boolean): Choice[] {
  const all: Choice = {
    id: ALL_THREADS,
    text: 'All threads',
    detail: samplesText(summary.samples),
    heading: null,
    chosen: chosen === null,
  };
  const choices = groupedThreads(summary).map(({ thread, heading }) => {
    const { samples, types } = summary.threads[thread]!;
    return {
      id: String(thread),
      text: threadText(summary, thread, heading !== null),
      // Of spans only: the thread has something to show, but no samples.
      detail: samples === 0 && types?.length ? '' : samplesText(samples),
      heading,
      chosen: thread === chosen,
    };
  });
  return withAll ? [all, ...choices] : choices;
}

/** Threads by process, the busiest first in both; headings where there are several processes. */
function groupedThreads({ processes, threads }: ProfileSummary): { thread: number; heading: string | null }[] {
  return [...processes]
    .sort(mostSamples)
    .flatMap(({ title, threads: members }) =>
      [...members]
        .sort((a, b) => mostSamples(threads[a]!, threads[b]!) || a - b)
        .map((thread) => ({ thread, heading: processes.length > 1 ? visibleText(title) : null })),
    );
}

/** Under the name of its process, a thread needs only its own. */
function threadText({ threads }: ProfileSummary, index: number, underProcess: boolean): string {
  const { title, name, tid, process } = threads[index]!;
  if (!underProcess) return visibleText(title);
  if (name === '') return tid === null ? `thread ${index + 1}` : `thread ${tid}`;
  const alike = threads.filter((other) => other.name === name && other.process === process).length > 1;
  return visibleText(alike && tid !== null ? `${name} (tid ${tid})` : name);
}

function mostSamples(a: { samples: number }, b: { samples: number }): number {
  return b.samples - a.samples;
}

function samplesText(samples: number): string {
  return `${formatCount(samples)} ${plural(samples, 'sample')}`;
}

/** The filter with a value added to its term or taken away; terms without values are gone. */
export function toggleValue(filter: ViewSpec['filter'], by: Dimension, value: string | null): FilterTerm[] {
  const terms = filter ?? [];
  const term = terms.find((each) => each.by === by) ?? { by, values: [] };
  const values = term.values.includes(value) ? term.values.filter((each) => each !== value) : [...term.values, value];
  const next = { by, values };
  const all = terms.includes(term) ? terms.map((each) => (each === term ? next : each)) : [...terms, next];
  return all.filter((each) => each.values.length > 0);
}

/** Whether a filter has samples of a thread, as far as its process and itself say. */
export function passesThread(summary: ProfileSummary, filter: ViewSpec['filter'], thread: number): boolean {
  const process = summary.processes.find(({ threads }) => threads.includes(thread))?.title ?? null;
  return (filter ?? []).every(({ by, values }) => {
    if (by === 'thread') return values.includes(summary.threads[thread]?.title ?? null);
    return by !== 'process' || values.includes(process);
  });
}
