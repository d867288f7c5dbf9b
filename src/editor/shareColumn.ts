import { formatPercent } from '../units/units';

/** As wide as a digit, also in fonts whose letters are not all of one width. */
const figureSpace = '\u2007';
/** Of `10.0%`; one list seldom has more than one share above. */
const width = 5;

/** A share (0 to 1) for a list, where numbers stand below each other: as wide as the others. */
export function shareColumn(share: number): string {
  return formatPercent(share, 1).padStart(width, figureSpace);
}
