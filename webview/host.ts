import type { ToHost, ToWebview, ViewMethod, ViewParams, ViewResult } from '../src/protocol';

/** What VS Code gives a webview (`acquireVsCodeApi`). */
export interface VsCodeApi {
  postMessage(message: ToHost): void;
  getState(): unknown;
  setState(state: unknown): void;
}

type HostEvent = Exclude<ToWebview, { kind: 'result' | 'error' }>;

interface Pending {
  resolve(value: ViewResult<ViewMethod>): void;
  reject(error: Error): void;
  release(): void;
}

/** The extension host as seen from here: typed requests that can be cancelled, and its messages. */
export class Host {
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;

  /** @param listener gets every message that is not the answer to a request */
  constructor(
    private readonly api: VsCodeApi,
    private readonly listener: (event: HostEvent) => void,
  ) {
    window.addEventListener('message', (event: MessageEvent<ToWebview>) => this.receive(event.data));
  }

  post(message: ToHost): void {
    this.api.postMessage(message);
  }

  /** What the webview alone remembers (a dismissed note); lost with the editor. */
  get memory(): { [key: string]: unknown } {
    const state = this.api.getState();
    return typeof state === 'object' && state !== null ? { ...state } : {};
  }

  remember(key: string, value: unknown): void {
    this.api.setState({ ...this.memory, [key]: value });
  }

  /**
   * Asks the engine.
   * @throws an `AbortError` when `signal` aborts or the host superseded the request; an `Error` with a sentence for the
   * user when it failed
   */
  request<M extends ViewMethod>(method: M, params: ViewParams<M>, signal?: AbortSignal): Promise<ViewResult<M>> {
    if (signal?.aborted) return Promise.reject(abortError());
    const id = this.nextId++;
    return new Promise<ViewResult<M>>((resolve, reject) => {
      const abort = (): void => {
        if (!this.pending.has(id)) return;
        this.settle(id)?.reject(abortError());
        this.post({ kind: 'cancel', id });
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.pending.set(id, {
        resolve: resolve as (value: ViewResult<ViewMethod>) => void,
        reject,
        release: () => signal?.removeEventListener('abort', abort),
      });
      this.post({ kind: 'request', id, method, params });
    });
  }

  private receive(message: ToWebview): void {
    switch (message?.kind) {
      case 'result':
        this.settle(message.id)?.resolve(message.value);
        break;
      case 'error':
        this.settle(message.id)?.reject(message.cancelled ? abortError() : new Error(message.message));
        break;
      case 'loading':
      case 'failed':
      case 'profile':
      case 'baseline':
      case 'mark':
      case 'reveal':
      case 'sandwich':
        this.listener(message);
        break;
      default:
      // Other senders may post to the window too.
    }
  }

  private settle(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    pending?.release();
    return pending;
  }
}

function abortError(): Error {
  return new DOMException('The request was cancelled.', 'AbortError');
}

/** Whether a request ended because nobody wants its answer any more. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
