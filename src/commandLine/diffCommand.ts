import { parseArgs } from 'node:util';
import { commonView } from '../engine/commonView';
import type { DiffResult, DiffRow } from '../engine/compareApi';
import type { Engine } from '../engine/engine';
import { formatPercent, formatPoints, formatValue } from '../units/units';
import { inputOptions, openInputs } from './profileInputs';
import { readRowOptions, rowOptions } from './rowOptions';
import { placedName, tableLines } from './rowTable';
import { filterOptions, readFilter } from './sampleFilter';
import { type CommandOutput, plain, UsageError } from './usage';

/** Exit code where a share grew above `--fail-above`. */
const GREW = 3;

/** `emberline diff BASE NEW`. @throws UsageError */
export async function runDiff(engine: Engine, args: string[]): Promise<CommandOutput> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...rowOptions,
      'fail-above': { type: 'string' },
      ...inputOptions,
      ...filterOptions,
    },
  });
  if (positionals.length !== 2) throw new UsageError('diff needs two profiles: BASE and NEW.');
  const { by, sort, limit } = readRowOptions(values);
  const failAbove = readPercent(values['fail-above']);
  const [base, next] = await openInputs(engine, positionals, values);
  const { view, baseView, notes } = commonView(base, next, values.type ?? null);
  const filter = readFilter(next, values);
  const baseFilter = readFilter(base, values);
  const result = await engine.request('diff', {
    profile: next.profile,
    view: { ...view, filter },
    base: { profile: base.profile, view: { ...baseView, filter: baseFilter } },
    by,
    sort,
    limit: Number.MAX_SAFE_INTEGER,
  });
  if (failAbove !== null && result.new.total === 0) {
    // A gate that lets an empty capture pass is none.
    throw new Error(
      `${next.name} has no ${result.new.sampleType} to compare: --fail-above would pass whatever the program does.`,
    );
  }
  const grown = failAbove === null ? null : mostGrown(result.rows, sort, failAbove);
  const shown = { ...result, rows: result.rows.slice(0, limit) };
  const said =
    grown === null ? [] : [`${placedName(grown)} grew by ${points(grown, sort)}, above --fail-above ${failAbove}.`];
  return {
    text: values.json ? `${JSON.stringify(shown, null, 2)}\n` : printTable(shown),
    notes: [...base.notes, ...next.notes, ...notes, ...said],
    ...(grown === null ? undefined : { exitCode: GREW }),
  };
}

function readPercent(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^(?:\d+(?:\.\d*)?|\.\d+)$/.test(text))
    throw new UsageError(`--fail-above takes a number of percentage points, not "${text}".`);
  return Number(text);
}

function mostGrown(rows: readonly DiffRow[], sort: 'self' | 'total', above: number): DiffRow | null {
  let most: DiffRow | null = null;
  for (const row of rows) {
    if (deltaOf(row, sort) > above && (most === null || deltaOf(row, sort) > deltaOf(most, sort))) most = row;
  }
  return most;
}

function deltaOf(row: DiffRow, sort: 'self' | 'total'): number {
  return sort === 'self' ? row.deltaSelf : row.deltaTotal;
}

function points(row: DiffRow, sort: 'self' | 'total'): string {
  return `${formatPoints(deltaOf(row, sort))} of ${sort}`;
}

/** `≈` before what may be chance. */
function changeText(delta: number, sure: boolean): string {
  return sure || delta === 0 ? formatPoints(delta) : `≈ ${formatPoints(delta)}`;
}

function printTable({ base, new: next, rows }: DiffResult): string {
  const head = ['Δself', 'base', 'new', 'Δtotal', 'base', 'new', 'name'];
  const cells = rows.map((row) => [
    changeText(row.deltaSelf, row.sureSelf),
    formatPercent(row.baseSelf, base.total),
    formatPercent(row.newSelf, next.total),
    changeText(row.deltaTotal, row.sureTotal),
    formatPercent(row.baseTotal, base.total),
    formatPercent(row.newTotal, next.total),
    plain(placedName(row)),
  ]);
  const title = (name: string, { formats, total, unit, sampleType, samples }: DiffResult['base']): string =>
    `${name} ${formats.join(' + ')}: ${formatValue(total, unit)} ${sampleType} in ${samples} samples`;
  return `${[title('base', base), title('new ', next), ...tableLines(head, cells)].join('\n')}\n`;
}
