import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HttpServers } from '../../test/support/httpServers';

const http = new HttpServers();

describe.skipIf(process.platform === 'win32')('Unix sockets', () => {
  test('are asked, also by a path with spaces, and name themselves', async () => {
    const path = join(http.folder, 'a b.sock');
    await http.listening(createServer(http.folded), { path });
    try {
      const { path: file, name } = await http.get(`unix:${path}:/some/cpu.folded?x=1`);
      expect(readFileSync(file, 'utf8')).toBe('main;hot 3\n');
      expect(name).toBe('cpu.folded');
      expect(http.asked[0]).toMatchObject({ url: '/some/cpu.folded?x=1' });
      expect(http.asked[0]!.headers.host).toBe('localhost');
      expect(await http.text(`http://unix:${path}`)).toBe('main;hot 3\n');
    } finally {
      rmSync(path, { force: true });
    }
  });

  test('have headers and TLS of their own', async () => {
    const path = join(http.folder, 'tls.sock');
    await http.listening(createTlsServer(http.certificates.read(http.certificates.issue('server')), http.folded), {
      path,
    });
    const origins: string[] = [];
    await http.get(
      `https://unix:${path}:/x`,
      { ca: [http.certificates.ca.cert] },
      {
        headersFor: (origin) => {
          origins.push(origin);
          return { authorization: 'Bearer x' };
        },
      },
    );
    expect(origins).toEqual([`https://unix:${path}`]);
    expect(http.asked[0]!.headers.authorization).toBe('Bearer x');
  });

  test('that are not there say so', async () => {
    expect((await http.failure('unix:/nowhere/a.sock:/x')).message).toBe(
      'There is no Unix socket /nowhere/a.sock: check its path and whether the server runs.',
    );
  });

  test('redirects stay in the socket, and none leads into one', async () => {
    const path = join(http.folder, 'r.sock');
    const leads: Record<string, string> = { '/a': '/b', '/b': 'http://localhost/c' };
    await http.listening(
      createServer((request, response) => {
        const to = leads[request.url!];
        if (to === undefined) response.end(`${request.url} 1\n`);
        else response.writeHead(302, { location: to }).end();
      }),
      { path },
    );
    expect(await http.text(`unix:${path}:/a`)).toBe('/c 1\n');
    const port = await http.listening(
      createServer((_, response) =>
        response.writeHead(302, { location: `http+unix://${encodeURIComponent(path)}/c` }).end(),
      ),
    );
    expect((await http.failure(`http://127.0.0.1:${port}/`)).message).toMatch(/redirects to a http\+unix: address/);
  });
});
