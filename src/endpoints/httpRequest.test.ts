import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Certificates } from '../../test/support/certificates';
import { type Download, type DownloadRequest, download } from './download';
import type { DownloadError } from './downloadError';
import { environmentProxy } from './environmentProxy';
import type { TlsFiles } from './httpAccess';
import { parseHttpAddress } from './httpAddress';
import { readText } from './readText';

/** TLS, Unix sockets and proxies, with real servers on this machine. */

const folder = mkdtempSync(join(tmpdir(), 'emberline-http-'));
const open: { close(): unknown; closeAllConnections?(): void }[] = [];
let certificates: Certificates;
let asked: IncomingMessage[] = [];

beforeAll(() => {
  certificates = new Certificates();
});
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections?.();
    server.close();
  }
  asked = [];
});
afterAll(() => {
  certificates.remove();
  rmSync(folder, { recursive: true, force: true });
});

const folded: RequestListener = (request, response) => {
  asked.push(request);
  response.end('main;hot 3\n');
};

function listening<T extends Server | ReturnType<typeof createNetServer>>(
  server: T,
  where: object = { port: 0, host: '127.0.0.1' },
): Promise<string> {
  open.push(server);
  return new Promise((resolve) => {
    server.listen(where, () => {
      const address = server.address() as AddressInfo | string;
      resolve(typeof address === 'string' ? address : String(address.port));
    });
  });
}

async function secure(options: TlsOptions, listener: RequestListener = folded): Promise<string> {
  const port = await listening(createTlsServer(options, listener));
  return `https://localhost:${port}/cpu.folded`;
}

function get(address: string, tls: TlsFiles | null = null, more: Partial<DownloadRequest> = {}): Promise<Download> {
  return download({
    url: parseHttpAddress(address),
    headersFor: () => ({}),
    tlsFor: () => tls,
    folder,
    maxBytes: 1_000_000,
    silenceMs: 60_000,
    tooLargeAdvice: 'raise the limit',
    ...more,
  });
}

async function failure(
  address: string,
  tls: TlsFiles | null = null,
  more: Partial<DownloadRequest> = {},
): Promise<DownloadError> {
  const before = readdirSync(folder).length;
  const error = await get(address, tls, more).then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown as Error,
  );
  expect(readdirSync(folder)).toHaveLength(before);
  expect(error.message.length).toBeLessThan(400);
  expect(error.message).not.toMatch(/[\n\r]/);
  return error as DownloadError;
}

const text = async (download: Promise<Download>): Promise<string> => readFileSync((await download).path, 'utf8');

describe('certificates', () => {
  test('of an authority that is given are trusted, others are not, and it says who issued them', async () => {
    const address = await secure(certificates.read(certificates.issue('server')));
    expect(await text(get(address, { ca: [certificates.ca.cert] }))).toBe('main;hot 3\n');
    const { message, wantsCredentials } = await failure(address);
    expect(message).toMatch(
      /^The certificate of localhost:\d+ was issued by “Ember Test Authority”, which is not trusted here: trust its authority by “ca”/,
    );
    expect(wantsCredentials).toBe(true);
    expect(asked).toHaveLength(1);
  });

  test('self-signed', async () => {
    const own = certificates.selfSigned('own', '/CN=localhost');
    const address = await secure(certificates.read(own));
    expect((await failure(address)).message).toMatch(/^The certificate of localhost:\d+ is self-signed/);
    expect(await text(get(address, { ca: [own.cert] }))).toBe('main;hot 3\n');
  });

  test('expired', async () => {
    const address = await secure(certificates.read(certificates.issue('late', { days: -1 })));
    const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    expect((await failure(address, { ca: [certificates.ca.cert] })).message).toMatch(
      new RegExp(`^The certificate of localhost:\\d+ expired on ${day}: have it renewed`),
    );
  });

  test('for another name', async () => {
    const other = certificates.issue('other', { names: 'DNS:a.example,DNS:*.b.example,IP:10.0.0.1' });
    const address = await secure(certificates.read(other));
    expect((await failure(address, { ca: [certificates.ca.cert] })).message).toMatch(
      /is for a\.example, \*\.b\.example, 10\.0\.0\.1, not for localhost: use a name that it has/,
    );
    expect(asked).toHaveLength(0);
  });
});

describe('client certificates', () => {
  const mutual = (): TlsOptions => ({
    ...certificates.read(certificates.issue('server')),
    ca: readFileSync(certificates.ca.cert),
    requestCert: true,
  });

  test('are shown: PEM, an encrypted key, PKCS #12', async () => {
    const ca = [certificates.ca.cert];
    const client = certificates.issue('client', { client: true });
    const p12 = certificates.pkcs12(client, 'open sesame');
    const encrypted = certificates.encrypted(client, 'open sesame');
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const address = await secure({ ...mutual(), maxVersion: version }, (request, response) => {
        const { subject } = (
          request.socket as never as { getPeerCertificate(): { subject: { CN: string } } }
        ).getPeerCertificate();
        response.end(`${subject.CN} 1\n`);
      });
      for (const files of [
        client,
        { cert: client.cert, key: encrypted, passphrase: 'open sesame' },
        { cert: p12, passphrase: 'open sesame' },
      ]) {
        expect(await text(get(address, { ca, ...files }))).toBe('client 1\n');
      }
    }
  });

  test('are wanted', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const address = await secure({ ...mutual(), maxVersion: version });
      const { message, wantsCredentials } = await failure(address, { ca: [certificates.ca.cert] });
      expect(message).toMatch(
        /^localhost:\d+ wants a client certificate: give one by “cert”|or it wants a client certificate/,
      );
      expect(wantsCredentials || version === 'TLSv1.2').toBe(true);
    }
  });

  test('are refused where another authority issued them', async () => {
    const others = new Certificates('Another Authority');
    try {
      const client = others.issue('stranger', { client: true });
      // Node's own server closes without a word, openssl's says why, as those of Go and nginx do.
      const address = await secure(mutual());
      expect((await failure(address, { ca: [certificates.ca.cert], ...client })).message).toMatch(
        /^localhost:\d+ closed the connection without an answer: it may have refused the client certificate/,
      );
      const server = certificates.issue('server');
      const files = ['-cert', server.cert, '-key', server.key, '-CAfile', certificates.ca.cert];
      const program = spawn('openssl', [
        's_server',
        '-accept',
        '0',
        '-www',
        '-Verify',
        '1',
        '-verify_return_error',
        ...files,
      ]);
      open.push({ close: () => program.kill() });
      let printed = '';
      const port = await new Promise<string>((resolve) => {
        program.stdout.on('data', (chunk) => {
          printed += chunk;
          const found = /ACCEPT \S*:(\d+)/.exec(printed)?.[1];
          if (found !== undefined) resolve(found);
        });
      });
      const ca = [certificates.ca.cert];
      expect((await failure(`https://localhost:${port}/`, { ca, ...client })).message).toMatch(
        /^localhost:\d+ refused the client certificate, because it does not know who issued it: give one/,
      );
      expect((await failure(`https://localhost:${port}/`, { ca })).message).toMatch(
        /wants a client certificate: give one/,
      );
    } finally {
      others.remove();
    }
  });

  test('that cannot be used say why', async () => {
    const address = await secure(mutual());
    const client = certificates.issue('client', { client: true });
    const encrypted = certificates.encrypted(client, 'open sesame');
    const p12 = certificates.pkcs12(client, 'open sesame');
    const said = async (files: TlsFiles): Promise<string> => (await failure(address, files)).message;
    expect(await said({ cert: client.cert, key: encrypted })).toMatch(/is encrypted: give its passphrase/);
    expect(await said({ cert: client.cert, key: encrypted, passphrase: 'no' })).toMatch(/passphrase does not open/);
    expect(await said({ cert: p12, passphrase: 'no' })).toMatch(/passphrase does not open the key in .*\.p12/);
    expect(await said({ cert: client.cert, key: certificates.ca.key })).toMatch(/is not that of the certificate/);
    expect(await said({ cert: client.cert })).toMatch(/holds no key beside its certificate/);
    expect(await said({ cert: '/nowhere/client.pem' })).toMatch(/there is no such file: correct its path/);
    expect(await said({ ca: [client.key] })).toMatch(/holds no certificate of an authority/);
  });

  test('and headers go to no other host, however it redirects', async () => {
    const ca = [certificates.ca.cert];
    const client = certificates.issue('client', { client: true });
    const seen: [string, boolean, string | undefined][] = [];
    const note =
      (name: string): RequestListener =>
      (request, response) => {
        const peer = (request.socket as never as { getPeerCertificate(): object }).getPeerCertificate();
        seen.push([name, Object.keys(peer).length > 0, request.headers.authorization]);
        if (name === 'first') response.writeHead(302, { location: second }).end();
        else response.end('main;hot 3\n');
      };
    const options = { ...mutual(), rejectUnauthorized: false };
    const second = await secure(options, note('second'));
    const first = await secure(options, note('first'));
    const { origin } = new URL(first);
    await get(first, null, {
      headersFor: (asking) => (asking === origin ? { authorization: 'Bearer 0123456789' } : {}),
      tlsFor: (asking) => (asking === origin ? { ca, ...client } : { ca }),
    });
    expect(seen).toEqual([
      ['first', true, 'Bearer 0123456789'],
      ['second', false, undefined],
    ]);
  });
});

describe('the wrong protocol', () => {
  test('https to a port of http', async () => {
    const port = await listening(createServer(folded));
    expect((await failure(`https://127.0.0.1:${port}/x`)).message).toMatch(
      /^127.0.0.1:\d+ does not speak https at this port: write http:\/\/ in place/,
    );
  });

  test('http to a port of https', async () => {
    const { port } = new URL(await secure(certificates.read(certificates.issue('server'))));
    expect((await failure(`http://127.0.0.1:${port}/x`)).message).toMatch(/https:\/\/ (?:if it speaks that|in place)/);
  });

  test('http to what says so itself, as Go and nginx do', async () => {
    for (const said of [
      'Client sent an HTTP request to an HTTPS server.',
      '<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>',
    ]) {
      const port = await listening(createServer((_, response) => response.writeHead(400).end(said)));
      expect((await failure(`http://127.0.0.1:${port}/x`)).message).toMatch(
        /answered 400 .*: write https:\/\/ in place of/,
      );
    }
  });

  test('what speaks TLS answers with an alert, what speaks neither with something else', async () => {
    const alert = await listening(createNetServer((socket) => socket.end(Buffer.from([0x15, 3, 1, 0, 2, 2, 22]))));
    expect((await failure(`http://127.0.0.1:${alert}/x`)).message).toMatch(/speaks https at this port: write https/);
    const ssh = await listening(createNetServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    expect((await failure(`http://127.0.0.1:${ssh}/x`)).message).toMatch(/does not speak HTTP at this port/);
  });

  test('a redirect from https to http is not followed', async () => {
    const address = await secure(certificates.read(certificates.issue('server')), (_, response) =>
      response.writeHead(302, { location: 'http://localhost:1/' }).end(),
    );
    expect((await failure(address, { ca: [certificates.ca.cert] })).message).toMatch(
      /redirects from https to http \(localhost:1\), which is not followed/,
    );
  });
});

describe.skipIf(process.platform === 'win32')('Unix sockets', () => {
  test('are asked, also by a path with spaces, and name themselves', async () => {
    const path = join(folder, 'a b.sock');
    await listening(createServer(folded), { path });
    try {
      const { path: file, name } = await get(`unix:${path}:/some/cpu.folded?x=1`);
      expect(readFileSync(file, 'utf8')).toBe('main;hot 3\n');
      expect(name).toBe('cpu.folded');
      expect(asked[0]).toMatchObject({ url: '/some/cpu.folded?x=1' });
      expect(asked[0]!.headers.host).toBe('localhost');
      expect(await text(get(`http://unix:${path}`))).toBe('main;hot 3\n');
    } finally {
      rmSync(path, { force: true });
    }
  });

  test('have headers and TLS of their own', async () => {
    const path = join(folder, 'tls.sock');
    await listening(createTlsServer(certificates.read(certificates.issue('server')), folded), { path });
    const origins: string[] = [];
    await get(
      `https://unix:${path}:/x`,
      { ca: [certificates.ca.cert] },
      {
        headersFor: (origin) => {
          origins.push(origin);
          return { authorization: 'Bearer x' };
        },
      },
    );
    expect(origins).toEqual([`https://unix:${path}`]);
    expect(asked[0]!.headers.authorization).toBe('Bearer x');
  });

  test('that are not there say so', async () => {
    expect((await failure('unix:/nowhere/a.sock:/x')).message).toBe(
      'There is no Unix socket /nowhere/a.sock: check its path and whether the server runs.',
    );
  });

  test('redirects stay in the socket, and none leads into one', async () => {
    const path = join(folder, 'r.sock');
    const leads: Record<string, string> = { '/a': '/b', '/b': 'http://localhost/c' };
    await listening(
      createServer((request, response) => {
        const to = leads[request.url!];
        if (to === undefined) response.end(`${request.url} 1\n`);
        else response.writeHead(302, { location: to }).end();
      }),
      { path },
    );
    expect(await text(get(`unix:${path}:/a`))).toBe('/c 1\n');
    const port = await listening(
      createServer((_, response) =>
        response.writeHead(302, { location: `http+unix://${encodeURIComponent(path)}/c` }).end(),
      ),
    );
    expect((await failure(`http://127.0.0.1:${port}/`)).message).toMatch(/redirects to a http\+unix: address/);
  });
});

describe('bodies', () => {
  const plain = async (listener: RequestListener): Promise<string> =>
    `http://127.0.0.1:${await listening(createServer(listener))}/cpu.folded`;

  test('cut within their content coding, though framed as whole, are told from whole ones', async () => {
    const packed = gzipSync('main;hot 3\n'.repeat(10_000));
    const address = await plain((_, response) => {
      const cut = packed.subarray(0, packed.length - 20);
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': cut.length }).end(cut);
    });
    expect((await failure(address)).message).toMatch(
      /^The packed answer of .*cpu\.folded was cut off after \d+ unpacked/,
    );
    await expect(
      readText(new URL(address), { headersFor: () => ({}), signal: new AbortController().signal }),
    ).rejects.toThrow(/was cut off after/);
  });

  test('in an unknown coding', async () => {
    const address = await plain((_, response) => response.writeHead(200, { 'content-encoding': 'odd' }).end('x'));
    expect((await failure(address)).message).toMatch(/in the content coding “odd”, which is not known/);
  });

  test('of 10 GB are ended at the limit, whether their size is said, packed, or neither', async () => {
    let sent = 0;
    const chunk = Buffer.alloc(65_536, 'a');
    const endless = await plain((_, response) => {
      const send = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        if (!response.destroyed) response.once('drain', send);
      };
      send();
    });
    expect((await failure(endless)).message).toMatch(/has more bytes than that, and at most 977 KiB are downloaded/);
    expect(sent).toBeLessThan(50_000_000);
    const said = await plain((_, response) => response.writeHead(200, { 'content-length': 10_000_000_000 }).write('x'));
    expect((await failure(said)).message).toMatch(/has 9.31 GiB, and at most 977 KiB/);
    const bomb = gzipSync(Buffer.alloc(200_000_000));
    const packed = await plain((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    expect((await failure(packed)).message).toMatch(/has more bytes than that/);
  });

  test('that trickle are given up, so are headers that do', async () => {
    const drip = (send: (text: string) => void): NodeJS.Timeout => setInterval(() => send('a'), 20);
    const body = await plain((_, response) => {
      const timer = drip((text) => response.write(text));
      response.on('close', () => clearInterval(timer));
    });
    expect((await failure(body, null, { silenceMs: 1500 })).message).toMatch(
      /has sent next to nothing for 2 s after \d+ B/,
    );
    const port = await listening(
      createNetServer((socket) => {
        socket.on('error', () => {});
        socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
        const timer = drip((text) => socket.write(text));
        socket.on('close', () => clearInterval(timer));
      }),
    );
    expect((await failure(`http://127.0.0.1:${port}/`, null, { silenceMs: 300 })).message).toMatch(
      /has been silent for/,
    );
  });
});

describe('proxies', () => {
  test('of the environment', () => {
    const via = (address: string, environment: Record<string, string>): string | null =>
      environmentProxy(new URL(address), environment)?.name ?? null;
    const all = {
      HTTPS_PROXY: 'http://me:secret@proxy:3128',
      HTTP_PROXY: 'plain:80',
      NO_PROXY: 'a.example, .b.example:8443,10.0.0.0/8,fd00::/8 *.c',
    };
    expect(via('https://x.example/', all)).toBe('proxy:3128');
    expect(via('http://x.example/', all)).toBe('plain');
    expect(via('https://x.example/', { all_proxy: 'http://every:1' })).toBe('every:1');
    for (const direct of [
      'https://a.example/',
      'https://www.a.example/',
      'https://b.example:8443',
      'https://10.1.2.3/',
      'https://[fd12::1]/',
      'http://y.c',
      'http://localhost:1',
      'http://127.0.0.1',
      'http://[::1]:8',
    ]) {
      expect(via(direct, all)).toBe(null);
    }
    for (const proxied of ['https://ba.example/', 'https://b.example/', 'https://11.1.2.3/']) {
      expect(via(proxied, all)).toBe('proxy:3128');
    }
    expect(via('https://x/', { ...all, NO_PROXY: '*' })).toBe(null);
    expect(() => via('https://x/', { HTTPS_PROXY: 'socks5://me:secret@x' })).toThrow(/names a socks5: proxy/);
  });

  test('are gone through, with their user; what they refuse is said without it', async () => {
    const target = new URL(await secure(certificates.read(certificates.issue('server'))));
    const connects: [string, string | undefined][] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      connects.push([request.url!, request.headers['proxy-authorization']]);
      if (request.url!.startsWith('refused')) {
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        return;
      }
      const there = connect(Number(target.port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        there.pipe(socket).pipe(there);
      });
    });
    const port = await listening(proxy);
    const environment = { HTTPS_PROXY: `http://me:secret@127.0.0.1:${port}` };
    const proxyFor = (url: URL): ReturnType<typeof environmentProxy> => environmentProxy(url, environment);
    // A name that only the proxy knows.
    const named = certificates.issue('inside', { names: 'DNS:inside.example' });
    (open[0] as ReturnType<typeof createTlsServer>).setSecureContext(certificates.read(named));
    const tls = { ca: [certificates.ca.cert] };
    expect(await text(get('https://inside.example/x', tls, { proxyFor }))).toBe('main;hot 3\n');
    expect(connects).toEqual([['inside.example:443', `Basic ${Buffer.from('me:secret').toString('base64')}`]]);
    // TLS is still checked.
    expect((await failure('https://other.example/x', tls, { proxyFor })).message).toMatch(
      /is for inside.example, not for other.example/,
    );
    const refused = (await failure('https://refused.example/x', tls, { proxyFor })).message;
    expect(refused).toMatch(/answered 407 Proxy Authentication Required: the proxy wants to know who asks/);
    const gone = { HTTPS_PROXY: 'http://me:secret@127.0.0.1:1' };
    const away = await failure('https://x.example/', tls, { proxyFor: (url) => environmentProxy(url, gone) });
    expect(away.message).toMatch(/is not reached by the proxy 127.0.0.1:1: check the proxy/);
    expect(refused + away.message).not.toMatch(/secret|me:/);
  });
});

test('a server that closes after each answer without saying so is asked again at once', async () => {
  const port = await listening(
    createNetServer((socket) => {
      // As the JDK's own server.
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
      socket.on('error', () => undefined);
    }),
  );
  const url = new URL(`http://127.0.0.1:${port}/`);
  const request = { headersFor: () => ({}), signal: new AbortController().signal };
  for (let i = 0; i < 5; i++) expect(await readText(url, request)).toBe('ok');
});
