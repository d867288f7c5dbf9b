import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { captureInstances, instancesOf } from './captureInstances';
import { CdpConnection } from './cdpConnection';
import { CpuprofileCapture } from './cpuprofileCapture';
import type { CaptureMethods, CaptureRequest, InstanceResult } from './endpoint';
import { accessOf } from './httpAccess';
import { formatAddress, type InspectorTarget, listInspectorTargets, parseInspectorAddress } from './inspectorAddress';
import { InspectorRun } from './inspectorRun';
import { closeInspector } from './startInspector';

/** Connecting, and handing over what was sampled. */
const GRACE_MS = 30_000;
const DEFAULT_INTERVAL_US = 1000;
/** Bytes allocated between two samples of the heap, on average (V8's own default). */
const DEFAULT_HEAP_INTERVAL = 32_768;

/**
 * V8's inspector at host:port: Node with `--inspect`, Chromium with `--remote-debugging-port`. The profile `cpu` samples
 * all its targets and their workers at once, a thread each; `heap` samples what one target allocates and keeps. Options: `target` (a part
 * of the title or address of those that are wanted), `interval` (microseconds, or bytes for `heap`), `closeInspector`
 * (whether the inspector was started for this capture).
 */
export const v8Inspector = {
  discover: async (request) => {
    const [first] = await instancesOf(request);
    const targets = await listInspectorTargets(parseInspectorAddress(first!), {
      ...accessOf(request),
      signal: request.signal,
    });
    const titles = targets.map(({ title, url }) => title || url).join(', ');
    return [
      { profile: 'cpu', title: 'CPU', description: titles },
      { profile: 'heap', title: 'Sampling heap', description: 'what is allocated and kept' },
    ];
  },
  capture: async (request) => {
    const instances = await instancesOf(request);
    await mkdir(request.folder, { recursive: true, mode: 0o700 });
    const captureOne = request.spec.profile === 'heap' ? captureHeap : captureCpu;
    try {
      return await captureInstances(request, instances, request.seconds * 1000 + GRACE_MS, (instance, index, signal) =>
        captureOne({ ...request, signal }, instance, index),
      );
    } finally {
      if (request.spec.options?.['closeInspector'] === true) await Promise.all(instances.map(closeInspector));
    }
  },
} satisfies CaptureMethods;

async function targetsOf(request: CaptureRequest, instance: string): Promise<InspectorTarget[]> {
  const { spec, signal } = request;
  const address = parseInspectorAddress(instance);
  const targets = await listInspectorTargets(address, { ...accessOf(request), signal });
  signal.throwIfAborted();
  const wanted = spec.options?.['target'];
  if (typeof wanted !== 'string' || wanted === '') return targets;
  const found = targets.filter(({ title, url }) => title.includes(wanted) || url.includes(wanted));
  if (found.length > 0) return found;
  const there = targets.map(({ title, url }) => title || url).join(', ');
  throw new Error(`The inspector at ${formatAddress(address)} has no target "${wanted}": there are ${there}.`);
}

function intervalOf({ spec }: CaptureRequest, otherwise: number): number {
  const interval = spec.options?.['interval'];
  return typeof interval === 'number' && interval > 0 ? interval : otherwise;
}

function nameOf(instance: string, index: number, ending: string): string {
  return `${parseInspectorAddress(instance).host.replaceAll(':', '_')}-${index}${ending}`;
}

async function captureCpu(request: CaptureRequest, instance: string, index: number): Promise<InstanceResult> {
  const { signal } = request;
  const targets = await targetsOf(request, instance);
  const capture = new CpuprofileCapture(join(request.folder, `${index}`));
  const intervalUs = intervalOf(request, DEFAULT_INTERVAL_US);
  const run = new InspectorRun(capture, { instance, intervalUs, log: (line) => request.log(line) });
  try {
    for (const target of targets) {
      const label = target.title || target.url;
      try {
        await run.add(label, await CdpConnection.connect(target.webSocketUrl, accessOf(request)));
      } catch (error) {
        if (targets.length === 1) throw error;
        run.notes.push(`${label} could not be sampled: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (run.targets === 0) throw new Error(run.notes.join(' '));
    const start = performance.now();
    await Promise.race([sleep(request.seconds * 1000, undefined, { signal }), run.lost(), stopped(request.stop)]);
    const seconds = Math.min(request.seconds, (performance.now() - start) / 1000);
    await run.end();
    const path = await capture.finish();
    if (path === null) throw new Error(`${instance} gave no samples: it ended before the first ones arrived.`);
    return { instance, path, name: nameOf(instance, index, '.cpuprofiles'), seconds, notes: run.notes };
  } finally {
    await Promise.race([run.end(), sleep(2000)]);
    await run.close();
    if (signal.aborted) await capture.discard();
  }
}

async function captureHeap(request: CaptureRequest, instance: string, index: number): Promise<InstanceResult> {
  const [target, ...others] = await targetsOf(request, instance);
  const connection = await CdpConnection.connect(target!.webSocketUrl, accessOf(request));
  let sampling = false;
  try {
    await connection.send('HeapProfiler.enable');
    const samplingInterval = intervalOf(request, DEFAULT_HEAP_INTERVAL);
    await connection.send('HeapProfiler.startSampling', { samplingInterval });
    sampling = true;
    const gone = connection.closed.then(() => {
      throw new Error(
        `${instance} ended while its heap was sampled: V8 hands over the heap's samples at the end only.`,
      );
    });
    const start = performance.now();
    const over = sleep(request.seconds * 1000, undefined, { signal: request.signal });
    await Promise.race([over, gone, stopped(request.stop)]);
    const seconds = Math.min(request.seconds, (performance.now() - start) / 1000);
    const { profile } = await connection.send('HeapProfiler.stopSampling', undefined, null);
    sampling = false;
    const path = join(request.folder, `${index}.heapprofile`);
    await writeFile(path, JSON.stringify(profile), { mode: 0o600 });
    const notes =
      others.length === 0
        ? []
        : [
            `${target!.title || target!.url} was sampled, one of ${others.length + 1} targets: choose another by the option "target".`,
          ];
    return { instance, path, name: nameOf(instance, index, '.heapprofile'), seconds, notes };
  } finally {
    if (sampling && connection.isOpen) {
      await connection.send('HeapProfiler.stopSampling', undefined, 5000).catch(() => undefined);
    }
    await connection.close();
  }
}

/** Settles when sampling is to end early; never where nobody can say so. */
function stopped(stop: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (stop?.aborted) resolve();
    else stop?.addEventListener('abort', () => resolve(), { once: true });
  });
}
