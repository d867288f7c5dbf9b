import { readFileSync } from 'node:fs';
import type { EndpointSpec } from './endpoint';

/** Whether a process of this number runs, perhaps as somebody else's. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

/** Ended, but its parent has not asked for it yet: no sampler can attach any more. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}

/**
 * The process that an endpoint names.
 * @throws Error with a sentence where there is none, or where it does not run
 */
export function targetPid(spec: EndpointSpec): number {
  const { pid } = spec;
  if (pid === undefined || !Number.isSafeInteger(pid) || pid <= 0) {
    throw new Error(`The endpoint ${spec.name} names no process: set its "pid" to the number of one.`);
  }
  if (!isRunning(pid)) throw vanished(pid);
  return pid;
}

export function vanished(pid: number): Error {
  return new Error(`No process ${pid} runs on this machine (any more): choose another.`);
}

/** What lets this machine's samplers look into another process. */
export interface PtraceWorld {
  readonly platform: NodeJS.Platform;
  readonly container: boolean;
  /** The value of kernel.yama.ptrace_scope, null where the kernel has none. */
  readonly scope: number | null;
  readonly root: boolean;
}

/** The exact fix for a tool that was not allowed to look into a process, as a sentence. */
export function ptraceAdvice(tool: string, path: string, pid: number, world: PtraceWorld = thisWorld()): string {
  const refused = `${tool} may not look into process ${pid}`;
  if (world.platform === 'darwin') {
    return `${refused}: macOS allows that to root only. Set emberline.tools.${tool} to a script that runs "sudo -n ${path} "$@"".`;
  }
  if (world.platform === 'win32') return `${refused}: start VS Code as the user who runs it, or as administrator.`;
  if (world.container) {
    return `${refused}: start the container with "--cap-add SYS_PTRACE" (Kubernetes: securityContext.capabilities.add: [SYS_PTRACE]).`;
  }
  if (world.scope !== null && world.scope >= 3) {
    return `${refused}: kernel.yama.ptrace_scope is 3, which only a restart with a smaller value changes.`;
  }
  const capability = `"sudo setcap cap_sys_ptrace=eip ${path}"`;
  if (world.scope !== null && world.scope > 0 && !world.root) {
    return `${refused}: run "sudo sysctl kernel.yama.ptrace_scope=0", or ${capability}.`;
  }
  return `${refused}, which is another user's: run ${capability}, or VS Code as that user.`;
}

function thisWorld(): PtraceWorld {
  const read = (path: string): string | null => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return null;
    }
  };
  const scope = read('/proc/sys/kernel/yama/ptrace_scope');
  const container =
    read('/.dockerenv') !== null ||
    read('/run/.containerenv') !== null ||
    /docker|kubepods|containerd|libpod/.test(read('/proc/1/cgroup') ?? '');
  return {
    platform: process.platform,
    container,
    scope: scope === null ? null : Number(scope),
    root: process.getuid?.() === 0,
  };
}
