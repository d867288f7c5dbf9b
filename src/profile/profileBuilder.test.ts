import { describe, expect, it } from 'vitest';
import { cpuMilliseconds } from '../../test/support/cpuTime';
import { fc } from '../../test/support/property';
import { checkProfile } from './checkProfile';
import type { Profile, ProfileMeta } from './profile';
import { ProfileBuilder } from './profileBuilder';
import { stableOrder } from './stableOrder';
import { StringTable } from './stringTable';
import { PairTable, QuadTable } from './tupleTables';

const meta: ProfileMeta = {
  formats: ['test'],
  durationMs: null,
  startTimeMs: null,
  defaultSampleType: 0,
  lines: 'none',
  notes: [],
};

function finish(builder: ProfileBuilder): Profile {
  const profile = builder.finish(meta);
  expect(checkProfile(profile)).toEqual([]);
  return profile;
}

describe('StringTable', () => {
  it('keeps every text once, whatever its length and script', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 40 })), (texts) => {
        const table = new StringTable();
        const encoder = new TextEncoder();
        const expected = [...new Set(['', ...texts])];
        texts.forEach((text, i) => {
          const bytes = encoder.encode(`<${text}>`);
          const index = i % 2 === 0 ? table.intern(text) : table.internBytes(bytes, 1, bytes.length - 1);
          expect(index).toBe(expected.indexOf(text));
          expect(table.text(index)).toBe(text);
        });
        expect(table.toArray()).toEqual(expected);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('keeps thousands of texts apart, and texts that begin with a byte order mark', () => {
    const table = new StringTable();
    const texts = Array.from({ length: 20_000 }, (_, i) => `function ${i}${i % 100 === 0 ? ' é' : ''}`);
    const indices = texts.map((text) => table.intern(text));
    expect(indices).toEqual(texts.map((_, i) => i + 1));
    expect(table.toArray()).toEqual(['', ...texts]);
    expect(table.text(table.intern('\ufeffx'))).toBe('\ufeffx');
  });

  it('reads invalid UTF-8 as replacement characters, once', () => {
    const table = new StringTable();
    const a = table.internBytes(Uint8Array.of(0x61, 0xff), 0, 2);
    const b = table.internBytes(Uint8Array.of(0x61, 0xfe), 0, 2);
    expect([a, b, table.intern('a\ufffd'), table.intern('a\ud800')]).toEqual([1, 1, 1, 1]);
  });
});

describe('tuple tables', () => {
  it('give equal tuples one index, in the order of first sight', () => {
    const pairs = new PairTable();
    const quads = new QuadTable();
    const seen = new Map<string, number>();
    for (let i = 0; i < 50_000; i++) {
      const [a, b] = [((i * 7919) % 331) - 1, (i * 31) % 197];
      const key = `${a} ${b}`;
      if (!seen.has(key)) {
        seen.set(key, seen.size);
      }
      expect(pairs.intern(a, b)).toBe(seen.get(key));
      expect(quads.intern(a, b, 5, -1)).toBe(seen.get(key));
    }
    expect(pairs.length).toBe(seen.size);
  });

  it('keep what they have when room is made', () => {
    const pairs = new PairTable();
    expect([pairs.intern(1, 2), pairs.intern(3, 4)]).toEqual([0, 1]);
    pairs.reserve(100_000);
    expect([pairs.intern(3, 4), pairs.intern(5, 6), pairs.intern(1, 2)]).toEqual([1, 2, 0]);
  });

  it('cannot be made to collide by a file', () => {
    const milliseconds = (first: (i: number) => number, second: (i: number) => number): number => {
      const pairs = new PairTable();
      const quads = new QuadTable();
      const took = cpuMilliseconds(() => {
        for (let i = 0; i < 40_000; i++) {
          pairs.intern(first(i), second(i));
          quads.intern(first(i), second(i), 0, 0);
        }
      });
      expect([pairs.length, quads.length]).toEqual([40_000, 40_000]);
      return took;
    };
    // Pairs of one hash by MurmurHash3's constants alone: 0xdee13bb1 is the inverse of 0xcc9e2d51 modulo 2^32.
    const rotated = (b: number): number => Math.imul((b << 15) | (b >>> 17), 461845907);
    const inverse = 0xdee13bb1;
    expect(Math.imul(inverse, -862048943)).toBe(1);
    const plain = (i: number): number => Math.imul(i, 7919);
    milliseconds(plain, plain);
    // Colliding, they took some thousand times as long.
    const most = milliseconds(plain, plain) * 20 + 50;
    expect(
      milliseconds(
        (i) => Math.imul(inverse, 0x12345678 ^ rotated(i)),
        (i) => i,
      ),
    ).toBeLessThan(most);
    // Numbers that differ in their high bits only.
    expect(
      milliseconds(
        (i) => (i % 256) << 24,
        (i) => (i >> 8) << 20,
      ),
    ).toBeLessThan(most);
  });
});

describe('stableOrder', () => {
  it('sorts as a plain stable sort does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (keys) => {
        const expected = keys
          .map((key, i) => ({ key, i }))
          .sort((a, b) => a.key - b.key)
          .map(({ i }) => i);
        const order = stableOrder(Float64Array.from(keys));
        expect(order === null ? keys.map((_, i) => i) : [...order]).toEqual(expected);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('ProfileBuilder', () => {
  it('interns functions, frames and stacks', () => {
    const builder = new ProfileBuilder();
    builder.addSampleType('samples', 'count');
    const name = builder.string('f');
    const func = builder.func(name, -1, 3, 0);
    expect(builder.func(builder.string('f'), -1, 3, 0)).toBe(func);
    const plain = builder.frame(func, 4, false);
    expect(builder.frame(func, 4, true)).not.toBe(plain);
    const root = builder.stack(-1, plain);
    const leaf = builder.stack(root, plain);
    expect([builder.stack(-1, plain), builder.stack(root, plain)]).toEqual([root, leaf]);
    builder.setValue(builder.addSample(leaf, 0, null, -1), 0, 2.5);
    const profile = finish(builder);
    expect(profile.strings).toEqual(['', 'f']);
    expect([...profile.stacks.prefix]).toEqual([-1, root]);
    expect(profile.samples).toEqual({
      length: 1,
      stack: Int32Array.of(leaf),
      thread: null,
      time: null,
      values: [Float64Array.of(2.5)],
      labelSet: null,
    });
    expect(profile.threads).toHaveLength(1);
  });

  it('keeps label sets apart by key, value, unit and order, and equal ones together', () => {
    const builder = new ProfileBuilder();
    builder.addSampleType('samples', 'count');
    const [key, text, bytes] = ['key', 'text', 'bytes'].map((word) => builder.string(word));
    const set = (...add: (() => void)[]): number => {
      builder.labels.begin();
      for (const one of add) {
        one();
      }
      return builder.labels.end();
    };
    const asText = () => builder.labels.addText(key, text);
    const asNumber = () => builder.labels.addNumber(key, -7, bytes);
    const sets = [set(), set(asText), set(asText, asNumber), set(asNumber), set(asText), set(asText, asNumber)];
    expect(sets).toEqual([-1, 0, 1, 2, 0, 1]);
    for (const labelSet of sets) {
      builder.addSample(-1, 0, null, labelSet);
    }
    const { labels, samples } = finish(builder);
    expect([...labels.offset]).toEqual([0, 1, 3, 4]);
    expect([...labels.text]).toEqual([text, text, -1, -1]);
    expect([...labels.number]).toEqual([0, 0, -7, -7]);
    expect([...labels.unit]).toEqual([-1, -1, bytes, bytes]);
    expect([...samples.labelSet!]).toEqual(sets);
  });

  it('sorts samples by time where a thread is out of order, and joins single samples and blocks', () => {
    const builder = new ProfileBuilder();
    builder.addSampleType('samples', 'count');
    builder.addThread({ name: 'a', process: null, pid: null, tid: null });
    builder.addThread({ name: 'b', process: null, pid: null, tid: null });
    const frame = builder.frame(builder.func(builder.string('f'), -1, 0, 0), 0, false);
    const stack = builder.stack(-1, frame);
    const add = (thread: number, time: number, value: number): void => {
      builder.setValue(builder.addSample(stack, thread, time, -1), 0, value);
    };
    add(0, 50, 1);
    builder.addSamples({
      stack: Int32Array.of(stack, -1),
      thread: 1,
      time: Float64Array.of(10, 40),
      values: [Float64Array.of(2, 3)],
    });
    add(0, 20, 4);
    const { samples } = finish(builder);
    expect([...samples.time!]).toEqual([10, 20, 40, 50]);
    expect([...samples.values[0]]).toEqual([2, 4, 3, 1]);
    expect([...samples.thread!]).toEqual([1, 0, 1, 0]);
    expect([...samples.stack]).toEqual([stack, stack, -1, stack]);
  });

  it('has times for all samples or for none', () => {
    const builder = new ProfileBuilder();
    builder.addSampleType('samples', 'count');
    builder.addSample(-1, 0, 5, -1);
    builder.addSample(-1, 0, null, -1);
    expect(finish(builder).samples.time).toBeNull();
  });

  it('sorts leaf lines and adds up equal ones, in any order that they come', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.nat(5),
            fc.integer({ min: 1, max: 4 }),
            fc.nat(9),
            fc.constantFrom('', '', 'own.ts', 'b.ts', 'c.ts'),
          ),
        ),
        fc.boolean(),
        (rows, atOnce) => {
          const builder = new ProfileBuilder();
          builder.addSampleType('samples', 'count');
          const own = builder.string('own.ts');
          for (let i = 0, stack = -1; i < 6; i++) {
            stack = builder.stack(stack, builder.frame(builder.func(builder.string('f'), own, 0, 0), 0, false));
          }
          const files = rows.map((row) => (row[3] === '' ? -1 : builder.string(row[3])));
          if (atOnce) {
            const column = (at: 0 | 1 | 2): number[] => rows.map((row) => row[at]);
            const stacks = [-1, ...column(0)];
            builder.addLeafLines(
              Int32Array.from(stacks),
              Int32Array.of(1, ...column(1)),
              Float64Array.of(1, ...column(2)),
              stacks.length,
              false,
              files.every((file) => file < 0) ? null : Int32Array.of(-1, ...files),
            );
          } else {
            rows.forEach(([stack, line, ticks], i) => {
              builder.addLeafLine(stack, line, ticks, files[i]);
            });
          }
          const expected = new Map<string, number>();
          const otherFile = (row: (typeof rows)[number]): string => (row[3] === 'own.ts' ? '' : row[3]);
          const sorted = [...rows].sort((a, b) => a[0] - b[0] || order(otherFile(a), otherFile(b)) || a[1] - b[1]);
          for (const row of sorted) {
            const key = `${row[0]} ${otherFile(row)} ${row[1]}`;
            expected.set(key, (expected.get(key) ?? 0) + row[2]);
          }
          const profile = finish(builder);
          const { leafLines, strings } = profile;
          expect(checkProfile(profile)).toEqual([]);
          const actual =
            leafLines === null
              ? []
              : [...leafLines.stack].map((stack, i) => [
                  `${stack} ${leafLines.file === null ? '' : (strings[leafLines.file[i]] ?? '')} ${leafLines.line[i]}`,
                  leafLines.ticks[i],
                ]);
          // Files are sorted by when they were first seen.
          function order(a: string, b: string): number {
            return (a === '' ? -1 : builder.string(a)) - (b === '' ? -1 : builder.string(b));
          }
          expect(actual).toEqual([...expected]);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});
