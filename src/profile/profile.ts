/**
 * The columnar profile: what every decoder writes and every query reads.
 *
 * Nothing here is an object per sample, stack or frame. An index into a table is a plain number;
 * its table is named by the field (`frame` holds indices into `Profile.frames`). Every column of a table has
 * `length` entries. -1 means "none" for an index, 0 means "unknown" for a line, a column or an address.
 */
export interface Profile {
  readonly meta: ProfileMeta;
  /** Every distinct text once. Index 0 is always "". */
  readonly strings: readonly string[];
  readonly functions: FunctionTable;
  readonly frames: FrameTable;
  readonly stacks: StackTable;
  readonly samples: SampleTable;
  readonly sampleTypes: readonly SampleType[];
  /** At least one. Samples of formats without threads belong to thread 0. */
  readonly threads: readonly Thread[];
  readonly labels: LabelTable;
  /** Where inside a leaf function the time went, for formats that record that apart from the stack (V8). */
  readonly leafLines: LeafLineTable | null;
  /** By original source file whose text is in a source map: the script (as recorded) that the map is of. */
  readonly embeddedSources?: ReadonlyMap<string, string>;
}

export interface ProfileMeta {
  /** Names of the formats that the data came from, as the registry knows them: `cpuprofile`, `pprof`, `folded`. */
  readonly formats: readonly string[];
  /** Wall-clock length in milliseconds, where the source says it. */
  readonly durationMs: number | null;
  /** Start, in milliseconds since the epoch, where the source says it. */
  readonly startTimeMs: number | null;
  /** The sample type that a viewer shows first. */
  readonly defaultSampleType: number;
  /** What a `FrameTable.line` means: where the frame's function called on (pprof), where it is declared (V8), or nothing. */
  readonly lines: 'call' | 'declaration' | 'none';
  /** What was repaired or is missing, a sentence each, to be shown to the user. */
  readonly notes: readonly string[];
}

export interface SampleType {
  /** `samples`, `time`, `cpu`, `alloc_space` … as the source names it. */
  readonly type: string;
  /** As the source says it: `count`, `nanoseconds`, `microseconds`, `bytes` … */
  readonly unit: string;
}

export interface FunctionTable {
  readonly length: number;
  /** String index. */
  readonly name: Int32Array;
  /** String index of the path or URL as recorded, -1 where unknown. */
  readonly file: Int32Array;
  /** 1-based line of the declaration, 0 where unknown. */
  readonly line: Int32Array;
  /** 1-based column of the declaration, 0 where unknown. */
  readonly column: Int32Array;
  /** String index of the library, binary or image that holds the code, -1 where unknown or where files say it. */
  readonly module: Int32Array;
}

export interface FrameTable {
  readonly length: number;
  /** Function index. */
  readonly func: Int32Array;
  /** 1-based, 0 where unknown. See `ProfileMeta.lines`. */
  readonly line: Int32Array;
  /** 1 where the frame was inlined into the frame below it in the stack (its prefix's frame). */
  readonly inlined: Uint8Array;
  /** How the code ran: one of `frameKind`. */
  readonly kind: Uint8Array;
}

/**
 * A prefix tree: a stack is its frame on top of its prefix. `prefix[i] < i`, so one backward pass sums totals. No two
 * stacks have both the same prefix and the same frame.
 */
export interface StackTable {
  readonly length: number;
  /** Stack index of the caller, -1 for a root. */
  readonly prefix: Int32Array;
  /** Frame index. */
  readonly frame: Int32Array;
}

export interface SampleTable {
  readonly length: number;
  /** Stack index of the leaf, -1 for an empty stack. */
  readonly stack: Int32Array;
  /** Thread index; null where all samples are of thread 0. */
  readonly thread: Int32Array | null;
  /** Start of each sample in nanoseconds since the profile's start, ascending within a thread; null where unknown. */
  readonly time: Float64Array | null;
  /** One column a sample type, in that type's unit. */
  readonly values: readonly Float64Array[];
  /** Label set index, -1 for none; null where no sample has labels. */
  readonly labelSet: Int32Array | null;
}

export interface Thread {
  readonly name: string;
  /** The process, debug session or instance that the thread belongs to. */
  readonly process: string | null;
  readonly pid: number | null;
  readonly tid: number | null;
}

/** Label sets: set `i` has the entries `offset[i]` to `offset[i + 1]`. */
export interface LabelTable {
  /** Number of sets. */
  readonly length: number;
  /** `length + 1` entries. */
  readonly offset: Int32Array;
  /** String index of each entry's key. */
  readonly key: Int32Array;
  /** String index of each entry's text, -1 where the value is a number. */
  readonly text: Int32Array;
  readonly number: Float64Array;
  /** String index of the number's unit, -1 for none. */
  readonly unit: Int32Array;
}

/**
 * `ticks[i]` samples of stack `stack[i]` were at line `line[i]` of its leaf function. Sorted by stack. A line may be of
 * another file than its function: a bundle's top-level code is of many, and V8 counts what it inlined for the caller.
 */
export interface LeafLineTable {
  readonly length: number;
  readonly stack: Int32Array;
  readonly line: Int32Array;
  /** String index of the line's file, -1 where that is the function's own; null where all are. */
  readonly file: Int32Array | null;
  readonly ticks: Float64Array;
}
