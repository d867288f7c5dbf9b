import { type FlameOrder, type ViewSpec, viewKey } from '../src/analysis/viewSpec';
import type { ProfileSummary } from '../src/engine/engineApi';
import type { ViewState } from '../src/protocol';
import type { ChartPosition } from './chart/chartController';
import { busiestThread, hasType } from './state';
import { passesThread } from './toolbar/divisionChoices';
import type { LayoutChoice } from './toolbar/layoutEvent';

const START: ChartPosition = { range: null, scroll: 0, zoomed: null, focused: null };

/** Where each sample type, thread, filter, split and order was left, so that switching there and back changes nothing. */
export class LayoutMemory {
  private readonly positions = new Map<string, ChartPosition>();
  /** The time order shows one thread; this was chosen before. */
  private threadBefore: number | null | undefined;

  clear(): void {
    this.positions.clear();
    this.threadBefore = undefined;
  }

  keep({ view, order }: Pick<ViewState, 'view' | 'order'>, position: ChartPosition): void {
    this.positions.set(key(view, order), position);
  }

  positionOf(view: ViewSpec, order: FlameOrder): ChartPosition {
    return this.positions.get(key(view, order)) ?? START;
  }

  /**
   * The view and order after a choice: time order needs one thread, the busiest where none was chosen. A thread that has
   * nothing of the sample type brings another type, a type that the thread has nothing of brings other threads. A filter
   * that has nothing of the thread brings other threads, too; a thread that it has nothing of ends its terms of threads.
   */
  choose(
    summary: ProfileSummary,
    { view, order }: Pick<ViewState, 'view' | 'order'>,
    choice: LayoutChoice,
  ): { view: ViewSpec; order: FlameOrder } {
    const nextOrder = choice.order ?? order;
    let thread = choice.thread === undefined ? view.thread : choice.thread;
    let sampleType = choice.sampleType ?? view.sampleType;
    if (thread !== null && !hasType(summary, thread, sampleType)) {
      if (choice.sampleType === undefined) sampleType = summary.threads[thread].types?.[0] ?? sampleType;
      else thread = null;
    }
    let filter = choice.filter ?? view.filter ?? [];
    if (thread !== null && !passesThread(summary, filter, thread)) {
      if (choice.thread === undefined) thread = null;
      else filter = filter.filter(({ by }) => by !== 'thread' && by !== 'process');
    }
    if (nextOrder === 'timeOrder' && thread === null) {
      this.threadBefore = thread;
      thread = busiestThread(summary, sampleType, filter);
    } else if (nextOrder === 'leftHeavy' && order === 'timeOrder' && this.threadBefore !== undefined) {
      thread = this.threadBefore;
    }
    if (choice.thread !== undefined || nextOrder === 'leftHeavy') this.threadBefore = undefined;
    const splitBy = choice.splitBy === undefined ? (view.splitBy ?? null) : choice.splitBy;
    const division = { ...(filter.length > 0 ? { filter } : undefined), ...(splitBy ? { splitBy } : undefined) };
    return { view: { sampleType, thread, ...division }, order: nextOrder };
  }
}

function key(view: ViewSpec, order: FlameOrder): string {
  return `${viewKey(view)} ${order}`;
}
