import { Agent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { ProtocolMapping } from 'devtools-protocol/types/protocol-mapping';
import WebSocket from 'ws';
import { connectionError } from './downloadError';
import type { HttpAccess } from './httpAccess';
import { isSecure, shownAddress, socketPathOf } from './httpAddress';
import { connectionOptions } from './httpRequest';
import type { ConnectionSeen } from './tlsFailure';

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

class CdpTimeoutError extends Error {}
export class CdpClosedError extends Error {}

const DEFAULT_TIMEOUT_MS = 10_000;
/** A sampled heap comes as one message. */
const MOST_BYTES = 256 << 20;

/**
 * One client of a V8 inspector's WebSocket. Every request ends: with its answer, with an error that the target sent,
 * with a `CdpTimeoutError`, or with a `CdpClosedError` when the connection is gone.
 */
export class CdpConnection {
  /** Resolves when the connection is gone, whichever side ended it. */
  readonly closed: Promise<void>;
  private open = true;
  private lastId = 0;
  private readonly waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  private listener: (method: string, params: unknown) => void = () => undefined;
  private markClosed: () => void = () => undefined;

  private constructor(private readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => {
      this.markClosed = () => {
        this.open = false;
        resolve();
      };
    });
    socket.on('close', () => this.markClosed());
    // What breaks it also closes it.
    socket.on('error', () => undefined);
    socket.on('message', (data) => this.receive(String(data)));
  }

  /**
   * @param url `ws://`, `wss://`, or `ws+unix://` with the socket's path, percent-encoded, as host
   * @throws Error with a sentence that names the address
   */
  static async connect(
    url: string,
    access: HttpAccess = { headersFor: () => ({}) },
    timeoutMs = DEFAULT_TIMEOUT_MS,
  ): Promise<CdpConnection> {
    // Credentials are those of the HTTP server that listed the target.
    const server = new URL(url.replace(/^ws/, 'http'));
    const shown = shownAddress(server).replace(/^http/, 'ws');
    const options = await connectionOptions(server, access);
    const socketPath = socketPathOf(server);
    const scheme = isSecure(server) ? 'wss' : 'ws';
    // The library's own way to Unix sockets knows neither TLS nor spaces.
    const address = socketPath === null ? url : `${scheme}://localhost${server.pathname}${server.search}`;
    const agent = socketPath === null ? options.agent : agentOfSocket(socketPath, isSecure(server));
    const seen: ConnectionSeen = { certificate: null, proxy: options.proxy, identified: options.identified };
    const socket = new WebSocket(address, [], {
      headers: ownHeaders(options.headers),
      maxPayload: MOST_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
      ...(agent === undefined ? {} : { agent }),
      ...options.tls,
    });
    const connection = new CdpConnection(socket);
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(
          () => reject(new CdpTimeoutError(`The inspector at ${shown} did not answer within ${timeoutMs / 1000} s.`)),
          timeoutMs,
        );
        socket.once('open', resolve);
        socket.once('error', reject);
      });
      return connection;
    } catch (error) {
      socket.terminate();
      if (error instanceof CdpTimeoutError) {
        throw error;
      }
      const said = isSecure(server) ? connectionError(server, error, seen).message : messageOf(error);
      throw new Error(`Cannot connect to the inspector at ${shown}: ${messageOf(new Error(said))}.`, { cause: error });
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
      this.socket.send(JSON.stringify({ id, method, params: params ?? {} }), (error) => {
        if (error === undefined || error === null) return;
        this.waiting.delete(id);
        reject(this.open ? error : new CdpClosedError(`${method}: the connection to the target was closed.`));
      });
    });
  }

  /** A message is an answer to a request, or an event. */
  private receive(text: string): void {
    let message: { id?: number; method?: string; params?: unknown; result?: unknown; error?: { message?: string } };
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (message === null || typeof message !== 'object') return;
    if (typeof message.id !== 'number') {
      if (typeof message.method === 'string') this.listener(message.method, message.params);
      return;
    }
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.error === undefined) waiting?.resolve(message.result ?? {});
    else waiting?.reject(new Error(String(message.error.message ?? 'the target refused')));
  }

  /** One listener: the next takes the place of the last. */
  onEvent(listener: (method: string, params: unknown) => void): void {
    this.listener = listener;
  }

  /** Ends the connection; the target and other clients of a shared session go on. */
  async close(): Promise<void> {
    if (!this.open) {
      return;
    }
    const closed = new Promise<void>((resolve) => this.socket.once('close', () => resolve()));
    this.socket.close();
    this.markClosed();
    // A peer that never answers the closing handshake must not hold us up.
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, 1000);
    });
    await Promise.race([closed, late]);
    clearTimeout(timer);
    this.socket.terminate();
  }
}

export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\.$/, '');
}

function agentOfSocket(socketPath: string, secure: boolean): Agent {
  // Node hands an agent's options on to `net.connect`, though its types know no path here.
  const options = { socketPath } as AgentOptions;
  return secure ? new HttpsAgent(options) : new Agent(options);
}

/** The WebSocket's handshake has its own `Connection`, and no content coding. */
function ownHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { connection: _, 'accept-encoding': __, ...own } = headers;
  return own;
}
