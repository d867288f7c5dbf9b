import { formatPercent } from '../units/units';

/**
 * The end-of-line label, `12.3% self · 45.6% total`; a part that is zero is left out. Its text is quantised to 0.1 %:
 * VS Code makes a style rule for every distinct label text, and thousands of them freeze the window.
 * @param self share of the view, 1 is 100 %; likewise `total`
 */
export function heatLabel(self: number, total: number): string {
  const parts: string[] = [];
  if (self !== 0) {
    parts.push(`${formatPercent(self, 1)} self`);
  }
  if (total !== 0) {
    parts.push(`${formatPercent(total, 1)} total`);
  }
  return parts.join(' · ');
}
