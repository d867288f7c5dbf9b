import type { ViewSpec } from '../analysis/viewSpec';
import type { ViewTotals } from './lineApi';

export interface HottestLinesParams {
  profile: number;
  view: ViewSpec;
  sort: 'self' | 'total';
  /** How many lines to answer, 10,000 at most. */
  limit: number;
}

export interface HottestLines extends ViewTotals {
  /** How many lines there are. */
  count: number;
  /** Hottest first. */
  lines: HottestLine[];
}

export interface HottestLine {
  /** String index of the file as recorded. */
  file: number;
  path: string;
  /** 1-based. */
  line: number;
  /** A function that the line is in. */
  name: string;
  self: number;
  total: number;
}

export interface FileFunctionsParams {
  profile: number;
  view: ViewSpec;
  /** String indices of recorded files: their functions. */
  files: number[];
  /** Last parts of names: functions of which the profile names no file. */
  names: string[];
}

/** Functions that may be defined in a document, heaviest first; cut off at some thousands. */
export interface FileFunctions extends ViewTotals {
  functions: FunctionHeat[];
}

export interface FunctionHeat {
  func: number;
  name: string;
  /** String index of the recorded file, -1 where unknown. */
  file: number;
  path: string | null;
  module: string | null;
  /** 1-based line of its declaration, null where unknown. */
  line: number | null;
  self: number;
  total: number;
  samples: number;
  /** Who called it most, heaviest first, of `callerCount`. Values of the samples where they did. */
  callers: { name: string; value: number }[];
  callerCount: number;
}

export interface HotPathParams {
  profile: number;
  view: ViewSpec;
  /**
   * Where the path begins: in the function that has this line (1-based) of a recorded file, or the nearest line before
   * it; or in a function by its index; null: with the heaviest outermost frame.
   */
  from: { file: number; line: number } | { func: number } | null;
}

/** The heaviest callee chain, outermost first. */
export interface HotPathAnswer extends ViewTotals {
  steps: HotPathFrame[];
  /** Whether it goes on beyond what is answered. */
  cut: boolean;
}

export interface HotPathFrame {
  func: number;
  name: string;
  /** As recorded, null where unknown. */
  file: string | null;
  /** 1-based line where the path goes on (of the last frame: where its own time went), null where unknown. */
  line: number | null;
  self: number;
  total: number;
  /** How often the function called itself here, as deep as a hundredth of the samples go: 1 without recursion. */
  repeats: number;
}
