import { changeOf } from '../analysis/change';
import { formatValue } from '../units/units';
import type { HeatMetric } from './heatSource';
import type { HotLine, HotLines } from './hotLines';

/** How a line changed against the baseline. */
export interface LineChange {
  /** `new` and `vanished`: of the profile only, of the baseline only. */
  readonly kind: 'new' | 'vanished' | 'up' | 'down' | 'same';
  /** Difference of the shares, 0.041 for 4.1 percentage points. */
  readonly share: number;
  /** Difference in the sample type's unit, the baseline's value scaled. */
  readonly value: number;
  /** False where it may be chance. */
  readonly sure: boolean;
}

/** How a line's self or total changed; null without a baseline. */
export function lineChange(line: HotLine, hot: HotLines, metric: HeatMetric): LineChange | null {
  const { baseline: whole, viewTotal, viewSamples } = hot;
  const { baseline: before } = line;
  if (whole === null || before === null) {
    return null;
  }
  const { by, scale, counted, baseTotal, viewSamples: baseSamples } = whole;
  const raw = scale === 0 ? 0 : before[metric] / scale;
  const change = changeOf(line[metric], samplesOf(line, metric), raw, samplesOf(before, metric), {
    viewTotal,
    viewSamples,
    baseTotal,
    baseSamples,
    by,
    scale,
    counted,
  });
  const { share, value, sure } = change;
  if (share === 0) {
    return { kind: 'same', share, value, sure };
  }
  if (before.self === 0 && before.total === 0) {
    return { kind: 'new', share, value, sure };
  }
  if (line.self === 0 && line.total === 0) {
    return { kind: 'vanished', share, value, sure };
  }
  return { kind: share > 0 ? 'up' : 'down', share, value, sure };
}

/** The one change of a line that its label, its colour and the list of changes tell. */
export interface ToldChange extends LineChange {
  /** What changed. */
  readonly metric: HeatMetric;
  /** Whether that is not the metric that was asked for, and is to be named. */
  readonly other: boolean;
}

/**
 * How a line changed: by the metric itself, else by the other one where only that one changed surely, else that either
 * may have by chance. Null where nothing changed, or without a baseline.
 */
export function toldChange(line: HotLine, hot: HotLines, metric: HeatMetric): ToldChange | null {
  const otherMetric = metric === 'self' ? 'total' : 'self';
  const own = lineChange(line, hot, metric);
  const other = lineChange(line, hot, otherMetric);
  if (own?.sure) return { ...own, metric, other: false };
  if (other?.sure) return { ...other, metric: otherMetric, other: true };
  if (own !== null && own.kind !== 'same') return { ...own, metric, other: false };
  if (other !== null && other.kind !== 'same') return { ...other, metric: otherMetric, other: true };
  return null;
}

/** What a told change is of, where that has to be said: empty where it is the metric itself, or may be chance. */
export function toldWord({ sure, metric, other }: ToldChange): string {
  return sure && other ? metric : '';
}

/** The samples of a line's self are not counted apart: its part of the total's. */
function samplesOf(values: { self: number; total: number; samples: number }, metric: HeatMetric): number {
  return metric === 'total' || values.total === 0 ? values.samples : (values.samples * values.self) / values.total;
}

/**
 * A change as a label says it: `▲ 4.1 pp`, `▼ 2.0 pp`, `new`, `vanished`, `≈` where it may be chance. By value
 * `▲ 12 MiB`. Quantised to 0.1 points or two digits, as VS Code makes a style rule for every distinct text.
 */
export function changeText(change: LineChange, hot: HotLines): string {
  const { kind, share, value, sure } = change;
  if (!sure) {
    return '≈';
  }
  if (kind === 'vanished') {
    return `vanished ▼ ${amountText(share, value, hot)}`;
  }
  return `${kind === 'new' ? 'new ' : ''}${share > 0 ? '▲' : '▼'} ${amountText(share, value, hot)}`;
}

function amountText(share: number, value: number, { baseline, unit }: HotLines): string {
  if (baseline?.by === 'value') {
    return formatValue(twoDigits(Math.abs(value)), unit);
  }
  const points = Math.abs(100 * share);
  return points < 0.05 ? '<0.1 pp' : `${points.toFixed(1)} pp`;
}

function twoDigits(value: number): number {
  return value === 0 ? 0 : Number(value.toPrecision(2));
}
