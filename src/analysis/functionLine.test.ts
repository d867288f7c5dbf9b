import { expect, it } from 'vitest';
import type { Profile } from '../profile/profile';
import { functionLine } from './functionLine';

it('prefers the declaration, then the first line seen', () => {
  const profile = {
    functions: { line: Int32Array.of(7, 0, 0) },
    frames: { length: 5, func: Int32Array.of(0, 1, 1, 2, 1), line: Int32Array.of(3, 12, 9, 0, 0) },
  } as unknown as Profile;
  expect([0, 1, 2].map((func) => functionLine(profile, func))).toEqual([7, 9, null]);
});
