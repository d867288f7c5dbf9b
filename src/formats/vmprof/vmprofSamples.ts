import { growFloat64, growInt32 } from '../../profile/growColumn';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { PairTable } from '../../profile/tupleTables';
import { VmprofStacks } from './vmprofStacks';

/** A sample stands for no more than this many nanoseconds, as in vmprof's own reader: the process may have been stopped. */
const LONGEST_GAP = 1e9;

/** What the header of a vmprof file says. */
export interface VmprofHeader {
  /** Format version, 0 where the file does not say. */
  version: number;
  memory: boolean;
  lines: boolean;
  /** PyPy: addresses come with a tag. */
  tagged: boolean;
  realTime: boolean;
  interpreter: string;
}

/** Samples, and the profile that they become. */
export class VmprofSamples {
  readonly names = new VmprofStacks();
  readonly header: VmprofHeader = {
    version: 0,
    memory: false,
    lines: false,
    tagged: false,
    realTime: false,
    interpreter: '',
  };
  readonly notes: string[] = [];
  readonly meta = new Map<string, string>();
  /** Microseconds; 0 where the file does not say. */
  period = 0;
  /** Microseconds since the epoch. */
  startTime: number | null = null;
  endTime: number | null = null;

  private readonly threads = new PairTable();
  private rows = 0;
  private stack: Int32Array = new Int32Array(64);
  private thread: Int32Array = new Int32Array(64);
  private count: Float64Array = new Float64Array(64);
  private value: Float64Array = new Float64Array(64);
  private memory: Float64Array = new Float64Array(64);
  private start: Float64Array = new Float64Array(64);
  /** Time of the last sample, of each thread in real time and of the process otherwise; NaN before the first. */
  private last: Float64Array = new Float64Array(0);
  private lost = 0;

  get length(): number {
    return this.rows;
  }

  threadIndex(low: number, high: number): number {
    const thread = this.threads.intern(low, high);
    if (thread >= this.last.length) {
      const known = this.last.length;
      this.last = growFloat64(this.last, thread + 1).fill(Number.NaN, known);
    }
    return thread;
  }

  /**
   * @param count how many samples the record stands for, 1 in all recorders of today
   * @param memory resident kilobytes, null where not recorded
   * @param time nanoseconds of some clock, null where not recorded
   */
  add(stack: number, thread: number, count: number, memory: number | null, time: number | null): void {
    const row = this.rows++;
    if (row >= this.stack.length) {
      this.stack = growInt32(this.stack, row + 1);
      this.thread = growInt32(this.thread, row + 1);
      this.count = growFloat64(this.count, row + 1);
      this.value = growFloat64(this.value, row + 1);
      this.memory = growFloat64(this.memory, row + 1);
      this.start = growFloat64(this.start, row + 1);
    }
    this.stack[row] = stack;
    this.thread[row] = thread;
    this.count[row] = count;
    this.memory[row] = memory ?? 0;
    const value = time === null || this.period <= 0 ? this.period * 1000 * count : this.gap(thread, time);
    this.value[row] = value;
    this.start[row] = (time ?? 0) - value;
  }

  /**
   * Nanoseconds that a sample stands for: since the sample before, at least a period, for signals get lost. In real time
   * each thread gets its own signals, otherwise the process has one timer.
   */
  private gap(thread: number, time: number): number {
    const of = this.header.realTime ? thread : 0;
    const before = this.last[of];
    if (!(time <= before)) {
      this.last[of] = time;
    }
    const gap = Number.isNaN(before) ? 0 : time - before;
    this.lost += Math.max(0, gap - LONGEST_GAP);
    return Math.max(Math.min(gap, LONGEST_GAP), this.period * 1000);
  }

  finish(): Profile {
    const builder = new ProfileBuilder();
    const { header, period, threads } = this;
    builder.addSampleType('samples', 'count');
    const time = period > 0 ? builder.addSampleType(header.realTime ? 'wall' : 'cpu', 'nanoseconds') : -1;
    const stackOf = this.names.finish(builder);
    const process = this.meta.get('argv') ?? null;
    for (let thread = 0; thread < threads.length; thread++) {
      const tid = threads.b[thread] * 0x100000000 + (threads.a[thread] >>> 0);
      const known = header.version >= 1 && Number.isSafeInteger(tid) && tid > 0;
      builder.addThread({ name: '', process, pid: null, tid: known ? tid : null });
    }
    // Files without a clock in their samples have an order, but no times.
    const timed = header.version >= 7 && time >= 0;
    const origin = timed ? this.start.subarray(0, this.rows).reduce((least, at) => Math.min(least, at), Infinity) : 0;
    const key = header.memory ? builder.string('memory') : -1;
    const unit = header.memory ? builder.string('kilobytes') : -1;
    for (let row = 0; row < this.rows; row++) {
      let labels = -1;
      if (header.memory) {
        // How much memory there was is a state: not to be summed up, so no sample type.
        builder.labels.begin();
        builder.labels.addNumber(key, this.memory[row], unit);
        labels = builder.labels.end();
      }
      const stack = this.stack[row] < 0 ? -1 : stackOf[this.stack[row]];
      const at = builder.addSample(stack, this.thread[row], timed ? this.start[row] - origin : null, labels);
      builder.setValue(at, 0, this.count[row]);
      if (time >= 0) {
        builder.setValue(at, time, this.value[row]);
      }
    }
    if (this.lost > 0) {
      const seconds = (this.lost / 1e9).toFixed(1);
      this.notes.push(`Gaps between samples count as one second at most, as in vmprof: ${seconds} s are in no sample.`);
    }
    const { startTime, endTime } = this;
    return builder.finish({
      formats: ['vmprof'],
      durationMs: startTime !== null && endTime !== null && endTime >= startTime ? (endTime - startTime) / 1000 : null,
      startTimeMs: startTime === null ? null : startTime / 1000,
      defaultSampleType: Math.max(time, 0),
      lines: this.names.lined ? 'call' : 'declaration',
      notes: this.notes,
    });
  }
}
