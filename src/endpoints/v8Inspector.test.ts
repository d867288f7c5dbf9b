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

const program = `
function burn(ms) { const end = Date.now() + ms; let n = 0; while (Date.now() < end) n += Math.sqrt(n + 1); return n; }
function blocked(ms) { require('node:child_process').execFileSync(process.execPath, ['-e', 'setTimeout(() => {}, ' + ms + ')']); }
const [mode, ms] = process.argv.slice(2);
const end = Date.now() + Number(ms);
(function loop() {
  burn(15);
  if (mode === 'block') { blocked(3000); }
  if (Date.now() < end) setImmediate(loop); else if (mode === 'exit') process.exit(3);
})();
`;

let folder = '';
const children: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'emberline-inspector-'));
  writeFileSync(join(folder, 'program.js'), program);
});
afterEach(() => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function launch(
  mode: string,
  ms: number,
): Promise<{ child: ChildProcess; url: string; exit: Promise<number | null> }> {
  const child = spawn(process.execPath, ['--inspect=127.0.0.1:0', 'program.js', mode, String(ms)], { cwd: folder });
  children.push(child);
  const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const url = await new Promise<string>((resolve) => {
    let text = '';
    child.stderr!.on('data', (chunk) => {
      text += chunk;
      const found = /ws:\/\/\S+/.exec(text);
      if (found) {
        resolve(found[0]);
      }
    });
  });
  return { child, url, exit };
}

/** Records until the recording ends, and decodes the file that is written. */
async function record(
  url: string,
  name: string,
  act: (recording: V8Recording) => Promise<void>,
): Promise<{ end: V8RecordingEnd; path: string | null; profile: Profile | null; gaps: number[] }> {
  const connection = await CdpConnection.connect(url);
  const capture = new CpuprofileCapture(join(folder, name));
  const thread = capture.addThread({ process: 'program.js', thread: 'main', pid: 7 });
  const gaps: number[] = [];
  let last = 0;
  const recording = await V8Recording.start(connection, {
    intervalUs: 500,
    shared: false,
    onSegment: ({ profile, startTimeMs }) => {
      if (last > 0) {
        gaps.push((profile.startTime - last) / 1000 + (profile.timeDeltas?.[0] ?? 0) / 1000);
      }
      last = profile.endTime;
      return thread.addSegment(profile, startTimeMs, null);
    },
    log: () => undefined,
  });
  await act(recording);
  const end = await recording.finished;
  if (end.lostMs > 0) {
    thread.notes.push(`the last ${end.lostMs} ms are missing`);
  }
  const path = await capture.finish();
  const profile =
    path === null
      ? null
      : cpuprofile.decode(bytesSource(path, new Uint8Array(readFileSync(path))), { checkpoint: () => undefined });
  return { end, path, profile, gaps };
}

function milliseconds(profile: Profile): number {
  const time = profile.sampleTypes.findIndex((type) => type.unit === 'microseconds');
  return profile.samples.values[time].reduce((sum, value) => sum + value, 0) / 1000;
}

/** Share of the samples that have the function as their leaf. */
function selfShare(profile: Profile, name: string): number {
  const { samples, stacks, frames, functions, strings } = profile;
  const leaf = Array.from(samples.stack, (stack) => strings[functions.name[frames.func[stacks.frame[stack]]]]);
  return leaf.filter((of) => of === name).length / samples.length;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('V8Recording with node --inspect', () => {
  it('records several segments of one thread until it is stopped', async () => {
    const { url, exit } = await launch('loop', 5500);
    // Hot and optimized by now: `burn` is inlined into its caller.
    await wait(500);
    const { end, path, profile, gaps } = await record(url, 'stopped', async (recording) => {
      await wait(4600);
      recording.stop();
    });
    expect(end.reason).toBe('stopped');
    expect(end.lostMs).toBe(0);
    expect(path).toMatch(/\.cpuprofiles$/);
    expect(profile!.threads).toHaveLength(1);
    expect(profile!.threads[0]).toMatchObject({ process: 'program.js', name: 'main', pid: 7 });
    expect(selfShare(profile!, 'burn')).toBeGreaterThan(0.7);
    expect(milliseconds(profile!)).toBeGreaterThan(4200);
    expect(gaps.length).toBeGreaterThanOrEqual(1);
    // A cut of a small program takes milliseconds; what it took is reported.
    expect(end.gapMs).toBeLessThan(2000);
    // The target goes on, and is not held at its end.
    expect(await exit).toBe(0);
  });

  it.each(['loop', 'exit'])('fetches the last segment of a target that ends (%s)', async (mode) => {
    const { url, exit } = await launch(mode, 1500);
    const { end, profile } = await record(url, `ended ${mode}`, async () => undefined);
    expect(end).toMatchObject({ reason: 'exited', lostMs: 0 });
    expect(milliseconds(profile!)).toBeGreaterThan(1000);
    expect(await exit).toBe(mode === 'exit' ? 3 : 0);
  });

  it('keeps what arrived from a target that is killed, and knows what is missing', async () => {
    const { url, child } = await launch('loop', 60_000);
    const { end, profile } = await record(url, 'killed', async () => {
      await wait(2700);
      child.kill('SIGKILL');
    });
    expect(end.reason).toBe('lost');
    expect(end.lostMs).toBeGreaterThan(0);
    expect(end.lostMs).toBeLessThan(1500);
    expect(milliseconds(profile!)).toBeGreaterThan(1500);
    expect(profile!.meta.notes.join()).toMatch(/ms are missing/);
  });

  it('writes one plain profile for one segment', async () => {
    const { url } = await launch('loop', 60_000);
    const { path, profile } = await record(url, 'short', async (recording) => {
      await wait(300);
      recording.stop();
    });
    expect(path).toMatch(/\.cpuprofile$/);
    expect(JSON.parse(readFileSync(path!, 'utf8'))).toMatchObject({ $emberline: { thread: 'main' } });
    expect(profile!.samples.length).toBeGreaterThan(50);
  });

  it('does not wait for ever for a target that is busy in native code', async () => {
    const { url } = await launch('block', 60_000);
    await wait(300);
    const connecting = CdpConnection.connect(url).then(async (connection) => {
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
    const { url } = await launch('loop', 60_000);
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
