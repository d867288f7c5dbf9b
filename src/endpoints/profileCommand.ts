import { mkdir } from 'node:fs/promises';
import type { CaptureMethods, CaptureRequest, InstanceResult } from './endpoint';
import { planCommand } from './planCommand';
import { runTool } from './runTool';
import { samplingProgress } from './samplingProgress';

/**
 * A command, run under the sampler of its language until it ends, or for the seconds asked for. Options: `cwd`, `sampler`
 * (`py-spy` or `cprofile` for Python), `rate`, `show` (what it prints goes to standard error).
 */
export const profileCommand = {
  capture,
} satisfies CaptureMethods;

async function capture(request: CaptureRequest): Promise<InstanceResult[]> {
  const { spec, signal, stop, folder } = request;
  if (spec.command === undefined || spec.command.length === 0) {
    throw new Error(`The endpoint ${spec.name} names no command: set its "command" to a program and its arguments.`);
  }
  const cwd = typeof spec.options?.['cwd'] === 'string' ? spec.options['cwd'] : process.cwd();
  await mkdir(folder, { recursive: true });
  const plan = await planCommand({ args: spec.command, cwd, folder, tools: request.tools, options: spec.options });
  request.log(`${plan.sampler}: ${plan.command} ${plan.args.join(' ')}`);
  const progress = samplingProgress(request, spec.command[0]!);
  try {
    const end = await runTool(plan.command, plan.args, {
      signal,
      ...(stop ? { stop } : {}),
      stopAfterMs: request.seconds * 1000,
      cwd,
      env: plan.env,
      ...(spec.options?.['show'] === true ? { stdout: 2, stderr: 2 } : {}),
      log: (line) => request.log(line),
    });
    progress.end();
    if (end.stdout !== '' || end.stderr !== '') request.log(`${end.stdout}${end.stderr}`.trimEnd());
    return await plan.collect({
      signal,
      onProgress: (fraction, what) => request.onProgress(fraction, what),
      log: (line) => request.log(line),
      exitCode: end.code,
      launcherPid: null,
      seconds: progress.seconds(),
      said: end.stderr || end.stdout,
    });
  } finally {
    progress.end();
  }
}
