import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Certificates } from '../../test/support/certificates';
import { useCommandLine } from '../../test/support/commandLine';

const { file, folder, runAsync } = useCommandLine();

let server: Server;
let origin: string;
const asked: IncomingMessage[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request);
    if (request.headers.authorization !== 'Bearer t') response.writeHead(401).end('who are you?');
    else if (request.url?.startsWith('/a.folded')) response.end(readFileSync(file('a.folded')));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('are opened as files are, with headers from the command line or the environment', async () => {
  const before = readdirSync(folder);
  const temporary = { TMPDIR: folder, TEMP: folder, TMP: folder };
  const url = `${origin}/a.folded?sig=secret`;
  const header = ['--header', 'Authorization: Bearer t'];
  const { code, out, err } = await runAsync(['top', url, file('b.folded'), '--json', ...header], temporary);
  expect([code, err]).toEqual([0, '']);
  expect(JSON.parse(out).profile.total).toBe(15);
  const converted = file('from-url.folded');
  expect(
    await runAsync(['convert', url, converted], {
      EMBERLINE_HEADERS: 'X-A: 1\nAuthorization: Bearer t\n',
      ...temporary,
    }),
  ).toEqual({ code: 0, out: '', err: '' });
  expect(readFileSync(converted, 'utf8')).toContain('main;hot (a.py:7) 3');
  expect(asked.at(-1)?.headers['x-a']).toBe('1');
  // What was downloaded is gone.
  expect(readdirSync(folder).sort()).toEqual([...before, 'from-url.folded'].sort());
});

test('fail in one line that shows no query', async () => {
  const { code, out, err } = await runAsync(['top', `${origin}/a.folded?sig=secret`]);
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(/^emberline: .*\/a\.folded answered 401 Unauthorized \(“who are you\?”\)/);
  expect(err).not.toContain('secret');
});

test('with a client certificate and an authority of its own, and of Unix sockets', async () => {
  const certificates = new Certificates();
  const client = certificates.issue('client', { client: true });
  const encrypted = certificates.encrypted(client, 'open sesame');
  const secure = createTlsServer(
    {
      ...certificates.read(certificates.issue('server')),
      ca: readFileSync(certificates.ca.cert),
      requestCert: true,
    },
    (_, response) => response.end(readFileSync(file('a.folded'))),
  );
  const socket = createServer((_, response) => response.end(readFileSync(file('a.folded'))));
  try {
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const url = `https://localhost:${(secure.address() as AddressInfo).port}/a.folded`;
    const known = ['--ca', certificates.ca.cert, '--cert', client.cert, '--key', encrypted];
    const env = { EMBERLINE_CERT_PASSPHRASE: 'open sesame' };
    expect(await runAsync(['top', url, '--json', ...known], env)).toMatchObject({ code: 0, err: '' });
    const output = file('captured.folded');
    const captured = await runAsync(['capture', url, '--kind', 'http', '-o', output, ...known], env);
    expect(captured).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(output, 'utf8')).toBe(readFileSync(file('a.folded'), 'utf8'));
    // A name that tells no format loses nothing: what was captured is kept as it is.
    const [plain, odd] = [file('plain'), file('odd.xyz')];
    expect(
      await runAsync(['capture', url.replace('a.folded', 'now'), '--kind', 'http', '-o', plain, ...known], env),
    ).toEqual({ code: 0, out: `${plain}\n`, err: '' });
    const kept = await runAsync(['capture', url, '--kind', 'http', '-o', odd, ...known], env);
    expect(kept).toMatchObject({ code: 0, out: `${odd}.folded\n` });
    expect(kept.err).toMatch(/odd\.xyz names no format that can be written .*odd\.xyz\.folded is as captured/);
    for (const path of [plain, `${odd}.folded`])
      expect(readFileSync(path, 'utf8')).toBe(readFileSync(file('a.folded'), 'utf8'));
    expect((await runAsync(['top', url, ...known])).err).toMatch(
      /^emberline: The key in .* is encrypted: give its pass/,
    );
    expect((await runAsync(['top', url])).err).toMatch(/issued by “Ember Test Authority”, which is not trusted here/);
    expect(await runAsync(['top', url, '--key', encrypted])).toMatchObject({ code: 2 });
    if (process.platform === 'win32') return;
    const path = file('a.sock');
    await new Promise<void>((resolve) => socket.listen(path, resolve));
    expect(await runAsync(['top', `unix:${path}:/a.folded`])).toMatchObject({ code: 0, err: '' });
    const again = ['capture', `unix:${path}:/a.folded`, '--kind', 'http', '-o', output];
    expect(await runAsync(again)).toMatchObject({ code: 0, err: '' });
  } finally {
    for (const each of [secure, socket]) {
      each.closeAllConnections();
      each.close();
    }
    certificates.remove();
  }
});

test('wrong headers and sizes are wrong usage, and are not repeated', async () => {
  for (const args of [
    ['--header', 'hunter2'],
    ['--max-size', 'hunter'],
    ['--max-size', '0'],
  ]) {
    const { code, err } = await runAsync(['top', origin, ...args]);
    expect(code).toBe(2);
    expect(err).not.toContain('hunter2');
  }
});
