import type { EndpointKindName, EndpointSpec } from './endpoint';
import { describeProcessOf } from './localProcesses';
import { vanished } from './targetPid';

/** Kinds whose target is a process of this machine. */
export const processKinds: readonly EndpointKindName[] = ['py-spy', 'austin', 'jfr', 'asprof', 'perf'];

/**
 * The kind that samples a process best, with what it captures from: by the process's language.
 * In a Node process without an inspector, one is started.
 * @throws Error with a sentence where it does not run, or where its inspector cannot be started
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
      if (process.inspector !== null) return { kind: 'v8-inspector', url: process.inspector };
      return { kind: 'v8-inspector', ...(await startedInspector(pid)) };
    default:
      return { kind: 'perf', pid };
  }
}

/** The inspector of a process whose command line names none; one that is started for us is closed after the capture. */
export async function startedInspector(pid: number): Promise<Pick<EndpointSpec, 'url' | 'options'>> {
  const { inspectorOfProcess } = await import('./startInspector');
  const { url, started } = await inspectorOfProcess(pid);
  return { url, ...(started ? { options: { closeInspector: true } } : {}) };
}
