import type { ViewSpec } from '../analysis/viewSpec';
import type { BaseView, ShareChange } from './compareApi';

/** Where a function is declared, as recorded (after source maps). */
export interface FunctionInfo {
  name: string;
  file: string | null;
  /** 1-based, null where unknown. */
  line: number | null;
  column: number | null;
}

export interface SearchParams {
  profile: number;
  view: ViewSpec;
  query: string;
  regex: boolean;
  matchCase: boolean;
}

export interface SearchResult {
  /** Function indices that match by name or file, ascending. */
  functions: Int32Array;
  /** Value of the samples with at least one matching frame, in the sample type's unit. */
  matched: number;
  viewTotal: number;
}

/** By change only where a baseline is compared with; else by the value itself. */
export type FunctionSort = 'self' | 'total' | 'deltaSelf' | 'deltaTotal' | 'name' | 'file';

export interface FunctionTableParams {
  profile: number;
  view: ViewSpec;
  sort: FunctionSort;
  descending: boolean;
  /** Same language as `search`; empty for all. */
  filter: { query: string; regex: boolean; matchCase: boolean };
  base?: BaseView | null;
  offset: number;
  limit: number;
}

export interface FunctionTablePage {
  /** Rows that pass the filter. */
  count: number;
  offset: number;
  viewTotal: number;
  rows: FunctionRow[];
}

export interface FunctionRow {
  /** -1 for one that only the baseline has. */
  func: number;
  name: string;
  file: string | null;
  line: number | null;
  self: number;
  total: number;
  /** Against the baseline. */
  change?: { self: ShareChange; total: ShareChange };
}
