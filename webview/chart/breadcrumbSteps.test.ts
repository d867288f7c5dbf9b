import { expect, it } from 'vitest';
import { visibleSteps } from './breadcrumbSteps';

it('collapses the middle of a long path only', () => {
  expect(visibleSteps(['a', 'b', 'c', 'd'], false)).toEqual({ head: ['a', 'b', 'c', 'd'], tail: [] });
  expect(visibleSteps(['a', 'b', 'c', 'd', 'e', 'f'], false)).toEqual({ head: ['a'], tail: ['e', 'f'] });
  expect(visibleSteps(['a', 'b', 'c', 'd', 'e'], true).head).toHaveLength(5);
});
