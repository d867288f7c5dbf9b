import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findTool, firstExecutable } from './findTool';
import { firstError, runTool } from './runTool';

const folder = mkdtempSync(join(tmpdir(), 'emberline-tool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const never = new AbortController().signal;
const script = (code: string): string[] => ['-e', code];

let files = 0;
/** A file by which a program says that it is ready: what `code` writes, the pid of `child` where there is one. */
function readyFile(): { code: string; said(): string; wait(): Promise<void> } {
  const path = join(folder, `ready-${files++}`);
  const said = (): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const pid = "typeof child === 'object' ? child.pid : process.pid";
  return {
    code: `require('node:fs').writeFileSync(${JSON.stringify(path)}, String(${pid}));`,
    said,
    wait: () => expect.poll(said, { timeout: 60_000 }).not.toBe(''),
  };
}

describe('runTool', () => {
  it('gives the exit code and the end of what was printed', async () => {
    const end = await runTool(
      process.execPath,
      script('process.stdout.write("x".repeat(1e6) + "end"); console.error("oh"); process.exitCode = 7'),
      { signal: never },
    );
    expect(end).toMatchObject({ code: 7, signal: null, stderr: 'oh\n' });
    expect(end.stdout.length).toBe(256 << 10);
    expect(end.stdout.endsWith('xend')).toBe(true);
  });

  it.each(['SIGINT', 'nothing'])('interrupts after the time, and waits for what is done then (%s)', async (handled) => {
    // The time goes on while the program starts, which takes a busy machine seconds.
    for (const stopAfterMs of [600, 3000, 15_000]) {
      const ready = readyFile();
      const code = `process.on("SIGINT", () => { ${handled === 'SIGINT' ? 'console.log("written"); process.exit(0)' : ''} });
        setInterval(() => {}, 1000); ${ready.code}`;
      const options = { signal: never, stopAfterMs, ...(handled === 'SIGINT' ? {} : { finishMs: 200 }) };
      const end = await runTool(process.execPath, script(code), options);
      if (!ready.said()) continue;
      expect(end).toMatchObject(
        handled === 'SIGINT' ? { code: 0, signal: null, stdout: 'written\n' } : { code: null, signal: 'SIGKILL' },
      );
      return;
    }
    expect.unreachable('The program never was ready before it was interrupted.');
  });

  it('interrupts when it is told to', async () => {
    const stop = new AbortController();
    const ready = readyFile();
    const code = `process.on("SIGINT", () => { console.log("written"); process.exit(0) });
      setInterval(() => {}, 1000); ${ready.code}`;
    const running = runTool(process.execPath, script(code), { signal: never, stop: stop.signal });
    await ready.wait();
    stop.abort();
    expect(await running).toMatchObject({ code: 0, signal: null, stdout: 'written\n' });
  });

  it('ends its children, too, where it is cancelled', async () => {
    const cancel = new AbortController();
    const ready = readyFile();
    const code = `const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      setInterval(() => {}, 1000); ${ready.code}`;
    const running = runTool(process.execPath, script(code), { signal: cancel.signal });
    await ready.wait();
    cancel.abort();
    await expect(running).rejects.toThrow(/abort/i);
    const pid = Number(ready.said());
    await expect
      .poll(() => {
        try {
          process.kill(pid, 0);
          return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z');
        } catch {
          return true;
        }
      })
      .toBe(true);
  });

  it('says what cannot be run', async () => {
    await expect(runTool(join(folder, 'nothing'), [], { signal: never })).rejects.toThrow(
      /nothing cannot be run: .*ENOENT/,
    );
  });
});

it('takes the line of the messages that says what is wrong', () => {
  const stderr = 'Welcome\n\x1b[31mError: cannot open it.\x1b[0m\n\nStack backtrace:\n   0: here\n';
  expect(firstError({ stdout: 'fine', stderr })).toBe('cannot open it');
  expect(firstError({ stdout: '', stderr: '' })).toBe('it said nothing');
  expect(firstError({ stdout: '', stderr: `Error: ${'x'.repeat(1000)}` }).length).toBe(200);
});

describe('findTool', () => {
  const tool = join(folder, 'py-spy');
  writeFileSync(tool, '#!/bin/sh\n');
  it('takes what the setting says', async () => {
    chmodSync(tool, 0o755);
    expect(await findTool('py-spy', { 'py-spy': tool })).toBe(tool);
    await expect(findTool('py-spy', { 'py-spy': join(folder, 'gone') })).rejects.toThrow(
      /emberline\.tools\.py-spy names .*gone, which is no program that can be run/,
    );
  });

  it('looks into the given folders before PATH', async () => {
    expect(await findTool('py-spy', {}, [folder])).toBe(tool);
  });

  it('takes no folder and no file that cannot be run', async () => {
    expect(await firstExecutable([folder, join(folder, 'gone')])).toBeNull();
  });
});
