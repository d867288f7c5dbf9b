import { type ChildProcess, spawn } from 'node:child_process';

/** What a program printed is kept up to this length, its end. */
const MOST_OUTPUT = 256 << 10;
/** How long a program that was asked to end may take before it is killed. */
const KILL_AFTER_MS = 3000;

export interface ToolEnd {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last 256 KiB of each. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface ToolOptions {
  /** Cancelled: the program and its children are ended, and the promise rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** The program is interrupted (SIGINT), as by Ctrl-C, and is waited for. */
  readonly stop?: AbortSignal;
  /** Interrupts as well. Infinity: never. */
  readonly stopAfterMs?: number;
  /** How long a program may take to end once it was interrupted; then it is killed. */
  readonly finishMs?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** An open file that gets what the program prints. */
  readonly stdout?: number;
  /** Another for its messages; what goes there is not in `ToolEnd`. */
  readonly stderr?: number;
  log?(line: string): void;
}

/**
 * Runs a program in a process group of its own until it ends.
 * @throws Error with a sentence where it cannot be run; the signal's reason
 */
export async function runTool(command: string, args: readonly string[], options: ToolOptions): Promise<ToolEnd> {
  const { signal, stop } = options;
  signal.throwIfAborted();
  options.log?.(`${command} ${args.join(' ')}`);
  const child = spawn(command, args, {
    stdio: ['ignore', options.stdout ?? 'pipe', options.stderr ?? 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: { ...process.env, ...options.env } }),
  });
  const timers: NodeJS.Timeout[] = [];
  const interrupt = (): void => {
    signalGroup(child, 'SIGINT');
    timers.push(setTimeout(() => signalGroup(child, 'SIGKILL'), options.finishMs ?? 60_000));
  };
  const cancel = (): void => {
    signalGroup(child, 'SIGTERM');
    timers.push(setTimeout(() => signalGroup(child, 'SIGKILL'), KILL_AFTER_MS));
  };
  const ended = endOf(child);
  const { stopAfterMs = Number.POSITIVE_INFINITY } = options;
  if (stopAfterMs < 2 ** 31) timers.push(setTimeout(interrupt, stopAfterMs));
  signal.addEventListener('abort', cancel, { once: true });
  stop?.addEventListener('abort', interrupt, { once: true });
  if (stop?.aborted) interrupt();
  try {
    return await ended;
  } catch (error) {
    throw new Error(`${command} cannot be run: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    stop?.removeEventListener('abort', interrupt);
    // What a program left behind in its group ends with a cancelled capture.
    if (signal.aborted) signalGroup(child, 'SIGKILL');
    signal.throwIfAborted();
  }
}

function endOf(child: ChildProcess): Promise<ToolEnd> {
  return new Promise((resolve, reject) => {
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        texts[name] = (texts[name] + text).slice(-MOST_OUTPUT);
      });
    }
    child.once('error', reject);
    let late: NodeJS.Timeout;
    const settle = (code: number | null, signal: NodeJS.Signals | null): void => {
      clearTimeout(late);
      resolve({ code, signal, ...texts });
    };
    child.once('close', settle);
    // A grandchild may hold the pipes open: a second later what was printed is all that counts.
    child.once('exit', (code, signal) => {
      late = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        settle(code, signal);
      }, 1000);
    });
  });
}

/** Signals the program and its children; nothing where all have ended. */
function signalGroup(child: Pick<ChildProcess, 'pid' | 'kill'>, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended.
  }
}

/** The line of a program's messages that says most: the first that speaks of an error, else the last; shortened. */
export function firstError(end: Pick<ToolEnd, 'stdout' | 'stderr'>): string {
  const lines = `${end.stderr}\n${end.stdout}`
    .split('\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal.
    .map((line) => line.replace(/\x1b\[[0-9;]*m/g, '').trim())
    .filter((line) => line !== '' && !/^at |^\d+: |^Stack backtrace/.test(line));
  const found = lines.find((line) => /error|fail|denied|permi|cannot|unable|not (found|supported)|invalid/i.test(line));
  const line = (found ?? lines.at(-1) ?? 'it said nothing').replace(/^Error:\s*/i, '').replace(/[.:]$/, '');
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
