import { describe, expect, it } from 'vitest';
import {
  decode,
  frameFile,
  frameName,
  naiveTotals,
  readFixture,
  seeded,
  stackNames,
  sum,
} from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { folded } from '../folded/folded';
import { pprof } from '../pprof/pprof';
import { speedscope } from './speedscope';

type Event = [type: 'O' | 'C', frame: number, at: number];

const frames = ['a', 'b', 'c'].map((name) => ({ name, file: `/${name}.js`, line: 3, col: 7 }));

function evented(events: Event[], more: object = {}): object {
  return {
    type: 'evented',
    name: 'main',
    unit: 'milliseconds',
    startValue: 10,
    endValue: 30,
    events: events.map(([type, frame, at]) => ({ type, frame, at })),
    ...more,
  };
}

function sampled(samples: number[][], weights: number[], more: object = {}): object {
  return { type: 'sampled', name: 'one', unit: 'none', startValue: 0, endValue: 9, samples, weights, ...more };
}

function file(profiles: object[], more: object = {}): string {
  const $schema = 'https://www.speedscope.app/file-format-schema.json';
  return JSON.stringify({ $schema, shared: { frames }, profiles, ...more });
}

/** Stack, thread, time and value of each row. */
function rows(profile: Profile, type = profile.meta.defaultSampleType): [string, number, number | null, number][] {
  expect(checkProfile(profile)).toEqual([]);
  const { samples } = profile;
  return [...samples.stack].map((stack, row) => [
    stackNames(profile, stack).join(';'),
    samples.thread?.[row] ?? 0,
    samples.time?.[row] ?? null,
    samples.values[type][row],
  ]);
}

const nested: Event[] = [
  ['O', 0, 10],
  ['O', 1, 12.5],
  ['C', 1, 14],
  ['C', 0, 15],
  ['O', 0, 20],
  ['O', 0, 20],
  ['C', 0, 21],
  ['C', 0, 21],
];

describe('speedscope', () => {
  it('reads evented profiles, whatever the chunks', () => {
    for (const text of [file([evented(nested)]), JSON.stringify(JSON.parse(file([evented(nested)])), null, 2)]) {
      for (const chunk of [1, 2, 7, 64, 1000, 1 << 16]) {
        const profile = decode(speedscope, text, chunk);
        expect(rows(profile)).toEqual([
          ['a', 0, 0, 2.5],
          ['a;b', 0, 2.5e6, 1.5],
          ['a', 0, 4e6, 1],
          ['a;a', 0, 10e6, 1],
        ]);
        expect(profile.sampleTypes).toEqual([{ type: 'time', unit: 'milliseconds' }]);
        expect(profile.meta).toMatchObject({ durationMs: 20, defaultSampleType: 0, lines: 'call', notes: [] });
        expect([...profile.frames.line]).toEqual([3, 3]);
      }
    }
  });

  it('reads long runs of events as it reads them one by one', () => {
    const random = seeded(3);
    const events: Event[] = [];
    const stack: number[] = [];
    let at = 0;
    for (let i = 0; i < 6000; i++) {
      at += Math.floor(random() * 3) / 4;
      const roll = random();
      if (stack.length === 0 || (roll < 0.5 && stack.length < 9)) {
        stack.push(Math.floor(random() * 3));
        events.push(['O', stack.at(-1)!, at]);
      } else {
        const frame = stack.pop()!;
        events.push(['C', roll > 0.98 ? (frame + 1) % 3 : frame, roll > 0.97 ? at - 1 : at]);
      }
    }
    const of = (text: string, chunk: number): unknown => {
      const profile = decode(speedscope, text, chunk);
      return [rows(profile), profile.meta];
    };
    const plain = file([evented(events)]);
    // A member that no template has: each event is read by itself.
    const other = plain.replaceAll('"type":"', '"x":0,"type":"').replace('{"x":0,"type":"evented', '{"type":"evented');
    const expected = of(other, 1 << 16);
    expect(of(plain, 1 << 16)).toEqual(expected);
    expect(of(plain, 777)).toEqual(expected);
    expect(of(plain.replaceAll(',"at"', ' , "at"'), 5000)).toEqual(expected);
    expect(of(plain.replaceAll(/("frame":\d+),("at":[^}]+)/g, '$2,$1'), 5000)).toEqual(expected);
  });

  it.each<[string, Event[], [string, number][], RegExp]>([
    [
      'frames left open',
      [
        ['O', 0, 10],
        ['O', 1, 12],
      ],
      [
        ['a', 2],
        ['a;b', 18],
      ],
      /^2 frames do not end in the file/,
    ],
    [
      'the end of a caller first',
      [
        ['O', 0, 10],
        ['O', 1, 12],
        ['C', 0, 14],
      ],
      [
        ['a', 2],
        ['a;b', 2],
      ],
      /^One frame does not end before/,
    ],
    [
      'an end alone',
      [
        ['C', 2, 10],
        ['O', 0, 11],
        ['C', 1, 12],
        ['C', 0, 13],
      ],
      [
        ['a', 1],
        ['a', 1],
      ],
      /^2 events are left out/,
    ],
    [
      'time that runs back',
      [
        ['O', 0, 12],
        ['O', 1, 11],
        ['C', 1, 13],
        ['C', 0, 14],
      ],
      [
        ['a;b', 1],
        ['a', 1],
      ],
      /^One event is earlier/,
    ],
    [
      'unknown frames',
      [
        ['O', 7, 10],
        ['C', 7, 11],
        ['O', 0, 11],
        ['C', 0, 12],
      ],
      [
        ['(unknown frame)', 1],
        ['a', 1],
      ],
      /^One stack has a frame/,
    ],
  ])('repairs %s, and says so', (_, events, expected, note) => {
    const profile = decode(speedscope, file([evented(events)]));
    expect(rows(profile).map(([stack, , , value]) => [stack, value])).toEqual(expected);
    expect(profile.meta.notes).toHaveLength(1);
    expect(profile.meta.notes[0]).toMatch(note);
  });

  it('reads sampled profiles: each a thread, each unit a sample type, members in any order', () => {
    const profiles = [
      sampled([[0, 1], [0, 1], [], [0]], [0.25, 0.5, 1, 2], { unit: 'seconds', startValue: 1, endValue: 4.75 }),
      sampled([[2], [0, 2]], [5, 6], { name: 'two', startValue: 2, endValue: 3, unit: 'seconds' }),
    ];
    const text = file(profiles);
    const turned = JSON.stringify({
      activeProfileIndex: 1,
      profiles: profiles.map((of) => Object.fromEntries(Object.entries(of).reverse())),
      shared: { frames },
    });
    for (const input of [text, turned]) {
      for (const chunk of [1, 5, 1 << 16]) {
        const profile = decode(speedscope, input, chunk);
        expect(profile.sampleTypes).toEqual([
          { type: 'samples', unit: 'count' },
          { type: 'time', unit: 'seconds' },
        ]);
        expect(profile.meta.defaultSampleType).toBe(1);
        expect(rows(profile).sort((a, b) => a[1] - b[1] || a[2]! - b[2]!)).toEqual([
          ['a;b', 0, 0, 0.25],
          ['a;b', 0, 0.25e9, 0.5],
          ['a', 0, 1.75e9, 2],
          ['c', 1, 1e9, 5],
          ['a;c', 1, 6e9, 6],
        ]);
        expect(sum(profile.samples.values[0])).toBe(5);
        expect(profile.threads.map(({ name }) => name)).toEqual(['one', 'two']);
      }
    }
  });

  it('keeps units apart, and takes numbers without one for samples', () => {
    const mixed = decode(
      speedscope,
      file([sampled([[0]], [3]), sampled([[1]], [4], { unit: 'bytes' }), evented(nested)], { activeProfileIndex: 1 }),
    );
    expect(mixed.sampleTypes.map(({ type, unit }) => `${type} ${unit}`)).toEqual([
      'samples count',
      'bytes bytes',
      'time milliseconds',
    ]);
    expect(mixed.meta.defaultSampleType).toBe(1);
    expect(mixed.samples.values.map(sum)).toEqual([4, 4, 6]);
    const counted = decode(speedscope, file([sampled([[0], [1]], [3, 4])]));
    expect(counted.sampleTypes).toEqual([{ type: 'samples', unit: 'count' }]);
    expect(rows(counted)).toEqual([
      ['a', 0, null, 3],
      ['b', 0, null, 4],
    ]);
  });

  it.each([
    ['Thread 12 "worker"', { name: 'worker', pid: null, tid: 12 }],
    ['Process 3 Thread 0x7F00 "x"', { name: 'x', pid: 3, tid: null }],
    ['Thread (55)', { name: 'Thread (55)', pid: null, tid: 55 }],
  ])('reads the thread of %s', (name, thread) => {
    expect(decode(speedscope, file([sampled([[0]], [1], { name })])).threads[0]).toMatchObject(thread);
  });

  it('leaves samples without weights out, and says so', () => {
    const profile = decode(speedscope, file([sampled([[0], [1], [2]], [3, 4])]));
    expect(rows(profile)).toHaveLength(2);
    expect(profile.meta.notes).toEqual(['One sample has no weight, or one weight no sample: it is left out.']);
  });

  it.each([
    ['nothing', '', /ends in the middle of a speedscope file/],
    ['no frames', '{"profiles":[]}', /it has no list of frames/],
    ['no profiles', file([]), /it has no profile/],
    ['a cut file', file([evented(nested)]).slice(0, -40), /ends in the middle/],
    ['no JSON', '{"shared":{"frames":[?', /found "\?".*\(at byte 21\)/],
  ])('refuses %s', (_, input, sentence) => {
    expect(() => decode(speedscope, input)).toThrow(sentence);
    expect(() => decode(speedscope, input)).toThrow(expect.objectContaining({ name: 'DecodeError' }));
  });

  it('is recognised by its schema or by what it holds', () => {
    const detect = (text: string, name = 'x.json'): string => speedscope.detect(new TextEncoder().encode(text), name);
    expect(detect(file([evented(nested)]))).toBe('certain');
    expect(detect(' {"shared": {"frames": [')).toBe('certain');
    expect(detect('{"profiles": [{"name": "x", "type": "sampled"')).toBe('certain');
    expect(detect('{"nodes":[]}')).toBe('no');
    expect(detect('{"nodes":[]}', 'x.speedscope.json')).toBe('possible');
    expect(detect('a;b 1')).toBe('no');
  });

  it('writes what it reads again: samples in order, gaps, threads and sample types', () => {
    const profile = decode(speedscope, file([evented(nested), evented(nested, { name: 'other', startValue: 12 })]));
    const again = decode(speedscope, speedscope.encode!(profile));
    const shown = (p: Profile): unknown => rows(p).filter(([stack]) => stack !== '');
    expect(shown(again)).toEqual(shown(profile));
    expect(again.threads).toEqual(profile.threads);
    expect(again.sampleTypes).toEqual(profile.sampleTypes);
    expect(again.meta.lines).toBe('call');
    const builder = new ProfileBuilder();
    builder.addSampleType('inuse_space', 'bytes');
    builder.addThread({ name: 'main', process: 'p "q"', pid: 4, tid: 5 });
    const func = builder.func(builder.string('fünf'), builder.string('/x.js'), 12, 34);
    builder.setValue(builder.addSample(builder.stack(-1, builder.frame(func, 0, false)), 0, null, -1), 0, 77);
    const heap = builder.finish({
      formats: ['pprof'],
      durationMs: null,
      startTimeMs: null,
      defaultSampleType: 0,
      lines: 'declaration',
      notes: [],
    });
    const read = decode(speedscope, speedscope.encode!(heap));
    expect(read.threads).toEqual(heap.threads);
    expect(read.sampleTypes).toEqual(heap.sampleTypes);
    expect([read.functions.line[0], read.functions.column[0], read.meta.lines]).toEqual([12, 34, 'declaration']);
    expect(rows(read)).toEqual([['fünf', 0, null, 77]]);
    // Folded stacks have neither threads nor times of their own: each stack comes once.
    const flat = decode(speedscope, speedscope.encode!(decode(folded, 'a;b 1\na;b 2\na 4\n')));
    expect(rows(flat).map(([stack, , , value]) => [stack, value])).toEqual([
      ['a', 4],
      ['a;b', 3],
    ]);
  });

  it('counts no time without a stack, as speedscope does, unless a sample had none', () => {
    const gap = sampled([[0], [], [1]], [1, 80, 2], { unit: 'milliseconds' });
    expect(rows(decode(speedscope, file([gap]))).map(([stack, , , value]) => [stack, value])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    const builder = new ProfileBuilder();
    builder.addSampleType('time', 'nanoseconds');
    builder.addThread({ name: 'idle', process: null, pid: null, tid: null });
    builder.addThread({ name: 'busy', process: null, pid: null, tid: null });
    const stack = builder.stack(-1, builder.frame(builder.func(builder.string('f'), -1, 0, 0), 0, false));
    builder.setValue(builder.addSample(stack, 0, 0, -1), 0, 0);
    builder.setValue(builder.addSample(stack, 1, 0, -1), 0, 5);
    builder.setValue(builder.addSample(-1, 1, 50, -1), 0, 7);
    const profile = builder.finish({
      formats: ['perf'],
      durationMs: null,
      startTimeMs: null,
      defaultSampleType: 0,
      lines: 'none',
      notes: [],
    });
    const written = JSON.parse(new TextDecoder().decode(speedscope.encode!(profile)));
    // A thread without a value would be an empty page.
    expect(written.profiles.map(({ name, weights }: { name: string; weights: number[] }) => [name, weights])).toEqual([
      ['busy', [5, 45, 7]],
    ]);
    expect(rows(decode(speedscope, speedscope.encode!(profile)))).toEqual([
      ['f', 0, 0, 5],
      ['(no stack)', 0, 50, 7],
    ]);
  });

  it('is not written of negative values, which speedscope does not open', () => {
    expect(() => speedscope.encode!(decode(folded, 'a;b 1\na -2\n'))).toThrow(/negative values of samples/);
  });

  it("agrees with the plain sum of py-spy's seconds, by thread and line", () => {
    const profile = decode(speedscope, readFixture('speedscope/py-spy.speedscope.json'));
    expect(checkProfile(profile)).toEqual([]);
    expect(profile.threads[0].name).toBe('MainThread');
    const { samples, threads, frames: table, meta } = profile;
    expect(meta.defaultSampleType).toBe(1);
    const found: string[] = [];
    threads.forEach(({ tid }, thread) => {
      const own = {
        ...profile,
        samples: {
          ...samples,
          stack: samples.stack.map((stack, row) => (samples.thread?.[row] === thread ? stack : -1)),
        },
      };
      const totals = naiveTotals(
        own,
        1,
        (frame) => `${frameName(profile, frame)} ${frameFile(profile, frame)}:${table.line[frame]}`,
      );
      for (const [key, { self, total }] of totals) {
        found.push(`${self.toFixed(6)} ${total.toFixed(6)} ${tid} ${key}`);
      }
    });
    const oracle = new TextDecoder().decode(readFixture('speedscope/py-spy.sums.txt')).trim().split('\n');
    const expected = oracle
      .map((line) => line.replace(/ Thread (\d+) ".*?"/, ' $1'))
      .filter((line) => !/ thread \(\d+\)/.test(line));
    expect(expected.length).toBeGreaterThan(10);
    expect(found.sort()).toEqual(expected.sort());
  });

  it('keeps fractions of seconds in formats of whole numbers', () => {
    const profile = decode(speedscope, file([sampled([[0], [1]], [0.25, 1e-6], { unit: 'seconds' })]));
    const again = decode(pprof, pprof.encode!(profile));
    expect(again.sampleTypes[1]).toEqual({ type: 'time', unit: 'nanoseconds' });
    expect([...again.samples.values[1]]).toEqual([250_000_000, 1000]);
  });
});
