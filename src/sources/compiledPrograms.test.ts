import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eachMapping, TraceMap } from '@jridgewell/trace-mapping';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFunction } from '../../test/support/findFunction';
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
import { createScriptFiles } from './scriptFiles';
import { applySourceMaps, readEmbeddedSource } from './sourceMaps';

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
  const spin = findFunction(profile, 'spin');
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
  const runAll = findFunction(profile, 'runAll');
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
    expect(findFunction(raw, 'spin').file).toContain('hot.js');
    const profile = applySourceMaps(raw, createScriptFiles());
    expectHotLoop(profile);
    expect(findFunction(profile, 'describeRound')).toMatchObject({ file: join(folder, 'src', 'main.ts'), line: 5 });
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
    const spin = findFunction(profile, 'spin');
    expect(spin).toMatchObject({ file: join(folder, source), line: 7 });
    expect(findFunction(profile, 'runAll').file).toBe(join(folder, 'src', 'main.ts'));
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

  it('takes a line for itself where esbuild covers its start by the mapping before it', () => {
    const covered = join(folder, 'src', 'covered.ts');
    writeFileSync(
      covered,
      `export function pick(found: number[] | undefined, key: number): object {
  if (found) found.push(key);
  else console.log(key);
  return {
    first: Math.sin(key),
    second: Math.cos(key),
  };
}
`,
    );
    const outfile = join(folder, 'covered.js');
    buildSync({ entryPoints: [covered], outfile, sourcemap: 'linked' });
    const compiled = readFileSync(outfile, 'utf8').split('\n');
    const lineOf = (text: string): number => compiled.findIndex((line) => line.includes(text)) + 1;
    const builder = new ProfileBuilder();
    builder.addSampleType('samples', 'count');
    const start = lineOf('function pick');
    const column = compiled[start - 1].indexOf('(') + 1;
    const func = builder.func(builder.string('pick'), builder.string(outfile), start, column);
    const stack = builder.stack(-1, builder.frame(func, start, false));
    builder.setValue(builder.addSample(stack, 0, null, -1), 0, 1);
    const texts = ['found.push', 'else console', 'return {', 'first:', 'second:'];
    for (const text of texts) builder.addLeafLine(stack, lineOf(text), 1);
    const raw = builder.finish({
      formats: ['cpuprofile'],
      durationMs: null,
      startTimeMs: null,
      defaultSampleType: 0,
      lines: 'declaration',
      notes: [],
    });
    const original = readFileSync(covered, 'utf8').split('\n');
    const wanted = texts.map((text) => original.findIndex((line) => line.includes(text)) + 1);
    expect([...applySourceMaps(raw, createScriptFiles()).leafLines!.line]).toEqual(wanted);
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
