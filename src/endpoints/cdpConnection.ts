import { getDefaultResultOrder, setDefaultResultOrder } from 'node:dns';
import type CDP from 'chrome-remote-interface';
import type { ProtocolMapping } from 'devtools-protocol/types/protocol-mapping';

/** What V8 inspectors and js-debug's proxy answer beside the published protocol. */
interface FurtherCommands {
  /** js-debug's proxy forwards only the events that were asked for; a name may end with `*`. */
  'JsDebug.subscribe': { paramsType: [{ events: string[] }]; returnType: object };
  /** Node then waits at its end until its clients have disconnected, instead of destroying the context at once. */
  'NodeRuntime.notifyWhenWaitingForDisconnect': { paramsType: [{ enabled: boolean }]; returnType: object };
}

type Commands = ProtocolMapping.Commands & FurtherCommands;
export type CdpMethod = keyof Commands;
export type CdpResult<M extends CdpMethod> = Commands[M]['returnType'];

/** The library's own types know only the published methods. */
interface UntypedClient {
  send(method: string, params?: object): Promise<unknown>;
}

class CdpTimeoutError extends Error {}
export class CdpClosedError extends Error {}

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * One client of a V8 inspector's WebSocket. Every request ends: with its answer, with an error that the target sent,
 * with a `CdpTimeoutError`, or with a `CdpClosedError` when the connection is gone.
 */
export class CdpConnection {
  /** Resolves when the connection is gone, whichever side ended it. */
  readonly closed: Promise<void>;
  private open = true;

  private constructor(private readonly client: CDP.Client) {
    this.closed = new Promise((resolve) => {
      client.on('disconnect', () => {
        this.open = false;
        resolve();
      });
      this.markClosed = () => {
        this.open = false;
        resolve();
      };
    });
  }

  private markClosed: () => void = () => undefined;

  /**
   * Connects to `ws://host:port/path`.
   * @throws Error with a sentence that names the address.
   */
  static async connect(url: string, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<CdpConnection> {
    const { default: cdp } = await loadClient();
    // An empty descriptor: methods are sent by name, so the library needs none of its 1.5 MB protocol description.
    const pending = cdp({ target: url, local: true, protocol: { version: { major: '1', minor: '3' }, domains: [] } });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new CdpTimeoutError(`The inspector at ${url} did not answer within ${timeoutMs / 1000} s.`)),
        timeoutMs,
      );
    });
    try {
      return new CdpConnection(await Promise.race([pending, late]));
    } catch (error) {
      pending.then((client) => client.close()).catch(() => undefined);
      if (error instanceof CdpTimeoutError) {
        throw error;
      }
      throw new Error(`Cannot connect to the inspector at ${url}: ${messageOf(error)}.`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
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
        (this.client as unknown as UntypedClient).send(method, params) as Promise<CdpResult<M>>,
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

  onEvent(listener: (method: string, params: unknown) => void): void {
    this.client.on('event', (message) => listener(message.method, message.params));
  }

  /** Ends the connection; the target and other clients of a shared session go on. */
  async close(): Promise<void> {
    if (!this.open) {
      return;
    }
    const closing = this.client.close();
    this.markClosed();
    // A peer that never answers the closing handshake must not hold us up.
    await Promise.race([closing, new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
  }
}

export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\.$/, '');
}

/**
 * Loads chrome-remote-interface when it is first needed. It sets the process-wide order of DNS answers when loaded
 * (its issue 467); other extensions share this process, so the order is put back.
 */
export async function loadClient(): Promise<{ default: typeof CDP }> {
  const order = getDefaultResultOrder();
  const loaded = await import('chrome-remote-interface');
  setDefaultResultOrder(order);
  return loaded;
}
