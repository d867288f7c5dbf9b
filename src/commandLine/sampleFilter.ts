import { type Dimension, dimensionName, dimensionsOf, type FilterTerm } from '../analysis/viewSpec';
import type { ProfileSummary } from '../engine/engineApi';
import { filterTerms, listNames } from '../engine/filterTerms';
import { UsageError } from './usage';

/** Options that choose samples, for `parseArgs`. */
export const filterOptions = {
  filter: { type: 'string', multiple: true },
  thread: { type: 'string', multiple: true },
  process: { type: 'string', multiple: true },
} as const;

export interface FilterOptions {
  readonly filter?: readonly string[] | undefined;
  readonly thread?: readonly string[] | undefined;
  readonly process?: readonly string[] | undefined;
}

/**
 * The terms that the options name. Several values of one label are alternatives, and so are several threads and several
 * processes; a sample must pass each of them.
 * @throws UsageError for a `--filter` without `=`; Error where the profile has no such label, thread or process
 */
export function readFilter(summary: ProfileSummary, options: FilterOptions): FilterTerm[] {
  const labels: [string, string][] = (options.filter ?? []).map((option) => {
    const at = option.indexOf('=');
    if (at <= 0) throw new UsageError(`--filter takes KEY=VALUE, not "${option}".`);
    return [option.slice(0, at), option.slice(at + 1)];
  });
  return filterTerms(summary, { labels, threads: options.thread, processes: options.process });
}

/**
 * What `--split-by` names: a label's key, `process` or `thread` (of which a label of that key comes first).
 * @throws Error where the profile's samples do not differ in it
 */
export function readDimension(summary: ProfileSummary, name: string): Dimension {
  const dimensions = dimensionsOf(summary);
  const found = dimensions.find((dimension) => dimensionName(dimension) === name);
  if (found === undefined) {
    const known = dimensions.length === 0 ? 'nothing' : listNames(dimensions.map(dimensionName));
    throw new Error(`${summary.name} cannot be split by "${name}": its samples differ in ${known}.`);
  }
  return found;
}
