/** Gutter icons cannot take theme colours: these are the defaults of `emberline.heatMark1` to 5. */
const colors = {
  dark: ['#a9553c', '#d06c34', '#f08c30', '#ffb242', '#ffe08a'],
  light: ['#bf881d', '#bb6412', '#b4460f', '#8f2a10', '#63150e'],
} as const;

/** Pixels of a gauge at 100 %, of an icon of 16. */
const longest = 14;
const shortest = 2;
const height = 8;

/** Length of the gauge of a share: proportional to it, in whole pixels, so that there are few different ones. */
export function gaugeOf(share: number): number {
  const size = Math.min(1, Math.abs(share));
  return Math.max(shortest, Math.round((Number.isNaN(size) ? 0 : size) * longest));
}

/**
 * The gutter's mark, a bar from the left as long as the share: legible without colour, and as VS Code gives breakpoints
 * a lane of their own, beside them.
 *
 * @param step of heat, 1 to 5
 * @param length as `gaugeOf` says it
 * @param hollow an outline, for a line whose code changed
 * @returns a data URI of an SVG image
 */
export function gaugeUri(theme: 'dark' | 'light', step: number, length: number, hollow: boolean): string {
  const color = colors[theme][step - 1]!;
  const bar = (width: number, inset: number, paint: string): string =>
    `<rect x="${1 + inset}" y="${(16 - height) / 2 + inset}" width="${width - 2 * inset}" height="${height - 2 * inset}" ${paint}/>`;
  const mark = hollow
    ? bar(Math.max(3, length), 0.5, `fill="none" stroke="${color}"`)
    : `${bar(longest, 0, `fill="${color}" opacity="0.18"`)}${bar(length, 0, `fill="${color}"`)}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${mark}</svg>`;
  return `data:image/svg+xml;base64,${btoa(svg)}`;
}
