import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bytesSource } from '../engine/byteSource';
import { cpuprofile } from '../formats/cpuprofile/cpuprofile';
import type { Profile } from '../profile/profile';
import { CdpConnection } from './cdpConnection';
import { CpuprofileCapture } from './cpuprofileCapture';
import { formatAddress, listInspectorTargets, parseInspectorAddress } from './inspectorAddress';
import { V8Recording, type V8RecordingEnd } from './v8Inspector';

/**
 * Works in rounds of a fixed amount, and says `.` after each, until its standard input says to end; then it says by
 * which microsecond of the monotonic clock, which is that of V8's profiles.
 */
const program = `
function burn(turns) { let n = 0; for (let i = 0; i < turns; i++) n += Math.sqrt(n + 1); return n; }
const exits = process.argv[2] === 'exit';
let ending = false;
process.stdin.once('data', () => { ending = true; process.stdin.destroy(); });
(function loop() {
  burn(1e6);
  process.stdout.write('.');
  if (!ending) return setImmediate(loop);
  process.stdout.write('end ' + process.hrtime.bigint() / 1000n);
  if (exits) process.exit(3);
})();
`;

/** Waits in native code for a program, which ends with the standard input of both. */
const blocked = `
require('node:child_process').execFileSync(
  process.execPath, ['-e', 'process.stdin.resume(); process.stdout.write("blocked")'], { stdio: 'inherit' });
`;

let folder = '';
const children: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'emberline-inspector-'));
  writeFileSync(join(folder, 'program.js'), program);
  writeFileSync(join(folder, 'blocked.js'), blocked);
});
afterEach(() => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function until(done: () => boolean): Promise<void> {
  while (!done()) {
    await wait(20);
  }
}

class Target {
  said = '';
  private constructor(
    readonly child: ChildProcess,
    readonly url: string,
    readonly exit: Promise<number | null>,
  ) {}

  static async launch(file: string, ...args: string[]): Promise<Target> {
    const child = spawn(process.execPath, ['--inspect=127.0.0.1:0', file, ...args], { cwd: folder });
    children.push(child);
    const exit = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
    const url = await new Promise<string>((resolve) => {
      let text = '';
      child.stderr.on('data', (chunk) => {
        text += chunk;
        const found = /ws:\/\/\S+/.exec(text);
        if (found) {
          resolve(found[0]);
        }
      });
    });
    const target = new Target(child, url, exit);
    child.stdout.on('data', (chunk) => {
      target.said += chunk;
    });
    return target;
  }

  get rounds(): number {
    return this.said.split('.').length - 1;
  }

  /** Waits until so many more rounds are done: what was worked then, however slow the machine. */
  async work(rounds: number): Promise<void> {
    const before = this.rounds;
    await until(() => this.rounds >= before + rounds);
  }

  /** Has it end by itself. */
  end(): void {
    this.child.stdin!.write('end');
  }

  /** Microseconds; once it has ended. */
  get endedAt(): number {
    return Number(/end (\d+)/.exec(this.said)?.[1]);
  }
}

interface Segment {
  /** Microseconds of the monotonic clock. */
  readonly startTime: number;
  readonly endTime: number;
  /** Milliseconds before its first sample. */
  readonly warmUpMs: number;
  readonly samples: number;
  /** Date.now() */
  readonly arrivedMs: number;
}

interface Recorded {
  end: V8RecordingEnd;
  path: string | null;
  profile: Profile | null;
  segments: Segment[];
}

/** Records until the recording ends, and decodes the file that is written. `act` is called when V8 takes samples. */
async function record(
  url: string,
  name: string,
  act: (recording: V8Recording, segments: readonly Segment[]) => Promise<void>,
): Promise<Recorded> {
  const connection = await CdpConnection.connect(url);
  const begun = new Promise<void>((resolve) => {
    const send = connection.send.bind(connection) as typeof connection.send;
    connection.send = ((method, ...more) => {
      const answer = send(method, ...more);
      if (method === 'Profiler.start') {
        void answer.then(() => resolve());
      }
      return answer;
    }) as typeof connection.send;
  });
  const capture = new CpuprofileCapture(join(folder, name));
  const thread = capture.addThread({ process: 'program.js', thread: 'main', pid: 7 });
  const segments: Segment[] = [];
  const recording = await V8Recording.start(connection, {
    intervalUs: 500,
    shared: false,
    onSegment: ({ profile, startTimeMs }) => {
      const { startTime, endTime, samples = [], timeDeltas = [] } = profile;
      const warmUpMs = Math.max(0, timeDeltas[0] ?? 0) / 1000;
      segments.push({ startTime, endTime, warmUpMs, samples: samples.length, arrivedMs: Date.now() });
      return thread.addSegment(profile, startTimeMs, null);
    },
    log: () => undefined,
  });
  await begun;
  await act(recording, segments);
  const end = await recording.finished;
  if (end.lostMs > 0) {
    thread.notes.push(`the last ${end.lostMs} ms are missing`);
  }
  const path = await capture.finish();
  const profile =
    path === null
      ? null
      : cpuprofile.decode(bytesSource(path, new Uint8Array(readFileSync(path))), { checkpoint: () => undefined });
  return { end, path, profile, segments };
}

function milliseconds(profile: Profile): number {
  const time = profile.sampleTypes.findIndex((type) => type.unit === 'microseconds');
  return profile.samples.values[time].reduce((sum, value) => sum + value, 0) / 1000;
}

/** What V8 says that it sampled. */
const sampledMs = (segments: readonly Segment[]): number =>
  segments.reduce((sum, { startTime, endTime, warmUpMs }) => sum + (endTime - startTime) / 1000 - warmUpMs, 0);

/** What passed between segments unsampled. */
const gapsMs = (segments: readonly Segment[]): number =>
  segments
    .slice(1)
    .reduce((sum, { startTime, warmUpMs }, i) => sum + (startTime - segments[i].endTime) / 1000 + warmUpMs, 0);

/** Share of the samples that have the function as their leaf. */
function selfShare(profile: Profile, name: string): number {
  const { samples, stacks, frames, functions, strings } = profile;
  const leaf = Array.from(samples.stack, (stack) => strings[functions.name[frames.func[stacks.frame[stack]]]]);
  return leaf.filter((of) => of === name).length / samples.length;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('V8Recording with node --inspect', () => {
  it('records several segments of one thread until it is stopped', async () => {
    const target = await Target.launch('program.js');
    // Hot and optimized by now: `burn` is inlined into its caller.
    await target.work(40);
    const { end, path, profile, segments } = await record(target.url, 'stopped', async (recording, arrived) => {
      await until(() => arrived.length === 2);
      await target.work(20);
      recording.stop();
    });
    expect(end.reason).toBe('stopped');
    expect(end.lostMs).toBe(0);
    expect(path).toMatch(/\.cpuprofiles$/);
    expect(profile!.threads).toHaveLength(1);
    expect(profile!.threads[0]).toMatchObject({ process: 'program.js', name: 'main', pid: 7 });
    expect(selfShare(profile!, 'burn')).toBeGreaterThan(0.7);
    expect(segments.length).toBeGreaterThanOrEqual(3);
    expect(milliseconds(profile!) / sampledMs(segments)).toBeCloseTo(1, 1);
    // A cut of a small program takes milliseconds (of a busy machine more, of everything); what it took is reported.
    expect(end.gapMs).toBeCloseTo(gapsMs(segments), 3);
    expect(end.gapMs).toBeLessThan(sampledMs(segments) / 2);
    // The target goes on, and is not held at its end.
    await target.work(1);
    target.end();
    expect(await target.exit).toBe(0);
  });

  it.each(['loop', 'exit'])('fetches the last segment of a target that ends (%s)', async (mode) => {
    const target = await Target.launch('program.js', mode);
    const { end, profile, segments } = await record(target.url, `ended ${mode}`, async (_, arrived) => {
      await until(() => arrived.length === 1);
      await target.work(20);
      target.end();
    });
    expect(end).toMatchObject({ reason: 'exited', lostMs: 0 });
    expect(await target.exit).toBe(mode === 'exit' ? 3 : 0);
    // Up to its end, by the clock of both.
    expect(segments.length).toBeGreaterThanOrEqual(2);
    expect(segments.at(-1)!.endTime).toBeGreaterThanOrEqual(target.endedAt);
    expect(milliseconds(profile!) / sampledMs(segments)).toBeCloseTo(1, 1);
  });

  it('keeps what arrived from a target that is killed, and knows what is missing', async () => {
    const target = await Target.launch('program.js');
    const { end, profile, segments } = await record(target.url, 'killed', async (_, arrived) => {
      await until(() => arrived.length === 2);
      await target.work(20);
      target.child.kill('SIGKILL');
    });
    expect(end.reason).toBe('lost');
    expect(end.lostMs).toBeGreaterThan(0);
    expect(end.lostMs).toBeLessThanOrEqual(Date.now() - segments.at(-1)!.arrivedMs);
    expect(milliseconds(profile!) / sampledMs(segments)).toBeCloseTo(1, 1);
    expect(profile!.meta.notes.join()).toMatch(/ms are missing/);
  });

  it('writes one plain profile for one segment', async () => {
    const { url } = await Target.launch('program.js');
    const { path, profile, segments } = await record(url, 'short', async (recording) => {
      await wait(300);
      recording.stop();
    });
    expect(path).toMatch(/\.cpuprofile$/);
    expect(JSON.parse(readFileSync(path!, 'utf8'))).toMatchObject({ $emberline: { thread: 'main' } });
    expect(segments).toHaveLength(1);
    // The root's first sample is none; a quiet machine takes 600.
    expect(profile!.samples.length).toBeGreaterThan(20);
    expect(profile!.samples.length).toBeGreaterThan(segments[0].samples * 0.9);
  });

  it('does not wait for ever for a target that is busy in native code', async () => {
    const target = await Target.launch('blocked.js');
    await until(() => target.said.includes('blocked'));
    const connecting = CdpConnection.connect(target.url).then(async (connection) => {
      try {
        await connection.send('Profiler.enable', undefined, 500);
        return 'answered';
      } catch (error) {
        return String(error);
      } finally {
        await connection.close();
      }
    });
    expect(await connecting).toMatch(/Profiler\.enable: the target did not answer within 0\.5 s/);
  });
});

describe('inspector addresses', () => {
  it('lists the targets of an inspector', async () => {
    const { url } = await Target.launch('program.js');
    const address = parseInspectorAddress(url);
    const targets = await listInspectorTargets(address);
    expect(targets).toHaveLength(1);
    expect(targets[0]).toMatchObject({ type: 'node', title: 'program.js', webSocketUrl: url });
  });

  it('says where nothing answers', async () => {
    await expect(listInspectorTargets(parseInspectorAddress('127.0.0.1:1'))).rejects.toThrow(
      /No inspector answers at 127\.0\.0\.1:1 .*--inspect/,
    );
    await expect(CdpConnection.connect('ws://127.0.0.1:1/x')).rejects.toThrow(/Cannot connect .*127\.0\.0\.1:1/);
  });

  it.each([
    ['9230', '127.0.0.1:9230', true],
    [':9230', '127.0.0.1:9230', true],
    ['localhost', 'localhost:9229', true],
    ['ws://127.0.0.1:9231/abc-def', '127.0.0.1:9231', true],
    ['http://box.example:80/json', 'box.example:80', false],
    ['[::1]:9229', '[::1]:9229', true],
    ['10.0.0.3', '10.0.0.3:9229', false],
    ['127.evil.example', '127.evil.example:9229', false],
  ])('reads %s', (text, formatted, loopback) => {
    const address = parseInspectorAddress(text);
    expect(formatAddress(address)).toBe(formatted);
    expect(address.loopback).toBe(loopback);
  });

  it.each(['', 'a b', 'host:99999', 'host:0', 'user@host:1', 'a:b:c'])('refuses "%s"', (text) => {
    expect(() => parseInspectorAddress(text)).toThrow(/host:port/);
  });
});
