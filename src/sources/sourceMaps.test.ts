import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fc } from '../../test/support/property';
import { bytesSource } from '../engine/byteSource';
import { cpuprofile } from '../formats/cpuprofile/cpuprofile';
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

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'emberline maps '));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src', 'hot.ts'), hotText);
  writeFileSync(join(folder, 'src', 'main.ts'), mainText);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a script under V8's profiler and decodes what it wrote. */
function record(script: string): Profile {
  const out = mkdtempSync(join(folder, 'prof-'));
  execFileSync(process.execPath, ['--cpu-prof', '--cpu-prof-interval', '500', `--cpu-prof-dir=${out}`, script]);
  const bytes = readFileSync(join(out, readdirSync(out)[0]));
  return cpuprofile.decode(bytesSource('a.cpuprofile', new Uint8Array(bytes)), { checkpoint: () => undefined });
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
    const first = applySourceMaps(tiny('file:///w/out/a.js', 1, 1, 2), scripts);
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
