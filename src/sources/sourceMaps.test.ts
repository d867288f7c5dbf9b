import { pathToFileURL } from 'node:url';
import { encodedMappings, TraceMap } from '@jridgewell/trace-mapping';
import { describe, expect, it } from 'vitest';
import { findFunction } from '../../test/support/findFunction';
import { fc } from '../../test/support/property';
import { leafLineFile } from '../analysis/lines';
import { checkProfile } from '../profile/checkProfile';
import { mergeProfiles } from '../profile/mergeProfiles';
import type { Profile } from '../profile/profile';
import { ProfileBuilder } from '../profile/profileBuilder';
import { localPathOf } from './scriptFiles';
import { applySourceMaps, readEmbeddedSource, type ScriptReader } from './sourceMaps';

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
    expect(findFunction(first, 'f')).toMatchObject({ file: '/w/src/a.ts', line: 11 });
    expect([...first.leafLines!.line]).toEqual([12]);
    const second = applySourceMaps(tiny('/w/out/a.js', 11, 1, 12), scripts);
    expect(findFunction(second, 'f')).toMatchObject({ file: '/w/out/b.ts', line: 11 });
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
    expect(findFunction(applySourceMaps(tiny('/w/a.js', 1, 3, 1, 'a'), scripts), 'original').line).toBe(1);
    expect(findFunction(applySourceMaps(tiny('/w/a.js', 1, 3, 1, ''), scripts), '').line).toBe(1);
    expect(findFunction(applySourceMaps(tiny('/w/a.js', 1, 3, 1, 'longer'), scripts), 'longer').line).toBe(1);
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
      expect(findFunction(applySourceMaps(tiny('/w/a.js', 1, 1, 1), scripts), 'f').file).toBe('/w/a.js');
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
