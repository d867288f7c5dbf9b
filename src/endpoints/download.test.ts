import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Download, type DownloadRequest, download, parseDownloadUrl } from './download';
import { downloadName } from './downloadName';
import { parseHeaders } from './requestHeaders';

/** Downloads from real servers on this machine: each bad answer that a host can give. */

const SECRET = 'X-Amz-Signature=0123456789abcdef0123';
const folder = mkdtempSync(join(tmpdir(), 'emberline-download-'));
type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let answer: Handler;
const asked: { url: string; headers: IncomingMessage['headers'] }[] = [];
const servers: Server[] = [];
const origins: string[] = [];

beforeAll(async () => {
  for (let i = 0; i < 2; i++) {
    const server = createServer((request, response) => {
      asked.push({ url: request.url ?? '', headers: request.headers });
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    origins.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  asked.length = 0;
});

function get(path: string, options: Partial<DownloadRequest> = {}): Promise<Download> {
  return download({
    url: new URL(path, origins[0]),
    headersFor: () => ({}),
    folder,
    maxBytes: 1_000_000,
    silenceMs: 60_000,
    tooLargeAdvice: 'raise the limit',
    ...options,
  });
}

/** The sentence that a download fails with; nothing of it is left on disk, and no secret is in it. */
async function failure(path: string, options: Partial<DownloadRequest> = {}): Promise<string> {
  const before = readdirSync(folder).length;
  const error = await get(path, options).then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown as Error,
  );
  expect(readdirSync(folder)).toHaveLength(before);
  expect(error.message).not.toContain('0123456789abcdef');
  expect(error.message.length).toBeLessThan(400);
  expect(error.message).not.toContain('\n');
  return error.message;
}

const send =
  (status: number, body: string | Uint8Array, headers: Record<string, string> = {}): Handler =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };

describe('a good answer', () => {
  test('is a file that only this user may read, under its own name', async () => {
    answer = send(200, 'main;hot 3\n');
    const seen: [number, number | null][] = [];
    const {
      path,
      name,
      bytes,
      folder: own,
    } = await get(`/some/where/cpu%20one.folded?${SECRET}`, {
      onProgress: (received, total) => seen.push([received, total]),
    });
    expect(readFileSync(path, 'utf8')).toBe('main;hot 3\n');
    expect([name, bytes]).toEqual(['cpu one.folded', 11]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(own).mode & 0o777).toBe(0o700);
    expect(path).not.toContain('Amz');
    expect(asked[0].url).toContain(SECRET);
    expect(seen.at(-1)?.[0]).toBe(11);
  });

  test('has the name that the host gives it', async () => {
    answer = send(200, 'x', { 'content-disposition': 'attachment; filename="heap.pb.gz"' });
    expect((await get('/download?id=7')).name).toBe('heap.pb.gz');
  });

  test('comes whole and in order when it is large, with its progress', async () => {
    const body = new Uint8Array(900_000).map((_, i) => (i * 31) & 255);
    answer = send(200, body, { 'content-length': String(body.length) });
    let last: [number, number | null] = [0, null];
    const { path } = await get('/a.pprof', {
      onProgress: (received, total) => {
        expect(received).toBeGreaterThanOrEqual(last[0]);
        last = [received, total];
      },
    });
    expect(last).toEqual([900_000, 900_000]);
    expect(Buffer.compare(readFileSync(path), body)).toBe(0);
  });

  test('is unpacked where gzip is the content coding, and left packed where it is the content', async () => {
    const packed = gzipSync('main;hot 3\n');
    answer = send(200, packed, { 'content-encoding': 'gzip' });
    const totals: (number | null)[] = [];
    const coded = await get('/a.folded', { onProgress: (_, total) => totals.push(total) });
    expect(readFileSync(coded.path, 'utf8')).toBe('main;hot 3\n');
    expect(totals).toEqual([null]);
    answer = send(200, packed, { 'content-type': 'application/gzip' });
    expect(Buffer.compare(readFileSync((await get('/a.folded.gz')).path), packed)).toBe(0);
  });
});

describe('request headers', () => {
  const token = 'Bearer 0123456789abcdef';
  const headersFor = (origin: string): Record<string, string> =>
    origin === origins[0] ? { Authorization: token } : {};

  test('go to their origin', async () => {
    answer = send(200, 'x');
    await get('/a', { headersFor });
    expect(asked[0].headers['authorization']).toBe(token);
  });

  test('go to no other, however it redirects', async () => {
    answer = (request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end();
      else if (request.url === '/b') response.writeHead(307, { location: `${origins[1]}/c?${SECRET}` }).end();
      else response.end('main;hot 3\n');
    };
    const { name } = await get('/a', { headersFor });
    expect(asked.map(({ url, headers }) => [url, headers['authorization']])).toEqual([
      ['/a', token],
      ['/b', token],
      [`/c?${SECRET}`, undefined],
    ]);
    expect(name).toBe('c');
  });

  test("an address's user becomes a header, and is shown nowhere", async () => {
    answer = send(404, 'no such file');
    const url = new URL('/a', origins[0]);
    url.username = 'me@work';
    url.password = 'pa:ss0123456789abcdef';
    const message = await failure('', { url });
    expect(asked[0].headers['authorization']).toBe(
      `Basic ${Buffer.from('me@work:pa:ss0123456789abcdef').toString('base64')}`,
    );
    expect(message).not.toMatch(/me@work|me%40work/);
    expect(url.password).not.toBe('');
  });

  test('are read a line each, and refused without repeating them', () => {
    expect(parseHeaders(['Authorization: Bearer a:b', '', 'X-Scope-OrgID:1'])).toEqual({
      Authorization: 'Bearer a:b',
      'X-Scope-OrgID': '1',
    });
    for (const bad of [
      '0123456789abcdef',
      'Na me: 0123456789abcdef',
      'Host: 0123456789abcdef',
      'X:',
      'X: 0123456789abcdef\x01',
    ]) {
      let message = '';
      try {
        parseHeaders([bad]);
      } catch (error) {
        ({ message } = error as Error);
      }
      expect(message).toMatch(/\.$/);
      expect(message).not.toContain('0123456789abcdef');
    }
  });
});

describe('a bad answer is one sentence that shows no secret', () => {
  test.each([
    [401, 'token missing', /answered 401 Unauthorized \(“token missing”\): set the request headers/],
    [
      403,
      '<Error><Code>AccessDenied</Code><Message>Request has expired</Message><X>y</X></Error>',
      /403 Forbidden \(“Request has expired”\): .*new link/,
    ],
    [404, `Cannot GET /a.folded?${SECRET}`, /404 Not Found \(“Cannot GET \/a.folded…”\): check the address/],
    [410, '', /410 Gone: check/],
    [
      500,
      '<html><head><title>Oops</title></head><body>stack</body></html>',
      /500 Internal Server Error \(“Oops”\): the server failed/,
    ],
    [503, '{"error":"overloaded\\n now"}', /503 .*\(“overloaded/],
    [403, '{"error":"forbidden","message":"needs the role profiler"}', /403 .*\(“needs the role profiler”\)/],
    [418, 'x'.repeat(5000), /418 I'm a Teapot \(“x{119}…”\)/],
    [599, '\0\x01binary', /answered 599: the server failed/],
  ])('%i', async (status, body, expected) => {
    answer = send(status, body);
    const message = await failure(`/a.folded?${SECRET}`);
    expect(message).toMatch(expected);
    expect(message).toContain(`${origins[0]}/a.folded answered`);
  });

  test('401 and 403 say that headers may help, others do not', async () => {
    for (const [status, wants] of [
      [401, true],
      [403, true],
      [404, false],
      [500, false],
    ] as const) {
      answer = send(status, '');
      await expect(get('/')).rejects.toMatchObject({ wantsCredentials: wants, origin: origins[0] });
    }
  });

  test('an echoed header is not quoted', async () => {
    answer = (request, response) => {
      response.writeHead(400).end(`bad token ${request.headers['authorization']}`);
    };
    const message = await failure('/', { headersFor: () => ({ Authorization: 'Bearer 0123456789abcdef' }) });
    expect(message).toContain('bad token …');
  });

  test('a web page in place of a profile', async () => {
    answer = send(200, '\n<!-- x --><!DOCTYPE html><html><head><title>Sign in\n to GitLab</title></head></html>');
    expect(await failure('/a.folded')).toMatch(/answered with a web page \(“Sign in to GitLab”\), not a profile/);
    answer = send(200, `<html>${'x'.repeat(100_000)}</html>`);
    expect(await failure('/a.folded')).toMatch(/a web page/);
  });

  test('nothing', async () => {
    for (const status of [200, 204]) {
      answer = send(status, '');
      expect(await failure('/a')).toMatch(/answered with nothing/);
    }
  });

  test('more than is allowed, whether it is said or not', async () => {
    const large = new Uint8Array(2_000_000);
    answer = send(200, large, { 'content-length': '2000000' });
    expect(await failure('/a')).toMatch(/has 1.91 MiB, and at most 977 KiB are downloaded: raise the limit/);
    answer = (_, response) => {
      response.write(large);
      response.end();
    };
    expect(await failure('/a')).toMatch(/has more bytes than that, and at most/);
    answer = send(200, gzipSync(large), { 'content-encoding': 'gzip' });
    expect(await failure('/a')).toMatch(/has more bytes than that/);
  });

  test('silence, before the answer and within it', async () => {
    answer = () => {};
    expect(await failure('/a', { silenceMs: 100 })).toMatch(/has been silent for 0 s after 0 B: try again/);
    answer = (_, response) => {
      response.writeHead(200).write('main;');
    };
    expect(await failure('/a', { silenceMs: 2000 })).toMatch(/silent for 2 s after 5 B/);
  });

  test('a connection that breaks, before the answer and within it', async () => {
    answer = (request) => request.socket.destroy();
    expect(await failure('/a')).toMatch(/closed the connection without an answer/);
    answer = (request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('main;hot');
      setTimeout(() => request.socket.destroy(), 50);
    };
    expect(await failure('/a')).toMatch(/broke after 8 bytes of .*: try again/);
    answer = (request, response) => {
      response.writeHead(200, { 'content-length': '100' }).flushHeaders();
      setTimeout(() => request.socket.destroy(), 50);
    };
    expect(await failure('/a')).toMatch(/broke after 0 bytes of .*: try again/);
  });

  test('a content coding that is damaged', async () => {
    const packed = gzipSync('main;hot 3\n'.repeat(1000));
    packed[12] ^= 0xff;
    packed[13] ^= 0xff;
    answer = send(200, packed, { 'content-encoding': 'gzip' });
    expect(await failure('/a')).toMatch(/The packed answer of .* is damaged after \d+ unpacked bytes: try again/);
  });

  test('nobody there, and no such host', async () => {
    expect(await failure('', { url: new URL('http://127.0.0.1:1/a') })).toMatch(
      /Nothing answers at 127.0.0.1:1|cannot be downloaded/,
    );
    expect(await failure('', { url: new URL('http://nowhere.invalid/a') })).toMatch(/nowhere\.invalid/);
  });

  test('redirects that lead nowhere, in a circle, or to another kind of address', async () => {
    const to = (location?: string): void => {
      answer = send(302, '', location === undefined ? {} : { location });
    };
    to();
    expect(await failure('/a')).toMatch(/redirects to nowhere/);
    to('/again');
    expect(await failure('/a')).toMatch(/redirects more than 10 times/);
    to('file:///etc/passwd');
    expect(await failure('/a')).toMatch(/redirects to a file: address, which is not followed/);
    to('http://[bad');
    expect(await failure('/a')).toMatch(/redirects to something that is no address/);
  });

  test('a folder that cannot be written', async () => {
    answer = send(200, 'x');
    const inFile = join((await get('/a')).path, 'below');
    await expect(get('/a', { folder: inFile })).rejects.toThrow();
    expect(existsSync(inFile)).toBe(false);
  });
});

test('cancelling ends it, and leaves nothing', async () => {
  const cancel = new AbortController();
  answer = (_, response) => {
    response.writeHead(200).write('main;');
    setTimeout(() => cancel.abort(), 50);
  };
  const before = readdirSync(folder).length;
  await expect(get('/a', { signal: cancel.signal })).rejects.toMatchObject({ name: 'AbortError' });
  expect(readdirSync(folder)).toHaveLength(before);
});

test('file names are safe, whatever the host says', () => {
  const name = (path: string, disposition: string | null = null): string =>
    downloadName(new URL(path, 'https://host.example'), disposition);
  expect(name('/a/b/cpu.pb.gz?sig=1')).toBe('cpu.pb.gz');
  expect(name('/')).toBe('host.example');
  expect(name('/debug/pprof/')).toBe('pprof');
  expect(name('/%2e%2e%2fetc%2fpasswd')).toBe('passwd');
  expect(name('/%ff%zz')).toBe('_ff_zz');
  expect(name('/x', 'attachment; filename=../../etc/passwd')).toBe('passwd');
  expect(name('/x', 'attachment; filename="a\\"b.jfr"')).toBe('a_b.jfr');
  expect(name('/x', "attachment; filename=plain.jfr; filename*=UTF-8''f%C3%BC.jfr")).toBe('fü.jfr');
  expect(name('/x', "attachment; filename*=iso-8859-1''f%FC.jfr")).toBe('fü.jfr');
  expect(name('/x', 'inline')).toBe('x');
  expect(name('/x', 'attachment; filename=".."')).toBe('x');
  expect(name('/NUL.folded')).toBe('_NUL.folded');
  expect(name(`/${'n'.repeat(500)}.speedscope.json.gz`)).toMatch(/^n{101}\.speedscope\.json\.gz$/);
});

test('an address that a person typed', () => {
  expect(parseDownloadUrl(' https://a.example/x ').href).toBe('https://a.example/x');
  expect(() => parseDownloadUrl('a.example/x')).toThrow(/with its scheme/);
  expect(() => parseDownloadUrl('file:///etc/passwd')).toThrow(/not file:/);
});
