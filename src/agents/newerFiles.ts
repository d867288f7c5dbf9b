import type { AgentProfile } from './agentHost';
import { plainText } from './answer';

/** Each is looked for on disk: an answer of very many files is checked as far as this. */
const MOST_LOOKED_AT = 30;
const MOST_NAMED = 5;
const LONGEST_PATH = 100;

interface Place {
  readonly file: string | null;
  readonly line: number | null;
}

/** Of the files whose lines are named, those that were written after the recording, as they are called here. */
export async function newerFiles(
  { sourceLine }: Pick<AgentProfile, 'sourceLine'>,
  places: Iterable<Place>,
): Promise<Set<string>> {
  const lineOf = new Map<string, number>();
  for (const { file, line } of places) {
    if (lineOf.size >= MOST_LOOKED_AT) break;
    if (file !== null && line !== null && !lineOf.has(file)) lineOf.set(file, line);
  }
  const newer = new Set<string>();
  for (const [file, line] of lineOf) {
    const found = await sourceLine(file, line).catch(() => null);
    if (found?.newer) newer.add(found.path);
  }
  return newer;
}

/**
 * What is said of such files, each named once and few of them.
 * @param after the recording
 * @param so what follows, of "their" lines
 */
export function newerNotes(
  files: ReadonlySet<string>,
  after = 'the recording',
  so = 'their lines may have moved',
): string[] {
  if (files.size === 0) return [];
  const named = [...files].slice(0, MOST_NAMED).map((path) => endOf(plainText(path)));
  const rest = files.size - named.length;
  const more = rest === 0 ? '' : ` and ${rest} more ${rest === 1 ? 'file' : 'files'}`;
  const were = files.size === 1 ? 'was' : 'were';
  const said = files.size === 1 ? so.replaceAll('their', 'its') : so;
  return [`${named.join(', ')}${more} ${were} written after ${after}: ${said}.`];
}

/** A path's end tells more than its start. */
function endOf(path: string): string {
  return path.length <= LONGEST_PATH ? path : `…${path.slice(1 - LONGEST_PATH)}`;
}
