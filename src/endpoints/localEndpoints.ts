import { readFile } from 'node:fs/promises';
import { url as ownInspector } from 'node:inspector';
import type { EndpointKind, EndpointSpec } from './endpoint';
import { endpointKind } from './endpointKinds';
import { aborted } from './probeAddress';

const PATIENCE_MS = 700;
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
/** Where programs on this machine usually listen. */
const PLACES: readonly { readonly kind: EndpointKind; readonly ports: readonly number[] }[] = [
  { kind: endpointKind('v8-inspector'), ports: [...range(9229, 10), 9222] },
  { kind: endpointKind('go-pprof'), ports: range(6060, 10) },
  { kind: endpointKind('nylas'), ports: [16_384] },
];

/** An endpoint that answers on this machine now. */
export interface LocalEndpoint {
  readonly spec: EndpointSpec;
  /** What it said about itself: an inspector's target. */
  readonly description: string;
}

/**
 * Inspectors, pprof servers and stack samplers at their usual ports of this machine. Where the system tells which ports
 * are listened at (Linux), no other is asked.
 * @param inspectors further addresses, as processes have them
 */
export async function findLocalEndpoints(
  signal: AbortSignal,
  inspectors: readonly string[] = [],
): Promise<LocalEndpoint[]> {
  const listening = await listeningPorts();
  const own = Number(/:(\d+)\//.exec(ownInspector() ?? '')?.[1] ?? 0);
  const asked = PLACES.flatMap(({ kind, ports }) =>
    ports
      .filter((port) => port !== own && (listening === null || listening.has(port)))
      .map((port) => ask(kind, `127.0.0.1:${port}`, signal)),
  );
  for (const address of inspectors) {
    const port = Number(/:(\d+)$/.exec(address)?.[1]);
    const usual = PLACES[0]!.ports.includes(port) && /^(?:127\.0\.0\.1|localhost):/.test(address);
    if (!usual && port !== own) asked.push(ask(endpointKind('v8-inspector'), address, signal));
  }
  const found = (await Promise.all(asked)).filter((each) => each !== null);
  signal.throwIfAborted();
  return found;
}

async function ask(kind: EndpointKind, url: string, signal: AbortSignal): Promise<LocalEndpoint | null> {
  const spec: EndpointSpec = { name: url.replace('127.0.0.1', 'localhost'), kind: kind.name, url };
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const asking = kind.discover!({ spec, signal: patience, headersFor: () => ({}) });
    const offers = await Promise.race([asking, aborted(patience)]);
    return { spec, description: kind === endpointKind('v8-inspector') ? (offers[0]?.description ?? '') : kind.title };
  } catch {
    return null;
  }
}

/** Ports that are listened at by TCP (proc_net_tcp(5): state 0A), null where the system does not say. */
async function listeningPorts(): Promise<Set<number> | null> {
  if (process.platform !== 'linux') return null;
  try {
    const ports = new Set<number>();
    for (const path of ['/proc/net/tcp', '/proc/net/tcp6']) {
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        if (path.endsWith('6')) return '';
        throw error;
      });
      for (const line of text.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) \S+ 0A /gm)) {
        ports.add(Number.parseInt(line[1]!, 16));
      }
    }
    return ports;
  } catch {
    return null;
  }
}
