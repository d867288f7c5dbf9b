import type { ProtocolMapping } from 'devtools-protocol/types/protocol-mapping';

/** What V8 inspectors and js-debug's proxy answer beside the published protocol. */
interface FurtherCommands {
  /** js-debug's proxy forwards only the events that were asked for; a name may end with `*`. */
  'JsDebug.subscribe': { paramsType: [{ events: string[] }]; returnType: object };
  /** Node then waits at its end until its clients have disconnected, instead of destroying the context at once. */
  'NodeRuntime.notifyWhenWaitingForDisconnect': { paramsType: [{ enabled: boolean }]; returnType: object };
  /** Node's worker threads, each a session whose messages travel in those of its parent (src/inspector/node_protocol.pdl). */
  'NodeWorker.enable': { paramsType: [{ waitForDebuggerOnStart: boolean }]; returnType: object };
  'NodeWorker.detach': { paramsType: [{ sessionId: string }]; returnType: object };
  'NodeWorker.sendMessageToWorker': { paramsType: [{ message: string; sessionId: string }]; returnType: object };
}

type Commands = ProtocolMapping.Commands & FurtherCommands;
export type CdpMethod = keyof Commands;
export type CdpResult<M extends CdpMethod> = Commands[M]['returnType'];

export class CdpTimeoutError extends Error {}
export class CdpClosedError extends Error {}

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Who speaks V8's inspector protocol with a target. Every request ends: with its answer, with an error that the target
 * sent, with a `CdpTimeoutError`, or with a `CdpClosedError` when the connection is gone.
 */
export abstract class CdpPeer {
  /** Resolves when the connection is gone, whichever side ended it. */
  readonly closed: Promise<void>;
  private open = true;
  private lastId = 0;
  private readonly waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  private readonly listeners: ((method: string, params: unknown) => void)[] = [];
  protected markClosed: () => void = () => undefined;

  protected constructor() {
    this.closed = new Promise((resolve) => {
      this.markClosed = () => {
        this.open = false;
        resolve();
      };
    });
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** `timeoutMs` null: wait as long as the connection lives, for a target that may be busy in native code. */
  async send<M extends CdpMethod>(
    method: M,
    params?: Commands[M]['paramsType'][0],
    timeoutMs: number | null = DEFAULT_TIMEOUT_MS,
  ): Promise<CdpResult<M>> {
    if (!this.open) {
      throw new CdpClosedError(`${method}: the connection to the target is closed.`);
    }
    let timer: NodeJS.Timeout | undefined;
    try {
      const outcomes: Promise<CdpResult<M>>[] = [
        this.ask(method, params) as Promise<CdpResult<M>>,
        this.closed.then(() => {
          throw new CdpClosedError(`${method}: the connection to the target was closed.`);
        }),
      ];
      if (timeoutMs !== null) {
        outcomes.push(
          new Promise((_, reject) => {
            timer = setTimeout(
              () => reject(new CdpTimeoutError(`${method}: the target did not answer within ${timeoutMs / 1000} s.`)),
              timeoutMs,
            );
          }),
        );
      }
      return await Promise.race(outcomes);
    } finally {
      clearTimeout(timer);
    }
  }

  private ask(method: string, params: object | undefined): Promise<unknown> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.transmit(JSON.stringify({ id, method, params: params ?? {} }), (error) => {
        this.waiting.delete(id);
        reject(this.open ? error : new CdpClosedError(`${method}: the connection to the target was closed.`));
      });
    });
  }

  /** Sends a message; `failed` is called at most once where that does not work. */
  protected abstract transmit(text: string, failed: (error: Error) => void): void;

  /** A message is an answer to a request, or an event. */
  protected receive(text: string): void {
    let message: { id?: number; method?: string; params?: unknown; result?: unknown; error?: { message?: string } };
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (message === null || typeof message !== 'object') return;
    if (typeof message.id !== 'number') {
      const { method } = message;
      if (typeof method === 'string') for (const listener of this.listeners) listener(method, message.params);
      return;
    }
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.error === undefined) waiting?.resolve(message.result ?? {});
    else waiting?.reject(new Error(String(message.error.message ?? 'the target refused')));
  }

  /** Calls a listener with each event, as long as the connection lives. */
  onEvent(listener: (method: string, params: unknown) => void): void {
    this.listeners.push(listener);
  }

  /** Ends the connection; the target and other clients of a shared session go on. */
  abstract close(): Promise<void>;
}

export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\.$/, '');
}
