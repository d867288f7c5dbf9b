import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { perf } from '../../src/endpoints/perf';
import { capturedProfile, captureRequest, processesWith, samplesOf } from '../support/localCapture';
import { missing, RunningProgram } from '../support/realTools';
import { removeFolder } from '../support/removeFolder';

const source = join(__dirname, '../fixtures/programs/targets/target.c');
const folder = mkdtempSync(join(tmpdir(), 'emberline-real-'));
const binary = join(folder, 'target');
afterAll(() => removeFolder(folder));

/** Whether this kernel lets anything be sampled at all: in many containers it does not. */
const refused = ((): boolean => {
  try {
    execFileSync('perf', ['record', '-q', '-o', join(folder, 'probe.data'), 'true'], { stdio: 'ignore' });
    return false;
  } catch {
    return true;
  }
})();

describe.skipIf(missing('perf', '--version') || missing('cc', '--version'))('perf of a real native process', () => {
  let program: RunningProgram;
  beforeAll(() => {
    execFileSync('cc', ['-g', '-O1', '-o', binary, source, '-lm']);
  });
  beforeEach(async () => {
    program = await RunningProgram.start(binary, ['300'], 1);
  });
  afterEach(() => program?.stop());

  it('gives its functions and lines, or says what the kernel wants', async () => {
    const capture = perf.capture(captureRequest({ kind: 'perf', pid: program.pid }));
    if (refused) {
      await expect(capture).rejects.toThrow(/kernel refuses perf events|does not fit this kernel/);
      return;
    }
    const [result] = await capture;
    const profile = capturedProfile(result);
    expect(samplesOf(profile, 'crunch')).toBeGreaterThan(5);
    expect(profile.strings).toContain(source);
    expect(result).toMatchObject({ notes: [] });
  });

  it('keeps what was sampled of a target that dies', async () => {
    if (refused) return;
    setTimeout(() => program.child.kill('SIGKILL'), 3000);
    const [result] = await perf.capture(captureRequest({ kind: 'perf', pid: program.pid }, { seconds: 20 }));
    expect(samplesOf(capturedProfile(result), 'crunch')).toBeGreaterThan(5);
    expect(result).toMatchObject({ notes: [expect.stringMatching(/ended after \d+\.\d s/)] });
  });

  it('leaves no process behind where it was cancelled', async () => {
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 800);
    const request = captureRequest({ kind: 'perf', pid: program.pid }, { seconds: 20, signal: cancel.signal });
    await expect(perf.capture(request)).rejects.toThrow(refused ? /kernel|abort/i : /abort/i);
    expect(processesWith(request.folder)).toEqual([]);
    expect(processesWith(binary)).toContain(program.pid);
  });
});

it('says what a kernel wants that refuses perf events', async () => {
  const tool = join(folder, 'perf');
  const said = 'Error:\\nAccess to performance monitoring and observability operations is limited.';
  writeFileSync(tool, `#!/bin/sh\nprintf '${said}\\n' >&2\nexit 255\n`);
  chmodSync(tool, 0o755);
  const request = captureRequest({ kind: 'perf', pid: process.pid }, { tools: { perf: tool } });
  await expect(perf.capture(request)).rejects.toThrow(/kernel\.perf_event_paranoid=1.*--cap-add PERFMON/);
});
