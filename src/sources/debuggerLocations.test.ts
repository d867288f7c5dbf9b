import { describe, expect, it } from 'vitest';
import {
  DebuggerLocations,
  type LocatableProfile,
  type ScriptDebugger,
  type VscodeExtension,
} from './debuggerLocations';
import type { ScriptReader } from './sourceMaps';

const files: ScriptReader = { readScript: () => '', readMap: () => null };

function profile(url: string): LocatableProfile {
  const frame = (functionName: string, lineNumber: number, from = url) => ({
    callFrame: { functionName, scriptId: from === '' ? '0' : '7', url: from, lineNumber, columnNumber: 0 },
  });
  return {
    nodes: [
      frame('(root)', -1, ''),
      { ...frame('hot', 1), positionTicks: [{ line: 3, ticks: 5 }] },
      { ...frame('hot', 1), positionTicks: [{ line: 3, ticks: 2 }] },
      frame('other', 4),
    ],
  };
}

function debug(answers: Partial<ScriptDebugger>): ScriptDebugger & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    sourceMapUrl: async (id) => {
      asked.push(`map ${id}`);
      return answers.sourceMapUrl ? answers.sourceMapUrl(id) : null;
    },
    preferredPlace: async (url, line, column) => {
      asked.push(`place ${line}:${column}`);
      return answers.preferredPlace ? answers.preferredPlace(url, line, column) : null;
    },
  };
}

const never = new AbortController().signal;

describe('DebuggerLocations', () => {
  it('asks the debugger about each function and line once, and writes places as js-debug does', async () => {
    const target = debug({
      sourceMapUrl: async () => 'http://localhost:1/app.js.map',
      preferredPlace: async (_url, line) => ({ file: '/w/src/app.ts', line: line + 10, column: 2 }),
    });
    const locations = new DebuggerLocations(target, files, '/w');
    const first = profile('http://localhost:1/app.js');
    const added = (await locations.annotate(first, never))!;
    await locations.annotate(profile('http://localhost:1/app.js'), never);
    expect(target.asked.sort()).toEqual(['map 7', 'place 2:1', 'place 3:1', 'place 5:1']);
    const [root, hot, again, other] = first.nodes;
    const placeOf = (id: number | undefined) => added.locations[id!].locations[0];
    expect(added.rootPath).toBe('/w');
    expect(placeOf(root.locationId)).toBeUndefined();
    expect(placeOf(hot.locationId)).toMatchObject({
      lineNumber: 12,
      columnNumber: 2,
      source: { path: '/w/src/app.ts' },
    });
    expect(placeOf(other.locationId)).toMatchObject({ lineNumber: 15 });
    expect(placeOf(hot.positionTicks![0].startLocationId)).toMatchObject({ lineNumber: 13 });
    expect(again.locationId).toBe(hot.locationId);
  });

  it('uses the inline map of what runs', async () => {
    const map = { version: 3, sources: ['app.ts'], names: [], mappings: ';AAUA;AACA' };
    const target = debug({
      sourceMapUrl: async () => `data:application/json,${encodeURIComponent(JSON.stringify(map))}`,
    });
    const loaded = profile('file:///w/app.ts');
    const added = (await new DebuggerLocations(target, files, undefined).annotate(loaded, never))!;
    expect(added.locations[loaded.nodes[1].locationId!].locations[0]).toMatchObject({
      lineNumber: 11,
      source: { path: '/w/app.ts' },
    });
    expect(target.asked).toEqual(['map 7']);
  });

  /** The top level of a bundle: a function that is mapped, one that is not, ticks of two sources and of none. */
  function bundle(): LocatableProfile {
    const frame = (functionName: string, lineNumber: number, columnNumber: number) => ({
      callFrame: { functionName, scriptId: '7', url: '/w/app.js', lineNumber, columnNumber },
    });
    const ticks = (...lines: number[]) => lines.map((line) => ({ line, ticks: 1 }));
    return {
      nodes: [
        { ...frame('', 0, 0), positionTicks: ticks(1, 2, 3, 4) },
        { ...frame('hot', 1, 10), positionTicks: ticks(2, 3, 4) },
      ],
    };
  }
  const placesOf = (loaded: LocatableProfile, added: VscodeExtension): string[][] =>
    loaded.nodes.map((node) =>
      [node.locationId, ...node.positionTicks!.map((tick) => tick.startLocationId)].map((id) => {
        const place = added.locations[id!].locations[0];
        return `${place.source.path}:${place.lineNumber}`;
      }),
    );

  it('puts ticks into the sources that they are of, by a map', async () => {
    // Line 2 is a.ts:11, line 3 is b.ts:12.
    const map = { version: 3, sources: ['a.ts', 'b.ts'], names: [], mappings: ';AAUA;ACCA' };
    const target = debug({
      sourceMapUrl: async () => `data:application/json,${encodeURIComponent(JSON.stringify(map))}`,
    });
    const loaded = bundle();
    const added = (await new DebuggerLocations(target, files, undefined).annotate(loaded, never))!;
    expect(placesOf(loaded, added)).toEqual([
      ['/w/app.js:1', '/w/app.js:1', '/w/a.ts:11', '/w/b.ts:12', '/w/app.js:4'],
      ['/w/a.ts:11', '/w/a.ts:11', '/w/b.ts:12', '/w/a.ts:11'],
    ]);
  });

  it('puts ticks into the sources that the debugger shows', async () => {
    const target = debug({
      sourceMapUrl: async () => 'app.js.map',
      preferredPlace: async (url, line, column) =>
        line === 2 || line === 3
          ? { file: line === 2 ? '/w/a.ts' : '/w/b.ts', line: line + 9, column: 1 }
          : { file: url, line, column },
    });
    const loaded = bundle();
    const added = (await new DebuggerLocations(target, files, undefined).annotate(loaded, never))!;
    expect(placesOf(loaded, added)).toEqual([
      ['/w/app.js:1', '/w/app.js:1', '/w/a.ts:11', '/w/b.ts:12', '/w/app.js:4'],
      ['/w/a.ts:11', '/w/a.ts:11', '/w/b.ts:12', '/w/a.ts:11'],
    ]);
  });

  it('adds nothing where maps are on disk, where there are none, and where the debugger shows the script itself', async () => {
    const onDisk: ScriptReader = { readScript: () => '//# sourceMappingURL=app.js.map', readMap: () => '{}' };
    const silent = debug({});
    expect(await new DebuggerLocations(silent, onDisk, '/w').annotate(profile('/w/app.js'), never)).toBeNull();
    expect(silent.asked).toEqual([]);
    expect(await new DebuggerLocations(silent, files, '/w').annotate(profile('/w/app.js'), never)).toBeNull();
    const same = debug({
      sourceMapUrl: async () => 'gone.map',
      preferredPlace: async (url, line, column) => ({ file: url, line, column }),
    });
    const unchanged = profile('/w/app.js');
    expect(await new DebuggerLocations(same, files, '/w').annotate(unchanged, never)).toBeNull();
    expect(unchanged.nodes[1].locationId).toBeUndefined();
    expect(await new DebuggerLocations(same, files, '/w').annotate(profile('node:fs'), never)).toBeNull();
  });

  it('counts functions that the debugger did not answer about, and stops when aborted', async () => {
    const target = debug({
      sourceMapUrl: async () => 'gone.map',
      preferredPlace: async () => {
        throw new Error('too late');
      },
    });
    const locations = new DebuggerLocations(target, files, '/w');
    expect(await locations.annotate(profile('/w/app.js'), never)).toBeNull();
    expect(locations.missing).toBe(2);
    const aborted = debug({});
    expect(
      await new DebuggerLocations(aborted, files, '/w').annotate(profile('/w/a.js'), AbortSignal.abort()),
    ).toBeNull();
    expect(aborted.asked).toEqual([]);
  });
});
