import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { afterAll, afterEach, expect } from 'vitest';
import { type Download, type DownloadRequest, download } from '../../src/endpoints/download';
import type { DownloadError } from '../../src/endpoints/downloadError';
import type { TlsFiles } from '../../src/endpoints/httpAccess';
import { parseHttpAddress } from '../../src/endpoints/httpAddress';
import { Certificates } from './certificates';

/** Real servers on this machine, and what is downloaded from them. */
export class HttpServers {
  readonly certificates = new Certificates();
  /** Where downloads go. */
  readonly folder = mkdtempSync(join(tmpdir(), 'emberline-http-'));
  /** Ended after the test. */
  readonly open: { close(): unknown; closeAllConnections?(): void }[] = [];
  /** What `folded` was asked for in this test. */
  asked: IncomingMessage[] = [];

  /** Answers with a small profile. */
  readonly folded: RequestListener = (request, response) => {
    this.asked.push(request);
    response.end('main;hot 3\n');
  };

  /** For one test file: servers end with their tests, files with the last of them. */
  constructor() {
    afterEach(() => {
      for (const server of this.open.splice(0)) {
        server.closeAllConnections?.();
        server.close();
      }
      this.asked = [];
    });
    afterAll(() => {
      this.certificates.remove();
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** The port, or the path, that a server listens at. */
  listening(server: Server | NetServer, where: object = { port: 0, host: '127.0.0.1' }): Promise<string> {
    this.open.push(server);
    return new Promise((resolve) => {
      server.listen(where, () => {
        const address = server.address() as AddressInfo | string;
        resolve(typeof address === 'string' ? address : String(address.port));
      });
    });
  }

  /** The address of an https server. */
  async secure(options: TlsOptions, listener = this.folded): Promise<string> {
    const port = await this.listening(createTlsServer(options, listener));
    return `https://localhost:${port}/cpu.folded`;
  }

  /** The address of an http server. */
  async plain(listener: RequestListener): Promise<string> {
    return `http://127.0.0.1:${await this.listening(createServer(listener))}/cpu.folded`;
  }

  get(address: string, tls: TlsFiles | null = null, more: Partial<DownloadRequest> = {}): Promise<Download> {
    return download({
      url: parseHttpAddress(address),
      headersFor: () => ({}),
      tlsFor: () => tls,
      folder: this.folder,
      maxBytes: 1_000_000,
      silenceMs: 60_000,
      tooLargeAdvice: 'raise the limit',
      ...more,
    });
  }

  /** What is downloaded from an address. */
  async text(address: string, tls?: TlsFiles | null, more?: Partial<DownloadRequest>): Promise<string> {
    return readFileSync((await this.get(address, tls, more)).path, 'utf8');
  }

  /** Why a download fails: in a sentence of one line, and with no file left. */
  async failure(address: string, tls?: TlsFiles | null, more?: Partial<DownloadRequest>): Promise<DownloadError> {
    const before = readdirSync(this.folder).length;
    const error = await this.get(address, tls, more).then(
      () => new Error('it did not fail'),
      (thrown: unknown) => thrown as Error,
    );
    expect(readdirSync(this.folder)).toHaveLength(before);
    expect(error.message.length).toBeLessThan(400);
    expect(error.message).not.toMatch(/[\n\r]/);
    return error as DownloadError;
  }
}
