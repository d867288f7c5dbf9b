import { describe, expect, it } from 'vitest';
import { decode, readFixture } from '../../test/support/profiles';
import { profileOf, type WrittenSample } from '../../test/support/sampleProfile';
import { cpuprofile } from '../formats/cpuprofile/cpuprofile';
import { perfScript } from '../formats/perfScript/perfScript';
import { pprof } from '../formats/pprof/pprof';
import type { Profile } from '../profile/profile';
import { lineFunctions } from './lineFunctions';
import { lineDetails } from './lineRequests';
import { OpenProfile } from './openProfile';

const ALL = { sampleType: 0, thread: null };

function open(profile: Profile): OpenProfile {
  return new OpenProfile(1, 'test', profile);
}

const fileOf = ({ profile }: OpenProfile, path: string): number => profile.strings.indexOf(path);

describe('the timeline of a line', () => {
  const samples: WrittenSample[] = Array.from({ length: 400 }, (_, i) => ({
    frames: ['main@m.ts:1', i < 100 || i >= 390 ? 'hot@m.ts:7' : 'cold@m.ts:9'],
    value: 1,
    time: i * 1e6,
  }));
  const profile = open(profileOf(samples));

  it('has the samples where their own times put them', () => {
    const { timeline } = lineDetails(profile, ALL, fileOf(profile, 'm.ts'), 7);
    expect(timeline).toMatchObject({ from: 0, to: 399e6, ofFunction: false });
    const expected = { line: new Array<number>(40).fill(0), all: new Array<number>(40).fill(0) };
    for (const { frames, time } of samples) {
      const bucket = Math.min(39, Math.floor((time! / 399e6) * 40));
      expected.all[bucket]++;
      if (frames[1] === 'hot@m.ts:7') expected.line[bucket]++;
    }
    expect(timeline?.line).toEqual(expected.line);
    expect(timeline?.all).toEqual(expected.all);
    expect(timeline?.line.slice(0, 10).every((value) => value >= 9)).toBe(true);
    expect(timeline?.line.slice(11, 38).every((value) => value === 0)).toBe(true);
  });

  it('sums to the line and the view in a recording of V8', () => {
    const recorded = open(decode(cpuprofile, readFixture('typescript.cpuprofile')));
    const index = recorded.lineIndex;
    let compared = 0;
    let shared = 0;
    for (let entry = 0; entry < index.length; entry++) {
      if (index.line[entry] === 0) continue;
      const { timeline, total, viewTotal } = lineDetails(recorded, ALL, index.file[entry], index.line[entry]);
      const sum = (values: number[]): number => values.reduce((all, value) => all + value, 0);
      expect(sum(timeline!.line)).toBeCloseTo(total, 6);
      expect(sum(timeline!.all)).toBeCloseTo(viewTotal, 6);
      compared++;
      if (timeline!.ofFunction) shared++;
    }
    expect(compared).toBeGreaterThan(5);
    expect(shared).toBeGreaterThan(0);
  });

  it('is none where samples have no times', () => {
    const timeless = open(profileOf([{ frames: ['main@m.ts:1'], value: 1 }]));
    expect(lineDetails(timeless, ALL, fileOf(timeless, 'm.ts'), 1).timeline).toBeNull();
  });
});

describe('few samples', () => {
  it('are counted on the line and in its leaves', () => {
    const profile = open(
      profileOf([
        { frames: ['main@m.ts:1', 'f@m.ts:5'], value: 3 },
        { frames: ['main@m.ts:1'], value: 2 },
      ]),
    );
    const file = fileOf(profile, 'm.ts');
    expect(lineDetails(profile, ALL, file, 1)).toMatchObject({ samples: 5, selfSamples: 2, sampled: true });
    const heap = open(decode(pprof, readFixture('go-heap.pb.gz')));
    const index = heap.lineIndex;
    const entry = index.line.findIndex((line) => line > 0);
    expect(lineDetails(heap, ALL, index.file[entry], index.line[entry]).sampled).toBe(false);
  });
});

/** Lines with inlined code, as the profile itself has them: entry → the chains of names, found by walking all stacks. */
function chainsOf({ profile, lineIndex }: OpenProfile): Map<number, Set<string>> {
  const { stacks, frames, functions, strings } = profile;
  const chains = new Map<number, Set<string>>();
  for (let stack = 0; stack < stacks.length; stack++) {
    if (frames.inlined[stacks.frame[stack]] === 0) continue;
    const names: string[] = [];
    for (let at = stack; at >= 0; at = stacks.prefix[at]) {
      names.push(strings[functions.name[frames.func[stacks.frame[at]]]]);
      if (frames.inlined[stacks.frame[at]] === 0) break;
    }
    const entry = lineIndex.ofFrame[stacks.frame[stack]];
    chains.set(entry, (chains.get(entry) ?? new Set()).add(names.join(' < ')));
  }
  return chains;
}

describe('inlined code', () => {
  it.each([
    ['pprof/cpu.pb.gz', pprof],
    ['pprof/native-cpu.pb.gz', pprof],
    ['perfScript/lines.perf', perfScript],
  ] as const)('has its chain out to the compiled function: %s', (name, format) => {
    const profile = open(decode(format, readFixture(name)));
    const index = profile.lineIndex;
    let found = 0;
    for (const [entry, expected] of chainsOf(profile)) {
      if (index.line[entry] === 0) continue;
      const { inlined } = lineDetails(profile, ALL, index.file[entry], index.line[entry]);
      for (const { frames } of inlined) {
        expect(expected).toContain(frames.map((frame) => frame.name).join(' < '));
        expect(frames.length).toBeGreaterThan(1);
        expect(frames[0].line).toBe(index.line[entry]);
        found++;
      }
    }
    expect(found).toBeGreaterThan(0);
  });
});

describe('functions', () => {
  const profile = open(
    profileOf([
      { frames: ['main@m.go:1', 'main.hash@m.go:5', 'main.hash.func1@m.go:5'], value: 3 },
      { frames: ['main@m.go:1', 'other.hash@o.go:5'], value: 9 },
    ]),
  );
  const inM = fileOf(profile, 'm.go');

  it('of a line are those with a frame on it, heaviest first', () => {
    expect(lineFunctions(profile, ALL, [{ file: inM, line: 5 }])).toMatchObject([
      { name: 'main.hash.func1', total: 3, self: 3 },
      { name: 'main.hash', total: 3, self: 0 },
    ]);
    expect(lineFunctions(profile, ALL, [{ file: inM, line: 6 }])).toEqual([]);
  });
});
