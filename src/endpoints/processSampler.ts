import type { EndpointKindName, EndpointSpec } from './endpoint';
import { describeProcessOf } from './localProcesses';
import { vanished } from './targetPid';

/** Kinds whose target is a process of this machine. */
export const processKinds: readonly EndpointKindName[] = ['py-spy', 'austin', 'jfr', 'asprof', 'perf'];

/**
 * The kind that samples a process best, with what it captures from: by the process's language.
 * @throws Error with a sentence where it does not run, or where a Node process has no inspector
 */
export async function specOfProcess(pid: number): Promise<Pick<EndpointSpec, 'kind' | 'pid' | 'url' | 'options'>> {
  const process = await describeProcessOf(pid);
  if (process === null) throw vanished(pid);
  switch (process.language) {
    case 'python':
      return { kind: 'py-spy', pid };
    case 'java':
      return { kind: 'jfr', pid };
    case 'go':
      return { kind: 'perf', pid, options: { callGraph: 'fp' } };
    case 'node':
      if (process.inspector === null) {
        throw new Error(
          `Process ${pid} is Node without an inspector: start one with "kill -USR1 ${pid}", and capture from 127.0.0.1:9229 with --kind v8-inspector.`,
        );
      }
      return { kind: 'v8-inspector', url: process.inspector };
    default:
      return { kind: 'perf', pid };
  }
}
