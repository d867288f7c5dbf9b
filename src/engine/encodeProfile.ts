import { formatByName, writableFormats } from '../formats/registry';
import { baseName } from './baseName';
import type { EnginePlatform } from './enginePlatform';
import { writeFlamePage } from './flamePage';
import type { OpenProfile } from './openProfile';

/** What `encode` writes: every writable format, and the stand-alone flame graph page. */
export interface Encoding {
  /** To be named in `encode` requests. */
  readonly name: string;
  readonly title: string;
  /** Endings of file names, the usual one first. */
  readonly extensions: readonly string[];
}

const PAGE: Encoding = { name: 'html', title: 'Flame graph page', extensions: ['.html', '.htm'] };

export function listEncodings(): Encoding[] {
  return [...writableFormats(), PAGE];
}

/** The encoding that a path's ending names, null where there is none. */
export function encodingForPath(path: string): Encoding | null {
  const lower = path.toLowerCase();
  return listEncodings().find(({ extensions }) => extensions.some((ending) => lower.endsWith(ending))) ?? null;
}

/** @throws Error for a format that cannot be written, or a profile that does not fit it. */
export function encodeProfile(platform: EnginePlatform, open: OpenProfile, name: string): Uint8Array {
  const { profile } = open;
  if (name === PAGE.name) {
    const sampleType = profile.meta.defaultSampleType;
    const { tree } = open.view({ sampleType, thread: null });
    const page = writeFlamePage(
      profile,
      tree,
      profile.sampleTypes[sampleType].unit,
      baseName(open.name),
      platform.flamePageScript(),
    );
    return new TextEncoder().encode(page);
  }
  const format = formatByName(name);
  if (format?.encode === undefined) throw new Error(`Emberline cannot write the format "${name}".`);
  const bytes = format.encode(profile);
  return format.gzipped === true ? platform.gzip(bytes) : bytes;
}
