import { expect, it } from 'vitest';
import type { HotFile } from '../engine/lineApi';
import { badgeText, hottestFiles } from './badgeText';

it('says a share in two characters', () => {
  expect([0.006, 0.004, 0.0149, 0.5, 0.994, 1, -0.12].map(badgeText)).toEqual(['1', '<1', '1', '50', '99', '99', '12']);
});

it('takes the hottest of five thousand files, in order', () => {
  const files = Array.from({ length: 5000 }, (_, i): HotFile => {
    return { file: i, path: `${i}.ts`, self: i % 700, total: 5000 - i, hasLines: true };
  });
  const self = hottestFiles(files, 'self', 10_000, 200);
  expect(self).toHaveLength(200);
  expect(self.map((file) => file.self)).toEqual(self.map((file) => file.self).sort((a, b) => b - a));
  expect(self[0]).toMatchObject({ self: 699 });
  expect(hottestFiles(files, 'total', 10_000, 200)[0]).toMatchObject({ file: 0 });
  expect(hottestFiles(files, 'self', 1e9, 200)).toEqual([]);
});
