import { STATUS_CODES } from 'node:http';

/** A download that failed: one sentence that shows neither the query of the address nor a header's value. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  /** @param wantsHeaders whether request headers may help: the host wants to know who asks */
  constructor(
    message: string,
    readonly origin: string,
    readonly wantsHeaders = false,
  ) {
    super(message);
  }
}

const QUOTED = 120;

/** An address for people: without user, query and fragment, which may hold secrets. */
export function shownAddress(url: URL): string {
  const text = url.origin + url.pathname;
  return text.length <= 160 ? text : `${text.slice(0, 80)}…${text.slice(-79)}`;
}

/** @param body the answer's first bytes; `secrets` are cut out of what is quoted of it */
export function statusError(url: URL, status: number, body: Uint8Array, secrets: readonly string[]): DownloadError {
  const meaning = STATUS_CODES[status];
  const said = quote(body, secrets);
  const answer = `${shownAddress(url)} answered ${status}${meaning === undefined ? '' : ` ${meaning}`}`;
  const quoted = said === '' ? '' : ` (“${said}”)`;
  return new DownloadError(`${answer}${quoted}: ${advice(status)}.`, url.origin, status === 401 || status === 403);
}

function advice(status: number): string {
  if (status === 401) return 'set the request headers that the host wants, such as Authorization';
  if (status === 403)
    return 'set the request headers that the host wants, or ask for a new link if this one has expired';
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
    url.origin,
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
    /<(title|message)\b[^>]*>(.*?)<\/\1>/is.exec(text) ?? /"(message|error|detail)"\s*:\s*"([^"]+)"/i.exec(text);
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

/** @param received bytes of the answer's body; null where there was no answer */
export function connectionError(url: URL, error: unknown, received: number | null): DownloadError {
  const code = errorCode(error);
  const where = shownAddress(url);
  const said =
    CONNECTION[code] ?? (/^(?:CERT_|ERR_TLS|UNABLE_TO_|DEPTH_|SELF_|ERR_SSL)/.test(code) ? CERTIFICATE : null);
  if (received !== null && (received > 0 || said !== null)) {
    return new DownloadError(
      `The connection to ${url.host} broke after ${received} bytes of ${where}: try again.`,
      url.origin,
    );
  }
  return new DownloadError(
    said === null
      ? `${where} cannot be downloaded (${reason(error)}): check the address and the network.`
      : said(url.host),
    url.origin,
  );
}

const CERTIFICATE = (host: string): string =>
  `The certificate of ${host} is not trusted: add its authority to this machine, or check the address.`;
const CONNECTION: Readonly<Record<string, (host: string) => string>> = {
  ENOTFOUND: (host) => `There is no host ${host}: check the address and the network.`,
  EAI_AGAIN: (host) => `The host ${host} cannot be looked up: check the network.`,
  ECONNREFUSED: (host) => `Nothing answers at ${host}: check the address and whether the server runs.`,
  ECONNRESET: (host) => `${host} closed the connection without an answer: try again.`,
  UND_ERR_SOCKET: (host) => `${host} closed the connection without an answer: try again.`,
};

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
