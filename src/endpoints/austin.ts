import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaptureMethods, CaptureRequest, InstanceResult } from './endpoint';
import { findTool } from './findTool';
import { firstError, runTool, type ToolEnd } from './runTool';
import { earlyEnd, samplingProgress } from './samplingProgress';
import { isRunning, ptraceAdvice, targetPid, vanished } from './targetPid';

const DEFAULT_INTERVAL_MS = 10;
/** Of Austin's exit codes: it may not look into the process (src/error.h: EPROCPERM). */
const NOT_PERMITTED = 33;

/**
 * A Python process by Austin (https://github.com/P403n1x87/austin). Options: `interval` (ms), `children`, `gc`, `full`,
 * `memory`, `cpu` (leaves idle samples out).
 */
export const austinByPid = {
  capture: async (request) => [await capture(request)],
} satisfies CaptureMethods;

async function capture(request: CaptureRequest): Promise<InstanceResult> {
  const { spec, seconds, signal, stop, folder } = request;
  const tool = await findTool('austin', request.tools);
  const pid = targetPid(spec);
  const path = join(folder, `austin-${pid}.austin`);
  const { options = {} } = spec;
  const interval = typeof options['interval'] === 'number' ? options['interval'] : DEFAULT_INTERVAL_MS;
  const args = ['-p', String(pid), '-o', path, '-i', `${Math.max(1, Math.round(interval * 1000))}us`];
  for (const [name, letter] of Object.entries({ children: '-C', gc: '-g', full: '-f', memory: '-m' })) {
    if (options[name] === true) args.push(letter);
  }
  if (options['cpu'] === true || spec.profile === 'cpu') args.push(await cpuSwitch(tool, signal));
  if (Number.isFinite(seconds)) args.push('-x', String(Math.max(1, Math.ceil(seconds))));
  const progress = samplingProgress(request, `process ${pid}`);
  let end: ToolEnd;
  try {
    end = await runTool(tool, args, { signal, ...(stop ? { stop } : {}), log: (line) => request.log(line) });
  } finally {
    progress.end();
  }
  const written = await stat(path).catch(() => null);
  // Without a sample it has written its first lines at most.
  if (written === null || written.size < 100) throw new Error(explain(end, tool, pid));
  const taken = progress.seconds();
  const early = earlyEnd(request, pid, taken);
  return {
    instance: `process ${pid}`,
    path,
    name: `process-${pid}.austin`,
    seconds: taken,
    notes: early === null ? [] : [early],
  };
}

/** `--sleepless` of Austin 3 is `--cpu` of Austin 4. */
async function cpuSwitch(tool: string, signal: AbortSignal): Promise<string> {
  const { stdout } = await runTool(tool, ['--help'], { signal });
  return /--cpu\b/.test(stdout) ? '--cpu' : '-s';
}

function explain(end: ToolEnd, tool: string, pid: number): string {
  const said = `${end.stderr}\n${end.stdout}`;
  if (!isRunning(pid)) return vanished(pid).message;
  if (end.code === NOT_PERMITTED || /permission|privilege|superuser|sudo/i.test(said)) {
    return ptraceAdvice('austin', tool, pid);
  }
  if (/not a\s+Python\s+process|Cannot attach/i.test(said)) {
    return `Austin cannot attach to process ${pid}: it is not Python, or another user's (then run Austin as that user).`;
  }
  return `Austin could not sample process ${pid}: ${firstError(end)}.`;
}
