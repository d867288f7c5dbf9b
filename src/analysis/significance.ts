/**
 * Standard errors that a change must exceed. Three, as a profile has hundreds of lines: at two, one of twenty that did
 * not change would be called a change.
 */
const LEAST_SCORE = 3;

/**
 * Whether a difference of two sampled shares is more than chance, by the two-proportion z-test with pooled variance and
 * continuity correction (https://en.wikipedia.org/wiki/Two-proportion_Z-test).
 *
 * @param count samples of `whole` that have it, and `baseCount` of `baseWhole`; may be fractions (V8's ticks)
 */
export function sharesDiffer(count: number, whole: number, baseCount: number, baseWhole: number): boolean {
  if (!(whole > 0) || !(baseWhole > 0)) return false;
  const pooled = (count + baseCount) / (whole + baseWhole);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / whole + 1 / baseWhole));
  const correction = (1 / whole + 1 / baseWhole) / 2;
  const difference = Math.abs(count / whole - baseCount / baseWhole) - correction;
  return error === 0 ? false : difference / error >= LEAST_SCORE;
}

/**
 * Whether two counts over different durations are of different rates: given their sum, the first is binomial
 * (Przyborowski and Wilenski's conditional test, with the normal approximation).
 *
 * @param scale duration of the first over that of the second
 */
export function ratesDiffer(count: number, baseCount: number, scale: number): boolean {
  const all = count + baseCount;
  if (!(all > 0) || !(scale > 0)) return false;
  const expected = scale / (1 + scale);
  const error = Math.sqrt(all * expected * (1 - expected));
  return (Math.abs(count - all * expected) - 0.5) / error >= LEAST_SCORE;
}
