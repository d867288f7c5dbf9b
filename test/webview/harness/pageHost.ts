import type { EngineMethod, EngineParams, EngineResult, ProfileSummary } from '../../../src/engine/engineApi';
import type { ToHost, ToWebview, ViewState } from '../../../src/protocol';
import type { VsCodeApi } from '../../../webview/host';
import { buffersOf } from './buffersOf';

/**
 * The extension host's side of the protocol in the page itself: stands where VS Code stands in production, with the
 * real engine behind it.
 */
export class PageHost implements VsCodeApi {
  /** Everything that the webview has sent. */
  readonly sent: ToHost[] = [];
  /** Ids of the requests that were answered. */
  readonly answered: number[] = [];
  /** The newest state that the webview wants kept. */
  kept: ViewState | null = null;
  /** Answers wait this long (milliseconds), to see what happens meanwhile. */
  delay = 0;
  private readonly worker = new Worker('engine.js');
  private readonly waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  private nextId = 1;
  private profile = 0;
  private memory: unknown;
  private ready = false;
  private onReady: () => void = () => undefined;
  private readonly cancelled = new Set<number>();

  constructor() {
    this.worker.onmessage = ({ data }: MessageEvent<{ id: number; value?: unknown; error?: string }>) => {
      const waiting = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if (data.error === undefined) waiting?.resolve(data.value);
      else waiting?.reject(new Error(data.error));
    };
  }

  getState(): unknown {
    return this.memory;
  }

  setState(state: unknown): void {
    this.memory = state;
  }

  postMessage(message: ToHost): void {
    this.sent.push(message);
    if (message.kind === 'ready') {
      this.ready = true;
      this.onReady();
    } else if (message.kind === 'state') {
      this.kept = message.state;
    } else if (message.kind === 'cancel') {
      this.cancelled.add(message.id);
    } else if (message.kind === 'request') {
      void this.answer(message);
    }
  }

  /** Opens bytes in the engine and shows them, as the host does for a file. */
  async open(bytes: Uint8Array, name: string, state: ViewState | null = null): Promise<ProfileSummary> {
    const summary = await this.engine('open', { source: { kind: 'bytes', bytes }, name });
    this.profile = summary.profile;
    await this.whenReady();
    this.send({ kind: 'profile', summary, state });
    return summary;
  }

  /** Shows a newer capture of what is shown, as the host does for a live one. */
  refresh(summary: ProfileSummary): void {
    this.profile = summary.profile;
    this.send({ kind: 'profile', summary, state: this.kept, refresh: true });
  }

  send(message: ToWebview): void {
    // VS Code hands buffers over without copying them, too.
    window.postMessage(message, '*', message.kind === 'result' ? buffersOf(message.value) : []);
  }

  whenReady(): Promise<void> {
    return this.ready
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.onReady = resolve;
        });
  }

  engine<M extends EngineMethod>(method: M, params: EngineParams<M>): Promise<EngineResult<M>> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.worker.postMessage({ id, method, params });
    });
  }

  private async answer({ id, method, params }: Extract<ToHost, { kind: 'request' }>): Promise<void> {
    try {
      if (this.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.delay));
      const value = await this.engine(method, { ...params, profile: this.profile } as EngineParams<typeof method>);
      if (this.cancelled.has(id)) this.send({ kind: 'error', id, message: 'cancelled', cancelled: true });
      else this.send({ kind: 'result', id, value });
    } catch (error) {
      this.send({
        kind: 'error',
        id,
        message: error instanceof Error ? error.message : String(error),
        cancelled: false,
      });
    } finally {
      this.answered.push(id);
    }
  }
}

declare global {
  interface Window {
    pageHost: PageHost;
    acquireVsCodeApi: () => VsCodeApi;
  }
}

window.pageHost = new PageHost();
window.acquireVsCodeApi = () => window.pageHost;
