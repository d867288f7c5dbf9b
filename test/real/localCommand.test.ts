import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { CaptureRequest, InstanceResult } from '../../src/endpoints/endpoint';
import { isGoProgram } from '../../src/endpoints/localProcesses';
import { profileCommand } from '../../src/endpoints/profileCommand';
import { pprof } from '../../src/formats/pprof/pprof';
import { capturedProfile, captureRequest, processesWith, samplesOf } from '../support/localCapture';
import { decode } from '../support/profiles';
import { missing } from '../support/realTools';
import { removeFolder } from '../support/removeFolder';

const targets = join(__dirname, '../fixtures/programs/targets');
const folder = mkdtempSync(join(tmpdir(), 'emberline-real-'));
afterAll(() => removeFolder(folder));

writeFileSync(
  join(folder, 'work.cjs'),
  `const { Worker, isMainThread } = require('node:worker_threads');
const { fork } = require('node:child_process');
function mainWork(ms) { const end = Date.now() + ms; while (Date.now() < end) Math.sqrt(end); }
function workerWork(ms) { const end = Date.now() + ms; while (Date.now() < end) Math.sqrt(end); }
function childWork(ms) { const end = Date.now() + ms; while (Date.now() < end) Math.sqrt(end); }
const what = process.argv[2];
if (!isMainThread) workerWork(400);
else if (what === 'child') childWork(400);
else {
  if (what === 'many') { new Worker(__filename); fork(__filename, ['child']); }
  mainWork(400);
  if (process.argv[3]) require('node:fs').writeFileSync(process.argv[3], '');
  if (what === 'serve') setInterval(() => mainWork(50), 60);
  else process.exitCode = 3;
}
`,
);
writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'x', scripts: { work: 'node work.cjs' } }));

const run = (
  command: string[],
  options: CaptureRequest['spec']['options'] = {},
  more: Partial<CaptureRequest> = {},
): Promise<InstanceResult[]> =>
  profileCommand.capture(
    captureRequest({ kind: 'command', command, options: { cwd: folder, ...options } }, { seconds: Infinity, ...more }),
  );

describe('a command of Node', () => {
  it('is sampled, and its exit code told', async () => {
    const [result] = await run(['node', 'work.cjs']);
    const profile = capturedProfile(result);
    expect(samplesOf(profile, 'mainWork')).toBeGreaterThan(5);
    expect(result).toMatchObject({ exitCode: 3, notes: ['The command ended with exit code 3.'] });
  });

  it('is one profile with its worker and its child', async () => {
    const [result] = await run(['node', 'work.cjs', 'many']);
    const profile = capturedProfile(result);
    for (const name of ['mainWork', 'workerWork', 'childWork']) expect(samplesOf(profile, name)).toBeGreaterThan(5);
    expect(profile.threads.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Main thread', expect.stringMatching(/^Worker \d+$/)]),
    );
    expect(new Set(profile.threads.map(({ pid }) => pid)).size).toBe(2);
  });

  it('is found behind npm', async () => {
    const [result] = await run(['npm', 'run', 'work']);
    expect(samplesOf(capturedProfile(result), 'mainWork')).toBeGreaterThan(5);
  });

  it('is stopped as by Ctrl-C, and writes what it has', async () => {
    // The time goes on while Node starts, which takes a busy machine seconds.
    for (const seconds of [1.5, 6, 24]) {
      const marker = join(folder, `worked-${seconds}`);
      const [result] = await run(['node', 'work.cjs', 'serve', marker], {}, { seconds });
      if (!existsSync(marker)) continue;
      expect(samplesOf(capturedProfile(result), 'mainWork')).toBeGreaterThan(5);
      expect(result).toMatchObject({ notes: ['The command ended with exit code 130.'] });
      return;
    }
    expect.unreachable('The program never had worked before it was stopped.');
  });

  it('leaves no process behind where it is cancelled', async () => {
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 800);
    await expect(run(['node', join(folder, 'work.cjs'), 'serve'], {}, { signal: cancel.signal })).rejects.toThrow(
      /abort/i,
    );
    expect(processesWith(join(folder, 'work.cjs'))).toEqual([]);
  });
});

describe.skipIf(missing('python3', '--version'))('a command of Python', () => {
  // py-spy kills the shell that notes the exit code where that is later than its next look: a busy machine's second try.
  it.skipIf(missing('py-spy', '--version'))('is sampled by py-spy, and its exit code told', { retry: 3 }, async () => {
    const [result] = await run(['python3', join(targets, 'target.py'), '2', 'alone']);
    const profile = capturedProfile(result);
    expect(samplesOf(profile, 'crunch')).toBeGreaterThan(5);
    expect(profile.threads.map(({ name }) => name)).toContain('helper');
    expect(result).toMatchObject({
      name: 'command.folded',
      exitCode: 3,
      notes: ['The command ended with exit code 3.'],
    });
  });

  it('is profiled by cProfile where there is no py-spy', async () => {
    const [result] = await run(['python3', '-X', 'dev', join(targets, 'target.py'), '1', 'alone'], {
      sampler: 'cprofile',
    });
    const profile = capturedProfile(result);
    expect(profile.strings).toContain('crunch');
    expect(result).toMatchObject({ name: 'command.pstats', notes: [expect.stringMatching(/cProfile/)] });
  });
});

describe.skipIf(missing('go', 'version'))('go test', () => {
  const module = join(folder, 'module');
  it('profiles its benchmarks', async () => {
    execFileSync('mkdir', ['-p', module]);
    writeFileSync(join(module, 'go.mod'), 'module example.com/work\n\ngo 1.18\n');
    writeFileSync(
      join(module, 'work_test.go'),
      `package work
import "testing"
func fibonacci(n int) int { if n < 2 { return n }; return fibonacci(n-1) + fibonacci(n-2) }
func BenchmarkFibonacci(b *testing.B) { for i := 0; i < b.N; i++ { fibonacci(20) } }
`,
    );
    const request = captureRequest(
      { kind: 'command', command: ['go', 'test', '-bench=.', '-benchtime=1s'], options: { cwd: module } },
      { seconds: Infinity },
    );
    const [result] = await profileCommand.capture(request);
    if (result === undefined || 'error' in result) throw new Error('no result');
    const profile = decode(pprof, new Uint8Array(gunzipSync(readFileSync(result.path))));
    expect(samplesOf(profile, 'fibonacci')).toBeGreaterThan(5);
    expect(result.notes).toEqual([]);
    expect(await isGoProgram(join(request.folder, 'test.bin'))).toBe(true);
  });

  it('says that one package is profiled at a time', async () => {
    execFileSync('mkdir', ['-p', join(module, 'other')]);
    writeFileSync(join(module, 'other/other.go'), 'package other\n');
    await expect(run(['go', 'test', './...'], { cwd: module })).rejects.toThrow(
      /one package at a time|wrote no profile/,
    );
  });
});

describe.skipIf(missing('javac', '-version'))('a command of Java', () => {
  it('is recorded', async () => {
    execFileSync('javac', ['-g', '-d', folder, join(targets, 'Target.java')]);
    const [result] = await run(['java', '-cp', folder, 'Target', '3', 'alone']);
    const profile = capturedProfile(result);
    expect(samplesOf(profile, 'crunch')).toBeGreaterThan(5);
    expect(result).toMatchObject({ instance: 'command', exitCode: 3, notes: ['The command ended with exit code 3.'] });
  });
});

describe.skipIf(missing('perf', '--version') || missing('cc', '--version'))('a native command', () => {
  it('is sampled by perf, or told what the kernel wants', async () => {
    const binary = join(folder, 'native');
    execFileSync('cc', ['-g', '-O1', '-o', binary, join(targets, 'target.c'), '-lm']);
    const probe = join(folder, 'probe.data');
    const allowed = !missingPerfEvents(probe);
    const capture = run([binary, '1', 'alone']);
    if (!allowed) {
      await expect(capture).rejects.toThrow(/kernel/);
      return;
    }
    const [result] = await capture;
    expect(samplesOf(capturedProfile(result), 'crunch')).toBeGreaterThan(5);
    expect(result).toMatchObject({ exitCode: 3, notes: ['The command ended with exit code 3.'] });
  });
});

function missingPerfEvents(path: string): boolean {
  try {
    execFileSync('perf', ['record', '-q', '-o', path, 'true'], { stdio: 'ignore' });
    return false;
  } catch {
    return true;
  }
}

it.each([
  [['nothing-of-this-name'], /nothing-of-this-name was not found on PATH: check its name/],
  [['./nothing'], /was not found: check its name and its folder/],
  [['work.cjs'], /is a script: write "node work\.cjs"/],
  [[], /names no command/],
])('says of %j what is wrong', async (command, message) => {
  await expect(run(command)).rejects.toThrow(message);
});
