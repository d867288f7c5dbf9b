import { expect, test } from 'vitest';
import { wilsonInterval } from './wilson';

/** What scipy 1.17.1 prints: `binomtest(hits, samples).proportion_ci(0.95, method='wilson')`. */
test.each([
  [10, 100, 0.0552291371, 0.1743656615],
  [1, 10, 0.0178762131, 0.4041500268],
  [5, 10, 0.2365930905, 0.7634069095],
  [0, 20, 0, 0.1611251581],
  [20, 20, 0.8388748419, 1],
  [3, 7, 0.1582198553, 0.7495416355],
  [123, 1000, 0.1040741433, 0.1448112326],
  [1, 3, 0.0614919447, 0.7923403992],
  [31000, 250000, 0.1227138385, 0.1252977164],
])('%d of %d samples', (hits, samples, from, to) => {
  const interval = wilsonInterval(hits, samples);
  expect(interval.from).toBeCloseTo(from, 9);
  expect(interval.to).toBeCloseTo(to, 9);
});

test('of no samples says nothing', () => {
  expect(wilsonInterval(0, 0)).toEqual({ from: 0, to: 1 });
});
