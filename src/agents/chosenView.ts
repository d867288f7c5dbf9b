import { filterText, type ViewSpec } from '../analysis/viewSpec';
import type { ProfileSummary } from '../engine/engineApi';
import { filterTerms } from '../engine/filterTerms';
import type { TopResult } from '../engine/topApi';
import { formatValue } from '../units/units';
import type { AgentProfile } from './agentHost';
import { plainText } from './answer';

/** The inputs that say which samples are meant. */
export interface SampleInput {
  readonly type?: string;
  readonly filter?: string[];
  readonly thread?: string[];
  readonly process?: string[];
}

/**
 * The view that is looked at, with what an input says otherwise. A filter takes the place of all that the view had.
 * @throws Error with a sentence where the profile has no such sample type, label, thread or process
 */
export function chosenView({ summary, view }: Pick<AgentProfile, 'summary' | 'view'>, input: SampleInput): ViewSpec {
  const sampleType = input.type === undefined ? view.sampleType : typeNamed(summary, input.type);
  const chosen = chosenFilter(summary, input);
  return chosen === null ? { ...view, sampleType } : { sampleType, thread: null, filter: chosen };
}

/** The terms that an input names; null where it names none. @throws Error with a sentence */
export function chosenFilter(summary: ProfileSummary, { filter, thread, process }: SampleInput): ViewSpec['filter'] {
  if (filter === undefined && thread === undefined && process === undefined) return null;
  const labels = (filter ?? []).map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at <= 0) throw new Error(`The input "filter" takes KEY=VALUE, not "${text}".`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return filterTerms(summary, { labels, threads: thread, processes: process });
}

function typeNamed({ sampleTypes }: ProfileSummary, type: string): number {
  const found = sampleTypes.findIndex((each) => each.type === type);
  if (found >= 0) return found;
  const known = sampleTypes.map((each) => each.type).join(', ');
  throw new Error(`There is no sample type "${type}": the profile has ${known}.`);
}

/** A profile and the samples that an answer is about, as one line. */
export function viewText({ name, summary }: AgentProfile, view: ViewSpec, said: TopResult['profile']): string {
  const thread = view.thread === null ? '' : `, thread ${summary.threads[view.thread]?.title ?? view.thread}`;
  const filter = filterText(view.filter);
  const zoomed = view.within ? ', of the part that the chart is zoomed to' : '';
  const long = said.durationMs === null ? '' : ` over ${formatValue(said.durationMs, 'milliseconds')}`;
  const only = `${thread}${filter === '' ? '' : `, only ${filter}`}${zoomed}`;
  const total = `${formatValue(said.total, said.unit)} of ${said.sampleType} (${said.unit}) in ${said.samples} samples`;
  return plainText(`${name} (${said.formats.join(' + ')}): ${total}${long}${only}`, 600);
}
