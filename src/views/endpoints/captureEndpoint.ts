import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCapture } from '../../endpoints/captureSetFile';
import type { EndpointSpec, InstanceResult } from '../../endpoints/endpoint';
import { endpointKind } from '../../endpoints/endpointKinds';
import type { ToolPaths } from '../../endpoints/findTool';
import { accessOf, type HttpAccess } from '../../endpoints/httpAccess';
import type { EngineApi } from '../../engine/engineApi';

export interface CaptureJob extends HttpAccess {
  readonly spec: EndpointSpec;
  readonly seconds: number;
  readonly signal: AbortSignal;
  onProgress(fraction: number | null, what: string): void;
  log(line: string): void;
  readonly tools: ToolPaths;
  /** Does the work that would hold this thread up. */
  readonly engine: EngineApi;
}

/** What instances answered; their files are there until `discard`. */
export interface CapturedResults {
  readonly results: readonly InstanceResult[];
  discard(): Promise<void>;
}

/**
 * Captures from an endpoint.
 * @throws Error with a sentence where nothing could be started, or the signal's reason; no file is left then
 */
export async function captureResults(job: CaptureJob): Promise<CapturedResults> {
  const { spec, seconds, signal } = job;
  const kind = endpointKind(spec.kind);
  if (kind === null) throw new Error(`The endpoint ${spec.name} is of no kind that is known: "${spec.kind}".`);
  const folder = await mkdtemp(join(tmpdir(), 'emberline-capture-'));
  const discard = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const results = await kind.capture({
      spec,
      seconds,
      signal,
      onProgress: (fraction, what) => job.onProgress(fraction, what),
      log: (line) => job.log(line),
      ...accessOf(job),
      folder,
      tools: job.tools,
      foldStacks: (stacks, until) => job.engine.request('foldStacks', stacks, { signal: until }),
    });
    signal.throwIfAborted();
    return { results, discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

/**
 * Captures from an endpoint into one file.
 * @param target where, without its ending; asked for once something was captured
 * @returns the file (null where no instance answered) and what each instance gave
 * @throws as `captureResults`
 */
export async function captureEndpoint(
  job: CaptureJob,
  target: () => Promise<string>,
): Promise<{ path: string | null; results: readonly InstanceResult[] }> {
  const { results, discard } = await captureResults(job);
  try {
    return { path: answered(results) ? await writeCapture(results, await target()) : null, results };
  } finally {
    await discard();
  }
}

export function answered(results: readonly InstanceResult[]): boolean {
  return results.some((result) => 'path' in result);
}

/** The profile of a kind that shows memory, null where it has none. */
export function heapProfileOf({ kind }: EndpointSpec): string | null {
  if (kind === 'go-pprof' || kind === 'v8-inspector') return 'heap';
  return kind === 'async-profiler' || kind === 'asprof' ? 'alloc' : null;
}

/** How long a capture samples, null for a state that is there at once. */
export function sampledSeconds({ kind, profile, url, options }: EndpointSpec, seconds: number): number | null {
  if (kind === 'http') return [url ?? ''].flat().some((address) => address.includes('{seconds}')) ? seconds : null;
  if (kind !== 'go-pprof' || options?.['delta'] === true) return seconds;
  return [undefined, 'cpu', 'mutex', 'block'].includes(profile) ? seconds : null;
}
