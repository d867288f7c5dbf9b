import type { Profile } from '../../profile/profile';

/** Nanoseconds in longer units of time. */
const nanoseconds: Readonly<Record<string, number>> = { microseconds: 1e3, milliseconds: 1e6, seconds: 1e9 };

/**
 * The units that a pprof profile is written in, and the factors to them: pprof has whole numbers only, so fractions of
 * a longer unit of time are written in nanoseconds.
 */
export function wholeUnits({ sampleTypes, samples }: Profile): { unit: string; factor: number }[] {
  return sampleTypes.map(({ unit }, type) => {
    const factor = nanoseconds[unit];
    return factor === undefined || samples.values[type].every((value) => Number.isInteger(value))
      ? { unit, factor: 1 }
      : { unit: 'nanoseconds', factor };
  });
}
