import { expect, it } from 'vitest';
import { profileOf } from '../../test/support/sampleProfile';
import { neighbours } from './agentRequests';
import { Engine } from './engine';
import { fileFunctions } from './fileFunctionRequests';
import { hotPathFrom, hottestLines } from './hottestRequests';
import { lineFunctions } from './lineFunctions';
import { fileLines, hotFiles, lineDetails } from './lineRequests';
import { nodePlatform } from './nodePlatform';
import { OpenProfile } from './openProfile';

const view = { sampleType: 0, thread: null };
const open = new OpenProfile(
  1,
  'x.folded',
  profileOf([
    { frames: ['main@m.go:3', 'hash@h.go:7'], value: 6 },
    { frames: ['main@m.go:3', 'hash@h.go:8', 'round'], value: 2 },
    { frames: ['main@m.go:4', 'com.x.Foo.round'], value: 4 },
  ]),
);
const fileOf = (path: string): number => open.profile.strings.indexOf(path);

it('answers the hottest lines of all files, as many as are asked for', () => {
  const self = hottestLines(open, { profile: 1, view, sort: 'self', limit: 1 });
  expect(self).toMatchObject({ count: 1, viewTotal: 12, lines: [{ path: 'h.go', line: 7, self: 6, total: 6 }] });
  const total = hottestLines(open, { profile: 1, view, sort: 'total', limit: 2 });
  expect(total.count).toBe(4);
  expect(total.lines).toMatchObject([
    { path: 'm.go', line: 3, name: 'main', self: 0, total: 8 },
    { path: 'h.go', line: 7, total: 6 },
  ]);
});

it('answers the functions of files, and those without a file by name', () => {
  const found = fileFunctions(open, { profile: 1, view, files: [fileOf('h.go')], names: ['round', 'main'] });
  expect(found.functions).toMatchObject([
    { name: 'hash', path: 'h.go', self: 6, total: 8, samples: 8, callers: [{ name: 'main', value: 8 }] },
    { name: 'com.x.Foo.round', path: null, file: -1, self: 4, total: 4 },
    { name: 'round', self: 2, callerCount: 1 },
  ]);
});

it('finds the hot path from the top, a line, and between lines', () => {
  const names = (from: Parameters<typeof hotPathFrom>[1]['from']): string[] =>
    hotPathFrom(open, { profile: 1, view, from }).steps.map(({ name, line, total }) => `${name}:${line} ${total}`);
  expect(names(null)).toEqual(['main:3 12', 'hash:7 8']);
  expect(names({ file: fileOf('h.go'), line: 8 })).toEqual(['hash:7 8']);
  expect(names({ file: fileOf('h.go'), line: 100 })).toEqual(['hash:7 8']);
  expect(names({ file: fileOf('h.go'), line: 1 })).toEqual([]);
});

it('knows lines of other files than their function, and leads there', () => {
  const frames = ['top@bundle.js:1'];
  const bundle = new OpenProfile(
    2,
    'x.cpuprofile',
    profileOf([{ frames, value: 10 }], {
      lines: 'declaration',
      leafLines: [
        [frames, 7, 7, '/src/main.ts'],
        [frames, 3, 2, '/src/kernel.ts'],
        [frames, 1, 1],
      ],
    }),
  );
  const main = bundle.profile.strings.indexOf('/src/main.ts');
  expect(hottestLines(bundle, { profile: 2, view, sort: 'self', limit: 2 }).lines).toMatchObject([
    { path: '/src/main.ts', line: 7, name: 'top', self: 7, total: 7 },
    { path: '/src/kernel.ts', line: 3, self: 2, total: 2 },
  ]);
  expect(hotFiles(bundle, view)).toMatchObject([
    { path: '/src/main.ts', self: 7, hasLines: true },
    { path: '/src/kernel.ts', self: 2 },
    { path: 'bundle.js', self: 1, total: 10 },
  ]);
  const lines = fileLines(bundle, view, main, true);
  expect([[...lines.line], [...lines.self], [...lines.total]]).toEqual([[7], [7], [7]]);
  expect(lines.references).toMatchObject({ fileTotal: 7, functionTotal: Float64Array.of(10) });
  expect(lineDetails(bundle, view, main, 7)).toMatchObject({ self: 7, total: 7, functions: [{ name: 'top' }] });
  expect(lineFunctions(bundle, view, [{ file: main, line: 7 }])).toMatchObject([{ name: 'top', total: 10 }]);
  const leadsTo = [{ name: 'top', file: '/src/main.ts', line: 7 }];
  expect(hotPathFrom(bundle, { profile: 2, view, from: null }).steps).toMatchObject(leadsTo);
  expect(hotPathFrom(bundle, { profile: 2, view, from: { file: main, line: 8 } }).steps).toMatchObject(leadsTo);
  const named = { path: 'main.ts', line: 7 };
  const asked = neighbours(bundle, { profile: 2, view, of: named, depth: 1, limit: 5 });
  expect(asked.found).toMatchObject([{ file: '/src/main.ts', line: 7, self: 7 }]);
});

it("tells a file's hottest line, or all samples with the file, as its total", () => {
  const shared = new OpenProfile(
    3,
    'x.folded',
    profileOf([
      { frames: ['main@main.py:1', 'f@shop.py:2'], value: 5 },
      { frames: ['main@main.py:1', 'f@shop.py:3', 'g@shop.py:9'], value: 4 },
    ]),
  );
  const totals = (exact: boolean): (string | number)[][] =>
    hotFiles(shared, view, exact).map(({ path, self, total }) => [path, self, total]);
  expect(totals(false)).toEqual([
    ['shop.py', 9, 5],
    ['main.py', 0, 9],
  ]);
  expect(totals(true)).toEqual([
    ['shop.py', 9, 9],
    ['main.py', 0, 9],
  ]);
});

it('agrees with the function table on a recording of Node', async () => {
  const engine = new Engine(nodePlatform);
  const path = 'test/fixtures/node.cpuprofile';
  const { profile } = await engine.request('open', { source: { kind: 'file', path }, name: path });
  const { rows } = await engine.request('functionTable', {
    profile,
    view,
    sort: 'total',
    descending: true,
    filter: { query: '', regex: false, matchCase: false },
    offset: 0,
    limit: 1000,
  });
  const files = (await engine.request('hotFiles', { profile, view })).map(({ file }) => file);
  const { functions } = await engine.request('fileFunctions', { profile, view, files, names: [] });
  expect(functions.length).toBeGreaterThan(5);
  for (const { func, self, total } of functions) {
    expect(rows.find((row) => row.func === func)).toMatchObject({ self, total });
  }
  const { steps } = await engine.request('hotPath', { profile, view, from: null });
  expect(steps.map(({ name, line }) => [name, line])).toEqual([
    ['step', 25],
    ['sort', 21],
  ]);
  expect(steps.every(({ total }, i) => i === 0 || total <= steps[i - 1].total)).toBe(true);
});
