/**
 * Numbers for people. One place, so that the chart, the table and the hover card never disagree.
 *
 * Choices: three significant digits; counts are grouped up to 9,999 and short from there on (12.3k); time goes from
 * nanoseconds to hours; bytes are binary with IEC names (KiB, MiB), so that the figures equal `go tool pprof`'s, which
 * divides by 1024 too; shares have one decimal.
 */

const NANOSECONDS: Readonly<Record<string, number>> = {
  nanoseconds: 1,
  nanosecond: 1,
  ns: 1,
  microseconds: 1e3,
  microsecond: 1e3,
  us: 1e3,
  µs: 1e3,
  milliseconds: 1e6,
  millisecond: 1e6,
  ms: 1e6,
  seconds: 1e9,
  second: 1e9,
  s: 1e9,
};

const BYTES: Readonly<Record<string, number>> = {
  bytes: 1,
  byte: 1,
  b: 1,
  kilobytes: 1024,
  kib: 1024,
  kb: 1024,
  megabytes: 1024 ** 2,
  mib: 1024 ** 2,
  mb: 1024 ** 2,
};

const COUNTS = new Set(['count', 'counts', 'samples', 'sample', 'objects', '']);

export type UnitKind = 'time' | 'bytes' | 'count' | 'other';

/** What a unit, as the profile's source names it, measures. */
export function unitKind(unit: string): UnitKind {
  const key = unit.toLowerCase();
  if (Object.hasOwn(NANOSECONDS, key)) return 'time';
  if (Object.hasOwn(BYTES, key)) return 'bytes';
  return COUNTS.has(key) ? 'count' : 'other';
}

/** Three significant digits, without an exponent and without trailing noise: 1.23, 12.3, 123, 0.5. */
function significant(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 99.95) return Math.round(value).toString();
  const text = magnitude >= 9.995 ? value.toFixed(1) : value.toFixed(2);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** 0 to 9,999 grouped, larger numbers short: 12.3k, 4.56M, 7.8G. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const magnitude = Math.abs(value);
  if (magnitude < 9_999.5) return grouped.format(magnitude >= 100 ? Math.round(value) : value);
  for (const [scale, suffix] of [
    [1e3, 'k'],
    [1e6, 'M'],
    [1e9, 'G'],
  ] as const) {
    if (magnitude < scale * 999.5) return significant(value / scale) + suffix;
  }
  return `${significant(value / 1e12)}T`;
}

/** Every digit, grouped: for tooltips and screen readers. */
export function formatExactCount(value: number): string {
  return Number.isFinite(value) ? grouped.format(value) : '–';
}

function formatNanoseconds(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return '0 ms';
  if (magnitude < 999.5) return `${significant(value)} ns`;
  if (magnitude < 999.5e3) return `${significant(value / 1e3)} µs`;
  if (magnitude < 999.5e6) return `${significant(value / 1e6)} ms`;
  if (magnitude < 59.95e9) return `${significant(value / 1e9)} s`;
  const sign = value < 0 ? '-' : '';
  const seconds = Math.round(magnitude / 1e9);
  const two = (part: number): string => part.toString().padStart(2, '0');
  if (seconds < 3600) return `${sign}${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${sign}${grouped.format(Math.floor(minutes / 60))} h ${two(minutes % 60)} min`;
}

function formatBytes(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude < 999.5) return `${significant(value)} B`;
  const names = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let scale = 1024;
  let name = 0;
  while (magnitude >= scale * 999.5 && name < names.length - 1) {
    scale *= 1024;
    name++;
  }
  return `${significant(value / scale)} ${names[name]}`;
}

/**
 * A value with its unit.
 * @param value in `unit`
 * @param unit as the profile's sample type says it
 */
export function formatValue(value: number, unit: string): string {
  if (!Number.isFinite(value)) return '–';
  const key = unit.toLowerCase();
  switch (unitKind(unit)) {
    case 'time':
      return formatNanoseconds(value * NANOSECONDS[key]!);
    case 'bytes':
      return formatBytes(value * BYTES[key]!);
    case 'count':
      return formatCount(value);
    case 'other':
      return `${formatCount(value)} ${unit}`;
  }
}

/** Like `formatValue`, but a bare number says what it counts: "1,234 samples". */
export function formatNamedValue(value: number, unit: string, type: string): string {
  if (unitKind(unit) !== 'count') return formatValue(value, unit);
  const noun = unit === 'count' || unit === '' ? (type === 'samples' ? plural(value, 'sample') : '') : unit;
  return noun === '' ? formatCount(value) : `${formatCount(value)} ${noun}`;
}

/** "1 sample", "2 samples" without the number. */
export function plural(count: number, noun: string): string {
  return Math.abs(count) === 1 ? noun : `${noun}s`;
}

/** A share of a whole with one decimal: "12.3%", "<0.1%" for what is not zero but would show as such. */
export function formatPercent(part: number, whole: number): string {
  if (!(Math.abs(whole) > 0) || !Number.isFinite(part / whole)) return '–';
  const percent = (100 * part) / whole;
  if (percent !== 0 && Math.abs(percent) < 0.05) return percent > 0 ? '<0.1%' : '>-0.1%';
  return `${percent.toFixed(1)}%`;
}

/** A difference of shares in percentage points: "+4.1 pp", "-0.3 pp", "0.0 pp" for none. */
export function formatPoints(points: number): string {
  if (!Number.isFinite(points)) return '–';
  if (points !== 0 && Math.abs(points) < 0.05) return points > 0 ? '<+0.1 pp' : '>-0.1 pp';
  return `${points > 0 ? '+' : ''}${points.toFixed(1)} pp`;
}

/** The smallest of 1, 2, 5 × 10ⁿ that is at least `minimum`: distance of an axis's ticks. */
export function niceStep(minimum: number): number {
  if (!(minimum > 0) || !Number.isFinite(minimum)) return 1;
  const power = 10 ** Math.floor(Math.log10(minimum));
  const mantissa = minimum / power;
  return power * (mantissa <= 1.000001 ? 1 : mantissa <= 2.000001 ? 2 : mantissa <= 5.000001 ? 5 : 10);
}

const TIME_TICKS: readonly (readonly [number, string])[] = [
  [1, 'ns'],
  [1e3, 'µs'],
  [1e6, 'ms'],
  [1e9, 's'],
];

/**
 * The label of an axis tick: all ticks of an axis share one scale and as many decimals as tell neighbours apart.
 * @param value at the tick, @param step between two ticks, both in `unit`
 */
export function formatTick(value: number, step: number, unit: string): string {
  const key = unit.toLowerCase();
  const kind = unitKind(unit);
  if (kind === 'time') {
    const nanoseconds = value * NANOSECONDS[key]!;
    const stepNanoseconds = step * NANOSECONDS[key]!;
    let [scale, name] = TIME_TICKS[0]!;
    for (const candidate of TIME_TICKS) {
      if (Math.max(Math.abs(nanoseconds), stepNanoseconds) >= candidate[0]) [scale, name] = candidate;
    }
    return `${decimals(nanoseconds / scale, stepNanoseconds / scale)} ${name}`;
  }
  if (kind === 'bytes') return formatBytes(value * BYTES[key]!);
  const short = Math.abs(value) >= 10_000 ? [1e3, 'k'] : [1, ''];
  const [scale, suffix] = (Math.abs(value) >= 1e7 ? [1e6, 'M'] : short) as [number, string];
  return decimals(value / scale, step / scale) + suffix + (kind === 'other' ? ` ${unit}` : '');
}

/** Number formats by their count of decimals. */
const fixed: Intl.NumberFormat[] = [];

function decimals(value: number, step: number): string {
  const digits = step >= 1 ? 0 : Math.min(9, Math.ceil(-Math.log10(step) - 1e-9));
  // Making one takes longer than drawing a whole row of the chart.
  fixed[digits] ??= new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return fixed[digits].format(value);
}
