import { chmodSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endpointKind } from '../../src/endpoints/endpointKinds';
import { capturedProfile, captureRequest, pathOf, processesWith, samplesOf } from '../support/localCapture';
import { majorVersion, missing, RunningProgram } from '../support/realTools';
import { removeFolder } from '../support/removeFolder';

const source = join(__dirname, '../fixtures/programs/targets/target.py');
const folder = mkdtempSync(join(tmpdir(), 'emberline-real-'));
afterAll(() => removeFolder(folder));

describe.each([
  { kind: endpointKind('py-spy'), tool: 'py-spy', deathSeconds: 20 },
  { kind: endpointKind('austin'), tool: 'austin', deathSeconds: 20 },
] as const)('$tool of a real Python process', ({ kind, tool, deathSeconds }) => {
  // Debian's Austin is of 2020, and writes other text.
  const old = tool === 'austin' && process.env['CI'] !== 'true' && majorVersion(tool) < 3;
  describe.skipIf(old || missing(tool, '--version') || missing('python3', '--version'))('', () => {
    let program: RunningProgram;
    beforeEach(async () => {
      program = await RunningProgram.start('python3', [source, '300'], 1);
    });
    afterEach(() => program?.stop());

    it('gives its functions, lines and threads for the seconds asked for', async () => {
      const fractions: (number | null)[] = [];
      const [result] = await kind.capture(
        captureRequest(
          { kind: kind.name, pid: program.pid },
          { seconds: 2, onProgress: (fraction) => fractions.push(fraction) },
        ),
      );
      const profile = capturedProfile(result);
      expect(samplesOf(profile, 'crunch')).toBeGreaterThan(5);
      expect(profile.threads.length).toBeGreaterThanOrEqual(2);
      const file = profile.strings.find((text) => text === source);
      expect(file).toBe(source);
      expect(result).toMatchObject({ instance: `process ${program.pid}`, notes: [] });
      expect(fractions.length).toBeGreaterThan(3);
      expect(fractions[0]).toBeLessThan(0.2);
      expect(Math.max(...fractions.map(Number))).toBeGreaterThan(0.5);
    });

    it('is stopped early, and keeps what was sampled', async () => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 3000);
      const request = captureRequest({ kind: kind.name, pid: program.pid }, { seconds: Infinity, stop: stop.signal });
      const [result] = await kind.capture(request);
      expect(samplesOf(capturedProfile(result), 'crunch')).toBeGreaterThan(5);
      expect((result as { seconds: number }).seconds).toBeLessThan(300);
    });

    // On a busy machine py-spy was seen to miss its target's death, and to go on for all its seconds: a second try.
    it('keeps what was sampled of a target that dies', { retry: 2 }, async () => {
      setTimeout(() => program.child.kill('SIGKILL'), 3000);
      const request = captureRequest({ kind: kind.name, pid: program.pid }, { seconds: deathSeconds });
      const [result] = await kind.capture(request);
      expect(samplesOf(capturedProfile(result), 'crunch')).toBeGreaterThan(5);
      expect(result).toMatchObject({ notes: [expect.stringMatching(/ended after \d+\.\d s: what was sampled/)] });
    });

    it('leaves no process behind where it was cancelled', async () => {
      const cancel = new AbortController();
      setTimeout(() => cancel.abort(), 1000);
      const request = captureRequest({ kind: kind.name, pid: program.pid }, { seconds: 20, signal: cancel.signal });
      await expect(kind.capture(request)).rejects.toThrow(/abort/i);
      expect(processesWith(request.folder)).toEqual([]);
      expect(program.child.exitCode).toBeNull();
      expect(processesWith(source)).toContain(program.pid);
    });

    it('says what to do where it may not look into the process', async () => {
      // As somebody who is nobody.
      const path = join(folder, `${tool}-as-nobody`);
      const drop = process.getuid?.() === 0 ? 'setpriv --reuid=65534 --clear-groups' : '';
      writeFileSync(path, `#!/bin/sh\nexec ${drop} ${pathOf(tool)} "$@"\n`);
      chmodSync(path, 0o755);
      chmodSync(folder, 0o755);
      const pid = drop === '' ? 1 : program.pid;
      const request = captureRequest({ kind: kind.name, pid }, { tools: { [tool]: path } });
      chmodSync(request.folder, 0o777);
      await expect(kind.capture(request)).rejects.toThrow(
        /may not look into process|another user's|--cap-add SYS_PTRACE|ptrace_scope/,
      );
    });
  });

  it('says that a process has gone', async () => {
    const path = join(folder, tool);
    writeFileSync(path, '#!/bin/sh\n');
    chmodSync(path, 0o755);
    const request = captureRequest({ kind: kind.name, pid: 4_194_303 }, { tools: { [tool]: path } });
    await expect(kind.capture(request)).rejects.toThrow('No process 4194303 runs on this machine');
  });

  it('says how to install it', async () => {
    const before = process.env['PATH'];
    process.env['PATH'] = folder.concat('/nothing');
    try {
      await expect(kind.capture(captureRequest({ kind: kind.name, pid: process.pid }))).rejects.toThrow(
        new RegExp(`^${tool} was not found on PATH: install it with "pip install .*emberline\\.tools\\.${tool}`),
      );
    } finally {
      process.env['PATH'] = before;
    }
  });

  it('says that a process is not Python', async () => {
    const request = captureRequest({ kind: kind.name, pid: process.pid });
    if (old || missing(tool, '--version')) return;
    await expect(kind.capture(request)).rejects.toThrow(/not Python/);
    expect(readdirSync(request.folder).filter((name) => name.endsWith('.folded'))).toEqual([]);
  });
});
