import { fitDivision, type ViewSpec, viewKey } from '../src/analysis/viewSpec';
import type { ProfileSummary } from '../src/engine/engineApi';
import type { ViewState } from '../src/protocol';
import { passesThread } from './toolbar/divisionChoices';

export const DEFAULT_TABLE_WIDTH = 480;

/** How a profile is shown the first time. */
export function defaultState(summary: ProfileSummary): ViewState {
  return {
    view: { sampleType: inside(summary.defaultSampleType, summary.sampleTypes.length) ?? 0, thread: null },
    order: 'leftHeavy',
    range: null,
    scroll: 0,
    zoomed: null,
    focused: null,
    sandwich: null,
    search: { query: '', regex: false, matchCase: false },
    table: { visible: true, sort: 'self', descending: true, filter: '', width: DEFAULT_TABLE_WIDTH },
  };
}

/** A kept state, made to fit a profile that may have changed on disk since. */
export function restoredState(summary: ProfileSummary, kept: ViewState | null): ViewState {
  const fresh = defaultState(summary);
  if (kept === null) return fresh;
  const sampleType = inside(kept.view.sampleType, summary.sampleTypes.length);
  const thread = kept.view.thread === null ? null : inside(kept.view.thread, summary.threads.length);
  const order = kept.order === 'timeOrder' && summary.timed ? 'timeOrder' : 'leftHeavy';
  const division = fitDivision(summary, kept.view);
  const sameLayout =
    viewKey({ ...kept.view, filter: null, splitBy: null, ...division }) === viewKey(kept.view) &&
    sampleType === kept.view.sampleType &&
    thread === kept.view.thread &&
    order === kept.order &&
    kept.range !== undefined;
  return {
    ...fresh,
    view: {
      sampleType: sampleType ?? fresh.view.sampleType,
      thread:
        order === 'timeOrder'
          ? (thread ?? busiestThread(summary, sampleType ?? fresh.view.sampleType, division.filter))
          : thread,
      ...division,
    },
    order,
    search: { ...fresh.search, ...kept.search },
    sandwich: sameLayout && (kept.sandwich?.func ?? 0) < summary.functions ? (kept.sandwich ?? null) : null,
    table: { ...fresh.table, ...kept.table },
    ...(sameLayout
      ? { range: kept.range, scroll: kept.scroll, zoomed: kept.zoomed, focused: kept.focused }
      : undefined),
  };
}

/** The thread with the most samples, of those that have values of a sample type and that a filter names or leaves. */
export function busiestThread(summary: ProfileSummary, sampleType: number, filter: ViewSpec['filter'] = null): number {
  let busiest = -1;
  summary.threads.forEach((thread, i) => {
    const most = summary.threads[busiest]?.samples ?? -1;
    if (thread.samples > most && hasType(summary, i, sampleType) && passesThread(summary, filter, i)) busiest = i;
  });
  return Math.max(0, busiest);
}

/** Whether a thread has values of a sample type: its chart is empty otherwise. */
export function hasType(summary: ProfileSummary, thread: number, sampleType: number): boolean {
  return summary.threads[thread]?.types?.includes(sampleType) ?? true;
}

function inside(index: number, length: number): number | null {
  return Number.isInteger(index) && index >= 0 && index < length ? index : null;
}

/** The unit of the x axis: time order is always in nanoseconds. */
export function axisUnit(summary: ProfileSummary, state: Pick<ViewState, 'view' | 'order'>): string {
  return state.order === 'timeOrder' ? 'nanoseconds' : (summary.sampleTypes[state.view.sampleType]?.unit ?? 'count');
}

/** Calls `send` with the newest value once nothing has changed for `delay` milliseconds. */
export class Debounced<T> {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private value: T | undefined;

  constructor(
    private readonly send: (value: T) => void,
    private readonly delay: number,
  ) {}

  push(value: T): void {
    this.value = value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), this.delay);
  }

  /** Sends now what is waiting. */
  flush(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.send(this.value as T);
  }

  cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
