import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { InstanceResult } from './endpoint';
import { joinProfiles } from './joinProfiles';
import { languageOfName } from './localProcesses';
import { type CommandEnd, type CommandPlan, commandEnd, ending, type FoundCommand } from './profileCommandPlan';
import { runTool } from './runTool';

const VERSION_MS = 5000;

/** V8 writes its profile as a program exits: programs that Ctrl-C or the end of a debug session kills have to exit. */
const exitHook = `'use strict';
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]]) {
  process.on(signal, () => { if (process.listenerCount(signal) === 1) process.exit(code); });
}
`;

/** What Node profiles by itself from its first line on. */
export type NodeProfile = 'cpu' | 'heap';

/**
 * Options with which Node profiles itself into a folder. They stand in NODE_OPTIONS (by `withNodeOptions`) where workers
 * and child processes shall be profiled, too.
 * @param interval microseconds, or bytes for `heap`; Node's own where it is undefined
 */
export async function nodeProfilingOptions(folder: string, what: NodeProfile, interval?: number): Promise<string[]> {
  const hook = join(folder, 'exitHook.cjs');
  await writeFile(hook, exitHook);
  const options = [`--${what}-prof`, `--${what}-prof-dir=${folder}`, `--require=${hook}`];
  if (interval !== undefined) options.push(`--${what}-prof-interval=${interval}`);
  return options;
}

/** NODE_OPTIONS with further options, quoted as Node's own parser has it (node.cc: spaces separate, \\ within quotes). */
export function withNodeOptions(given: string | undefined, options: readonly string[]): string {
  const quoted = options.map((option) => (/[\s"\\]/.test(option) ? `"${option.replace(/["\\]/g, '\\$&')}"` : option));
  return [given, ...quoted].filter((each) => each).join(' ');
}

/** Node, workers and child processes of Node included: each writes a profile. */
export async function planNode(command: FoundCommand): Promise<CommandPlan> {
  const { program, args, folder, env, options } = command;
  const interval = options?.['interval'];
  const microseconds = typeof interval === 'number' && interval >= 50 ? Math.round(interval) : undefined;
  const own = await nodeProfilingOptions(folder, 'cpu', microseconds);
  // Before Node 22 NODE_OPTIONS may not have them: of a script that is started directly, its child processes are missed.
  const direct = languageOfName(basename(program)) === 'node' && (await majorOf(program, env)) < 22;
  return {
    language: 'node',
    sampler: 'node --cpu-prof',
    command: program,
    args: direct ? [...own, ...args.slice(1)] : args.slice(1),
    env: direct ? {} : { NODE_OPTIONS: withNodeOptions(env['NODE_OPTIONS'], own) },
    collect: (end) => collectNode(folder, end),
  };
}

/** The first number of Node's version; Infinity where it does not say. */
async function majorOf(program: string, env: FoundCommand['env']): Promise<number> {
  const options = { signal: AbortSignal.timeout(VERSION_MS), env };
  const end = await runTool(program, ['--version'], options).catch(() => null);
  return Number(/^v(\d+)\./.exec(end?.stdout ?? '')?.[1] ?? Number.POSITIVE_INFINITY);
}

/** The heap profiles that Node has written into a folder, one a process or worker. @throws Error with a sentence */
export async function collectNodeHeap(folder: string, end: CommandEnd): Promise<InstanceResult[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.heapprofile')).sort();
  if (names.length === 0) throw new Error(noProfile(end));
  return names.map((name, i) => {
    // Heap.<date>.<time>.<pid>.<thread>.<number>.heapprofile
    const match = /\.(\d+)\.(\d+)\.\d+\.heapprofile$/.exec(name);
    const worker = match === null || match[2] === '0' ? '' : `, worker ${match[2]}`;
    return {
      instance: names.length === 1 ? 'command' : `process ${match?.[1] ?? i + 1}${worker}`,
      path: join(folder, name),
      name: `command-${i}.heapprofile`,
      seconds: end.seconds,
      ...(i === 0 ? commandEnd(end.exitCode) : { notes: [] }),
    };
  });
}

function noProfile(end: CommandEnd): string {
  // Node's exit code for options that it does not take: in a terminal it is all that is known.
  return end.exitCode === 9 || /not allowed in NODE_OPTIONS/.test(end.said)
    ? 'This Node does not take --cpu-prof in NODE_OPTIONS: use Node 22 or newer, or run the script by "node" itself.'
    : `Node wrote no profile: ${ending(end.exitCode)}. A program that is killed, or never starts Node, writes none.`;
}

/** The profiles that Node has written into a folder, as one file. */
export async function collectNode(folder: string, end: CommandEnd): Promise<InstanceResult[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile')).sort();
  if (names.length === 0) throw new Error(noProfile(end));
  const found = names.map((name) => {
    // CPU.<date>.<time>.<pid>.<thread>.<number>.cpuprofile
    const match = /\.(\d+)\.(\d+)\.\d+\.cpuprofile$/.exec(name);
    return { path: join(folder, name), pid: Number(match?.[1] ?? 0), tid: Number(match?.[2] ?? 0) };
  });
  // npm and its like are not what was asked for.
  const others = found.filter(({ pid }) => pid !== end.launcherPid);
  const kept =
    end.launcherPid !== null && others.length > 0 && others.length < found.length
      ? await withoutLauncher(found, others)
      : found;
  const ended = commandEnd(end.exitCode);
  if (kept.length === 1)
    return [{ instance: 'command', path: kept[0]!.path, name: 'command.cpuprofile', seconds: end.seconds, ...ended }];
  const path = join(folder, 'all.cpuprofiles');
  await joinProfiles(
    kept.map(({ path, pid, tid }) => ({
      path,
      label: {
        process: `node ${pid}`,
        thread: tid === 0 ? 'Main thread' : `Worker ${tid}`,
        pid,
        startTimeMs: null,
        notes: [],
      },
    })),
    path,
  );
  return [{ instance: 'command', path, name: 'command.cpuprofiles', seconds: end.seconds, ...ended }];
}

/** Leaves a package manager's own profile away; a program that forks others is kept. */
async function withoutLauncher<T extends { readonly path: string; readonly pid: number }>(
  all: T[],
  others: T[],
): Promise<T[]> {
  for (const each of all) {
    if (others.includes(each)) continue;
    const text = await readFile(each.path, 'latin1');
    if (!/node_modules\/(npm|pnpm|corepack)\/|\.yarn\/releases|lib\/cli\.js/.test(text)) return all;
  }
  return others;
}
