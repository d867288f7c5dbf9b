import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaptureMethods, CaptureRequest, InstanceResult } from './endpoint';
import { findTool } from './findTool';
import { Jcmd } from './jcmd';
import { firstError, runTool } from './runTool';
import { endedAfter, samplingProgress } from './samplingProgress';
import { isRunning, targetPid } from './targetPid';
import { whileRunning } from './whileRunning';

const ANSWER_MS = 30_000;
/** The profiler stops by itself so much later, should nobody be left to stop it. */
const GRACE_SECONDS = 60;

/**
 * A Java process by async-profiler's `asprof`, or by its library (`libasyncProfiler.so`, which jcmd loads) where
 * `emberline.tools.asprof` names that. The profile is an event or several (`cpu`, `wall`, `itimer`, `ctimer`, `alloc`,
 * `lock`, `nativemem`: "cpu,alloc"). Options: `interval`, `alloc` and `lock` as async-profiler takes them.
 */
export const asprof = {
  capture: async (request) => [await capture(request)],
} satisfies CaptureMethods;

/** Sends a command of async-profiler's to the process, answers what it said. @throws Error with a sentence */
type Agent = (action: 'start' | 'stop', options: readonly string[]) => Promise<void>;

async function capture(request: CaptureRequest): Promise<InstanceResult> {
  const { spec, signal, folder, seconds } = request;
  signal.throwIfAborted();
  const pid = targetPid(spec);
  const agent = await agentOf(request, pid);
  const path = join(folder, `asprof-${pid}.jfr`);
  const output = ['jfr', `file=${path}`];
  const safety = Number.isFinite(seconds) ? [`timeout=${Math.ceil(seconds) + GRACE_SECONDS}`] : [];
  const notes: string[] = [];
  const events = (spec.profile ?? 'cpu').split(',').map((event) => event.trim());
  try {
    await agent('start', [...eventOptions(events, spec.options), ...safety, ...output]);
  } catch (error) {
    // Not ours to stop.
    if (alreadyStarted(String(error))) {
      throw new Error(
        `Somebody else is profiling process ${pid} by async-profiler, which runs once at a time: wait until that has ended, or stop it ("asprof stop ${pid}").`,
      );
    }
    if (!events.includes('cpu') || !/perf_event|Perf events/i.test(String(error))) throw error;
    notes.push('Perf events are refused here: CPU time was sampled by a timer (itimer), without kernel frames.');
    const timer = events.map((event) => (event === 'cpu' ? 'itimer' : event));
    await agent('start', [...eventOptions(timer, spec.options), ...safety, ...output]);
  }
  const progress = samplingProgress(request, `process ${pid}`);
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (!stopped) await agent('stop', output);
    stopped = true;
  };
  try {
    let how = await whileRunning(pid, request);
    progress.end();
    if (how !== 'ended') {
      await stop().catch((error) => {
        if (isRunning(pid)) throw error;
        how = 'ended';
      });
    }
    const taken = progress.seconds();
    if (how === 'ended') {
      notes.push(endedAfter(pid, taken));
    }
    const written = await stat(path).catch(() => null);
    if (written === null || written.size === 0) {
      throw new Error(
        `async-profiler wrote no recording of process ${pid} that can be seen at ${path}: does it run in another container?`,
      );
    }
    return { instance: `process ${pid}`, path, name: `process-${pid}.jfr`, seconds: taken, notes };
  } finally {
    progress.end();
    if (isRunning(pid)) await stop().catch((error) => request.log(String(error)));
  }
}

/** Whether async-profiler refuses as it is under way (its Profiler::start). */
export function alreadyStarted(answer: string): boolean {
  return /profiler (?:is )?already (?:started|running)|profiling is already/i.test(answer);
}

function eventOptions(events: readonly string[], options: CaptureRequest['spec']['options'] = {}): string[] {
  const settings: string[] = [];
  for (const event of events) {
    const own = options[event];
    if (event === 'alloc' || event === 'lock' || event === 'nativemem') {
      settings.push(own === undefined || own === true ? event : `${event}=${own}`);
    } else if (event === 'wall' && events.length > 1) {
      settings.push(own === undefined ? 'wall' : `wall=${own}`);
    } else if (/^[\w.:$-]+$/.test(event)) {
      settings.push(`event=${event}`);
    } else {
      throw new Error(`"${event}" is no event of async-profiler's: take cpu, wall, itimer, alloc, lock or nativemem.`);
    }
  }
  const interval = options['interval'];
  if (interval !== undefined && /^\d+(ns|us|ms|s)?$/.test(String(interval))) settings.push(`interval=${interval}`);
  return settings;
}

async function agentOf(request: CaptureRequest, pid: number): Promise<Agent> {
  const given = request.tools?.asprof;
  const log = (line: string): void => request.log(line);
  if (given !== undefined && /\.(so|dylib)$/.test(given)) {
    await access(given, constants.R_OK).catch(() => {
      throw new Error(`The setting emberline.tools.asprof names ${given}, which cannot be read: correct it.`);
    });
    const jcmd = await Jcmd.open(pid, request.tools, log);
    const said = join(request.folder, 'asprof.log');
    return async (action, options) => {
      // What it has to say goes to the program's own output unless it is given a file. jcmd parses "=" outside of quotes.
      const answer = await jcmd.run('JVMTI.agent_load', given, `"${[action, ...options, `log=${said}`].join(',')}"`);
      if (!/return code: 0/.test(answer)) throw new Error(await refusal(pid, said, answer));
    };
  }
  const tool = await findTool('asprof', request.tools);
  return async (action, options) => {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const end = await runTool(tool, launcherOptions(action, options, pid), { signal, log });
    if (end.code !== 0) throw new Error(`async-profiler could not ${action} in process ${pid}: ${firstError(end)}.`);
  };
}

/** The agent's options as the launcher takes them: `event=cpu` is `-e cpu`. */
function launcherOptions(action: string, options: readonly string[], pid: number): string[] {
  const args = [action];
  for (const option of options) {
    const [name, value] = splitOnce(option);
    if (name === 'jfr') args.push('-o', 'jfr');
    else if (name === 'file') args.push('-f', value ?? '');
    else if (name === 'event') args.push('-e', value ?? '');
    else if (name === 'interval') args.push('-i', value ?? '');
    else if (name === 'timeout') args.push('--timeout', value ?? '');
    // `--alloc` and its like take a value always; 0 is the finest that there is.
    else args.push(`--${name}`, value ?? DEFAULTS[name] ?? '0');
  }
  return [...args, String(pid)];
}

const DEFAULTS: Readonly<Record<string, string>> = { alloc: '512k', lock: '10us', wall: '50ms', nativemem: '512k' };

function splitOnce(option: string): [string, string | undefined] {
  const equals = option.indexOf('=');
  return equals < 0 ? [option, undefined] : [option.slice(0, equals), option.slice(equals + 1)];
}

async function refusal(pid: number, log: string, answer: string): Promise<string> {
  const said = (await readFile(log, 'utf8').catch(() => '')).trim() || answer;
  return `async-profiler refused in process ${pid}: ${firstError({ stdout: said, stderr: '' })}.`;
}
