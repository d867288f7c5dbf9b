import { Agent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import WebSocket from 'ws';
import { CdpPeer, CdpTimeoutError, messageOf } from './cdpPeer';
import { connectionError } from './downloadError';
import type { HttpAccess } from './httpAccess';
import { isSecure, shownAddress, socketPathOf } from './httpAddress';
import { connectionOptions } from './httpRequest';
import type { ConnectionSeen } from './tlsFailure';

const CONNECT_TIMEOUT_MS = 10_000;
/** A sampled heap comes as one message. */
const MOST_BYTES = 256 << 20;

/** One client of a V8 inspector's WebSocket. */
export class CdpConnection extends CdpPeer {
  private constructor(private readonly socket: WebSocket) {
    super();
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
    timeoutMs = CONNECT_TIMEOUT_MS,
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

  protected transmit(text: string, failed: (error: Error) => void): void {
    this.socket.send(text, (error) => {
      if (error !== undefined && error !== null) failed(error);
    });
  }

  /** Ends the connection; the target and other clients of a shared session go on. */
  async close(): Promise<void> {
    if (!this.isOpen) {
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
