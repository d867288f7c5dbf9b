import { loadClient, messageOf } from './cdpConnection';

export interface InspectorAddress {
  readonly host: string;
  readonly port: number;
  /** Whether the host is this machine by its name or number: no look-up is made. */
  readonly loopback: boolean;
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
 * Reads `host:port`, `:port`, `port`, `[::1]:port` or a `ws://`/`http://` address of an inspector.
 * @throws Error with a sentence that says what is expected.
 */
export function parseInspectorAddress(text: string): InspectorAddress {
  const bare = text
    .trim()
    .replace(/^(?:wss?|https?|inspect):\/\//i, '')
    .replace(/[/?#].*$/s, '');
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s@]*))?(?::?(\d{1,5}))?$/i.exec(bare);
  const onlyPort = /^\d{1,5}$/.test(bare);
  const host = onlyPort ? '127.0.0.1' : (match?.[1] ?? match?.[2]) || '127.0.0.1';
  const port = onlyPort ? Number(bare) : Number(match?.[3] ?? DEFAULT_PORT);
  if (bare === '' || !match || port < 1 || port > 65_535) {
    throw new Error(`"${text}" is no inspector address: write host:port, for example 127.0.0.1:${DEFAULT_PORT}.`);
  }
  return { host, port, loopback: isLoopback(host) };
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|0:0:0:0:0:0:0:1)$/i.test(host);
}

export function formatAddress(address: InspectorAddress): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/**
 * The targets that an inspector offers (`GET /json/list`).
 * @throws Error with a sentence that names the address.
 */
export async function listInspectorTargets(address: InspectorAddress): Promise<InspectorTarget[]> {
  const where = formatAddress(address);
  const { default: cdp } = await loadClient();
  let listed: unknown;
  try {
    listed = await cdp.List({ host: address.host, port: address.port });
  } catch (error) {
    throw new Error(
      `No inspector answers at ${where} (${messageOf(error)}): start the program with --inspect, or check the address.`,
      { cause: error },
    );
  }
  const targets = Array.isArray(listed) ? listed.flatMap((entry) => readTarget(entry, where)) : [];
  if (targets.length === 0) {
    throw new Error(`The inspector at ${where} lists no target that can be profiled.`);
  }
  return targets;
}

/** Only the path of the listed WebSocket is used: an inspector must not redirect us to another host. */
function readTarget(entry: unknown, where: string): InspectorTarget[] {
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
      webSocketUrl: `ws://${where}${path}`,
    },
  ];
}
