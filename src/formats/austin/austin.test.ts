import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  decode,
  fixtures,
  frameFile,
  frameName,
  naiveTotals,
  readFixture,
  stackNames,
  sum,
} from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import { frameKind } from '../../profile/frameKind';
import type { Profile } from '../../profile/profile';
import { austin } from './austin';
import { splitAustinFrame } from './austinText';

/** Austin's columns in its own reader's words, by our types; `memory` files have no time. */
const columns = ['samples', 'wall', 'idle-less', 'memory_growth', 'memory_release'];

function typeIndex(profile: Profile, type: string): number {
  return profile.sampleTypes.findIndex((each) => each.type === type);
}

function readOracle(name: string): { threads: Map<string, number[]>; functions: Map<string, number[]> } {
  const threads = new Map<string, number[]>();
  const functions = new Map<string, number[]>();
  for (const line of readFileSync(join(fixtures, 'austin/oracle', `${name}.txt`), 'utf8').split('\n')) {
    const [kind, key, ...values] = line.split(' ');
    if (kind === 'thread') threads.set(key, values.map(Number));
    if (kind === 'function') functions.set(key, values.map(Number));
  }
  return { threads, functions };
}

function textOf(...lines: string[]): string {
  return `# austin: 3.7.0\n# interval: 100\n# mode: wall\n\n${lines.join('\n')}\n`;
}

function rows(profile: Profile, type = 1): [string, number][] {
  expect(checkProfile(profile)).toEqual([]);
  return [...profile.samples.stack].map((stack, row) => [
    stackNames(profile, stack).join(';'),
    profile.samples.values[type][row],
  ]);
}

/** An integer as MOJO writes it. */
function integer(value: number): number[] {
  let rest = BigInt(Math.abs(value));
  const bytes = [Number(rest & 0x3fn) | (value < 0 ? 0x40 : 0)];
  rest >>= 6n;
  while (rest > 0n) {
    bytes[bytes.length - 1] |= 0x80;
    bytes.push(Number(rest & 0x7fn));
    rest >>= 7n;
  }
  return bytes;
}

const text = (value: string): number[] => [...new TextEncoder().encode(value), 0];
const mojo = (version: number, ...events: number[][]): Uint8Array =>
  Uint8Array.from([0x4d, 0x4f, 0x4a, ...integer(version), ...events.flat()]);
const metadata = (key: string, value: string): number[] => [1, ...text(key), ...text(value)];
const stack = (pid: number, tid: string): number[] => [2, ...integer(pid), ...integer(0), ...text(tid)];
const string = (key: number, value: string): number[] => [11, ...integer(key), ...text(value)];
const frame = (key: number, file: number, name: number, line: number): number[] => [
  3,
  ...[key, file, name, line, line, 1, 9].flatMap(integer),
];
const ref = (key: number): number[] => [5, ...integer(key)];
const time = (value: number): number[] => [9, ...integer(value)];

describe.each([
  'wall.mojo',
  'full.mojo',
  'cpu.mojo',
  'binary.mojo',
  'native.mojo',
  'wall.austin',
  'full.austin',
  'memory.austin',
])('%s', (name) => {
  const profile = decode(austin, readFixture(`austin/${name}`), 1000);
  const oracle = readOracle(name);

  it("agrees with Austin's own reader on every function and thread", () => {
    expect(checkProfile(profile)).toEqual([]);
    expect(profile.meta.notes).toEqual([]);
    expect(oracle.functions.size).toBeGreaterThan(5);
    const key = (index: number): string =>
      `${frameFile(profile, index)}:${frameName(profile, index)}`.replaceAll(' ', '\u00a0');
    let compared = 0;
    columns.forEach((type, column) => {
      const real = type === 'idle-less' ? 'cpu' : type === 'wall' && name === 'cpu.mojo' ? 'cpu' : type;
      const index = typeIndex(profile, real);
      if (index < 0) {
        return;
      }
      compared++;
      const expected = new Map(
        [...oracle.functions].map(([of, values]) => [of, { self: values[column], total: values[column + 5] }]),
      );
      expect([type, naiveTotals(profile, index, key)]).toEqual([type, expected]);
    });
    expect(compared).toBe(
      name.startsWith('full') || name === 'binary.mojo'
        ? 5
        : name === 'memory.austin'
          ? 3
          : 2 + Number(name === 'cpu.mojo'),
    );
    const threads = new Map<string, number[]>();
    const wall = profile.meta.defaultSampleType;
    for (let row = 0; row < profile.samples.length; row++) {
      const thread = profile.threads[profile.samples.thread?.[row] ?? 0];
      const of = `${thread.pid}:0:${thread.tid}`;
      const values = threads.get(of) ?? [0, 0];
      values[0]++;
      values[1] += name === 'memory.austin' ? 0 : profile.samples.values[wall][row];
      threads.set(of, values);
    }
    expect(threads).toEqual(oracle.threads);
  });

  it('has times that fit its duration, where samples have one', () => {
    const { time, thread, values } = profile.samples;
    if (name === 'memory.austin' || name === 'cpu.mojo') {
      expect(time).toBeNull();
      return;
    }
    const last = time!.reduce((most, at, row) => Math.max(most, at + values[1][row] * 1000), 0);
    // austinp takes its time to unwind, which is in no sample.
    expect(Math.abs(last / 1e6 / profile.meta.durationMs! - 1)).toBeLessThan(name === 'native.mojo' ? 0.5 : 0.1);
    const ends = new Map<number, number>();
    time!.forEach((at, row) => {
      const of = thread?.[row] ?? 0;
      expect(at).toBeGreaterThanOrEqual(ends.get(of) ?? 0);
      ends.set(of, at + values[1][row] * 1000);
    });
  });
});

describe('austin', () => {
  it("keeps the processes' threads apart", () => {
    const { threads } = decode(austin, readFixture('austin/wall.mojo'));
    expect(new Set(threads.map(({ pid }) => pid)).size).toBe(2);
    expect(threads).toHaveLength(6);
  });

  it('knows native frames, and the binary that has them', () => {
    const { frames, functions, strings } = decode(austin, readFixture('austin/native.mojo'));
    const modules = new Set<string>();
    frames.kind.forEach((kind, index) => {
      const func = frames.func[index];
      expect([kind === frameKind.native, functions.file[func] < 0]).toEqual([kind !== 0, kind !== 0]);
      if (functions.module[func] >= 0) {
        modules.add(strings[functions.module[func]].split('/').at(-1)!.replace(/\d.*/, ''));
      }
    });
    expect([...modules]).toEqual(expect.arrayContaining(['python', 'libpython']));
  });

  it('reads text by the line', () => {
    const profile = decode(
      austin,
      `${textOf(
        'P7;T0:9;C:\\a b.py:main:3;/b.py:f:10 5',
        'P7;T0:9;/lib/x.so:ns::f(int):8;kernel:read:0 6',
        'P7;T0:9 7',
        'P7;T1:0x10;/b.py:f:11;:GC: 8',
        'oops',
      )}\n# duration: 26\n`,
      3,
    );
    expect(rows(profile)).toEqual([
      ['main;f', 5],
      ['ns::f(int);read', 6],
      ['', 7],
      ['f;GC', 8],
    ]);
    expect(profile.threads).toEqual([
      { name: '', process: null, pid: 7, tid: 9 },
      { name: 'interpreter 1', process: null, pid: 7, tid: 16 },
    ]);
    expect([...profile.frames.kind]).toEqual([0, 0, frameKind.native, frameKind.kernel, 0, 0]);
    expect([...profile.frames.line]).toEqual([3, 10, 0, 0, 11, 0]);
    expect(profile.meta).toMatchObject({
      durationMs: 0.026,
      lines: 'call',
      notes: ['One line is no sample of Austin and left out (it is line 9).'],
    });
  });

  it('splits frames as they are meant', () => {
    expect(splitAustinFrame('C:\\x\\a.py:f:12')).toEqual({ file: 'C:\\x\\a.py', name: 'f', line: 12 });
    expect(splitAustinFrame('lib.so:a::b:-1')).toEqual({ file: 'lib.so', name: 'a::b', line: 0 });
    expect(splitAustinFrame(':INVALID:')).toEqual({ file: '', name: 'INVALID', line: 0 });
    expect(splitAustinFrame('odd')).toEqual({ file: '', name: 'odd', line: 0 });
  });

  it('gives no times where equal stacks were added up', () => {
    const profile = decode(austin, textOf('P7;T0:9;a.py:f:1 500', 'P7;T0:9;a.py:f:2 700'));
    expect(profile.samples.time).toBeNull();
    expect(sum(profile.samples.values[1])).toBe(1200);
  });

  it('aligns threads that come up later', () => {
    const line = (tid: number, took: number): string => `P1;T0:${tid};a.py:f:1 ${took}`;
    const { samples } = decode(austin, textOf(line(1, 10), line(1, 10), line(2, 10), line(1, 10), line(2, 10)));
    expect([...samples.time!]).toEqual([0, 10_000, 10_000, 20_000, 20_000]);
  });

  it('reads versions 1 and 2, negative memory, idle and garbage collection', () => {
    const common = [metadata('mode', 'full'), [2, ...integer(3), ...text('a')], string(5, 'a.py'), string(6, 'f')];
    const tail = [ref(70), time(4), [8], [10, ...integer(-70000)], [7]];
    const first = mojo(1, ...common, [3, ...[70, 5, 6, 12].flatMap(integer)], ...tail);
    const second = mojo(2, ...common, frame(70, 5, 6, 12), ...tail);
    for (const bytes of [first, second]) {
      const profile = decode(austin, bytes, 1);
      expect(rows(profile)).toEqual([['f;GC', 4]]);
      expect(profile.samples.values.map((values) => values[0])).toEqual([1, 4, 0, 0, 70000]);
      expect(profile.threads).toEqual([{ name: '', process: null, pid: 3, tid: 10 }]);
    }
  });

  it('stands frames upon the Python frames of the sample before, and skips tasks', () => {
    const bytes = mojo(
      3,
      metadata('mode', 'wall'),
      stack(3, 'a'),
      ...[string(5, 'a.py'), string(6, 'f'), string(7, 'native@7f00'), string(8, 'read'), string(9, 'g')],
      ...[frame(2 ** 40, 5, 6, 1), ref(2 ** 40), frame(2 ** 40 + 1, 7, 8, 1), ref(2 ** 40 + 1), time(4)],
      ...[stack(3, 'a'), frame(50, 7, 9, 1), ref(50), [13]],
      ...[[14, ...[99, 0, 1].flatMap(integer)], ref(50), [15, ...[99, 98].flatMap(integer)], [16, ...integer(99)]],
      time(5),
      ...[stack(3, 'b'), [13], [4], [6, ...text('sys_read')], time(6)],
    );
    const profile = decode(austin, bytes, 2);
    expect(rows(profile)).toEqual([
      ['f;read', 4],
      ['f;g', 5],
      ['INVALID;sys_read', 6],
    ]);
    expect(profile.meta.notes).toEqual([
      'One report of where asyncio tasks waited are left out: the stacks are those of threads.',
    ]);
  });

  it('reads what is whole of a cut file', () => {
    const bytes = readFixture('austin/wall.mojo');
    const whole = decode(austin, bytes);
    for (let cut = 1; cut < 40; cut++) {
      const profile = decode(austin, bytes.subarray(0, bytes.length >> 1).subarray(0, -cut), 1 << 12);
      expect(checkProfile(profile)).toEqual([]);
      expect(profile.samples.length).toBeGreaterThan(whole.samples.length / 4);
      expect(rows(profile)).toEqual(rows(whole).slice(0, profile.samples.length));
    }
    expect(decode(austin, mojo(3, stack(1, 'a'), [5])).meta.notes).toHaveLength(2);
  });

  it.each([
    ['no version', Uint8Array.of(0x4d, 0x4f, 0x4a, 0x83), /version of the MOJO format/],
    ['an unknown event', mojo(3, [99]), /unknown number 99.*\(at byte 4\)/],
    ['a frame from nowhere', mojo(3, stack(1, 'a'), ref(77)), /77 was not.*\(at byte 9\)/],
    ['a string from nowhere', mojo(3, stack(1, 'a'), frame(1, 9, 9, 9)), /9 was not/],
    ['an endless number', mojo(3, [9, ...new Array(12).fill(0xff), 0]), /at most ten bytes/],
    ['an endless string', mojo(3, [11, 1, ...new Array(5 << 20).fill(65)]), /less than 4 MiB/],
    ['text that is none', 'P1;T2;a.py:f:3 4\nDear reader,\nthis is a letter.\n', /Austin.*\(at line 2\)/],
  ])('refuses %s', (_, input, sentence) => {
    expect(() => decode(austin, input)).toThrow(sentence);
    expect(() => decode(austin, input)).toThrow(expect.objectContaining({ name: 'DecodeError' }));
  });
});
