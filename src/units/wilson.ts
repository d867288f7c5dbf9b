/** Of the normal distribution, for 95 %. */
const Z = 1.959963984540054;

/**
 * Wilson's score interval: between which shares the true one lies with 95 % confidence where `hits` of `samples` were
 * counted. Holds up for few samples and for shares near 0 and 1, where the textbook's ± does not.
 * Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference.
 */
export function wilsonInterval(hits: number, samples: number): { from: number; to: number } {
  if (!(samples > 0)) return { from: 0, to: 1 };
  const share = Math.min(1, Math.max(0, hits / samples));
  const spread = (Z * Z) / samples;
  const middle = (share + spread / 2) / (1 + spread);
  const half = Math.sqrt(spread * (share * (1 - share) + spread / 4)) / (1 + spread);
  return { from: Math.max(0, middle - half), to: Math.min(1, middle + half) };
}
