import type { ViewSpec } from '../analysis/viewSpec';
import type { DiffParams, DiffResult } from './compareApi';
import type { TopResult } from './topApi';

/** Which rows are wanted of all; null for any. */
export interface RowFilter {
  /** Part of a recorded path, or a path whose end is a recorded path's end. */
  path: string | null;
  /** Part of a function's name, in any case. */
  name: string | null;
}

export interface HotRowsParams extends RowFilter {
  profile: number;
  view: ViewSpec;
  by: 'function' | 'line' | 'file';
  sort: 'self' | 'total';
  /** How many rows to answer, 1,000 at most. */
  limit: number;
}

/** Rows of `top` that pass the filter. */
export interface HotRows extends TopResult {
  /** How many there are. */
  count: number;
}

export type ChangedRowsParams = DiffParams & RowFilter;

/** Rows of `diff` that pass the filter. */
export interface ChangedRows extends DiffResult {
  /** How many there are. */
  count: number;
}

export interface NeighboursParams {
  profile: number;
  view: ViewSpec;
  /** A function by its name (whole, its last part, or else any part of it), or a line (1-based) of a recorded file. */
  of: { name: string; path: string | null } | { path: string; line: number };
  /** Steps away from the function; of a line always one. */
  depth: number;
  /** Functions of the first step on each side; further ones have three at most. */
  limit: number;
}

export interface Neighbours {
  profile: TopResult['profile'];
  /** The function of that name, or those that have the line, heaviest first; empty where there is none. */
  found: Neighbourhood[];
  /** Values of a line in all of its functions; null where a function was asked for, or several files are named so. */
  line: { self: number; total: number } | null;
  /**
   * What else is named so, or has the line, heaviest first. Where nothing was found, what comes near: lines of the file,
   * by their number.
   */
  others: NeighbourPlace[];
}

/** A function, or a line in one of its functions. */
export interface Neighbourhood extends NeighbourPlace {
  callers: NeighbourStep[];
  callees: NeighbourStep[];
  /** Functions one step away, of which the heaviest are answered. */
  callerCount: number;
  calleeCount: number;
}

export interface NeighbourPlace {
  name: string;
  file: string | null;
  /** 1-based: of the function's declaration, or the line itself; null where unknown. */
  line: number | null;
  self: number;
  total: number;
}

/** In depth-first order. */
export interface NeighbourStep {
  name: string;
  file: string | null;
  line: number | null;
  /** 1 for direct callers and callees. */
  depth: number;
  /** Value of the samples with this step. */
  value: number;
}
