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
  seeded,
  stackNames,
  sum,
} from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import { frameKind } from '../../profile/frameKind';
import type { Profile } from '../../profile/profile';
import { pstats } from './pstats';

interface Row {
  calls: number;
  self: string;
  total: string;
}

/** The rows of the table that pstats prints, by `file:line(name)`. */
function readTable(name: string): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const line of readFileSync(join(fixtures, 'pstats/oracle', `${name}.txt`), 'utf8').split('\n')) {
    const match = /^ *(\d+)(?:\/\d+)? +([\d.]+) +[\d.]* +([\d.]+) +[\d.]* (.+)$/.exec(line);
    if (match !== null) {
      // The place in memory is not in the file.
      rows.set(match[4].replace(/(<code object [^ ]+) at .*>\)$/, '$1>)'), {
        calls: Number(match[1]),
        self: match[2],
        total: match[3],
      });
    }
  }
  return rows;
}

/** As pstats names a function; the module profile has built-in ones without a file. */
function pstatsName(profile: Profile, frame: number, ofProfile: boolean): string {
  const func = profile.frames.func[frame];
  const name = frameName(profile, frame);
  const file = frameFile(profile, frame);
  if (file === '') {
    return ofProfile ? `:0(${name})` : name.replace(/^<(.*)>$/, '{$1}');
  }
  return `${file}:${profile.functions.line[func] || profile.frames.line[frame]}(${name})`;
}

const seconds = (nanoseconds: number): string => (nanoseconds / 1e9).toFixed(3);

describe.each(['calls.prof', 'profile.prof', 'python2.prof', 'module.prof', 'module2.prof', 'added.pstats'])(
  '%s',
  (name) => {
    const profile = decode(pstats, readFixture(`pstats/${name}`));

    it("agrees with pstats' own table on every function, recursive ones too", () => {
      expect(checkProfile(profile)).toEqual([]);
      const table = readTable(name);
      expect(table.size).toBeGreaterThan(20);
      const key = (frame: number): string => pstatsName(profile, frame, /^(profile|module)/.test(name));
      const calls = naiveTotals(profile, 0, key);
      const times = naiveTotals(profile, 1, key);
      const found = new Map(
        [...table.keys()].map((of) => {
          const time = times.get(of) ?? { self: 0, total: 0 };
          return [of, { calls: calls.get(of)?.self ?? 0, self: seconds(time.self), total: seconds(time.total) }];
        }),
      );
      expect(found).toEqual(table);
      // A function that was called must be there, even if it took no time.
      expect([...calls.keys()].sort()).toEqual([...table.keys()].sort());
      const said = Number(
        /(\d+) function calls/.exec(readFileSync(join(fixtures, 'pstats/oracle', `${name}.txt`), 'utf8'))![1],
      );
      expect(sum(profile.samples.values[0])).toBe(said);
    });

    it('says that it has no stacks', () => {
      expect(profile.meta).toMatchObject({ formats: ['pstats'], lines: 'declaration', defaultSampleType: 1 });
      expect(profile.meta.notes).toHaveLength(2);
      expect(profile.meta.notes[0]).toMatch(/no stacks/);
      expect(profile.sampleTypes).toEqual([
        { type: 'calls', unit: 'count' },
        { type: 'time', unit: 'nanoseconds' },
      ]);
    });
  },
);

/** Values as Python's marshal writes them, without references. */
type Value = string | number | Value[] | [Value, Value][];
const dict = (entries: [Value, Value][]): Uint8Array => Uint8Array.from([...item(entries, true)]);

function item(value: Value, isDict = false): number[] {
  if (typeof value === 'string') {
    return [0x7a, value.length, ...Buffer.from(value)];
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9);
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) {
      bytes[0] = 0x69;
      bytes.writeInt32LE(value, 1);
      return [...bytes.subarray(0, 5)];
    }
    bytes[0] = 0x67;
    bytes.writeDoubleLE(value, 1);
    return [...bytes];
  }
  if (isDict) {
    return [0x7b, ...value.flatMap((entry) => item(entry as Value).slice(2)), 0x30];
  }
  return [0x29, value.length, ...value.flatMap((each, i) => item(each, value.length === 5 && i === 4))];
}

type Callers = [Value, Value][];
const func = (name: string): Value => ['a.py', name.charCodeAt(0), name];
const row = (primitive: number, calls: number, self: number, total: number, callers: Callers = []): Value => [
  primitive,
  calls,
  self,
  total,
  callers,
];

function paths(profile: Profile): Record<string, number> {
  expect(checkProfile(profile)).toEqual([]);
  const result: Record<string, number> = {};
  profile.samples.stack.forEach((stack, i) => {
    const names = stackNames(profile, stack).join(';');
    result[names] = (result[names] ?? 0) + profile.samples.values[1][i];
  });
  return result;
}

describe('pstats', () => {
  it('divides what has several callers among them', () => {
    const profile = decode(
      pstats,
      dict([
        [func('m'), row(1, 1, 1, 10)],
        [func('a'), row(1, 1, 0, 6, [[func('m'), [1, 1, 0, 6]]])],
        [func('b'), row(1, 1, 0, 3, [[func('m'), [1, 1, 0, 3]]])],
        [
          func('c'),
          row(5, 5, 9, 9, [
            [func('a'), [4, 4, 6, 6]],
            [func('b'), [1, 1, 3, 3]],
          ]),
        ],
      ]),
    );
    expect(paths(profile)).toEqual({ m: 1e9, 'm;a': 0, 'm;b': 0, 'm;a;c': 6e9, 'm;b;c': 3e9 });
    expect(profile.meta.notes).toHaveLength(1);
    const calls = naiveTotals(profile, 0, (frame) => frameName(profile, frame));
    expect(Object.fromEntries(calls)).toEqual({
      m: { self: 1, total: 8 },
      a: { self: 1, total: 5 },
      b: { self: 1, total: 2 },
      c: { self: 5, total: 5 },
    });
  });

  it('divides by calls where the callers have no times (module profile)', () => {
    const profile = decode(
      pstats,
      dict([
        [func('a'), row(1, 1, 0, 6)],
        [func('b'), row(1, 1, 0, 3)],
        [
          func('c'),
          row(3, 3, 9, 9, [
            [func('a'), 2],
            [func('b'), 1],
          ]),
        ],
      ]),
    );
    expect(paths(profile)).toEqual({ a: 0, b: 0, 'a;c': 6e9, 'b;c': 3e9 });
  });

  it('fits the totals of functions that call each other', () => {
    // m calls x (8 s), x calls y (7 s), y calls x again, whose 5 s are in the 8 already; y also calls z (1 s).
    const profile = decode(
      pstats,
      dict([
        [func('m'), row(1, 1, 1, 9)],
        [
          func('x'),
          row(1, 2, 6, 8, [
            [func('m'), [1, 1, 2, 8]],
            [func('y'), [1, 1, 4, 5]],
          ]),
        ],
        [func('y'), row(1, 2, 1, 7, [[func('x'), [2, 2, 1, 7]]])],
        [func('z'), row(1, 1, 1, 1, [[func('y'), [1, 1, 1, 1]]])],
      ]),
    );
    const times = naiveTotals(profile, 1, (frame) => frameName(profile, frame));
    expect(Object.fromEntries(times)).toEqual({
      m: { self: 1e9, total: 9e9 },
      x: { self: 6e9, total: 8e9 },
      y: { self: 1e9, total: 7e9 },
      z: { self: 1e9, total: 1e9 },
    });
    expect(profile.meta.notes[1]).toMatch(/^Functions call themselves/);
    expect(profile.meta.notes).toHaveLength(2);
  });

  it('fits totals of random recorded programs, whatever their recursion', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = seeded(seed);
      const names = 'abcdefghij'.slice(0, 2 + (seed % 9));
      const known = new Map<string, { primitive: number; calls: number; self: number; total: number }>();
      const edges = new Map<string, [number, number]>();
      const open = new Map<string, number>();
      let budget = 400;
      const call = (name: string, caller: string | null, depth: number): number => {
        budget--;
        const of = known.get(name) ?? { primitive: 0, calls: 0, self: 0, total: 0 };
        known.set(name, of);
        const key = `${caller}${name}`;
        const outer = (open.get(name) ?? 0) === 0;
        const outerEdge = (open.get(key) ?? 0) === 0;
        open.set(name, (open.get(name) ?? 0) + 1);
        open.set(key, (open.get(key) ?? 0) + 1);
        const own = Math.floor(random() * 1000);
        let all = own;
        for (let i = Math.floor(random() * 4); i > 0 && budget > 0 && depth < 12; i--) {
          all += call(names[Math.floor(random() * names.length)], name, depth + 1);
        }
        open.set(name, open.get(name)! - 1);
        open.set(key, open.get(key)! - 1);
        of.calls++;
        of.primitive += outer ? 1 : 0;
        of.self += own;
        of.total += outer ? all : 0;
        if (caller !== null) {
          const edge = edges.get(key) ?? [0, 0];
          edges.set(key, [edge[0] + 1, edge[1] + (outerEdge ? all : 0)]);
        }
        return all;
      };
      while (budget > 0) {
        call(names[0], null, 0);
      }
      const profile = decode(
        pstats,
        dict(
          [...known].map(([name, of]) => [
            func(name),
            row(
              of.primitive,
              of.calls,
              of.self / 1e9,
              of.total / 1e9,
              [...edges]
                .filter(([key]) => key[1] === name)
                .map(([key, [calls, total]]) => [func(key[0]), [calls, calls, 0, total / 1e9]]),
            ),
          ]),
        ),
      );
      expect(checkProfile(profile)).toEqual([]);
      const key = (frame: number): string => frameName(profile, frame);
      const expected = [...known].map(([name, { self, total }]): [string, unknown] => [name, { self, total }]);
      expect([seed, naiveTotals(profile, 1, key)]).toEqual([seed, new Map(expected)]);
      const calls = naiveTotals(profile, 0, key);
      expect([...known].map(([name]) => calls.get(name)!.self)).toEqual([...known].map(([, of]) => of.calls));
      expect(profile.meta.notes.filter((note) => note.includes('off in all'))).toEqual([]);
    }
  });

  it('says where what was recorded fits no stacks', () => {
    const profile = decode(pstats, dict([[func('m'), row(1, 1, 1, 1.5)]]));
    expect(paths(profile)).toEqual({ m: 1e9 });
    expect(profile.meta.notes.at(-1)).toMatch(/^One function is off in all by up to 500\.000 ms/);
  });

  it("reads Python 3.15's sampling profiler: samples, and the lines that were running", () => {
    const profile = decode(pstats, readFixture('pstats/sampled.pstats'));
    expect(checkProfile(profile)).toEqual([]);
    expect(profile.sampleTypes[0]).toEqual({ type: 'samples', unit: 'count' });
    expect(profile.meta).toMatchObject({ lines: 'call' });
    const key = (frame: number): string => `${frameName(profile, frame)}:${profile.frames.line[frame]}`;
    expect(Object.fromEntries(naiveTotals(profile, 0, key))).toEqual({
      '<module>:40': { self: 0, total: 65 },
      'main:30': { self: 0, total: 50 },
      'main:31': { self: 5, total: 15 },
      'parse:12': { self: 30, total: 30 },
      'parse:13': { self: 0, total: 20 },
      'read:5': { self: 30, total: 30 },
    });
    expect(naiveTotals(profile, 1, key).get('read:5')).toEqual({ self: 30e6, total: 30e6 });
  });

  it('knows what is built in', () => {
    const profile = decode(pstats, readFixture('pstats/calls.prof'));
    const at = profile.frames.func.findIndex(
      (of) => profile.strings[profile.functions.name[of]] === '<built-in method builtins.sum>',
    );
    expect(profile.frames.kind[at]).toBe(frameKind.native);
    expect(profile.functions.file[profile.frames.func[at]]).toBe(-1);
  });

  it('says where it ends too early', () => {
    const bytes = readFixture('pstats/calls.prof');
    for (const cut of [2, 100, 5000, bytes.length - 1]) {
      expect(() => decode(pstats, bytes.subarray(0, cut))).toThrow(/may be truncated \(at byte \d+\)/);
    }
  });

  it.each([
    ['nothing', new Uint8Array(0), /empty/],
    ['a list', Uint8Array.of(0x5b, 0, 0, 0, 0), /Expected a dict of functions.*found the type "\["/],
    ['other keys', dict([['a', 1]]), /Expected the key of a function.*found the type "z"/],
    ['keys of two', dict([[['a', 1], 1]]), /a line and a name.*byte 1/],
    ['four values', dict([[func('a'), [1, 1, 1, 1]]]), /five values/],
    ['a negative count', dict([[func('a'), row(1, -1, 1, 1)]]), /number of calls.*-1/],
    ['an endless time', dict([[func('a'), row(1, 1, 1, Infinity)]]), /time in seconds.*Infinity/],
    [
      'too much time',
      dict([
        [func('a'), row(1, 1, 9e6, 1)],
        [func('b'), row(1, 1, 9e6, 1)],
      ]),
      /104 days/,
    ],
    [
      'a reference to what is not there',
      Uint8Array.of(0x7b, 0x29, 3, 0x72, 9, 0, 0, 0),
      /a file name.*type "r".*byte 3/,
    ],
    ['a long string', Uint8Array.of(0x7b, 0x29, 3, 0x75, 255, 255, 255, 127), /truncated/],
  ])('refuses %s', (_, input, sentence) => {
    expect(() => decode(pstats, input)).toThrow(sentence);
    expect(() => decode(pstats, input)).toThrow(expect.objectContaining({ name: 'DecodeError' }));
  });

  it('takes a time below zero for zero, an empty dict for an empty profile', () => {
    const profile = decode(pstats, dict([[func('a'), row(1, 1, -0.5, 1)]]));
    expect(profile.meta.notes.at(-1)).toMatch(/below zero/);
    expect(decode(pstats, dict([])).meta.notes).toEqual(['The file has no functions.']);
    expect(pstats.detect(dict([]), '')).toBe('certain');
    expect(pstats.detect(new TextEncoder().encode('{"a":1}'), '')).toBe('no');
  });
});
