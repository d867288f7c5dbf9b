import { Worker } from 'node:worker_threads';
import type { BaseView } from './compareApi';
import type {
  EngineApi,
  EngineMethod,
  EngineParams,
  EngineResult,
  OpenParams,
  ProfileSummary,
  RequestOptions,
} from './engineApi';
import type { FromWorker, ToWorker, WorkerData } from './workerMessages';

/** More requests than this at once wait in the client. */
const SLOTS = 256;

interface Pending {
  slot: number;
  method: EngineMethod;
  cancelled: boolean;
  resolve(value: EngineResult<EngineMethod>): void;
  reject(error: Error): void;
  onProgress: RequestOptions['onProgress'];
  stopListening(): void;
}

interface ProfileParams {
  profile: number;
  base?: BaseView | null;
}

/** Requests that name no profile. */
const ofNoProfile: ReadonlySet<EngineMethod> = new Set(['foldStacks', 'embeddedSources', 'embeddedSource']);

/** How to open a profile again after the worker died. */
interface KnownProfile {
  /** The worker's number for it; null where a new worker does not have it yet. */
  workerId: number | null;
  /** The opening under way in a new worker: requests at the same time share it. */
  opening: Promise<number> | null;
  reopen: { method: 'open'; params: OpenParams } | { method: 'merge'; params: EngineParams<'merge'> };
}

/**
 * The extension host's end of the engine: starts the worker at the first request. Profile numbers given out stay
 * good when the worker dies (out of memory, say): the next request starts a new one and opens the profile again.
 */
export class EngineClient implements EngineApi {
  private worker: Worker | null = null;
  private cancelFlags = new Int32Array(new SharedArrayBuffer(4 * SLOTS));
  private freeSlots = Array.from({ length: SLOTS }, (_, slot) => slot);
  private readonly waiting: (() => void)[] = [];
  private readonly pending = new Map<number, Pending>();
  private readonly profiles = new Map<number, KnownProfile>();
  private nextRequest = 1;
  private nextProfile = 1;
  private disposed = false;

  /** @param workerPath the built `engineWorker.js`. */
  constructor(
    private readonly workerPath: string,
    private readonly onWorkerError: (error: Error) => void = () => {},
  ) {}

  async request<M extends EngineMethod>(
    method: M,
    params: EngineParams<M>,
    options: RequestOptions = {},
  ): Promise<EngineResult<M>> {
    options.signal?.throwIfAborted();
    if (method === 'open' || method === 'merge') {
      const reopen = { method, params } as KnownProfile['reopen'];
      const id = this.nextProfile++;
      const summary = await this.openInWorker(reopen, options);
      this.profiles.set(id, { workerId: summary.profile, opening: null, reopen });
      return { ...summary, profile: id } as EngineResult<M>;
    }
    if (ofNoProfile.has(method)) return this.send(method, params, options);
    if (method === 'close') {
      const id = (params as ProfileParams).profile;
      const known = this.profiles.get(id);
      this.profiles.delete(id);
      if (known?.workerId == null || this.worker === null) return null as EngineResult<M>;
      return this.send(method, { ...params, profile: known.workerId }, options);
    }
    return this.send(method, await this.inWorker(params as ProfileParams, options), options) as Promise<
      EngineResult<M>
    >;
  }

  /** The parameters with the worker's numbers of the profile and of what it is compared with. */
  private async inWorker<P extends ProfileParams>(params: P, options: RequestOptions): Promise<P> {
    const profile = await this.workerIdOf(params.profile, options);
    const { base } = params;
    if (base === undefined || base === null) return { ...params, profile };
    return { ...params, profile, base: { ...base, profile: await this.workerIdOf(base.profile, options) } };
  }

  dispose(): void {
    this.disposed = true;
    const worker = this.worker;
    this.abandonWorker(new DOMException('Emberline is shutting down.', 'AbortError'));
    void worker?.terminate();
  }

  private async openInWorker(reopen: KnownProfile['reopen'], options: RequestOptions): Promise<ProfileSummary> {
    if (reopen.method === 'open') return this.send('open', reopen.params, options);
    const profiles: number[] = [];
    for (const part of reopen.params.profiles) profiles.push(await this.workerIdOf(part, options));
    return this.send('merge', { ...reopen.params, profiles }, options);
  }

  private async workerIdOf(id: number, options: RequestOptions): Promise<number> {
    const known = this.profiles.get(id);
    if (known === undefined) throw new Error('This profile was closed.');
    if (known.workerId !== null) return known.workerId;
    known.opening ??= this.openInWorker(known.reopen, { ...(options.onProgress && { onProgress: options.onProgress }) })
      .then((summary) => {
        known.workerId = summary.profile;
        return summary.profile;
      })
      .finally(() => {
        known.opening = null;
      });
    return known.opening;
  }

  private async send<M extends EngineMethod>(
    method: M,
    params: EngineParams<M>,
    { signal, onProgress }: RequestOptions,
  ): Promise<EngineResult<M>> {
    while (this.freeSlots.length === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    signal?.throwIfAborted();
    if (this.disposed) throw new DOMException('Emberline is shutting down.', 'AbortError');
    const worker = this.worker ?? this.startWorker();
    const slot = this.freeSlots.pop()!;
    const id = this.nextRequest++;
    Atomics.store(this.cancelFlags, slot, 0);
    return new Promise<EngineResult<M>>((resolve, reject) => {
      // The caller is answered at once; the slot stays taken until the worker has seen the flag.
      const cancel = (): void => {
        Atomics.store(this.cancelFlags, slot, 1);
        const pending = this.pending.get(id);
        if (pending !== undefined) pending.cancelled = true;
        reject(signal?.reason instanceof Error ? signal.reason : new DOMException('Cancelled.', 'AbortError'));
      };
      signal?.addEventListener('abort', cancel, { once: true });
      this.pending.set(id, {
        slot,
        method,
        cancelled: false,
        resolve: resolve as Pending['resolve'],
        reject,
        onProgress,
        stopListening: () => signal?.removeEventListener('abort', cancel),
      });
      const message: ToWorker = { id, slot, method, params };
      worker.postMessage(message);
    });
  }

  private startWorker(): Worker {
    const data: WorkerData = { cancelFlags: this.cancelFlags };
    // Columns live outside V8's heap: this bounds only objects and strings of a hostile profile.
    const worker = new Worker(this.workerPath, { workerData: data, resourceLimits: { maxOldGenerationSizeMb: 4096 } });
    worker.on('message', (message: FromWorker) => this.receive(message));
    worker.on('error', (error) => this.fail(worker, error));
    worker.on('exit', (code) => this.fail(worker, new Error(`the worker exited with code ${code}`)));
    // An idle engine keeps no process alive (tests, the CLI).
    worker.unref();
    this.worker = worker;
    return worker;
  }

  private receive(message: FromWorker): void {
    const pending = this.pending.get(message.id);
    if (pending === undefined) return;
    if (message.kind === 'progress') {
      pending.onProgress?.(message.fraction, message.what);
      return;
    }
    this.finish(message.id, pending);
    if (message.kind === 'result') {
      if (pending.cancelled) this.closeUnwanted(pending.method, message.value);
      pending.resolve(message.value);
      return;
    }
    const error = new Error(message.message);
    error.name = message.name;
    if (message.stack !== null) error.stack = message.stack;
    pending.reject(error);
  }

  /** A profile that was opened before the worker saw that nobody wants it any more. */
  private closeUnwanted(method: EngineMethod, value: EngineResult<EngineMethod>): void {
    if (method !== 'open' && method !== 'merge') return;
    const { profile } = value as ProfileSummary;
    this.send('close', { profile }, {}).catch(() => {});
  }

  private finish(id: number, pending: Pending): void {
    this.pending.delete(id);
    pending.stopListening();
    this.freeSlots.push(pending.slot);
    this.waiting.shift()?.();
  }

  private fail(worker: Worker, error: unknown): void {
    if (this.worker !== worker) return;
    const cause = error instanceof Error ? error : new Error(String(error));
    this.onWorkerError(cause);
    const outOfMemory = 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
    this.abandonWorker(
      new Error(
        outOfMemory
          ? 'The profile engine ran out of memory: the profile is too large for this machine.'
          : `The profile engine stopped (${cause.message}): try again.`,
      ),
    );
  }

  private abandonWorker(error: Error): void {
    this.worker = null;
    // Flags are shared with the old worker, which may still read them.
    this.cancelFlags = new Int32Array(new SharedArrayBuffer(4 * SLOTS));
    for (const known of this.profiles.values()) known.workerId = null;
    for (const [id, pending] of [...this.pending]) {
      this.finish(id, pending);
      pending.reject(error);
    }
  }
}
