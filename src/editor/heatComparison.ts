import { type Comparison, compareViews } from '../analysis/comparison';
import type { ViewSpec } from '../analysis/viewSpec';
import type { HeatFiles } from './heatFiles';
import type { HeatSource } from './heatSource';

/** The baseline beside the profile that glows. */
export type HeatComparison =
  | {
      readonly kind: 'compared';
      readonly source: HeatSource;
      readonly files: HeatFiles;
      readonly comparison: Comparison;
    }
  /** Why lines show no change, as a sentence. */
  | { readonly kind: 'problem'; readonly source: HeatSource; readonly problem: string };

/**
 * How `source` is compared with `baseline`: null where either is not open yet, or where both are one profile.
 *
 * @param view what glows of `source`
 * @param filesOf the engine's answers about a view of the baseline
 */
export function compareHeat(
  source: HeatSource | null,
  view: ViewSpec | null,
  baseline: HeatSource | null,
  by: 'share' | 'rate',
  filesOf: (baseline: HeatSource, view: Comparison['view']) => HeatFiles | null,
): HeatComparison | null {
  const summary = source?.status.summary;
  const base = baseline?.status.summary;
  if (source === null || baseline === null || source === baseline || summary === undefined || view === null) {
    return null;
  }
  if (base === undefined) {
    const failed = baseline.status.kind === 'failed';
    return failed ? { kind: 'problem', source: baseline, problem: `${baseline.name} cannot be opened.` } : null;
  }
  if (view.within) {
    return {
      kind: 'problem',
      source: baseline,
      problem: 'What the chart is zoomed to is not compared with a baseline.',
    };
  }
  const comparison = compareViews(summary, view, base, by);
  if (comparison.kind === 'incomparable') {
    return { kind: 'problem', source: baseline, problem: comparison.problem };
  }
  const files = filesOf(baseline, comparison.view);
  return files === null ? null : { kind: 'compared', source: baseline, files, comparison };
}
