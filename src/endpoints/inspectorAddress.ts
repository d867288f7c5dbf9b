import { messageOf } from './cdpPeer';
import { DownloadError } from './downloadError';
import type { HttpAccess } from './httpAccess';
import { socketPathOf, withScheme } from './httpAddress';
import { readText } from './readText';

export interface InspectorAddress {
  readonly host: string;
  readonly port: number;
  /** Whether the host is this machine by its name or number: no look-up is made. */
  readonly loopback: boolean;
  /** Whether TLS is spoken (`https://`, `wss://`): by a server in front of the inspector, which has none itself. */
  readonly secure: boolean;
  /** The path of a Unix socket that leads to the inspector; `host` is then its name. */
  readonly socketPath: string | null;
}

/** A target as an inspector lists it. */
export interface InspectorTarget {
  readonly id: string;
  readonly title: string;
  readonly type: string;
  readonly url: string;
  readonly webSocketUrl: string;
}

const DEFAULT_PORT = 9229;

/**
 * Reads `host:port`, `:port`, `port`, `[::1]:port`, a `ws(s)://`/`http(s)://` address of an inspector, or a Unix socket.
 * @throws Error with a sentence that says what is expected.
 */
export function parseInspectorAddress(text: string): InspectorAddress {
  const trimmed = text.trim();
  if (/^(?:https?:\/\/)?unix:/i.test(trimmed)) {
    const url = new URL(withScheme(trimmed));
    const secure = url.protocol === 'https+unix:';
    return { host: 'localhost', port: 0, loopback: true, secure, socketPath: socketPathOf(url) };
  }
  const secure = /^(?:wss|https):/i.test(trimmed);
  const bare = trimmed.replace(/^(?:wss?|https?|inspect):\/\//i, '').replace(/[/?#].*$/s, '');
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s@]*))?(?::?(\d{1,5}))?$/i.exec(bare);
  const onlyPort = /^\d{1,5}$/.test(bare);
  const host = onlyPort ? '127.0.0.1' : (match?.[1] ?? match?.[2]) || '127.0.0.1';
  const port = onlyPort ? Number(bare) : Number(match?.[3] ?? (secure ? 443 : DEFAULT_PORT));
  if (bare === '' || !match || port < 1 || port > 65_535) {
    throw new Error(`"${text}" is no inspector address: write host:port, for example 127.0.0.1:${DEFAULT_PORT}.`);
  }
  return { host, port, loopback: isLoopback(host), secure, socketPath: null };
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|0:0:0:0:0:0:0:1)$/i.test(host);
}

export function formatAddress(address: InspectorAddress): string {
  if (address.socketPath !== null) return `unix:${address.socketPath}`;
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** Where the inspector's HTTP server is. */
function serverOf(address: InspectorAddress): URL {
  const scheme = address.secure ? 'https://' : 'http://';
  return new URL(
    withScheme(`${address.socketPath === null ? scheme : address.secure ? scheme : ''}${formatAddress(address)}`),
  );
}

/**
 * The targets that an inspector offers (`GET /json/list`).
 * @throws DownloadError where it wants credentials or TLS fails, Error with a sentence that names the address, or the
 * signal's reason
 */
export async function listInspectorTargets(
  address: InspectorAddress,
  request: Partial<HttpAccess> & { readonly signal?: AbortSignal } = {},
): Promise<InspectorTarget[]> {
  const where = formatAddress(address);
  const { signal = new AbortController().signal } = request;
  const server = serverOf(address);
  let listed: unknown;
  try {
    listed = JSON.parse(await readText(new URL('/json/list', server), { headersFor: () => ({}), ...request, signal }));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DownloadError && (error.wantsCredentials || address.secure)) throw error;
    const why = error instanceof SyntaxError ? 'what answers is something else' : messageOf(error);
    throw new Error(
      `No inspector answers at ${where} (${why}): start the program with --inspect, or check the address.`,
      { cause: error },
    );
  }
  const targets = Array.isArray(listed) ? listed.flatMap((entry) => readTarget(entry, server)) : [];
  if (targets.length === 0) {
    throw new Error(`The inspector at ${where} lists no target that can be profiled.`);
  }
  return targets;
}

/** Only the path of the listed WebSocket is used: an inspector must not redirect us to another host. */
function readTarget(entry: unknown, server: URL): InspectorTarget[] {
  const fields = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>;
  const text = (name: string): string => (typeof fields[name] === 'string' ? (fields[name] as string) : '');
  const path = /^wss?:\/\/[^/]+(\/[^\s]*)$/.exec(text('webSocketDebuggerUrl'))?.[1];
  if (path === undefined) {
    return [];
  }
  return [
    {
      id: text('id'),
      title: text('title'),
      type: text('type'),
      url: text('url'),
      webSocketUrl: `${server.protocol.replace(/^http/, 'ws')}//${server.host}${path}`,
    },
  ];
}
