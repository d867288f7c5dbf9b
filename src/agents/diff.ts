import { compareViews } from '../analysis/comparison';
import type { ViewSpec } from '../analysis/viewSpec';
import { commonView } from '../engine/commonView';
import type { DiffResult, DiffRow } from '../engine/compareApi';
import { formatPercent, formatPoints } from '../units/units';
import type { AgentHost, AgentOptions, AgentProfile } from './agentHost';
import { boundedJson, boundedText, DATA_NOTE, plainText } from './answer';
import { chosenFilter, chosenView, type SampleInput, viewText } from './chosenView';
import { placeText, plainProfile, plainRow } from './hotLines';
import type { InputOf } from './inputSchema';
import { newerFiles, newerNotes } from './newerFiles';
import type { diffTool } from './toolDefinitions';

export type DiffInput = InputOf<(typeof diffTool)['inputSchema']>;

const DEFAULT_LIMIT = 20;
const LONGEST_NOTE = 800;

/** `emberline_diff`. @throws Error with a sentence */
export async function answerDiff(
  host: AgentHost,
  input: DiffInput,
  largest: number,
  options: AgentOptions,
): Promise<string> {
  const next = await host.open(input.new ?? null, options);
  try {
    const base = input.base === undefined ? await host.openBaseline(options) : await host.open(input.base, options);
    try {
      return await compare(host, base, next, input, largest, options);
    } finally {
      base.release();
    }
  } finally {
    next.release();
  }
}

async function compare(
  host: AgentHost,
  base: AgentProfile,
  next: AgentProfile,
  input: DiffInput,
  largest: number,
  { signal }: AgentOptions,
): Promise<string> {
  const { by = 'function', sort = 'self', limit = DEFAULT_LIMIT } = input;
  const { view, baseView, notes } = viewsOf(base, next, input);
  const found = await host.engine.request(
    'changedRows',
    {
      profile: next.summary.profile,
      view,
      base: { profile: base.summary.profile, view: baseView },
      ...{ by, sort, limit, path: input.path ?? null, name: input.name ?? null },
    },
    { signal },
  );
  const newer = by === 'file' ? new Set<string>() : await newerFiles(next, found.rows);
  // Lines are paired by their numbers: those of before may be others already where the file was edited in between.
  const between = by === 'line' ? await newerFiles(base, found.rows) : new Set<string>();
  const said = [
    ...base.summary.notes.slice(0, 2),
    ...next.summary.notes.slice(0, 2),
    ...notes,
    ...newerNotes(newer, `the recording of ${plainText(next.name, 100)}`),
    ...newerNotes(
      new Set([...between].filter((path) => !newer.has(path))),
      `the recording of ${plainText(base.name, 100)}`,
      'their lines may have moved between the two',
    ),
  ];
  if (input.format === 'json') {
    const head = {
      base: plainProfile(found.base),
      new: plainProfile(found.new),
      by,
      sort,
      notes: said.map((note) => plainText(note, LONGEST_NOTE)),
    };
    return boundedJson(head, found.rows.map(plainRow), found.count, largest);
  }
  const head = [
    `Before: ${viewText(base, baseView, found.base)}`,
    `Now: ${viewText(next, view, found.new)}`,
    DATA_NOTE,
    ...said.map((note) => `Note: ${plainText(note, LONGEST_NOTE)}`),
    found.count === 0
      ? 'There are no such rows in either profile.'
      : `Changes of each row’s share by ${by}, the largest change of ${sort} first (pp: percentage points, + grew):`,
  ];
  const blocks = found.rows.map((row, i) => rowText(row, i + 1, by, found));
  const foot = (shown: number): string[] =>
    shown >= found.count
      ? []
      : [`${found.count - shown} more rows with smaller changes are left out: narrow by path or name, or raise limit.`];
  return boundedText(head, blocks, foot, largest);
}

/** What is looked at beside the same of the base; where the base lacks its type and none is asked for, what both have. */
function viewsOf(
  base: AgentProfile,
  next: AgentProfile,
  input: SampleInput,
): { view: ViewSpec; baseView: ViewSpec; notes: readonly string[] } {
  const looked = chosenView(next, input);
  const comparison = compareViews(next.summary, looked, base.summary);
  const views =
    comparison.kind === 'comparison'
      ? { view: looked, baseView: comparison.view, notes: comparison.notes }
      : commonView(base.summary, next.summary, input.type ?? null);
  const filter = chosenFilter(next.summary, input);
  if (filter === null) return views;
  // As asked for, of both: a base without such samples is an error, not the whole base.
  const baseFilter = chosenFilter(base.summary, input);
  return {
    ...views,
    view: { ...views.view, thread: null, filter },
    baseView: { ...views.baseView, thread: null, filter: baseFilter },
  };
}

function rowText(
  row: DiffRow,
  rank: number,
  by: 'function' | 'line' | 'file',
  { base, new: next }: DiffResult,
): string {
  const change = (delta: number, sure: boolean, before: number, now: number): string => {
    const chance = sure || delta === 0 ? '' : ', may be chance';
    return `${formatPoints(delta)} (${formatPercent(before, base.total)} → ${formatPercent(now, next.total)}${chance})`;
  };
  const self = change(row.deltaSelf, row.sureSelf, row.baseSelf, row.newSelf);
  const total = change(row.deltaTotal, row.sureTotal, row.baseTotal, row.newTotal);
  const state =
    row.baseTotal === 0 && row.baseSelf === 0 ? ' new' : row.newTotal === 0 && row.newSelf === 0 ? ' gone' : '';
  const name = by === 'file' ? '' : `  ${plainText(row.name)}`;
  return `${rank}. self ${self}, total ${total}${state}  ${placeText(row)}${name}`;
}
