import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaptureMethods, CaptureRequest, InstanceResult } from './endpoint';
import { findTool } from './findTool';
import { firstError, runTool, type ToolEnd } from './runTool';
import { earlyEnd, samplingProgress } from './samplingProgress';
import { isRunning, targetPid, vanished } from './targetPid';

const DEFAULT_RATE = 199;
/** Stacks of this many bytes are copied for each sample where they are unwound by DWARF. */
const STACK_BYTES = 16_384;
/** Lines of millions of addresses take minutes: without them a profile has its functions. */
const LINES_MS = 120_000;

/**
 * Any process by Linux' `perf record`, its text by `perf script` with source lines. Options: `rate` (samples a second),
 * `callGraph` (`dwarf`, `fp`, `lbr`), `event`, `lines` (false: functions only), `children` is perf's own default.
 */
export const perf = {
  capture: async (request) => [await capture(request)],
} satisfies CaptureMethods;

async function capture(request: CaptureRequest): Promise<InstanceResult> {
  const { spec, seconds, signal, stop, folder } = request;
  if (process.platform !== 'linux') throw new Error('perf runs on Linux only: choose another sampler.');
  const tool = await findTool('perf', request.tools);
  const pid = targetPid(spec);
  const data = join(folder, `perf-${pid}.data`);
  const args = [...perfRecordOptions(spec.options, data), '-p', String(pid)];
  const progress = samplingProgress(request, `process ${pid}`);
  let end: ToolEnd;
  try {
    const options = { signal, ...(stop ? { stop } : {}), stopAfterMs: seconds * 1000 };
    end = await runTool(tool, args, { ...options, log: (line) => request.log(line) });
  } finally {
    progress.end();
  }
  const taken = progress.seconds();
  if ((await stat(data).catch(() => null)) === null || /no process|couldn't|failed|not permitted/i.test(end.stderr)) {
    const refused = await perfAdvice(end);
    if (refused !== null) throw new Error(refused);
    if (!isRunning(pid)) throw vanished(pid);
    throw new Error(`perf could not sample process ${pid}: ${firstError(end)}.`);
  }
  const path = join(folder, `perf-${pid}.perf`);
  const notes = await writePerfScript(request, { tool, data, path });
  const early = earlyEnd(request, pid, taken);
  if (early !== null) notes.unshift(early);
  return { instance: `process ${pid}`, path, name: `process-${pid}.perf`, seconds: taken, notes };
}

/** `perf record` with what a spec asks for, without its target. */
export function perfRecordOptions(options: CaptureRequest['spec']['options'] = {}, output: string): string[] {
  const rate = options['rate'];
  const event = options['event'];
  const graph = options['callGraph'] ?? 'dwarf';
  if (graph !== 'dwarf' && graph !== 'fp' && graph !== 'lbr') {
    throw new Error(`"${graph}" is no call graph of perf's: take dwarf, fp or lbr.`);
  }
  const frequency = typeof rate === 'number' && rate >= 1 ? Math.round(rate) : DEFAULT_RATE;
  const args = ['record', '-q', '-F', String(frequency), '-o', output];
  args.push('--call-graph', graph === 'dwarf' ? `dwarf,${STACK_BYTES}` : graph);
  if (typeof event === 'string' && event !== '') args.push('-e', event);
  return args;
}

/**
 * Turns perf's data into its text, with source lines where that can be done in two minutes.
 * @returns notes
 * @throws Error with a sentence
 */
export async function writePerfScript(
  request: Pick<CaptureRequest, 'signal' | 'onProgress' | 'log' | 'spec'>,
  { tool, data, path }: { readonly tool: string; readonly data: string; readonly path: string },
): Promise<string[]> {
  request.onProgress(null, 'reading symbols and lines');
  const fields = '+pid,+tid,+period';
  if (request.spec.options?.['lines'] !== false) {
    const late = AbortSignal.timeout(LINES_MS);
    const args = ['script', '-i', data, '--header', '-F', `${fields},+srcline`, '--full-source-path'];
    const end = await toFile(tool, args, path, AbortSignal.any([request.signal, late])).catch((error) => {
      request.signal.throwIfAborted();
      if (late.aborted) return null;
      throw error;
    });
    if (end?.code === 0) return [];
    request.log(end === null ? 'perf script took too long with lines' : end.stderr);
  }
  const end = await toFile(tool, ['script', '-i', data, '--header', '-F', fields], path, request.signal);
  // It calls the file of a recording without samples one that was cut off.
  if (end.code !== 0 && /data size field is 0|has no samples/i.test(end.stderr)) {
    throw new Error('perf took no samples: the program was idle all the time.');
  }
  if (end.code !== 0) throw new Error(`perf script failed: ${firstError(end)}.`);
  return request.spec.options?.['lines'] === false
    ? []
    : ['perf could not find the source lines in two minutes: this profile has functions only.'];
}

/** The text goes to the file without passing through here. */
async function toFile(tool: string, args: string[], path: string, signal: AbortSignal): Promise<ToolEnd> {
  const file = await open(path, 'w');
  try {
    return await runTool(tool, args, { signal, stdout: file.fd });
  } finally {
    await file.close();
  }
}

/** What to do where the kernel refuses perf events; null where it did not. */
export async function perfAdvice(end: Pick<ToolEnd, 'stdout' | 'stderr'>): Promise<string | null> {
  const said = `${end.stderr}\n${end.stdout}`;
  if (
    !/perf_event_paranoid|perf_event_open|No permission|Permission denied|not permitted|Access to performance/i.test(
      said,
    )
  ) {
    return /not found for kernel|linux-tools/i.test(said)
      ? 'The perf that is installed does not fit this kernel: install "linux-tools-$(uname -r)".'
      : null;
  }
  const level = Number(await readFile('/proc/sys/kernel/perf_event_paranoid', 'utf8').catch(() => 'NaN'));
  const more = Number.isFinite(level) ? ` (kernel.perf_event_paranoid is ${level})` : '';
  return `The kernel refuses perf events${more}: run "sudo sysctl kernel.perf_event_paranoid=1"; in a container add "--cap-add PERFMON" (or SYS_ADMIN) and allow perf_event_open in its seccomp profile.`;
}
