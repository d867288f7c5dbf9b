import type { Neighbourhood, NeighbourPlace, NeighbourStep, Neighbours } from '../engine/agentApi';
import { formatPercent, formatValue } from '../units/units';
import type { AgentHost, AgentOptions } from './agentHost';
import { boundedJson, boundedText, DATA_NOTE, plainText } from './answer';
import { chosenView, viewText } from './chosenView';
import { placeText, plainProfile, plainRow } from './hotLines';
import type { InputOf } from './inputSchema';
import { newerFiles, newerNotes } from './newerFiles';
import type { callersTool } from './toolDefinitions';

export type CallersInput = InputOf<(typeof callersTool)['inputSchema']>;

const DEFAULT_LIMIT = 10;

/** `emberline_callers`. @throws Error with a sentence */
export async function answerCallers(
  host: AgentHost,
  input: CallersInput,
  largest: number,
  options: AgentOptions,
): Promise<string> {
  const of = wanted(input);
  const opened = await host.open(input.profile ?? null, options);
  try {
    const view = chosenView(opened, input);
    const { depth = 1, limit = DEFAULT_LIMIT } = input;
    const { profile } = opened.summary;
    const found = await host.engine.request('neighbours', { profile, view, of, depth, limit }, options);
    if (found.found.length === 0) throw new Error(missing(of, found));
    const places = found.found.flatMap((each) => [each, ...each.callers, ...each.callees]);
    const notes = newerNotes(await newerFiles(opened, [...found.found, ...found.others, ...places]));
    return input.format === 'json'
      ? json(found, notes, largest)
      : text(of, found, [viewText(opened, view, found.profile), DATA_NOTE, ...notes.map(noteText)], largest);
  } finally {
    opened.release();
  }
}

type Wanted = { name: string; path: string | null } | { path: string; line: number };

function wanted({ function: name, path, line }: CallersInput): Wanted {
  if (name !== undefined && name !== '' && line === undefined) return { name, path: path ?? null };
  if (name === undefined && path !== undefined && line !== undefined) return { path, line };
  throw new Error(
    'Name a function ("function", with "path" where several have its name), or a line ("path" and "line").',
  );
}

function missing(of: Wanted, { others }: Neighbours): string {
  if ('name' in of) {
    const where = of.path === null ? '' : ` in a file like ${plainText(of.path)}`;
    return `No function with samples is named like "${plainText(of.name)}"${where}: emberline_hot_lines lists what there is.`;
  }
  const near = others.map((place) => placeText(place)).join(', ');
  const known = near === '' ? 'it has no line of such a file' : `the nearest lines are ${near}`;
  return plainText(`The profile has no samples on ${of.path}:${of.line}: ${known}.`, 1000);
}

function noteText(note: string): string {
  return `Note: ${note}`;
}

/** `of` in a row is the place in `found` of what it calls or is called by. */
function json({ profile, found, line, others }: Neighbours, notes: readonly string[], largest: number): string {
  const rows = found.flatMap(({ callers, callees }, of) => [
    ...callers.map((step) => ({ of, side: 'caller', ...plainRow(step) })),
    ...callees.map((step) => ({ of, side: 'callee', ...plainRow(step) })),
  ]);
  const head = {
    profile: plainProfile(profile),
    notes,
    found: found.map(({ callers: _, callees: __, ...place }) => plainRow(place)),
    line,
    others: others.map(plainRow),
  };
  const direct = rows.filter(({ depth }) => depth === 1).length;
  const neighbours = found.reduce((sum, each) => sum + each.callerCount + each.calleeCount, 0);
  return boundedJson(head, rows, rows.length + neighbours - direct, largest);
}

function text(of: Wanted, { profile, found, line, others }: Neighbours, said: string[], largest: number): string {
  const share = (value: number): string =>
    `${formatPercent(value, profile.total)} (${formatValue(value, profile.unit)})`;
  const values = ({ self, total }: { self: number; total: number }): string =>
    `self ${share(self)}, total ${share(total)}`;
  const place = (at: NeighbourPlace): string => `${plainText(at.name)}  ${placeText(at)}`;
  const step = (each: NeighbourStep): string =>
    `${'  '.repeat(each.depth)}${share(each.value)}  ${plainText(each.name)}  ${placeText(each)}`;
  const side = (title: string, none: string, steps: readonly NeighbourStep[], count: number): string[] => {
    if (steps.length === 0) return [none];
    const direct = steps.filter(({ depth }) => depth === 1).length;
    return [`${title}${direct < count ? ` (the heaviest ${direct} of ${count})` : ''}:`, ...steps.map(step)];
  };
  const around = ({ callers, callees, callerCount, calleeCount }: Neighbourhood): string[] => [
    ...side('Called by', 'Nothing calls it: it is the outermost function of its stacks.', callers, callerCount),
    ...side('Calls', 'It calls nothing that was sampled.', callees, calleeCount),
  ];
  const [first] = found;
  const also = others.map((each) => `${place(each)} ${share(each.total)}`).join('; ');
  const several = found.length === 1 ? null : line === null ? 'Lines of several files' : placeText(first!);
  const whole = line === null ? '' : `: ${values(line)}`;
  const head = [
    ...said,
    several === null
      ? `${place(first!)}: ${values(first!)}`
      : `${several}${whole}, in several functions, the heaviest first:`,
    ...(also === '' ? [] : [`${'name' in of ? 'Others of that name' : 'Also on that line'}: ${also}`]),
  ];
  const blocks =
    several === null
      ? around(first!)
      : found.flatMap((each, i) => [`${i + 1}. ${place(each)}: ${values(each)}`, ...around(each)]);
  const foot = (shown: number): string[] =>
    shown >= blocks.length ? [] : [`${blocks.length - shown} more lines are left out: lower depth or limit.`];
  return boundedText(head, blocks, foot, largest);
}
