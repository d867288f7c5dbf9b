/** Steps of heat, 1 (warm) to `heatSteps` (glowing). 0 is no heat. */
export const heatSteps = 5;

/**
 * Lower bounds of the steps 2 to 5 as shares. Roughly a factor of three each, as costs spread over orders of magnitude.
 * They are absolute, not relative to the hottest line, so that one colour means one cost in every file and every
 * profile: a step-5 line is worth a look anywhere, and a flat profile looks flat.
 */
export const defaultBounds: readonly number[] = [0.01, 0.03, 0.1, 0.25];

/**
 * How shares become steps. `fixed`: by bounds. The others compare the lines of one document: `linear` and `sqrt` by
 * fifths of the hottest line's share or of its square root, `rank` by fifths of the lines.
 */
export const heatScales = ['fixed', 'linear', 'sqrt', 'rank'] as const;
export type HeatScale = (typeof heatScales)[number];

/**
 * The heat of a line on the fixed scale.
 *
 * @param share of what is 100 %, 0 to 1; differences and negative values count by size
 * @param bounds of the steps 2 to 5, ascending
 * @returns 0 for no share at all, else 1 to `heatSteps`.
 */
export function heatStep(share: number, bounds: readonly number[] = defaultBounds): number {
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

/**
 * The heat of each line of a document.
 *
 * @param shares a line each, as `heatStep` takes them
 * @returns a step each
 */
export function heatStepsOf(
  shares: readonly number[],
  scale: HeatScale,
  bounds: readonly number[] = defaultBounds,
): number[] {
  if (scale === 'fixed') {
    return shares.map((share) => heatStep(share, bounds));
  }
  const sizes = shares.map((share) => Math.abs(share) || 0);
  const fifth = (part: number): number => Math.min(heatSteps, Math.max(1, Math.ceil(part * heatSteps - 1e-9)));
  if (scale === 'rank') {
    const ascending = sizes.filter((size) => size > 0).sort((a, b) => a - b);
    // Equal lines have one rank, that of the last of them.
    const rank = new Map(ascending.map((size, i) => [size, i + 1]));
    return sizes.map((size) => (size === 0 ? 0 : fifth(rank.get(size)! / ascending.length)));
  }
  const hottest = sizes.reduce((most, size) => Math.max(most, size), 0);
  return sizes.map((size) => {
    if (size === 0) return 0;
    return fifth(scale === 'sqrt' ? Math.sqrt(size / hottest) : size / hottest);
  });
}

/** Bounds as a setting gives them, in per cent; the defaults where they are not four that ascend. */
export function boundsOf(percents: unknown): readonly number[] {
  if (!Array.isArray(percents) || percents.length !== heatSteps - 1) {
    return defaultBounds;
  }
  const shares = percents.map((percent: unknown) => (typeof percent === 'number' ? percent / 100 : Number.NaN));
  const fit = shares.every((share, i) => share > 0 && share <= 1 && (i === 0 || share > shares[i - 1]!));
  return fit ? shares : defaultBounds;
}

/** More marks than this are closer than pixels in the overview ruler. */
const mostRulerMarks = 600;

/**
 * What the overview ruler shows: every hot line, or where there are very many the hottest of each stretch.
 *
 * @param steps a line each; 0 for those without a mark
 */
export function rulerMarks(
  lines: readonly { readonly line: number }[],
  steps: readonly number[],
  lineCount: number,
): { line: number; step: number }[] {
  const stretch = lines.length <= mostRulerMarks ? 1 : Math.ceil(lineCount / mostRulerMarks);
  const marks = new Map<number, { line: number; step: number }>();
  lines.forEach(({ line }, i) => {
    const step = steps[i]!;
    const at = Math.floor(line / stretch);
    if (step > (marks.get(at)?.step ?? 0)) marks.set(at, { line, step });
  });
  return [...marks.values()];
}
