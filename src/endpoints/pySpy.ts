import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaptureMethods, CaptureRequest, InstanceResult } from './endpoint';
import { findTool } from './findTool';
import { firstError, runTool, type ToolEnd } from './runTool';
import { earlyEnd, samplingProgress } from './samplingProgress';
import { isRunning, ptraceAdvice, targetPid, vanished } from './targetPid';

/** py-spy's options that are switches, by our names of them. */
const SWITCHES = ['gil', 'idle', 'native', 'subprocesses', 'threads', 'nonblocking'] as const;

/**
 * A Python process by py-spy (https://github.com/benfred/py-spy), as folded stacks with full file names. Options: `rate`
 * (samples a second), `gil`, `idle`, `native`, `subprocesses`, `nonblocking`; `threads` is on unless it is false.
 */
export const pySpy = {
  capture: async (request) => [await capture(request)],
} satisfies CaptureMethods;

/** The options of `py-spy record` that a spec asks for. */
export function pySpyOptions(options: CaptureRequest['spec']['options'] = {}, output: string): string[] {
  const rate = options['rate'];
  const args = ['--format', 'raw', '--full-filenames', '--output', output];
  if (typeof rate === 'number' && rate >= 1) args.push('--rate', String(Math.round(rate)));
  for (const name of SWITCHES) {
    if (options[name] === true || (name === 'threads' && options[name] !== false)) args.push(`--${name}`);
  }
  return args;
}

async function capture(request: CaptureRequest): Promise<InstanceResult> {
  const { spec, seconds, signal, stop, folder } = request;
  const tool = await findTool('py-spy', request.tools);
  const pid = targetPid(spec);
  const path = join(folder, `py-spy-${pid}.folded`);
  const args = ['record', '--pid', String(pid), ...pySpyOptions(spec.options, path)];
  // It counts from when it has read the process; a signal that it does not hear is not needed, then.
  if (Number.isFinite(seconds)) args.push('--duration', String(Math.max(1, Math.ceil(seconds))));
  const progress = samplingProgress(request, `process ${pid}`);
  let end: ToolEnd;
  try {
    end = await runTool(tool, args, {
      signal,
      ...(stop ? { stop } : {}),
      ...(Number.isInteger(seconds) ? {} : { stopAfterMs: seconds * 1000 }),
      log: (line) => request.log(line),
    });
  } finally {
    progress.end();
  }
  const written = await stat(path).catch(() => null);
  if (written === null || written.size === 0) throw new Error(explain(end, tool, pid));
  const notes: string[] = [];
  const early = earlyEnd(request, pid, progress.seconds());
  if (early !== null) notes.push(early);
  const errors = Number(/Errors: (\d+)/.exec(`${end.stderr}${end.stdout}`)?.[1] ?? 0);
  if (errors > 0) notes.push(`py-spy could not read ${errors} stacks of process ${pid}.`);
  return {
    instance: `process ${pid}`,
    path,
    name: `process-${pid}.folded`,
    seconds: Math.min(seconds, progress.seconds()),
    notes,
  };
}

function explain(end: ToolEnd, tool: string, pid: number): string {
  const said = `${end.stderr}\n${end.stdout}`;
  if (/permission denied|operation not permitted|run as root|EPERM/i.test(said))
    return ptraceAdvice('py-spy', tool, pid);
  if (!isRunning(pid)) return vanished(pid).message;
  if (/python version|no python processes|not a python/i.test(said)) {
    return `Process ${pid} is not Python, as far as py-spy ${/version/.test(said) ? 'can tell' : 'sees'}: choose another process.`;
  }
  if (/No samples|no stack/i.test(said) || end.code === 0) {
    return `py-spy took no samples of process ${pid}: it was idle all the time (the option "idle" takes those, too).`;
  }
  return `py-spy could not sample process ${pid}: ${firstError(end)}.`;
}
