import type { EndpointKind, EndpointKindName } from './endpoint';

/**
 * Every way to capture from an endpoint. Their code is loaded when it is first used: most windows never capture, and
 * lists and settings need the names only.
 */
export const endpointKinds: readonly EndpointKind[] = [
  discovering(
    'v8-inspector',
    'V8 inspector (Node, Chromium)',
    async () => (await import('./v8InspectorEndpoint')).v8Inspector,
  ),
  discovering('go-pprof', 'Go net/http/pprof', async () => (await import('./goPprof')).goPprof),
  discovering('nylas', 'Nylas stack sampler', async () => (await import('./nylas')).nylas),
  discovering('async-profiler', 'async-profiler by HTTP', async () => (await import('./asyncProfiler')).asyncProfiler),
  capturing('http', 'Profile by HTTP', async () => (await import('./httpEndpoint')).httpEndpoint),
  capturing('jfr', 'Java process (Flight Recorder)', async () => (await import('./jfrByPid')).jfrByPid),
  capturing('py-spy', 'Python process (py-spy)', async () => (await import('./pySpy')).pySpy),
  capturing('austin', 'Python process (Austin)', async () => (await import('./austin')).austinByPid),
  capturing('asprof', 'Java process (async-profiler)', async () => (await import('./asprof')).asprof),
  capturing('perf', 'Native process (perf)', async () => (await import('./perf')).perf),
  capturing('command', 'Command', async () => (await import('./profileCommand')).profileCommand),
];

/** The kind of a name; null where there is none. */
export function endpointKind(name: EndpointKindName): EndpointKind;
export function endpointKind(name: string): EndpointKind | null;
export function endpointKind(name: string): EndpointKind | null {
  return endpointKinds.find((kind) => kind.name === name) ?? null;
}

function capturing(name: EndpointKindName, title: string, load: () => Promise<Loaded>): EndpointKind {
  return { name, title, capture: async (request) => (await load()).capture(request) };
}

function discovering(
  name: EndpointKindName,
  title: string,
  load: () => Promise<Loaded & Required<Pick<EndpointKind, 'discover'>>>,
): EndpointKind {
  return { ...capturing(name, title, load), discover: async (request) => (await load()).discover(request) };
}

/** What a kind's own file has. */
type Loaded = Pick<EndpointKind, 'capture' | 'discover'>;
