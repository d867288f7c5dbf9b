import type { HeatDisplay } from './heatDisplay';
import type { HeatReference } from './heatReference';
import type { HeatScale } from './heatScale';
import type { HeatMetric } from './heatSource';

/** Everything that decides how hot lines look, apart from the profile. */
export interface HeatLook {
  /** What colours a line. */
  readonly metric: HeatMetric;
  readonly display: HeatDisplay;
  readonly reference: HeatReference;
  readonly scale: HeatScale;
  /** Of the fixed scale: shares. */
  readonly bounds: readonly number[];
  /** Least share of the view, 0 to 1. */
  readonly threshold: number;
  readonly labels: boolean;
  readonly labelPosition: 'column' | 'lineEnd';
  /** The furthest column that labels are aligned at; null to let the editors' number decide. */
  readonly labelColumn: number | null;
  readonly background: boolean;
  readonly gutter: boolean;
  readonly overviewRuler: boolean;
}
