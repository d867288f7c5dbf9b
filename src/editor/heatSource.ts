import type * as vscode from 'vscode';
import type { ViewSpec } from '../analysis/viewSpec';
import type { ProfileSummary } from '../engine/engineApi';

/** The profile that glows. */
export interface HeatSource {
  readonly uri: vscode.Uri;
  readonly name: string;
  readonly status: { readonly kind: string; readonly summary?: ProfileSummary };
  /** The sample type and thread that are looked at; null while the profile is not open. */
  readonly view: ViewSpec | null;
  /** When it was recorded (at the latest) and when it was read, in ms since the epoch; null where unknown. */
  readonly readSpanMs: { readonly recorded: number; readonly opened: number } | null;
}

export type HeatMetric = 'self' | 'total';
