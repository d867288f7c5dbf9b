import { createServer } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { HttpServers } from '../../test/support/httpServers';
import { readText } from './readText';

/** Protocols and bodies that are not as they should be, with real servers on this machine. */

const http = new HttpServers();

describe('the wrong protocol', () => {
  test('https to a port of http', async () => {
    const port = await http.listening(createServer(http.folded));
    expect((await http.failure(`https://127.0.0.1:${port}/x`)).message).toMatch(
      /^127.0.0.1:\d+ does not speak https at this port: write http:\/\/ in place/,
    );
  });

  test('http to a port of https', async () => {
    const { port } = new URL(await http.secure(http.certificates.read(http.certificates.issue('server'))));
    expect((await http.failure(`http://127.0.0.1:${port}/x`)).message).toMatch(
      /https:\/\/ (?:if it speaks that|in place)/,
    );
  });

  test('http to what says so itself, as Go and nginx do', async () => {
    for (const said of [
      'Client sent an HTTP request to an HTTPS server.',
      '<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>',
    ]) {
      const port = await http.listening(createServer((_, response) => response.writeHead(400).end(said)));
      expect((await http.failure(`http://127.0.0.1:${port}/x`)).message).toMatch(
        /answered 400 .*: write https:\/\/ in place of/,
      );
    }
  });

  test('what speaks TLS answers with an alert, what speaks neither with something else', async () => {
    const alert = await http.listening(createNetServer((socket) => socket.end(Buffer.from([0x15, 3, 1, 0, 2, 2, 22]))));
    expect((await http.failure(`http://127.0.0.1:${alert}/x`)).message).toMatch(
      /speaks https at this port: write https/,
    );
    const ssh = await http.listening(createNetServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    expect((await http.failure(`http://127.0.0.1:${ssh}/x`)).message).toMatch(/does not speak HTTP at this port/);
  });

  test('a redirect from https to http is not followed', async () => {
    const address = await http.secure(http.certificates.read(http.certificates.issue('server')), (_, response) =>
      response.writeHead(302, { location: 'http://localhost:1/' }).end(),
    );
    expect((await http.failure(address, { ca: [http.certificates.ca.cert] })).message).toMatch(
      /redirects from https to http \(localhost:1\), which is not followed/,
    );
  });
});

describe('bodies', () => {
  test('cut within their content coding, though framed as whole, are told from whole ones', async () => {
    const packed = gzipSync('main;hot 3\n'.repeat(10_000));
    const address = await http.plain((_, response) => {
      const cut = packed.subarray(0, packed.length - 20);
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': cut.length }).end(cut);
    });
    expect((await http.failure(address)).message).toMatch(
      /^The packed answer of .*cpu\.folded was cut off after \d+ unpacked/,
    );
    await expect(
      readText(new URL(address), { headersFor: () => ({}), signal: new AbortController().signal }),
    ).rejects.toThrow(/was cut off after/);
  });

  test('in an unknown coding', async () => {
    const address = await http.plain((_, response) => response.writeHead(200, { 'content-encoding': 'odd' }).end('x'));
    expect((await http.failure(address)).message).toMatch(/in the content coding “odd”, which is not known/);
  });

  test('of 10 GB are ended at the limit, whether their size is said, packed, or neither', async () => {
    let sent = 0;
    const chunk = Buffer.alloc(65_536, 'a');
    const endless = await http.plain((_, response) => {
      const send = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        if (!response.destroyed) response.once('drain', send);
      };
      send();
    });
    expect((await http.failure(endless)).message).toMatch(
      /has more bytes than that, and at most 977 KiB are downloaded/,
    );
    expect(sent).toBeLessThan(50_000_000);
    const said = await http.plain((_, response) =>
      response.writeHead(200, { 'content-length': 10_000_000_000 }).write('x'),
    );
    expect((await http.failure(said)).message).toMatch(/has 9.31 GiB, and at most 977 KiB/);
    const bomb = gzipSync(Buffer.alloc(200_000_000));
    const packed = await http.plain((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    expect((await http.failure(packed)).message).toMatch(/has more bytes than that/);
  });

  test('that trickle are given up, so are headers that do', async () => {
    const drip = (send: (text: string) => void): NodeJS.Timeout => setInterval(() => send('a'), 20);
    const body = await http.plain((_, response) => {
      const timer = drip((text) => response.write(text));
      response.on('close', () => clearInterval(timer));
    });
    expect((await http.failure(body, null, { silenceMs: 1500 })).message).toMatch(
      /has sent next to nothing for 2 s after \d+ B/,
    );
    const port = await http.listening(
      createNetServer((socket) => {
        socket.on('error', () => {});
        socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
        const timer = drip((text) => socket.write(text));
        socket.on('close', () => clearInterval(timer));
      }),
    );
    expect((await http.failure(`http://127.0.0.1:${port}/`, null, { silenceMs: 300 })).message).toMatch(
      /has been silent for/,
    );
  });
});

test('a server that closes after each answer without saying so is asked again at once', async () => {
  const port = await http.listening(
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
