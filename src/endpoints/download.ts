import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { formatValue } from '../units/units';
import { bodyError, DownloadError, isWebPage, pageError, statusError } from './downloadError';
import { downloadName } from './downloadName';
import { accessOf, type HttpAccess } from './httpAccess';
import { originOf, parseHttpAddress, shownAddress, shownHost, withScheme } from './httpAddress';
import { type HttpAnswer, httpRequest } from './httpRequest';
import { redirected } from './redirected';

/** Headers and certificates go to their own origin, however it redirects. */ import { turn } from './turns';

export interface DownloadRequest extends HttpAccess {
  readonly url: URL;
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

/** Bytes that arrive within the time of silence, or the host counts as silent: a trickle is no download. */
const LEAST_BYTES = 512;
/** Bytes of an answer that are looked at for what it is. */
const LOOKED_AT = 4096;

/**
 * Reads an address that a person typed.
 * @throws Error with a sentence that says what is expected
 */
export function parseDownloadUrl(text: string): URL {
  if (/^\s*(?:[a-z][a-z0-9+.-]*:\/\/|unix:)/i.test(text) && URL.canParse(withScheme(text.trim()))) {
    return parseHttpAddress(text);
  }
  throw new Error('This is no address: write it with its scheme, for example https://example.com/cpu.pb.gz.');
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
    const name = downloadName(answer.url, answer.header('content-disposition'));
    const path = join(folder, name);
    await save(answer, path, request, silence, received);
    return { path, name, bytes: received.bytes, folder };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    request.signal?.throwIfAborted();
    if (silence.signal.aborted) {
      const seconds = Math.round(request.silenceMs / 1000);
      const what = silence.trickles ? 'sent next to nothing for' : 'been silent for';
      throw new DownloadError(
        `${shownHost(at)} has ${what} ${seconds} s after ${formatValue(received.bytes, 'bytes')}: try again later.`,
        originOf(at),
      );
    }
    if (error instanceof DownloadError) throw error;
    if (isFileError(error)) throw new Error(`The download cannot be kept in ${request.folder}: ${error.message}`);
    throw answered ? bodyError(at, error, received.bytes) : error;
  } finally {
    silence.stop();
  }
}

/** Asks, and goes where the host sends us. Each origin gets its own credentials and no other's. */
async function follow(
  request: DownloadRequest,
  signal: AbortSignal,
  silence: Silence,
  visiting: (url: URL) => void,
): Promise<HttpAnswer> {
  let url = request.url;
  const secrets: string[] = [];
  for (let redirects = 0; ; redirects++) {
    visiting(url);
    silence.restart();
    const answer = await httpRequest({ url, access: accessOf(request), signal });
    secrets.push(...answer.secrets);
    silence.restart();
    if (![301, 302, 303, 307, 308].includes(answer.status)) {
      const found = { ...answer, secrets };
      if (answer.status >= 200 && answer.status < 300 && answer.status !== 204) return found;
      throw await refusal(found);
    }
    answer.body.destroy();
    url = redirected(answer.url, answer.header('location'), redirects);
  }
}

async function refusal(answer: HttpAnswer): Promise<DownloadError> {
  const { url, status, secrets } = answer;
  if (status < 300) {
    answer.body.destroy();
    return nothingError(url);
  }
  const body = await readStart(answer);
  return statusError(url, status, body, secrets, answer.header('www-authenticate'));
}

function nothingError(url: URL): DownloadError {
  return new DownloadError(`${shownAddress(url)} answered with nothing: check the address.`, originOf(url));
}

/** As much of a refusal as can be quoted; what cannot be read is not. */
export async function readStart({ body }: HttpAnswer): Promise<Uint8Array> {
  const start = new Start();
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      start.add(chunk);
      if (start.full) break;
    }
  } catch {
    // What has arrived is quoted.
  }
  return start.bytes;
}

async function save(
  { url, body, coded, secrets, header }: HttpAnswer,
  path: string,
  request: DownloadRequest,
  silence: Silence,
  received: { bytes: number },
): Promise<void> {
  const { maxBytes } = request;
  const tooLarge = (size: string): DownloadError =>
    new DownloadError(
      `${shownAddress(url)} has ${size}, and at most ${formatValue(maxBytes, 'bytes')} are downloaded: ${request.tooLargeAdvice}.`,
      originOf(url),
    );
  // With a content coding, the length is of the packed bytes.
  const declared = Number(header('content-length') ?? Number.NaN);
  const total = !coded && Number.isSafeInteger(declared) && declared >= 0 ? declared : null;
  if (total !== null && total > maxBytes) {
    body.destroy();
    throw tooLarge(formatValue(total, 'bytes'));
  }
  const start = new Start();
  await turn();
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    body.destroy();
    throw error;
  });
  try {
    // Leaving the loop ends the connection.
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      silence.heard(chunk.length);
      await turn();
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

/** Aborts its signal when nothing, or next to nothing, was heard for a time. */
class Silence {
  private readonly controller = new AbortController();
  readonly signal = this.controller.signal;
  private timer: NodeJS.Timeout | undefined;
  /** Bytes since it began to count anew. */
  private trickle = 0;
  private heardAt = 0;

  constructor(private readonly ms: number) {}

  /** Whether something still came, too little. */
  get trickles(): boolean {
    return this.trickle > 0 && performance.now() - this.heardAt < this.ms / 2;
  }

  heard(bytes: number): void {
    this.heardAt = performance.now();
    this.trickle += bytes;
    if (this.trickle >= LEAST_BYTES) this.restart();
  }

  restart(): void {
    this.trickle = 0;
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
