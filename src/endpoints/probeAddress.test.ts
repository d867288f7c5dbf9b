import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFixture } from '../../test/support/profiles';
import { probeAddress, splitAdvice } from './probeAddress';

describe('splitAdvice', () => {
  it('parts what failed from what to do', () => {
    expect(splitAdvice('Nothing answers at localhost:1: check the address.')).toEqual({
      what: 'Nothing answers at localhost:1',
      advice: 'Check the address.',
    });
    expect(splitAdvice('https://a:8443/x answered 500 Oops (“error: fire”): the server failed: try again.')).toEqual({
      what: 'https://a:8443/x answered 500 Oops (“error: fire”)',
      advice: 'The server failed: try again.',
    });
  });

  it('leaves a sentence without advice whole', () => {
    const sentence = 'localhost:8088 answers, but not as net/http/pprof does.';
    expect(splitAdvice(sentence)).toEqual({ what: sentence, advice: null });
    expect(splitAdvice('an open “quote: ')).toEqual({ what: 'an open “quote: ', advice: null });
  });
});

describe('an address with a path', () => {
  const bodies: Readonly<Record<string, string | Uint8Array>> = {
    '/stacks?seconds=1': 'main;work 3\nmain;rest 4\n',
    '/cpu.pb.gz': readFixture('pprof/cpu.pb.gz'),
    '/packed': gzipSync('main;work 3\n'.repeat(100_000)),
    '/health': '{"status":"ok"}',
    '/page.pb.gz': '<!doctype html><title>Sign in</title>',
    '/empty': '',
  };
  const server = createServer((request, response) => {
    const body = bodies[request.url!];
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  let origin = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const probe = (path: string): ReturnType<typeof probeAddress> =>
    probeAddress(`${origin}${path}`, { headersFor: () => ({}), signal: new AbortController().signal });

  it.each([
    ['/stacks?seconds={seconds}', 'Folded stacks'],
    ['/cpu.pb.gz', 'pprof profile'],
    ['/packed', 'Folded stacks'],
  ])('that answers with a profile is found to do so: %s', async (path, title) => {
    expect((await probe(path)).found).toMatchObject([{ kind: 'http', offers: [{ description: title }] }]);
  });

  it.each(['/health', '/page.pb.gz', '/empty', '/nothing', '/'])(
    'that answers with anything else is not: %s',
    async (path) => {
      const { found, failure } = await probe(path);
      expect(found).toEqual([]);
      expect(failure).not.toBeNull();
    },
  );
});
