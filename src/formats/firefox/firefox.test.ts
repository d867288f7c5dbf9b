import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decode, fixtures, naiveTotals, readFixture } from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import { frameKind } from '../../profile/frameKind';
import type { Profile } from '../../profile/profile';
import { firefox } from './firefox';
import { parseGeckoLocation } from './geckoLocation';

interface OracleRow {
  self: number;
  total: number;
  selfCpu: number;
  totalCpu: number;
}

interface OracleThread {
  thread: string;
  pid: number;
  samples: number;
  cpu: number;
  rows: Record<string, OracleRow>;
}

const oracle: OracleThread[] = JSON.parse(readFileSync(join(fixtures, 'firefox/page.oracle.json'), 'utf8'));

/** The rows of one thread that the oracle has: the page's functions and lines, and native leaves. */
function rowsOf(profile: Profile, thread: number): Record<string, OracleRow> {
  const { frames, functions, strings, samples } = profile;
  const rows = [...samples.stack.keys()].filter((row) => (samples.thread?.[row] ?? 0) === thread);
  const one: Profile = {
    ...profile,
    samples: {
      ...samples,
      length: rows.length,
      stack: Int32Array.from(rows, (row) => samples.stack[row]),
      values: samples.values.map((values) => Float64Array.from(rows, (row) => values[row])),
      thread: null,
    },
  };
  const found: Record<string, OracleRow> = {};
  const keys = [
    (frame: number) => strings[functions.name[frames.func[frame]]],
    (frame: number) => `line ${frames.line[frame]}`,
  ];
  for (const key of keys) {
    const keyOf = (frame: number): string => {
      const func = frames.func[frame];
      if (/^0x|\+0x[0-9a-f]+$/.test(strings[functions.name[func]])) return '(native)';
      return functions.file[func] >= 0 && strings[functions.file[func]].endsWith('busyPage.js') ? key(frame) : '';
    };
    const [counts, cpu] = [0, 1].map((type) => naiveTotals(one, type, keyOf));
    for (const [name, { self, total }] of counts) {
      if (name === '') continue;
      const times = cpu.get(name)!;
      found[name] = { self, total, selfCpu: times.self, totalCpu: times.total };
    }
  }
  return found;
}

describe.each(['page.gecko.json.gz', 'page.firefox.json.gz'])('%s', (name) => {
  const profile = decode(firefox, readFixture(`firefox/${name}`));

  it('is sound, and keeps processes, times and CPU time', () => {
    expect(checkProfile(profile)).toEqual([]);
    expect(profile.sampleTypes).toEqual([
      { type: 'samples', unit: 'count' },
      { type: 'cpu', unit: 'nanoseconds' },
    ]);
    expect(profile.threads.map(({ name, pid }) => [name, pid])).toEqual(oracle.map(({ thread, pid }) => [thread, pid]));
    expect(profile.threads.map((thread) => thread.process)).toEqual([
      'Parent Process',
      expect.stringMatching(/^file:/),
    ]);
    expect(profile.meta.durationMs).toBeGreaterThan(500);
    const time = profile.samples.time!;
    expect(Math.min(...time)).toBeGreaterThanOrEqual(-1e6);
    expect(Math.max(...time)).toBeLessThan((profile.meta.durationMs! + 100) * 1e6);
  });

  it('has the sums of a plain walk over its JSON, by function and line', () => {
    oracle.forEach((expected, thread) => {
      const rows = rowsOf(profile, thread);
      expect(rows).toEqual(expected.rows);
    });
    const total = (type: number): number => profile.samples.values[type].reduce((sum, value) => sum + value, 0);
    expect(total(0)).toBe(oracle.reduce((sum, { samples }) => sum + samples, 0));
    expect(total(1)).toBe(oracle.reduce((sum, { cpu }) => sum + cpu, 0));
  });

  it('names the place of functions', () => {
    const { functions, strings } = profile;
    const func = [...functions.name].findIndex((index) => strings[index] === 'fibonacci');
    expect([strings[functions.file[func]], functions.line[func], functions.column[func]]).toEqual([
      expect.stringMatching(/busyPage\.js$/),
      2,
      19,
    ]);
  });
});

describe('a gecko profile', () => {
  it('names native code by its library, and says how JavaScript ran', () => {
    const profile = decode(firefox, readFixture('firefox/page.gecko.json.gz'));
    const { functions, strings, frames } = profile;
    const native = [...functions.name.keys()].filter((func) => functions.module[func] >= 0);
    for (const func of native) {
      const module = strings[functions.module[func]];
      expect(strings[functions.name[func]]).toMatch(/^[^/]+\+0x[0-9a-f]+$/);
      expect(module.endsWith(strings[functions.name[func]].split('+0x')[0])).toBe(true);
    }
    expect(native.length).toBeGreaterThan(0);
    const kinds = new Set(frames.kind);
    expect(kinds.has(frameKind.compiled) && kinds.has(frameKind.interpreted) && kinds.has(frameKind.native)).toBe(true);
  });

  it("names a child's own program, which the child does not know, by its build's id", () => {
    const of = (lib: object, processes: object[]): object => ({
      meta: { version: 34, interval: 1, startTime: 0 },
      libs: [{ start: 4096, end: 8192, offset: 0, breakpadId: 'AB0', ...lib }],
      threads: [
        {
          name: 'GeckoMain',
          samples: { schema: { stack: 0, time: 1 }, data: [[0, 1]] },
          stackTable: { schema: { prefix: 0, frame: 1 }, data: [[null, 0]] },
          frameTable: { schema: { location: 0 }, data: [[0]] },
          stringTable: ['0x1010'],
        },
      ],
      processes,
    });
    const child = of({ name: '', path: '' }, []);
    const text = JSON.stringify(of({ name: 'firefox', path: '/usr/lib/firefox' }, [child]));
    const { functions, strings } = decode(firefox, new TextEncoder().encode(text));
    expect([...functions.name].map((name) => strings[name])).toEqual(['firefox+0x10']);
  });

  it('reads every way to write a place', () => {
    expect(parseGeckoLocation('fn (http://x/a.js:3:9)[12]')).toMatchObject({
      name: 'fn',
      file: 'http://x/a.js',
      line: 3,
      column: 9,
    });
    expect(parseGeckoLocation('a (b) (resource://x -> y.js:7)')).toMatchObject({
      name: 'a (b)',
      file: 'y.js',
      line: 7,
      column: 0,
    });
    expect(parseGeckoLocation('resource://gre/a.js[2]')).toMatchObject({
      name: '(script) a.js',
      file: 'resource://gre/a.js',
    });
    expect(parseGeckoLocation('http://x/a.js:1:2')).toMatchObject({ file: 'http://x/a.js', line: 1, column: 2 });
    expect(parseGeckoLocation('0x7fA0').address).toBe(0x7fa0);
    for (const label of [
      'js::RunScript',
      'XRE_Init (around Profiler)',
      'Get @mozilla.org/a;1?b=c',
      'x[]',
      '[2]',
      '(root)',
    ]) {
      expect(parseGeckoLocation(label)).toMatchObject({ name: label, file: null, line: 0, address: null });
    }
  });
});

/** A processed profile as older and newer versions and other tools write it. */
const small = {
  meta: { interval: 1, startTime: 1000, preprocessedProfileVersion: 40, version: 27, profilingStartTime: 5 },
  libs: [{ name: 'libc.so.6', path: '/usr/lib/libc.so.6' }],
  threads: [
    {
      name: 'main',
      pid: '12',
      tid: 13,
      samples: { length: 3, weightType: 'tracing-ms', weight: [2.5, -1, 4], stack: [2, null, 1], time: [6, 7, 8] },
      nativeAllocations: { length: 2, time: [6.5, 7.5], weight: [64, -64], weightType: 'bytes', stack: [2, 2] },
      stackTable: { length: 3, prefix: [null, 0, 1], frame: [0, 1, 2] },
      frameTable: { length: 3, func: [0, 1, 1], line: [3, 12, null], inlineDepth: [0, 1, 0], address: [-1, 4, 4] },
      funcTable: {
        length: 2,
        name: [0, 1],
        fileName: [2, null],
        resource: [-1, 0],
        lineNumber: [1, null],
        columnNumber: [2, null],
      },
      resourceTable: { length: 1, lib: [0], name: [3], host: [null], type: [1] },
      stringArray: ['main', 'write', '/app/main.js', 'libc.so.6'],
    },
  ],
};

describe('a processed profile', () => {
  it('of an older version, with weights, allocations, inlined and native frames', () => {
    const profile = decode(firefox, JSON.stringify(small));
    expect(checkProfile(profile)).toEqual([]);
    expect(profile.sampleTypes.map(({ type }) => type)).toEqual(['time', 'native_alloc_space', 'native_alloc_objects']);
    expect(profile.samples.values[0].reduce((sum, value) => sum + value, 0)).toBe(5.5);
    expect([...profile.samples.time!]).toEqual([1e6, 1.5e6, 2e6, 2.5e6, 3e6]);
    expect([...profile.samples.values[1]]).toEqual([0, 64, 0, -64, 0]);
    expect([...profile.frames.inlined]).toEqual([0, 1, 0]);
    expect(profile.strings[profile.functions.module[1]]).toBe('/usr/lib/libc.so.6');
    expect(profile.frames.kind[1]).toBe(frameKind.native);
    expect(profile.meta.startTimeMs).toBe(1005);
    expect(profile.threads[0]).toMatchObject({ name: 'main', pid: 12, tid: 13 });
  });

  it('with every table shared by the threads', () => {
    const { stackTable, frameTable, funcTable, resourceTable, stringArray, ...thread } = small.threads[0];
    const shared = { stackTable, frameTable, funcTable, resourceTable, stringArray };
    const profile = decode(firefox, JSON.stringify({ ...small, shared, threads: [thread, { ...thread, tid: 14 }] }));
    expect(checkProfile(profile)).toEqual([]);
    expect(profile.stacks.length).toBe(3);
    expect(profile.samples.values[0].reduce((sum, value) => sum + value, 0)).toBe(11);
  });

  it.each([
    [
      'a frame that is not there',
      { ...small.threads[0].stackTable, frame: [0, 1, 9] },
      /frame in the stack table of row 2 is 9/,
    ],
    [
      'a stack that is its own prefix',
      { ...small.threads[0].stackTable, prefix: [null, 1, 1] },
      /prefix in the stack table of row 1 is 1/,
    ],
  ])('with %s is refused', (_, stackTable, sentence) => {
    expect(() => decode(firefox, JSON.stringify({ ...small, threads: [{ ...small.threads[0], stackTable }] }))).toThrow(
      sentence,
    );
  });
});
