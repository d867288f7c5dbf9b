import { growFloat64, growInt32 } from '../../profile/growColumn';
import type { Thread } from '../../profile/profile';
import type { ProfileBuilder } from '../../profile/profileBuilder';
import type { PerfHeader } from './perfHeader';

/** Events that have types of their own; there are never so many, but text can claim them. */
const MOST_EVENTS = 16;
const OTHERS = 'other events';

/** Samples as they come, in columns: their types are known at the end only. */
export class PerfSamples {
  length = 0;
  private stack: Int32Array = new Int32Array(64);
  private thread: Int32Array = new Int32Array(64);
  private event: Int32Array = new Int32Array(64);
  private labels: Int32Array = new Int32Array(64);
  /** Nanoseconds since the first sample, NaN where unknown. */
  private time: Float64Array = new Float64Array(64);
  private period: Float64Array = new Float64Array(64);
  private readonly events = new Map<string, number>();
  private readonly withPeriod: boolean[] = [];
  private readonly threads: { -readonly [K in keyof Thread]: Thread[K] }[] = [];
  private readonly threadOf = new Map<string, number>();
  private firstSecond: number | null = null;
  private firstNanosecond = 0;

  constructor(private readonly builder: ProfileBuilder) {}

  /** Adds a sample; `stack` -1 for none, `text` a tracepoint's fields. */
  add(header: PerfHeader | null, stack: number, text: string): void {
    const row = this.length++;
    if (row >= this.stack.length) {
      this.stack = growInt32(this.stack, row + 1);
      this.thread = growInt32(this.thread, row + 1);
      this.event = growInt32(this.event, row + 1);
      this.labels = growInt32(this.labels, row + 1);
      this.time = growFloat64(this.time, row + 1);
      this.period = growFloat64(this.period, row + 1);
    }
    const event = this.eventOf(header?.event ?? '');
    this.stack[row] = stack;
    this.thread[row] = this.threadOfHeader(header);
    this.event[row] = event;
    this.labels[row] = this.labelsOf(header, text);
    this.time[row] = this.timeOf(header);
    this.period[row] = header?.period ?? 1;
    this.withPeriod[event] ||= header !== null && header.period !== null;
  }

  private eventOf(name: string): number {
    let event = this.events.get(name);
    if (event === undefined) {
      const own = this.events.size < MOST_EVENTS ? name : OTHERS;
      event = this.events.get(own) ?? this.events.size;
      this.events.set(own, event);
      this.withPeriod[event] ??= false;
    }
    return event;
  }

  private threadOfHeader(header: PerfHeader | null): number {
    const { comm, pid, tid } = header ?? { comm: '', pid: null, tid: null };
    const key = `${pid} ${tid} ${comm}`;
    let thread = this.threadOf.get(key);
    if (thread === undefined) {
      thread = this.threads.length;
      this.threadOf.set(key, thread);
      const made = { name: comm, process: null, pid, tid };
      this.threads.push(made);
      this.builder.addThread(made);
    }
    return thread;
  }

  private labelsOf(header: PerfHeader | null, text: string): number {
    const { builder } = this;
    if (text === '' && (header === null || header.cpu === null)) {
      return -1;
    }
    builder.labels.begin();
    if (header !== null && header.cpu !== null) {
      builder.labels.addNumber(builder.string('cpu'), header.cpu, -1);
    }
    if (text !== '') {
      builder.labels.addText(builder.string('fields'), builder.string(text));
    }
    return builder.labels.end();
  }

  private timeOf(header: PerfHeader | null): number {
    if (header === null || header.seconds === null) {
      return Number.NaN;
    }
    if (this.firstSecond === null) {
      this.firstSecond = header.seconds;
      this.firstNanosecond = header.nanoseconds;
    }
    return (header.seconds - this.firstSecond) * 1e9 + (header.nanoseconds - this.firstNanosecond);
  }

  /**
   * Hands all samples to the builder: a type `samples` counts all of them; several events have a count each besides,
   * and an event with periods has a type of its own.
   * @returns the type to show first, and the time from the first sample to the last one, null where unknown
   */
  finish(): { defaultSampleType: number; durationMs: number | null } {
    const { builder } = this;
    const names = [...this.events.keys()];
    builder.addSampleType('samples', 'count');
    const counts = names.map((name) => (names.length > 1 ? builder.addSampleType(`samples:${name}`, 'count') : -1));
    const periods = names.map((name, event) =>
      this.withPeriod[event] ? builder.addSampleType(name || 'period', unitOf(name)) : -1,
    );
    this.nameProcesses();
    let first = 0;
    let last = 0;
    let timed = this.length > 0;
    for (let row = 0; row < this.length; row++) {
      timed &&= !Number.isNaN(this.time[row]);
      first = Math.min(first, this.time[row]);
      last = Math.max(last, this.time[row]);
    }
    for (let row = 0; row < this.length; row++) {
      const time = timed ? this.time[row] - first : null;
      const at = builder.addSample(this.stack[row], this.thread[row], time, this.labels[row]);
      const event = this.event[row];
      builder.setValue(at, 0, 1);
      if (counts[event] >= 0) {
        builder.setValue(at, counts[event], 1);
      }
      if (periods[event] >= 0) {
        builder.setValue(at, periods[event], this.period[row]);
      }
    }
    const main = counts.length > 0 ? Math.max(0, counts[0], periods[0]) : 0;
    return { defaultSampleType: main, durationMs: timed ? (last - first) / 1e6 : null };
  }

  /** A process is called as its main thread. */
  private nameProcesses(): void {
    const main = new Map<number, string>();
    for (const { name, pid, tid } of this.threads) {
      if (pid !== null && pid === tid) {
        main.set(pid, name);
      }
    }
    for (const thread of this.threads) {
      thread.process = thread.pid === null ? null : (main.get(thread.pid) ?? null);
    }
  }
}

/** Software clocks count nanoseconds; all other events count themselves. */
function unitOf(event: string): string {
  return /^(cpu-clock|task-clock|duration_time|user_time|system_time)(:|$)/.test(event) ? 'nanoseconds' : 'count';
}
