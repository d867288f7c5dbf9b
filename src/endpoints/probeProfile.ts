import { constants, gunzipSync } from 'node:zlib';
import { detectFormat, headLength } from '../formats/registry';
import type { HttpAccess } from './httpAccess';
import { parseHttpAddress, shownAddress } from './httpAddress';
import { readShort } from './readText';

/** Of packed bytes: what they unpack to stays small, whatever they are. */
const MOST_PACKED = 8192;

/**
 * What profile an address answers with, by the first bytes alone: the format's title.
 * @param address of one instance; `{seconds}` in it is one second
 * @throws DownloadError, Error with a sentence where it is no profile, or the signal's reason
 */
export async function profileTitleAt(
  address: string,
  request: HttpAccess & { readonly signal: AbortSignal },
): Promise<string> {
  const url = parseHttpAddress(address.replaceAll('{seconds}', '1'));
  const head = await readShort(url, request, { cutAt: headLength, maxBytes: Number.POSITIVE_INFINITY });
  // By content alone: a page of errors stands under every name.
  const format = detectFormat(unpackedStart(head.subarray(0, headLength)), '');
  if (format === null) throw new Error(`${shownAddress(url)} answers with no profile that Emberline knows.`);
  return format.title;
}

function unpackedStart(head: Buffer): Uint8Array {
  if (head[0] !== 0x1f || head[1] !== 0x8b) return head;
  try {
    return gunzipSync(head.subarray(0, MOST_PACKED), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, headLength);
  } catch {
    return head;
  }
}
