import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect } from 'vitest';
import type { TopResult } from '../../src/engine/topApi';

/** What the command line did: its exit code, and what it wrote. */
interface Done {
  code: number | null;
  out: string;
  err: string;
}

/** The command line as a process: what scripts rely on. */
export interface CommandLine {
  /** Holds the command line, and the profiles `a.folded` and `b.folded`. */
  readonly folder: string;
  file(name: string): string;
  run(...args: string[]): Done;
  /** Not waiting for it: for those that speak with a server in the test's own process. */
  runAsync(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Done>;
  /** What `top … --json` prints. */
  topOf(...args: string[]): TopResult;
}

/** Builds the command line before the tests of a file, and removes it after them. */
export function useCommandLine(): CommandLine {
  const folder = mkdtempSync(join(tmpdir(), 'emberline-cli-'));
  const file = (name: string): string => join(folder, name);
  beforeAll(() => {
    const common = { bundle: true, platform: 'node', define: { EMBERLINE_VERSION: '"0.0.0"' } } as const;
    buildSync({ ...common, entryPoints: ['src/cli.ts'], outfile: file('cli.js') });
    writeFileSync(file('a.folded'), 'main;hot (a.py:7) 3\nmain;warm (a.py:9);hot (a.py:8) 2\n');
    writeFileSync(file('b.folded'), 'main;hot (a.py:7) 10\n');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = (...args: string[]): Done => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [file('cli.js'), ...args], { encoding: 'utf8' });
    return { code: status, out: stdout, err: stderr };
  };
  return {
    folder,
    file,
    run,
    runAsync: (args, env = {}) =>
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
      }),
    topOf: (...args) => {
      const { code, out, err } = run('top', ...args, '--json');
      expect(err).toBe('');
      expect(code).toBe(0);
      return JSON.parse(out) as TopResult;
    },
  };
}
