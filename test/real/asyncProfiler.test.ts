import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asyncProfiler } from '../../src/endpoints/asyncProfiler';
import type { CaptureRequest, EndpointSpec, InstanceResult } from '../../src/endpoints/endpoint';
import { folded } from '../../src/formats/folded/folded';
import type { Format } from '../../src/formats/format';
import { jfr } from '../../src/formats/jfr/jfr';
import { decode, naiveTotals } from '../support/profiles';
import { asyncProfilerJar, missing, RunningProgram } from '../support/realTools';
import { removeFolder } from '../support/removeFolder';

const folder = mkdtempSync(join(tmpdir(), 'emberline-java-'));

describe.skipIf(missing('javac', '-version') || missing('mvn', '-v'))(
  'a real JVM with async-profiler behind HTTP',
  () => {
    let program: RunningProgram;
    beforeAll(async () => {
      const jar = asyncProfilerJar();
      const source = join(__dirname, '../fixtures/programs/javaServer/ProfiledServer.java');
      execFileSync('javac', ['-cp', jar, '-d', folder, source]);
      program = await RunningProgram.start('java', ['-cp', `${jar}:${folder}`, 'ProfiledServer'], 1);
    });
    afterAll(async () => {
      await program?.stop();
      removeFolder(folder);
    });

    const request = (options: EndpointSpec['options'], more: Partial<CaptureRequest> = {}): CaptureRequest => ({
      spec: { name: 'quotes', kind: 'async-profiler', url: program.lines[0]!, profile: 'itimer', options: options! },
      seconds: 2,
      signal: new AbortController().signal,
      onProgress: () => {},
      log: () => {},
      headersFor: () => ({ authorization: 'Bearer secret' }),
      folder: mkdtempSync(join(folder, 'capture-')),
      ...more,
    });

    const shareOf = (format: Format, result: InstanceResult | undefined): number => {
      if (result === undefined || 'error' in result) throw new Error(result?.error);
      const profile = decode(format, readFileSync(result.path));
      const { functions, frames, strings, meta, samples } = profile;
      const totals = naiveTotals(
        profile,
        meta.defaultSampleType,
        (frame) => strings[functions.name[frames.func[frame]]],
      );
      const all = samples.values[meta.defaultSampleType].reduce((sum, value) => sum + value, 0);
      const found = [...totals].find(([name]) => /ProfiledServer[./]fibonacci/.test(name));
      return (found?.[1].total ?? 0) / all;
    };

    it.each<[string, EndpointSpec['options'], Format]>([
      ['by a start and a stop that answers with the recording', { start: '/start?event={event}', stop: '/stop' }, jfr],
      [
        'by collapsed stacks',
        { start: '/start?event={event}&format={format}', stop: '/stop', format: 'collapsed' },
        folded,
      ],
      ['by a link to where it was uploaded', { start: '/start?event={event}', stop: '/stop-and-upload' }, jfr],
      [
        'by an address of its own after stopping',
        { start: '/start?event={event}', stop: '/stop', fetch: '/uploaded?signature=secret' },
        jfr,
      ],
      ["by ap-agent's one request", { template: 'ap-agent' }, jfr],
      ['by an actuator', { template: 'actuator' }, jfr],
    ])('is captured %s', async (_, options, format) => {
      const [result] = await asyncProfiler.capture(request(options));
      expect(shareOf(format, result)).toBeGreaterThan(0.5);
    });

    it('is not left running where the capture was cancelled', async () => {
      const cancel = new AbortController();
      setTimeout(() => cancel.abort(), 700);
      const asked = request({ start: '/start?event={event}', stop: '/stop' }, { seconds: 20, signal: cancel.signal });
      await expect(asyncProfiler.capture(asked)).rejects.toThrow(/abort/i);
      expect(await (await fetch(`${program.lines[0]}/status`)).text()).toMatch(/not active/i);
    });

    it('says that somebody else is profiling, and leaves that alone', async () => {
      await fetch(`${program.lines[0]}/start?event=itimer`);
      try {
        const [result] = await asyncProfiler.capture(request({ start: '/start?event={event}', stop: '/stop' }));
        expect(result).toMatchObject({ error: expect.stringMatching(/^Somebody else is profiling .*wait until that/) });
        expect(await (await fetch(`${program.lines[0]}/status`)).text()).toMatch(/is running/i);
      } finally {
        await fetch(`${program.lines[0]}/stop`);
      }
    });

    it('is stopped where the capture was cancelled before the start was answered', async () => {
      const cancel = new AbortController();
      const asked = request(
        { start: '/start?event={event}', stop: '/stop' },
        { seconds: 20, signal: cancel.signal, headersFor: () => ({}) },
      );
      setTimeout(() => cancel.abort(), 2);
      await expect(asyncProfiler.capture(asked)).rejects.toThrow(/abort/i);
      expect(await (await fetch(`${program.lines[0]}/status`)).text()).toMatch(/not active/i);
    });

    it('says what the profiler said', async () => {
      const [result] = await asyncProfiler.capture(request({ start: '/start?event=nonsense', stop: '/stop' }));
      expect(result).toMatchObject({ error: expect.stringMatching(/answered 500 .*nonsense|500/i) });
    });

    it('asks for a template where there is none', async () => {
      await expect(asyncProfiler.capture(request({}))).rejects.toThrow(/set the option "template"/);
    });
  },
);
