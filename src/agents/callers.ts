import type { NeighbourPlace, NeighbourStep, Neighbours } from '../engine/agentApi';
import { formatPercent, formatValue } from '../units/units';
import type { AgentHost, AgentOptions } from './agentHost';
import { boundedJson, boundedText, DATA_NOTE, plainText } from './answer';
import { chosenView, viewText } from './chosenView';
import { placeText, plainProfile, plainRow } from './hotLines';
import type { InputOf } from './inputSchema';
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
    if (found.found === null) throw new Error(missing(of, found));
    return input.format === 'json' ? json(found, largest) : text(found, viewText(opened, view, found.profile), largest);
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

function json(found: Neighbours, largest: number): string {
  const { callers, callees, others } = found;
  const rows = [
    ...callers.map((step) => ({ side: 'caller', ...plainRow(step) })),
    ...callees.map((step) => ({ side: 'callee', ...plainRow(step) })),
  ];
  const head = {
    profile: plainProfile(found.profile),
    found: plainRow(found.found!),
    others: others.map(plainRow),
    callerCount: found.callerCount,
    calleeCount: found.calleeCount,
  };
  const direct = rows.filter(({ depth }) => depth === 1).length;
  return boundedJson(head, rows, rows.length + found.callerCount + found.calleeCount - direct, largest);
}

function text(found: Neighbours, view: string, largest: number): string {
  const { profile, callers, callees, others } = found;
  const share = (value: number): string =>
    `${formatPercent(value, profile.total)} (${formatValue(value, profile.unit)})`;
  const place = (at: NeighbourPlace): string => `${plainText(at.name)}  ${placeText(at)}`;
  const { name, file, line, self, total } = found.found!;
  const head = [
    view,
    DATA_NOTE,
    `${place({ name, file, line, self, total })}: self ${share(self)}, total ${share(total)}`,
    ...(others.length === 0
      ? []
      : [`Others of that name: ${others.map((each) => `${place(each)} ${share(each.total)}`).join('; ')}`]),
  ];
  const step = (each: NeighbourStep): string =>
    `${'  '.repeat(each.depth)}${share(each.value)}  ${plainText(each.name)}  ${placeText(each)}`;
  const side = (title: string, none: string, steps: readonly NeighbourStep[], count: number): string[] => {
    if (steps.length === 0) return [none];
    const direct = steps.filter(({ depth }) => depth === 1).length;
    return [`${title}${direct < count ? ` (the heaviest ${direct} of ${count})` : ''}:`, ...steps.map(step)];
  };
  const blocks = [
    ...side('Called by', 'Nothing calls it: it is the outermost function of its stacks.', callers, found.callerCount),
    ...side('Calls', 'It calls nothing that was sampled.', callees, found.calleeCount),
  ];
  const foot = (shown: number): string[] =>
    shown >= blocks.length ? [] : [`${blocks.length - shown} more lines are left out: lower depth or limit.`];
  return boundedText(head, blocks, foot, largest);
}
