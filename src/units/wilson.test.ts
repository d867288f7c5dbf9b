import { expect, test } from 'vitest';
import { wilsonInterval } from './wilson';

/** Figures of R's prop.test(x, n, correct = FALSE)$conf.int. */
test.each([
  [10, 100, 0.0552, 0.1744],
  [1, 10, 0.0179, 0.4042],
  [5, 10, 0.2366, 0.7634],
  [0, 20, 0, 0.1611],
  [20, 20, 0.8389, 1],
])('%d of %d samples', (hits, samples, from, to) => {
  const interval = wilsonInterval(hits, samples);
  expect(interval.from).toBeCloseTo(from, 4);
  expect(interval.to).toBeCloseTo(to, 4);
});

test('of no samples says nothing', () => {
  expect(wilsonInterval(0, 0)).toEqual({ from: 0, to: 1 });
});
