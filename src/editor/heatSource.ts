import type * as vscode from 'vscode';
import type { FlameOrder, ViewSpec } from '../analysis/viewSpec';
import type { ProfileSummary } from '../engine/engineApi';

/** The profile that glows. */
export interface HeatSource {
  readonly uri: vscode.Uri;
  readonly name: string;
  readonly status: { readonly kind: string; readonly summary?: ProfileSummary };
  /** The sample type and thread that are looked at; null while the profile is not open. */
  readonly view: ViewSpec | null;
  /** What the chart is zoomed to; null or left out where it shows all. */
  readonly zoom?: ChartZoom | null;
  /** When it was recorded (at the latest) and when it was read, in ms since the epoch; null where unknown. */
  readonly readSpanMs: { readonly recorded: number; readonly opened: number } | null;
}

/** A part of a chart, as the engine's `selection` takes it. */
export interface ChartZoom {
  readonly order: FlameOrder;
  readonly node: number | null;
  readonly range: { readonly from: number; readonly to: number } | null;
}

export type HeatMetric = 'self' | 'total';
