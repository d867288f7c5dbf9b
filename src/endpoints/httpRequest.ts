import { type Agent, type ClientRequest, request as httpPlain, type IncomingMessage } from 'node:http';
import { request as httpsTls } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import * as zlib from 'node:zlib';
import { connectionError, DownloadError } from './downloadError';
import type { HttpAccess } from './httpAccess';
import { isSecure, originOf, pinnedAddress, shownAddress, socketPathOf } from './httpAddress';
import { secureContextFor, TlsFileError } from './tlsContext';

export interface HttpQuestion {
  readonly url: URL;
  readonly access: HttpAccess;
  readonly signal: AbortSignal;
  /** GET where left out. */
  readonly method?: string | undefined;
}

export interface HttpAnswer {
  /** What was asked, without a user. */
  readonly url: URL;
  readonly status: number;
  header(name: string): string | null;
  /** Whether the body had a content coding: its length is then not that of what `body` gives. */
  readonly coded: boolean;
  /** Decoded. A body that was cut, also within its coding, rejects. */
  readonly body: Readable;
  /** What must not be shown of an answer that repeats it. */
  readonly secrets: readonly string[];
}

/** What a request has besides its address, for the two modules and for `ws`. */
interface ConnectionOptions {
  readonly headers: Record<string, string>;
  readonly secrets: readonly string[];
  readonly agent?: Agent;
  /** For people: `host:port`. */
  readonly proxy: string | null;
  readonly tls: Record<string, unknown>;
  /** Whether we have a client certificate. */
  readonly identified: boolean;
}

const UNCODERS: Readonly<Record<string, (() => NodeJS.ReadWriteStream & Readable) | undefined>> = {
  gzip: () => zlib.createGunzip({ chunkSize: 65_536 }),
  'x-gzip': () => zlib.createGunzip({ chunkSize: 65_536 }),
  deflate: () => zlib.createInflate({ chunkSize: 65_536 }),
  br: () => zlib.createBrotliDecompress({ chunkSize: 65_536 }),
  ...('createZstdDecompress' in zlib ? { zstd: () => zlib.createZstdDecompress({ chunkSize: 65_536 }) } : {}),
};

/**
 * Asks once, and follows no redirect. By Node's own modules, since VS Code patches them for its proxies and certificates,
 * and they take certificates and Unix sockets; and since its decoder is ours, a body that was cut within its content coding
 * is told from a whole one.
 * @throws DownloadError, or the signal's reason where it aborted
 */
export async function httpRequest({ url: given, access, signal, method = 'GET' }: HttpQuestion): Promise<HttpAnswer> {
  signal.throwIfAborted();
  const url = new URL(given);
  url.username = '';
  url.password = '';
  let options: ConnectionOptions;
  try {
    options = await connectionOptions(given, access);
  } catch (error) {
    if (error instanceof TlsFileError) throw new DownloadError(error.message, originOf(url), true);
    throw error;
  }
  signal.throwIfAborted();
  const seen: Seen = { certificate: null, proxy: options.proxy };
  let response: IncomingMessage;
  try {
    response = await new Promise((resolve, reject) => {
      const make = isSecure(url) ? httpsTls : httpPlain;
      const request = make({
        ...target(url),
        method,
        headers: options.headers,
        signal,
        ...(options.agent === undefined ? {} : { agent: options.agent }),
        ...options.tls,
      });
      // The header alone does not keep Node from asking the next question on a socket that the server closes.
      request.shouldKeepAlive = false;
      watch(request, seen);
      request.on('response', resolve);
      request.on('error', reject);
      request.end();
    });
  } catch (error) {
    signal.throwIfAborted();
    throw connectionError(url, error, { ...seen, identified: options.identified });
  }
  const coding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  const coded = coding !== 'identity' && coding !== '';
  return {
    url,
    status: response.statusCode ?? 0,
    header: (name) => {
      const value = response.headers[name];
      return value === undefined ? null : [value].flat().join(', ');
    },
    coded,
    body: coded ? decoded(response, coding, url) : response,
    secrets: options.secrets,
  };
}

/**
 * Headers, proxy and certificates for an address.
 * @throws TlsFileError
 */
export async function connectionOptions(url: URL, access: HttpAccess): Promise<ConnectionOptions> {
  const origin = originOf(url);
  const headers: Record<string, string> = {};
  for (const [name, value] of new Headers(await access.headersFor(origin))) headers[name] = value;
  const secrets = [url.search, ...Object.values(headers)];
  // "Bearer abc" may come back as "abc".
  for (const value of Object.values(headers)) secrets.push(...value.split(' ').filter((part) => part.length > 7));
  if (url.username !== '' || url.password !== '') {
    // Of two ways to say who asks, the header wins.
    const user = `${decodePart(url.username)}:${decodePart(url.password)}`;
    headers['authorization'] ??= `Basic ${Buffer.from(user).toString('base64')}`;
    secrets.push(decodePart(url.password), url.password, user);
  }
  headers['user-agent'] ??= 'emberline';
  headers['accept'] ??= '*/*';
  headers['accept-encoding'] ??= 'gzip';
  // A socket that is kept open would outlive the capture.
  headers['connection'] = 'close';
  const proxy = socketPathOf(url) === null ? (access.proxyFor?.(url) ?? null) : null;
  const files = isSecure(url) ? ((await access.tlsFor?.(origin)) ?? null) : null;
  const common = { headers, secrets, proxy: proxy?.name ?? null, ...(proxy === null ? {} : { agent: proxy.agent }) };
  if (files === null) return { ...common, tls: {}, identified: false };
  const { context, id } = await secureContextFor(files);
  // Node keeps connections and sessions by what they were opened with, and does not look at the context.
  const tls = { secureContext: context, sessionIdContext: id };
  return { ...common, tls, identified: files.cert !== undefined };
}

/** Where a request goes. */
function target(url: URL): Record<string, unknown> {
  const path = url.pathname + url.search;
  const socketPath = socketPathOf(url);
  if (socketPath !== null) return { socketPath, path, host: 'localhost', servername: 'localhost' };
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const address = pinnedAddress(url);
  return {
    hostname,
    port: url.port === '' ? (isSecure(url) ? 443 : 80) : Number(url.port),
    path,
    ...(address === null ? {} : { lookup: lookupOf(address) }),
  };
}

/** A resolver that knows one address. */
function lookupOf(address: string): LookupFunction {
  const family = isIP(address);
  return (_name, options, done) => {
    if (options.all) done(null, [{ address, family }]);
    else done(null, address, family);
  };
}

interface Seen {
  /** What the server showed, also where it was not accepted. */
  certificate: PeerCertificate | null;
  proxy: string | null;
}

/** Notes what an error alone does not tell. */
function watch(request: ClientRequest, seen: Seen): void {
  request.on('socket', (socket) => {
    if (!('getPeerCertificate' in socket)) return;
    // Before Node looks at the certificate: after a refusal it is gone.
    (socket as TLSSocket).prependListener('secure', () => {
      const certificate = (socket as TLSSocket).getPeerCertificate();
      if (Object.keys(certificate).length > 0) seen.certificate = certificate;
    });
  });
  // VS Code's agent says which proxy it goes through, with its user where it has one.
  request.on('proxy', (used: { proxy?: unknown } | undefined) => {
    const name = String(used?.proxy ?? '').replace(/^\S+\s+/, '');
    if (name !== '' && !/^DIRECT$/i.test(String(used?.proxy))) seen.proxy = name.replace(/^.*@/, '');
  });
}

function decoded(response: IncomingMessage, coding: string, url: URL): Readable {
  const uncoder = Object.hasOwn(UNCODERS, coding) ? UNCODERS[coding] : undefined;
  if (uncoder === undefined) {
    response.destroy();
    throw new DownloadError(
      `${shownAddress(url)} answered in the content coding “${coding.slice(0, 40)}”, which is not known: ask for it without one.`,
      originOf(url),
    );
  }
  const stream = uncoder();
  // Errors of either reach who reads the stream.
  pipeline(response, stream, () => {});
  return stream;
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
