import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { CaptureRequest, InstanceResult } from './endpoint';
import { goPprof } from './goPprof';

const folder = mkdtempSync(join(tmpdir(), 'emberline-pprof-'));
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A server that misbehaves in one way. */
async function serve(answer: (response: ServerResponse, request: IncomingMessage) => void): Promise<string> {
  const server = createServer((request, response) => answer(response, request));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function request(url: string | string[], more: Partial<CaptureRequest> = {}): CaptureRequest {
  return {
    spec: { name: 'quotes', kind: 'go-pprof', url },
    seconds: 1,
    signal: new AbortController().signal,
    onProgress: () => {},
    log: () => {},
    headersFor: () => ({}),
    folder: mkdtempSync(join(folder, 'capture-')),
    ...more,
  };
}

const errorOf = (result: InstanceResult | undefined): string =>
  result !== undefined && 'error' in result ? result.error : 'none';

describe('a pprof server that does not do as asked', () => {
  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    [
      'whose WriteTimeout is shorter',
      (response) => response.writeHead(400).end("profile duration exceeds server's WriteTimeout\n"),
      /answered 400 Bad Request \(“profile duration exceeds server's WriteTimeout”\): ask for fewer seconds than 1, or raise/,
    ],
    [
      'that wants to know who asks',
      (response) => response.writeHead(401).end('no token'),
      /answered 401 Unauthorized \(“no token”\): set the request headers/,
    ],
    [
      'that answers with a page',
      (response) => response.end('<!doctype html><title>Sign in</title>'),
      /a web page \(“Sign in”\)/,
    ],
    [
      'that cuts the connection in the middle',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('x');
        setTimeout(() => response.destroy(), 50);
      },
      /broke after 1 bytes/,
    ],
    ['that answers with nothing', (response) => response.end(), /answered with nothing/],
  ])('%s', async (_, answer, sentence) => {
    const asked = request(await serve(answer));
    expect(errorOf((await goPprof.capture(asked))[0])).toMatch(sentence);
    expect(readdirSync(asked.folder)).toEqual([]);
  });

  it('does not hold up the others, and keeps their order', async () => {
    const fine = await serve((response) => response.end('fine'));
    const broken = await serve((response) => response.writeHead(500).end('broken'));
    const addresses = [`${broken}/a`, `${fine}/a`, `${broken}/b`, `${fine}/b`];
    const results = await goPprof.capture(request(addresses));
    expect(results.map((result) => [result.instance, 'error' in result])).toEqual(
      addresses.map((address) => [address, address.startsWith(broken)]),
    );
  });

  it('is asked by few at once where the concurrency says so', async () => {
    const waiting: ServerResponse[] = [];
    let asks = 0;
    let most = 0;
    // Two wait for each other; the ninth has nobody to wait for.
    const address = await serve((response) => {
      most = Math.max(most, waiting.push(response));
      if (++asks === 9 || waiting.length === 2) {
        setTimeout(() => {
          for (const each of waiting.splice(0)) each.end('x');
        }, 30);
      }
    });
    const asked = request(`${address}/instance[1-9]/`);
    const results = await goPprof.capture({ ...asked, spec: { ...asked.spec, concurrency: 2 } });
    expect(results.length).toBe(9);
    expect(most).toBe(2);
  });

  it('gets its headers, and the query that was asked for', async () => {
    let seen = '';
    const address = await serve((response, { url, headers }) => {
      seen = `${url} ${headers['authorization']}`;
      response.end('x');
    });
    const headersFor = (origin: string): Record<string, string> =>
      origin === `http://${address}` ? { authorization: 'Bearer t' } : {};
    await goPprof.capture(request(`${address}/admin/pprof`, { headersFor, seconds: 7 }));
    expect(seen).toBe('/admin/pprof/profile?seconds=7 Bearer t');
  });
});
