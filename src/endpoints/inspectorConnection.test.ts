import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Certificates } from '../../test/support/certificates';
import type { CaptureRequest } from './endpoint';
import type { TlsFiles } from './httpAccess';
import { v8Inspector } from './v8InspectorEndpoint';

/** A real Node inspector behind what forwards to it: a TLS server that wants a certificate, a Unix socket. */

const folder = mkdtempSync(join(tmpdir(), 'emberline-inspected-'));
const program = spawn(process.execPath, [
  '--inspect=127.0.0.1:0',
  '-e',
  'setInterval(() => { let n = 0; while (n < 3e6) n++; }, 5)',
]);
const sockets = new Set<Socket>();
const servers: Server[] = [];
let certificates: Certificates;
let inspector = 0;

beforeAll(async () => {
  certificates = new Certificates();
  inspector = await new Promise<number>((resolve) => {
    let text = '';
    program.stderr.on('data', (chunk) => {
      text += chunk;
      const port = /ws:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
});
afterAll(() => {
  program.kill('SIGKILL');
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  certificates.remove();
  rmSync(folder, { recursive: true, force: true });
});

function forward(socket: Socket): void {
  const there = connect(inspector, '127.0.0.1');
  for (const end of [socket, there]) {
    sockets.add(end);
    end.on('error', () => {});
    end.on('close', () => {
      sockets.delete(end);
      socket.destroy();
      there.destroy();
    });
  }
  socket.pipe(there).pipe(socket);
}

async function listen(server: Server, where: object): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(where, resolve));
  return (server.address() as AddressInfo).port;
}

function capture(url: string, tls: TlsFiles = {}): ReturnType<typeof v8Inspector.capture> {
  const request: CaptureRequest = {
    spec: { name: 'node', kind: 'v8-inspector', url },
    seconds: 0.5,
    signal: AbortSignal.timeout(100_000),
    onProgress: () => {},
    log: () => {},
    headersFor: () => ({ 'x-who': 'me' }),
    tlsFor: () => tls,
    folder,
  };
  return v8Inspector.capture(request);
}

const nodes = (results: Awaited<ReturnType<typeof capture>>): number => {
  const [result] = results;
  if (result === undefined || 'error' in result) throw new Error(result?.error ?? 'nothing');
  return JSON.parse(readFileSync(result.path, 'utf8')).nodes.length;
};

test('over TLS with a client certificate, and it says what lacks', async () => {
  const options = {
    ...certificates.read(certificates.issue('server')),
    ca: readFileSync(certificates.ca.cert),
    requestCert: true,
  };
  const port = await listen(createTlsServer(options, forward), { port: 0, host: '127.0.0.1' });
  const ca = [certificates.ca.cert];
  expect(
    nodes(await capture(`https://localhost:${port}`, { ca, ...certificates.issue('client', { client: true }) })),
  ).toBeGreaterThan(2);
  const [refused] = await capture(`wss://localhost:${port}`, { ca });
  expect(refused).toMatchObject({ error: expect.stringMatching(/wants a client certificate: give one by “cert”/) });
  const [untrusted] = await capture(`https://localhost:${port}`);
  expect(untrusted).toMatchObject({
    error: expect.stringMatching(/issued by “Ember Test Authority”, which is not trusted/),
  });
  await expect.poll(() => sockets.size).toBe(0);
});

test.skipIf(process.platform === 'win32')('through a Unix socket', async () => {
  const path = join(folder, 'in spector.sock');
  await listen(createServer(forward), { path });
  expect(nodes(await capture(`unix:${path}`))).toBeGreaterThan(2);
  await expect.poll(() => sockets.size).toBe(0);
  const [gone] = await capture('unix:/nowhere/inspector.sock');
  expect(gone).toMatchObject({
    error: expect.stringMatching(/No inspector answers at unix:\/nowhere.*no Unix socket/),
  });
});
