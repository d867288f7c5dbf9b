import type { HotFile } from '../engine/lineApi';
import { noSourceSentence } from '../sources/noSource';
import { type MappingSuggestion, type SuffixMatch, suggestMappings } from '../sources/pathMappings';
import type { Explanation, SourceResolver } from '../sources/sourceResolver';
import { formatCount, formatPercent, plural } from '../units/units';

export type FileState = 'missing' | 'ambiguous' | 'found' | 'none';

/** A file of a profile, and how it was looked for. */
export interface ExplainedFile {
  readonly recorded: string;
  /** In the view's unit. */
  readonly self: number;
  readonly total: number;
  readonly state: FileState;
  readonly explanation: Explanation;
  /** One sentence's part: which rule led where, or why none did. */
  readonly reason: string;
}

export interface SourceReport {
  /** Hottest first. */
  readonly files: readonly ExplainedFile[];
  /** How many more there are. */
  readonly left: number;
  readonly viewTotal: number;
  readonly suggestions: readonly MappingSuggestion[];
}

/** Files beyond these share next to nothing of the samples. */
const mostFiles = 2000;
const atOnce = 16;

/** Looks for every file of a profile, hottest first. */
export async function explainFiles(
  hottest: readonly HotFile[],
  viewTotal: number,
  resolver: SourceResolver,
  severalFolders: boolean,
  signal: AbortSignal,
): Promise<SourceReport> {
  const wanted = hottest.slice(0, mostFiles);
  const files: ExplainedFile[] = new Array(wanted.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < wanted.length && !signal.aborted) {
      const at = next++;
      const { path, self, total } = wanted[at]!;
      const explanation = await resolver.explain(path);
      const none = noSourceSentence('code', path);
      files[at] = {
        recorded: path,
        self,
        total,
        state: none !== null && explanation.resolution.kind !== 'found' ? 'none' : explanation.resolution.kind,
        explanation,
        reason: reasonOf(explanation, none !== null),
      };
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  signal.throwIfAborted();
  return {
    files,
    left: hottest.length - wanted.length,
    viewTotal,
    suggestions: suggestMappings(files.flatMap(suffixMatch), severalFolders),
  };
}

function suffixMatch({ recorded, explanation: { resolution } }: ExplainedFile): SuffixMatch[] {
  const match = resolution.kind === 'found' ? resolution.match : null;
  return match === null ? [] : [{ recorded, folder: match.folder, relativePath: match.relativePath }];
}

function reasonOf({ resolution, attempts }: Explanation, none: boolean): string {
  const last = attempts.at(-1);
  if (resolution.kind === 'found') {
    return last === undefined ? '' : `${last.rule}: ${last.led}`;
  }
  if (none) {
    return 'Built in, or made at run time: there is no file';
  }
  if (resolution.kind === 'ambiguous') {
    const { candidates } = resolution;
    const named = candidates.slice(0, 3).map(({ relativePath }) => relativePath);
    const more = candidates.length > named.length ? `, and ${candidates.length - named.length} more` : '';
    return candidates.length === 1 ? `Perhaps ${named[0]!}: only the name agrees` : `Any of ${named.join(', ')}${more}`;
  }
  return last === undefined ? 'The text names no file' : `${counted(attempts.length, 'place')} tried; ${last.led}`;
}

const titles: Readonly<Record<FileState, string>> = {
  missing: 'Not found',
  ambiguous: 'Which file is not clear',
  found: 'Found',
  none: 'Without a source file',
};

/** The files by state, what is to be mended first; states without files are left out. */
export function groupByState(report: SourceReport): { state: FileState; title: string; files: ExplainedFile[] }[] {
  return (['missing', 'ambiguous', 'found', 'none'] as const).flatMap((state) => {
    const files = report.files.filter((file) => file.state === state);
    const self = files.reduce((sum, file) => sum + file.self, 0);
    const share = formatPercent(self, report.viewTotal);
    return files.length === 0
      ? []
      : [{ state, title: `${titles[state]}: ${counted(files.length, 'file')}, ${share} self`, files }];
  });
}

/** "3 files" */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${plural(count, noun)}`;
}

/** "12.3% self · 40.0% total" */
export function sharesOf({ self, total }: ExplainedFile, viewTotal: number): string {
  return `${formatPercent(self, viewTotal)} self · ${formatPercent(total, viewTotal)} total`;
}
