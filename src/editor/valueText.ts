const nanoseconds: Readonly<Record<string, number>> = {
  nanoseconds: 1,
  ns: 1,
  microseconds: 1e3,
  us: 1e3,
  µs: 1e3,
  milliseconds: 1e6,
  ms: 1e6,
  seconds: 1e9,
  s: 1e9,
};

/**
 * A value in people's units, three significant digits: `1.23 s`, `45.6 ms`, `7.89 MB` (decimal), `1,234 samples`.
 *
 * @param unit as the source names it: `nanoseconds`, `bytes`, `count` …
 * @param type name of the sample type, the noun for counts
 */
export function valueText(value: number, unit: string, type: string): string {
  const toNanoseconds = nanoseconds[unit.toLowerCase()];
  if (toNanoseconds !== undefined) {
    return scaled(value * toNanoseconds, [
      [1e9, 's'],
      [1e6, 'ms'],
      [1e3, 'µs'],
      [1, 'ns'],
    ]);
  }
  if (unit === 'bytes' || unit === 'byte') {
    return scaled(value, [
      [1e12, 'TB'],
      [1e9, 'GB'],
      [1e6, 'MB'],
      [1e3, 'kB'],
      [1, 'B'],
    ]);
  }
  const noun = unit === 'count' || unit === '' ? type : unit;
  return `${countText(value)} ${noun}`.trim();
}

/** A count with separators: `1,234`; fractions (samples shared out among lines) only where the count is small. */
export function countText(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) >= 100 ? 0 : 2 });
}

function scaled(value: number, units: readonly (readonly [number, string])[]): string {
  const size = Math.abs(value);
  // 999.6 would print as "1000": such a value belongs to the next unit.
  const [factor, name] = units.find(([bound]) => size >= bound * 0.9995) ?? units.at(-1)!;
  const number = value / factor;
  const digits = Math.abs(number) >= 100 ? 0 : Math.abs(number) >= 10 ? 1 : 2;
  return `${number.toFixed(Number.isInteger(number) && factor === 1 ? 0 : digits)} ${name}`;
}
