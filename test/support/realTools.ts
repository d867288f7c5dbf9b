import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * Whether tests that need a program are to be left out: where it is missing on somebody's machine. In CI nothing is left
 * out: its script installs what these tests need, and a test fails where that did not work.
 */
export function missing(program: string, ...args: string[]): boolean {
  if (process.env['CI'] === 'true') return false;
  return spawnSync(program, args, { stdio: 'ignore' }).status !== 0;
}

/** The first number of a program's `--version`; 0 where it says none. */
export function majorVersion(program: string): number {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return Number(/\d+/.exec(stdout ?? '')?.[0] ?? 0);
}

/** A program that prints `lines` lines when it is ready, and ends when its standard input does. */
export class RunningProgram {
  private constructor(
    readonly child: ChildProcess,
    readonly lines: readonly string[],
  ) {}

  static async start(command: string, args: readonly string[], lines: number): Promise<RunningProgram> {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const printed: string[] = [];
    const failed = once(child, 'error').then(([error]) => {
      throw error;
    });
    const reading = (async () => {
      for await (const line of createInterface({ input: child.stdout! })) {
        if (printed.push(line) === lines) return;
      }
      throw new Error(`${command} ended after ${printed.length} of ${lines} lines.`);
    })();
    await Promise.race([reading, failed]);
    return new RunningProgram(child, printed);
  }

  get pid(): number {
    return this.child.pid!;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.stdin!.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 3000);
    await ended;
    clearTimeout(timer);
  }
}

/** Releases of what the tests fetch; the cache is keyed by them. */
const asyncProfiler = '4.6';

/**
 * async-profiler's jar, fetched by Maven into the cache folder once.
 * @throws Error where Maven cannot
 */
export function asyncProfilerJar(): string {
  const cache =
    process.env['EMBERLINE_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'emberline');
  const folder = join(cache, `async-profiler-${asyncProfiler}`);
  const jar = join(folder, `async-profiler-${asyncProfiler}.jar`);
  if (!existsSync(jar)) {
    execFileSync(
      'mvn',
      [
        '-q',
        '-B',
        'dependency:copy',
        `-Dartifact=tools.profiler:async-profiler:${asyncProfiler}`,
        `-DoutputDirectory=${folder}`,
      ],
      { stdio: 'inherit' },
    );
  }
  return jar;
}
