import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Profile as OracleProfile } from 'pprof-format';
import { describe, expect, it } from 'vitest';
import { message, written } from '../../../test/support/pprofMessages';
import {
  decode,
  fixtures,
  frameFile,
  frameName,
  naiveTotals,
  readFixture,
  type SelfTotal,
  seeded,
  sourceOf,
  stackNames,
  sum,
} from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { pprof } from './pprof';

/** Rows of `go tool pprof -top` with its unit: name to flat and cum. */
function readOracle(name: string): Map<string, SelfTotal> {
  const text = readFileSync(join(fixtures, 'oracle', name), 'utf8');
  const rows = new Map<string, SelfTotal>();
  for (const match of text.matchAll(
    /^ *(-?\d+)(?:ns|B)? +[\d.]+% +[\d.]+% +(-?\d+)(?:ns|B)? +[\d.]+% +(.*?)( \(inline\)| \(partial-inline\))?$/gm,
  )) {
    rows.set(match[3], { self: Number(match[1]), total: Number(match[2]) });
  }
  return rows;
}

describe.each([
  ['go-cpu.pb.gz', 'cpu', 'go-cpu'],
  ['go-cpu.pb.gz', 'samples', 'go-cpu-samples'],
  ['go-heap.pb.gz', 'inuse_space', 'go-heap'],
  ['go-heap.pb.gz', 'alloc_space', 'go-heap-alloc'],
])('%s, type %s', (file, type, oracle) => {
  const profile = decode(pprof, readFixture(file));
  const index = profile.sampleTypes.findIndex((sampleType) => sampleType.type === type);

  it('is sound', () => {
    expect(checkProfile(profile)).toEqual([]);
    expect(index).toBeGreaterThanOrEqual(0);
    expect(profile.meta.lines).toBe('call');
  });

  it('has the functions that go tool pprof shows', () => {
    const expected = readOracle(`${oracle}.functions.txt`);
    const actual = naiveTotals(profile, index, (frame) => frameName(profile, frame));
    expect(expected.size).toBeGreaterThan(5);
    for (const [name, value] of expected) {
      expect([name, actual.get(name)]).toEqual([name, value]);
    }
  });

  it('has the lines that go tool pprof shows', () => {
    const expected = readOracle(`${oracle}.lines.txt`);
    const actual = naiveTotals(profile, index, (frame) => {
      // pprof shortens nothing but what it shows of a trimmed path: a name, a file, a line.
      return `${frameName(profile, frame)} ${frameFile(profile, frame)}:${profile.frames.line[frame]}`;
    });
    expect(expected.size).toBeGreaterThan(5);
    for (const [name, value] of expected) {
      expect([name, actual.get(name)]).toEqual([name, value]);
    }
  });

  it('has what a second decoder reads', () => {
    const second = OracleProfile.decode(readFixture(file));
    const text = (at: number | bigint): string => second.stringTable.strings[Number(at)];
    expect(profile.sampleTypes).toEqual(second.sampleType.map((t) => ({ type: text(t.type), unit: text(t.unit) })));
    expect(profile.samples.length).toBe(second.sample.length);
    const functions = new Map(second.function.map((f) => [Number(f.id), f]));
    const locations = new Map(second.location.map((l) => [Number(l.id), l]));
    second.sample.forEach((sample, row) => {
      const names = sample.locationId
        .flatMap((id) =>
          locations.get(Number(id))!.line.map((line) => text(functions.get(Number(line.functionId))!.name)),
        )
        .reverse();
      expect(stackNames(profile, profile.samples.stack[row])).toEqual(names);
      expect(profile.samples.values.map((column) => column[row])).toEqual(sample.value.map(Number));
      const set = profile.samples.labelSet === null ? -1 : profile.samples.labelSet[row];
      const { labels } = profile;
      const entries = [];
      for (let i = set < 0 ? 0 : labels.offset[set]; i < (set < 0 ? 0 : labels.offset[set + 1]); i++) {
        entries.push([
          profile.strings[labels.key[i]],
          labels.text[i] < 0 ? labels.number[i] : profile.strings[labels.text[i]],
        ]);
      }
      expect(entries).toEqual(
        sample.label.map((label) => [text(label.key), Number(label.str) === 0 ? Number(label.num) : text(label.str)]),
      );
    });
    expect(profile.meta.durationMs ?? 0).toBeCloseTo(Number(second.durationNanos) / 1e6, 3);
    expect(profile.meta.startTimeMs).toBeCloseTo(Number(second.timeNanos) / 1e6, 0);
  });

  it('is the same after writing and reading', () => {
    const again = decode(pprof, pprof.encode!(profile));
    expect(checkProfile(again)).toEqual([]);
    expect(again.sampleTypes).toEqual(profile.sampleTypes);
    expect(again.meta.defaultSampleType).toBe(profile.meta.defaultSampleType);
    const key = (p: typeof profile) => (frame: number) =>
      `${frameName(p, frame)} ${frameFile(p, frame)}:${p.frames.line[frame]} ${p.frames.inlined[frame]}`;
    expect(naiveTotals(again, index, key(again))).toEqual(
      withoutZero(naiveTotals(profile, index, key(profile)), again),
    );
  });
});

/** Writing leaves out samples whose values are all zero; so does this. */
function withoutZero(totals: Map<string, SelfTotal>, again: ReturnType<typeof decode>): Map<string, SelfTotal> {
  const known = new Set<string>();
  for (let frame = 0; frame < again.frames.length; frame++) {
    known.add(
      `${frameName(again, frame)} ${frameFile(again, frame)}:${again.frames.line[frame]} ${again.frames.inlined[frame]}`,
    );
  }
  return new Map([...totals].filter(([key]) => known.has(key)));
}

describe('pprof, refused or bounded', () => {
  it.each([
    ['nothing', new Uint8Array(0), /empty/],
    ['text', new TextEncoder().encode('hello world'), /pprof profile/],
    ['a length beyond the end', new Uint8Array([0x0a, 0xff, 0xff, 0xff, 0xff, 0x07, 0x08]), /truncated/],
    ['no sample type', written((pbf) => pbf.writeStringField(6, '')), /no sample type/],
    ['no strings', written((pbf) => message(pbf, 1, [[1, 77]])), /ends before its strings: .* truncated \(at byte 4\)/],
    [
      'a string that is not there',
      written((pbf) => {
        message(pbf, 1, [[1, 77]]);
        pbf.writeStringField(6, '');
      }),
      /ends after 1 strings, but refers to string 77: .* truncated \(at byte 6\)/,
    ],
    [
      'a string index below zero',
      written((pbf) => {
        message(pbf, 1, [[1, -1]]);
        pbf.writeStringField(6, '');
      }),
      /Expected the index of a string/,
    ],
    [
      'too few values',
      written((pbf) => {
        message(pbf, 1, [[1, 0]]);
        message(pbf, 2, [[1, 1]]);
        pbf.writeStringField(6, '');
      }),
      /Expected 1 values .* found 0 \(at byte/,
    ],
  ])('refuses %s', (_, bytes, sentence) => {
    expect(() => decode(pprof, bytes)).toThrow(sentence);
    expect(() => decode(pprof, bytes)).toThrow(expect.objectContaining({ name: 'DecodeError' }));
  });

  /** Two locations with `lines` inlined lines each, and samples as lists of them. */
  function inlined(lines: number, samples: number[][]): Uint8Array {
    return written((pbf) => {
      message(pbf, 1, [
        [1, 1],
        [2, 1],
      ]);
      for (const ids of samples) {
        pbf.writeMessage(
          2,
          () => {
            pbf.writePackedVarint(1, ids);
            pbf.writePackedVarint(2, [1]);
          },
          undefined,
        );
      }
      for (const id of [1, 2]) {
        pbf.writeMessage(
          4,
          () => {
            pbf.writeVarintField(1, id);
            for (let i = 0; i < lines; i++) {
              message(pbf, 4, [
                [1, id],
                [2, (i % 100) + 1],
              ]);
            }
          },
          undefined,
        );
        message(pbf, 5, [
          [1, id],
          [2, id],
        ]);
      }
      for (const text of ['', 'cpu', 'main']) {
        pbf.writeStringField(6, text);
      }
    });
  }

  /** A chain of calls, every third inlined into its caller, with a sample of 2^level at each level. */
  function chain(depth: number, functions: number): Profile {
    const builder = new ProfileBuilder();
    builder.addSampleType('samples', 'count');
    let stack = -1;
    for (let i = 0; i < depth; i++) {
      const func = builder.func(builder.string(`f${i % functions}`), -1, 0, 0);
      stack = builder.stack(stack, builder.frame(func, 1, i % 3 === 2));
      const row = builder.addSample(stack, 0, null, -1);
      builder.setValue(row, 0, 2 ** (i % 40));
    }
    return builder.finish({
      formats: ['folded'],
      durationMs: null,
      startTimeMs: null,
      defaultSampleType: 0,
      lines: 'call',
      notes: [],
    });
  }

  it('writes deep stacks, and refuses what would be too large', () => {
    const profile = chain(300, 200);
    const bytes = pprof.encode!(profile);
    const again = decode(pprof, bytes);
    const names = (p: Profile): unknown =>
      Array.from(p.samples.stack, (stack, row) => [p.samples.values[0][row], stackNames(p, stack)]);
    expect(names(again)).toEqual(names(profile));
    expect([...again.stacks.frame].map((frame) => again.frames.inlined[frame])).toEqual(
      [...profile.stacks.frame].map((frame) => profile.frames.inlined[frame]),
    );
    OracleProfile.decode(bytes).sample.forEach((sample, i) => {
      expect(sample.locationId).toHaveLength(i + 1 - Math.floor((i + 1) / 3));
    });
    expect(() => pprof.encode!(chain(99_999, 100))).toThrow(/^Written as a pprof profile, .* 1024 MiB/);
    expect(() => pprof.encode!(chain(100_001, 100))).toThrow(/has 100001 frames/);
  });

  it('refuses stacks that are too deep, or too many for the size of the file', () => {
    const deep = inlined(10_000, [[1], new Array(3000).fill(1)]);
    expect(() => decode(pprof, deep)).toThrow(/at most 100000 frames in a stack .* \(at byte \d+\)/);
    expect(() => decode(pprof, inlined(1, [new Array(100_001).fill(1)]))).toThrow(/at most 100000 frames/);
    const widest = decode(pprof, inlined(10_000, [new Array(10).fill(1)]));
    expect(widest.stacks.length).toBe(100_000);
    // Every sample is another path through two locations: a stack of 100,000 new frames for 100 bytes.
    const random = seeded(5);
    const many = inlined(
      1000,
      Array.from({ length: 300 }, () => Array.from({ length: 100 }, () => (random() < 0.5 ? 1 : 2))),
    );
    expect(many.length).toBeLessThan(60_000);
    expect(() => decode(pprof, many)).toThrow(/at most \d+ different stacks .* \(at byte \d+\)/);
  });

  it('makes no columns for samples that cannot be there', () => {
    const bytes = written((pbf) => {
      for (let type = 0; type < 1000; type++) {
        message(pbf, 1, [[1, 0]]);
      }
      for (let sample = 0; sample < 500_000; sample++) {
        message(pbf, 2, []);
      }
      pbf.writeStringField(6, '');
    });
    const before = process.memoryUsage().arrayBuffers;
    // Four gigabytes, were they.
    expect(() => decode(pprof, bytes)).toThrow(/Expected 1000 values .* found 0 \(at byte/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(300e6);
  });

  it('walks a long location once for each stack below it, and reports meanwhile', () => {
    // Each has another innermost location, of which none is in the file, so that no two samples have the same bytes.
    const samples = Array.from({ length: 20_000 }, (_, i) => [3 + i, ...new Array(99).fill(1)]);
    let checkpoints = 0;
    const source = sourceOf(inlined(1000, samples));
    // 2,000,000,000 frames, were each sample walked.
    const profile = pprof.decode(source, { checkpoint: () => checkpoints++ });
    expect(profile.stacks.length).toBe(99_001);
    expect(new Set(profile.samples.stack)).toEqual(new Set([99_000]));
    expect(checkpoints).toBeGreaterThan(5);
  });

  it('says of every truncation that the file may be truncated, or where it cannot be read', () => {
    const bytes = readFixture('go-cpu.pb.gz');
    const whole = decode(pprof, bytes).samples.length;
    for (let length = 1; length < bytes.length; length += 37) {
      try {
        // A cut between records behind the strings misses nothing that is shown.
        expect(decode(pprof, bytes.subarray(0, length)).samples.length).toBe(whole);
      } catch (error) {
        expect(String(error)).toMatch(/^DecodeError: .*(truncated|cannot be read|names no sample type).*/);
      }
    }
  });

  it("sums up to the file's own total when it is cut at a record", () => {
    const whole = decode(pprof, readFixture('go-cpu.pb.gz'));
    expect(sum(whole.samples.values[1])).toBe(sum(whole.samples.values[0]) * 10_000_000);
  });
});
