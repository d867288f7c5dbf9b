import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaptureRequest, InstanceResult } from '../../src/endpoints/endpoint';
import { goPprof } from '../../src/endpoints/goPprof';
import { pprof } from '../../src/formats/pprof/pprof';
import type { Profile } from '../../src/profile/profile';
import { decode, naiveTotals } from '../support/profiles';
import { missing, RunningProgram } from '../support/realTools';
import { removeFolder } from '../support/removeFolder';

const folder = mkdtempSync(join(tmpdir(), 'emberline-go-'));
const source = join(__dirname, '../fixtures/programs/goServer');

describe.skipIf(missing('go', 'version'))('a real Go server', () => {
  let server: RunningProgram;
  const lines: string[] = [];

  beforeAll(async () => {
    const binary = join(folder, 'server');
    execFileSync('go', ['build', '-o', binary, '.'], { cwd: source });
    server = await RunningProgram.start(binary, ['3'], 3);
  });

  afterAll(async () => {
    await server?.stop();
    removeFolder(folder);
  });

  function request(spec: Partial<CaptureRequest['spec']>, more: Partial<CaptureRequest> = {}): CaptureRequest {
    return {
      spec: { name: 'server', kind: 'go-pprof', url: server.lines, ...spec },
      seconds: 1,
      signal: new AbortController().signal,
      onProgress: () => {},
      log: (line) => lines.push(line),
      headersFor: () => ({}),
      folder: mkdtempSync(join(folder, 'capture-')),
      ...more,
    };
  }

  function profileOf(result: InstanceResult | undefined): Profile {
    if (result === undefined || 'error' in result) throw new Error(result?.error ?? 'no result');
    return decode(pprof, new Uint8Array(gunzipSync(readFileSync(result.path))));
  }

  function functionTotal(profile: Profile, name: string): number {
    const { functions, frames, strings } = profile;
    const totals = naiveTotals(
      profile,
      profile.meta.defaultSampleType,
      (frame) => strings[functions.name[frames.func[frame]]],
    );
    return totals.get(name)?.total ?? 0;
  }

  it('says what it offers', async () => {
    const offers = await goPprof.discover!(request({}));
    expect(offers.map(({ profile }) => profile)).toEqual(
      expect.arrayContaining([
        'cpu',
        'heap',
        'allocs',
        'goroutine',
        'mutex',
        'block',
        'threadcreate',
        'example.com/open files',
      ]),
    );
  });

  it('gives a CPU profile for the seconds asked for', async () => {
    const [result] = await goPprof.capture(request({ url: server.lines[0]! }));
    const profile = profileOf(result);
    expect(profile.sampleTypes.map(({ type }) => type)).toEqual(['samples', 'cpu']);
    // It works all the time; how much of a busy machine it gets for that is the machine's matter.
    const all = profile.samples.values[profile.meta.defaultSampleType].reduce((sum, value) => sum + value, 0);
    expect(functionTotal(profile, 'main.fibonacci')).toBeGreaterThan(all * 0.3);
    expect(all).toBeGreaterThan(0);
    expect(profile.meta.durationMs).toBeGreaterThan(900);
    expect(result).toMatchObject({ seconds: 1, notes: [] });
  });

  it.each([
    ['heap', 'main.allocate', null],
    ['allocs', 'main.allocate', null],
    ['goroutine', 'main.contend', null],
    ['mutex', 'main.contend', 1],
    ['block', 'main.contend', 1],
    ['example.com/open files', 'main.main', null],
  ])('gives %s', async (profile, name, seconds) => {
    const [result] = await goPprof.capture(request({ url: server.lines[0]!, profile }));
    expect(functionTotal(profileOf(result), name)).toBeGreaterThan(0);
    expect(result).toMatchObject({ seconds });
  });

  it.each(['heap', 'allocs'])(
    'gives the change of %s within the seconds where a delta is asked for',
    async (profile) => {
      const [result] = await goPprof.capture(request({ url: server.lines[0]!, profile, options: { delta: true } }));
      expect(functionTotal(profileOf(result), 'main.allocate')).toBe(0);
      expect(result).toMatchObject({ seconds: 1 });
    },
  );

  it('is asked in several instances; one that does not answer is its own', async () => {
    const results = await goPprof.capture(request({ profile: 'heap', url: [...server.lines, '127.0.0.1:1'] }));
    expect(results.slice(0, 3).map((result) => functionTotal(profileOf(result), 'main.allocate') > 0)).toEqual([
      true,
      true,
      true,
    ]);
    expect(results[3]).toEqual({ instance: '127.0.0.1:1', error: expect.stringMatching(/127\.0\.0\.1:1/) });
  });

  it('says that somebody else is profiling', async () => {
    const other = new AbortController();
    const first = goPprof.capture(request({ url: server.lines[0]! }, { seconds: 60, signal: other.signal }));
    // Where the server sleeps once its profiler is started.
    const asleep = async (): Promise<boolean> => {
      const [goroutines] = await goPprof.capture(request({ url: server.lines[0]!, profile: 'goroutine' }));
      return functionTotal(profileOf(goroutines), 'net/http/pprof.sleep') > 0;
    };
    await expect.poll(asleep).toBe(true);
    const [second] = await goPprof.capture(request({ url: server.lines[0]! }));
    expect(second).toMatchObject({ error: expect.stringMatching(/already in use.*wait until that has ended/) });
    other.abort();
    await expect(first).rejects.toThrow(/abort/i);
    // The server stops its profile when nobody waits for it any more.
    const again = async (): Promise<InstanceResult> => (await goPprof.capture(request({ url: server.lines[0]! })))[0]!;
    const total = async (): Promise<number> => {
      const result = await again();
      return 'error' in result ? -1 : functionTotal(profileOf(result), 'main.fibonacci');
    };
    await expect.poll(total).toBeGreaterThan(0);
  });

  it('leaves nothing behind where it was cancelled', async () => {
    const cancel = new AbortController();
    const asked = request({ url: server.lines[0]! }, { seconds: 5, signal: cancel.signal });
    setTimeout(() => cancel.abort(), 300);
    await expect(goPprof.capture(asked)).rejects.toThrow(/abort/i);
    expect(readdirSync(asked.folder)).toEqual([]);
  });

  it('is told from other servers', async () => {
    const wrong = request({ url: `${server.lines[0]!}/debug/pprof/heap/` });
    await expect(goPprof.discover!(wrong)).rejects.toThrow(/not the index page|404/);
  });
});
