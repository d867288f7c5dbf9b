import type { FlameOrder, ViewSpec } from '../src/analysis/viewSpec';
import type { ProfileSummary } from '../src/engine/engineApi';
import type { ViewState } from '../src/protocol';
import type { ChartPosition } from './chart/chartController';
import { busiestThread, hasType } from './state';

interface Choice {
  readonly sampleType?: number;
  readonly thread?: number | null;
  readonly order?: FlameOrder;
}

const START: ChartPosition = { range: null, scroll: 0, zoomed: null, focused: null };

/** Where each sample type, thread and order was left, so that switching there and back changes nothing. */
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
   * nothing of the sample type brings another type, a type that the thread has nothing of brings other threads.
   */
  choose(
    summary: ProfileSummary,
    { view, order }: Pick<ViewState, 'view' | 'order'>,
    choice: Choice,
  ): { view: ViewSpec; order: FlameOrder } {
    const nextOrder = choice.order ?? order;
    let thread = choice.thread === undefined ? view.thread : choice.thread;
    let sampleType = choice.sampleType ?? view.sampleType;
    if (thread !== null && !hasType(summary, thread, sampleType)) {
      if (choice.sampleType === undefined) sampleType = summary.threads[thread].types?.[0] ?? sampleType;
      else thread = null;
    }
    if (nextOrder === 'timeOrder' && thread === null) {
      this.threadBefore = thread;
      thread = busiestThread(summary, sampleType);
    } else if (nextOrder === 'leftHeavy' && order === 'timeOrder' && this.threadBefore !== undefined) {
      thread = this.threadBefore;
    }
    if (choice.thread !== undefined || nextOrder === 'leftHeavy') this.threadBefore = undefined;
    return { view: { sampleType, thread }, order: nextOrder };
  }
}

function key(view: ViewSpec, order: FlameOrder): string {
  return `${view.sampleType} ${view.thread} ${order}`;
}
