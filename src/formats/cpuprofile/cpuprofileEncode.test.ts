import { describe, expect, it } from 'vitest';
import { decode, readFixture, sum } from '../../../test/support/profiles';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { pprof } from '../pprof/pprof';
import { cpuprofile } from './cpuprofile';

describe('what is written as .cpuprofile', () => {
  function profileOf(types: [string, string][], byDefault: number, rows: number[][]): Profile {
    const builder = new ProfileBuilder();
    for (const [type, unit] of types) {
      builder.addSampleType(type, unit);
    }
    rows.forEach((values, i) => {
      const frame = builder.frame(builder.func(builder.string(`f${i}`), -1, 0, 0), 0, false);
      const row = builder.addSample(builder.stack(-1, frame), 0, null, -1);
      values.forEach((value, type) => {
        builder.setValue(row, type, value);
      });
    });
    return builder.finish({
      formats: ['pprof'],
      durationMs: null,
      startTimeMs: null,
      defaultSampleType: byDefault,
      lines: 'none',
      notes: [],
    });
  }

  const written = (profile: Profile): { nodes: { hitCount: number }[]; samples: number[]; timeDeltas: number[] } =>
    JSON.parse(new TextDecoder().decode(cpuprofile.encode!(profile)));
  const again = (profile: Profile): Profile => decode(cpuprofile, cpuprofile.encode!(profile));
  const go: [string, string][] = [
    ['samples', 'count'],
    ['cpu', 'nanoseconds'],
  ];

  it('has as many samples as were counted, and their time', () => {
    const profile = profileOf(go, 1, [
      [3, 30_000_000],
      [1, 10_000_000],
      [0, 0],
      [2, 20_000_000],
    ]);
    const file = written(profile);
    expect(file.samples).toEqual([2, 2, 2, 3, 5, 5]);
    expect(file.timeDeltas).toEqual([0, 10_000, 10_000, 10_000, 10_000, 10_000]);
    expect(file.nodes.map(({ hitCount }) => hitCount)).toEqual([0, 3, 1, 2]);
    expect(again(profile).samples.values.map(sum)).toEqual([6, 60_000]);
    const cpu = decode(pprof, readFixture('go-cpu.pb.gz'));
    const [samples, time] = again(cpu).samples.values;
    expect(sum(samples)).toBe(sum(cpu.samples.values[0]));
    expect(sum(time)).toBe(sum(cpu.samples.values[1]) / 1000);
  });

  it('has a sample for each value of a time alone, and a millisecond for each sample without one', () => {
    expect(again(profileOf([['delay', 'ms']], 0, [[5], [7]])).samples.values.map((v) => [...v])).toEqual([
      [1, 1],
      [5000, 7000],
    ]);
    // Fractions add up.
    const halves = again(profileOf([['samples', 'count']], 0, [[0.5], [0.5], [0.5], [0.5]]));
    expect(halves.samples.values.map(sum)).toEqual([2, 2000]);
  });

  /** Rows of stack (-1 for none), nanoseconds from the start, and values. */
  function timedOf(types: [string, string][], byDefault: number, rows: [number, number, ...number[]][]): Profile {
    const builder = new ProfileBuilder();
    for (const [type, unit] of types) {
      builder.addSampleType(type, unit);
    }
    for (const [func, time, ...values] of rows) {
      const frame = builder.frame(builder.func(builder.string(`f${func}`), -1, 0, 0), 0, false);
      const row = builder.addSample(func < 0 ? -1 : builder.stack(-1, frame), 0, time, -1);
      values.forEach((value, type) => {
        builder.setValue(row, type, value);
      });
    }
    return builder.finish({
      formats: ['perf'],
      durationMs: null,
      startTimeMs: null,
      defaultSampleType: byDefault,
      lines: 'none',
      notes: [],
    });
  }

  const columns = ({ samples }: Profile): number[][] => [
    [...samples.stack],
    [...(samples.time ?? [])],
    ...samples.values.map((of) => [...of]),
  ];

  it('gives no sample the time after it in which nothing was recorded', () => {
    const read = again(
      timedOf(go, 1, [
        [0, 0, 1, 1_000_000],
        [-1, 1_000_000, 1, 1_000_000],
        [1, 50_000_000, 1, 1_000_000],
        [0, 90_000_000, 2, 2_000_000],
      ]),
    );
    const names = [...read.samples.stack].map((stack) => read.strings[read.functions.name[read.stacks.frame[stack]]]);
    expect([names, ...columns(read).slice(1)]).toEqual([
      ['f0', '(no stack)', 'f1', 'f0', 'f0'],
      [0, 1e6, 50e6, 90e6, 91e6],
      [1, 1, 1, 1, 1],
      [1000, 1000, 1000, 1000, 1000],
    ]);
  });

  it('takes for the time of samples only what they have themselves', () => {
    const types: [string, string][] = [
      ['samples', 'count'],
      ['lock', 'nanoseconds'],
    ];
    const rows: [number, number, number, number][] = [
      [0, 0, 1, 0],
      [1, 5_000_000, 0, 7_000_000],
      [0, 20_000_000, 1, 0],
    ];
    const [stack, , counts, time] = columns(again(timedOf(types, 0, rows)));
    expect([stack.length, sum(counts), sum(time)]).toEqual([2, 2, 2000]);
    // The other way round, the samples are not what the locks count.
    expect(sum(columns(again(timedOf(types, 1, rows)))[3])).toBe(7000);
    // Of several events each has its own count.
    const events: [string, string][] = [
      ['samples', 'count'],
      ['samples:cpu', 'count'],
      ['cpu', 'nanoseconds'],
    ];
    const both = again(
      timedOf(events, 2, [
        [0, 0, 1, 1, 1_000_000],
        [1, 0, 1, 0, 0],
      ]),
    );
    expect(both.samples.values.map(sum)).toEqual([1, 1000]);
  });

  it.each([
    ['bytes', [['alloc_space', 'bytes']], [[5]], /has alloc_space in bytes, but a .cpuprofile holds time/],
    ['objects', [['alloc_objects', 'count']], [[5]], /has alloc_objects in count, but/],
    ['negative counts', [['samples', 'count']], [[5], [-1]], /negative values of samples/],
    ['too many samples', [['samples', 'count']], [[1e12], [1e300]], /Emberline writes at most 30000000/],
  ] as [string, [string, string][], number[][], RegExp][])('refuses %s', (_, types, rows, sentence) => {
    expect(() => cpuprofile.encode!(profileOf(types, 0, rows))).toThrow(sentence);
  });
});
