import { connectionError, statusError } from './downloadError';
import type { CaptureRequest } from './endpoint';

const MOST_BYTES = 4 << 20;
const TIMEOUT_MS = 10_000;

/**
 * The text that an address answers with, for short ones: index pages, what a sampler says. With `cutAt`, no more than
 * about the first so many bytes.
 * @throws DownloadError, or the signal's reason where it aborted
 */
export async function readText(
  url: URL,
  { signal, headersFor }: Pick<CaptureRequest, 'signal' | 'headersFor'>,
  options: { method?: string; maxBytes?: number; timeoutMs?: number; cutAt?: number } = {},
): Promise<string> {
  const headers = new Headers(await headersFor(url.origin));
  let bytes = 0;
  try {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
    const response = await fetch(url, {
      method: options.method ?? 'GET',
      headers,
      // A redirect could carry the headers elsewhere.
      redirect: 'error',
      signal: AbortSignal.any([signal, timeout]),
    });
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > (options.maxBytes ?? MOST_BYTES)) {
        throw new Error(
          `${url.origin}${url.pathname} answered with more than ${options.maxBytes ?? MOST_BYTES} bytes: check the address.`,
        );
      }
      chunks.push(chunk);
      if (bytes >= (options.cutAt ?? Number.POSITIVE_INFINITY)) break;
    }
    const body = Buffer.concat(chunks);
    if (!response.ok)
      throw statusError(url, response.status, body.subarray(0, 4096), [url.search, ...headers.values()]);
    return body.toString('utf8');
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Error && error.name === 'TimeoutError') {
      throw new Error(
        `${url.host} did not answer within ${(options.timeoutMs ?? TIMEOUT_MS) / 1000} s: check the address and whether the server runs.`,
      );
    }
    if (error instanceof TypeError) throw connectionError(url, error, bytes > 0 ? bytes : null);
    throw error;
  }
}
