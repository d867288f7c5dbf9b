import { DecodeError } from '../formats/decodeError';
import { describeForeign } from '../formats/foreignContent';
import { describeFormats, detectFormat, headLength } from '../formats/registry';
import type { Profile } from '../profile/profile';
import { applySourceMaps } from '../sources/sourceMaps';
import { baseName } from './baseName';
import { bytesSource } from './byteSource';
import type { EngineTask } from './engine';
import type { OpenParams } from './engineApi';
import type { EnginePlatform, EngineSource } from './enginePlatform';

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
  if (source.kind === 'bytes') return decodeSource(platform, bytesSource(name, source.bytes), name, task);
  const file = platform.openFile(source.path);
  try {
    return decodeSource(platform, file, name, task);
  } finally {
    file.close();
  }
}

function decodeSource(platform: EnginePlatform, packed: EngineSource, name: string, task: EngineTask): Profile {
  try {
    if (packed.size === 0) throw new DecodeError('The file is empty.');
    task.checkpoint(0, 'Reading');
    const source = platform.decompress(packed);
    const foreign = describeForeign(source.head(headLength));
    if (foreign !== null) throw new DecodeError(`${foreign}.`);
    const format = detectFormat(source.head(headLength), name);
    if (format === null) {
      throw new DecodeError(`The content is of no profile format that Emberline reads: ${describeFormats()}.`);
    }
    const profile = format.decode(source, {
      checkpoint: (fraction) => task.checkpoint(fraction ?? source.progress?.() ?? null, 'Reading'),
    });
    if (platform.scripts === null) return profile;
    task.checkpoint(null, 'Applying source maps');
    return applySourceMaps(profile, platform.scripts, () => task.checkpoint(null, 'Applying source maps'));
  } catch (error) {
    if (error instanceof DecodeError) throw new Error(`${baseName(name)}: ${error.message}`, { cause: error });
    throw error;
  }
}
