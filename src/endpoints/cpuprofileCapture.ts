import { createReadStream, createWriteStream } from 'node:fs';
import { appendFile, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { CpuprofileExtension } from '../formats/cpuprofile/cpuprofileExtension';

/** Who a thread of a capture is. Equal ones would be read as one thread: pids or numbers keep them apart. */
export interface CaptureThreadLabel {
  readonly process: string | null;
  readonly thread: string | null;
  readonly pid: number | null;
}

/**
 * Writes a capture while it is made: each thread's segments go to a file of its own, from which `finish` assembles
 * one JSON array of V8 CPU profiles (`.cpuprofiles`), or one plain object (`.cpuprofile`) where there is one segment.
 * Nothing is ever held or concatenated as a whole: only the last segment of each thread is in memory.
 */
export class CpuprofileCapture {
  private readonly threads: CaptureThread[] = [];

  /** `path` is the file to write without its ending; parts are kept beside it. */
  constructor(private readonly path: string) {}

  addThread(label: CaptureThreadLabel): CaptureThread {
    const part = join(dirname(this.path), `.${basename(this.path)}.${this.threads.length}.part`);
    const thread = new CaptureThread(label, part);
    this.threads.push(thread);
    return thread;
  }

  get segments(): number {
    return this.threads.reduce((sum, thread) => sum + thread.segments, 0);
  }

  /**
   * Assembles the file and answers its path, or null where no segment arrived.
   * @throws Error of the file system, after which the parts are still there.
   */
  async finish(): Promise<string | null> {
    const filled = this.threads.filter((thread) => thread.segments > 0);
    if (filled.length === 0) {
      await this.discard();
      return null;
    }
    const single = this.segments === 1;
    const target = `${this.path}${single ? '.cpuprofile' : '.cpuprofiles'}`;
    const unfinished = `${target}.unfinished`;
    await mkdir(dirname(target), { recursive: true });
    await pipeline(assemble(filled, single), createWriteStream(unfinished));
    await rename(unfinished, target);
    await this.discard();
    return target;
  }

  /** Removes what was kept so far. */
  async discard(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.discard()));
  }
}

async function* assemble(threads: readonly CaptureThread[], single: boolean): AsyncGenerator<string | Buffer> {
  if (!single) {
    yield '[\n';
  }
  let first = true;
  for (const thread of threads) {
    for await (const chunk of thread.read()) {
      if (first) {
        first = false;
      } else if (chunk === SEPARATOR) {
        yield ',\n';
        continue;
      }
      if (chunk !== SEPARATOR) {
        yield chunk;
      }
    }
  }
  if (!single) {
    yield '\n]\n';
  }
}

const SEPARATOR = Symbol('between two elements');

export class CaptureThread {
  /** The last segment's text up to its closing brace: the notes of the end belong into it. */
  private last: { body: string; startTimeMs: number } | null = null;
  private spooled = 0;
  private writing: Promise<void> = Promise.resolve();
  private failure: unknown = null;
  readonly notes: string[] = [];

  constructor(
    private label: CaptureThreadLabel,
    private readonly part: string,
  ) {}

  get segments(): number {
    return this.spooled + (this.last ? 1 : 0);
  }

  /**
   * Appends a segment. `vscode` are the source locations that its nodes refer to.
   * The profile is not kept: what the target said is turned into text at once.
   */
  addSegment(profile: object, startTimeMs: number, vscode: object | null): void {
    const text = JSON.stringify(vscode ? { ...profile, $vscode: vscode } : profile);
    this.flush();
    this.last = { body: text.slice(0, -1), startTimeMs };
  }

  private flush(): void {
    if (!this.last) {
      return;
    }
    const text = `${this.spooled > 0 ? ',\n' : ''}${this.close(this.last, [])}`;
    this.last = null;
    this.spooled++;
    this.writing = this.writing
      .then(async () => {
        if (this.failure === null) {
          await mkdir(dirname(this.part), { recursive: true });
          await appendFile(this.part, text);
        }
      })
      .catch((error) => {
        this.failure ??= error;
      });
  }

  private close(segment: { body: string; startTimeMs: number }, notes: string[]): string {
    const extension: CpuprofileExtension = { ...this.label, startTimeMs: segment.startTimeMs, notes };
    const comma = segment.body.length > 1 ? ',' : '';
    return `${segment.body}${comma}"$emberline":${JSON.stringify(extension)}}`;
  }

  /** All elements, with `SEPARATOR` before each run of them that needs a comma. */
  async *read(): AsyncGenerator<string | Buffer | typeof SEPARATOR> {
    await this.writing;
    if (this.failure !== null) {
      throw this.failure;
    }
    yield SEPARATOR;
    if (this.spooled > 0) {
      yield* createReadStream(this.part) as AsyncIterable<Buffer>;
    }
    if (this.last) {
      if (this.spooled > 0) {
        yield ',\n';
      }
      yield this.close(this.last, this.notes);
    }
  }

  async discard(): Promise<void> {
    await this.writing;
    await rm(this.part, { force: true });
  }
}
