import type { HotFile } from '../engine/lineApi';

/** Shares below this are no news. */
const leastShare = 0.005;

/** A share as the two characters that VS Code allows: whole per cents, `99` for all that is more. */
export function badgeText(share: number): string {
  const percent = Math.round(Math.abs(share) * 100);
  return percent < 1 ? '<1' : Math.min(percent, 99).toString();
}

/** The hottest files, hottest first; those with less than half a per cent are left out. */
export function hottestFiles(
  files: readonly HotFile[],
  metric: 'self' | 'total',
  viewTotal: number,
  most: number,
): HotFile[] {
  const least = Math.abs(viewTotal) * leastShare;
  return files
    .filter((file) => file[metric] !== 0 && Math.abs(file[metric]) >= least)
    .sort((a, b) => Math.abs(b[metric]) - Math.abs(a[metric]))
    .slice(0, most);
}
