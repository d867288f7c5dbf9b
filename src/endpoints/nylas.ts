import { readFileSync } from 'node:fs';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { captureInstances, instancesOf } from './captureInstances';
import { type Download, download } from './download';
import type { CaptureMethods, CaptureRequest, InstanceResult } from './endpoint';
import { accessOf } from './httpAccess';
import { parseHttpAddress, shownHost } from './httpAddress';
import { type FoldJob, foldStacks, parseStackCounts } from './nylasText';
import { readText } from './readText';

const GRACE_MS = 20_000;
const MOST_BYTES = 256 << 20;
/** Bytes of an answer that are looked at for what it is. */
const LOOKED_AT = 1 << 20;

/**
 * Nylas' stack sampler: a program that answers any request with its folded stacks, counted since its start. It is asked
 * twice and the counts are subtracted; `?reset=true` would take them from everybody else who reads them, so it is only
 * used with the option `reset`. With the option `collector`, the address is a collector's: its `/data` is asked for the
 * last `seconds` (option `threshold`: parts of less than that fraction are left out by the collector).
 */
export const nylas = {
  discover: async (request) => {
    const [first] = await instancesOf(request);
    const url = parseHttpAddress(first!);
    const text = await readText(url, request, { cutAt: LOOKED_AT });
    const { stacks, elapsed } = parseStackCounts(text, shownHost(url));
    const more = text.length < LOOKED_AT ? '' : 'more than ';
    const description = `${more}${stacks.size} stacks in ${elapsed.toFixed(0)} s`;
    return [{ profile: 'cpu', title: 'CPU', description }];
  },
  capture: async (request) => {
    const instances = await instancesOf(request);
    const collector = request.spec.options?.['collector'] === true;
    await mkdir(request.folder, { recursive: true, mode: 0o700 });
    const wait = collector ? 0 : request.seconds * 1000;
    return captureInstances(request, instances, wait + GRACE_MS, (instance, index, signal) =>
      (collector ? askCollector : poll)(request, instance, index, signal),
    );
  },
} satisfies CaptureMethods;

async function poll(
  request: CaptureRequest,
  instance: string,
  index: number,
  signal: AbortSignal,
): Promise<InstanceResult> {
  const url = parseHttpAddress(instance);
  const host = shownHost(url);
  const reset = request.spec.options?.['reset'] === true;
  const resetting = new URL(url);
  resetting.searchParams.set('reset', 'true');
  const before = await ask(request, reset ? resetting : url, signal);
  const asked = performance.now();
  await checkHead(before.path, host);
  await sleep(Math.max(0, request.seconds * 1000 - (performance.now() - asked)), undefined, { signal });
  const after = await ask(request, url, signal);
  const job: FoldJob = { kind: 'polls', before: reset ? null : before.path, after: after.path, host };
  return save(request, index, instance, job, [before, after]);
}

async function askCollector(
  request: CaptureRequest,
  instance: string,
  index: number,
  signal: AbortSignal,
): Promise<InstanceResult> {
  const url = parseHttpAddress(instance);
  if (url.pathname === '/' || url.pathname === '') url.pathname = '/data';
  const now = Math.floor(Date.now() / 1000);
  url.searchParams.set('from', String(now - Math.ceil(request.seconds)));
  url.searchParams.set('until', String(now));
  const threshold = request.spec.options?.['threshold'];
  if (typeof threshold === 'number') url.searchParams.set('threshold', String(threshold));
  const answer = await ask(request, url, signal);
  return save(request, index, instance, { kind: 'tree', path: answer.path, host: shownHost(url) }, [answer]);
}

function ask(request: CaptureRequest, url: URL, signal: AbortSignal): Promise<Download> {
  return download({
    url,
    ...accessOf(request),
    folder: request.folder,
    maxBytes: MOST_BYTES,
    silenceMs: GRACE_MS,
    tooLargeAdvice: 'check the address',
    signal,
  });
}

/** Refuses what is no sampler's before it is waited for. @throws Error with a sentence that names the host */
async function checkHead(path: string, host: string): Promise<void> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0);
    parseStackCounts(buffer.toString('utf8', 0, bytesRead), host);
  } finally {
    await file.close();
  }
}

async function save(
  request: CaptureRequest,
  index: number,
  instance: string,
  job: FoldJob,
  answers: readonly Download[],
): Promise<InstanceResult> {
  // The answers are in: what they are made into may take longer than a late one is waited for.
  const fold = request.foldStacks ?? (async (each: FoldJob) => foldStacks(each, (path) => readFileSync(path)));
  const { text, elapsed, restarted } = await fold(job, request.signal);
  await Promise.all(answers.map(({ folder }) => rm(folder, { recursive: true, force: true })));
  const path = join(request.folder, `${index}.folded`);
  await writeFile(path, text, { mode: 0o600 });
  const name = `${job.host.replace(/[^\w.-]/g, '_')}.folded`;
  const notes = restarted
    ? [`${job.host} was restarted or reset by somebody else meanwhile: these are the samples since then.`]
    : [];
  return { instance, path, name, seconds: elapsed ?? request.seconds, notes };
}
