import { isCaptureSet } from '../formats/captureSet/captureSetHeader';
import { DecodeError } from '../formats/decodeError';
import { describeForeign } from '../formats/foreignContent';
import { recogniseContent } from '../formats/recognise';
import { describeFormats, detectFormat, headLength } from '../formats/registry';
import type { Profile } from '../profile/profile';
import { applySourceMaps } from '../sources/sourceMaps';
import { baseName } from './baseName';
import { bytesSource } from './byteSource';
import type { EngineTask } from './engine';
import type { OpenParams } from './engineApi';
import type { EnginePlatform, EngineSource, StoredSource } from './enginePlatform';
import { readCaptureSet } from './readCaptureSet';

/**
 * Bytes to a profile whose positions are the sources': decompressed, detected, decoded, source-mapped.
 * @throws Error (DecodeError and others) whose message is one sentence that names the file.
 */
export function readProfile(
  platform: EnginePlatform,
  source: OpenParams['source'],
  name: string,
  task: EngineTask,
): Profile {
  if (source.kind === 'bytes') return mapped(platform, bytesSource(name, source.bytes), name, task);
  const file = platform.openFile(source.path);
  try {
    return mapped(platform, file, name, task);
  } finally {
    file.close();
  }
}

/** Source maps are applied to the whole: the instances of a capture set have the same scripts. */
function mapped(platform: EnginePlatform, source: StoredSource, name: string, task: EngineTask): Profile {
  const profile = decodeSource(platform, source, name, task);
  if (platform.scripts === null) return profile;
  task.checkpoint(null, 'Applying source maps');
  return applySourceMaps(profile, platform.scripts, () => task.checkpoint(null, 'Applying source maps'));
}

/** Gzip in gzip happens where a storage packs what was packed; deeper is nobody's profile. */
const DEEPEST_PACKING = 3;

function decodeSource(platform: EnginePlatform, packed: StoredSource, name: string, task: EngineTask): Profile {
  try {
    if (packed.size === 0) throw new DecodeError('The file is empty.');
    task.checkpoint(0, 'Reading');
    if (isCaptureSet(packed.head(64))) {
      return readCaptureSet(packed, (body, member) => decodeSource(platform, body, member, task));
    }
    let source: EngineSource = packed;
    for (let depth = 0; depth < DEEPEST_PACKING; depth++) {
      const unpacked = platform.decompress(source);
      if (unpacked === source) break;
      source = unpacked;
    }
    return decode(source, name, task);
  } catch (error) {
    if (error instanceof DecodeError) throw new Error(`${baseName(name)}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** @throws DecodeError that says what the content is, where it is surely no profile or of no format */
function decode(source: EngineSource, name: string, task: EngineTask): Profile {
  const head = source.head(headLength);
  if (head.length === 0) throw new DecodeError('The file is empty when it is unpacked.');
  const foreign = describeForeign(head);
  if (foreign !== null) throw new DecodeError(`${foreign}.`);
  const format = detectFormat(head, name);
  if (format === null) throw unknownContent(head);
  // Chosen by its name only: what may unpack to gigabytes is not unpacked to be refused then.
  const strange = head.length === headLength && format.detect(head, name) === 'no';
  if (strange && recogniseContent(head).kind !== 'text') throw unknownContent(head);
  try {
    return format.decode(source, {
      checkpoint: (fraction) => task.checkpoint(fraction ?? source.progress?.() ?? null, 'Reading'),
    });
  } catch (error) {
    throw error instanceof DecodeError ? explained(error, head) : error;
  }
}

/** The name alone may have promised a format: what the content is then says more than what the decoder missed. */
function explained(error: DecodeError, head: Uint8Array): DecodeError {
  const { what, kind } = recogniseContent(head);
  if (kind === 'known') return unknownContent(head);
  const failedAtOnce = /^(?:byte \d{1,2}|line 1)$/.test(error.where ?? '');
  return kind === 'text' && failedAtOnce ? new DecodeError(`${error.message}; this looks like ${what}`) : error;
}

function unknownContent(head: Uint8Array): DecodeError {
  const { what, advice } = recogniseContent(head);
  return new DecodeError(
    advice === null
      ? `This is ${what}, no profile that Emberline knows: it reads ${describeFormats()}.`
      : `This is ${what}, which Emberline does not read: ${advice}.`,
  );
}
