import type { Dimension, FilterTerm, FlameOrder } from '../../src/analysis/viewSpec';

/** Another part of the profile, or another order of it. */
export interface LayoutChoice {
  readonly sampleType?: number;
  readonly thread?: number | null;
  readonly order?: FlameOrder;
  readonly filter?: readonly FilterTerm[];
  /** Null: no longer split. */
  readonly splitBy?: Dimension | null;
}

/** Sent when another sample type, thread, order, filter or split is chosen. */
export class LayoutEvent extends Event {
  constructor(readonly change: LayoutChoice) {
    super('layout-choice', { bubbles: true, composed: true });
  }
}
