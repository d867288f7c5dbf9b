import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decode, readFixture } from '../../test/support/profiles';
import { profileOf, type WrittenSample } from '../../test/support/sampleProfile';
import { pprof } from '../formats/pprof/pprof';
import type { Profile } from '../profile/profile';
import { type DiffSide, diffProfiles } from './diff';
import { pairFunctions } from './pairFunctions';
import { sumStacks } from './stackValues';

function side(profile: Profile, sampleType = 0): DiffSide {
  return { profile, values: sumStacks(profile, { sampleType, thread: null }) };
}

function written(...samples: WrittenSample[]): DiffSide {
  return side(profileOf(samples));
}

describe('a real pair of captures', () => {
  const cpu = (name: string): DiffSide => {
    const profile = decode(pprof, readFixture(`diff/${name}.pb.gz`));
    return side(
      profile,
      profile.sampleTypes.findIndex(({ type }) => type === 'cpu'),
    );
  };
  const base = cpu('before');
  const next = cpu('after');

  test.each(['function', 'line'] as const)('by %s as go tool pprof -normalize -diff_base says', (by) => {
    const rows = diffProfiles(base, next, by, 'self');
    const found = new Map(
      rows.map((row) => [
        row.line === null || by === 'function' ? row.name : `${row.name} ${row.file}:${row.line}`,
        row,
      ]),
    );
    const text = readFileSync(`test/fixtures/diff/oracle/${by}s.txt`, 'utf8');
    const all = [...text.matchAll(/^ *(-?\d+)(?:ns)? +\S+ +\S+ +(-?\d+)(?:ns)? +\S+ +(.+?)(?: \(inline\))?$/gm)];
    expect(all.length).toBeGreaterThan(15);
    for (const [, flat, cum, name] of all) {
      const row = found.get(name!);
      // pprof scales the new profile to the base's total, and rounds each sample to whole nanoseconds.
      const difference = (delta: number): number => (delta / 100) * base.values.total;
      expect([name, Math.abs(difference(row?.deltaSelf ?? 0) - Number(flat)) < 100]).toEqual([name, true]);
      expect([name, Math.abs(difference(row?.deltaTotal ?? 0) - Number(cum)) < 100]).toEqual([name, true]);
    }
  });

  test('against itself, nothing changed', () => {
    for (const by of ['function', 'line', 'file'] as const) {
      const rows = diffProfiles(base, base, by, 'total');
      expect(rows.length).toBeGreaterThan(2);
      expect(rows.every((row) => row.deltaSelf === 0 && row.deltaTotal === 0)).toBe(true);
      expect(rows.every((row) => row.baseSelf === row.newSelf && row.baseTotal === row.newTotal)).toBe(true);
    }
  });
});

describe('written profiles', () => {
  const chance = { sureSelf: false, sureTotal: false };

  test('recursion counts once, in shares of each', () => {
    const base = written({ frames: ['main', 'f', 'g', 'f'], value: 1 }, { frames: ['main'], value: 1 });
    const next = written({ frames: ['main', 'f', 'f', 'f'], value: 3 }, { frames: ['main', 'g'], value: 1 });
    expect(diffProfiles(base, next, 'function', 'total')).toEqual([
      {
        name: 'f',
        file: null,
        line: null,
        baseSelf: 1,
        baseTotal: 1,
        newSelf: 3,
        newTotal: 3,
        deltaSelf: 25,
        deltaTotal: 25,
        ...chance,
      },
      {
        name: 'g',
        file: null,
        line: null,
        baseSelf: 0,
        baseTotal: 1,
        newSelf: 1,
        newTotal: 1,
        deltaSelf: 25,
        deltaTotal: -25,
        ...chance,
      },
      {
        name: 'main',
        file: null,
        line: null,
        baseSelf: 1,
        baseTotal: 2,
        newSelf: 0,
        newTotal: 4,
        deltaSelf: -50,
        deltaTotal: 0,
        ...chance,
      },
    ]);
  });

  test('with nothing on one side: all new, all vanished', () => {
    const some = written({ frames: ['main@a.ts:1', 'f@b.ts:2'], value: 4 });
    const none = written();
    expect(diffProfiles(none, some, 'line', 'self')).toMatchObject([
      { name: 'f', file: 'b.ts', line: 2, baseSelf: 0, newSelf: 4, deltaSelf: 100, deltaTotal: 100 },
      { name: 'main', file: 'a.ts', line: 1, baseTotal: 0, newTotal: 4, deltaSelf: 0, deltaTotal: 100 },
    ]);
    expect(diffProfiles(some, none, 'file', 'self')).toMatchObject([
      { name: 'b.ts', deltaSelf: -100, deltaTotal: -100 },
      { name: 'a.ts', deltaSelf: 0, deltaTotal: -100 },
    ]);
    expect(diffProfiles(none, none, 'function', 'self')).toEqual([]);
  });

  test('a change is sure where there are enough samples of it', () => {
    const halves = (work: number, rest: number): DiffSide =>
      written({ frames: ['work'], value: work }, { frames: ['rest'], value: rest });
    const sure = (base: DiffSide, next: DiffSide): (boolean | number)[] =>
      diffProfiles(base, next, 'function', 'self')
        .filter(({ name }) => name === 'work')
        .flatMap(({ deltaSelf, sureSelf, sureTotal }) => [deltaSelf, sureSelf, sureTotal]);
    // 10 points of 20, 200 and 2,000 samples: 0.6, 2.0 and 6.4 standard errors.
    expect(sure(halves(10, 10), halves(12, 8))).toEqual([10, false, false]);
    expect(sure(halves(100, 100), halves(120, 80))).toEqual([10, false, false]);
    expect(sure(halves(1000, 1000), halves(1200, 800))).toEqual([10, true, true]);
    expect(sure(halves(1000, 1000), halves(1000, 1000))).toEqual([0, false, false]);
  });

  test('lines without a number are the same by their function, whatever the order of the tables', () => {
    const base = written({ frames: ['a', 'b'], value: 1 }, { frames: ['c@x.ts:3'], value: 1 });
    const next = written({ frames: ['c@x.ts:3'], value: 1 }, { frames: ['b'], value: 1 });
    expect(diffProfiles(base, next, 'line', 'total').map(({ name, deltaTotal }) => [name, deltaTotal])).toEqual([
      ['a', -50],
      ['b', 0],
      ['c', 0],
    ]);
  });
});

describe('pairing functions', () => {
  /** Functions of one name in one file at these lines. */
  const at = (...lines: number[]): Profile => {
    const profile = profileOf(lines.map((line) => ({ frames: [`outer${line}`, `f@a.js:${line}`], value: 1 })));
    const funcs = lines.map((line, i) => ({ line, i }));
    // The written form has no declarations: functions of their own are made of the callers' numbers.
    const { functions, strings } = profile;
    const name = strings.indexOf('f');
    const file = strings.indexOf('a.js');
    const table = {
      ...functions,
      length: funcs.length,
      name: new Int32Array(lines.length).fill(name),
      file: new Int32Array(lines.length).fill(file),
      line: Int32Array.from(lines),
      column: new Int32Array(lines.length),
      module: new Int32Array(lines.length).fill(-1),
    };
    return { ...profile, functions: table };
  };
  const same = (base: Profile, next: Profile): [number[], number[]] => {
    const { ofBase, ofNew } = pairFunctions(base, next);
    return [[...ofBase], [...ofNew]];
  };

  test('one each: the same wherever it stands', () => {
    expect(same(at(5), at(90))).toEqual([[0], [0]]);
  });

  test('several: by place, then in order, else together', () => {
    expect(same(at(5, 9), at(9))).toEqual([[1, 0], [0]]);
    expect(same(at(5, 9), at(6, 10))).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(same(at(5, 9, 12), at(6, 10))).toEqual([
      [0, 0, 0],
      [0, 0],
    ]);
  });

  test('a program built in another folder has the same functions and lines, also in its top folder', () => {
    const built = (root: string, ...more: WrittenSample[]): DiffSide =>
      written(
        { frames: [`main@${root}/main.go:3`, `total@${root}/cart/cart.go:5`], value: 1 },
        { frames: [`main@${root}/main.go:3`, `setup@${root}/main.go:9`], value: 1 },
        ...more,
      );
    const base = built('/build/1');
    const next = built('/build/2');
    for (const by of ['function', 'line', 'file'] as const) {
      const rows = diffProfiles(base, next, by, 'total');
      expect(rows.map(({ deltaTotal }) => deltaTotal)).toEqual(rows.map(() => 0));
      expect(rows.every(({ file }) => file?.startsWith('/build/2/'))).toBe(true);
    }
  });

  test('one name in two files is no pair: neither in both nor where only one function agrees', () => {
    const base = written({ frames: ['render@/app/a/index.js:3'], value: 1 }, { frames: ['go@/app/c.js:1'], value: 1 });
    const next = written({ frames: ['render@/app/b/index.js:3'], value: 1 }, { frames: ['go@/app/c.js:1'], value: 1 });
    expect(diffProfiles(base, next, 'function', 'self').map(({ deltaSelf }) => deltaSelf)).toEqual([-50, 50, 0]);
  });

  test('a qualified name is the same function in a file that was renamed, unless several have it', () => {
    const base = written({ frames: ['shop/price.Rate@/go/price/price.go:3'], value: 1 });
    const next = written({ frames: ['shop/price.Rate@/go/price/rates.go:7'], value: 1 });
    expect(diffProfiles(base, next, 'function', 'self')).toMatchObject([{ file: '/go/price/rates.go', deltaSelf: 0 }]);
    const two = written(
      { frames: ['shop/price.Rate@/go/price/rates.go:7'], value: 1 },
      { frames: ['shop/price.Rate@/go/price/more.go:7'], value: 1 },
    );
    expect(diffProfiles(base, two, 'function', 'self').map(({ deltaSelf }) => deltaSelf)).toEqual([-100, 50, 50]);
  });
});
