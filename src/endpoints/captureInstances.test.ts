import { getMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { captureInstances, instancesOf } from './captureInstances';
import type { CaptureRequest, InstanceResult } from './endpoint';
import { goPprof } from './goPprof';

/** Names with several addresses, as a resolver has them. */
vi.mock('node:dns/promises', () => ({
  lookup: async (name: string) => {
    if (name === 'api.test') {
      return [
        { address: '10.0.0.1', family: 4 },
        { address: '10.0.0.2', family: 4 },
        { address: 'fd00::3', family: 6 },
      ];
    }
    if (name === 'two.test') return ['127.0.0.1', '127.0.0.9'].map((address) => ({ address, family: 4 }));
    if (name === 'one.test') return [{ address: '10.0.0.9', family: 4 }];
    throw new Error('ENOTFOUND');
  },
}));

function request(spec: Partial<CaptureRequest['spec']>, more: Partial<CaptureRequest> = {}): CaptureRequest {
  return {
    spec: { name: 'fleet', kind: 'go-pprof', ...spec },
    seconds: 1,
    signal: new AbortController().signal,
    onProgress: () => {},
    log: () => {},
    headersFor: () => ({}),
    folder: '/nowhere',
    ...more,
  };
}

const captured = (instance: string): InstanceResult => ({ instance, path: 'x', name: 'x', seconds: 1, notes: [] });

describe('the instances of an endpoint', () => {
  it('are its addresses, those of ranges, and those that a command prints, each once', async () => {
    const url = ['a:[1-3]', 'b-[blue,green]:1'];
    const command = process.platform === 'win32' ? 'echo c:1& echo a:2' : 'echo c:1; echo a:2';
    const found = await instancesOf(request({ url, instancesFrom: command }));
    expect(found).toEqual(['a:1', 'a:2', 'a:3', 'b-blue:1', 'b-green:1', 'c:1']);
  });

  it('are all addresses of a name where that is asked for; a name that is not known stays', async () => {
    const url = ['api.test:6060', 'http://one.test/x', '10.0.0.1:6060', 'gone.test:6060'];
    expect(await instancesOf(request({ url }))).toEqual(url);
    const all = ['#10.0.0.1', '#10.0.0.2', '#fd00::3'].map((address) => `api.test:6060${address}`);
    expect(await instancesOf(request({ url, options: { dns: true } }))).toEqual([...all, ...url.slice(1)]);
    const inspectors = request({ kind: 'v8-inspector', url: 'api.test:9229', options: { dns: true } });
    expect((await instancesOf(inspectors)).slice(1)).toEqual(['http://10.0.0.2:9229/', 'http://[fd00::3]:9229/']);
  });

  it('are asked at their addresses by their name', async () => {
    const hosts: string[] = [];
    const server = createServer((asked, response) => {
      hosts.push(`${asked.socket.localAddress} ${asked.headers.host} ${asked.headers.authorization} ${asked.url}`);
      response.end('profile');
    });
    // Nobody listens at the other address.
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const folder = mkdtempSync(join(tmpdir(), 'emberline-dns-'));
    const results = await goPprof.capture(
      request(
        { url: `two.test:${port}`, options: { dns: true } },
        { folder, headersFor: (origin) => (origin === `http://two.test:${port}` ? { authorization: 'Bearer t' } : {}) },
      ),
    );
    server.close();
    rmSync(folder, { recursive: true });
    expect(hosts).toEqual([`127.0.0.1 two.test:${port} Bearer t /debug/pprof/profile?seconds=1`]);
    expect(results).toMatchObject([
      { instance: `two.test:${port}#127.0.0.1`, seconds: 1 },
      { instance: `two.test:${port}#127.0.0.9`, error: expect.stringContaining(`two.test:${port}`) },
    ]);
  });
});

describe('capturing from many instances', () => {
  const instances = Array.from({ length: 9 }, (_, i) => `host-${i}:6060`);

  it('asks as many at once as the concurrency says, and gives the results in order', async () => {
    let now = 0;
    let most = 0;
    const results = await captureInstances(request({ concurrency: 3 }), instances, 1000, async (instance) => {
      most = Math.max(most, ++now);
      await sleep(5);
      now--;
      return captured(instance);
    });
    expect(most).toBe(3);
    expect(results.map(({ instance }) => instance)).toEqual(instances);
  });

  it("keeps a failure that instance's, gives up what is late, and says how far it is", async () => {
    const said: string[] = [];
    const asked = request({}, { onProgress: (_, what) => said.push(what) });
    const results = await captureInstances(asked, instances, 60, async (instance, index, signal) => {
      if (index === 2) throw new Error(`${instance} is out of order.`);
      if (index === 4) await sleep(60_000, undefined, { signal });
      return captured(instance);
    });
    const errors = results.flatMap((result) => ('error' in result ? [[result.instance, result.error]] : []));
    expect(errors).toEqual([
      ['host-2:6060', 'host-2:6060 is out of order.'],
      ['host-4:6060', expect.stringMatching(/^host-4:6060 had not answered .* it was given up\.$/)],
    ]);
    expect(said[0]).toBe('0 of 9 instances');
    expect(said.at(-1)).toBe('9 of 9 instances, 2 failed');
  });

  it('lets each instance listen to the signal, without a warning of Node', async () => {
    const { signal } = new AbortController();
    await captureInstances(request({}, { signal }), instances, 1000, async (instance) => captured(instance));
    expect(getMaxListeners(signal)).toBe(0);
  });

  it('ends at once, for all of them, where it is cancelled', async () => {
    const cancel = new AbortController();
    let ended = 0;
    const capture = captureInstances(
      request({}, { signal: cancel.signal }),
      instances,
      60_000,
      async (instance, _, signal) => {
        await sleep(60_000, undefined, { signal }).finally(() => ended++);
        return captured(instance);
      },
    );
    setTimeout(() => cancel.abort(), 80);
    await expect(capture).rejects.toThrow(/abort/i);
    expect(ended).toBeGreaterThan(0);
  });
});
