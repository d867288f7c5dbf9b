import type { HotRows } from '../engine/agentApi';
import type { TopRow } from '../engine/topApi';
import { formatPercent, formatValue } from '../units/units';
import type { AgentHost, AgentOptions, AgentProfile, SourceLine } from './agentHost';
import { boundedJson, boundedText, DATA_NOTE, plainText } from './answer';
import { chosenView, viewText } from './chosenView';
import type { InputOf } from './inputSchema';
import { newerFiles, newerNotes } from './newerFiles';
import type { hotLinesTool } from './toolDefinitions';

export type HotLinesInput = InputOf<(typeof hotLinesTool)['inputSchema']>;

const DEFAULT_LIMIT = 20;

/** `emberline_hot_lines`. @throws Error with a sentence */
export async function answerHotLines(
  host: AgentHost,
  input: HotLinesInput,
  largest: number,
  options: AgentOptions,
): Promise<string> {
  const opened = await host.open(input.profile ?? null, options);
  try {
    return await describeHotLines(host, opened, input, largest, options);
  } finally {
    opened.release();
  }
}

/** The hottest rows of a profile that is open. @param before what is said first, such as how it was captured */
export async function describeHotLines(
  host: AgentHost,
  opened: AgentProfile,
  input: HotLinesInput,
  largest: number,
  { signal }: AgentOptions,
  before: readonly string[] = [],
): Promise<string> {
  const { by = 'line', sort = 'self', limit = DEFAULT_LIMIT } = input;
  const view = chosenView(opened, input);
  const { profile } = opened.summary;
  const filter = { path: input.path ?? null, name: input.name ?? null };
  const found = await host.engine.request('hotRows', { profile, view, by, sort, limit, ...filter }, { signal });
  const texts = by === 'line' ? await textsOf(opened, found.rows) : found.rows.map(() => null);
  const notes = [
    ...opened.summary.notes.slice(0, 3).map((note) => plainText(note)),
    ...(by === 'line'
      ? newerNotes(
          new Set(texts.flatMap((source) => (source?.newer ? [source.path] : []))),
          'the recording',
          'their lines may have moved, so that their text is not quoted',
        )
      : newerNotes(await newerFiles(opened, found.rows))),
  ].map((note) => `Note: ${note}`);
  if (input.format === 'json') {
    const rows = found.rows.map((row, i) => ({ ...plainRow(row), source: texts[i] }));
    const head = { name: plainText(opened.name), profile: plainProfile(found.profile), by, sort, notes };
    return boundedJson(head, rows, found.count, largest);
  }
  const head = [
    ...before,
    viewText(opened, view, found.profile),
    DATA_NOTE,
    ...notes,
    ...(found.count === 0 ? [nothing(filter)] : [`Hottest ${by === 'line' ? 'lines' : `${by}s`} by ${sort}:`]),
  ];
  const blocks = found.rows.map((row, i) => rowText(row, i + 1, by, found.profile, texts[i] ?? null));
  return boundedText(head, blocks, (shown) => footText(found, shown, sort), largest);
}

function nothing({ path, name }: { path: string | null; name: string | null }): string {
  return path === null && name === null ? 'There are no samples.' : 'Nothing sampled has that path and name.';
}

function footText(found: HotRows, shown: number, sort: 'self' | 'total'): string[] {
  if (shown >= found.count) return [];
  const rest = found.count - shown;
  const part = sort === 'self' ? found.rows.slice(0, shown).reduce((sum, row) => sum + row.self, 0) : null;
  const covered = part === null ? '' : ` Those shown are ${formatPercent(part, found.profile.total)} of self.`;
  return [`${rest} more rows are left out: narrow by path or name, or raise limit (at most 100).${covered}`];
}

/** At most a few files are read at once. */
async function textsOf(opened: AgentProfile, rows: readonly TopRow[]): Promise<(SourceLine | null)[]> {
  const texts: (SourceLine | null)[] = [];
  for (const { file, line } of rows) {
    const found = file === null || line === null ? null : await opened.sourceLine(file, line).catch(() => null);
    // Of a newer file nothing is quoted: another line's text is believed more than a note beside it is, and what stands
    // there now can be read in the file itself.
    const text = found === null || found.text === null || found.newer ? null : plainText(found.text);
    texts.push(found === null ? null : { ...found, path: plainText(found.path), text });
  }
  return texts;
}

function rowText(
  row: TopRow,
  rank: number,
  by: 'line' | 'function' | 'file',
  { total, unit }: HotRows['profile'],
  source: SourceLine | null,
): string {
  const share = (value: number): string => `${formatPercent(value, total)} (${formatValue(value, unit)})`;
  const recorded = placeText(row);
  const here = source === null ? recorded : `${source.path}:${source.line}`;
  const moved = source === null || recorded.endsWith(here) ? '' : ` [recorded as ${recorded}]`;
  const name = by === 'file' ? '' : `  ${plainText(row.name)}`;
  const changed = source?.changed ? ' [changed since the recording]' : '';
  const text = source === null || source.text === null ? '' : `\n     | ${source.text}${changed}`;
  return `${rank}. self ${share(row.self)}, total ${share(row.total)}  ${here}${moved}${name}${text}`;
}

/** `file:line` as recorded, or that there is none. */
export function placeText({ file, line }: Pick<TopRow, 'file' | 'line'>): string {
  if (file === null) return '(no file)';
  return plainText(line === null ? file : `${file}:${line}`, 320);
}

export function plainRow<R extends { name: string; file: string | null }>(row: R): R {
  return { ...row, name: plainText(row.name), file: row.file === null ? null : plainText(row.file, 300) };
}

export function plainProfile(profile: HotRows['profile']): object {
  const { sampleTypes, ...rest } = profile;
  const types = sampleTypes.slice(0, 20).map(({ type, unit }) => ({ type: plainText(type), unit: plainText(unit) }));
  return { ...rest, sampleType: plainText(rest.sampleType), unit: plainText(rest.unit), sampleTypes: types };
}
