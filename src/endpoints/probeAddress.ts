import { DownloadError } from './downloadError';
import type { DiscoverRequest, EndpointKind, EndpointKindName, ProfileOffer } from './endpoint';
import { endpointKind } from './endpointKinds';
import { expandInstances } from './expandInstances';
import { toldKindOf } from './guessKind';
import { accessOf } from './httpAccess';
import { parseHttpAddress, shownHost } from './httpAddress';

const PATIENCE_MS = 5000;
/** Kinds that can be told by what they answer. */
const TELLING: readonly EndpointKind[] = [
  endpointKind('go-pprof'),
  endpointKind('v8-inspector'),
  endpointKind('nylas'),
];

/** What answers at an address. */
export interface Probe {
  readonly found: readonly {
    readonly kind: EndpointKindName;
    readonly title: string;
    readonly offers: ProfileOffer[];
  }[];
  /** The origin that wants to know who asks, or whose certificate is not trusted; null where there is none. */
  readonly wantsCredentials: string | null;
  /** What it asks for by WWW-Authenticate, in lower case. */
  readonly scheme: string | null;
  /** Why nothing was found, one sentence; null where something was. */
  readonly failure: string | null;
}

/** The kind of an address where nobody said it: by its path or port, else by what it answers. */
export async function kindOfAddress(
  address: string,
  request: Omit<DiscoverRequest, 'spec'>,
): Promise<EndpointKindName> {
  return toldKindOf(address) ?? (await probeAddress(address, request)).found[0]?.kind ?? 'go-pprof';
}

/**
 * Asks an address (its first instance) for every kind that can be told by its answer, at once. Never rejects but with the
 * signal's reason.
 * @param address as `EndpointSpec.url`
 */
export async function probeAddress(address: string, request: Omit<DiscoverRequest, 'spec'>): Promise<Probe> {
  const { signal } = request;
  const late = AbortSignal.timeout(PATIENCE_MS);
  const outcomes = await Promise.all(
    TELLING.map(async (kind) => {
      try {
        const spec = { name: address, kind: kind.name, url: address };
        const asked = { ...accessOf(request), spec, signal: AbortSignal.any([signal, late]) };
        return { kind, offers: await Promise.race([kind.discover!(asked), aborted(asked.signal)]), error: null };
      } catch (error) {
        return { kind, offers: [], error };
      }
    }),
  );
  signal.throwIfAborted();
  const told = outcomes.filter(({ error }) => error === null);
  const found = told.map(({ kind, offers }) => ({ kind: kind.name, title: kind.title, offers }));
  if (found.length === 0) found.push(...(await foundProfile(address, request)));
  const errors = outcomes.map(({ error }) => error);
  const refused = errors.find((error) => error instanceof DownloadError && error.wantsCredentials);
  return {
    found,
    wantsCredentials: refused instanceof DownloadError ? refused.origin : null,
    scheme: refused instanceof DownloadError ? refused.scheme : null,
    failure: found.length > 0 ? null : failureOf(address, errors),
  };
}

/** Where an address has a path that answers with a profile. One without is a server's, and asked as such. */
async function foundProfile(address: string, request: Omit<DiscoverRequest, 'spec'>): Promise<Probe['found']> {
  const [instance] = expandInstances([address]);
  if (instance === undefined || !hasPath(instance)) return [];
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE_MS)]);
  try {
    const { profileTitleAt } = await import('./probeProfile');
    const title = await Promise.race([profileTitleAt(instance, { ...accessOf(request), signal }), aborted(signal)]);
    return [
      {
        kind: 'http',
        title: 'an address that answers with a profile',
        offers: [{ profile: '', title, description: title }],
      },
    ];
  } catch {
    request.signal.throwIfAborted();
    return [];
  }
}

function hasPath(address: string): boolean {
  try {
    return parseHttpAddress(address.replaceAll('{seconds}', '1')).pathname !== '/';
  } catch {
    return false;
  }
}

/** Rejects with the signal's reason when it aborts: not every kind looks at it while it connects. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** The failure that says most: that nobody answers, or that what answers is of no kind that can be told. */
function failureOf(address: string, errors: readonly unknown[]): string {
  const connection = errors.find((error) => error instanceof DownloadError);
  if (connection instanceof DownloadError) return connection.message;
  if (errors.every((error) => error instanceof Error && error.name === 'TimeoutError')) {
    return `${address} did not answer within ${PATIENCE_MS / 1000} s: check the address and whether the server runs.`;
  }
  return `${hostOf(address)} answers, but not as net/http/pprof, a V8 inspector or a stack sampler does.`;
}

/** A failure in two: what failed, and what to do about it (null where it does not say). Quoted texts stay whole. */
export function splitAdvice(failure: string): { what: string; advice: string | null } {
  const found = /^((?:[^“:]|“[^”]*”|:(?! ))+): (.+)$/.exec(failure);
  if (found === null) return { what: failure, advice: null };
  return { what: found[1]!, advice: found[2]!.charAt(0).toUpperCase() + found[2]!.slice(1) };
}

/** An address as a user may copy it: one profile's address is its server's. */
export function endpointAddress(text: string): string {
  const trimmed = text.trim();
  const inspector = /^(wss|ws|inspect):\/\/([^/\s]+)/i.exec(trimmed);
  if (inspector !== null) return (/^wss$/i.test(inspector[1]!) ? 'https://' : '') + inspector[2]!;
  return trimmed.replace(/(\/debug\/pprof)\/[^\s,]*$/, '$1/');
}

/** Where an address leads, for people and as a name: `host:port`. */
export function hostOf(address: string): string {
  try {
    return shownHost(parseHttpAddress(address.replace(/\[(\d+-\d+|[^\]]*,[^\]]*)\]/g, ''))) || address;
  } catch {
    return address;
  }
}
