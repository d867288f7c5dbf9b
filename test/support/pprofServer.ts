import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';

/** Answers as Go's net/http/pprof does, with profiles from files, so that a test decides when and what. */
export class PprofServer {
  /** Requests that have not been answered. */
  open = 0;
  /** Of profiles, newest last. */
  readonly asked: string[] = [];
  /** What profiles are answered with instead, such as a failure. */
  refusal: { readonly status: number; readonly text: string } | null = null;
  /** What profiles are answered with instead of the files; null for these. */
  body: string | null = null;
  /** Profiles are answered when their seconds are over, and this is. */
  held: Promise<void> | null = null;
  /** The `Authorization` that is wanted, null for none. */
  authorization: string | null = null;
  /** The `WWW-Authenticate` of a refusal. */
  challenge: string | null = null;
  /** `127.0.0.1:port`, `https://localhost:port` with TLS, `unix:path` */
  address = '';

  private constructor(
    private readonly server: Server,
    private readonly profiles: { cpu: string; heap: string },
  ) {}

  /**
   * @param profiles files to answer with; they may be replaced between requests
   * @param where with TLS, or at a Unix socket in place of a port of its own
   */
  static async start(
    profiles: { cpu: string; heap: string },
    { tls, path }: { tls?: TlsOptions; path?: string } = {},
  ): Promise<PprofServer> {
    const server: Server = tls === undefined ? createServer() : createTlsServer(tls);
    const started = new PprofServer(server, profiles);
    const listener: RequestListener = (request, response) => {
      const url = new URL(request.url ?? '/', 'http://x');
      if (started.authorization !== null && request.headers.authorization !== started.authorization) {
        const challenge = started.challenge === null ? {} : { 'www-authenticate': started.challenge };
        response.writeHead(401, challenge).end('who are you?');
        return;
      }
      if (url.pathname === '/debug/pprof/') {
        response.end("<a href='goroutine?debug=1'>goroutine</a> <a href='heap?debug=1'>heap</a>");
        return;
      }
      const name = /^\/debug\/pprof\/(profile|heap)$/.exec(url.pathname)?.[1];
      if (name === undefined) {
        response.writeHead(404).end('404 page not found');
        return;
      }
      started.asked.push(url.pathname + url.search);
      started.open++;
      const answer = (): void => {
        if (started.held === null) started.answer(name, response);
        else void started.held.then(() => started.answer(name, response));
      };
      const timer = setTimeout(answer, Number(url.searchParams.get('seconds')) * 1000);
      response.once('close', () => {
        clearTimeout(timer);
        started.open--;
      });
    };
    server.on('request', listener);
    const where = path === undefined ? { port: 0, host: '127.0.0.1' } : { path };
    await new Promise<void>((resolve) => server.listen(where, resolve));
    const { port } = server.address() as AddressInfo;
    const host = tls === undefined ? '127.0.0.1' : 'https://localhost';
    started.address = path === undefined ? `${host}:${port}` : `unix:${path}`;
    return started;
  }

  private answer(name: string, response: ServerResponse): void {
    if (this.refusal !== null) response.writeHead(this.refusal.status).end(this.refusal.text);
    else if (this.body !== null) response.end(this.body);
    else response.end(readFileSync(name === 'heap' ? this.profiles.heap : this.profiles.cpu));
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
