import { STATUS_CODES } from 'node:http';
import { isSecure, originOf, shownAddress, shownHost, socketPathOf } from './httpAddress';
import { type ConnectionSeen, tlsFailure } from './tlsFailure';

/** A download that failed: one sentence that shows neither the query of the address nor a header's value. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  /**
   * @param wantsCredentials whether headers or certificates may help: the host wants to know who asks, or is not trusted
   * @param scheme what it asks for by WWW-Authenticate, in lower case
   */
  constructor(
    message: string,
    readonly origin: string,
    readonly wantsCredentials = false,
    readonly scheme: string | null = null,
  ) {
    super(message);
  }
}

const QUOTED = 120;

/**
 * @param body the answer's first bytes; `secrets` are cut out of what is quoted of it
 * @param challenge its WWW-Authenticate
 */
export function statusError(
  url: URL,
  status: number,
  body: Uint8Array,
  secrets: readonly string[],
  challenge: string | null = null,
): DownloadError {
  const meaning = STATUS_CODES[status];
  const said = quote(body, secrets);
  const answer = `${shownAddress(url)} answered ${status}${meaning === undefined ? '' : ` ${meaning}`}`;
  const quoted = said === '' ? '' : ` (“${said}”)`;
  const scheme = status === 401 ? (/^\s*([a-z]+)\b/i.exec(challenge ?? '')?.[1]?.toLowerCase() ?? null) : null;
  const certificate = status === 400 && /ssl certificate/i.test(said);
  const how =
    status === 400 && /https? request\b.*\bhttps (?:server|port)/i.test(said)
      ? 'write https:// in place of http://'
      : certificate
        ? 'give a client certificate that it accepts by “cert” of the setting emberline.certificates, or --cert'
        : advice(status, scheme);
  const wants = status === 401 || status === 403 || certificate;
  return new DownloadError(`${answer}${quoted}: ${how}.`, originOf(url), wants, scheme);
}

function advice(status: number, scheme: string | null): string {
  if (status === 401) {
    if (scheme === 'basic') return 'set the user and password that the host wants';
    if (scheme === 'bearer') return 'set the token that the host wants';
    return 'set the request headers that the host wants, such as Authorization';
  }
  if (status === 403)
    return 'set the request headers that the host wants, or ask for a new link if this one has expired';
  if (status === 407) return 'the proxy wants to know who asks: set its user in http.proxy, or in HTTPS_PROXY';
  if (status === 404 || status === 410) return 'check the address, or ask for a new link if this one has expired';
  if (status === 429 || status === 503) return 'try again later';
  return status >= 500 ? 'the server failed: try again, or look at its log' : 'check the address';
}

/** The answer is a web page, for example one to sign in. */
export function pageError(url: URL, body: Uint8Array, secrets: readonly string[]): DownloadError {
  const said = quote(body, secrets);
  const quoted = said === '' ? '' : ` (“${said}”)`;
  return new DownloadError(
    `${shownAddress(url)} answered with a web page${quoted}, not a profile: check the address, or set the request headers ` +
      'that sign you in.',
    originOf(url),
    true,
  );
}

/** Whether bytes are the beginning of a web page. */
export function isWebPage(body: Uint8Array): boolean {
  const start = new TextDecoder().decode(body.subarray(0, 512)).replace(/^\s*(?:<!--.*?-->\s*)*/s, '');
  return /^<(?:!doctype\s+html|html|head)\b/i.test(start);
}

/** The first words of an answer: its title or message where it has one. Text only, on one line. */
function quote(body: Uint8Array, secrets: readonly string[]): string {
  if (body.includes(0)) return '';
  let text = new TextDecoder().decode(body);
  const told =
    /<(title|message)\b[^>]*>(.*?)<\/\1>/is.exec(text) ??
    /"(message|detail)"\s*:\s*"([^"]+)"/i.exec(text) ??
    /"(error)"\s*:\s*"([^"]+)"/i.exec(text);
  text = told?.[2] ?? text.replace(/<(style|script)\b.*?(?:<\/\1>|$)/gis, ' ').replace(/<[^>]*(?:>|$)/g, ' ');
  for (const secret of secrets) {
    if (secret.length > 3) text = text.replaceAll(secret, '…').replaceAll(secret.replaceAll('&', '&amp;'), '…');
  }
  text = text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replaceAll('\ufffd', '')
    .trim();
  return text.length <= QUOTED ? text : `${text.slice(0, QUOTED - 1).trimEnd()}…`;
}

/** Why there was no answer. */
export function connectionError(url: URL, error: unknown, seen: ConnectionSeen): DownloadError {
  const host = shownHost(url);
  const origin = originOf(url);
  const code = errorCode(error);
  const tls = isSecure(url) ? tlsFailure(host, url.hostname, error, seen) : null;
  if (tls !== null) return new DownloadError(tls, origin, tls.includes('emberline.certificates'));
  if (code.startsWith('HPE_')) {
    const what = speaksTls(error)
      ? 'speaks https at this port: write https:// in place of http://'
      : 'does not speak HTTP at this port: check the port';
    return new DownloadError(`${host} ${what}.`, origin);
  }
  if (seen.proxy !== null && (CONNECTION[code] !== undefined || /to proxies/.test(reason(error)))) {
    return new DownloadError(
      `${shownAddress(url)} is not reached by the proxy ${seen.proxy}: check the proxy (http.proxy, HTTPS_PROXY), or leave the host out of it (http.noProxy, NO_PROXY).`,
      origin,
    );
  }
  if (seen.identified && (code === 'ECONNRESET' || code === 'EPIPE')) {
    return new DownloadError(
      `${host} closed the connection without an answer: it may have refused the client certificate; else try again.`,
      origin,
      true,
    );
  }
  const said = (socketPathOf(url) === null ? CONNECTION : SOCKET)[code];
  return new DownloadError(
    said === undefined
      ? `${shownAddress(url)} cannot be downloaded (${reason(error)}): check the address and the network.`
      : said(host, isSecure(url)),
    origin,
  );
}

/** Why an answer's body did not arrive whole, after `received` bytes of it. */
export function bodyError(url: URL, error: unknown, received: number): DownloadError {
  const code = errorCode(error);
  const where = `${shownAddress(url)}`;
  const coded = /^(?:Z_|ERR_?_?BROTLI|ERR__?ERROR_FORMAT|ERR_PADDING|ZSTD|ERR_ZSTD)/.test(code);
  if (coded) {
    const what = code === 'Z_BUF_ERROR' ? 'was cut off' : 'is damaged';
    return new DownloadError(
      `The packed answer of ${where} ${what} after ${received} unpacked bytes: try again.`,
      originOf(url),
    );
  }
  return new DownloadError(
    `The connection to ${shownHost(url)} broke after ${received} bytes of ${where}: try again.`,
    originOf(url),
  );
}

type Sentence = (host: string, secure: boolean) => string;

const CONNECTION: Readonly<Record<string, Sentence>> = {
  ENOTFOUND: (host) => `There is no host ${host}: check the address and the network.`,
  EAI_AGAIN: (host) => `The host ${host} cannot be looked up: check the network.`,
  ECONNREFUSED: (host) => `Nothing answers at ${host}: check the address and whether the server runs.`,
  ECONNRESET: (host, secure) =>
    `${host} closed the connection without an answer: try again${secure ? '' : ', or with https:// if it speaks that'}.`,
  EPIPE: (host) => `${host} closed the connection without an answer: try again.`,
  ETIMEDOUT: (host) => `${host} cannot be reached in time: check the address, the network and its firewalls.`,
  EHOSTUNREACH: (host) => `There is no way to ${host}: check the address and the network.`,
  ENETUNREACH: (host) => `There is no way to ${host}: check the address and the network.`,
};
const SOCKET: Readonly<Record<string, Sentence>> = {
  ENOENT: (host) => `There is no Unix socket ${host.slice(5)}: check its path and whether the server runs.`,
  EACCES: (host) => `You may not connect to the Unix socket ${host.slice(5)}: ask for the right to write to it.`,
  ECONNREFUSED: (host) => `Nothing answers at the Unix socket ${host.slice(5)}: check whether the server runs.`,
  ENOTSOCK: (host) => `${host.slice(5)} is no Unix socket: check its path.`,
  ECONNRESET: (host) => `${host} closed the connection without an answer: try again.`,
};

/** Whether what could not be read as HTTP is a TLS record: an alert, or a handshake. */
function speaksTls(error: unknown): boolean {
  const packet = error instanceof Error && 'rawPacket' in error ? error.rawPacket : null;
  return packet instanceof Uint8Array && (packet[0] === 0x15 || packet[0] === 0x16) && packet[1] === 3;
}

function errorCode(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ('code' in at && typeof at.code === 'string' && at.code !== '') return at.code;
  }
  return '';
}

/** The innermost cause's words. */
function reason(error: unknown): string {
  let at = error;
  for (let depth = 0; depth < 5 && at instanceof Error && at.cause instanceof Error; depth++) at = at.cause;
  const text = at instanceof Error ? at.message : String(at);
  return text
    .replace(/https?:\/\/\S+/g, 'the address')
    .replace(/\s+/g, ' ')
    .slice(0, 120);
}
