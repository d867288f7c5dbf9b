import { parseArgs } from 'node:util';
import type { Engine } from '../engine/engine';
import type { TopParams, TopResult } from '../engine/engineApi';
import { formatPercent, formatValue } from '../units/units';
import { UsageError } from './usage';

/** `emberline top`: what it prints on stdout. */
export async function runTop(engine: Engine, args: string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      by: { type: 'string', default: 'function' },
      sort: { type: 'string', default: 'self' },
      type: { type: 'string' },
      limit: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  if (positionals.length === 0) throw new UsageError('top needs a profile file.');
  const by = oneOf('--by', values.by, ['function', 'line', 'file'] as const);
  const sort = oneOf('--sort', values.sort, ['self', 'total'] as const);
  const limit = values.limit === undefined ? 20 : Number(values.limit);
  if (!Number.isInteger(limit) || limit < 0)
    throw new UsageError(`--limit takes a whole number, not "${values.limit}".`);
  const profiles: number[] = [];
  for (const path of positionals) {
    const { profile } = await engine.request('open', { source: { kind: 'file', path }, name: path });
    profiles.push(profile);
  }
  const profile =
    profiles.length === 1
      ? profiles[0]
      : (await engine.request('merge', { profiles, name: positionals.join(', ') })).profile;
  const params: TopParams = {
    profile,
    by,
    sort,
    type: values.type ?? null,
    limit: limit === 0 ? Number.MAX_SAFE_INTEGER : limit,
  };
  const result = await engine.request('top', params);
  return values.json ? `${JSON.stringify(result, null, 2)}\n` : printTable(result);
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new UsageError(`${option} takes ${allowed.join(', ')}, not "${value}".`);
  return found;
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
  const title = `${formats.join(' + ')}: ${formatValue(total, unit)} ${sampleType} in ${samples} samples`;
  return `${[title, line(head), ...cells.map(line)].join('\n')}\n`;
}

/** Names are untrusted: no control character reaches the terminal, and no name fills it. */
function plain(text: string): string {
  const clean = text.replace(/\p{Cc}/gu, '\u{fffd}');
  return clean.length <= 300 ? clean : `${clean.slice(0, 299)}…`;
}
