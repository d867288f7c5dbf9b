import { readStart } from './download';
import { bodyError, DownloadError, statusError } from './downloadError';
import { accessOf, type HttpAccess } from './httpAccess';
import { originOf, shownAddress, shownHost } from './httpAddress';
import { httpRequest } from './httpRequest';
import { redirected } from './redirected';

const MOST_BYTES = 4 << 20;
const TIMEOUT_MS = 10_000;

type Request = HttpAccess & { readonly signal: AbortSignal };

interface ReadOptions {
  readonly method?: string;
  readonly maxBytes?: number;
  readonly timeoutMs?: number;
  /** No more than about the first so many bytes. */
  readonly cutAt?: number;
}

/**
 * The text that an address answers with, for short ones: index pages, what a sampler says. A redirect is followed within
 * its origin.
 * @throws DownloadError, or the signal's reason where it aborted
 */
export async function readText(from: URL, request: Request, options: ReadOptions = {}): Promise<string> {
  return (await readShort(from, request, options)).toString('utf8');
}

/** `readText` for bytes. */
export async function readShort(from: URL, request: Request, options: ReadOptions = {}): Promise<Buffer> {
  const { maxBytes = MOST_BYTES, timeoutMs = TIMEOUT_MS, method = 'GET' } = options;
  const late = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([request.signal, late]);
  let bytes = 0;
  let url = from;
  try {
    for (let redirects = 0; ; redirects++) {
      const answer = await httpRequest({ url, access: accessOf(request), signal, method });
      const { status, body, secrets } = answer;
      if ([301, 302, 303, 307, 308].includes(status)) {
        body.destroy();
        const to = redirected(answer.url, answer.header('location'), redirects);
        if (originOf(to) !== originOf(url) || (method !== 'GET' && status < 307)) {
          throw new DownloadError(
            `${shownAddress(url)} redirects to ${shownAddress(to)}: use that address.`,
            originOf(url),
          );
        }
        url = to;
        continue;
      }
      if (status < 200 || status >= 300) {
        const said = await readStart(answer);
        signal.throwIfAborted();
        throw statusError(url, status, said, secrets, answer.header('www-authenticate'));
      }
      const chunks: Uint8Array[] = [];
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        bytes += chunk.length;
        if (bytes > maxBytes) {
          throw new DownloadError(
            `${shownAddress(url)} answered with more than ${maxBytes} bytes: check the address.`,
            originOf(url),
          );
        }
        chunks.push(chunk);
        if (options.cutAt !== undefined && bytes >= options.cutAt) break;
      }
      return Buffer.concat(chunks);
    }
  } catch (error) {
    request.signal.throwIfAborted();
    if (late.aborted) {
      throw new DownloadError(
        `${shownHost(url)} did not answer within ${timeoutMs / 1000} s: check the address and whether the server runs.`,
        originOf(url),
      );
    }
    if (error instanceof DownloadError) throw error;
    throw bodyError(url, error, bytes);
  }
}
