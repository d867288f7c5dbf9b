import { austin } from './austin/austin';
import { callgrind } from './callgrind/callgrind';
import { chromeTrace } from './chromeTrace/chromeTrace';
import { cpuprofile } from './cpuprofile/cpuprofile';
import { firefox } from './firefox/firefox';
import { folded } from './folded/folded';
import type { Format } from './format';
import { heapprofile } from './heapprofile/heapprofile';
import { jfr } from './jfr/jfr';
import { memleak } from './memleak/memleak';
import { otlp } from './otlp/otlp';
import { perfScript } from './perfScript/perfScript';
import { pprof } from './pprof/pprof';
import { pstats } from './pstats/pstats';
import { sentry } from './sentry/sentry';
import { speedscope } from './speedscope/speedscope';
import { vmprof } from './vmprof/vmprof';

/** Every format that Emberline reads. */
export const formats: readonly Format[] = [
  cpuprofile,
  heapprofile,
  chromeTrace,
  pprof,
  austin,
  vmprof,
  callgrind,
  perfScript,
  memleak,
  folded,
  firefox,
  sentry,
  speedscope,
  jfr,
  otlp,
  pstats,
];

/** How many of the first bytes `detectFormat` wants to see. */
export const headLength = 65536;

/**
 * Which format bytes are in: by content first; the name's ending decides between formats that are equally sure, and
 * where no content is recognised (so that the decoder can say what is wrong; `.txt` promises nothing). Null where
 * nothing fits.
 * @param head the first `headLength` bytes, decompressed, or all of a smaller input
 */
export function detectFormat(head: Uint8Array, name: string): Format | null {
  const byName = formatForEnding(name);
  // The usual case, which all others would not change.
  if (byName?.detect(head, name) === 'certain') {
    return byName;
  }
  const possible: Format[] = [];
  let certain: Format | null = null;
  for (const format of formats) {
    const confidence = format.detect(head, name);
    if (confidence === 'certain') {
      certain ??= format;
    } else if (confidence === 'possible') {
      possible.push(format);
    }
  }
  if (certain !== null) {
    return certain;
  }
  if (byName !== null && (possible.length === 0 ? !/\.txt$/i.test(name) : possible.includes(byName))) {
    return byName;
  }
  return possible[0] ?? null;
}

/** The format with a registry name, such as `pprof`. */
export function formatByName(name: string): Format | null {
  return formats.find((format) => format.name === name) ?? null;
}

/** The format that a path's ending names; `.gz` and `.zst` at its end do not count where no format has them. */
export function formatForEnding(path: string): Format | null {
  const lower = path.toLowerCase();
  return formatOf(lower) ?? formatOf(lower.replace(/\.(gz|zst)$/, ''));
}

function formatOf(lower: string): Format | null {
  return formats.find((format) => format.extensions.some((ending) => lower.endsWith(ending))) ?? null;
}

/** What can be read, for the end of an error about unknown content that has to be short: `V8 CPU, pprof, …`. */
export function describeFormats(): string {
  return formats.map(({ title }) => title.replace(/ profiles?$/, '')).join(', ');
}

/** The formats that Emberline also writes. */
export function writableFormats(): Format[] {
  return formats.filter((format) => format.encode !== undefined);
}
