import { describe, expect, it } from 'vitest';
import { decode, frameFile, sum } from '../../../test/support/profiles';
import { fc } from '../../../test/support/property';
import { decodeRaw, frame, type Raw, rows, small } from '../../../test/support/rawCpuprofile';
import { checkProfile } from '../../profile/checkProfile';
import { cpuprofile } from './cpuprofile';

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
      file: null,
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
