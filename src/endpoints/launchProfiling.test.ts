import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LaunchConfiguration, launchProfileOf, planLaunch } from './launchProfiling';
import type { CommandEnd } from './profileCommandPlan';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'emberline launch-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const configuration = (type: string, more: Record<string, unknown> = {}): LaunchConfiguration => ({
  type,
  request: 'launch',
  name: 'it',
  ...more,
});
const end: CommandEnd = {
  signal: new AbortController().signal,
  onProgress: () => {},
  log: () => {},
  exitCode: 0,
  launcherPid: null,
  seconds: 2,
  said: '',
};

async function changesOf(given: LaunchConfiguration, what: 'cpu' | 'heap' = 'cpu'): Promise<Record<string, unknown>> {
  const plan = await planLaunch(given, what, folder);
  if (plan.by !== 'itself') throw new Error(plan.by);
  return plan.changes;
}

it.each([
  [undefined, null],
  [false, null],
  [true, 'cpu'],
  ['cpu', 'cpu'],
  ['heap', 'heap'],
])('reads %j as %j', (value, wanted) => {
  expect(launchProfileOf(value)).toBe(wanted);
});

it('refuses another value in words', () => {
  expect(() => launchProfileOf('memory')).toThrow(/is true, "cpu" or "heap": correct launch\.json/);
});

describe('a launch of Node', () => {
  it('gets the options before its own', async () => {
    const changes = await changesOf(configuration('pwa-node', { runtimeArgs: ['--inspect-brk'] }));
    expect(changes['runtimeArgs']).toEqual([
      '--cpu-prof',
      `--cpu-prof-dir=${folder}`,
      expect.stringMatching(/^--require=/),
      '--inspect-brk',
    ]);
  });

  it('gets them by its environment where a launcher starts Node', async () => {
    const given = configuration('node', { runtimeExecutable: 'npm', env: { A: 'b', NODE_OPTIONS: '--no-warnings' } });
    const changes = await changesOf(given, 'heap');
    expect(changes).not.toHaveProperty('runtimeArgs');
    expect(changes['env']).toMatchObject({ A: 'b' });
    const options = (changes['env'] as Record<string, string>)['NODE_OPTIONS'];
    // The folder has a space.
    expect(options).toContain(`--no-warnings --heap-prof "--heap-prof-dir=${folder}"`);
  });

  it('gives what each process wrote', async () => {
    const plan = await planLaunch(configuration('node'), 'heap', folder);
    if (plan.by !== 'itself') throw new Error(plan.by);
    await expect(plan.collect(end)).rejects.toThrow(/wrote no profile/);
    for (const pid of [7, 8]) writeFileSync(join(folder, `Heap.20261121.080000.${pid}.0.001.heapprofile`), '{}');
    expect((await plan.collect(end)).map(({ instance }) => instance)).toEqual(['process 7', 'process 8']);
  });
});

describe('a launch of Java', () => {
  it.each([
    ['-Xmx1g', /^-Xmx1g "-XX:StartFlightRecording=.*" "-XX:FlightRecorderOptions=repository=.*"$/],
    [['-Xmx1g'], /^-Xmx1g -XX:StartFlightRecording=.* -XX:FlightRecorderOptions=repository=.*$/],
  ])('keeps its arguments %j', async (vmArgs, expected) => {
    const changed = (await changesOf(configuration('java', { vmArgs })))['vmArgs'];
    expect(Array.isArray(changed)).toBe(Array.isArray(vmArgs));
    expect([changed].flat().join(' ')).toMatch(expected);
  });

  it('that is killed gives the chunks that it had written, in their order', async () => {
    const plan = await planLaunch(configuration('java'), 'cpu', folder);
    if (plan.by !== 'itself') throw new Error(plan.by);
    const repository = join(folder, 'chunks', '2026_11_21_08_00_00_7');
    mkdirSync(repository);
    writeFileSync(join(repository, 'b.jfr'), '2');
    writeFileSync(join(repository, 'a.jfr'), '1');
    const [result] = await plan.collect(end);
    expect(result).toMatchObject({ notes: [expect.stringMatching(/was killed/)] });
    expect(readFileSync((result as { path: string }).path, 'utf8')).toBe('12');
  });
});

it('a test of Go has the switches of go test', async () => {
  const given = configuration('go', { mode: 'test', args: ['-test.run', 'X'] });
  expect((await changesOf(given))['args']).toEqual([`-test.cpuprofile=${join(folder, 'cpu.pb.gz')}`, '-test.run', 'X']);
  expect((await changesOf(given, 'heap'))['args']).toContain(`-test.memprofile=${join(folder, 'heap.pb.gz')}`);
});

it('others are sampled by their process, pages through the debugger', async () => {
  for (const type of ['debugpy', 'lldb-dap', 'cppdbg', 'go', 'unheard-of']) {
    expect(await planLaunch(configuration(type), 'cpu', folder)).toEqual({ by: 'process' });
  }
  expect(await planLaunch(configuration('pwa-chrome'), 'cpu', folder)).toEqual({ by: 'debugger' });
});

it('says what cannot be profiled so', async () => {
  await expect(planLaunch(configuration('debugpy'), 'heap', folder)).rejects.toThrow(/"heap" is for Node, Java/);
  const attach = { ...configuration('node'), request: 'attach' };
  await expect(planLaunch(attach, 'cpu', folder)).rejects.toThrow(/attaches to what runs already/);
});
