import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { Profile as OracleProfile } from 'pprof-format';
import { describe, expect, it } from 'vitest';
import {
  decode,
  fixtures,
  frameFile,
  frameName,
  naiveTotals,
  readFixture,
  type SelfTotal,
  stackNames,
} from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import type { Profile } from '../../profile/profile';
import { pprof } from './pprof';

const names = [
  'block',
  'cpu',
  'goroutine',
  'heap',
  'heap-base',
  'heap-diff',
  'heap-seconds',
  'mutex',
  'native-addresses',
  'native-cpu',
  'native-heap',
  'pruned',
  'threadcreate',
];

/** What go tool pprof printed, by the title of the section. */
function readOracle(name: string): Map<string, string> {
  const text = readFileSync(join(fixtures, 'pprof/oracle', `${name}.txt`), 'utf8');
  return new Map(
    text
      .split(/^### /m)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), part]),
  );
}

/** Rows of `-top`: name to flat and cum. */
function topRows(text: string): Map<string, SelfTotal> {
  const rows = new Map<string, SelfTotal>();
  for (const match of text.matchAll(
    /^ *(-?\d+)(?:ns|B)? +[-\d.e]+% +[-\d.e]+% +(-?\d+)(?:ns|B)? +[-\d.e]+% {2}(.*?)( \(inline\)| \(partial-inline\))?$/gm,
  )) {
    rows.set(match[3], { self: Number(match[1]), total: Number(match[2]) });
  }
  return rows;
}

/** The path of the file that a frame's code is from. */
function frameModule(profile: Profile, frame: number): string {
  const module = profile.functions.module[profile.frames.func[frame]];
  return module < 0 ? '' : profile.strings[module];
}

/** A frame as go tool pprof shows it: code without symbols by its module. */
function shownName(profile: Profile, frame: number): string {
  const name = frameName(profile, frame);
  const base = frameModule(profile, frame).split('/').at(-1)!;
  return base !== '' && name.startsWith(`${base}+0x`) ? `[${base}]` : name.startsWith('0x') ? '<unknown>' : name;
}

function shownLine(profile: Profile, frame: number): string {
  const name = shownName(profile, frame);
  const file = frameFile(profile, frame);
  const line = profile.frames.line[frame];
  // pprof cleans the path for show.
  const place = `${posix.normalize(file)}${line > 0 ? `:${line}` : ''}`;
  return file === '' ? name : /^[[<]/.test(name) ? place : `${name} ${place}`;
}

interface RawSample {
  values: number[];
  /** `name file:line`, root first. */
  stack: string[];
  labels: Record<string, string[]>;
}

/** The samples that `-raw` lists, with the frames of their locations. */
function rawSamples(text: string): RawSample[] {
  const mappings = new Map<string, { start: bigint; offset: bigint; base: string }>();
  for (const match of text.matchAll(/^(\d+): 0x([0-9a-f]+)\/0x[0-9a-f]+\/0x([0-9a-f]+) (\S*)/gm)) {
    const [, id, start, offset, file] = match;
    mappings.set(id, { start: BigInt(`0x${start}`), offset: BigInt(`0x${offset}`), base: file.split('/').at(-1)! });
  }
  const locations = new Map<string, string[]>();
  let current: string[] = [];
  let unnamed = '';
  const [, samplesText, locationsText] = /^Samples:\n([\s\S]*?)^Locations\n([\s\S]*?)^Mappings$/m.exec(text)!;
  for (const line of locationsText.split('\n').filter((each) => each.trim() !== '')) {
    const match = /^ +(?:(\d+): 0x([0-9a-f]+) (?:M=(\d+) )?)?(?:(.*) (\S*?):(-?\d+):-?\d+ s=-?\d+)?(?:\(.*\))?$/.exec(
      line,
    );
    const [, id, address, mapping, name, file, at] = match!;
    if (id !== undefined) {
      current = [];
      locations.set(id, current);
    }
    if (id !== undefined) {
      const code = BigInt(`0x${address}`);
      const known = mappings.get(mapping);
      unnamed = known ? `${known.base}+0x${(code - known.start + known.offset).toString(16)}` : `0x${address}`;
    }
    if (name !== undefined) {
      current.unshift(`${name === '' ? unnamed : name}${file === '' ? '' : ` ${file}${at === '0' ? '' : `:${at}`}`}`);
    } else {
      current.unshift(unnamed);
    }
  }
  const samples: RawSample[] = [];
  for (const line of samplesText.split('\n').slice(1)) {
    const values = /^((?: *-?\d+)+): ([\d ]*)$/.exec(line);
    if (values !== null) {
      const ids = values[2].trim().split(' ').filter(Boolean).reverse();
      const stack = ids.flatMap((id) => locations.get(id)!);
      samples.push({ values: values[1].trim().split(/ +/).map(Number), stack, labels: {} });
    }
    for (const [, key, list] of values === null ? line.matchAll(/(\S+):\[(.*?)\](?= |$)/g) : []) {
      samples.at(-1)!.labels[key] = [list];
    }
  }
  return samples;
}

function labelsOf(profile: Profile, row: number): Record<string, string[]> {
  const { labels, strings, samples } = profile;
  const set = samples.labelSet === null ? -1 : samples.labelSet[row];
  const result: Record<string, string[]> = {};
  for (let i = set < 0 ? 0 : labels.offset[set]; i < (set < 0 ? 0 : labels.offset[set + 1]); i++) {
    result[strings[labels.key[i]]] = [labels.text[i] < 0 ? String(labels.number[i]) : strings[labels.text[i]]];
  }
  return result;
}

function stackLines(profile: Profile, row: number): string[] {
  const lines: string[] = [];
  for (let at = profile.samples.stack[row]; at >= 0; at = profile.stacks.prefix[at]) {
    const frame = profile.stacks.frame[at];
    const file = frameFile(profile, frame);
    const line = profile.frames.line[frame];
    lines.unshift(`${frameName(profile, frame)}${file === '' ? '' : ` ${file}${line > 0 ? `:${line}` : ''}`}`);
  }
  return lines;
}

describe.each(names)('%s, as go tool pprof reads it', (name) => {
  const bytes = readFixture(`pprof/${name}.pb.gz`);
  const profile = decode(pprof, bytes);
  const oracle = readOracle(name);

  it('is sound', () => {
    expect(checkProfile(profile)).toEqual([]);
  });

  it('has the samples that -raw lists, with values, lines and labels', () => {
    const samples = rawSamples(oracle.get('raw')!);
    expect(samples.length).toBeGreaterThan(0);
    expect(profile.samples.length).toBe(samples.length);
    samples.forEach((sample, row) => {
      const read = {
        values: profile.samples.values.map((column) => column[row]),
        stack: stackLines(profile, row),
        labels: labelsOf(profile, row),
      };
      expect([row, read]).toEqual([row, sample]);
    });
  });

  it.each([...oracle.keys()].filter((title) => title.startsWith('top')))('has the numbers of -%s', (title) => {
    const [, level, type] = title.split(' ');
    const rows = topRows(oracle.get(title)!);
    expect(rows.size).toBeGreaterThan(0);
    const index = profile.sampleTypes.findIndex((sampleType) => sampleType.type === type);
    expect(index).toBeGreaterThanOrEqual(0);
    const show = level === 'functions' ? shownName : shownLine;
    const totals = naiveTotals(profile, index, (frame) => show(profile, frame));
    for (const [key, value] of totals) {
      // What sums up to nothing may be left out there.
      if (!rows.has(key) && value.self === 0 && value.total === 0) {
        totals.delete(key);
      }
    }
    expect(totals).toEqual(rows);
  });

  it.each([...oracle.keys()].filter((title) => title.startsWith('list')))('has the lines of -%s', (title) => {
    const index = profile.sampleTypes.findIndex((sampleType) => title.endsWith(` ${sampleType.type}`));
    const totals = naiveTotals(profile, index, (frame) => {
      return `${frameName(profile, frame)}:${profile.frames.line[frame]}`;
    });
    const number = (text: string): number => (text === '.' ? 0 : Number.parseInt(text, 10));
    let lines = 0;
    for (const part of oracle
      .get(title)!
      .split(/^ROUTINE =+ /m)
      .slice(1)) {
      const func = /^(.*) in /.exec(part)![1];
      for (const [, flat, cum, line] of part.matchAll(/^ *(\.|-?\d+\w*) +(\.|-?\d+\w*) +(\d+):/gm)) {
        const expected = { self: number(flat), total: number(cum) };
        expect([func, line, totals.get(`${func}:${line}`) ?? { self: 0, total: 0 }]).toEqual([func, line, expected]);
        lines += expected.total === 0 ? 0 : 1;
      }
    }
    expect(lines).toBeGreaterThan(10);
  });

  // The second decoder does not drop frames.
  if (name !== 'pruned') {
    it('has what a second decoder reads', () => {
      const second = OracleProfile.decode(bytes);
      const text = (at: number | bigint): string => second.stringTable.strings[Number(at)];
      const functions = new Map(second.function.map((each) => [String(each.id), text(each.name)]));
      const locations = new Map(
        second.location.map((each) => [
          String(each.id),
          each.line.map((line) => functions.get(String(line.functionId))),
        ]),
      );
      expect(profile.sampleTypes).toEqual(second.sampleType.map((t) => ({ type: text(t.type), unit: text(t.unit) })));
      second.sample.forEach((sample, row) => {
        expect(profile.samples.values.map((column) => column[row])).toEqual(
          sample.value.map((value) => Number(BigInt.asIntN(64, BigInt(value)))),
        );
        const expected = sample.locationId.flatMap((id) => {
          const lines = locations.get(String(id))!;
          // Code without a name has none there.
          return lines.length === 0 ? [undefined] : lines.map((line) => line || undefined);
        });
        const read = stackNames(profile, profile.samples.stack[row]).reverse();
        expect(read.map((each, i) => (expected[i] === undefined ? undefined : each))).toEqual(expected);
      });
    });
  }

  it('is the same after writing and reading', () => {
    const again = decode(pprof, pprof.encode!(profile));
    expect(checkProfile(again)).toEqual([]);
    expect(again.sampleTypes).toEqual(profile.sampleTypes);
    expect(again.meta.defaultSampleType).toBe(profile.meta.defaultSampleType);
    for (let type = 0; type < profile.sampleTypes.length; type++) {
      const totals = (each: Profile): Map<string, SelfTotal> =>
        new Map(
          [
            ...naiveTotals(each, type, (frame) =>
              [
                frameName(each, frame),
                frameFile(each, frame) || frameModule(each, frame),
                each.frames.line[frame],
                each.frames.inlined[frame],
              ].join(' '),
            ),
          ].filter(([, { self, total }]) => self !== 0 || total !== 0),
        );
      expect(new Set(totals(again))).toEqual(new Set(totals(profile)));
    }
  });
});

describe('what go tool pprof says of the profiles', () => {
  const read = (name: string): Profile => decode(pprof, readFixture(`pprof/${name}.pb.gz`));

  it('shows the last type first, in its own unit', () => {
    const byName = Object.fromEntries(
      names.map((name) => {
        const { sampleTypes, meta } = read(name);
        const { type, unit } = sampleTypes[meta.defaultSampleType];
        return [name, `${type}/${unit}`];
      }),
    );
    expect(byName).toMatchObject({
      cpu: 'cpu/nanoseconds',
      heap: 'inuse_space/bytes',
      'heap-diff': 'inuse_space/bytes',
      mutex: 'delay/nanoseconds',
      block: 'delay/nanoseconds',
      goroutine: 'goroutine/count',
      threadcreate: 'threadcreate/count',
    });
  });

  it('has negative values in differences', () => {
    for (const name of ['heap-base', 'heap-diff', 'heap-seconds']) {
      const { samples } = read(name);
      expect(samples.values.some((column) => column.some((value) => value < 0))).toBe(true);
    }
  });

  it('knows the files of code without sources, and says what has no symbols', () => {
    const addresses = read('native-addresses');
    expect(addresses.meta.lines).toBe('none');
    expect(addresses.meta.notes.join('\n')).toMatch(/^Code without symbols is shown by address: \d+ places in .*libm/m);
    const modules = new Set(Array.from(addresses.frames.func, (_, frame) => frameModule(addresses, frame)));
    expect([...modules].some((module) => /^\/.*\/libc\.so\.6$/.test(module))).toBe(true);
    const cpu = read('native-cpu');
    expect(cpu.meta.lines).toBe('call');
    expect(Array.from(cpu.frames.inlined).includes(1)).toBe(true);
    expect(cpu.strings).toContain('app::sumOfNorms');
    // Go's code has files: its functions are told apart by them alone.
    expect(new Set(read('cpu').functions.module)).toEqual(new Set([-1]));
  });

  it('leaves frames out where the profile asks to', () => {
    const pruned = read('pruned');
    expect(pruned.meta.notes.join('\n')).toMatch(/drop_frames/);
    const all = new Set(read('cpu').strings);
    const kept = new Set(Array.from(pruned.stacks.frame, (frame) => frameName(pruned, frame)));
    expect(all.has('main.step')).toBe(true);
    expect(kept.has('main.step')).toBe(false);
    expect(kept.has('main.spin')).toBe(true);
  });
});
