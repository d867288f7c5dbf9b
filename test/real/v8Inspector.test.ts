import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CaptureRequest, EndpointSpec, InstanceResult } from '../../src/endpoints/endpoint';
import { listeningPorts } from '../../src/endpoints/localProcesses';
import { specOfProcess } from '../../src/endpoints/processSampler';
import { v8Inspector } from '../../src/endpoints/v8InspectorEndpoint';
import { cpuprofile } from '../../src/formats/cpuprofile/cpuprofile';
import { heapprofile } from '../../src/formats/heapprofile/heapprofile';
import type { Profile } from '../../src/profile/profile';
import { afterStart } from '../support/localCapture';
import { decode, naiveTotals } from '../support/profiles';
import { missing, RunningProgram } from '../support/realTools';
import { removeFolder } from '../support/removeFolder';

const folder = mkdtempSync(join(tmpdir(), 'emberline-inspector-'));
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children) {
    if (child.kill('SIGKILL')) await once(child, 'exit');
  }
  removeFolder(folder);
});

const PROGRAM = `
function fibonacci(n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
const kept = [];
function allocate() { kept.push(new Array(1000).fill(kept.length)); if (kept.length > 5000) kept.length = 0; }
function round() { fibonacci(20); allocate(); setImmediate(round); }
round();
`;

/** Starts a program that prints its inspector's address on stderr. */
async function inspected(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  children.push(child);
  const found = (async () => {
    for await (const line of createInterface({ input: child.stderr! })) {
      const address = /listening on ws:\/\/([^/]+)\//.exec(line)?.[1];
      if (address !== undefined) return address;
    }
    throw new Error(`${command} said no address`);
  })();
  const failed = once(child, 'error').then(([error]) => Promise.reject(error));
  const address = await Promise.race([found, failed]);
  child.stderr!.resume();
  return address;
}

/** Acts once the last program has said so on its stderr. */
function untilSaid(text: string, act: () => void): void {
  let said = '';
  children.at(-1)!.stderr!.on('data', (chunk) => {
    const before = said.includes(text);
    said += chunk;
    if (!before && said.includes(text)) act();
  });
}

function request(spec: Partial<EndpointSpec>, more: Partial<CaptureRequest> = {}): CaptureRequest {
  return {
    spec: { name: 'program', kind: 'v8-inspector', ...spec },
    seconds: 1,
    signal: new AbortController().signal,
    onProgress: () => {},
    log: () => {},
    headersFor: () => ({}),
    folder: mkdtempSync(join(folder, 'capture-')),
    ...more,
  };
}

/** Of the default type: of CPU profiles microseconds. */
function total(profile: Profile, name: string): number {
  const { functions, frames, strings, meta } = profile;
  const totals = naiveTotals(profile, meta.defaultSampleType, (frame) => strings[functions.name[frames.func[frame]]]);
  return totals.get(name)?.total ?? 0;
}

function share(profile: Profile, name: string): number {
  return (
    total(profile, name) / profile.samples.values[profile.meta.defaultSampleType].reduce((sum, value) => sum + value, 0)
  );
}

function bytesOf(result: InstanceResult | undefined): Uint8Array {
  if (result === undefined || 'error' in result) throw new Error(result?.error);
  return readFileSync(result.path);
}

describe('a real Node program with --inspect', () => {
  let url: string;
  beforeAll(async () => {
    const path = join(folder, 'program.js');
    writeFileSync(path, PROGRAM);
    url = await inspected(process.execPath, ['--inspect=0', path]);
  });

  it('offers CPU and heap', async () => {
    const offers = await v8Inspector.discover!(request({ url }));
    expect(offers.map(({ profile }) => profile)).toEqual(['cpu', 'heap']);
    expect(offers[0]!.description).toContain('program.js');
  });

  it('gives its CPU time', async () => {
    const [result] = await v8Inspector.capture(request({ url }));
    const profile = decode(cpuprofile, bytesOf(result));
    expect(share(profile, 'fibonacci')).toBeGreaterThan(0.4);
    expect(profile.threads[0]).toMatchObject({ process: url, pid: children[0]!.pid });
  });

  // V8 inlines what is short: callers may have its allocations.
  it('gives what it allocates', async () => {
    const [result] = await v8Inspector.capture(request({ url, profile: 'heap' }, { seconds: 2 }));
    const profile = decode(heapprofile, bytesOf(result));
    const { functions, frames, strings, meta } = profile;
    const byFile = naiveTotals(
      profile,
      meta.defaultSampleType,
      (frame) => strings[functions.file[frames.func[frame]]] ?? '',
    );
    const [, ours] = [...byFile].find(([file]) => file.endsWith('program.js'))!;
    expect(ours.total).toBeGreaterThan(100_000);
  });

  it('says which targets there are where the wanted one is not', async () => {
    const [result] = await v8Inspector.capture(request({ url, options: { target: 'nonsense' } }));
    expect(result).toMatchObject({ error: expect.stringMatching(/has no target "nonsense": there are .*program\.js/) });
  });

  it('is not profiled any more after cancelling', async () => {
    for (const profile of ['cpu', 'heap']) {
      const cancel = new AbortController();
      setTimeout(() => cancel.abort(), 500);
      const asked = request({ url, profile }, { seconds: 20, signal: cancel.signal });
      await expect(v8Inspector.capture(asked)).rejects.toThrow(/abort/i);
      expect(readdirSync(asked.folder)).toEqual([]);
    }
    // A profiler left running would refuse another interval.
    const [result] = await v8Inspector.capture(request({ url, options: { interval: 500 } }));
    expect(result).not.toHaveProperty('error');
  });

  it('gives what was allocated until it is stopped', async () => {
    const stop = new AbortController();
    const onProgress = afterStart(1000, () => stop.abort());
    const asked = request({ url, profile: 'heap' }, { seconds: 600, stop: stop.signal, onProgress });
    const [result] = await v8Inspector.capture(asked);
    expect((result as { seconds: number }).seconds).toBeLessThan(300);
    expect(decode(heapprofile, bytesOf(result)).meta.defaultSampleType).toBeGreaterThanOrEqual(0);
  });

  it('says that its heap is lost with it', async () => {
    const dying = await inspected(process.execPath, ['--inspect=0', join(folder, 'program.js')]);
    const onProgress = afterStart(1000, () => children.at(-1)!.kill('SIGKILL'));
    const [result] = await v8Inspector.capture(request({ url: dying, profile: 'heap' }, { seconds: 600, onProgress }));
    expect(result).toMatchObject({ error: expect.stringMatching(/ended while its heap was sampled/) });
  });

  it('is kept when it dies while it is sampled', async () => {
    const dying = await inspected(process.execPath, ['--inspect=0', join(folder, 'program.js')]);
    // What was sampled arrives after a second, on a busy machine later.
    const onProgress = afterStart(5000, () => children.at(-1)!.kill('SIGKILL'));
    const [result] = await v8Inspector.capture(request({ url: dying }, { seconds: 600, onProgress }));
    expect(share(decode(cpuprofile, bytesOf(result)), 'fibonacci')).toBeGreaterThan(0.4);
    expect(result).toMatchObject({
      notes: [expect.stringMatching(/ended while it was sampled: its last \d+ ms are missing/)],
    });
  });
});

describe('a real Node program with workers', () => {
  const path = join(folder, 'workers.cjs');
  beforeAll(() => {
    writeFileSync(
      path,
      `const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const work = (ms) => { const end = Date.now() + ms; while (Date.now() < end) Math.sqrt(end); };
function mainWork() { work(10); }
function workerWork() { work(10); }
let lateRounds = 0;
function lateWork() { work(10); if (++lateRounds === 60) parentPort.postMessage('worked'); }
if (isMainThread) {
  new Worker(__filename, { name: 'crunch', argv: ['workerWork'] });
  process.once('SIGUSR2', () => {
    const late = new Worker(__filename, { name: 'late', argv: ['lateWork'] });
    late.once('message', () => console.error('late has worked'));
  });
  setInterval(mainWork, 20);
} else setInterval(process.argv[2] === 'lateWork' ? lateWork : workerWork, 20);
`,
    );
  });

  it('gives each worker as a thread, also one that starts later', async () => {
    const url = await inspected(process.execPath, ['--inspect=0', path]);
    const stop = new AbortController();
    untilSaid('late has worked', () => stop.abort());
    const onProgress = afterStart(1000, () => children.at(-1)!.kill('SIGUSR2'));
    const [result] = await v8Inspector.capture(request({ url }, { seconds: 600, stop: stop.signal, onProgress }));
    const profile = decode(cpuprofile, bytesOf(result));
    // The late one worked 600 ms until the capture was ended, the others longer: of how much in all is the machine's matter.
    for (const name of ['mainWork', 'workerWork', 'lateWork']) expect(total(profile, name)).toBeGreaterThan(100_000);
    expect(profile.threads.map(({ name }) => name)).toEqual([
      path,
      expect.stringMatching(/crunch/),
      expect.stringMatching(/late/),
    ]);
    expect(new Set(profile.threads.map(({ pid }) => pid))).toEqual(new Set([children.at(-1)!.pid]));
    expect(result).toMatchObject({ notes: [] });
  });

  it('is sampled from its first line where it waits for a debugger', async () => {
    const brk = join(folder, 'brk.cjs');
    writeFileSync(
      brk,
      `function startUp(turns) { let n = 0; for (let i = 0; i < turns; i++) n += Math.sqrt(n + i); return n; }
startUp(2e7);
console.error('started');
setInterval(() => {}, 1000);
`,
    );
    const url = await inspected(process.execPath, ['--inspect-brk=0', brk]);
    const stop = new AbortController();
    untilSaid('started', () => stop.abort());
    const [result] = await v8Inspector.capture(request({ url }, { seconds: 600, stop: stop.signal }));
    const profile = decode(cpuprofile, bytesOf(result));
    const idle = share(profile, '(idle)') + share(profile, '(program)');
    expect(share(profile, 'startUp') / (1 - idle)).toBeGreaterThan(0.5);
  });
});

describe('a Node process without an inspector', () => {
  it.skipIf(process.platform !== 'linux')('is given one for the capture, and one that was there stays', async () => {
    const program = await RunningProgram.start(process.execPath, ['-e', `${PROGRAM}console.log('ready')`], 1);
    try {
      const ports = () => listeningPorts(program.pid);
      expect(await ports()).toEqual([]);
      const { kind, ...target } = await specOfProcess(program.pid);
      expect(kind).toBe('v8-inspector');
      const [result] = await v8Inspector.capture(request(target));
      expect(share(decode(cpuprofile, bytesOf(result)), 'fibonacci')).toBeGreaterThan(0.05);
      await vi.waitFor(async () => expect(await ports()).toEqual([]), { timeout: 10_000, interval: 100 });
      process.kill(program.pid, 'SIGUSR1');
      await vi.waitFor(async () => expect(await ports()).toHaveLength(1), { timeout: 10_000, interval: 100 });
      const { kind: _, ...again } = await specOfProcess(program.pid);
      expect(again.options).toBeUndefined();
      await v8Inspector.capture(request(again));
      expect(await ports()).toHaveLength(1);
    } finally {
      await program.stop();
    }
  });
});

describe.skipIf(missing('chromium', '--version'))('a real Chromium', () => {
  it('gives the CPU time of its page and its worker', async () => {
    const page = join(folder, 'page.html');
    const busy = PROGRAM.replace('setImmediate(round)', 'setTimeout(round)').replace('fibonacci(20)', 'fibonacci(27)');
    const worker =
      'function workerWork() { const end = Date.now() + 10; while (Date.now() < end); setTimeout(workerWork, 5); } workerWork();';
    writeFileSync(
      page,
      `<title>Busy page</title><script>${busy}
new Worker(URL.createObjectURL(new Blob([${JSON.stringify(worker)}])), { name: 'crunch' });</script>`,
    );
    const url = await inspected('chromium', [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--remote-debugging-port=0',
      `--user-data-dir=${join(folder, 'home')}`,
      `file://${page}`,
    ]);
    await expect
      .poll(async () => (await v8Inspector.discover!(request({ url })))[0]!.description, { timeout: 30_000 })
      .toContain('Busy page');
    const [result] = await v8Inspector.capture(request({ url, options: { target: 'Busy page' } }, { seconds: 4 }));
    const profile = decode(cpuprofile, bytesOf(result));
    // A busy machine lets a page wait: that is idle time of the whole.
    const running = 1 - share(profile, '(idle)') - share(profile, '(program)');
    expect(share(profile, 'fibonacci') / running).toBeGreaterThan(0.1);
    expect(share(profile, 'workerWork') / running).toBeGreaterThan(0.1);
    expect(profile.threads.length).toBe(2);
  });
});
