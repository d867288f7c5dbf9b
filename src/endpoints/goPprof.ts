import { captureInstances, instancesOf } from './captureInstances';
import { download } from './download';
import { DownloadError } from './downloadError';
import type { CaptureMethods, CaptureRequest, DiscoverRequest, InstanceResult, ProfileOffer } from './endpoint';
import { accessOf } from './httpAccess';
import { hostFileName, parseHttpAddress, shownAddress } from './httpAddress';
import { readText } from './readText';

/** Profiles that grow while one looks: `seconds` makes a delta of them, and they have none without being enabled. */
const DELTAS = new Set(['mutex', 'block']);
const MOST_BYTES = 1 << 30;
/** Beyond what was asked for: starting and writing the profile. */
const GRACE_MS = 15_000;

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  cpu: 'where time is spent, sampled for a while',
  heap: 'memory in use and allocated',
  allocs: 'all allocations since the start',
  goroutine: 'stacks of all goroutines',
  mutex: 'holders of contended mutexes (needs runtime.SetMutexProfileFraction)',
  block: 'where goroutines wait (needs runtime.SetBlockProfileRate)',
  threadcreate: 'what created system threads',
};

/**
 * Go's `net/http/pprof` (https://pkg.go.dev/net/http/pprof). An address is the server's, or the index page's own where it
 * is mounted elsewhere. Options: `delta` (for heap, allocs, goroutine and threadcreate: the change within `seconds`), `gc`
 * (collect garbage before a heap).
 */
export const goPprof = {
  discover,
  capture: async (request) => {
    const instances = await instancesOf(request);
    const seconds = secondsOf(request);
    return captureInstances(request, instances, (seconds ?? 0) * 1000 + GRACE_MS, (instance, index, signal) =>
      captureOne(request, instance, index, signal),
    );
  },
} satisfies CaptureMethods;

/** The index page of an instance: `/debug/pprof/` unless the address has a path of its own. */
function indexOf(instance: string): URL {
  const url = parseHttpAddress(instance);
  if (url.pathname === '/' || url.pathname === '') url.pathname = '/debug/pprof/';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function profileOf(request: Pick<CaptureRequest, 'spec'>): string {
  return request.spec.profile ?? 'cpu';
}

/** How long the server is asked to sample, null for a state. */
function secondsOf(request: CaptureRequest): number | null {
  const profile = profileOf(request);
  const sampled = profile === 'cpu' || DELTAS.has(profile) || request.spec.options?.['delta'] === true;
  return sampled ? Math.max(1, Math.round(request.seconds)) : null;
}

async function captureOne(
  request: CaptureRequest,
  instance: string,
  index: number,
  signal: AbortSignal,
): Promise<InstanceResult> {
  const profile = profileOf(request);
  const seconds = secondsOf(request);
  const url = indexOf(instance);
  url.pathname += profile === 'cpu' ? 'profile' : encodeURIComponent(profile);
  if (seconds !== null) url.searchParams.set('seconds', String(seconds));
  if (profile === 'heap' && seconds === null && request.spec.options?.['gc'] === true) url.searchParams.set('gc', '1');
  try {
    const { path } = await download({
      url,
      ...accessOf(request),
      folder: request.folder,
      maxBytes: MOST_BYTES,
      silenceMs: (seconds ?? 0) * 1000 + GRACE_MS,
      tooLargeAdvice: 'ask for fewer seconds',
      signal,
    });
    return {
      instance,
      path,
      name: `${hostFileName(url)}-${index}-${profile.replace(/[^\w.-]/g, '_')}.pb.gz`,
      seconds,
      notes: [],
    };
  } catch (error) {
    if (error instanceof DownloadError) throw new Error(advised(error.message, seconds));
    throw error;
  }
}

/** What to do about the answers that Go's handlers have of their own. */
function advised(message: string, seconds: number | null): string {
  if (/already in use/i.test(message)) {
    return message.replace(/: the server failed.*$/, ': somebody else is profiling it: wait until that has ended.');
  }
  if (/WriteTimeout/i.test(message)) {
    return message.replace(
      /: check the address\.$/,
      `: ask for fewer seconds than ${seconds}, or raise the server's WriteTimeout.`,
    );
  }
  return message;
}

/** Listed on the index page beside the profiles; `profile` is CPU's address. */
const NO_PROFILES: ReadonlySet<string> = new Set(['profile', 'trace', 'cmdline', 'symbol']);

async function discover(request: DiscoverRequest): Promise<ProfileOffer[]> {
  const [first] = await instancesOf(request);
  const url = indexOf(first!);
  const page = await readText(url, request);
  // Links to the profiles, percent-encoded: <a href='heap?debug=1'>heap</a>; a program's own may have any name.
  const names = [...page.matchAll(/href=["']?([^"'?>\s]+)\?/gi)].map((match) => profileName(match[1]!));
  if (!names.includes('goroutine')) {
    throw new Error(`${shownAddress(url)} is not the index page of net/http/pprof: check the address and its path.`);
  }
  const profiles = ['cpu', ...names.filter((name) => !NO_PROFILES.has(name))];
  return [...new Set(profiles)].map((profile) => ({
    profile,
    title: profile === 'cpu' ? 'CPU' : profile,
    description: DESCRIPTIONS[profile] ?? "the program's own",
  }));
}

function profileName(link: string): string {
  // A name with a colon is written as a path of this folder.
  const path = link.replace(/^\.\//, '').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
