import type { ViewState } from '../src/protocol';
import type { Host } from './host';

const MIN_TABLE_WIDTH = 220;
/** What the chart keeps of the width, whatever the table wants. */
const CHART_SHARE = 0.6;
/** Below this width (CSS pixels) the table has no room beside the chart. */
const NARROW = 640;
const TABLE_BELOW = 'tableBelow';

/** Where the table is: beside the chart, or below it where the editor is narrow. */
export class TablePlace {
  private available = 1000;
  /** Whether a narrow editor shows the table: a choice of its own, not the one for wide editors. */
  private below: boolean;

  constructor(private readonly host: Host) {
    this.below = host.memory[TABLE_BELOW] === true;
  }

  /** @param available the editor's width in CSS pixels */
  resized(available: number): void {
    this.available = available;
  }

  get narrow(): boolean {
    return this.available < NARROW;
  }

  shows({ table }: Pick<ViewState, 'table'>): boolean {
    return this.narrow ? this.below : table.visible;
  }

  /** Shows or hides the table of a narrow editor. */
  toggleBelow(): void {
    this.below = !this.below;
    this.host.remember(TABLE_BELOW, this.below);
  }

  /** The table's width beside the chart, in CSS pixels, and what it may be. */
  widthOf({ table }: Pick<ViewState, 'table'>): { width: number; min: number; max: number } {
    const max = Math.max(MIN_TABLE_WIDTH, Math.floor(this.available * (1 - CHART_SHARE)));
    return { width: Math.min(max, Math.max(MIN_TABLE_WIDTH, table.width)), min: MIN_TABLE_WIDTH, max };
  }
}
