import type { Protocol } from 'devtools-protocol';
import { CdpClosedError, type CdpPeer, messageOf } from './cdpPeer';
import { MIN_SEGMENT_MS, nextSegmentMs } from './segmentLength';
import { describeProcess, type TargetProcess } from './targetProcess';

/** How long a target that is busy in native code may take to hand over its last segment. */
const LAST_ANSWER_MS = 10_000;

export interface V8RecordingOptions {
  /** Microseconds between two samples. */
  readonly intervalUs: number;
  /** The session also serves a debugger (js-debug's proxy): nothing of it may be switched off or waited upon. */
  readonly shared: boolean;
  /** Called with each segment, in order. */
  onSegment(segment: V8Segment): void;
  /** Called when the target is halted in the debugger, and when it goes on. */
  onHalted?(halted: boolean): void;
  log(line: string): void;
}

export interface V8Segment {
  readonly profile: Protocol.Profiler.Profile;
  /** Milliseconds since the epoch; the times of one recording's segments are exact to each other. */
  readonly startTimeMs: number;
}

export interface V8RecordingEnd {
  /** `stopped`: as asked; `exited`: the target waited at its end until its last segment was fetched. */
  readonly reason: 'stopped' | 'exited' | 'lost';
  readonly samples: number;
  /** Milliseconds since the last segment that arrived; 0 where nothing is missing. */
  readonly lostMs: number;
  /** Milliseconds that were not sampled because segments were cut. */
  readonly gapMs: number;
  /** Milliseconds that the target was halted in the debugger, not sampled. */
  readonly haltedMs: number;
  /** Further sentences about what is missing. */
  readonly problems: readonly string[];
}

type Wake = 'due' | 'stop' | 'halted' | 'resumed' | 'exiting' | 'closed';

/** Samples one V8 isolate, segment by segment, until it is stopped or its target is gone. */
export class V8Recording {
  private halted = false;
  private exiting = false;
  private stopping = false;
  private canKeepProfiler: boolean;
  private gone = false;
  private wake: () => void = () => undefined;
  private segmentMs = MIN_SEGMENT_MS;
  private readonly beganMs = Date.now();
  /** Epoch milliseconds minus V8's clock, taken once so that segments stay in order. */
  private clockOffsetMs: number | null = null;
  private lastEndUs: number | null = null;
  /** Since when (wall clock) samples are being taken that have not arrived yet. */
  private uncollectedSinceMs: number | null = null;
  private haltedSinceMs: number | null = null;
  private haltedMs = 0;
  private gapMs = 0;
  private sampleCount = 0;
  private failures = 0;
  private readonly problems = new Set<string>();
  private readonly sourceMapUrls = new Map<string, string>();

  /** Never rejects. */
  readonly finished: Promise<V8RecordingEnd>;

  private constructor(
    private readonly connection: CdpPeer,
    private readonly options: V8RecordingOptions,
    readonly target: TargetProcess,
    prepare: (recording: V8Recording) => void,
  ) {
    this.canKeepProfiler = !options.shared;
    prepare(this);
    this.finished = this.run();
  }

  /**
   * Begins to sample.
   * @throws Error with what the target answered where it cannot be profiled.
   */
  static async start(connection: CdpPeer, options: V8RecordingOptions): Promise<V8Recording> {
    // Events may arrive before the first request is answered: they wait here for the recording to exist.
    const early: [string, unknown][] = [];
    let recording: V8Recording | null = null;
    connection.onEvent((method, params) => {
      if (recording) {
        recording.handleEvent(method, params);
      } else {
        early.push([method, params]);
      }
    });
    if (options.shared) {
      await connection.send('JsDebug.subscribe', { events: ['Debugger.paused', 'Debugger.resumed'] });
      // The debugger has enabled it long since; the proxy answers with the current pause, if there is one.
      await connection.send('Debugger.enable', {});
    } else {
      await connection.send('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true }).catch(() => undefined);
      // For the scripts' source map addresses only: this client must never halt the target.
      await connection.send('Debugger.enable', {}).catch(() => undefined);
      await connection.send('Debugger.setSkipAllPauses', { skip: true }).catch(() => undefined);
    }
    await connection.send('Profiler.enable');
    await connection.send('Profiler.setSamplingInterval', { interval: options.intervalUs });
    const target = await describeProcess(connection);
    return new V8Recording(connection, options, target, (created) => {
      recording = created;
      for (const [method, params] of early) {
        created.handleEvent(method, params);
      }
    });
  }

  get samples(): number {
    return this.sampleCount;
  }

  /** Ends the recording; `finished` resolves when the last segment has arrived, or not within ten seconds. */
  stop(): void {
    this.stopping = true;
    this.wake();
  }

  /** The `sourceMappingURL` of a script, null where it has none; undefined where the debugger did not say. */
  sourceMapUrl(scriptId: string): string | null | undefined {
    return this.options.shared ? undefined : (this.sourceMapUrls.get(scriptId) ?? null);
  }

  private handleEvent(method: string, params: unknown): void {
    switch (method) {
      case 'Debugger.paused':
        // js-debug halts at each new script to set breakpoints in it, and goes on at once.
        if (this.options.shared && (params as Protocol.Debugger.PausedEvent).reason !== 'instrumentation') {
          this.setHalted(true);
        }
        break;
      case 'Debugger.resumed':
        this.setHalted(false);
        break;
      case 'NodeRuntime.waitingForDisconnect':
        this.exiting = true;
        this.wake();
        break;
      case 'Debugger.scriptParsed': {
        const { scriptId, sourceMapURL } = params as Protocol.Debugger.ScriptParsedEvent;
        if (sourceMapURL) {
          this.sourceMapUrls.set(scriptId, sourceMapURL);
        }
        break;
      }
    }
  }

  private setHalted(halted: boolean): void {
    if (halted === this.halted) {
      return;
    }
    this.halted = halted;
    if (halted) {
      this.haltedSinceMs = Date.now();
    } else if (this.haltedSinceMs !== null) {
      this.haltedMs += Date.now() - this.haltedSinceMs;
      this.haltedSinceMs = null;
    }
    this.options.onHalted?.(halted);
    this.wake();
  }

  private async run(): Promise<V8RecordingEnd> {
    void this.connection.closed.then(() => this.wake());
    let sampling = false;
    for (;;) {
      if (!sampling && !this.halted && !this.stopping && !this.gone && this.connection.isOpen) {
        sampling = await this.begin();
      }
      const why = await this.nextEvent(sampling);
      if (sampling && why !== 'closed') {
        // V8 goes on sampling while the target is halted and would charge that time to the halted line: end the
        // segment, and begin another when the target goes on.
        sampling = await this.cut(why === 'due');
      }
      if (why === 'closed' || this.gone) {
        await this.connection.close();
        return this.end('lost');
      }
      if (why === 'stop' || why === 'exiting' || this.failures > 3) {
        await this.connection.close();
        return this.end(this.uncollectedSinceMs !== null ? 'lost' : why === 'exiting' ? 'exited' : 'stopped');
      }
    }
  }

  private end(reason: V8RecordingEnd['reason']): V8RecordingEnd {
    const lostMs = this.uncollectedSinceMs === null ? 0 : Date.now() - this.uncollectedSinceMs;
    if (this.haltedSinceMs !== null) {
      this.haltedMs += Date.now() - this.haltedSinceMs;
      this.haltedSinceMs = null;
    }
    return {
      reason,
      samples: this.sampleCount,
      lostMs,
      gapMs: this.gapMs,
      haltedMs: this.haltedMs,
      problems: [...this.problems],
    };
  }

  /** Waits until something is to be done. */
  private nextEvent(sampling: boolean): Promise<Wake> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const check = (): boolean => {
        const why = this.pendingEvent(sampling);
        if (why === null) {
          return false;
        }
        clearTimeout(timer);
        this.wake = () => undefined;
        resolve(why);
        return true;
      };
      this.wake = check;
      if (!check()) {
        // Without samples under way only an event can go on, except that a failed start is tried again.
        const ms = sampling ? this.segmentMs : this.failures > 0 ? 500 : null;
        if (ms !== null) {
          timer = setTimeout(() => {
            this.wake = () => undefined;
            resolve('due');
          }, ms);
        }
      }
    });
  }

  private pendingEvent(sampling: boolean): Wake | null {
    if (this.gone || !this.connection.isOpen) {
      return 'closed';
    }
    if (this.exiting) {
      return 'exiting';
    }
    if (this.stopping) {
      return 'stop';
    }
    if (sampling && this.halted) {
      return 'halted';
    }
    if (!sampling && !this.halted && this.failures === 0) {
      return 'resumed';
    }
    return null;
  }

  private async begin(): Promise<boolean> {
    this.lastEndUs = null;
    const startedMs = Date.now();
    const started = this.requestStart();
    this.forgetOptimizedCode();
    const running = await this.orGiveUp(started);
    this.uncollectedSinceMs = running === true ? startedMs : null;
    return running === true;
  }

  /**
   * Makes V8 drop its optimized code, right behind a start. Code that it optimized before has no record of what was
   * inlined into it: a hot function of a warm program would be counted as its caller (seen on Node 20 and 24, with and
   * without a debugger; on 24 a mere stop and start loses the records). Entering precise coverage is what makes V8
   * drop the code; leaving it at once costs 5 ms and the time to optimize again. Not for a program that collects
   * coverage itself: the mode is one for all clients.
   */
  private forgetOptimizedCode(): void {
    if (this.target.coverage) {
      this.options.log('the target collects coverage: functions inlined before now are counted as their callers');
      return;
    }
    const ignore = (error: unknown): void => this.options.log(messageOf(error));
    this.connection.send('Profiler.startPreciseCoverage', { callCount: false, detailed: false }, null).catch(ignore);
    this.connection.send('Profiler.stopPreciseCoverage', undefined, null).catch(ignore);
  }

  /**
   * Another profile of the console's kind keeps V8's profiler, and what it knows of compiled code, alive between stop
   * and start: a cut then costs 0.2 ms, whatever the heap. Not where a debugger listens too: js-debug would save it.
   */
  private evaluate(call: string): Promise<boolean> {
    const expression = `${call}\n//# sourceURL=emberline.cdp`;
    return this.connection
      .send('Runtime.evaluate', { expression, includeCommandLineAPI: true, silent: true }, null)
      .then(
        ({ exceptionDetails }) => exceptionDetails === undefined,
        () => false,
      );
  }

  private requestStart(): Promise<boolean> {
    return this.connection.send('Profiler.start', undefined, null).then(
      () => true,
      (error) => this.fail(error),
    );
  }

  /** Ends a segment and, with `again`, begins the next. Answers whether samples are being taken. */
  private async cut(again: boolean): Promise<boolean> {
    const askedMs = Date.now();
    // Both at once: the target does one after the other, without a round trip between them.
    const keep = again && this.canKeepProfiler;
    const kept = keep ? this.evaluate("profile('emberline')") : null;
    const stopped = this.connection.send('Profiler.stop', undefined, null);
    const started = again ? this.requestStart() : Promise.resolve(false);
    if (keep) {
      void this.evaluate("profileEnd('emberline')");
    } else if (again) {
      this.forgetOptimizedCode();
    }
    void kept?.then((done) => {
      this.canKeepProfiler = done;
    });
    try {
      const answer = await this.orGiveUp(stopped);
      if (answer === null) {
        this.stopping = true;
        return false;
      }
      this.failures = 0;
      this.accept(answer.profile);
      this.uncollectedSinceMs = again ? Date.now() : null;
    } catch (error) {
      this.fail(error);
      if (!isGone(error)) {
        // The target refused: what it did not hand over is reported as a problem, not as a loss at the end.
        this.uncollectedSinceMs = again ? Date.now() : null;
      }
    }
    const running = (await this.orGiveUp(started)) === true;
    this.options.log(`segment cut in ${Date.now() - askedMs} ms, the next one lasts ${Math.round(this.segmentMs)} ms`);
    return running;
  }

  /** Waits for an answer; from the moment that the user stops, no longer than `LAST_ANSWER_MS`. */
  private async orGiveUp<T>(answer: Promise<T>): Promise<T | null> {
    let timer: NodeJS.Timeout | undefined;
    const givenUp = new Promise<null>((resolve) => {
      const check = (): void => {
        if (this.stopping && timer === undefined) {
          timer = setTimeout(() => {
            this.problems.add(`the target did not answer within ${LAST_ANSWER_MS / 1000} s`);
            resolve(null);
          }, LAST_ANSWER_MS);
        }
      };
      this.wake = check;
      check();
    });
    try {
      return await Promise.race([answer, givenUp]);
    } finally {
      answer.catch(() => undefined);
      clearTimeout(timer);
      this.wake = () => undefined;
    }
  }

  private accept(profile: Protocol.Profiler.Profile): void {
    const nowMs = Date.now();
    this.clockOffsetMs ??= nowMs - profile.endTime / 1000;
    // The heap is walked after `startTime` was taken and before the first sample.
    const warmUpMs = Math.max(0, profile.timeDeltas?.[0] ?? 0) / 1000;
    const idleMs = this.lastEndUs === null ? 0 : Math.max(0, profile.startTime - this.lastEndUs) / 1000;
    if (this.lastEndUs !== null) {
      this.gapMs += idleMs + warmUpMs;
    }
    this.lastEndUs = profile.endTime;
    this.sampleCount += profile.samples?.length ?? 0;
    this.options.onSegment({ profile, startTimeMs: profile.startTime / 1000 + this.clockOffsetMs });
    this.segmentMs = nextSegmentMs(nowMs - this.beganMs, idleMs + warmUpMs, profile.nodes.length);
  }

  private fail(error: unknown): false {
    if (isGone(error)) {
      this.gone = true;
    } else {
      this.failures++;
      this.options.log(messageOf(error));
      this.problems.add(
        /No recording profiles/i.test(messageOf(error))
          ? 'another profiler of the same session took some of the samples'
          : messageOf(error),
      );
    }
    return false;
  }
}

/** Whether the target is no more: our connection is closed, or that between js-debug's proxy and the target. */
function isGone(error: unknown): boolean {
  return error instanceof CdpClosedError || /connection (?:is|was) closed|target closed/i.test(messageOf(error));
}
