import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eachMapping, encodedMappings, TraceMap } from '@jridgewell/trace-mapping';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fc } from '../../test/support/property';
import { leafLineFile } from '../analysis/lines';
import { sumStacks } from '../analysis/stackValues';
import { listTop } from '../analysis/top';
import { bytesSource } from '../engine/byteSource';
import { cpuprofile } from '../formats/cpuprofile/cpuprofile';
import { pprof } from '../formats/pprof/pprof';
import { checkProfile } from '../profile/checkProfile';
import { mergeProfiles } from '../profile/mergeProfiles';
import type { Profile } from '../profile/profile';
import { ProfileBuilder } from '../profile/profileBuilder';
import { createScriptFiles, localPathOf } from './scriptFiles';
import { applySourceMaps, readEmbeddedSource, type ScriptReader } from './sourceMaps';
import { decodeDataUrl, findSourceMapUrl, resolveAddress } from './sourceMapUrl';

let folder = '';
const source = join('src', 'hot.ts');

/** Line numbers are asserted below: `spin` starts at line 7, its hot loop is lines 10 to 12. */
const hotText = `interface Shape {
  readonly sides: number;
  readonly name: string;
}

/** Burns time in its loop. */
export function spin(shape: Shape, rounds: number): number {
  let sum: number = shape.sides;
  const scale: number = 1.000001;
  for (let i: number = 0; i < rounds; i++) {
    sum = Math.sqrt(sum * scale + i) + Math.sin(sum);
  }
  return sum;
}
`;
const mainText = `import { spin } from './hot';

type Round = { readonly count: number };

const describeRound = (round: Round): number =>
  spin({ sides: round.count, name: 'x' }, 60000);

export class Runner {
  private total: number = 0;

  runAll(rounds: number): number {
    while (rounds-- > 0) {
      this.total += describeRound({ count: 3 });
    }
    return this.total;
  }
}

new Runner().runAll(400);
`;

/** Two modules whose top level takes time; the loop of one is small enough to be inlined into the other. */
const kernelText = `export function grind(rounds: number): number {
  let sum: number = 0;
  for (let i = 0; i < rounds; i++) {
    sum += Math.sqrt(i) * Math.sin(i) + Math.atan2(i, sum);
  }
  return sum;
}
`;
const entryText = `import { grind } from './kernel';

const end: number = Date.now() + 400;
let sum: number = 0;
while (Date.now() < end) {
  for (let i = 0; i < 20000; i++) {
    sum += Math.cbrt(i) + Math.cosh(i);
  }
  sum += grind(20000);
}
console.log(sum);
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'emberline maps '));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src', 'hot.ts'), hotText);
  writeFileSync(join(folder, 'src', 'main.ts'), mainText);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface RawNode {
  readonly callFrame: { readonly url: string };
  readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[];
}

/** Runs a script under V8's profiler and decodes what it wrote. */
function record(script: string): Profile {
  return recordRaw(script).profile;
}

function recordRaw(script: string): { profile: Profile; nodes: readonly RawNode[] } {
  const out = mkdtempSync(join(folder, 'prof-'));
  execFileSync(process.execPath, ['--cpu-prof', '--cpu-prof-interval', '500', `--cpu-prof-dir=${out}`, script]);
  const bytes = readFileSync(join(out, readdirSync(out)[0]));
  const { nodes } = JSON.parse(bytes.toString()) as { nodes: RawNode[] };
  const source = bytesSource('a.cpuprofile', new Uint8Array(bytes));
  return { profile: cpuprofile.decode(source, { checkpoint: () => undefined }), nodes };
}

function find(profile: Profile, name: string): { file: string; line: number; index: number } {
  const { functions, strings } = profile;
  for (let i = 0; i < functions.length; i++) {
    if (strings[functions.name[i]] === name) {
      return { file: strings[functions.file[i]] ?? '', line: functions.line[i], index: i };
    }
  }
  throw new Error(`No function ${name} among ${[...functions.name].map((n) => strings[n]).join(', ')}`);
}

/** Ticks of a function's lines, all stacks added up. */
function ticksOf(profile: Profile, func: number): Map<number, number> {
  const ticks = new Map<number, number>();
  const leaf = profile.leafLines!;
  for (let i = 0; i < leaf.length; i++) {
    if (profile.frames.func[profile.stacks.frame[leaf.stack[i]]] === func) {
      ticks.set(leaf.line[i], (ticks.get(leaf.line[i]) ?? 0) + leaf.ticks[i]);
    }
  }
  return ticks;
}

function expectHotLoop(profile: Profile): void {
  const spin = find(profile, 'spin');
  expect(spin.file).toBe(join(folder, source));
  expect(spin.line).toBe(7);
  const ticks = ticksOf(profile, spin.index);
  const inLoop = [10, 11, 12].reduce((sum, line) => sum + (ticks.get(line) ?? 0), 0);
  const all = [...ticks.values()].reduce((sum, n) => sum + n, 0);
  expect(all).toBeGreaterThan(50);
  expect(inLoop / all).toBeGreaterThan(0.9);
  for (const line of ticks.keys()) {
    expect(line).toBeGreaterThanOrEqual(7);
    expect(line).toBeLessThanOrEqual(14);
  }
  const runAll = find(profile, 'runAll');
  expect(runAll).toMatchObject({ file: join(folder, 'src', 'main.ts'), line: 11 });
}

describe('applySourceMaps on compiled programs', () => {
  it('maps what tsc compiled, with maps beside the scripts', () => {
    const out = join(folder, 'out tsc');
    const tsc = join('node_modules', 'typescript', 'lib', 'tsc.js');
    execFileSync(process.execPath, [
      ...[tsc, '--ignoreConfig', '--outDir', out, '--sourceMap', '--module', 'commonjs', '--target', 'es2022'],
      ...['--types', '', join(folder, 'src', 'main.ts')],
    ]);
    const raw = record(join(out, 'main.js'));
    expect(find(raw, 'spin').file).toContain('hot.js');
    const profile = applySourceMaps(raw, createScriptFiles());
    expectHotLoop(profile);
    expect(find(profile, 'describeRound')).toMatchObject({ file: join(folder, 'src', 'main.ts'), line: 5 });
    expect(profile.meta.notes).toEqual(raw.meta.notes);
    expect(profile.samples).toBe(raw.samples);
  });

  it.each([
    ['an inline map', 'inline' as const, false],
    ['an external map', 'linked' as const, false],
    ['an external map of minified code', 'linked' as const, true],
    ['an inline map of minified code', 'inline' as const, true],
  ])('maps a bundle with %s', (name, sourcemap, minify) => {
    const outfile = join(folder, `bundle ${name}.js`);
    buildSync({
      entryPoints: [join(folder, 'src', 'main.ts')],
      bundle: true,
      outfile,
      sourcemap,
      minify,
      platform: 'node',
    });
    const profile = applySourceMaps(record(outfile), createScriptFiles());
    const spin = find(profile, 'spin');
    expect(spin).toMatchObject({ file: join(folder, source), line: 7 });
    expect(find(profile, 'runAll').file).toBe(join(folder, 'src', 'main.ts'));
    // The map has the text of the sources that have functions in the profile, and of no other file.
    const script = profile.embeddedSources!.get(join(folder, source))!;
    expect([...profile.embeddedSources!.keys()].sort()).toEqual([join(folder, source), join(folder, 'src', 'main.ts')]);
    expect(readEmbeddedSource(createScriptFiles(), script, join(folder, source))).toBe(hotText);
    expect(readEmbeddedSource(createScriptFiles(), script, '/etc/passwd')).toBeNull();
    if (minify) {
      // V8 has one tick line for the whole bundle: everything counts for the function itself.
      expect([...ticksOf(profile, spin.index).keys()]).toEqual([7]);
    } else {
      expectHotLoop(profile);
    }
  });

  it('puts lines of top-level code, and what V8 inlined, into the modules that they are of', () => {
    const kernel = join(folder, 'src', 'kernel.ts');
    const entry = join(folder, 'src', 'entry.ts');
    writeFileSync(kernel, kernelText);
    writeFileSync(entry, entryText);
    const outfile = join(folder, 'modules.js');
    buildSync({ entryPoints: [entry], bundle: true, outfile, sourcemap: 'linked', platform: 'node' });
    const { profile: raw, nodes } = recordRaw(outfile);
    const profile = applySourceMaps(raw, createScriptFiles());
    expect(checkProfile(profile)).toEqual([]);

    // By hand: V8's ticks of each line of the bundle are those of the line's first mapping, whatever it is of.
    const firstOf = new Map<number, string>();
    eachMapping(new TraceMap(readFileSync(`${outfile}.map`, 'utf8')), ({ generatedLine, source, originalLine }) => {
      if (source !== null && !firstOf.has(generatedLine)) {
        firstOf.set(generatedLine, `${join(folder, source)}:${originalLine}`);
      }
    });
    const expected = new Map<string, number>();
    for (const { callFrame, positionTicks } of nodes) {
      for (const { line, ticks } of callFrame.url.endsWith('/modules.js') ? (positionTicks ?? []) : []) {
        const place = firstOf.get(line) ?? `${callFrame.url}:${line}`;
        expected.set(place, (expected.get(place) ?? 0) + ticks);
      }
    }
    const lines = (of: Profile): Map<string, number> => {
      const found = new Map<string, number>();
      const leaf = of.leafLines!;
      for (let i = 0; i < leaf.length; i++) {
        const file = of.strings[leafLineFile(of, leaf, i)] ?? '';
        if (file.startsWith(folder) || file.endsWith('/modules.js')) {
          const place = `${file}:${leaf.line[i]}`;
          found.set(place, (found.get(place) ?? 0) + leaf.ticks[i]);
        }
      }
      return found;
    };
    const sorted = (map: Map<string, number>) => [...map].sort((a, b) => (a[0] < b[0] ? -1 : 1));
    expect(sorted(lines(profile))).toEqual(sorted(expected));
    expect(lines(profile).get(`${entry}:7`)).toBeGreaterThan(20);
    expect(lines(profile).get(`${kernel}:4`)).toBeGreaterThan(20);

    // The top level keeps its place in the bundle, but not its lines; their text is known to be in the map.
    const top = [...profile.leafLines!.file!].findIndex((file) => profile.strings[file] === entry);
    const topFunction = profile.frames.func[profile.stacks.frame[profile.leafLines!.stack[top]]];
    expect(profile.strings[profile.functions.file[topFunction]]).toMatch(/modules\.js$/);
    expect(readEmbeddedSource(createScriptFiles(), profile.embeddedSources!.get(entry)!, entry)).toBe(entryText);
    const values = sumStacks(profile, { sampleType: 0, thread: null });
    for (const by of ['line', 'file'] as const) {
      for (const { self, total } of listTop(profile, values, by, 'self')) {
        expect(self).toBeLessThanOrEqual(total * (1 + 1e-12));
        expect(total).toBeLessThanOrEqual(values.total * (1 + 1e-12));
      }
    }

    // Merged, and written and read again.
    const merged = mergeProfiles([
      { profile, name: 'a' },
      { profile, name: 'b' },
    ]);
    expect(checkProfile(merged)).toEqual([]);
    expect(sorted(lines(merged))).toEqual(sorted(expected).map(([place, ticks]) => [place, ticks * 2]));
    const self = (of: Profile): Map<string, number> =>
      new Map(
        listTop(of, sumStacks(of, { sampleType: 0, thread: null }), 'line', 'self')
          .filter((row) => row.file?.startsWith(folder))
          .map((row) => [`${row.file}:${row.line ?? 0}`, row.self]),
      );
    const read = (format: typeof cpuprofile): Profile =>
      format.decode(bytesSource('a', format.encode!(profile)), { checkpoint: () => undefined });
    for (const format of [cpuprofile, pprof]) {
      const again = read(format);
      expect(checkProfile(again)).toEqual([]);
      for (const [place, value] of self(profile)) {
        // What is written is whole samples, each stack's divided among its lines.
        expect(Math.abs((self(again).get(place) ?? 0) - value)).toBeLessThan(12);
      }
      expect(self(again).get(`${entry}:7`)).toBeGreaterThan(15);
    }
  });

  it('says which maps are missing, and leaves those functions as they were', () => {
    const outfile = join(folder, 'lost.js');
    buildSync({
      entryPoints: [join(folder, 'src', 'main.ts')],
      bundle: true,
      outfile,
      sourcemap: 'linked',
      platform: 'node',
    });
    rmSync(`${outfile}.map`);
    const raw = record(outfile);
    const profile = applySourceMaps(raw, createScriptFiles());
    expect(profile.meta.notes.join()).toContain('1 of 1 source maps could not be read: lost.js.map (not found)');
    expect(profile.functions).toBe(raw.functions);
  });
});

/** A profile of one sample in one function. */
function tiny(file: string, line: number, column: number, tick: number, name = 'f'): Profile {
  const builder = new ProfileBuilder();
  builder.addSampleType('samples', 'count');
  const func = builder.func(builder.string(name), builder.string(file), line, column);
  const stack = builder.stack(-1, builder.frame(func, line, false));
  builder.setValue(builder.addSample(stack, 0, null, -1), 0, 1);
  builder.addLeafLine(stack, tick, 1);
  return builder.finish({
    formats: ['cpuprofile'],
    durationMs: null,
    startTimeMs: null,
    defaultSampleType: 0,
    lines: 'declaration',
    notes: [],
  });
}

function reader(script: string, maps: Record<string, string> = {}): ScriptReader {
  return { readScript: () => script, readMap: (_script, map) => maps[map] ?? null };
}

describe('applySourceMaps on maps by hand', () => {
  // One mapping a line: 1 → a.ts:11, 2 → a.ts:12 (`A` is 0, `C` is +1, `U` is +10).
  const map = { version: 3, sources: ['../src/a.ts'], names: [], mappings: 'AAUA;AACA' };

  it('reads index maps with sections and source roots', () => {
    const indexed = {
      version: 3,
      sections: [
        { offset: { line: 0, column: 0 }, map: { ...map, sourceRoot: '../lib' } },
        { offset: { line: 10, column: 0 }, map: { ...map, sources: ['b.ts'] } },
      ],
    };
    const scripts = reader('//# sourceMappingURL=a.js.map', { '/w/out/a.js.map': JSON.stringify(indexed) });
    const first = applySourceMaps(tiny('file:///w/out/a.js', 1, 11, 2), scripts);
    expect(find(first, 'f')).toMatchObject({ file: '/w/src/a.ts', line: 11 });
    expect([...first.leafLines!.line]).toEqual([12]);
    const second = applySourceMaps(tiny('/w/out/a.js', 11, 1, 12), scripts);
    expect(find(second, 'f')).toMatchObject({ file: '/w/out/b.ts', line: 11 });
  });

  it('knows which sources come with their text, and reads it from the map that is there now', () => {
    const maps: Record<string, string> = {};
    const put = (content: unknown): void => {
      maps['/w/out/a.js.map'] = JSON.stringify({ ...map, sourcesContent: content });
    };
    const scripts = reader('//# sourceMappingURL=a.js.map', maps);
    put(['one\ntwo\n']);
    const profile = applySourceMaps(tiny('file:///w/out/a.js', 1, 1, 2), scripts);
    expect([...profile.embeddedSources!]).toEqual([['/w/src/a.ts', 'file:///w/out/a.js']]);
    expect(readEmbeddedSource(scripts, 'file:///w/out/a.js', '/w/src/a.ts')).toBe('one\ntwo\n');
    const merged = mergeProfiles([
      { profile, name: 'a' },
      { profile: tiny('/x.py', 1, 1, 1), name: 'b' },
    ]);
    expect(merged.embeddedSources).toEqual(profile.embeddedSources);
    put(['three\n']);
    expect(readEmbeddedSource(scripts, 'file:///w/out/a.js', '/w/src/a.ts')).toBe('three\n');
    for (const none of [undefined, null, 7, 'text', [null], [7], [], ['x'.repeat(9_000_000)]]) {
      put(none);
      expect(applySourceMaps(tiny('/w/out/a.js', 1, 1, 2), scripts).embeddedSources).toBeUndefined();
      expect(readEmbeddedSource(scripts, '/w/out/a.js', '/w/src/a.ts')).toBeNull();
    }
    maps['/w/out/a.js.map'] = '{';
    expect(readEmbeddedSource(scripts, '/w/out/a.js', '/w/src/a.ts')).toBeNull();
  });

  it('takes the name from the map where it names the same identifier, and never for anonymous functions', () => {
    // a=(x)=>…: `a` at column 0 is `original`, `(` at column 2 has no name.
    const named = { version: 3, sources: ['a.ts'], names: ['original'], mappings: 'AAAAA,EAAE' };
    const scripts = reader('//# sourceMappingURL=a.js.map', { '/w/a.js.map': JSON.stringify(named) });
    expect(find(applySourceMaps(tiny('/w/a.js', 1, 3, 1, 'a'), scripts), 'original').line).toBe(1);
    expect(find(applySourceMaps(tiny('/w/a.js', 1, 3, 1, ''), scripts), '').line).toBe(1);
    expect(find(applySourceMaps(tiny('/w/a.js', 1, 3, 1, 'longer'), scripts), 'longer').line).toBe(1);
  });

  it('never fetches, and never reads shares', () => {
    const asked: string[] = [];
    const scripts: ScriptReader = {
      readScript: () => '//# sourceMappingURL=https://host.invalid/a.js.map',
      readMap: (_script, url) => (localPathOf(url) === null ? null : String(asked.push(url))),
    };
    const profile = applySourceMaps(tiny('/w/out/a.js', 1, 1, 1), scripts);
    expect(asked).toEqual([]);
    expect(profile.meta.notes.join()).toContain('a.js.map (not found)');
    for (const url of [
      'file://evil/share/a.js',
      '\\\\evil\\share\\a.js',
      '//evil/a.js',
      'http://x/a.js',
      'a.js',
      '/a\0',
    ]) {
      expect(localPathOf(url), url).toBeNull();
    }
    expect(localPathOf(pathToFileURL('/tmp/a b.js').href)).toBe('/tmp/a b.js');
  });

  it('survives damaged maps', () => {
    const texts = [
      '',
      '{',
      'null',
      '[]',
      '{"version":3}',
      '{"version":3,"mappings":7,"sources":[]}',
      '{"sections":[{}]}',
    ];
    const deep = `${'{"version":3,"sections":[{"offset":{"line":0,"column":0},"map":'.repeat(5000)}null${'}]}'.repeat(5000)}`;
    for (const text of [...texts, deep]) {
      const scripts = reader('//# sourceMappingURL=a.js.map', { '/w/a.js.map': text });
      expect(find(applySourceMaps(tiny('/w/a.js', 1, 1, 1), scripts), 'f').file).toBe('/w/a.js');
    }
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ABCDgz09+/;,') }),
        fc.array(fc.anything()),
        (mappings, sources) => {
          const text = JSON.stringify({ version: 3, sources, names: sources, mappings });
          const scripts = reader('//# sourceMappingURL=a.js.map', { '/w/a.js.map': text });
          const profile = applySourceMaps(tiny('/w/a.js', 1, 5, 2), scripts);
          const { functions } = profile;
          expect(functions.line[0]).toBeGreaterThan(0);
          expect(typeof profile.strings[functions.file[0]]).toBe('string');
        },
      ),
    );
  });
});

/** Mappings a line: `[column]` or `[column, source, line, column]`, 0-based. */
function encode(lines: [number, ...number[]][][]): string {
  const decoded = { version: 3 as const, sources: ['a', 'b', 'c'], names: [], mappings: lines as [number][][] };
  return encodedMappings(new TraceMap(decoded));
}

describe('lines and sources', () => {
  // a.ts:1, a.ts:2, b.ts:1, nothing, and a line of both: b.ts:2 first.
  const mappings = encode([
    [],
    [[0, 0, 0, 0]],
    [[2, 0, 1, 0]],
    [[2, 1, 0, 0]],
    [],
    [
      [0, 1, 1, 0],
      [9, 0, 4, 0],
    ],
  ]);
  const text = JSON.stringify({ version: 3, sources: ['a.ts', 'b.ts'], names: [], mappings });
  const scripts = reader('//# sourceMappingURL=a.js.map', { '/w/a.js.map': text });
  const placeOf = (profile: Profile): string => {
    const leaf = profile.leafLines!;
    return `${profile.strings[leafLineFile(profile, leaf, 0)]}:${leaf.line[0]}`;
  };

  it.each([
    ['a function of a.ts', 2, 11, ['/w/a.ts:1', '/w/a.ts:2', '/w/b.ts:1', '/w/a.ts:1', '/w/a.ts:1']],
    ['the top level', 1, 1, ['/w/a.ts:1', '/w/a.ts:2', '/w/b.ts:1', '/w/a.js:5', '/w/a.js:6']],
  ])('of %s are where they are mapped, unless that says nothing', (_, line, column, expected) => {
    const found = [2, 3, 4, 5, 6].map((tick) => applySourceMaps(tiny('/w/a.js', line, column, tick), scripts));
    expect(found.flatMap(checkProfile)).toEqual([]);
    expect(found.map(placeOf)).toEqual(expected);
  });

  it('keeps a bundle of one line as it is', () => {
    const oneLine = JSON.stringify({
      version: 3,
      sources: ['a.ts', 'b.ts'],
      names: [],
      mappings: encode([
        [
          [0, 0, 0, 0],
          [50, 1, 3, 0],
        ],
      ]),
    });
    const minified = reader('//# sourceMappingURL=a.js.map', { '/w/a.js.map': oneLine });
    expect(placeOf(applySourceMaps(tiny('/w/a.js', 1, 1, 1), minified))).toBe('/w/a.js:1');
    expect(placeOf(applySourceMaps(tiny('/w/a.js', 1, 20, 1), minified))).toBe('/w/a.ts:1');
    expect(placeOf(applySourceMaps(tiny('/w/a.js', 1, 60, 1), minified))).toBe('/w/b.ts:4');
  });

  it('gives frames that record calls a function in the other file', () => {
    const builder = new ProfileBuilder();
    builder.addSampleType('samples', 'count');
    const func = builder.func(builder.string('f'), builder.string('/w/a.js'), 2, 11);
    const stack = [3, 4, 5].reduce((below, line) => builder.stack(below, builder.frame(func, line, false)), -1);
    builder.setValue(builder.addSample(stack, 0, null, -1), 0, 1);
    const raw = builder.finish({ ...tiny('', 0, 0, 1).meta, lines: 'call' });
    const profile = applySourceMaps(raw, scripts);
    expect(checkProfile(profile)).toEqual([]);
    const { frames, functions, strings } = profile;
    expect(
      [...frames.func].map(
        (of, i) => `${strings[functions.name[of]]} ${strings[functions.file[of]]}:${frames.line[i]}`,
      ),
    ).toEqual(['f /w/a.ts:2', 'f /w/b.ts:1', 'f /w/a.ts:1']);
    expect(functions.length).toBe(2);
  });

  it('is a sound profile with all ticks, whatever the map says', () => {
    const segment = fc.oneof(fc.tuple(fc.nat(20)), fc.tuple(fc.nat(20), fc.nat(2), fc.nat(5), fc.nat(9)));
    fc.assert(
      fc.property(
        fc.array(fc.array(segment, { maxLength: 3 }), { maxLength: 6 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat(9), fc.integer({ min: 1, max: 7 })), { minLength: 1 }),
        (segments, rows) => {
          const ascending = segments.map((line) => line.sort((a, b) => a[0] - b[0]));
          const map = { version: 3, sources: ['a.ts', 'b.ts', 'c.ts'], names: [], mappings: encode(ascending) };
          const builder = new ProfileBuilder();
          builder.addSampleType('samples', 'count');
          for (const [line, column, tick] of rows) {
            const func = builder.func(builder.string('f'), builder.string('/w/a.js'), line, column);
            const stack = builder.stack(-1, builder.frame(func, line, false));
            builder.setValue(builder.addSample(stack, 0, null, -1), 0, 1);
            builder.addLeafLine(stack, tick, 1);
          }
          const raw = builder.finish(tiny('', 0, 0, 1).meta);
          const profile = applySourceMaps(
            raw,
            reader('//# sourceMappingURL=a.js.map', { '/w/a.js.map': JSON.stringify(map) }),
          );
          expect(checkProfile(profile)).toEqual([]);
          expect(profile.leafLines!.ticks.reduce((sum, ticks) => sum + ticks, 0)).toBe(rows.length);
          const leaf = profile.leafLines!;
          const keys = [...leaf.stack].map((stack, i) => `${stack} ${leaf.line[i]} ${leaf.file?.[i] ?? -1}`);
          expect(new Set(keys).size).toBe(keys.length);
        },
      ),
    );
  });
});

describe('findSourceMapUrl', () => {
  it('takes the last comment, whatever follows it', () => {
    expect(findSourceMapUrl('a\n//# sourceMappingURL=x.map\nb\n//# sourceMappingURL=y.map\n;tail()')).toBe('y.map');
    expect(findSourceMapUrl('//@ sourceMappingURL=x.map')).toBe('x.map');
    expect(findSourceMapUrl('/*# sourceMappingURL=x.map */')).toBe('x.map');
    expect(findSourceMapUrl('s = "//# sourceMappingURL=no.map"; sourceMappingURL=no')).toBeNull();
    expect(findSourceMapUrl('')).toBeNull();
  });

  // Quadratic, it would not end within the test's time.
  it('ends on megabytes of near misses', () => {
    const text = 'sourceMappingURL='.repeat(300_000);
    expect(findSourceMapUrl(text)).toBeNull();
  });
});

describe('addresses', () => {
  it('decodes data URLs', () => {
    expect(decodeDataUrl(`data:application/json;charset=utf-8;base64,${btoa('{"a":1}')}`)).toBe('{"a":1}');
    expect(decodeDataUrl('data:application/json,%7B%22%C3%A4%22%3A1%7D')).toBe('{"ä":1}');
    expect(decodeDataUrl('data:application/json;base64,***')).toBeNull();
    expect(decodeDataUrl('x')).toBeNull();
  });

  it('resolves sources as paths', () => {
    expect(resolveAddress('../src/a b#1.ts', '/w/out/a.js')).toBe('/w/src/a b#1.ts');
    expect(resolveAddress('a%20b.js.map', '/w o/out/a.js')).toBe('/w o/out/a b.js.map');
    expect(resolveAddress('file:///w/a%20b.ts', '/x')).toBe('/w/a b.ts');
    expect(resolveAddress('webpack://app/./src/a.ts', '/x')).toBe('webpack://app/./src/a.ts');
    expect(resolveAddress('../src/a.ts', 'file:///C:/w/out/a.js')).toBe('C:/w/src/a.ts');
    expect(resolveAddress('../src/a.ts', 'http://localhost:5173/out/a.js')).toBe('http://localhost:5173/src/a.ts');
  });
});
