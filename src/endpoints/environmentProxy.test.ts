import { createServer } from 'node:http';
import type { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { HttpServers } from '../../test/support/httpServers';
import { environmentProxy } from './environmentProxy';

const http = new HttpServers();

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
    const target = new URL(await http.secure(http.certificates.read(http.certificates.issue('server'))));
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
    const port = await http.listening(proxy);
    const environment = { HTTPS_PROXY: `http://me:secret@127.0.0.1:${port}` };
    const proxyFor = (url: URL): ReturnType<typeof environmentProxy> => environmentProxy(url, environment);
    // A name that only the proxy knows.
    const named = http.certificates.issue('inside', { names: 'DNS:inside.example' });
    (http.open[0] as ReturnType<typeof createTlsServer>).setSecureContext(http.certificates.read(named));
    const tls = { ca: [http.certificates.ca.cert] };
    expect(await http.text('https://inside.example/x', tls, { proxyFor })).toBe('main;hot 3\n');
    expect(connects).toEqual([['inside.example:443', `Basic ${Buffer.from('me:secret').toString('base64')}`]]);
    // TLS is still checked.
    expect((await http.failure('https://other.example/x', tls, { proxyFor })).message).toMatch(
      /is for inside.example, not for other.example/,
    );
    const refused = (await http.failure('https://refused.example/x', tls, { proxyFor })).message;
    expect(refused).toMatch(/answered 407 Proxy Authentication Required: the proxy wants to know who asks/);
    const gone = { HTTPS_PROXY: 'http://me:secret@127.0.0.1:1' };
    const away = await http.failure('https://x.example/', tls, { proxyFor: (url) => environmentProxy(url, gone) });
    expect(away.message).toMatch(/is not reached by the proxy 127.0.0.1:1: check the proxy/);
    expect(refused + away.message).not.toMatch(/secret|me:/);
  });
});
