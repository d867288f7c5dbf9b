import { DecodeError } from '../decodeError';
import type { TraceEvent } from './traceEvent';

/** No trace of a real machine has more; a small file could otherwise name millions. */
const MOST_THREADS = 100_000;

export interface TraceProcess {
  readonly key: number;
  name: string | null;
  readonly threads: Map<number, number>;
}

export interface TraceThread {
  readonly process: TraceProcess;
  readonly key: number;
  name: string | null;
}

/** The processes and threads of a trace, by their ids. */
export class TraceThreads {
  readonly processes = new Map<number, TraceProcess>();
  readonly all: TraceThread[] = [];
  private readonly pids = new Map<number, number>();
  private lastPid = Number.NaN;
  private lastTid = Number.NaN;
  private lastIndex = -1;

  constructor(private readonly event: TraceEvent) {}

  /** The process with an id; NaN where events have none. */
  process(pid: number): TraceProcess {
    let process = this.processes.get(pid);
    if (process === undefined) {
      process = { key: pid, name: null, threads: new Map() };
      this.processes.set(pid, process);
    }
    return process;
  }

  /** Index of a thread. */
  index(pid: number, tid: number): number {
    if (pid === this.lastPid && tid === this.lastTid) {
      return this.lastIndex;
    }
    const process = this.process(pid);
    let index = process.threads.get(tid);
    if (index === undefined) {
      index = this.all.push({ process, key: tid, name: null }) - 1;
      process.threads.set(tid, index);
      if (!this.pids.has(tid)) {
        this.pids.set(tid, pid);
      }
      if (index >= MOST_THREADS) {
        throw new DecodeError(`Expected a trace of at most ${MOST_THREADS} threads`);
      }
    }
    this.lastPid = pid;
    this.lastTid = tid;
    this.lastIndex = index;
    return index;
  }

  /** Process of the first thread with an id; NaN where there is none. */
  pidOf(tid: number): number {
    return this.pids.get(tid) ?? Number.NaN;
  }

  /** A thread for the profile. `suffix` says what of it, '' for all. */
  describe(
    process: TraceProcess,
    thread: TraceThread | null,
    suffix: string,
  ): { name: string; process: string | null; pid: number | null; tid: number | null } {
    const tidText = thread === null ? null : this.event.idText(thread.key);
    const name = thread?.name ?? tidText ?? '';
    return {
      name: name === '' || suffix === '' ? name || suffix : `${name} ${suffix}`,
      process: process.name ?? this.event.idText(process.key),
      pid: this.number(process.key),
      tid: thread === null ? null : this.number(thread.key),
    };
  }

  private number(key: number): number | null {
    return Number.isNaN(key) || this.event.idText(key) !== null ? null : key;
  }
}
