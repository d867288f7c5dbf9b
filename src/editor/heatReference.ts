import { type FilterTerm, type ViewSpec, withoutSplit } from '../analysis/viewSpec';
import type { ProfileSummary } from '../engine/engineApi';
import type { HotLine, HotLines } from './hotLines';

/**
 * What 100 % is. `view`: the samples that the profile's editor shows by its thread and filter. `selection`: of these,
 * what its chart is zoomed to. `profile`: all samples. `thread`: the samples of one thread. `file`, `function`: the
 * samples with the line's file or function on their stack.
 */
export const heatReferences = ['view', 'selection', 'profile', 'thread', 'file', 'function'] as const;
export type HeatReference = (typeof heatReferences)[number];

/** References that need more than a file's lines (`FileLines.references`). */
export function needsReferences(reference: HeatReference): boolean {
  return reference === 'file' || reference === 'function';
}

/** The thread that `thread` means: the chosen one, else that with the most samples of those that the filter leaves. */
export function referenceThread({ threads }: ProfileSummary, { thread, filter }: ViewSpec): number | null {
  if (thread !== null || threads.length < 2) {
    return thread;
  }
  const terms: readonly FilterTerm[] = (filter ?? []).filter(({ by }) => by === 'thread');
  let busiest = -1;
  threads.forEach(({ title, samples }, i) => {
    if (terms.every(({ values }) => values.includes(title)) && samples > (threads[busiest]?.samples ?? -1)) {
      busiest = i;
    }
  });
  return busiest < 0 ? null : busiest;
}

/**
 * The view whose lines are asked for.
 *
 * @param selected the view of what the chart is zoomed to; null where it is not zoomed, or that is not known yet
 */
export function referenceView(
  reference: HeatReference,
  summary: ProfileSummary,
  view: ViewSpec,
  selected: ViewSpec | null,
): ViewSpec {
  const whole = withoutSplit(view);
  if (reference === 'selection') {
    return selected ?? whole;
  }
  return reference === 'thread' ? { ...whole, thread: referenceThread(summary, whole) } : whole;
}

/** Why a reference is no other than `view` for this profile, as a sentence; null where it is. */
export function referenceProblem(
  reference: HeatReference,
  summary: ProfileSummary | undefined,
  zoomed: boolean,
): string | null {
  if (summary === undefined) {
    return null;
  }
  if (reference === 'selection' && !zoomed) {
    return 'The chart is not zoomed.';
  }
  return reference === 'thread' && summary.threads.length < 2 ? 'The profile has one thread.' : null;
}

/**
 * What 100 % is for a line, in the view's unit.
 *
 * @param profileTotal of all samples
 */
export function wholeOf(reference: HeatReference, hot: HotLines, line: HotLine, profileTotal: number): number {
  switch (reference) {
    case 'profile':
      return profileTotal;
    case 'file':
      return hot.fileTotal ?? hot.viewTotal;
    case 'function':
      // Where several functions share a line, it may have more than any of them.
      return line.functionTotal === null ? hot.viewTotal : atLeast(line.functionTotal, line);
    default:
      return hot.viewTotal;
  }
}

function atLeast(whole: number, { self, total }: HotLine): number {
  return [self, total].reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), whole);
}
