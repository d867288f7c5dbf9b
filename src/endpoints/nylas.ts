import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { captureInstances, instancesOf, withScheme } from './captureInstances';
import type { CaptureRequest, EndpointKind, InstanceResult } from './endpoint';
import { foldTree, parseStackCounts, subtractCounts, writeStackCounts } from './nylasText';
import { readText } from './readText';

const GRACE_MS = 20_000;
const MOST_BYTES = 256 << 20;

/**
 * Nylas' stack sampler: a program that answers any request with its folded stacks, counted since its start. It is asked
 * twice and the counts are subtracted; `?reset=true` would take them from everybody else who reads them, so it is only
 * used with the option `reset`. With the option `collector`, the address is a collector's: its `/data` is asked for the
 * last `seconds` (option `threshold`: parts of less than that fraction are left out by the collector).
 */
export const nylas: EndpointKind = {
  name: 'nylas',
  title: 'Nylas stack sampler',
  discover: async (request) => {
    const [first] = await instancesOf(request);
    const url = new URL(withScheme(first!));
    const { stacks, elapsed } = parseStackCounts(await readText(url, request, { maxBytes: MOST_BYTES }), url);
    const description = `${stacks.size} stacks in ${elapsed.toFixed(0)} s`;
    return [{ profile: 'cpu', title: 'CPU', description }];
  },
  capture: async (request) => {
    const instances = await instancesOf(request);
    const collector = request.spec.options?.['collector'] === true;
    await mkdir(request.folder, { recursive: true, mode: 0o700 });
    const wait = collector ? 0 : request.seconds * 1000;
    return captureInstances(request, instances, wait + GRACE_MS, (instance, index, signal) =>
      (collector ? askCollector : poll)({ ...request, signal }, instance, index),
    );
  },
};

async function poll(request: CaptureRequest, instance: string, index: number): Promise<InstanceResult> {
  const url = new URL(withScheme(instance));
  const { host } = url;
  const reset = request.spec.options?.['reset'] === true;
  const ask = async (address: URL): Promise<ReturnType<typeof parseStackCounts>> =>
    parseStackCounts(await readText(address, request, { maxBytes: MOST_BYTES }), address);
  const resetting = new URL(url);
  resetting.searchParams.set('reset', 'true');
  const before = await ask(reset ? resetting : url);
  await sleep(request.seconds * 1000, undefined, { signal: request.signal });
  const after = await ask(url);
  const { counts, restarted } = reset ? { counts: after, restarted: false } : subtractCounts(after, before);
  const notes = restarted
    ? [`${host} was restarted or reset by somebody else meanwhile: these are the samples since then.`]
    : [];
  return save(request, index, host, instance, writeStackCounts(counts), counts.elapsed, notes);
}

async function askCollector(request: CaptureRequest, instance: string, index: number): Promise<InstanceResult> {
  const url = new URL(withScheme(instance));
  if (url.pathname === '/' || url.pathname === '') url.pathname = '/data';
  const now = Math.floor(Date.now() / 1000);
  url.searchParams.set('from', String(now - Math.ceil(request.seconds)));
  url.searchParams.set('until', String(now));
  const threshold = request.spec.options?.['threshold'];
  if (typeof threshold === 'number') url.searchParams.set('threshold', String(threshold));
  const text = foldTree(await readText(url, request, { maxBytes: MOST_BYTES }), url);
  return save(request, index, url.host, instance, text, request.seconds, []);
}

async function save(
  request: CaptureRequest,
  index: number,
  host: string,
  instance: string,
  text: string,
  seconds: number,
  notes: readonly string[],
): Promise<InstanceResult> {
  const path = join(request.folder, `${index}.folded`);
  await writeFile(path, text, { mode: 0o600 });
  return { instance, path, name: `${host.replace(/[^\w.-]/g, '_')}.folded`, seconds, notes };
}
