import { frameKind } from '../../profile/frameKind';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { DecodeError } from '../decodeError';
import type { JsonRecord } from '../json/jsonColumns';
import { addFirefoxTypes, checked, idOf, processName, recordedMs } from './firefoxMeta';
import { addFirefoxSamples, type FirefoxSamples, type FirefoxTypes } from './firefoxSamples';

const NONE = new Float64Array(0);
const NO_TEXTS = new Int32Array(0);

/**
 * The processed format: what profiler.firefox.com saves and samply and other converters write, versions 1 to now. Tables
 * are objects of columns; they stood in each thread first and moved to `shared` one by one, so both places are looked at.
 * (https://github.com/firefox-devtools/profiler/blob/main/docs-developer/CHANGELOG-formats.md)
 * @param strings the texts that the record's columns index
 */
export function readProcessedProfile(root: JsonRecord, strings: readonly string[], checkpoint: () => void): Profile {
  const builder = new ProfileBuilder();
  const meta = root.record('meta');
  const threads = root.records('threads');
  const weights = threads.filter((thread) => thread.record('samples').numbers('stack') !== null).map(weightTypeOf);
  const types = addFirefoxTypes(
    builder,
    {
      samples: weights.includes('samples'),
      time: weights.includes('tracing-ms'),
      bytes: weights.includes('bytes'),
      cpu: threads.some((thread) =>
        (thread.record('samples').numbers('threadCPUDelta') ?? NONE).some((value) => value > 0),
      ),
    },
    meta,
  );
  const allocations = addAllocationTypes(builder, threads);
  const shift = -(meta.number('profilingStartTime') ?? 0);
  const tables = new Tables(builder, root, strings);
  for (const thread of threads) {
    checkpoint();
    const index = builder.addThread({
      name: thread.text('name') ?? '',
      process: processName(thread),
      pid: idOf(thread, 'pid'),
      tid: idOf(thread, 'tid'),
    });
    const stackOf = tables.stacksOf(thread);
    const samples = samplesOf(thread, stackOf, types.cpu >= 0);
    if (samples !== null) addFirefoxSamples(builder, types, index, samples, shift);
    for (const { table, bytes, count } of allocations) {
      addAllocations(builder, thread.record(table), index, stackOf, bytes, count, shift);
    }
  }
  const start = meta.number('startTime');
  return builder.finish({
    formats: ['firefox'],
    durationMs: recordedMs(meta),
    startTimeMs: start === null ? null : start - shift,
    defaultSampleType: defaultType(types),
    lines: 'call',
    notes: threads.length === 0 ? ['The profile has no threads.'] : [],
  });
}

function defaultType(types: FirefoxTypes): number {
  return [types.samples, types.time, types.bytes].find((type) => type >= 0) ?? 0;
}

function weightTypeOf(thread: JsonRecord): FirefoxSamples['weightType'] {
  const type = thread.record('samples').text('weightType');
  return type === 'tracing-ms' || type === 'bytes' ? type : 'samples';
}

function samplesOf(thread: JsonRecord, stackOf: Int32Array, hasCpu: boolean): FirefoxSamples | null {
  const samples = thread.record('samples');
  const stack = samples.numbers('stack');
  if (stack === null) return null;
  const weight = samples.numbers('weight');
  const cpu = hasCpu ? samples.numbers('threadCPUDelta') : null;
  const times = timesOf(samples, stack.length);
  return {
    length: stack.length,
    stack: (row) => stackIn(stackOf, stack[row], row),
    time: (row) => times?.[row] ?? Number.NaN,
    weight: weight === null || weight.length === 0 ? null : (row) => weight[row] ?? 0,
    weightType: weightTypeOf(thread),
    cpuDelta: cpu === null ? null : (row) => cpu[row] ?? 0,
  };
}

function stackIn(stackOf: Int32Array, stack: number, row: number): number {
  return Number.isNaN(stack) ? -1 : stackOf[checked(stack, stackOf.length, 'The stack of the samples', row)];
}

/** Times, or the sums of their deltas; null where a table has neither for every row. */
function timesOf(table: JsonRecord, length: number): Float64Array | null {
  const time = table.numbers('time');
  if (time !== null && time.length >= length) return time;
  const deltas = table.numbers('timeDeltas');
  if (deltas === null || deltas.length < length) return null;
  let sum = 0;
  return deltas.map((delta) => {
    sum += delta;
    return sum;
  });
}

interface AllocationTypes {
  readonly table: string;
  readonly bytes: number;
  readonly count: number;
}

/** Bytes and number of what was allocated; freed memory is negative, as Firefox records it. */
function addAllocationTypes(builder: ProfileBuilder, threads: readonly JsonRecord[]): AllocationTypes[] {
  return [
    ['jsAllocations', 'js_alloc'],
    ['nativeAllocations', 'native_alloc'],
  ]
    .filter(([table]) => threads.some((thread) => (thread.record(table).numbers('stack') ?? NONE).length > 0))
    .map(([table, name]) => ({
      table,
      bytes: builder.addSampleType(`${name}_space`, 'bytes'),
      count: builder.addSampleType(`${name}_objects`, 'count'),
    }));
}

function addAllocations(
  builder: ProfileBuilder,
  table: JsonRecord,
  thread: number,
  stackOf: Int32Array,
  bytes: number,
  count: number,
  shift: number,
): void {
  const stack = table.numbers('stack') ?? NONE;
  const weight = table.numbers('weight') ?? table.numbers('duration') ?? NONE;
  const times = timesOf(table, stack.length);
  for (let i = 0; i < stack.length; i++) {
    const time = times === null ? Number.NaN : (times[i] + shift) * 1e6;
    const row = builder.addSample(stackIn(stackOf, stack[i], i), thread, Number.isFinite(time) ? time : null, -1);
    const value = Number.isFinite(weight[i]) ? weight[i] : 0;
    builder.setValue(row, bytes, value);
    builder.setValue(row, count, Math.sign(value));
  }
}

/** Stack tables, from the threads' columns or the shared ones; the latter are read once. */
class Tables {
  private sharedStacks: Int32Array | null = null;
  private readonly shared: JsonRecord;

  constructor(
    private readonly builder: ProfileBuilder,
    private readonly root: JsonRecord,
    private readonly strings: readonly string[],
  ) {
    this.shared = root.record('shared');
  }

  /** The stacks of a thread's stack table, by row. */
  stacksOf(thread: JsonRecord): Int32Array {
    if (thread.members.has('stackTable')) return this.readStacks(thread);
    this.sharedStacks ??= this.readStacks(thread);
    return this.sharedStacks;
  }

  private table(thread: JsonRecord, name: string): JsonRecord {
    return thread.members.has(name) ? thread.record(name) : this.shared.record(name);
  }

  /** The texts of a thread: its own (once `stringTable`), or those of all. */
  private textsOf(thread: JsonRecord): Int32Array {
    return (
      thread.texts('stringArray') ??
      thread.texts('stringTable') ??
      this.shared.texts('stringArray') ??
      this.root.texts('stringArray') ??
      NO_TEXTS
    );
  }

  private readStacks(thread: JsonRecord): Int32Array {
    const { builder } = this;
    const frameOf = this.readFrames(thread);
    const table = this.table(thread, 'stackTable');
    const frames = table.numbers('frame') ?? NONE;
    const prefixes = table.numbers('prefix') ?? NONE;
    const stackOf = new Int32Array(frames.length);
    for (let row = 0; row < frames.length; row++) {
      const frame = checked(frames[row], frameOf.length, 'The frame in the stack table', row);
      const prefix = prefixes[row] ?? Number.NaN;
      const root = Number.isNaN(prefix) || prefix === -1;
      // A prefix comes before its stacks, so that it cannot be below itself.
      const below = root ? -1 : stackOf[checked(prefix, row, 'The prefix in the stack table', row)];
      stackOf[row] = builder.stack(below, frameOf[frame]);
    }
    return stackOf;
  }

  private readFrames(thread: JsonRecord): Int32Array {
    const { builder } = this;
    const { funcOf, native } = this.readFunctions(thread);
    const table = this.table(thread, 'frameTable');
    const funcs = table.numbers('func') ?? NONE;
    const lines = table.numbers('line') ?? NONE;
    const depths = table.numbers('inlineDepth') ?? NONE;
    const symbols = table.numbers('nativeSymbol') ?? NONE;
    const frameOf = new Int32Array(funcs.length);
    for (let row = 0; row < funcs.length; row++) {
      const func = checked(funcs[row], funcOf.length, 'The function in the frame table', row);
      const kind = native[func] === 1 || symbols[row] >= 0 ? frameKind.native : frameKind.unknown;
      frameOf[row] = builder.frame(funcOf[func], lineNumber(lines[row]), depths[row] > 0, kind);
    }
    return frameOf;
  }

  private readFunctions(thread: JsonRecord): { funcOf: Int32Array; native: Uint8Array } {
    const { builder, strings } = this;
    const texts = this.textsOf(thread);
    const table = this.table(thread, 'funcTable');
    const names = table.numbers('name') ?? NONE;
    const lines = table.numbers('lineNumber') ?? NONE;
    const columns = table.numbers('columnNumber') ?? NONE;
    const fileOf = this.filesOf(thread, table);
    const resources = table.numbers('resource') ?? NONE;
    const moduleOf = this.modulesOf(thread, texts);
    const funcOf = new Int32Array(names.length);
    const native = new Uint8Array(names.length);
    for (let row = 0; row < names.length; row++) {
      const name = strings[texts[checked(names[row], texts.length, 'The name in the function table', row)]] ?? '';
      const file = fileOf(row);
      const path = file >= 0 && file < texts.length ? strings[texts[file]] : undefined;
      const module = moduleOf(resources[row]);
      native[row] = module === null ? 0 : 1;
      funcOf[row] = builder.func(
        builder.string(name),
        path === undefined || path === '' ? -1 : builder.string(path),
        lineNumber(lines[row]),
        lineNumber(columns[row]),
        module === null ? -1 : builder.string(module),
      );
    }
    return { funcOf, native };
  }

  /** By function: the string index of its file, NaN for none. Files are named directly, or through `sources`. */
  private filesOf(thread: JsonRecord, funcTable: JsonRecord): (func: number) => number {
    const files = funcTable.numbers('fileName');
    if (files !== null) return (func) => files[func];
    const sources = funcTable.numbers('source') ?? NONE;
    const filenames = this.table(thread, 'sources').numbers('filename') ?? NONE;
    return (func) => filenames[sources[func]];
  }

  /** By resource: the path of its library, null where it is none. */
  private modulesOf(thread: JsonRecord, texts: Int32Array): (resource: number) => string | null {
    const resources = this.table(thread, 'resourceTable');
    const libs = resources.numbers('lib') ?? NONE;
    const names = resources.numbers('name') ?? NONE;
    const records = thread.members.has('libs') ? thread.records('libs') : this.root.records('libs');
    return (resource) => {
      const lib = libs[resource];
      if (!(lib >= 0)) return null;
      const path = records[lib]?.text('path') ?? records[lib]?.text('name');
      return path || this.strings[texts[names[resource]]] || null;
    };
  }
}

/** 1-based, 0 where the file says none. */
function lineNumber(value: number | undefined): number {
  return value !== undefined && value >= 1 && value < 0x7fffffff ? Math.trunc(value) : 0;
}

/** @throws DecodeError where a profile is no processed one. */
export function checkProcessed(root: JsonRecord): void {
  if (!root.members.has('threads')) {
    throw new DecodeError(
      'Expected "threads" in a Firefox Profiler profile: the file may be truncated or of another kind',
    );
  }
}
