import { threadTitles } from '../analysis/threadNames';
import { filterText, type ViewSpec } from '../analysis/viewSpec';
import { formatByName, writableFormats } from '../formats/registry';
import type { Profile } from '../profile/profile';
import { baseName } from './baseName';
import type { ProfileEncoding } from './engineApi';
import type { EnginePlatform } from './enginePlatform';
import { writeFlamePage } from './flamePage';
import { writeFlameSvg } from './flameSvg';
import type { OpenProfile } from './openProfile';

/** What `encode` writes: every writable format, and the stand-alone flame graph as a page and as a picture. */
export interface Encoding {
  /** To be named in `encode` requests. */
  readonly name: string;
  readonly title: string;
  /** Endings of file names, the usual one first. */
  readonly extensions: readonly string[];
}

const PAGE: Encoding = { name: 'html', title: 'Flame graph page', extensions: ['.html', '.htm'] };
const PICTURE: Encoding = { name: 'svg', title: 'Flame graph picture', extensions: ['.svg'] };

export function listEncodings(): Encoding[] {
  const formats = writableFormats().map(({ name, title, extensions }) => ({ name, title, extensions }));
  return [...formats, PAGE, PICTURE];
}

/** What a profile can be written as, and what it cannot, with the reason. */
export function listEncodingsFor({ profile }: OpenProfile, view?: ViewSpec): ProfileEncoding[] {
  const shown = withDefaultType(profile, view?.sampleType ?? profile.meta.defaultSampleType);
  return listEncodings().map(({ name, title, extensions }) => ({
    name,
    title,
    extensions: [...extensions],
    unfit: formatByName(name)?.unfit?.(shown) ?? null,
  }));
}

/** The encoding that a path's ending names, null where there is none. */
export function encodingForPath(path: string): Encoding | null {
  const lower = path.toLowerCase();
  return listEncodings().find(({ extensions }) => extensions.some((ending) => lower.endsWith(ending))) ?? null;
}

/** Whether it is a picture of a view rather than a profile. */
export function isDrawing({ name }: Encoding): boolean {
  return name === PAGE.name || name === PICTURE.name;
}

/** @throws Error for a format that cannot be written, or a profile that does not fit it. */
export function encodeProfile(platform: EnginePlatform, open: OpenProfile, name: string, view?: ViewSpec): Uint8Array {
  const { profile } = open;
  if (name === PAGE.name || name === PICTURE.name) {
    const spec = view ?? { sampleType: profile.meta.defaultSampleType, thread: null };
    const { tree, profile: shown } = open.view(spec);
    const { type, unit } = profile.sampleTypes[spec.sampleType];
    // What is left out must be seen in a picture that stands alone.
    const file = [baseName(open.name), scopeText(profile, spec)].filter((part) => part !== '').join(' · ');
    const title = profile.sampleTypes.length > 1 ? `${file} · ${type}` : file;
    const text =
      name === PAGE.name
        ? writeFlamePage(shown, tree, unit, title, platform.flamePageScript())
        : writeFlameSvg(shown, tree, { title: file, sampleType: type, unit });
    return new TextEncoder().encode(text);
  }
  const format = formatByName(name);
  if (format?.encode === undefined) throw new Error(`Emberline cannot write the format "${name}".`);
  const bytes = format.encode(withDefaultType(profile, view?.sampleType ?? profile.meta.defaultSampleType));
  return format.gzipped === true ? platform.gzip(bytes) : bytes;
}

/** Which samples a view has, in words; empty where it has all. */
function scopeText({ threads }: Profile, { thread, filter }: ViewSpec): string {
  const one = thread === null || threads.length === 1 ? '' : `thread: ${threadTitles(threads)[thread]}`;
  return [one, filterText(filter)].filter((part) => part !== '').join(', ');
}

/** The profile with another default sample type, which is what formats that hold one write. */
function withDefaultType(profile: Profile, sampleType: number): Profile {
  const { meta, sampleTypes } = profile;
  if (sampleType === meta.defaultSampleType) return profile;
  if (sampleTypes[sampleType] === undefined) throw new RangeError(`There is no sample type ${sampleType}.`);
  return { ...profile, meta: { ...meta, defaultSampleType: sampleType } };
}
