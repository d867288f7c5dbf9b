import { describe, expect, it } from 'vitest';
import { cpuMilliseconds } from '../../../test/support/cpuTime';
import {
  decode,
  frameFile,
  frameName,
  naiveTotals,
  noContext,
  readFixture,
  sourceOf,
  stackNames,
  sum,
} from '../../../test/support/profiles';
import { decodeRaw, type Raw, small } from '../../../test/support/rawCpuprofile';
import { checkProfile } from '../../profile/checkProfile';
import type { Profile } from '../../profile/profile';
import { cpuprofile, decodeCpuprofile } from './cpuprofile';

describe('cpuprofile fixtures', () => {
  it.each(['node.cpuprofile', 'typescript.cpuprofile', 'vscode.cpuprofile'])('%s agrees with JSON.parse', (name) => {
    const bytes = readFixture(name);
    const raw = JSON.parse(new TextDecoder().decode(bytes)) as Raw;
    const profile = decode(cpuprofile, bytes);
    expect(checkProfile(profile)).toEqual([]);
    expect(profile.meta.notes).toEqual([]);
    // By a walk over objects: name of each node, and its callers.
    const parent = new Map(
      raw.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)),
    );
    const byId = new Map(raw.nodes.map((node) => [node.id, node]));
    const names = (id: number): string[] => {
      const path: string[] = [];
      for (let at: number | undefined = id; at !== undefined && at !== 1; at = parent.get(at)) {
        path.unshift(byId.get(at)!.callFrame.functionName || '(anonymous)');
      }
      return path;
    };
    let at = 0;
    const expected = raw.samples!.map((id, i) => {
      at += raw.timeDeltas![i];
      return { at, names: names(id) };
    });
    expected.sort((a, b) => a.at - b.at);
    expect([...profile.samples.stack].map((stack) => stackNames(profile, stack))).toEqual(expected.map((s) => s.names));
    expect([...profile.samples.time!]).toEqual(expected.map((s) => s.at * 1000));
    const ends = [...expected.slice(1).map((s) => s.at), Math.max(at, raw.endTime! - raw.startTime!)];
    expect([...profile.samples.values[1]]).toEqual(expected.map((s, i) => ends[i] - s.at));
    const ticks = raw.nodes.flatMap((node) => node.positionTicks ?? []).reduce((total, tick) => total + tick.ticks, 0);
    expect(sum(profile.samples.values[0])).toBe(raw.samples!.length);
    expect(sum(profile.leafLines!.ticks)).toBe(ticks);
  });

  it('has the recursion, the collector and the hot functions of busy.js', () => {
    const profile = decode(cpuprofile, readFixture('node.cpuprofile'));
    const totals = naiveTotals(profile, 0, (at) => frameName(profile, at));
    const fibonacci = totals.get('fibonacci')!;
    expect(fibonacci.total).toBeGreaterThan(0);
    expect(fibonacci.total).toBeLessThanOrEqual(profile.samples.length);
    for (const name of ['litter', '(garbage collector)', 'step']) {
      expect([name, totals.has(name)]).toEqual([name, true]);
    }
  });

  it('takes files and lines from $vscode', () => {
    const plain = decode(cpuprofile, readFixture('typescript.cpuprofile'));
    const mapped = decode(cpuprofile, readFixture('vscode.cpuprofile'));
    const linesOf = (profile: Profile, name: string): Set<string> => {
      const lines = new Set<string>();
      for (let i = 0; i < profile.leafLines!.length; i++) {
        const leaf = profile.stacks.frame[profile.leafLines!.stack[i]];
        if (frameName(profile, leaf) === name) {
          lines.add(`${frameFile(profile, leaf)}:${profile.leafLines!.line[i]}`);
        }
      }
      return lines;
    };
    expect(
      [...linesOf(plain, 'multiply')].every((line) =>
        line.startsWith('file:///tmp/emberline-fixtures/typescript/out/matrix.js:'),
      ),
    ).toBe(true);
    // In matrix.ts, multiply begins at line 15, and its inner loop is at lines 21 and 22.
    const lines = linesOf(mapped, 'multiply');
    const declared = [...mapped.functions.name].findIndex((name) => mapped.strings[name] === 'multiply');
    expect(mapped.functions.line[declared]).toBe(15);
    const ticks = new Map<number, number>();
    for (let i = 0; i < mapped.leafLines!.length; i++) {
      const line = mapped.leafLines!.line[i];
      if (frameName(mapped, mapped.stacks.frame[mapped.leafLines!.stack[i]]) === 'multiply') {
        ticks.set(line, (ticks.get(line) ?? 0) + mapped.leafLines!.ticks[i]);
      }
    }
    const [hottest] = [...ticks].sort((a, b) => b[1] - a[1])[0];
    expect([21, 22]).toContain(hottest);
    expect(lines).toContain('/tmp/emberline-fixtures/typescript/matrix.ts:22');
    for (const line of lines) {
      const [file, number] = line.split(':');
      expect(file).toBe('/tmp/emberline-fixtures/typescript/matrix.ts');
      expect(Number(number)).toBeGreaterThanOrEqual(15);
      expect(Number(number)).toBeLessThanOrEqual(28);
    }
    expect(sum(mapped.leafLines!.ticks)).toBe(sum(plain.leafLines!.ticks));
  });

  it('reads an array of profiles as threads on one clock', () => {
    const bytes = readFixture('threads.cpuprofiles');
    const raw = JSON.parse(new TextDecoder().decode(bytes)) as Raw[];
    const profile = decode(cpuprofile, bytes);
    expect(checkProfile(profile)).toEqual([]);
    expect(profile.threads.map(({ process, name }) => [process, name])).toEqual([
      ['busy.js', 'main'],
      ['busy.js', 'worker 1'],
    ]);
    expect(profile.meta.notes).toEqual(['The worker was still running when the capture ended.']);
    const start = Math.min(...raw.map((one) => one.startTime!));
    const end = Math.max(...raw.map((one) => one.endTime!));
    expect(profile.meta.durationMs).toBeCloseTo((end - start) / 1000, 6);
    raw.forEach((one, thread) => {
      const first = [...profile.samples.thread!].indexOf(thread);
      expect(profile.samples.time![first]).toBeCloseTo((one.startTime! - start + one.timeDeltas![0]) * 1000, 3);
      expect([...profile.samples.thread!].filter((of) => of === thread)).toHaveLength(one.samples!.length);
    });
  });

  it('joins segments of one thread, and keeps clocks apart that differ by hours', () => {
    const one = small();
    const origin = { process: 'p', thread: 't', pid: 1, startTimeMs: 123, notes: [] };
    const later = { ...small(), startTime: 11_000, endTime: 15_000 };
    const joined = decodeRaw([
      { ...one, $emberline: origin },
      { ...later, $emberline: { ...origin, startTimeMs: 456 } },
    ]);
    expect(joined.threads).toEqual([{ process: 'p', name: 't', pid: 1, tid: null }]);
    expect(joined.meta.durationMs).toBe(14);
    expect(joined.meta.startTimeMs).toBe(123);
    expect([...joined.samples.time!].slice(3, 5)).toEqual([2_600_000, 10_100_000]);
    expect(sum(joined.samples.values[1])).toBe(2 * 3900);
    const far = { ...small(), startTime: 9e12, endTime: 9e12 + 4000, $emberline: { ...origin, thread: 'u' } };
    const apart = decodeRaw([{ ...one, $emberline: origin }, far]);
    expect(apart.meta.durationMs).toBe(4);
    expect([...apart.samples.time!].filter((time) => time === 100_000)).toHaveLength(2);
  });

  it.each(['node.cpuprofile', 'vscode.cpuprofile', 'threads.cpuprofiles'])(
    '%s is the same after writing and reading',
    (name) => {
      const profile = decode(cpuprofile, readFixture(name));
      const again = decode(cpuprofile, cpuprofile.encode!(profile));
      expect(checkProfile(again)).toEqual([]);
      expect(again.sampleTypes).toEqual(profile.sampleTypes);
      expect(again.threads).toEqual(profile.threads);
      const key = (p: Profile) => (at: number) => `${frameName(p, at)} ${frameFile(p, at)}:${p.frames.line[at]}`;
      expect(naiveTotals(again, 0, key(again))).toEqual(naiveTotals(profile, 0, key(profile)));
      expect(naiveTotals(again, 1, key(again))).toEqual(naiveTotals(profile, 1, key(profile)));
      // V8 counts a few ticks more or fewer than samples; what is written is divided among the samples.
      const ticks = sum(profile.leafLines!.ticks);
      expect(Math.abs(sum(again.leafLines!.ticks) - ticks)).toBeLessThan(ticks * 0.05);
    },
  );
});

describe('arrays of many profiles', () => {
  it('do not each make room for what the whole file could hold', () => {
    const tiny =
      '{"nodes":[{"id":1,"callFrame":{"functionName":"f"},"hitCount":9000000000000000}],"samples":[1],"timeDeltas":[1]}';
    const filler = `{"x":"${'y'.repeat(8_000_000)}","nodes":[]}`;
    // 9,000 segments, each of which would make room for four million samples: 400 GB in all.
    const input = `[${Array(9000).fill(tiny).join(',')},${filler}]`;
    for (const wasm of ['never', 'auto'] as const) {
      const before = process.memoryUsage().arrayBuffers;
      const took = cpuMilliseconds(() => {
        const profile = decodeCpuprofile(sourceOf(input), noContext, wasm);
        expect(profile.samples.length).toBe(9000);
      });
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200e6);
      expect(took).toBeLessThan(4000);
    }
  });

  it('are read right where hit counts are wrong, small or large', () => {
    const samples = Array.from({ length: 30_000 }, (_, i) => (i % 7 === 0 ? 2 : 3));
    for (const hitCount of [0, 1, 29_999, 30_000, 1e15]) {
      const raw = { ...small(), samples, timeDeltas: samples.map((_, i) => i % 5) };
      raw.nodes[0].hitCount = hitCount;
      for (const wasm of ['never', 'always'] as const) {
        const { samples: read } = decodeCpuprofile(sourceOf(JSON.stringify(raw)), noContext, wasm);
        expect(read.length).toBe(30_000);
        expect(read.stack.every((stack, i) => stack === (i % 7 === 0 ? 0 : 1))).toBe(true);
        expect(read.time![29_999]).toBe(60_000_000 + read.time![0]);
      }
    }
  });
});
