import type { CompareBy } from '../analysis/comparison';
import type { LabelKeySummary } from '../analysis/labelSummary';
import type { ChartOrder, Dimension, FilterTerm, FlameOrder, ViewSpec } from '../analysis/viewSpec';
import type { FoldedStacks, FoldJob } from '../endpoints/nylasText';
import type { SampleType, Thread } from '../profile/profile';
import type { ChangedRows, ChangedRowsParams, HotRows, HotRowsParams, Neighbours, NeighboursParams } from './agentApi';
import type {
  FileFunctions,
  FileFunctionsParams,
  HotPathAnswer,
  HotPathParams,
  HottestLines,
  HottestLinesParams,
} from './hottestApi';

/**
 * The engine's requests, one property each: what it takes and what it answers. The same table types the worker's
 * messages, the in-process engine and what the webview may ask for.
 */
export interface EngineRequests {
  open: { params: OpenParams; result: ProfileSummary };
  merge: { params: { profiles: number[]; name: string }; result: ProfileSummary };
  close: { params: { profile: number }; result: null };
  flameWindow: { params: FlameWindowParams; result: FlameWindow };
  frameDetails: { params: FrameDetailsParams; result: FrameDetails };
  functionInfo: { params: { profile: number; view?: ViewSpec; func: number }; result: FunctionInfo };
  frameParents: { params: FrameDetailsParams; result: PathFrame[] };
  search: { params: SearchParams; result: SearchResult };
  functionTable: { params: FunctionTableParams; result: FunctionTablePage };
  hotFiles: { params: { profile: number; view: ViewSpec }; result: HotFile[] };
  selection: { params: SelectionParams; result: SelectedView };
  viewTotals: { params: { profile: number; view: ViewSpec }; result: ViewTotals };
  fileLines: { params: FileLinesParams; result: FileLines };
  lineFunctions: { params: LineFunctionsParams; result: LineFunction[] };
  lineDetails: { params: { profile: number; view: ViewSpec; file: number; line: number }; result: LineDetails };
  hottestLines: { params: HottestLinesParams; result: HottestLines };
  fileFunctions: { params: FileFunctionsParams; result: FileFunctions };
  hotPath: { params: HotPathParams; result: HotPathAnswer };
  top: { params: TopParams; result: TopResult };
  diff: { params: DiffParams; result: DiffResult };
  hotRows: { params: HotRowsParams; result: HotRows };
  changedRows: { params: ChangedRowsParams; result: ChangedRows };
  neighbours: { params: NeighboursParams; result: Neighbours };
  encodings: { params: { profile: number; view?: ViewSpec }; result: ProfileEncoding[] };
  encode: { params: EncodeParams; result: Uint8Array };
  /** Of all open profiles: the files whose text is in a source map, as recorded. */
  embeddedSources: { params: Record<string, never>; result: string[] };
  /** The text of one of these; null where the map does not have it any more. */
  embeddedSource: { params: { file: string }; result: string | null };
  /** Of no profile: what an endpoint answered, made into folded stacks. */
  foldStacks: { params: FoldJob; result: FoldedStacks };
}

export type EngineMethod = keyof EngineRequests;
export type EngineParams<M extends EngineMethod> = EngineRequests[M]['params'];
export type EngineResult<M extends EngineMethod> = EngineRequests[M]['result'];

export interface RequestOptions {
  /** Aborting rejects the request with an `AbortError`; work under way in the engine stops at its next check. */
  readonly signal?: AbortSignal;
  /** `fraction` is 0 to 1, or null where the size is not known. */
  readonly onProgress?: (fraction: number | null, what: string) => void;
}

/** Both the worker's client and the in-process engine. */
export interface EngineApi {
  request<M extends EngineMethod>(
    method: M,
    params: EngineParams<M>,
    options?: RequestOptions,
  ): Promise<EngineResult<M>>;
  dispose(): void;
}

export interface OpenParams {
  /** What to read: a file by path, or bytes that were captured. */
  source: { kind: 'file'; path: string } | { kind: 'bytes'; bytes: Uint8Array };
  /** File name or title; its ending decides only where the content leaves a doubt. */
  name: string;
}

export interface ProfileSummary {
  /** The engine's handle. */
  profile: number;
  name: string;
  formats: string[];
  sampleTypes: SampleType[];
  defaultSampleType: number;
  /** Sum of each sample type over all samples. */
  totals: number[];
  threads: ThreadSummary[];
  /** The threads by process, in the order of first threads. */
  processes: ProcessSummary[];
  /** The samples' labels, those of the most samples first; some may be left out where there are very many. */
  labels: LabelKeySummary[];
  samples: number;
  functions: number;
  durationMs: number | null;
  startTimeMs: number | null;
  /** Whether samples have times, so that a flame chart can be drawn. */
  timed: boolean;
  lines: 'call' | 'declaration' | 'none';
  notes: string[];
}

export interface ThreadSummary extends Thread {
  /** With its process, as no other thread is named: names it in filters. */
  title: string;
  samples: number;
  /** The sample types that the thread has values of; left out where it has all. */
  types?: number[];
}

export interface ProcessSummary {
  /** As no other process is named: names it in filters. */
  title: string;
  /** Indices of its threads. */
  threads: number[];
  samples: number;
}

export interface FlameWindowParams {
  profile: number;
  view: ViewSpec;
  order: ChartOrder;
  base?: BaseView | null;
  /** The wanted part of the x axis, in the axis's unit (left heavy: the sample type's; time order: nanoseconds). */
  from: number;
  to: number;
  /** How many device pixels that part is drawn on: boxes narrower than half a pixel come merged. */
  pixels: number;
  /**
   * Which functions' names to send: of the whole profile (where it has too many, of the window), of the window, or
   * none: names are most of a window's cost, and a viewer needs each only once.
   */
  names: 'profile' | 'window' | 'none';
}

/**
 * The boxes of a part of the chart, row by row (row 0 is the outermost frame). Row `r` has the boxes
 * `rowOffset[r]` to `rowOffset[r + 1]`, ascending and disjoint in x.
 */
export interface FlameWindow {
  /** Which part is covered; at least what was asked for. */
  from: number;
  to: number;
  /** Boxes narrower than this were merged with their neighbours; 0: the window is exact. */
  resolution: number;
  /** The whole axis is 0 to `extent`. */
  extent: number;
  /** `rows + 1` entries. */
  rowOffset: Uint32Array;
  start: Float64Array;
  end: Float64Array;
  /** The layout's node, to be named in `frameDetails`; -1 for a run of merged tiny boxes. */
  node: Int32Array;
  /** Function index; for a merged run that of its widest box. */
  func: Int32Array;
  /** Change of each box's total against the baseline: sign, and 0 (none, or chance) to 3 (large). */
  change?: Int8Array;
  /** The functions that names were asked for: `names[i]` is function `nameFunc[i]`'s. */
  nameFunc: Int32Array;
  names: string[];
  /** Colour key of the function `nameFunc[i]`: a small number, equal for functions of one file or package. */
  nameGroup: Int32Array;
}

export interface FrameDetailsParams {
  profile: number;
  view: ViewSpec;
  order: ChartOrder;
  node: number;
  base?: BaseView | null;
}

export interface FrameDetails {
  name: string;
  /** As recorded (after source maps), null where unknown. */
  file: string | null;
  /** 1-based, null where unknown. */
  line: number | null;
  column: number | null;
  inlined: boolean;
  /** How the code ran, for people: 'kernel'; null where unknown. */
  kind: string | null;
  /** The library or binary that holds the code, null where unknown. */
  module: string | null;
  /**
   * Of this node (this function called along this path), in the sample type's unit. Callers of a sandwich have no self:
   * their total is what the sandwich's function costs where they call it.
   */
  self: number | null;
  total: number;
  /** Of the function everywhere in the view, recursion counted once. */
  functionSelf: number;
  functionTotal: number;
  /** Samples with this node on the stack. */
  samples: number;
  /** The view's total: what 100 % is. */
  viewTotal: number;
  /** Extent on the x axis, to zoom to. */
  start: number;
  end: number;
  row: number;
  func: number;
  /** Against the baseline: of this frame (where it is a path of the call tree), of the function. */
  change?: { frame: FrameChange | null; function: FrameChange };
}

/** Shares of the baseline's total, and how much more they are now. */
export interface FrameChange {
  self: ShareChange & { before: number };
  total: ShareChange & { before: number };
}

/** Where a function is declared, as recorded (after source maps). */
export interface FunctionInfo {
  name: string;
  file: string | null;
  /** 1-based, null where unknown. */
  line: number | null;
  column: number | null;
}

/** One step of the breadcrumb, outermost first. */
export interface PathFrame {
  node: number;
  name: string;
  start: number;
  end: number;
  row: number;
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

export interface HotFile {
  /** String index of the file as recorded. */
  file: number;
  path: string;
  self: number;
  total: number;
  /** False where the format has no lines for it. */
  hasLines: boolean;
}

export interface SelectionParams {
  profile: number;
  view: ViewSpec;
  order: FlameOrder;
  /** The node that the chart is zoomed into; null for none. */
  node: number | null;
  /** The part of the x axis that is looked at; only times (in time order) select samples. Null for all. */
  range: { from: number; to: number } | null;
}

/** The samples that a chart is zoomed to, as a view. */
export interface SelectedView {
  view: ViewSpec;
  /** The frame that is zoomed into; null for none. */
  name: string | null;
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

export interface TopParams {
  profile: number;
  by: 'function' | 'line' | 'file';
  sort: 'self' | 'total';
  /** Name of the sample type; null for the profile's default. */
  type: string | null;
  limit: number;
  /** Samples must pass all of these; by default all do. */
  filter?: readonly FilterTerm[];
}

/** What `emberline top --json` prints. */
export interface TopResult {
  profile: {
    formats: string[];
    sampleTypes: SampleType[];
    sampleType: string;
    unit: string;
    total: number;
    samples: number;
    durationMs: number | null;
  };
  rows: TopRow[];
}

export interface TopRow {
  name: string;
  file: string | null;
  line: number | null;
  self: number;
  total: number;
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

/** What a profile can be written as. */
export interface ProfileEncoding {
  /** To be named in `encode`. */
  name: string;
  /** For people: "Flame graph page". */
  title: string;
  /** Endings of file names, the usual one first. */
  extensions: string[];
  /** Why this profile cannot be written so, as a sentence; null where it can. */
  unfit: string | null;
}

export interface EncodeParams {
  profile: number;
  format: string;
  /**
   * What a flame graph shows; by default the default sample type of all threads. Files of profiles hold all threads, and
   * as their default, or the only one they can hold, this sample type.
   */
  view?: ViewSpec;
}
