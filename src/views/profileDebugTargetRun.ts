import type { CdpPeer } from '../endpoints/cdpPeer';
import { followWorkers } from '../endpoints/cdpWorkers';
import type { CaptureThread, CpuprofileCapture } from '../endpoints/cpuprofileCapture';
import type { V8Recording, V8RecordingEnd } from '../endpoints/v8Inspector';
import { DebuggerLocations } from '../sources/debuggerLocations';
import { createScriptFiles } from '../sources/scriptFiles';
import type { SourcePlace } from '../sources/scriptMap';
import { findSourceMapUrl } from '../sources/sourceMapUrl';
import { formatElapsed } from './profilingStatus';

/** Something to sample: a debug session's target, or one that an inspector offers. */
export interface CaptureTarget {
  readonly name: string;
  /** Whether the connection serves a debugger as well. */
  readonly shared: boolean;
  readonly rootPath: string | undefined;
  connect(): Promise<CdpPeer>;
  /** Where the debugger shows a position, where there is a debugger. */
  preferredPlace(url: string, line: number, column: number): Promise<SourcePlace | null>;
  /** The target that this one may be a worker of. */
  readonly parent: CaptureTarget | null;
}

interface Part {
  readonly target: CaptureTarget;
  readonly recording: V8Recording;
  readonly thread: CaptureThread;
  readonly pid: number | null;
  readonly process: string;
  halted: boolean;
}

/** What is known when all targets are done. */
export interface CaptureRunEnd {
  readonly samples: number;
  /** What is missing, a sentence each: to be shown. */
  readonly warnings: readonly string[];
  /** Whether everything that was sampled went by while the targets were halted. */
  readonly onlyHalted: boolean;
}

interface RunOptions {
  readonly intervalUs: number;
  log(line: string): void;
}

/** Profiles several targets at once into one capture file, a thread for each. */
export class CaptureRun {
  private readonly parts: Part[] = [];
  private readonly warnings: string[] = [];
  private readonly work = new Set<Promise<void>>();
  private readonly locating = new AbortController();
  private readonly started = new Set<CaptureTarget>();
  private stopping = false;
  private haltedMs = 0;
  readonly startedMs = Date.now();

  constructor(
    private readonly capture: CpuprofileCapture,
    private readonly options: RunOptions,
  ) {}

  get samples(): number {
    return this.parts.reduce((sum, { recording }) => sum + recording.samples, 0);
  }

  get targets(): number {
    return this.parts.length;
  }

  get halted(): boolean {
    return this.parts.length > 0 && this.parts.every((part) => part.halted);
  }

  /**
   * Begins to sample a target, beside those under way.
   * @throws Error with a sentence that names the target.
   */
  async add(target: CaptureTarget): Promise<void> {
    if (this.stopping || this.started.has(target)) {
      return;
    }
    this.started.add(target);
    let connection: CdpPeer | null = null;
    try {
      connection = await target.connect();
      await this.record(target, connection);
      if (!target.shared) await this.follow(target, connection);
    } catch (error) {
      await connection?.close();
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(
        /interval when profiling/.test(why) ? `Another profiler runs on "${target.name}": stop it first.` : why,
      );
    }
  }

  /** Without a debugger, which tells of a target's workers by sessions of their own. */
  private async follow(target: CaptureTarget, connection: CdpPeer): Promise<void> {
    await followWorkers(connection, (worker) => {
      const own = { ...target, name: worker.title || 'Worker', parent: target, connect: () => Promise.resolve(worker) };
      this.add(own).catch((error) => this.options.log(error instanceof Error ? error.message : String(error)));
    });
    // One that was started with --inspect-brk waits for this.
    await connection.send('Runtime.runIfWaitingForDebugger').catch(() => undefined);
  }

  private async record(target: CaptureTarget, connection: CdpPeer): Promise<void> {
    const log = (line: string): void => this.options.log(`${target.name}: ${line}`);
    let part: Part | null = null;
    let halted = false;
    let written = Promise.resolve();
    const { V8Recording: Recording } = await import('../endpoints/v8Inspector');
    const recording = await Recording.start(connection, {
      intervalUs: this.options.intervalUs,
      shared: target.shared,
      onHalted: (now) => {
        halted = now;
        if (part) {
          part.halted = now;
        }
      },
      onSegment: ({ profile, startTimeMs }) => {
        // In order, and beside the sampling that goes on: looking locations up may take a while.
        written = written.then(async () => {
          const vscode = await locations.annotate(profile, this.locating.signal);
          part?.thread.addSegment(profile, startTimeMs, vscode);
        });
      },
      log,
    });
    const locations = new DebuggerLocations(
      {
        sourceMapUrl: async (scriptId) => {
          const known = recording.sourceMapUrl(scriptId);
          if (known !== undefined) {
            return known;
          }
          const query = { scriptId, query: 'sourceMappingURL=' };
          const { result } = await connection.send('Debugger.searchInContent', query);
          return findSourceMapUrl(result.map((match) => match.lineContent).join('\n'));
        },
        preferredPlace: (url, line, column) => target.preferredPlace(url, line, column),
      },
      createScriptFiles(),
      target.rootPath,
    );
    const label = this.label(target, recording.target.pid);
    part = { target, recording, thread: this.capture.addThread(label), pid: label.pid, process: label.process, halted };
    this.parts.push(part);
    if (this.stopping) {
      recording.stop();
    }
    const { thread } = part;
    const done = recording.finished.then(async (end) => {
      await written;
      this.haltedMs += end.haltedMs;
      thread.notes.push(...this.describe(target.name, end, locations.missing));
      for (const note of thread.notes) {
        log(note);
      }
    });
    this.work.add(done);
  }

  /** A worker is a thread of its parent's process: they have one pid. */
  private label(target: CaptureTarget, pid: number | null): { process: string; thread: string; pid: number | null } {
    const host =
      pid === null ? undefined : this.parts.find((part) => part.target === target.parent && part.pid === pid);
    const process = host ? host.process : target.name;
    const wanted = host ? target.name : 'Main thread';
    const taken = this.parts.filter(
      (part) => part.pid === pid && part.process === process && (!host || part.target.name === target.name),
    ).length;
    return { process, thread: taken > 0 ? `${wanted} (${taken + 1})` : wanted, pid };
  }

  private describe(name: string, end: V8RecordingEnd, unlocated: number): string[] {
    const notes: string[] = [];
    const seconds = (ms: number): string => (ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : formatElapsed(ms));
    const problems = end.problems.length > 0 ? ` (${end.problems.join('; ')})` : '';
    if (end.lostMs > 0) {
      const why = this.stopping && problems ? 'did not hand over its last samples' : 'ended or its connection dropped';
      const note = `"${name}" ${why}: its last ${seconds(end.lostMs)} are missing${problems}.`;
      notes.push(note);
      this.warnings.push(note);
    } else if (problems) {
      const note = `Some samples of "${name}" are missing${problems}.`;
      notes.push(note);
      this.warnings.push(note);
    }
    if (end.haltedMs > 0) {
      notes.push(`"${name}" was paused in the debugger for ${seconds(end.haltedMs)}: that time was not sampled.`);
    }
    if (end.gapMs > 0.02 * (Date.now() - this.startedMs)) {
      notes.push(`${seconds(end.gapMs)} of "${name}" were not sampled while segments of the profile were fetched.`);
    }
    if (unlocated > 0) {
      notes.push(`${unlocated} functions of "${name}" keep their compiled positions: the debugger did not answer.`);
    }
    return notes;
  }

  /** Whether nothing is being sampled any more. Targets that are still to be added do not count. */
  async whenIdle(): Promise<void> {
    let settled = -1;
    while (settled !== this.work.size) {
      settled = this.work.size;
      await Promise.all(this.work);
    }
  }

  stop(): void {
    this.stopping = true;
    // Messages of workers go by the connection of their target, which ends with that one's recording.
    const carried = this.parts.filter(({ target }) => !target.shared && target.parent !== null);
    for (const { recording } of carried) {
      recording.stop();
    }
    void Promise.all(carried.map(({ recording }) => recording.finished)).then(() => {
      for (const { recording } of this.parts) {
        recording.stop();
      }
    });
  }

  /** Leaves source locations that are still looked for: the profile is wanted now. */
  skipLocations(): void {
    this.locating.abort();
  }

  warn(sentence: string): void {
    this.warnings.push(sentence);
  }

  end(): CaptureRunEnd {
    return { samples: this.samples, warnings: this.warnings, onlyHalted: this.haltedMs > 0 };
  }
}
