import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { formatValue } from '../units/units';
import { connectionError, DownloadError, isWebPage, pageError, shownAddress, statusError } from './downloadError';
import { downloadName } from './downloadName';
import type { RequestHeaders } from './requestHeaders';

export interface DownloadRequest {
  readonly url: URL;
  /** The headers of an origin (`https://host:port`). They go to no other, however it redirects. */
  headersFor(origin: string): Promise<RequestHeaders> | RequestHeaders;
  /** Where the file is put, in a folder of its own. */
  readonly folder: string;
  /** More bytes are refused. */
  readonly maxBytes: number;
  /** How long the host may be silent, in ms. */
  readonly silenceMs: number;
  /** What to do about a file that is too large, for the end of a sentence. */
  readonly tooLargeAdvice: string;
  readonly signal?: AbortSignal | undefined;
  /** @param total null where the host does not say */
  onProgress?(received: number, total: number | null): void;
}

export interface Download {
  readonly path: string;
  /** The file's name, which has nothing of the address's query. */
  readonly name: string;
  readonly bytes: number;
  /** The folder that `path` is alone in: remove it with the file. */
  readonly folder: string;
}

const MOST_REDIRECTS = 10;
/** Bytes of an answer that are looked at for what it is. */
const LOOKED_AT = 4096;

/**
 * Reads an address that a person typed.
 * @throws Error with a sentence that says what is expected
 */
export function parseDownloadUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    throw new Error('This is no address: write it with its scheme, for example https://example.com/cpu.pb.gz.');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`An address starts with http:// or https://, not ${url.protocol}//.`);
  }
  return url;
}

/**
 * Downloads to a file that only this user may read (mode 0600).
 * @throws DownloadError, or the signal's reason where it aborted; nothing is left behind
 */
export async function download(request: DownloadRequest): Promise<Download> {
  await mkdir(request.folder, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(request.folder, 'download-'));
  const silence = new Silence(request.silenceMs);
  const signal = request.signal === undefined ? silence.signal : AbortSignal.any([request.signal, silence.signal]);
  let at = request.url;
  let answered = false;
  const received = { bytes: 0 };
  try {
    const answer = await follow(request, signal, silence, (url) => {
      at = url;
    });
    answered = true;
    const name = downloadName(answer.url, answer.response.headers.get('content-disposition'));
    const path = join(folder, name);
    await save(answer, path, request, silence, received);
    return { path, name, bytes: received.bytes, folder };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    request.signal?.throwIfAborted();
    if (silence.signal.aborted) {
      const seconds = Math.round(request.silenceMs / 1000);
      throw new DownloadError(
        `${at.host} has been silent for ${seconds} s after ${formatValue(received.bytes, 'bytes')}: try again later.`,
        at.origin,
      );
    }
    if (error instanceof DownloadError) throw error;
    if (isFileError(error)) throw new Error(`The download cannot be kept in ${request.folder}: ${error.message}`);
    throw connectionError(at, error, answered ? received.bytes : null);
  } finally {
    silence.stop();
  }
}

interface Answer {
  readonly url: URL;
  readonly response: Response;
  /** What must not be shown of an answer that repeats it. */
  readonly secrets: readonly string[];
}

/** Asks, and goes where the host sends us. Each origin gets its own headers and no other's. */
async function follow(
  request: DownloadRequest,
  signal: AbortSignal,
  silence: Silence,
  visiting: (url: URL) => void,
): Promise<Answer> {
  let url = new URL(request.url);
  const secrets: string[] = [];
  for (let redirects = 0; ; redirects++) {
    visiting(url);
    const headers = new Headers(await request.headersFor(url.origin));
    secrets.push(url.search, ...headers.values());
    if (url.username !== '' || url.password !== '') {
      // fetch refuses addresses with a user; of two ways to say who asks, the header wins.
      const user = `${decodePart(url.username)}:${decodePart(url.password)}`;
      if (!headers.has('authorization')) {
        headers.set('authorization', `Basic ${Buffer.from(user).toString('base64')}`);
      }
      secrets.push(url.password, user);
      url.username = '';
      url.password = '';
    }
    silence.restart();
    const response = await fetch(url, { headers, redirect: 'manual', signal });
    silence.restart();
    if (![301, 302, 303, 307, 308].includes(response.status)) {
      if (response.ok && response.body !== null && response.status !== 204) return { url, response, secrets };
      throw await refusal(url, response, secrets);
    }
    await response.body?.cancel().catch(() => {});
    url = redirected(url, response.headers.get('location'), redirects);
  }
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @throws DownloadError where the redirect is none to follow */
function redirected(from: URL, location: string | null, redirects: number): URL {
  const where = shownAddress(from);
  if (location === null) throw new DownloadError(`${where} redirects to nowhere: check the address.`, from.origin);
  if (redirects >= MOST_REDIRECTS) {
    throw new DownloadError(`${where} redirects more than ${MOST_REDIRECTS} times: check the address.`, from.origin);
  }
  let to: URL;
  try {
    to = new URL(location, from);
  } catch {
    throw new DownloadError(`${where} redirects to something that is no address: check the address.`, from.origin);
  }
  if (to.protocol !== 'http:' && to.protocol !== 'https:') {
    throw new DownloadError(`${where} redirects to a ${to.protocol} address, which is not followed.`, from.origin);
  }
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    throw new DownloadError(
      `${where} redirects from https to http (${to.host}), which is not followed: what you ask for would be readable on the way.`,
      from.origin,
    );
  }
  return to;
}

async function refusal(url: URL, response: Response, secrets: readonly string[]): Promise<DownloadError> {
  if (response.ok) return nothingError(url);
  const body = await readStart(response).catch(() => new Uint8Array(0));
  return statusError(url, response.status, body, secrets);
}

function nothingError(url: URL): DownloadError {
  return new DownloadError(`${shownAddress(url)} answered with nothing: check the address.`, url.origin);
}

async function readStart(response: Response): Promise<Uint8Array> {
  const start = new Start();
  const reader = response.body?.getReader();
  while (reader !== undefined && !start.full) {
    const { done, value } = await reader.read();
    if (done) break;
    start.add(value);
  }
  await reader?.cancel().catch(() => {});
  return start.bytes;
}

async function save(
  { url, response, secrets }: Answer,
  path: string,
  request: DownloadRequest,
  silence: Silence,
  received: { bytes: number },
): Promise<void> {
  const { maxBytes } = request;
  const tooLarge = (size: string): DownloadError =>
    new DownloadError(
      `${shownAddress(url)} has ${size}, and at most ${formatValue(maxBytes, 'bytes')} are downloaded: ${request.tooLargeAdvice}.`,
      url.origin,
    );
  // With a content coding, the length is of the packed bytes.
  const coded = response.headers.get('content-encoding') !== null;
  const declared = Number(response.headers.get('content-length') ?? Number.NaN);
  const total = !coded && Number.isSafeInteger(declared) && declared >= 0 ? declared : null;
  if (total !== null && total > maxBytes) {
    await response.body?.cancel().catch(() => {});
    throw tooLarge(formatValue(total, 'bytes'));
  }
  const start = new Start();
  const file = await open(path, 'wx', 0o600);
  const reader = response.body!.getReader();
  try {
    for (;;) {
      const { done, value: chunk } = await reader.read();
      if (done) break;
      silence.restart();
      if (!start.full) {
        start.add(chunk);
        if (start.full && isWebPage(start.bytes)) throw pageError(url, start.bytes, secrets);
      }
      received.bytes += chunk.length;
      if (received.bytes > maxBytes) throw tooLarge('more bytes than that');
      for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
      request.onProgress?.(received.bytes, total);
    }
  } finally {
    // Of no effect at the end of the body.
    reader.cancel().catch(() => {});
    await file.close();
  }
  if (received.bytes === 0) throw nothingError(url);
  if (isWebPage(start.bytes)) throw pageError(url, start.bytes, secrets);
}

/** The first bytes of an answer. */
class Start {
  private readonly buffer = new Uint8Array(LOOKED_AT);
  private length = 0;

  get full(): boolean {
    return this.length === LOOKED_AT;
  }

  get bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  add(chunk: Uint8Array): void {
    const part = chunk.subarray(0, LOOKED_AT - this.length);
    this.buffer.set(part, this.length);
    this.length += part.length;
  }
}

/** Aborts its signal when it has not been restarted for a time. */
class Silence {
  private readonly controller = new AbortController();
  readonly signal = this.controller.signal;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly ms: number) {}

  restart(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.controller.abort(), this.ms);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && /^(?:open|write|mkdir|close)$/.test(String(error.syscall));
}
