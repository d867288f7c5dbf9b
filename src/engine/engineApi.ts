import type { LabelKeySummary } from '../analysis/labelSummary';
import type { ViewSpec } from '../analysis/viewSpec';
import type { FoldedStacks, FoldJob } from '../endpoints/nylasText';
import type { SampleType, Thread } from '../profile/profile';
import type { ChangedRows, ChangedRowsParams, HotRows, HotRowsParams, Neighbours, NeighboursParams } from './agentApi';
import type { DiffParams, DiffResult } from './compareApi';
import type {
  FlameWindow,
  FlameWindowParams,
  FrameDetails,
  FrameDetailsParams,
  PathFrame,
  SelectedView,
  SelectionParams,
} from './flameApi';
import type { FunctionInfo, FunctionTablePage, FunctionTableParams, SearchParams, SearchResult } from './functionApi';
import type {
  FileFunctions,
  FileFunctionsParams,
  HotPathAnswer,
  HotPathParams,
  HottestLines,
  HottestLinesParams,
} from './hottestApi';
import type {
  FileLines,
  FileLinesParams,
  HotFile,
  LineDetails,
  LineFunction,
  LineFunctionsParams,
  ViewTotals,
} from './lineApi';
import type { TopParams, TopResult } from './topApi';

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
  hotFiles: { params: { profile: number; view: ViewSpec; exact?: boolean }; result: HotFile[] };
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
