import { parseArgs } from 'node:util';
import type { Engine } from '../engine/engine';
import type { TopParams, TopResult } from '../engine/topApi';
import { formatPercent, formatValue } from '../units/units';
import { inputOptions, openInputs } from './profileInputs';
import { readRowOptions, rowOptions } from './rowOptions';
import { placedName, tableLines } from './rowTable';
import { filterOptions, readFilter } from './sampleFilter';
import { type CommandOutput, plain, UsageError } from './usage';

/** `emberline top`. @throws UsageError */
export async function runTop(engine: Engine, args: string[]): Promise<CommandOutput> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...rowOptions, ...inputOptions, ...filterOptions },
  });
  if (positionals.length === 0) throw new UsageError('top needs a profile file.');
  const rows = readRowOptions(values);
  const opened = await openInputs(engine, positionals, values);
  const profiles = opened.map((summary) => summary.profile);
  const summary =
    opened.length === 1
      ? opened[0]
      : await engine.request('merge', { profiles, name: opened.map(({ name }) => name).join(', ') });
  const params: TopParams = {
    profile: summary.profile,
    ...rows,
    type: values.type ?? null,
    filter: readFilter(summary, values),
  };
  const result = await engine.request('top', params);
  return { text: values.json ? `${JSON.stringify(result, null, 2)}\n` : printTable(result), notes: summary.notes };
}

function printTable({ profile, rows }: TopResult): string {
  const { total, unit, sampleType, samples, formats } = profile;
  const head = ['self', 'self%', 'total', 'total%', 'name'];
  const cells = rows.map((row) => [
    formatValue(row.self, unit),
    formatPercent(row.self, total),
    formatValue(row.total, unit),
    formatPercent(row.total, total),
    plain(placedName(row)),
  ]);
  const title = `${formats.join(' + ')}: ${formatValue(total, unit)} ${sampleType} in ${Math.round(samples)} samples`;
  return `${[title, ...tableLines(head, cells)].join('\n')}\n`;
}
