/** Steps of heat, 1 (warm) to `heatSteps` (glowing). 0 is no heat. */
export const heatSteps = 5;

/**
 * Lower bounds of the steps 2 to 5 as shares of the view's total. Roughly a factor of three each, as costs spread over
 * orders of magnitude. The scale is absolute, not relative to the hottest line, so that one colour means one cost in
 * every file and every profile: a step-5 line is worth a look anywhere, and a flat profile looks flat.
 */
const bounds = [0.01, 0.03, 0.1, 0.25] as const;

/**
 * The heat of a line.
 *
 * @param share of the view's total, 0 to 1; differences and negative values count by size
 * @returns 0 for no share at all, else 1 to `heatSteps`.
 */
export function heatStep(share: number): number {
  const size = Math.abs(share);
  if (!(size > 0)) {
    return 0;
  }
  let step = 1;
  while (step < heatSteps && size >= bounds[step - 1]!) {
    step++;
  }
  return step;
}
