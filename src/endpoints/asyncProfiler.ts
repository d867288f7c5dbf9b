import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { alreadyStarted } from './asprof';
import { captureInstances, instancesOf } from './captureInstances';
import { download } from './download';
import type { CaptureMethods, CaptureRequest, InstanceResult } from './endpoint';
import { accessOf } from './httpAccess';
import { hostFileName, originOf, parseHttpAddress, shownHost } from './httpAddress';
import { aborted } from './probeAddress';
import { readText } from './readText';

const MOST_BYTES = 1 << 30;
const GRACE_MS = 30_000;
/** How long a service may take to stop its profiler after cancelling. */
const STOP_MS = 5000;
/** An answer this short may be a link to the profile. */
const LONGEST_LINK = 8192;

/**
 * How a service wraps async-profiler, which has no server of its own: paths below the instance's address, in which
 * `{event}`, `{seconds}` and `{format}` are replaced. Either `request` samples and answers, or `start` and `stop` do.
 */
interface Template {
  readonly request?: string;
  readonly start?: string;
  readonly stop?: string;
  /** Asked after `stop` for the profile; without it, `stop` answers with the profile or a link to it. */
  readonly fetch?: string;
  readonly method?: string;
}

const TEMPLATES: Readonly<Record<string, Template>> = {
  // https://github.com/dpsoft/ap-agent
  'ap-agent': { request: '/profiler/profile?event={event}&output={format}&duration={seconds}' },
  // A Spring actuator that hands async-profiler's own commands on.
  actuator: {
    start: '/actuator/profiler/start?event={event}&format={format}',
    stop: '/actuator/profiler/stop?format={format}',
  },
};

/**
 * async-profiler behind HTTP. Options: `template` (`ap-agent`, `actuator`) or the paths `request`, or `start`, `stop` and
 * `fetch`, of one's own; `method` (GET unless said) of start and stop; `format` (`jfr` or `collapsed`). An answer may be
 * the profile, a redirect to it, or a link to it as text or in JSON, such as a presigned one of an uploaded file.
 */
export const asyncProfiler = {
  discover: async () =>
    ['cpu', 'itimer', 'wall', 'alloc', 'lock'].map((profile) => ({
      profile,
      title: profile,
      description: DESCRIPTIONS[profile] ?? '',
    })),
  capture: async (request) => {
    const template = templateOf(request);
    const instances = await instancesOf(request);
    return captureInstances(request, instances, request.seconds * 1000 + GRACE_MS * 2, (instance, index, signal) =>
      captureOne(template, { ...request, signal }, instance, index),
    );
  },
} satisfies CaptureMethods;

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  cpu: 'time on the CPU (perf events)',
  itimer: 'time on the CPU where perf events are refused, as in containers',
  wall: 'all threads, running or waiting',
  alloc: 'allocations',
  lock: 'contended locks',
};

function templateOf({ spec }: CaptureRequest): Template {
  const text = (key: string): string | undefined => {
    const value = spec.options?.[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const named = text('template');
  if (named !== undefined && !Object.hasOwn(TEMPLATES, named)) {
    throw new Error(
      `The endpoint ${spec.name} has the template "${named}": there are ${Object.keys(TEMPLATES).join(' and ')}, or paths of one's own (request, or start and stop).`,
    );
  }
  const own = { request: text('request'), start: text('start'), stop: text('stop'), fetch: text('fetch') };
  const base = named === undefined ? {} : TEMPLATES[named]!;
  const given = Object.fromEntries(Object.entries(own).filter(([, path]) => path !== undefined));
  const template: Template = { ...base, ...given, method: text('method') ?? 'GET' };
  if (template.request === undefined && (template.start === undefined || template.stop === undefined)) {
    throw new Error(
      `The endpoint ${spec.name} does not say how its service starts async-profiler: set the option "template" (${Object.keys(TEMPLATES).join(', ')}), "request", or "start" and "stop".`,
    );
  }
  return template;
}

async function captureOne(
  template: Template,
  request: CaptureRequest,
  instance: string,
  index: number,
): Promise<InstanceResult> {
  const base = parseHttpAddress(instance);
  const fill = (path: string): URL => fillPath(path, base, request);
  const { seconds } = request;
  if (template.request !== undefined) {
    return take(fill(template.request), seconds * 1000, request, instance, index);
  }
  const { method = 'GET' } = template;
  await start(fill(template.start!), fill(template.stop!), method, request);
  let stopped = false;
  try {
    await sleep(seconds * 1000, undefined, { signal: request.signal });
    if (template.fetch === undefined) {
      stopped = true;
      return await take(fill(template.stop!), 0, request, instance, index);
    }
    await readText(fill(template.stop!), request, { method, timeoutMs: GRACE_MS });
    stopped = true;
    return await take(fill(template.fetch), 0, request, instance, index);
  } finally {
    // Cancelled or failed: the profiler must not go on in the target.
    if (!stopped) await stopQuietly(fill(template.stop!), method, request);
  }
}

/** Starts the profiler. One that starts although the capture was cancelled meanwhile is stopped again. */
async function start(url: URL, stop: URL, method: string, request: CaptureRequest): Promise<void> {
  const { signal } = request;
  const asked = readText(url, { ...request, signal: AbortSignal.timeout(GRACE_MS) }, { method, timeoutMs: GRACE_MS });
  const answer = await Promise.race([asked, aborted(signal)]).catch(async (error) => {
    if (signal.aborted) {
      const ended = asked.then(
        () => stopQuietly(stop, method, request),
        () => undefined,
      );
      await Promise.race([ended, sleep(STOP_MS)]);
    }
    signal.throwIfAborted();
    // Not ours to stop.
    if (alreadyStarted(String(error))) throw inUse(url);
    throw error;
  });
  // Wrappers that answer 200 hand on what it said.
  if (alreadyStarted(answer)) throw inUse(url);
}

function inUse(url: URL): Error {
  return new Error(
    `Somebody else is profiling ${url.host} by async-profiler, which runs once at a time: wait until that has ended.`,
  );
}

function fillPath(path: string, base: URL, { spec, seconds }: CaptureRequest): URL {
  const event = spec.profile ?? 'cpu';
  const format = spec.options?.['format'] === 'collapsed' ? 'collapsed' : 'jfr';
  const values: Readonly<Record<string, string>> = { event, format, seconds: String(Math.round(seconds)) };
  const filled = path.replace(/\{(event|format|seconds)\}/g, (_, key: string) => encodeURIComponent(values[key]!));
  const prefix = base.pathname.replace(/\/$/, '');
  const url = new URL(base);
  const [pathname, search = ''] = filled.split('?', 2);
  url.pathname = `${prefix}/${pathname!.replace(/^\//, '')}`;
  url.search = search;
  return url;
}

async function stopQuietly(url: URL, method: string, request: CaptureRequest): Promise<void> {
  try {
    await readText(
      url,
      { ...request, signal: AbortSignal.timeout(STOP_MS) },
      { method, timeoutMs: STOP_MS, maxBytes: MOST_BYTES },
    );
  } catch (error) {
    request.log(
      `async-profiler may still run at ${shownHost(url)}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Downloads an answer; where that is a link, what it leads to. */
async function take(
  url: URL,
  waitMs: number,
  request: CaptureRequest,
  instance: string,
  index: number,
): Promise<InstanceResult> {
  const ask = (from: URL, headers: boolean): ReturnType<typeof download> =>
    download({
      url: from,
      ...accessOf(request),
      ...(headers ? {} : { headersFor: () => ({}) }),
      folder: request.folder,
      maxBytes: MOST_BYTES,
      silenceMs: waitMs + GRACE_MS,
      tooLargeAdvice: 'ask for fewer seconds',
      signal: request.signal,
    });
  let answer = await ask(url, true);
  if (answer.bytes <= LONGEST_LINK) {
    const link = linkIn(await readFile(answer.path, 'utf8'));
    // The link is a storage's: it carries its own right to be read.
    if (link !== null) answer = await ask(link, originOf(link) === originOf(url));
  }
  const ending = request.spec.options?.['format'] === 'collapsed' ? 'collapsed' : 'jfr';
  const name = `${hostFileName(url)}-${index}-${request.spec.profile ?? 'cpu'}.${ending}`;
  return { instance, path: answer.path, name, seconds: request.seconds, notes: [] };
}

/** The link that an answer consists of: as text, or a member of JSON. */
function linkIn(text: string): URL | null {
  const plain = text.trim();
  const found = /^https?:\/\/\S+$/.test(plain)
    ? plain
    : plain.startsWith('{')
      ? /"(?:url|uri|href|location|link|presignedUrl|downloadUrl)"\s*:\s*"(https?:[^"\\]*(?:\\.[^"\\]*)*)"/i.exec(
          plain,
        )?.[1]
      : undefined;
  if (found === undefined) return null;
  try {
    return new URL(found.replaceAll('\\/', '/').replaceAll('\\u0026', '&'));
  } catch {
    return null;
  }
}
