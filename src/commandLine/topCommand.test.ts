import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { useCommandLine } from '../../test/support/commandLine';

const { file, folder, run, topOf } = useCommandLine();

test('prints the contract as JSON', () => {
  expect(topOf(file('a.folded'), '--by', 'line', '--sort', 'total')).toEqual({
    profile: {
      formats: ['folded'],
      sampleTypes: [{ type: 'samples', unit: 'count' }],
      sampleType: 'samples',
      unit: 'count',
      total: 5,
      samples: 5,
      durationMs: null,
    },
    rows: [
      { name: 'main', file: null, line: null, self: 0, total: 5 },
      { name: 'hot', file: 'a.py', line: 7, self: 3, total: 3 },
      { name: 'hot', file: 'a.py', line: 8, self: 2, total: 2 },
      { name: 'warm', file: 'a.py', line: 9, self: 0, total: 2 },
    ],
  });
});

test('merges several profiles', () => {
  const { profile, rows } = topOf(file('a.folded'), file('b.folded'), '--limit', '1');
  expect(profile.total).toBe(15);
  expect(rows).toEqual([{ name: 'hot', file: 'a.py', line: null, self: 15, total: 15 }]);
});

test('merges unlike profiles by the type that all have, and says where one has none', () => {
  const v8 = 'test/fixtures/node.cpuprofile';
  const { profile } = topOf(v8, 'test/fixtures/go-cpu.pb.gz');
  expect(profile.sampleType).toBe('samples');
  expect(profile.total).toBe(
    topOf(v8, '--type', 'samples').profile.total +
      topOf('test/fixtures/go-cpu.pb.gz', '--type', 'samples').profile.total,
  );
  const { err } = run('top', 'test/fixtures/go-heap.pb.gz', v8);
  expect(err).toMatch(/node\.cpuprofile has no values of the type "inuse_space"/);
});

test('--filter, --thread and --process choose samples', () => {
  const workers = 'test/fixtures/pprof/cpu.pb.gz';
  const samples = (...args: string[]): number => topOf(workers, '--type', 'samples', ...args).profile.total;
  const [first, second, third] = [0, 1, 2].map((worker) => samples('--filter', `worker=worker-${worker}`));
  expect([first, second, third]).toEqual([69, 60, 61]);
  expect(samples('--filter', 'worker=worker-0', '--filter', 'worker=worker-2')).toBe(first + third);
  expect(samples('--filter', 'worker=worker-0', '--filter', 'kind=order handler')).toBe(first);
  const all = topOf('test/fixtures/austin/wall.austin', '--type', 'samples').profile.total;
  const [process] = run('top', 'test/fixtures/austin/wall.austin', '--process', 'x').err.match(/pid \d+/) ?? [''];
  const one = topOf('test/fixtures/austin/wall.austin', '--type', 'samples', '--process', process).profile.total;
  expect(one).toBeGreaterThan(0);
  expect(one).toBeLessThan(all);
  expect(run('top', workers, '--filter', 'worker=w').err).toBe(
    `emberline: No sample of ${workers} has the label worker=w: there are worker-0, worker-2, worker-1.\n`,
  );
  expect(run('top', workers, '--filter', 'w=1').err).toContain(`${workers} has no label "w": it has kind, worker.`);
  expect(run('top', workers, '--thread', 'w').err).toContain(`${workers} has no thread "w"`);
  expect(run('top', workers, '--filter', 'w').code).toBe(2);
});

test('tells on stderr what was repaired', () => {
  const callFrame = { functionName: 'f', scriptId: '1', url: '', lineNumber: 0, columnNumber: 0 };
  const gap = { nodes: [{ id: 1, callFrame }], startTime: 0, endTime: 20, samples: [1, 9], timeDeltas: [0, 10] };
  writeFileSync(file('gap.cpuprofile'), JSON.stringify(gap));
  const { out, err, code } = run('top', file('gap.cpuprofile'), '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out).profile.samples).toBe(2);
  expect(err).toMatch(/^emberline: note: .*One sample is of a node that is not in the file/);
});

test('samples that are scaled to compare by rate are still a whole number', () => {
  const members = [3, 2].map((seconds) => ({ instance: `${seconds}`, name: 'a', bytes: 7, seconds, notes: [] }));
  writeFileSync(
    file('set.emberline'),
    `emberline capture set 1\n${JSON.stringify({ members, failures: [] })}\nmain 1\nmain 1\n`,
  );
  const { out, err } = run('top', file('set.emberline'));
  expect(out).toMatch(/ in 3 samples\n/);
  expect(err).toMatch(/2 was sampled for 2 s of 3 s: its values are multiplied by 1\.5 /);
});

test('the first rows are the same, however many are asked for', () => {
  const fixture = 'test/fixtures/node.cpuprofile';
  const { rows } = topOf(fixture, '--limit', '0', '--sort', 'total');
  expect(topOf(fixture, '--limit', '7', '--sort', 'total').rows).toEqual(rows.slice(0, 7));
});

test('prints a table for people', () => {
  const { code, out } = run('top', file('a.folded'), '--by', 'file');
  expect(code).toBe(0);
  expect(out.split('\n').map((line) => line.trim().split(/\s+/).at(-1))).toContain('a.py');
});

test('work that fails: one line on stderr that names the file, exit 1', () => {
  writeFileSync(file('empty.folded'), '');
  writeFileSync(file('page.pb.gz'), '<!doctype html><title>Sign in</title>');
  writeFileSync(file('twice.pprof'), gzipSync(gzipSync('PERFILE2 and more')));
  writeFileSync(file('json.pprof'), '{"name":"x","version":1}');
  writeFileSync(file('prose.txt'), 'The quick brown fox\njumps over\nlazy dogs 12\n');
  writeFileSync(file('prose.folded'), 'Dear reader,\nthis is a letter.\n');
  writeFileSync(file('nothing.gz'), gzipSync(''));
  for (const [path, reason] of [
    [file('missing.folded'), 'does not exist'],
    [folder, 'is a directory'],
    [file('empty.folded'), 'empty'],
    [file('cli.js'), 'This is text that begins with'],
    [file('page.pb.gz'), 'This is a web page (HTML, “Sign in”), no profile that Emberline knows: it reads V8 CPU, '],
    [file('twice.pprof'), 'This is Linux perf\'s own file, which Emberline does not read: run "perf script'],
    [file('json.pprof'), '(at byte 1); this looks like JSON with the members “name”, “version”'],
    [file('prose.txt'), 'This is text that begins with “The quick brown fox”, no profile that Emberline knows: it'],
    [file('prose.folded'), '(at line 1); this looks like text that begins with “Dear reader,”'],
    [file('nothing.gz'), 'empty when it is unpacked'],
  ]) {
    const { code, out, err } = run('top', path);
    expect([code, out]).toEqual([1, '']);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toContain(reason);
  }
  const { code, err } = run('top', file('a.folded'), '--type', 'bytes');
  expect(code).toBe(1);
  expect(err).toContain('the profile has samples');
});

test('wrong usage: exit 2', () => {
  for (const args of [
    [],
    ['top'],
    ['nothing'],
    ['top', 'x', '--by', 'moon'],
    ['top', 'x', '--limit', '-1'],
    ['top', 'x', '--limit', ''],
    ['top', '--x'],
  ]) {
    const { code, err } = run(...args);
    expect(code).toBe(2);
    expect(err).toContain('Usage:');
  }
});

test('--help of a command is help', () => {
  expect(run('top', '--help')).toMatchObject({ code: 0, err: '' });
});
