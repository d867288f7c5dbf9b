import { parseArgs } from 'node:util';
import type { Engine } from '../engine/engine';
import type { TopParams, TopResult } from '../engine/engineApi';
import { formatPercent, formatValue } from '../units/units';
import { inputOptions, openInputs } from './profileInputs';
import { filterOptions, readFilter } from './sampleFilter';
import { type CommandOutput, plain, UsageError } from './usage';

/** `emberline top`. @throws UsageError */
export async function runTop(engine: Engine, args: string[]): Promise<CommandOutput> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      by: { type: 'string', default: 'function' },
      sort: { type: 'string', default: 'self' },
      type: { type: 'string' },
      limit: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
      ...inputOptions,
      ...filterOptions,
    },
  });
  if (positionals.length === 0) throw new UsageError('top needs a profile file.');
  const by = oneOf('--by', values.by, ['function', 'line', 'file'] as const);
  const sort = oneOf('--sort', values.sort, ['self', 'total'] as const);
  const limit = wholeNumber('--limit', values.limit);
  const opened = await openInputs(engine, positionals, values);
  const profiles = opened.map((summary) => summary.profile);
  const summary =
    opened.length === 1
      ? opened[0]
      : await engine.request('merge', { profiles, name: opened.map(({ name }) => name).join(', ') });
  const params: TopParams = {
    profile: summary.profile,
    by,
    sort,
    type: values.type ?? null,
    limit: limit === 0 ? Number.MAX_SAFE_INTEGER : limit,
    filter: readFilter(summary, values),
  };
  const result = await engine.request('top', params);
  return { text: values.json ? `${JSON.stringify(result, null, 2)}\n` : printTable(result), notes: summary.notes };
}

/** The option's value where it is allowed. @throws UsageError */
export function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new UsageError(`${option} takes ${allowed.join(', ')}, not "${value}".`);
  return found;
}

/** @throws UsageError */
export function wholeNumber(option: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new UsageError(`${option} takes a whole number, not "${value}".`);
  return Number(value);
}

function printTable({ profile, rows }: TopResult): string {
  const { total, unit, sampleType, samples, formats } = profile;
  const head = ['self', 'self%', 'total', 'total%', 'name'];
  const cells = rows.map((row) => [
    formatValue(row.self, unit),
    formatPercent(row.self, total),
    formatValue(row.total, unit),
    formatPercent(row.total, total),
    plain(row.file === null ? row.name : `${row.name}  ${row.file}${row.line === null ? '' : `:${row.line}`}`),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...[head, ...cells].map((row) => row[column].length)));
  const line = (row: string[]): string =>
    [...widths.map((width, column) => row[column].padStart(width)), row[4]].join('  ');
  const title = `${formats.join(' + ')}: ${formatValue(total, unit)} ${sampleType} in ${Math.round(samples)} samples`;
  return `${[title, line(head), ...cells.map(line)].join('\n')}\n`;
}
