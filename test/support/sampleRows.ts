import { expect } from 'vitest';
import { checkProfile } from '../../src/profile/checkProfile';
import type { Profile } from '../../src/profile/profile';
import { stackNames } from './profiles';

/** The samples of a sound profile, in order: names from the root to the leaf, and the values of a sample type. */
export function sampleRows(profile: Profile, type = 0): [string, number][] {
  expect(checkProfile(profile)).toEqual([]);
  return [...profile.samples.stack].map((stack, row) => [
    stackNames(profile, stack).join(';'),
    profile.samples.values[type][row],
  ]);
}
