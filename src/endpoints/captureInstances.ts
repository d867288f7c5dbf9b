import { lookup } from 'node:dns/promises';
import { setMaxListeners } from 'node:events';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CaptureRequest, EndpointKindName, InstanceResult } from './endpoint';
import { expandInstances } from './expandInstances';
import { parseHttpAddress, socketPathOf } from './httpAddress';
import { listedInstances } from './listedInstances';
import { turn } from './turns';

const CONCURRENCY = 32;
/** Between the first requests, in ms: a hundred answers to one instant would hold up whatever else the host does. */
const STAGGER_MS = 5;

/**
 * The instances of a spec: its addresses with their ranges expanded, and those that its command lists; with the option `dns`, a name that has several
 * addresses is one instance each.
 * @throws Error with a sentence where there is none
 */
export async function instancesOf({ spec, signal }: Pick<CaptureRequest, 'spec' | 'signal'>): Promise<string[]> {
  const named = typeof spec.url === 'string' ? [spec.url] : (spec.url ?? []);
  const listed = spec.instancesFrom === undefined ? [] : await listedInstances(spec.instancesFrom, spec.name, signal);
  const written = [...named, ...listed];
  const found = expandInstances(written);
  if (found.length === 0)
    throw new Error(`The endpoint ${spec.name} has no address: set its "url", or "instancesFrom".`);
  if (spec.options?.['dns'] !== true) return found;
  const resolved = await Promise.all(found.map((address) => addressesOf(address, spec.kind)));
  signal.throwIfAborted();
  return [...new Set(resolved.flat())];
}

/** One instance an address of its name. Inspectors answer to addresses only; other servers are asked by their name. */
async function addressesOf(written: string, kind: EndpointKindName): Promise<string[]> {
  const url = parseHttpAddress(written);
  const name = url.hostname.replace(/^\[|\]$/g, '');
  if (socketPathOf(url) !== null || isIP(name) !== 0) return [written];
  try {
    const found = await lookup(name, { all: true });
    const addresses = [...new Set(found.map(({ address }) => address))];
    if (addresses.length < 2) return [written];
    if (kind !== 'v8-inspector') return addresses.map((address) => `${written.replace(/#.*$/, '')}#${address}`);
    return addresses.map((address) => {
      const one = new URL(url);
      one.hostname = isIP(address) === 6 ? `[${address}]` : address;
      return one.href;
    });
  } catch {
    // Its own failure is told when it is asked.
    return [written];
  }
}

/**
 * Captures from all instances, `concurrency` at once. What fails is that instance's result; only the user's cancelling
 * ends all. An instance that has not answered `lateMs` after what was asked of it is given up.
 * @param captureOne gets a signal of its own
 */
export async function captureInstances(
  request: CaptureRequest,
  instances: readonly string[],
  lateMs: number,
  captureOne: (instance: string, index: number, signal: AbortSignal) => Promise<InstanceResult>,
): Promise<InstanceResult[]> {
  const { signal, spec } = request;
  const results: InstanceResult[] = new Array(instances.length);
  let next = 0;
  let done = 0;
  let failed = 0;
  const say = (): void => {
    const failures = failed === 0 ? '' : `, ${failed} failed`;
    const what =
      instances.length === 1 ? `from ${instances[0]}` : `${done} of ${instances.length} instances${failures}`;
    request.onProgress(instances.length === 1 ? null : done / instances.length, what);
  };
  const work = async (_: unknown, worker: number): Promise<void> => {
    if (worker > 0) await sleep(worker * STAGGER_MS, undefined, { signal });
    for (let index = next++; index < instances.length; index = next++) {
      const instance = instances[index]!;
      results[index] = await one(instance, index);
      await turn();
      if ('error' in results[index]!) failed++;
      done++;
      say();
    }
  };
  const one = async (instance: string, index: number): Promise<InstanceResult> => {
    const late = AbortSignal.timeout(lateMs);
    try {
      return await captureOne(instance, index, AbortSignal.any([signal, late]));
    } catch (error) {
      signal.throwIfAborted();
      const message = late.aborted
        ? `${instance} had not answered ${Math.round(lateMs / 1000)} s after it was asked: it was given up.`
        : error instanceof Error
          ? error.message
          : String(error);
      request.log(`${spec.name}: ${message}`);
      return { instance, error: message };
    }
  };
  signal.throwIfAborted();
  say();
  // Each worker waits for it: Node would warn of a leak from the eleventh on.
  setMaxListeners(0, signal);
  const concurrency = Math.max(1, Math.min(instances.length, spec.concurrency ?? CONCURRENCY));
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}
