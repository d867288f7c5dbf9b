import { expect, test } from 'vitest';
import { profileOf } from '../../test/support/sampleProfile';
import { buildCallTree } from '../analysis/callTree';
import { sumStacks } from '../analysis/stackValues';
import { writeFlamePage } from './flamePage';

function pageOf(
  frames: string[][],
  title = 'demo',
): { page: string; data: { root: { value: number; children: unknown[] } } } {
  const profile = profileOf(frames.map((stack) => ({ frames: stack, value: 2 })));
  const tree = buildCallTree(profile, sumStacks(profile, { sampleType: 0, thread: null }));
  const page = writeFlamePage(profile, tree, 'count', title, 'run();');
  const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)![1];
  return { page, data: JSON.parse(json) };
}

test('holds the tree with totals', () => {
  const { data } = pageOf([['main', 'a'], ['main', 'b'], ['main']]);
  expect(data.root).toEqual({
    name: 'all',
    value: 6,
    children: [
      {
        name: 'main',
        value: 6,
        children: [
          { name: 'a', value: 2, children: [] },
          { name: 'b', value: 2, children: [] },
        ],
      },
    ],
  });
});

test('a hostile name stays text', () => {
  const evil = '</script><script>alert(1)</script>';
  const { page } = pageOf([[evil]], evil);
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page).not.toContain('<script>alert');
});

test('is bounded: the narrowest frames are left out, and that is said', () => {
  const { page, data } = pageOf(Array.from({ length: 9000 }, (_, i) => ['main', `f${i}`]));
  expect((data.root.children[0] as { children: unknown[] }).children).toHaveLength(5999);
  expect(page).toContain('3,001 of the narrowest frames are left out');
});
