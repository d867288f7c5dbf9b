import { isIP } from 'node:net';
import { basename } from 'node:path';

/**
 * Addresses of HTTP servers. A Unix socket is written as nginx and `got` write it, `unix:/path/to.sock:/debug/pprof/`
 * (`https://unix:…` where TLS is spoken in it), and is carried as a URL `http+unix://%2Fpath%2Fto.sock/debug/pprof/`, in
 * which the socket's path is the host.
 */

const UNIX = /^(?:(https?):\/\/)?unix:([^:]+)(?::([/?].*)?)?$/is;

/** `host:6060` with a scheme, `unix:…` as a URL; other addresses as they are. */
export function withScheme(address: string): string {
  const unix = UNIX.exec(address);
  if (unix !== null) {
    const [, scheme = 'http', path, rest = '/'] = unix;
    return `${scheme.toLowerCase()}+unix://${encodeURIComponent(path!)}${rest.startsWith('/') ? '' : '/'}${rest}`;
  }
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
}

/**
 * Reads the address of a server: `host:port`, a URL, a Unix socket.
 * @throws Error with a sentence that says what is expected
 */
export function parseHttpAddress(text: string): URL {
  let url: URL;
  try {
    url = new URL(withScheme(text.trim()));
  } catch {
    throw new Error(`"${text}" is no address: write host:port, a URL, or unix:/path/to.sock:/path.`);
  }
  if (!/^https?(?:\+unix)?:$/.test(url.protocol)) {
    throw new Error(`An address starts with http://, https:// or unix:, not ${url.protocol}//.`);
  }
  return url;
}

/** The path of the Unix socket that a URL leads to, null where it leads to a host. */
export function socketPathOf(url: URL): string | null {
  return url.protocol.endsWith('+unix:') ? decodeURIComponent(url.hostname) : null;
}

export function isSecure(url: URL): boolean {
  return url.protocol.startsWith('https');
}

/** Whose credentials a request has: `https://host:port`, or `unix:/path/to.sock`. */
export function originOf(url: URL): string {
  const socket = socketPathOf(url);
  if (socket === null) return url.origin;
  return `${isSecure(url) ? 'https://' : ''}unix:${socket}`;
}

/** A server for people: `host:port`, or `unix:/path/to.sock`. */
export function shownHost(url: URL): string {
  const socket = socketPathOf(url);
  const pinned = pinnedAddress(url);
  if (socket !== null) return `unix:${socket}`;
  return pinned === null ? url.host : `${url.host} (${pinned})`;
}

/**
 * Where a URL's host is to be reached, of a name that has several addresses: `http://api:6060/#10.0.0.3`. Certificates,
 * headers and the virtual host stay the name's; no request carries a fragment.
 */
export function pinnedAddress(url: URL): string | null {
  const address = url.hash.slice(1);
  return isIP(address) === 0 ? null : address;
}

/** An address for people: without user, query and fragment, which may hold secrets. */
export function shownAddress(url: URL): string {
  const pinned = pinnedAddress(url);
  const host = pinned === null ? url.origin + url.pathname : `${url.origin}${url.pathname} (${pinned})`;
  const text = socketPathOf(url) === null ? host : `${originOf(url)}:${url.pathname}`;
  return text.length <= 160 ? text : `${text.slice(0, 80)}…${text.slice(-79)}`;
}

/** A server's name as a part of a file's. */
export function hostFileName(url: URL): string {
  const socket = socketPathOf(url);
  return (socket === null ? url.hostname : basename(socket)).replace(/[^\w.-]/g, '_');
}
