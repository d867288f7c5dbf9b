import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decode, fixtures, naiveTotals, readFixture } from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import type { Profile } from '../../profile/profile';
import { sentry } from './sentry';

interface OracleRow {
  self: number;
  total: number;
  selfTime: number;
  totalTime: number;
}

/** Rows by thread's name, then function or file:line, as the oracle has them. */
function rowsOf(profile: Profile): Record<string, OracleRow> {
  const { frames, functions, strings, samples } = profile;
  const found: Record<string, OracleRow> = {};
  profile.threads.forEach((thread, index) => {
    const only = (column: Float64Array): Float64Array =>
      column.filter((_, row) => (samples.thread?.[row] ?? 0) === index);
    const stack = samples.stack.filter((_, row) => (samples.thread?.[row] ?? 0) === index);
    const one: Profile = {
      ...profile,
      samples: { ...samples, length: stack.length, stack, values: samples.values.map(only), thread: null },
    };
    const keys = [
      (frame: number) => strings[functions.name[frames.func[frame]]],
      (frame: number) => `${strings[functions.file[frames.func[frame]]]}:${frames.line[frame]}`,
    ];
    for (const key of keys) {
      const [counts, times] = [0, 1].map((type) => naiveTotals(one, type, key));
      for (const [name, { self, total }] of counts) {
        const row = found[`${thread.name} ${name}`] ?? { self: 0, total: 0, selfTime: 0, totalTime: 0 };
        found[`${thread.name} ${name}`] = row;
        row.self += self;
        row.total += total;
        row.selfTime += times.get(name)!.self;
        row.totalTime += times.get(name)!.total;
      }
    }
  });
  return found;
}

describe.each(['transaction', 'continuous'])("an envelope of Sentry's SDK: %s", (mode) => {
  const profile = decode(sentry, readFixture(`sentry/${mode}.envelope`));
  const oracle: { samples: number; rows: Record<string, OracleRow> } = JSON.parse(
    readFileSync(join(fixtures, `sentry/${mode}.oracle.json`), 'utf8'),
  );

  it('is sound, with threads and times', () => {
    expect(checkProfile(profile)).toEqual([]);
    expect(profile.samples.length).toBe(oracle.samples);
    expect(profile.threads.map(({ name }) => name)).toContain('MainThread');
    expect(profile.threads.length).toBeGreaterThan(2);
    expect(profile.meta.startTimeMs).toBeGreaterThan(Date.parse('2026-01-01'));
    expect(profile.meta.durationMs).toBeGreaterThan(500);
    expect(profile.samples.time).not.toBeNull();
  });

  it('has the sums of a plain walk over its JSON, by thread, function and line', () => {
    const rows = rowsOf(profile);
    expect(Object.keys(rows).sort()).toEqual(Object.keys(oracle.rows).sort());
    for (const [name, expected] of Object.entries(oracle.rows)) {
      const { selfTime, totalTime, ...counts } = rows[name];
      expect([name, counts]).toEqual([name, { self: expected.self, total: expected.total }]);
      // Seconds as a float have about 200 ns.
      expect(Math.abs(selfTime - expected.selfTime)).toBeLessThan(1000 * oracle.samples);
      expect(Math.abs(totalTime - expected.totalTime)).toBeLessThan(1000 * oracle.samples);
    }
  });
});

const chunk = (seconds: number, id = 'p'): object => ({
  version: '2',
  profiler_id: id,
  platform: 'cocoa',
  profile: {
    frames: [
      { instruction_addr: '0x10', package: '/usr/lib/libz.dylib' },
      { function: 'main', lineno: 0 },
    ],
    stacks: [[0, 1], []],
    samples: [
      { thread_id: '1', stack_id: 0, timestamp: seconds },
      { thread_id: '1', stack_id: 1, timestamp: seconds + 0.25 },
    ],
    thread_metadata: { 1: { name: 'main' } },
  },
});

describe('Sentry profiles', () => {
  it('in chunks share their threads and clock', () => {
    const profile = decode(sentry, JSON.stringify([chunk(1001), chunk(1000)]));
    expect(checkProfile(profile)).toEqual([]);
    expect(profile.threads).toEqual([{ name: 'main', process: 'cocoa', pid: null, tid: 1 }]);
    expect([...profile.samples.time!]).toEqual([0, 0.25e9, 1e9, 1.25e9]);
    expect([...profile.samples.values[1]]).toEqual([0.25e9, 0, 0.25e9, 0]);
    expect(profile.meta).toMatchObject({ startTimeMs: 1_000_000, durationMs: 1250 });
    expect(profile.strings[profile.functions.name[0]]).toBe('libz.dylib 0x10');
    expect(profile.samples.stack[1]).toBe(-1);
  });

  it('of several profilers keep their threads apart', () => {
    expect(decode(sentry, JSON.stringify([chunk(1), chunk(1, 'q')])).threads.length).toBe(2);
  });

  it('in a cut envelope: what is whole is read, and it is said', () => {
    const text = `{}\n{"type":"profile_chunk"}\n${JSON.stringify(chunk(1))}\n{"type":"profile_chunk"}\n{"version":"2","prof`;
    expect(decode(sentry, text).meta.notes).toEqual([
      expect.stringMatching(/^What comes after byte \d+ of the envelope/),
    ]);
  });

  it.each([
    [
      '{"profile":{"frames":[],"stacks":[],"samples":[{"stack_id":0,"thread_id":"1"}]}}',
      /has stack 0, but there are 0 stacks/,
    ],
    ['{"profile":{"frames":[],"stacks":[[7]],"samples":[]}}', /has frame 7, but there are 0 frames/],
    ['{"profile":{"frames":[]}}', /Expected a Sentry profile/],
  ])('that are damaged are refused: %s', (text, sentence) => {
    expect(() => decode(sentry, text)).toThrow(sentence);
  });
});
