import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Certificates } from '../../test/support/certificates';
import type { DiffResult } from '../engine/compareApi';
import type { TopResult } from '../engine/topApi';

/** The command line as a process: what scripts rely on. */

const folder = mkdtempSync(join(tmpdir(), 'emberline-cli-'));
const file = (name: string): string => join(folder, name);

beforeAll(() => {
  const common = { bundle: true, platform: 'node', define: { EMBERLINE_VERSION: '"0.0.0"' } } as const;
  buildSync({ ...common, entryPoints: ['src/cli.ts'], outfile: file('cli.js') });
  buildSync({
    ...common,
    platform: 'browser',
    loader: { '.css': 'empty' },
    entryPoints: ['webview/flamePage/main.ts'],
    outfile: file('flamePage.js'),
  });
  writeFileSync(file('a.folded'), 'main;hot (a.py:7) 3\nmain;warm (a.py:9);hot (a.py:8) 2\n');
  writeFileSync(file('b.folded'), 'main;hot (a.py:7) 10\n');
  writeFileSync(file('empty.folded'), '');
  writeFileSync(file('page.pb.gz'), '<!doctype html><title>Sign in</title>');
  writeFileSync(file('twice.pprof'), gzipSync(gzipSync('PERFILE2 and more')));
  writeFileSync(file('json.pprof'), '{"name":"x","version":1}');
  writeFileSync(file('prose.txt'), 'The quick brown fox\njumps over\nlazy dogs 12\n');
  writeFileSync(file('prose.folded'), 'Dear reader,\nthis is a letter.\n');
  writeFileSync(file('nothing.gz'), gzipSync(''));
  const callFrame = { functionName: 'f', scriptId: '1', url: '', lineNumber: 0, columnNumber: 0 };
  const gap = { nodes: [{ id: 1, callFrame }], startTime: 0, endTime: 20, samples: [1, 9], timeDeltas: [0, 10] };
  writeFileSync(file('gap.cpuprofile'), JSON.stringify(gap));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file('cli.js'), ...args], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

function topOf(...args: string[]): TopResult {
  const { code, out, err } = run('top', ...args, '--json');
  expect(err).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out) as TopResult;
}

describe('diff', () => {
  const diffOf = (...args: string[]): DiffResult => {
    const { code, out, err } = run('diff', ...args, '--json');
    expect(err).toBe('');
    expect(code).toBe(0);
    return JSON.parse(out) as DiffResult;
  };

  test('prints the contract as JSON, deltas in percentage points of each total', () => {
    const found = diffOf(file('a.folded'), file('b.folded'), '--by', 'line');
    expect(found.base).toMatchObject({ formats: ['folded'], sampleType: 'samples', unit: 'count', total: 5 });
    expect(found.new).toMatchObject({ total: 10, samples: 10, durationMs: null });
    const chance = { sureSelf: false, sureTotal: false };
    const warm = { baseSelf: 0, baseTotal: 2, newSelf: 0, newTotal: 0, deltaSelf: 0, deltaTotal: -40, ...chance };
    expect(found.rows).toEqual([
      {
        ...{ name: 'hot', file: 'a.py', line: 7, baseSelf: 3, baseTotal: 3, newSelf: 10, newTotal: 10 },
        ...{ deltaSelf: 40, deltaTotal: 40, ...chance },
      },
      {
        ...{ name: 'hot', file: 'a.py', line: 8, baseSelf: 2, baseTotal: 2, newSelf: 0, newTotal: 0 },
        ...{ deltaSelf: -40, deltaTotal: -40, ...chance },
      },
      {
        ...{ name: 'main', file: null, line: null, baseSelf: 0, baseTotal: 5, newSelf: 0, newTotal: 10 },
        ...{ deltaSelf: 0, deltaTotal: 0, ...chance },
      },
      { name: 'warm', file: 'a.py', line: 9, ...warm },
    ]);
    const byTotal = diffOf(file('a.folded'), file('b.folded'), '--by', 'function', '--sort', 'total', '--limit', '1');
    expect(byTotal.rows).toMatchObject([{ name: 'warm', deltaTotal: -40 }]);
  });

  test('--fail-above: exit 3 where a share grew by more points, whatever is shown', () => {
    const [before, after] = ['test/fixtures/diff/before.pb.gz', 'test/fixtures/diff/after.pb.gz'];
    const grown = Math.max(...diffOf(before, after, '--limit', '0').rows.map((row) => row.deltaSelf));
    expect(grown).toBeGreaterThan(5);
    expect(run('diff', before, after, '--fail-above', String(Math.ceil(grown))).code).toBe(0);
    const { code, err, out } = run('diff', before, after, '--fail-above', '2.5', '--limit', '1');
    expect([code, err]).toEqual([
      3,
      expect.stringMatching(/^emberline: note: .* grew by \+\d+\.\d pp of self, above --fail-above 2\.5\.\n$/),
    ]);
    expect(out.split('\n')).toHaveLength(5);
    expect(run('diff', before, before, '--fail-above', '0').code).toBe(0);
    writeFileSync(file('zero.folded'), 'main;work 0\n');
    const { code: unjudged, err: why } = run('diff', file('a.folded'), file('zero.folded'), '--fail-above', '1');
    expect([unjudged, why]).toEqual([1, expect.stringContaining('zero.folded has no samples to compare')]);
  });

  test('one sample type for both, or a sentence that says what is lacking', () => {
    const [go, v8] = ['test/fixtures/diff/after.pb.gz', 'test/fixtures/node.cpuprofile'];
    expect(diffOf(go, v8).new.sampleType).toBe('samples');
    expect(diffOf(go, go).new.sampleType).toBe('cpu');
    const { code, err } = run('diff', v8, go, '--type', 'cpu');
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/node\.cpuprofile has no cpu \(nanoseconds\) to compare with/),
    ]);
    expect(run('diff', go, v8, '--type', 'cpu').err).toMatch(/There is no sample type "cpu"/);
  });

  test('wrong usage: exit 2', () => {
    for (const args of [[], [file('a.folded')], [file('a.folded'), file('b.folded'), '--fail-above', 'x']]) {
      expect(run('diff', ...args).code).toBe(2);
    }
  });

  test('prints a table for people', () => {
    const { out } = run('diff', file('a.folded'), file('b.folded'));
    expect(out).toMatch(/^base folded: 5 samples in 5 samples\nnew {2}folded: 10 samples in 10 samples\n/);
    expect(out).toMatch(/^ *0\.0 pp +0\.0% +0\.0% +≈ -40\.0 pp +40\.0% +0\.0% {2}warm {2}a\.py$/m);
  });
});

describe('top', () => {
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
});

describe('addresses', () => {
  let server: Server;
  let origin: string;
  const asked: IncomingMessage[] = [];
  const temporary = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('download-'));

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request);
      if (request.headers.authorization !== 'Bearer t') response.writeHead(401).end('who are you?');
      else if (request.url?.startsWith('/a.folded')) response.end(readFileSync(file('a.folded')));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  /** Not waiting for it: the server runs in this process. */
  const runAsync = (
    args: string[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<{ code: number | null; out: string; err: string }> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [file('cli.js'), ...args], { env: { ...process.env, ...env } });
      const text = { out: '', err: '' };
      child.stdout.on('data', (data) => {
        text.out += String(data);
      });
      child.stderr.on('data', (data) => {
        text.err += String(data);
      });
      child.once('close', (code) => resolve({ code, ...text }));
    });

  test('are opened as files are, with headers from the command line or the environment', async () => {
    const before = temporary();
    const url = `${origin}/a.folded?sig=secret`;
    const header = ['--header', 'Authorization: Bearer t'];
    const { code, out, err } = await runAsync(['top', url, file('b.folded'), '--json', ...header]);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out).profile.total).toBe(15);
    const converted = file('from-url.folded');
    expect(
      await runAsync(['convert', url, converted], { EMBERLINE_HEADERS: 'X-A: 1\nAuthorization: Bearer t\n' }),
    ).toEqual({ code: 0, out: '', err: '' });
    expect(readFileSync(converted, 'utf8')).toContain('main;hot (a.py:7) 3');
    expect(asked.at(-1)?.headers['x-a']).toBe('1');
    expect(temporary()).toEqual(before);
  });

  test('fail in one line that shows no query', async () => {
    const { code, out, err } = await runAsync(['top', `${origin}/a.folded?sig=secret`]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^emberline: .*\/a\.folded answered 401 Unauthorized \(“who are you\?”\)/);
    expect(err).not.toContain('secret');
  });

  test('with a client certificate and an authority of its own, and of Unix sockets', async () => {
    const certificates = new Certificates();
    const client = certificates.issue('client', { client: true });
    const encrypted = certificates.encrypted(client, 'open sesame');
    const secure = createTlsServer(
      {
        ...certificates.read(certificates.issue('server')),
        ca: readFileSync(certificates.ca.cert),
        requestCert: true,
      },
      (_, response) => response.end(readFileSync(file('a.folded'))),
    );
    const socket = createServer((_, response) => response.end(readFileSync(file('a.folded'))));
    try {
      await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
      const url = `https://localhost:${(secure.address() as AddressInfo).port}/a.folded`;
      const known = ['--ca', certificates.ca.cert, '--cert', client.cert, '--key', encrypted];
      const env = { EMBERLINE_CERT_PASSPHRASE: 'open sesame' };
      expect(await runAsync(['top', url, '--json', ...known], env)).toMatchObject({ code: 0, err: '' });
      const output = file('captured.folded');
      const captured = await runAsync(['capture', url, '--kind', 'http', '-o', output, ...known], env);
      expect(captured).toMatchObject({ code: 0, err: '' });
      expect(readFileSync(output, 'utf8')).toBe(readFileSync(file('a.folded'), 'utf8'));
      // A name that tells no format loses nothing: what was captured is kept as it is.
      const [plain, odd] = [file('plain'), file('odd.xyz')];
      expect(
        await runAsync(['capture', url.replace('a.folded', 'now'), '--kind', 'http', '-o', plain, ...known], env),
      ).toEqual({ code: 0, out: `${plain}\n`, err: '' });
      const kept = await runAsync(['capture', url, '--kind', 'http', '-o', odd, ...known], env);
      expect(kept).toMatchObject({ code: 0, out: `${odd}.folded\n` });
      expect(kept.err).toMatch(/odd\.xyz names no format that can be written .*odd\.xyz\.folded is as captured/);
      for (const path of [plain, `${odd}.folded`])
        expect(readFileSync(path, 'utf8')).toBe(readFileSync(file('a.folded'), 'utf8'));
      expect((await runAsync(['top', url, ...known])).err).toMatch(
        /^emberline: The key in .* is encrypted: give its pass/,
      );
      expect((await runAsync(['top', url])).err).toMatch(/issued by “Ember Test Authority”, which is not trusted here/);
      expect(await runAsync(['top', url, '--key', encrypted])).toMatchObject({ code: 2 });
      if (process.platform === 'win32') return;
      const path = file('a.sock');
      await new Promise<void>((resolve) => socket.listen(path, resolve));
      expect(await runAsync(['top', `unix:${path}:/a.folded`])).toMatchObject({ code: 0, err: '' });
      const again = ['capture', `unix:${path}:/a.folded`, '--kind', 'http', '-o', output];
      expect(await runAsync(again)).toMatchObject({ code: 0, err: '' });
    } finally {
      for (const each of [secure, socket]) {
        each.closeAllConnections();
        each.close();
      }
      certificates.remove();
    }
  });

  test('captures from what answers where the address tells no kind', async () => {
    const index = '<a href="goroutine?debug=1">goroutine</a><a href="heap?debug=1">heap</a>';
    const sampled: string[] = [];
    const stacks = createServer((request, response) => {
      const { pathname } = new URL(request.url!, 'http://localhost');
      if (pathname !== '/debug/pprof/') sampled.push(pathname);
      response.end(pathname === '/debug/pprof/' ? index : readFileSync(file('a.folded')));
    });
    try {
      await new Promise<void>((resolve) => stacks.listen(0, '127.0.0.1', resolve));
      const target = `127.0.0.1:${(stacks.address() as AddressInfo).port}`;
      const output = file('probed.emberline');
      expect(await runAsync(['capture', target, '--seconds', '1', '-o', output])).toMatchObject({ code: 0, err: '' });
      expect(sampled).toContain('/debug/pprof/profile');
      // One instance in a capture set of its own, and an ending that nothing is known by.
      expect(topOf(output, '--limit', '1').rows).toHaveLength(1);
      const strange = ['capture', target, '--seconds', '1', '-o', file('probed.strange')];
      const kept = await runAsync(strange);
      expect(kept).toMatchObject({ code: 0, out: `${file('probed.strange.pb.gz')}\n` });
      expect(kept.err).toContain('names no format that can be written');
      const asked = sampled.length;
      const nowhere = await runAsync([...strange.slice(0, -1), file('no/folder.pb.gz')]);
      expect(nowhere.err).toMatch(/^emberline: .*cannot be written: ENOENT/);
      expect(sampled).toHaveLength(asked);
    } finally {
      stacks.closeAllConnections();
      stacks.close();
    }
  });

  test('a command is sampled, and its exit code becomes the one of the capture', async () => {
    const script = file('failing.cjs');
    writeFileSync(
      script,
      'const end = Date.now() + 200; while (Date.now() < end) {} process.exit(Number(process.argv[2]));',
    );
    const output = file('command.cpuprofile');
    for (const code of [7, 0]) {
      const err = code === 0 ? '' : 'emberline: note: The command ended with exit code 7.\n';
      const args = ['capture', '-o', output, '--', process.execPath, script, String(code)];
      expect(await runAsync(args)).toEqual({ code, err, out: `${output}\n` });
    }
    expect(topOf(output, '--type', 'samples').profile.total).toBeGreaterThan(5);
  });

  test('wrong headers and sizes are wrong usage, and are not repeated', async () => {
    for (const args of [
      ['--header', 'hunter2'],
      ['--max-size', 'hunter'],
      ['--max-size', '0'],
    ]) {
      const { code, err } = await runAsync(['top', origin, ...args]);
      expect(code).toBe(2);
      expect(err).not.toContain('hunter2');
    }
  });
});

test('--help of a command is help', () => {
  expect(run('top', '--help')).toMatchObject({ code: 0, err: '' });
});

describe('convert', () => {
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
});
