import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { download, parseDownloadUrl } from '../endpoints/download';
import { environmentProxy } from '../endpoints/environmentProxy';
import type { HttpAccess, TlsFiles } from '../endpoints/httpAccess';
import { originOf, shownHost } from '../endpoints/httpAddress';
import { parseHeaders, type RequestHeaders } from '../endpoints/requestHeaders';
import type { Engine } from '../engine/engine';
import type { ProfileSummary } from '../engine/engineApi';
import { formatValue } from '../units/units';
import { UsageError } from './usage';

/** Options of every command that reads profiles, for `parseArgs`. */
export const inputOptions = {
  header: { type: 'string', multiple: true },
  ca: { type: 'string', multiple: true },
  cert: { type: 'string' },
  key: { type: 'string' },
  'max-size': { type: 'string', default: '1024' },
} as const;

export interface InputOptions {
  readonly header?: readonly string[] | undefined;
  readonly ca?: readonly string[] | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly 'max-size': string;
}

const SILENCE_MS = 30_000;

/**
 * Opens files and addresses in their order. Headers of the command line and of the environment's `EMBERLINE_HEADERS` (a line
 * each) and the client certificate go to the origins that were named, to no other.
 * @throws UsageError for an address or a header that is none, and whatever downloading and opening throw
 */
export async function openInputs(
  engine: Engine,
  inputs: readonly string[],
  options: InputOptions,
): Promise<ProfileSummary[]> {
  const maxBytes = readMaxBytes(options);
  const urls = inputs.map((input) => (/^(?:https?:\/\/|unix:)/i.test(input) ? readUrl(input) : null));
  const access = readAccess(options, new Set(urls.flatMap((url) => (url === null ? [] : [originOf(url)]))));
  const opened: ProfileSummary[] = [];
  for (const [i, input] of inputs.entries()) {
    const url = urls[i];
    if (url === null) {
      opened.push(await engine.request('open', { source: { kind: 'file', path: input }, name: input }));
      continue;
    }
    const { path, name, folder } = await download({
      url,
      ...access,
      folder: tmpdir(),
      maxBytes,
      silenceMs: SILENCE_MS,
      tooLargeAdvice: 'raise it with --max-size',
      onProgress: showProgress(shownHost(url)),
    });
    const remove = (): void => rmSync(folder, { recursive: true, force: true });
    process.once('exit', remove);
    try {
      opened.push(await engine.request('open', { source: { kind: 'file', path }, name }));
    } finally {
      remove();
      process.off('exit', remove);
    }
  }
  return opened;
}

function readMaxBytes(options: InputOptions): number {
  const mebibytes = Number(options['max-size']);
  if (!/^\d+$/.test(options['max-size']) || mebibytes === 0) {
    throw new UsageError(`--max-size takes a number of MiB, not "${options['max-size']}".`);
  }
  return mebibytes * 2 ** 20;
}

/**
 * What requests are made with: headers and a client certificate for the origins that were named, authorities for all,
 * the environment's proxies. A key's passphrase is in `EMBERLINE_CERT_PASSPHRASE`, seen by no other user.
 * @throws UsageError
 */
export function readAccess(
  options: Pick<InputOptions, 'header' | 'ca' | 'cert' | 'key'>,
  named: ReadonlySet<string>,
): HttpAccess {
  const headers = readHeaders(options);
  const { ca = [], cert, key } = options;
  if (key !== undefined && cert === undefined)
    throw new UsageError('--key takes the key of a certificate: give --cert too.');
  const passphrase = process.env['EMBERLINE_CERT_PASSPHRASE'];
  const trusted: TlsFiles = ca.length === 0 ? {} : { ca: ca.map((path) => resolve(path)) };
  const identified: TlsFiles = {
    ...trusted,
    ...(cert === undefined ? {} : { cert: resolve(cert) }),
    ...(key === undefined ? {} : { key: resolve(key) }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
  return {
    headersFor: (origin) => (named.has(origin) ? headers : {}),
    tlsFor: (origin) => (named.has(origin) ? identified : trusted),
    proxyFor: (url) => environmentProxy(url, process.env),
  };
}

/** Request headers of the command line and of the environment. @throws UsageError */
function readHeaders({ header = [] }: Pick<InputOptions, 'header'>): RequestHeaders {
  try {
    const environment = (process.env['EMBERLINE_HEADERS'] ?? '').split(/\r?\n/);
    return { ...parseHeaders(environment), ...parseHeaders(header) };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readUrl(text: string): URL {
  try {
    return parseDownloadUrl(text);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** On a terminal, a line on stderr that tells how far it is, and is gone at the end. */
function showProgress(host: string): (received: number, total: number | null) => void {
  let shownAt = 0;
  return (received, total) => {
    const now = Date.now();
    if (process.stderr.isTTY !== true) return;
    if (received === total) process.stderr.write('\r\x1b[K');
    else if (now - shownAt > 200) {
      shownAt = now;
      const of = total === null ? '' : ` of ${formatValue(total, 'bytes')}`;
      process.stderr.write(`\r\x1b[KDownloading from ${host}: ${formatValue(received, 'bytes')}${of}\r`);
    }
  };
}
