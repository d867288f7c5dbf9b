import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EndpointKind, InstanceResult } from '../../src/endpoints/endpoint';
import { endpointKind } from '../../src/endpoints/endpointKinds';
import type { ToolPaths } from '../../src/endpoints/findTool';
import { afterStart, capturedProfile, captureRequest, processesWith, samplesOf } from '../support/localCapture';
import { asyncProfilerJar, missing, RunningProgram } from '../support/realTools';
import { removeFolder } from '../support/removeFolder';

const source = join(__dirname, '../fixtures/programs/targets/Target.java');
const classes = mkdtempSync(join(tmpdir(), 'emberline-real-'));
const library = join(classes, 'linux-x64/libasyncProfiler.so');
const noJdk = missing('javac', '-version') || missing('jcmd', '-l');
afterAll(() => removeFolder(classes));

interface Way {
  readonly kind: EndpointKind;
  readonly tools: ToolPaths;
  readonly left: boolean;
}

const ways: Way[] = [
  { kind: endpointKind('jfr'), tools: {}, left: noJdk },
  { kind: endpointKind('asprof'), tools: { asprof: library }, left: noJdk || missing('mvn', '-v') },
];

describe.each(ways)('$kind.title', ({ kind, tools, left }) => {
  describe.skipIf(left)('of a real one', () => {
    let program: RunningProgram;
    beforeAll(() => {
      execFileSync('javac', ['-g', '-d', classes, source]);
      if (kind === endpointKind('asprof'))
        execFileSync('jar', ['xf', asyncProfilerJar(), 'linux-x64'], { cwd: classes });
    });
    beforeEach(async () => {
      program = await RunningProgram.start('java', ['-cp', classes, 'Target', '60'], 1);
    });
    afterEach(() => program?.stop());

    const recordings = (): string => execFileSync('jcmd', [String(program.pid), 'JFR.check'], { encoding: 'utf8' });

    it('gives its functions and lines for the seconds asked for', async () => {
      const [result] = await kind.capture(captureRequest({ kind: kind.name, pid: program.pid }, { tools, seconds: 2 }));
      const profile = capturedProfile(result);
      expect(samplesOf(profile, 'crunch')).toBeGreaterThan(5);
      expect(profile.strings).toContain('Target.java');
      expect(recordings()).not.toMatch(/emberline/);
    });

    it('is stopped early, and keeps what was sampled', async () => {
      const stop = new AbortController();
      const request = captureRequest(
        { kind: kind.name, pid: program.pid },
        { tools, seconds: Infinity, stop: stop.signal, onProgress: afterStart(3000, () => stop.abort()) },
      );
      const [result] = await kind.capture(request);
      expect(samplesOf(capturedProfile(result), 'crunch')).toBeGreaterThan(5);
    });

    it('keeps what was sampled of a target that ends', async () => {
      const onProgress = afterStart(3000, () => program.child.stdin!.end());
      const request = captureRequest({ kind: kind.name, pid: program.pid }, { tools, seconds: 30, onProgress });
      const [result] = await kind.capture(request);
      expect(samplesOf(capturedProfile(result), 'crunch')).toBeGreaterThan(5);
      expect(result).toMatchObject({ notes: [expect.stringMatching(/ended after \d\.\d s/)] });
    });

    it('leaves no recording, file or process behind where it was cancelled', async () => {
      const cancel = new AbortController();
      const request = captureRequest(
        { kind: kind.name, pid: program.pid },
        { tools, seconds: 30, signal: cancel.signal, onProgress: afterStart(1500, () => cancel.abort()) },
      );
      await expect(kind.capture(request)).rejects.toThrow(/abort/i);
      expect(recordings()).not.toMatch(/emberline/);
      expect(processesWith(request.folder)).toEqual([]);
      if (kind === endpointKind('asprof')) {
        // It runs only once: a second start is refused while one is under way.
        const [again] = await kind.capture(captureRequest({ kind: 'asprof', pid: program.pid }, { tools }));
        expect(samplesOf(capturedProfile(again), 'crunch')).toBeGreaterThan(5);
      }
    });

    // Flight recordings go on beside each other.
    if (kind === endpointKind('asprof')) {
      it('says that somebody else is profiling, and leaves that alone', async () => {
        const stop = new AbortController();
        const begun = new Promise<void>((resolve) => {
          void kind
            .capture(
              captureRequest(
                { kind: 'asprof', pid: program.pid },
                { tools, seconds: Infinity, stop: stop.signal, onProgress: () => resolve() },
              ),
            )
            .then(([result]) => first(result));
        });
        let first: (result: InstanceResult | undefined) => void = () => {};
        const other = new Promise<InstanceResult | undefined>((resolve) => {
          first = resolve;
        });
        await begun;
        const second = kind.capture(captureRequest({ kind: 'asprof', pid: program.pid }, { tools }));
        await expect(second).rejects.toThrow(/Somebody else is profiling process \d+ .*wait until that has ended/);
        await new Promise((resolve) => setTimeout(resolve, 1000));
        stop.abort();
        expect(samplesOf(capturedProfile(await other), 'crunch')).toBeGreaterThan(5);
      });
    }

    it('never touches a process that is no JVM', async () => {
      const other = await RunningProgram.start(process.execPath, ['-e', 'console.log(1);process.stdin.resume()'], 1);
      try {
        await expect(kind.capture(captureRequest({ kind: kind.name, pid: other.pid }, { tools }))).rejects.toThrow(
          `Process ${other.pid} is no Java virtual machine`,
        );
        expect(other.child.exitCode ?? other.child.signalCode).toBeNull();
      } finally {
        await other.stop();
      }
    });
  });
});

describe.skipIf(noJdk)('a JVM that is killed', () => {
  it('leaves what its recorder had written', async () => {
    execFileSync('javac', ['-g', '-d', classes, source]);
    const program = await RunningProgram.start('java', ['-cp', classes, 'Target', '60'], 1);
    const onProgress = afterStart(5000, () => program.child.kill('SIGKILL'));
    const request = captureRequest({ kind: 'jfr', pid: program.pid }, { seconds: 30, onProgress });
    const [result] = await endpointKind('jfr').capture(request);
    expect(existsSync((result as { path: string }).path)).toBe(true);
    expect(samplesOf(capturedProfile(result), 'crunch')).toBeGreaterThan(5);
  });
});
