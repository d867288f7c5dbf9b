import { expect, test } from 'vitest';
import { profileOf } from '../../test/support/sampleProfile';
import { buildCallTree } from './callTree';
import { heaviestFrame } from './heaviestFrame';
import { sumStacks } from './stackValues';

test('is of the line that costs most, with what is below it', () => {
  const profile = profileOf([
    { frames: ['main@a.py:1', 'work@a.py:57'], value: 4 },
    { frames: ['main@a.py:1', 'work@a.py:55', 'norm@b.py:3'], value: 3 },
    { frames: ['main@a.py:1', 'work@a.py:55', 'norm@b.py:9'], value: 2 },
    { frames: ['main@a.py:2', 'rest@a.py:70'], value: 8 },
  ]);
  const values = sumStacks(profile, { sampleType: 0, thread: null });
  const tree = buildCallTree(profile, values);
  const lines = Array.from({ length: tree.length }, (_, node) => {
    const name = profile.strings[profile.functions.name[tree.func[node]!]!];
    return `${name}:${profile.frames.line[heaviestFrame(profile, values, tree, node)]}`;
  });
  expect(lines.sort()).toEqual(['main:1', 'norm:3', 'rest:70', 'work:55']);
});
