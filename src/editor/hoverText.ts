import { dimensionName, valueName } from '../analysis/viewSpec';
import type { InlineChain, LineDetails, LineNeighbour, LineSplitSummary } from '../engine/lineApi';
import { formatExactCount, formatNamedValue, formatPercent, formatValue } from '../units/units';
import { wilsonInterval } from '../units/wilson';
import { type ChartLink, sandwichCommand, showInFlameGraphCommand } from './chartLink';
import { changeText, lineChange } from './heatChange';
import { type HotLine, type HotLines, shareOf } from './hotLines';
import { commandLink, markdownText } from './markdownText';
import { openLocationCommand } from './openLocationCommand';
import { setCommitCommand } from './setCommitCommand';
import { busiestStretch, timelineImage, timelineText } from './timelineImage';

/** What the link's command accepts. */
const maxLinkedPath = 4096;
/** From so many samples on chance moves a share by little. */
const manySamples = 100;

/** What a hover says beside the engine's details. */
export interface HoverContext {
  readonly line: HotLine;
  readonly hot: HotLines;
  /** The engine's number of the profile. */
  readonly profile: number;
  /** `hot.ts:4`. */
  readonly place: string;
  /** Whether the format knows a function's total only where it is declared (V8). */
  readonly declared: boolean;
  /** Whether the file was changed between the recording and its opening, so that lines may have moved. */
  readonly movedFile: boolean;
  /** The part of the profile that is looked at, in words; empty for all of it. */
  readonly scope: string;
  /** The label where its 100 % is something else than the view: `98.9% self of function`; empty elsewhere. */
  readonly label: string;
  readonly theme: 'dark' | 'light';
}

/**
 * A hover as Markdown: what matters first. The actions stand above the details, as VS Code shows a quarter of the
 * editor's height and scrolls the rest. Names come from the profile, and are escaped one by one.
 */
export function hoverText(details: LineDetails, context: HoverContext): string {
  const { total, viewTotal } = details;
  const { line, hot } = context;
  return paragraphs([
    headline(details),
    confidenceText(details),
    actionsText(details, context),
    context.label === '' ? '' : `$(symbol-ruler) ${markdownText(context.label)}`,
    context.scope === '' ? '' : `$(filter) Only ${markdownText(context.scope)}`,
    line.stale
      ? '$(warning) *The code of this line changed after the recording: these are the values of the line that stood here.*'
      : context.movedFile
        ? doubtText(hot.baseline?.doubtful === true ? 'both recordings' : 'the recording')
        : hot.baseline?.doubtful === true
          ? doubtText("the baseline's recording")
          : '',
    baselineText(line, hot),
    timelineMarkdown(details, context.theme),
    functionsText(details),
    ...details.inlined.map((chain) => inlineText(chain, viewTotal)),
    neighboursText('Called by', details.callers, viewTotal),
    neighboursText('Calls', details.callees, viewTotal),
    ...details.splits.map((split) => splitText(split, total)),
    context.declared ? '*V8 records totals for whole functions: they stand where a function begins.*' : '',
  ]);
}

function doubtText(recording: string): string {
  return `$(warning) *This file was changed after ${recording}: its lines may have moved.* [Set the Profile's Commit…](command:${setCommitCommand})`;
}

/** For a line that only the baseline has. */
export function vanishedText(line: HotLine, hot: HotLines): string {
  return paragraphs(['$(flame) **No samples** in this profile', baselineText(line, hot)]);
}

function paragraphs(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

/** `**4.2% self** 517 ms`; a value of nothing has no amount. */
export function sharePart(value: number, viewTotal: number, word: string, amount: string): string {
  return value === 0
    ? `**0% ${word}**`
    : `**${markdownText(formatPercent(value, viewTotal))} ${word}** ${markdownText(amount)}`;
}

function headline({ self, total, samples, viewSamples, viewTotal, unit, type }: LineDetails): string {
  const part = (value: number, word: string): string =>
    sharePart(value, viewTotal, word, formatNamedValue(value, unit, type));
  const counted = `${formatExactCount(Math.round(samples))} of ${formatExactCount(Math.round(viewSamples))} samples`;
  return `$(flame) ${part(self, 'self')} · ${part(total, 'total')} · ${counted}`;
}

/**
 * How sure a share of few samples is; empty where there are many, or where values are no samples taken at random.
 * Says Wilson's interval of the count of samples.
 */
export function confidenceText(details: LineDetails): string {
  const { samples, selfSamples, viewSamples, sampled } = details;
  if (!sampled || samples >= manySamples || !(samples > 0) || !(viewSamples > 0)) {
    return '';
  }
  const between = (hits: number): string => {
    const { from, to } = wilsonInterval(Math.round(hits), Math.round(viewSamples));
    return `between ${formatPercent(from, 1)} and ${formatPercent(to, 1)}`;
  };
  const same = Math.round(samples) === Math.round(selfSamples);
  const self = selfSamples > 0 && !same ? `, self ${between(selfSamples)}` : '';
  const text = `Few samples: with 95% confidence ${same ? 'self and total are' : 'the total is'} ${between(samples)}${self}.`;
  return `$(info) *${markdownText(text)}*`;
}

function baselineText(line: HotLine, hot: HotLines): string {
  const { baseline: whole } = hot;
  const { baseline: before } = line;
  if (whole === null || before === null) {
    return '';
  }
  const parts = (['self', 'total'] as const).flatMap((metric) => {
    const change = lineChange(line, hot, metric);
    if (change === null || (line[metric] === 0 && before[metric] === 0)) {
      return [];
    }
    const text = change.kind === 'same' ? 'unchanged' : changeText(change, hot);
    const chance = change.sure || change.kind === 'same' ? '' : ' (may be chance)';
    const was = formatPercent(shareOf(before[metric], whole.viewTotal), 1);
    return [`${metric} **${markdownText(text)}**${chance}, was ${markdownText(was)}`];
  });
  const since = line.rewritten ? 'Since the baseline, in which this line had other code' : 'Since the baseline';
  return parts.length === 0 ? '' : `$(git-compare) ${since}: ${parts.join(' · ')}`;
}

function timelineMarkdown({ timeline }: LineDetails, theme: HoverContext['theme']): string {
  if (timeline === null || !timeline.line.some((value) => value > 0)) {
    return '';
  }
  const { from, to, line, ofFunction } = timeline;
  const at = (share: number): string => formatValue(from + share * (to - from), 'nanoseconds');
  const stretch = busiestStretch(line);
  const where =
    stretch === null
      ? `over ${formatValue(to - from, 'nanoseconds')}`
      : `nine tenths between ${at(stretch.from)} and ${at(stretch.to)} of ${formatValue(to, 'nanoseconds')}`;
  const note = ofFunction ? ', as its function ran: when each of its lines did is not recorded' : '';
  return `![${markdownText(timelineText(timeline))}](${timelineImage(timeline, theme)})  \n${markdownText(`${where}${note}`)}`;
}

function functionsText({ functions }: LineDetails): string {
  return functions.length === 0 ? '' : `In ${functions.map(({ name }) => `**${nameText(name)}**`).join(', ')}`;
}

function inlineText({ value, frames }: InlineChain, viewTotal: number): string {
  const [inner, ...outer] = frames;
  if (inner === undefined || outer.length === 0) {
    return '';
  }
  const steps = outer.map(({ name, file, line }) => {
    const place = file === null ? '' : ` ${markdownText(placeText(file, line))}`;
    return file !== null && file.length <= maxLinkedPath
      ? `[${nameText(name)}](${commandLink(openLocationCommand, { name, file, line })})${place}`
      : `${nameText(name)}${place}`;
  });
  const share = markdownText(formatPercent(value, viewTotal));
  return `${share} **${nameText(inner.name)}** inlined into ${steps.join(' ← ')}`;
}

function neighboursText(title: string, neighbours: readonly LineNeighbour[], viewTotal: number): string {
  if (neighbours.length === 0) {
    return '';
  }
  const rows = neighbours.map(({ name, file, line, value, inlined }) => {
    const share = markdownText(formatPercent(value, viewTotal));
    const place = file === null ? '' : ` ${markdownText(placeText(file, line))}`;
    const linked = file !== null && file.length <= maxLinkedPath;
    const link = linked
      ? `[${nameText(name)}](${commandLink(openLocationCommand, { name, file, line })})`
      : nameText(name);
    return `- ${share} ${link}${place}${inlined ? ' · inlined' : ''}`;
  });
  return `${title}\n\n${rows.join('\n')}`;
}

/** How the line's total divides: a line of text each. */
function splitText({ by, values, distinct }: LineSplitSummary, total: number): string {
  if (values.length === 0) {
    return '';
  }
  const parts = values.map(({ value, total: part }) => {
    return `${markdownText(valueName(value))} **${markdownText(formatPercent(part, total))}**`;
  });
  if (distinct > values.length) {
    parts.push(`${formatExactCount(distinct - values.length)} more`);
  }
  return `By ${markdownText(dimensionName(by))}: ${parts.join(' · ')}`;
}

function actionsText({ functions }: LineDetails, { profile, place }: HoverContext): string {
  const [heaviest] = functions;
  if (heaviest === undefined) {
    return '';
  }
  const all: ChartLink = { profile, functions: functions.map(({ func }) => func), place: place.slice(0, 500) };
  const one: ChartLink = { profile, functions: [heaviest.func], place: heaviest.name.slice(0, 500) };
  return [
    `[$(flame) Show in Flame Graph](${commandLink(showInFlameGraphCommand, all)})`,
    `[$(layers) Callers and Callees](${commandLink(sandwichCommand, one)})`,
  ].join(' · ');
}

function nameText(name: string): string {
  return markdownText(name === '' ? '(anonymous)' : name);
}

function placeText(file: string, line: number | null): string {
  const base = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  return line === null ? base : `${base}:${line}`;
}
