/**
 * A share as text, quantised to 0.1 %: VS Code makes a style rule for every distinct label text, and thousands of
 * them freeze the window, so labels come from a bounded set.
 *
 * @param share 1 is 100 %
 */
export function percentText(share: number): string {
  const percent = Math.round(share * 1000) / 10;
  if (percent === 0 && share !== 0 && Number.isFinite(share)) {
    return share > 0 ? '<0.1%' : '>-0.1%';
  }
  return `${(Number.isFinite(percent) ? percent : 0).toFixed(1)}%`;
}

/** The end-of-line label, `12.3% self · 45.6% total`; a part that is zero is left out. */
export function heatLabel(self: number, total: number): string {
  const parts: string[] = [];
  if (self !== 0) {
    parts.push(`${percentText(self)} self`);
  }
  if (total !== 0) {
    parts.push(`${percentText(total)} total`);
  }
  return parts.join(' · ');
}
