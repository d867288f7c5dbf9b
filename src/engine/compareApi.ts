import type { CompareBy } from '../analysis/comparison';
import type { ViewSpec } from '../analysis/viewSpec';
import type { TopResult } from './topApi';

/** A profile to compare with, and which part of it. */
export interface BaseView {
  profile: number;
  view: ViewSpec;
  /** How values compare; left out where only shares are wanted. */
  how?: { by: CompareBy; scale: number; counted: boolean };
}

/** A difference of shares (0.041: 4.1 percentage points), and whether it is more than chance. */
export interface ShareChange {
  share: number;
  sure: boolean;
}

export interface DiffParams {
  profile: number;
  view: ViewSpec;
  base: BaseView;
  by: 'function' | 'line' | 'file';
  /** By the size of whose change rows are sorted. */
  sort: 'self' | 'total';
  limit: number;
}

/** What `emberline diff --json` prints. */
export interface DiffResult {
  base: TopResult['profile'];
  new: TopResult['profile'];
  rows: DiffRow[];
}

/** Values in the sample type's unit, 0 where a profile has none; deltas in percentage points of the profile's total. */
export interface DiffRow {
  name: string;
  file: string | null;
  line: number | null;
  baseSelf: number;
  baseTotal: number;
  newSelf: number;
  newTotal: number;
  deltaSelf: number;
  deltaTotal: number;
  /** False where the change may be chance. */
  sureSelf: boolean;
  sureTotal: boolean;
}
