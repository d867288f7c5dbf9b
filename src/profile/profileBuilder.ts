import { FunctionTableBuilder } from './functionTableBuilder';
import { exact, growFloat64, growInt32 } from './growColumn';
import { LabelBuilder } from './labelBuilder';
import { LeafLineBuilder } from './leafLineBuilder';
import type { Profile, ProfileMeta, SampleTable, SampleType, Thread } from './profile';
import { stableOrder } from './stableOrder';
import { StringTable } from './stringTable';
import { PairTable, QuadTable } from './tupleTables';

/** Many samples at once. The builder takes the arrays over: do not use them afterwards. */
export interface SampleBlock {
  /** Stack index of each sample's leaf, -1 for an empty stack. */
  readonly stack: Int32Array;
  /** Of all of them, or of each. */
  readonly thread: number | Int32Array;
  /** Nanoseconds since the profile's start, ascending; null where unknown. */
  readonly time: Float64Array | null;
  /** One column a sample type, as long as `stack`; types without one, and those added later, are 0. */
  readonly values: readonly Float64Array[];
  /** Label set of each sample, -1 for none; left out or null where no sample has labels. */
  readonly labelSet?: Int32Array | null;
}

const NO_VALUES = new Float64Array(0);

/**
 * Makes a `Profile`: interns strings, functions, frames and stacks as a decoder meets them, collects samples, and
 * sees to the invariants that `profile.ts` promises. Callers pass valid indices and finite values.
 */
export class ProfileBuilder {
  readonly strings = new StringTable();
  readonly labels = new LabelBuilder();
  private readonly functions = new FunctionTableBuilder();
  private readonly frames = new QuadTable();
  private readonly stacks = new PairTable();
  private readonly threads: Thread[] = [];
  private readonly sampleTypes: SampleType[] = [];

  private readonly blocks: { block: SampleBlock; at: number }[] = [];
  private blockSamples = 0;
  private rows = 0;
  private rowStack: Int32Array = new Int32Array(64);
  private rowThread: Int32Array = new Int32Array(64);
  private rowLabels: Int32Array = new Int32Array(64);
  private rowTime: Float64Array = new Float64Array(64);
  private rowValues: Float64Array[] = [];
  private timed: boolean | null = null;
  private labelled = false;

  private readonly leafLines = new LeafLineBuilder();

  /** Adds a sample type, of which the samples so far have 0. Returns its index. */
  addSampleType(type: string, unit: string): number {
    this.rowValues.push(new Float64Array(this.rowStack.length));
    return this.sampleTypes.push({ type, unit }) - 1;
  }

  /** Adds a thread and returns its index. Without any, `finish` makes one without a name. */
  addThread(thread: Thread): number {
    return this.threads.push(thread) - 1;
  }

  /** Index of a text. */
  string(text: string): number {
    return this.strings.intern(text);
  }

  /**
   * Index of a function. `name`, `file` and `module` are string indices (`file` and `module` -1 for none), `line` and
   * `column` 1-based or 0.
   */
  func(name: number, file: number, line: number, column: number, module = -1): number {
    return this.functions.intern(name, file, line, column, module);
  }

  /** Index of a frame; `line` is 1-based or 0, `kind` one of `frameKind`. */
  frame(func: number, line: number, inlined: boolean, kind = 0): number {
    return this.frames.intern(func, line, inlined ? 1 : 0, kind);
  }

  /**
   * Index of the stack with `frame` on top of `prefix` (-1: on top of nothing).
   * @param guess an index that it may have, which is looked at first
   */
  stack(prefix: number, frame: number, guess = -1): number {
    const { stacks } = this;
    if (guess >= 0 && guess < stacks.length && stacks.a[guess] === prefix && stacks.b[guess] === frame) {
      return guess;
    }
    return stacks.intern(prefix, frame);
  }

  /** Whether there is any stack yet. */
  get hasStacks(): boolean {
    return this.stacks.length > 0;
  }

  /** Stacks so far. */
  get stackCount(): number {
    return this.stacks.length;
  }

  /** Sets all stacks, the first ones: columns of prefixes and frames, all pairs different, which the builder takes over. */
  setStacks(prefix: Int32Array, frame: Int32Array): void {
    this.stacks.fill(prefix, frame);
  }

  /**
   * Sets all functions, the first ones, each with a frame of its index and line: columns as of `FunctionTable`, all
   * functions different, which the builder takes over.
   */
  setFunctions(name: Int32Array, file: Int32Array, line: Int32Array, column: Int32Array): void {
    const { length } = name;
    this.functions.fill(name, file, line, column);
    const index = new Int32Array(length);
    for (let i = 0; i < length; i++) {
      index[i] = i;
    }
    this.frames.fill(index, line.slice(), new Int32Array(length), new Int32Array(length));
  }

  /** Makes room for about as many more functions (with a frame each) and stacks. */
  reserve(functions: number, stacks: number): void {
    this.functions.reserve(this.functions.length + functions);
    this.frames.reserve(this.frames.length + functions);
    this.stacks.reserve(this.stacks.length + stacks);
  }

  /** Samples so far. */
  get sampleCount(): number {
    return this.rows + this.blockSamples;
  }

  /**
   * Adds a sample with zero values and returns its row, for `setValue`. `time` in nanoseconds since the profile's
   * start, null where unknown (then for all samples); `labelSet` -1 for none.
   */
  addSample(stack: number, thread: number, time: number | null, labelSet: number): number {
    const row = this.rows++;
    if (row >= this.rowStack.length) {
      this.rowStack = growInt32(this.rowStack, row + 1);
      this.rowThread = growInt32(this.rowThread, row + 1);
      this.rowLabels = growInt32(this.rowLabels, row + 1);
      this.rowTime = growFloat64(this.rowTime, row + 1);
      this.rowValues = this.rowValues.map((column) => growFloat64(column, row + 1));
    }
    this.noteTimed(time !== null);
    this.rowStack[row] = stack;
    this.rowThread[row] = thread;
    this.rowTime[row] = time ?? 0;
    this.rowLabels[row] = labelSet;
    this.labelled ||= labelSet >= 0;
    return row;
  }

  /** Sets the value of a sample added by `addSample`. */
  setValue(row: number, sampleType: number, value: number): void {
    this.rowValues[sampleType][row] = value;
  }

  /** The value of a sample added by `addSample`. */
  value(row: number, sampleType: number): number {
    return this.rowValues[sampleType][row];
  }

  /** Adds many samples, in order of time within a thread; without a copy where they are the only ones. */
  addSamples(block: SampleBlock): void {
    if (block.stack.length === 0) {
      return;
    }
    this.noteTimed(block.time !== null);
    this.labelled ||= (block.labelSet ?? null) !== null;
    this.blocks.push({ block, at: this.rows });
    this.blockSamples += block.stack.length;
  }

  /** Times are known for all samples or for none. */
  private noteTimed(timed: boolean): void {
    this.timed = timed && this.timed !== false;
  }

  /**
   * Records that `ticks` samples of `stack` were at `line` (1-based) of its leaf function.
   * @param file string index of the line's file, -1 where that is the function's own
   */
  addLeafLine(stack: number, line: number, ticks: number, file = -1): void {
    this.leafLines.add(stack, line, ticks, file);
  }

  /**
   * As `addLeafLine`, many at once: the builder takes the columns over, and leaves out rows with stack -1.
   * @param sorted whether they are sorted by stack and line, each once
   * @param file as of `addLeafLine`; null where all are their functions' own
   */
  addLeafLines(
    stack: Int32Array,
    line: Int32Array,
    ticks: Float64Array,
    length: number,
    sorted = false,
    file: Int32Array | null = null,
  ): void {
    this.leafLines.addAll(stack, line, ticks, length, sorted, file);
  }

  /** The finished profile. The builder must not be used afterwards. */
  finish(meta: ProfileMeta): Profile {
    const threads = this.threads.length > 0 ? this.threads : [{ name: '', process: null, pid: null, tid: null }];
    const functions = this.functions.finish();
    const leafLines = this.leafLines.finish((stack) => functions.file[this.frames.a[this.stacks.b[stack]]]);
    const single = this.single() !== null;
    const samples = single ? this.finishSamples() : this.inTimeOrder(this.finishSamples(), threads.length);
    const { frames, stacks } = this;
    const inlined = Uint8Array.from(frames.c.subarray(0, frames.length));
    const kind = Uint8Array.from(frames.d.subarray(0, frames.length));
    const labels = this.labels.finish();
    return {
      meta,
      strings: this.strings.toArray(),
      functions,
      frames: {
        length: frames.length,
        func: exact(frames.a, frames.length),
        line: exact(frames.b, frames.length),
        inlined,
        kind,
      },
      stacks: {
        length: stacks.length,
        prefix: exact(stacks.a, stacks.length),
        frame: exact(stacks.b, stacks.length),
      },
      samples,
      sampleTypes: this.sampleTypes,
      threads,
      labels,
      leafLines,
    };
  }

  /** The block that all samples are, as they are to be; null where there is none. */
  private single(): SampleBlock | null {
    if (this.rows > 0 || this.blocks.length !== 1) {
      return null;
    }
    const { block } = this.blocks[0];
    return this.sampleTypes.every((_, type) => block.values[type]?.length === block.stack.length) ? block : null;
  }

  private finishSamples(): SampleTable {
    const timed = this.timed === true;
    const block = this.single();
    if (block !== null) {
      const thread =
        typeof block.thread !== 'number'
          ? block.thread
          : block.thread === 0
            ? null
            : new Int32Array(block.stack.length).fill(block.thread);
      return {
        length: block.stack.length,
        stack: block.stack,
        thread,
        time: timed ? block.time : null,
        values: block.values,
        labelSet: block.labelSet ?? null,
      };
    }
    const length = this.sampleCount;
    const stack = new Int32Array(length);
    const thread = new Int32Array(length);
    const time = timed ? new Float64Array(length) : null;
    const values = this.sampleTypes.map(() => new Float64Array(length));
    const labelSet = this.labelled ? new Int32Array(length).fill(-1) : null;
    let row = 0;
    let target = 0;
    const copyRows = (end: number): void => {
      stack.set(this.rowStack.subarray(row, end), target);
      thread.set(this.rowThread.subarray(row, end), target);
      time?.set(this.rowTime.subarray(row, end), target);
      labelSet?.set(this.rowLabels.subarray(row, end), target);
      values.forEach((column, type) => {
        column.set(this.rowValues[type].subarray(row, end), target);
      });
      target += end - row;
      row = end;
    };
    for (const { block, at } of this.blocks) {
      copyRows(at);
      stack.set(block.stack, target);
      if (typeof block.thread === 'number') {
        thread.fill(block.thread, target, target + block.stack.length);
      } else {
        thread.set(block.thread, target);
      }
      if (time !== null && block.time !== null) {
        time.set(block.time, target);
      }
      if (block.labelSet) {
        labelSet?.set(block.labelSet, target);
      }
      values.forEach((column, type) => {
        column.set(block.values[type] ?? NO_VALUES, target);
      });
      target += block.stack.length;
    }
    copyRows(this.rows);
    return { length, stack, thread: thread.some((index) => index !== 0) ? thread : null, time, values, labelSet };
  }

  /** Samples sorted by time where a thread's are not in order; as they came otherwise. */
  private inTimeOrder(samples: SampleTable, threads: number): SampleTable {
    const { time, thread } = samples;
    if (time === null) {
      return samples;
    }
    const last = new Float64Array(threads).fill(-Infinity);
    let ordered = true;
    for (let i = 0; i < time.length && ordered; i++) {
      const of = thread === null ? 0 : thread[i];
      ordered = last[of] <= time[i];
      last[of] = time[i];
    }
    const order = ordered ? null : stableOrder(time);
    if (order === null) {
      return samples;
    }
    return {
      length: samples.length,
      stack: order.map((row) => samples.stack[row]),
      thread: thread === null ? null : order.map((row) => thread[row]),
      time: reordered(time, order),
      values: samples.values.map((column) => reordered(column, order)),
      labelSet: samples.labelSet === null ? null : order.map((row) => samples.labelSet![row]),
    };
  }
}

function reordered(column: Float64Array, order: Int32Array): Float64Array {
  const result = new Float64Array(order.length);
  for (let i = 0; i < result.length; i++) {
    result[i] = column[order[i]];
  }
  return result;
}
