import type { EndpointKindName, EndpointSpec } from './endpoint';
import type { LocalEndpoint } from './localEndpoints';
import { type LocalProcess, listLocalProcesses, type ProcessLanguage } from './localProcesses';

/** Processes of one language, each as an endpoint of the sampler that is usual for it. */
export interface ProcessGroup {
  readonly title: string;
  readonly endpoints: readonly LocalEndpoint[];
}

export interface ProcessEndpoints {
  readonly groups: readonly ProcessGroup[];
  /** Addresses of inspectors that processes have. */
  readonly inspectors: readonly string[];
}

/** Sampled by process. Node is reached through its inspector; others of this machine are too many to be listed. */
const SAMPLED: readonly {
  readonly language: ProcessLanguage;
  readonly title: string;
  readonly kind: EndpointKindName;
}[] = [
  { language: 'python', title: 'Python', kind: 'py-spy' },
  { language: 'java', title: 'Java', kind: 'jfr' },
  { language: 'go', title: 'Go', kind: 'perf' },
];
/** A command line longer than this is cut. */
const LONGEST = 200;

/** The processes of this machine that can be sampled, by language. @throws Error where they cannot be listed */
export async function findProcessEndpoints(): Promise<ProcessEndpoints> {
  return groupProcesses(await listLocalProcesses());
}

export function groupProcesses(processes: readonly LocalProcess[]): ProcessEndpoints {
  const own = processes.filter((process) => process.own);
  const groups = SAMPLED.map(({ language, title, kind }) => ({
    title,
    endpoints: own.filter((process) => process.language === language).map((process) => endpointOf(process, kind)),
  }));
  const inspectors = own.flatMap(({ inspector }) => (inspector === null ? [] : [inspector]));
  return { groups: groups.filter(({ endpoints }) => endpoints.length > 0), inspectors: [...new Set(inspectors)] };
}

function endpointOf({ pid, name, commandLine }: LocalProcess, kind: EndpointKindName): LocalEndpoint {
  const spec: EndpointSpec = { name: `${name} ${pid}`, kind, pid };
  const rest = commandLine.replace(/^\S+\s*/, '');
  return { spec, description: rest.length <= LONGEST ? rest : `${rest.slice(0, LONGEST - 1)}…` };
}
