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
import { fc } from '../../../test/support/property';
import { checkProfile } from '../../profile/checkProfile';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { pprof } from '../pprof/pprof';
import { cpuprofile, decodeCpuprofile } from './cpuprofile';

interface CallFrame {
  functionName: string;
  scriptId: string;
  url: string;
  lineNumber: number;
  columnNumber: number;
}

interface RawNode {
  id: number;
  callFrame: CallFrame;
  hitCount?: number;
  children?: number[];
  parent?: number;
  positionTicks?: { line: number; ticks: number }[];
}

interface Raw {
  nodes: RawNode[];
  startTime?: number;
  endTime?: number;
  samples?: number[];
  timeDeltas?: number[];
  [other: string]: unknown;
}

function frame(functionName: string, url = '', lineNumber = -1, columnNumber = -1): CallFrame {
  return { functionName, scriptId: '1', url, lineNumber, columnNumber };
}

/** (root) → a → b, and (root) → (idle). */
function small(): Raw {
  return {
    nodes: [
      { id: 1, callFrame: frame('(root)'), hitCount: 0, children: [2, 4] },
      {
        id: 2,
        callFrame: frame('a', 'file:///x.js', 0, 4),
        hitCount: 1,
        children: [3],
        positionTicks: [{ line: 2, ticks: 1 }],
      },
      {
        id: 3,
        callFrame: frame('', 'file:///x.js', 9, 0),
        hitCount: 2,
        positionTicks: [
          { line: 12, ticks: 1 },
          { line: 11, ticks: 1 },
        ],
      },
      { id: 4, callFrame: frame('(idle)'), hitCount: 1 },
    ],
    startTime: 1000,
    endTime: 5000,
    samples: [2, 3, 3, 4],
    timeDeltas: [100, 1000, 1000, 500],
  };
}

function decodeRaw(raw: unknown): Profile {
  const profile = decode(cpuprofile, JSON.stringify(raw));
  expect(checkProfile(profile)).toEqual([]);
  return profile;
}

/** Stacks of all samples as text, with the values of a type. */
function rows(profile: Profile, type: number): [string, number][] {
  return [...profile.samples.stack].map((stack, row) => [
    stackNames(profile, stack).join(';'),
    profile.samples.values[type][row],
  ]);
}

describe('cpuprofile', () => {
  it('reads samples, times, functions and leaf lines', () => {
    const profile = decodeRaw(small());
    expect(profile.sampleTypes).toEqual([
      { type: 'samples', unit: 'count' },
      { type: 'time', unit: 'microseconds' },
    ]);
    expect(profile.meta).toEqual({
      formats: ['cpuprofile'],
      durationMs: 4,
      startTimeMs: null,
      defaultSampleType: 1,
      lines: 'declaration',
      notes: [],
    });
    expect(rows(profile, 1)).toEqual([
      ['a', 1000],
      ['a;(anonymous)', 1000],
      ['a;(anonymous)', 500],
      ['(idle)', 1400],
    ]);
    expect([...profile.samples.time!]).toEqual([100_000, 1_100_000, 2_100_000, 2_600_000]);
    expect(profile.leafLines).toEqual({
      length: 3,
      stack: Int32Array.of(0, 1, 1),
      line: Int32Array.of(2, 11, 12),
      ticks: Float64Array.of(1, 1, 1),
    });
    const [a, idle] = [profile.stacks.frame[0], profile.stacks.frame[profile.samples.stack[3]]];
    expect([frameFile(profile, a), profile.frames.line[a], profile.functions.column[profile.frames.func[a]]]).toEqual([
      'file:///x.js',
      1,
      5,
    ]);
    expect([frameFile(profile, idle), profile.frames.line[idle]]).toEqual(['', 0]);
  });

  it('reads the same with members in any order, blanks, and members it does not know', () => {
    const raw = small();
    const junk = JSON.parse(`${'[{"a":'.repeat(100)}0${'}]'.repeat(100)}`);
    const reversed = Object.fromEntries(
      Object.entries({
        ...raw,
        junk,
        nodes: raw.nodes.map((node) => ({ junk, ...Object.fromEntries(Object.entries(node).reverse()) })),
      }).reverse(),
    );
    const plain = decodeRaw(raw);
    for (const text of [
      JSON.stringify(reversed),
      JSON.stringify(reversed, null, 2),
      `\ufeff ${JSON.stringify(raw, null, '\t')}\n`,
    ]) {
      const profile = decode(cpuprofile, text);
      expect(rows(profile, 1)).toEqual(rows(plain, 1));
      expect([...profile.samples.time!]).toEqual([...plain.samples.time!]);
      expect(profile.leafLines).toEqual(plain.leafLines);
    }
  });

  it('reads nodes that name their parents, in any order and with scattered ids', () => {
    const raw = small();
    const parents = [0, 1_000_000_007, -2_000_000_000, 1_000_000_007];
    const ids = [1_000_000_007, -2_000_000_000, 7, 2_000_000_000];
    raw.nodes = raw.nodes.map(({ children: _, ...node }, i) => ({
      ...node,
      id: ids[i],
      ...(i === 0 ? {} : { parent: parents[i] }),
    }));
    raw.nodes.reverse();
    raw.samples = raw.samples!.map((id) => ids[id - 1]);
    expect(rows(decodeRaw(raw), 1)).toEqual(rows(decodeRaw(small()), 1));
  });

  it('takes hit counts where there are no samples', () => {
    const { samples: _, timeDeltas: __, ...raw } = small();
    const profile = decodeRaw(raw);
    expect(profile.sampleTypes).toEqual([{ type: 'samples', unit: 'count' }]);
    expect(profile.samples.time).toBeNull();
    expect(rows(profile, 0)).toEqual([
      ['a', 1],
      ['a;(anonymous)', 2],
      ['(idle)', 1],
    ]);
  });

  it('takes samples without time deltas, and tells of lists that differ in length', () => {
    const { timeDeltas: _, ...raw } = small();
    const profile = decodeRaw(raw);
    expect(profile.samples.time).toBeNull();
    expect(sum(profile.samples.values[0])).toBe(4);
    const short = decodeRaw({ ...small(), timeDeltas: [100, 1000] });
    expect(short.meta.notes).toHaveLength(1);
    expect(short.samples.length).toBe(4);
    expect(decodeRaw({ ...small(), timeDeltas: [1, 1, 1, 1, 1, 1] }).samples.length).toBe(4);
  });

  it('sorts samples by time, keeping equal ones in order', () => {
    const profile = decodeRaw({ ...small(), timeDeltas: [100, 1000, -1050, 50] });
    expect(rows(profile, 0).map(([names]) => names)).toEqual(['a;(anonymous)', 'a', '(idle)', 'a;(anonymous)']);
    expect([...profile.samples.time!]).toEqual([50_000, 100_000, 100_000, 1_100_000]);
  });

  it('sorts as a plain stable sort does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 30 }), { minLength: 1, maxLength: 60 }), (timeDeltas) => {
        const raw = small();
        raw.timeDeltas = timeDeltas;
        raw.samples = timeDeltas.map((_, i) => 2 + (i % 3));
        let at = 0;
        const expected = timeDeltas.map((delta, i) => {
          at += delta;
          return { at, name: ['a', 'a;(anonymous)', '(idle)'][i % 3] };
        });
        expected.sort((x, y) => x.at - y.at);
        const profile = decodeRaw(raw);
        expect([...profile.samples.time!]).toEqual(expected.map((sample) => sample.at * 1000));
        expect(rows(profile, 0).map(([names]) => names)).toEqual(expected.map((sample) => sample.name));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('repairs broken trees and says so', () => {
    const cases: [string, (raw: Raw) => void, RegExp][] = [
      ['dangling child', (raw) => (raw.nodes[3].children = [99]), /link leads to a node that is not in the file/],
      [
        'cycle',
        (raw) => {
          raw.nodes[2].children = [2];
          raw.nodes[0].children = [4];
        },
        /cycle in the call tree was cut/,
      ],
      ['own child', (raw) => (raw.nodes[3].children = [4]), /cycle/],
      ['two parents', (raw) => (raw.nodes[3].children = [3]), /two parents/],
      ['duplicate id', (raw) => raw.nodes.push({ ...raw.nodes[3] }), /id that another has/],
      ['unknown sample', (raw) => (raw.samples![1] = 77), /sample is of a node that is not in the file/],
    ];
    for (const [name, change, note] of cases) {
      const raw = small();
      change(raw);
      const profile = decodeRaw(raw);
      expect([name, profile.meta.notes.length]).toEqual([name, 1]);
      expect(profile.meta.notes[0]).toMatch(note);
      expect([name, sum(profile.samples.values[0])]).toEqual([name, 4]);
    }
  });

  it('reads escapes, surrogates and invalid UTF-8', () => {
    const raw = small();
    raw.nodes[1].callFrame.functionName = 'é"\\/\b\n\u0000😀\ud800x}';
    expect(rows(decodeRaw(raw), 0)[0][0]).toBe('é"\\/\b\n\u0000😀\ufffdx}');
    const escaped = JSON.stringify(small())
      .replace('"a"', '"\\u0061\\ud83d\\ude00\\udc00"')
      .replace('"nodes"', '"n\\u006fdes"');
    expect(rows(decode(cpuprofile, escaped), 0)[0][0]).toBe('a😀\ufffd');
    const bytes = new TextEncoder().encode(JSON.stringify(small()).replace('"a"', '"a\u0001\u0002"'));
    bytes[bytes.indexOf(1)] = 0xff;
    const invalid = decode(cpuprofile, bytes);
    expect(rows(invalid, 0)[0][0]).toBe('a\ufffd\u0002');
    expect(checkProfile(invalid)).toEqual([]);
  });

  it('reads a name of 10 MB and a stack of 100,000 frames', () => {
    const raw = small();
    raw.nodes[1].callFrame.functionName = 'x'.repeat(10_000_000);
    expect(rows(decodeRaw(raw), 0)[0][0]).toHaveLength(10_000_000);
    const deep: Raw = {
      nodes: [{ id: 1, callFrame: frame('(root)'), children: [2] }],
      samples: [100_000],
      timeDeltas: [0],
    };
    for (let id = 2; id <= 100_000; id++) {
      deep.nodes.push({ id, callFrame: frame('f'), children: id < 100_000 ? [id + 1] : [] });
    }
    deep.nodes.reverse();
    expect(decodeRaw(deep).stacks.length).toBe(99_999);
  });

  it.each([
    ['nothing', '', /The file is empty/],
    ['blanks', '  \n', /The file is empty/],
    ['a number', '12', /Expected an object .* but found "12" \(at byte 0\)/],
    ['another object', '{"a":1}', /member "nodes"/],
    ['millions of profiles', `[${'{"nodes":[]},'.repeat(10_001)}{"nodes":[]}]`, /at most 10000 profiles/],
    ['an empty array', '[]', /at least one V8 CPU profile/],
    ['nodes that are no array', '{"nodes":{}}', /Expected "nodes", an array of call tree nodes/],
    ['a node without id', '{"nodes":[{"callFrame":{"functionName":"f"}}]}', /"id"/],
    ['an id that is no integer', '{"nodes":[{"id":1.5}]}', /node id, an integer/],
    ['an absurd hit count', '{"nodes":[{"id":1,"hitCount":1e300}]}', /hit count below/],
    ['an infinite delta', '{"nodes":[],"timeDeltas":[1e999]}', /time delta/],
    ['text in samples', '{"nodes":[],"samples":[1,"x"]}', /Expected a node id .* \(at byte 25\)/],
    ['more behind the end', '{"nodes":[]} x', /Expected the end of the file .* \(at byte 13\)/],
    ['unclosed nesting', `{"nodes":[],"a":${'['.repeat(100)}`, /may be truncated \(at byte 116\)/],
  ])('refuses %s', (_, text, sentence) => {
    expect(() => decode(cpuprofile, text)).toThrow(sentence);
    expect(() => decode(cpuprofile, text)).toThrow(expect.objectContaining({ name: 'DecodeError' }));
  });

  it('says of every truncation that the file ends too early', () => {
    const text = JSON.stringify(small());
    for (let length = 1; length < text.length; length++) {
      expect(() => decode(cpuprofile, text.slice(0, length))).toThrow(/truncated.*\(at byte/s);
    }
  });

  it('can be cancelled', () => {
    const abort = new Error('cancelled');
    const raw = { ...small(), samples: new Array(300_000).fill(2), timeDeltas: new Array(300_000).fill(1) };
    const source = new TextEncoder().encode(JSON.stringify(raw));
    expect(() =>
      cpuprofile.decode(
        { name: 'x', size: source.length, head: () => source, bytes: () => source, chunks: () => [source] },
        {
          checkpoint: (fraction) => {
            expect(fraction).toBeGreaterThan(0);
            throw abort;
          },
        },
      ),
    ).toThrow(abort);
  });
});

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
