import { readFileSync } from 'node:fs';
import { buildSync } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';
import { useCommandLine } from '../../test/support/commandLine';

const { file, run, topOf } = useCommandLine();

beforeAll(() => {
  buildSync({
    bundle: true,
    platform: 'browser',
    loader: { '.css': 'empty' },
    entryPoints: ['webview/flamePage/main.ts'],
    outfile: file('flamePage.js'),
  });
});

test('writes a page that stands alone', () => {
  expect(run('convert', file('a.folded'), file('a.html'))).toEqual({ code: 0, out: '', err: '' });
  const page = readFileSync(file('a.html'), 'utf8');
  expect(page).toContain('"name":"warm"');
  expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org\/)/);
});

test('writes a picture of the wanted sample type', () => {
  const heap = 'test/fixtures/go-heap.pb.gz';
  expect(run('convert', heap, file('heap.svg'), '--type', 'alloc_objects')).toEqual({ code: 0, out: '', err: '' });
  expect(readFileSync(file('heap.svg'), 'utf8')).toContain('alloc_objects');
  const { code, err } = run('convert', heap, file('heap.svg'), '--type', 'time');
  expect(code).toBe(1);
  expect(err).toContain('the profile has alloc_objects');
});

test('draws the samples that pass, split by a label', () => {
  const workers = 'test/fixtures/pprof/cpu.pb.gz';
  const options = ['--filter', 'worker=worker-0', '--filter', 'worker=worker-1', '--split-by', 'worker'];
  expect(run('convert', workers, file('split.svg'), ...options)).toEqual({ code: 0, out: '', err: '' });
  const picture = readFileSync(file('split.svg'), 'utf8');
  expect(picture).toContain('cpu.pb.gz · worker: worker-0 or worker-1');
  expect(picture).toContain('worker: worker-1');
  expect(picture).not.toContain('worker: worker-2');
  const { code, err } = run('convert', workers, file('split.svg'), '--split-by', 'moon');
  expect([code, err]).toEqual([
    1,
    `emberline: ${workers} cannot be split by "moon": its samples differ in kind, worker.\n`,
  ]);
  expect(run('convert', workers, file('split.folded'), '--thread', 'x').code).toBe(2);
});

test('merges several inputs', () => {
  expect(run('convert', file('a.folded'), file('b.folded'), file('both.folded')).code).toBe(0);
  expect(topOf(file('both.folded')).profile.total).toBe(15);
});

test('folded to folded keeps every value', () => {
  expect(run('convert', file('a.folded'), file('again.folded')).code).toBe(0);
  expect(topOf(file('again.folded'), '--by', 'line')).toEqual(topOf(file('a.folded'), '--by', 'line'));
});

test('an ending that it cannot write is wrong usage', () => {
  const { code, err } = run('convert', file('a.folded'), file('a.xyz'));
  expect(code).toBe(2);
  expect(err).toContain('.html');
});
