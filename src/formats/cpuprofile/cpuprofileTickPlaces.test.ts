import { describe, expect, it } from 'vitest';
import { decodeRaw } from '../../../test/support/rawCpuprofile';
import { leafLineFile } from '../../analysis/lines';
import { checkProfile } from '../../profile/checkProfile';

describe('ticks with places in $vscode', () => {
  /** Node 1 is the top level of a bundle, node 2 a function of a.ts at line 2. */
  function bundled(locations: [path: string, line: number][], ticks: [number, number][][], url: string): string[] {
    const node = (id: number, functionName: string, lineNumber: number, columnNumber: number) => ({
      id,
      callFrame: { functionName, scriptId: '1', url, lineNumber, columnNumber },
      hitCount: 1,
      locationId: id - 1,
      positionTicks: ticks[id - 1].map(([line, startLocationId]) => ({ line, ticks: 1, startLocationId })),
    });
    const profile = decodeRaw({
      nodes: [node(1, '', 0, 0), node(2, 'f', 1, 10)],
      startTime: 0,
      endTime: 2,
      samples: [1, 2],
      timeDeltas: [1, 1],
      $vscode: {
        locations: locations.map(([path, lineNumber]) => ({
          locations: [{ lineNumber, columnNumber: 1, source: { name: path.split('/').at(-1), path } }],
        })),
      },
    });
    expect(checkProfile(profile)).toEqual([]);
    const leaf = profile.leafLines!;
    return [...leaf.stack].map(
      (stack, i) => `${stack} ${profile.strings[leafLineFile(profile, leaf, i)]}:${leaf.line[i]}×${leaf.ticks[i]}`,
    );
  }

  it.each(['file:///w/out/app.js', '/w/out/app.js', 'http://localhost:1/app.js?t=1'])(
    'takes ticks of %s into other sources where $vscode has them there',
    (url) => {
      const script = (line: number): [string, number] => ['/w/out/app.js', line];
      const locations: [string, number][] = [script(1), ['/w/a.ts', 11], ['/w/b.ts', 12], ['/w/a.ts', 15], script(4)];
      // On its first line a function's tick is its own; where the script itself is shown, nothing is mapped.
      const ticks: [number, number][][] = [
        [
          [2, 1],
          [3, 2],
          [4, 4],
        ],
        [
          [2, 2],
          [3, 2],
          [4, 4],
          [5, 3],
        ],
      ];
      const own = url.startsWith('http') || url.startsWith('file') ? '/w/out/app.js' : url;
      expect(bundled(locations, ticks, url)).toEqual([
        `0 ${own}:4×1`,
        '0 /w/a.ts:11×1',
        '0 /w/b.ts:12×1',
        '1 /w/a.ts:11×2',
        '1 /w/a.ts:15×1',
        '1 /w/b.ts:12×1',
      ]);
    },
  );

  it('does not take a line of minified code for that of one of its sources', () => {
    const profile = decodeRaw({
      nodes: [
        ['', 0, 0, 0],
        ['f', 1, 10, 1],
        ['g', 1, 90, 2],
      ].map(([functionName, lineNumber, columnNumber, locationId], i) => ({
        id: i + 1,
        callFrame: { functionName, scriptId: '1', url: 'file:///w/app.js', lineNumber, columnNumber },
        hitCount: 1,
        locationId,
        positionTicks: [{ line: 2, ticks: 1, startLocationId: 1 }],
      })),
      startTime: 0,
      endTime: 3,
      samples: [1, 2, 3],
      timeDeltas: [1, 1, 1],
      $vscode: {
        locations: [
          ['/w/app.js', 1],
          ['/w/a.ts', 4],
          ['/w/b.ts', 8],
        ].map(([path, lineNumber]) => ({ locations: [{ lineNumber, columnNumber: 1, source: { path } }] })),
      },
    });
    expect(profile.leafLines!.file).toBeNull();
    expect([...profile.leafLines!.line]).toEqual([1, 4, 8]);
  });
});
