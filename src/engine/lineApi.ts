import type { Dimension, ViewSpec } from '../analysis/viewSpec';

export interface HotFile {
  /** String index of the file as recorded. */
  file: number;
  path: string;
  self: number;
  total: number;
  /** False where the format has no lines for it. */
  hasLines: boolean;
}

export interface FileLinesParams {
  profile: number;
  view: ViewSpec;
  file: number;
  /** Whether to answer what the file and the lines' functions cost, too: one more pass over the profile. */
  references?: boolean;
}

/** What 100 % of a view is. */
export interface ViewTotals {
  viewTotal: number;
  viewSamples: number;
  unit: string;
}

/** The lines of one file, ascending. */
export interface FileLines extends ViewTotals {
  file: number;
  line: Int32Array;
  self: Float64Array;
  total: Float64Array;
  /** Samples (or weights, where the source has no count) whose stack has the line. */
  samples: Float64Array;
  /** The name of the function that each line is in, as a hash; left out where lines are not compared. */
  functions?: Uint32Array;
  /** Only where they were asked for. */
  references?: FileReferences;
}

/** What a file's lines may be compared with instead of the view's total. */
export interface FileReferences {
  /** The samples with the file anywhere on their stack, in the view's unit. */
  fileTotal: number;
  /** A line each: total of the function that the line is in, the heaviest where several functions have it. */
  functionTotal: Float64Array;
}

/** Lines as recorded: string index of the file, 1-based line. */
export interface LineFunctionsParams {
  profile: number;
  view: ViewSpec;
  lines: readonly { readonly file: number; readonly line: number }[];
}

/** A function of the view, with its totals there. */
export interface LineFunction {
  func: number;
  name: string;
  self: number;
  total: number;
}

export interface LineNeighbour {
  func: number;
  name: string;
  file: string | null;
  /** Of a caller, where most of its calls are, in formats that record that; else where the function is. */
  line: number | null;
  value: number;
  /** Whether it was inlined into what called it, at least somewhere. */
  inlined: boolean;
}

export interface LineDetails {
  self: number;
  total: number;
  /** Samples whose stack has the line, and those whose innermost frame is there. */
  samples: number;
  selfSamples: number;
  /** Whether the values are of samples that were taken at random, so that a share of few of them is an estimate. */
  sampled: boolean;
  viewTotal: number;
  viewSamples: number;
  unit: string;
  type: string;
  /** Functions that the line belongs to, heaviest first. */
  functions: { func: number; name: string }[];
  callers: LineNeighbour[];
  callees: LineNeighbour[];
  /** Where the line's code was inlined into other functions: the heaviest of these. */
  inlined: InlineChain[];
  /** When the line was on the stack; null where samples have no times. */
  timeline: LineTimeline | null;
  /** How the total divides among instances, processes, threads and labels that the view has several of. */
  splits: LineSplitSummary[];
}

/** When a line was on the stack: the time of the view in buckets of equal length. Values in the sample type's unit. */
export interface LineTimeline {
  /** Nanoseconds since the profile's start: where the first bucket begins and the last one ends. */
  from: number;
  to: number;
  /** Per bucket: value of the samples with the line on their stack. */
  line: number[];
  /** Per bucket: value of all samples of the view. */
  all: number[];
  /** Whether `line` is the line's part of when its function ran: V8 counts a function's lines over the whole profile. */
  ofFunction: boolean;
}

/** From the line's function outwards to the one that was compiled as a function. */
export interface InlineChain {
  value: number;
  /** Each with the line that the one before was inlined at; the first has the line itself. */
  frames: { name: string; file: string | null; line: number | null }[];
}

export interface LineSplitSummary {
  by: Dimension;
  /** Heaviest first; null stands for samples without the label. */
  values: { value: string | null; total: number }[];
  /** How many values there are. */
  distinct: number;
}
