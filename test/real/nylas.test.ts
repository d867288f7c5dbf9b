import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaptureRequest } from '../../src/endpoints/endpoint';
import { nylas } from '../../src/endpoints/nylas';
import { folded } from '../../src/formats/folded/folded';
import { decode, naiveTotals } from '../support/profiles';
import { missing, RunningProgram } from '../support/realTools';
import { removeFolder } from '../support/removeFolder';

const folder = mkdtempSync(join(tmpdir(), 'emberline-nylas-'));

describe.skipIf(missing('python3', '--version'))("a real program with Nylas' sampler", () => {
  let program: RunningProgram;
  beforeAll(async () => {
    program = await RunningProgram.start('python3', [join(__dirname, '../fixtures/programs/stackSampler.py')], 1);
  });
  afterAll(async () => {
    await program?.stop();
    removeFolder(folder);
  });

  const request = (options?: CaptureRequest['spec']['options']): CaptureRequest => ({
    spec: { name: 'workers', kind: 'nylas', url: program.lines[0]!, ...(options ? { options } : {}) },
    seconds: 1,
    signal: new AbortController().signal,
    onProgress: () => {},
    log: () => {},
    headersFor: () => ({}),
    folder: mkdtempSync(join(folder, 'capture-')),
  });

  const samplesOf = async (
    options?: CaptureRequest['spec']['options'],
  ): Promise<{ hot: number; all: number; ms: number }> => {
    const [result] = await nylas.capture(request(options));
    if (result === undefined || 'error' in result) throw new Error(result?.error);
    const profile = decode(folded, readFileSync(result.path));
    const { functions, frames, strings } = profile;
    const totals = naiveTotals(profile, 0, (frame) => strings[functions.name[frames.func[frame]]]);
    const hot = [...totals].find(([name]) => /^hot\b/.test(name))?.[1].total ?? 0;
    return {
      hot,
      all: profile.samples.values[0].reduce((sum, value) => sum + value, 0),
      ms: profile.meta.durationMs ?? 0,
    };
  };

  it('gives what was counted between two polls, again and again', async () => {
    for (let i = 0; i < 2; i++) {
      const { hot, all, ms } = await samplesOf();
      expect(hot).toBeGreaterThan(10);
      // Never more than the interval has room for: earlier samples are subtracted.
      expect(all).toBeLessThanOrEqual(Math.ceil(ms / 5) + 2);
      expect(ms).toBeGreaterThan(990);
    }
  });

  it('is reset only when asked', async () => {
    const text = async (): Promise<number> => {
      const body = await (await fetch(program.lines[0]!)).text();
      return Number(/^elapsed (\S+)/.exec(body)![1]);
    };
    await samplesOf();
    expect(await text()).toBeGreaterThan(2);
    const { hot } = await samplesOf({ reset: true });
    expect(hot).toBeGreaterThan(10);
    expect(await text()).toBeLessThan(3);
  });

  it('says what it has', async () => {
    expect(await nylas.discover!(request())).toEqual([
      { profile: 'cpu', title: 'CPU', description: expect.stringMatching(/^\d+ stacks in \d+ s$/) },
    ]);
  });
});
