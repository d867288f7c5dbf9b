import type { CdpPeer } from './cdpPeer';
import { type CdpWorker, followWorkers } from './cdpWorkers';
import type { CaptureThread, CpuprofileCapture } from './cpuprofileCapture';
import { V8Recording } from './v8Inspector';

interface Part {
  readonly label: string;
  readonly recording: V8Recording;
  readonly peer: CdpPeer;
}

interface InspectorRunOptions {
  /** Of the label `process`. */
  readonly instance: string;
  readonly intervalUs: number;
  log(line: string): void;
}

/** Samples the targets of an inspector that have no debugger beside us, and their workers, a thread each. */
export class InspectorRun {
  readonly notes: string[] = [];
  private readonly roots: Part[] = [];
  private readonly workers: Part[] = [];
  private readonly starting = new Set<Promise<void>>();
  private ending: Promise<void> | null = null;

  constructor(
    private readonly capture: CpuprofileCapture,
    private readonly options: InspectorRunOptions,
  ) {}

  get targets(): number {
    return this.roots.length;
  }

  /** Begins to sample a target, whose connection is closed at the end. @throws Error with what it answered */
  async add(label: string, peer: CdpPeer): Promise<void> {
    this.roots.push(await this.record(label, peer));
    const follow = (parent: CdpPeer): Promise<void> =>
      followWorkers(parent, (worker) => {
        const started = this.addWorker(worker).then((added) => (added ? follow(worker) : undefined));
        this.starting.add(started);
        void started.finally(() => this.starting.delete(started));
      });
    await follow(peer);
  }

  /** One that cannot be sampled, or comes when all is over, is left out. */
  private async addWorker(worker: CdpWorker): Promise<boolean> {
    if (this.ending !== null) return false;
    try {
      this.workers.push(await this.record(worker.title || 'Worker', worker));
      return true;
    } catch (error) {
      this.options.log(`${worker.title}: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }

  private async record(label: string, peer: CdpPeer): Promise<Part> {
    // Not before it is known who it is.
    const thread: { add: CaptureThread | null } = { add: null };
    const recording = await V8Recording.start(peer, {
      intervalUs: this.options.intervalUs,
      shared: false,
      onSegment: ({ profile, startTimeMs }) => thread.add?.addSegment(profile, startTimeMs, null),
      log: (line) => this.options.log(`${label}: ${line}`),
    }).catch(async (error) => {
      await peer.close();
      throw error;
    });
    // A program that was started with --inspect-brk waits for this: it is sampled from its first line on.
    await peer.send('Runtime.runIfWaitingForDebugger').catch(() => undefined);
    // Equal names would be one thread.
    const same = [...this.roots, ...this.workers].filter((part) => part.label === label).length;
    const name = same === 0 ? label : `${label} (${same + 1})`;
    thread.add = this.capture.addThread({ process: this.options.instance, thread: name, pid: recording.target.pid });
    return { label, recording, peer };
  }

  /** Resolves when nothing is sampled any more, because all targets have gone. */
  async lost(): Promise<void> {
    await Promise.all(this.roots.map(({ recording }) => recording.finished));
  }

  /** Ends the sampling: workers first, as their messages go by their target's connection. Notes say what is missing. */
  end(): Promise<void> {
    this.ending ??= this.finish();
    return this.ending;
  }

  private async finish(): Promise<void> {
    await Promise.all(this.starting);
    for (const parts of [this.workers, this.roots]) {
      for (const { recording } of parts) recording.stop();
      for (const { label, recording } of parts) {
        const { reason, lostMs } = await recording.finished;
        // A worker that ends by itself is no accident.
        if (reason === 'lost' && parts === this.roots) {
          this.notes.push(`${label} ended while it was sampled: its last ${Math.round(lostMs)} ms are missing.`);
        }
      }
    }
  }

  async close(): Promise<void> {
    for (const { peer } of this.roots) await peer.close();
  }
}
