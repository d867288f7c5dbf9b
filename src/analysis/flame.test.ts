import { describe, expect, test } from 'vitest';
import { fc } from '../../test/support/property';
import { profileOf, type WrittenSample } from '../../test/support/sampleProfile';
import type { Profile } from '../profile/profile';
import { buildCallTree, type CallTree } from './callTree';
import { ancestorInRow, boxEnd, boxOfNode, boxStart, type FlameLayout, layOutLeftHeavy, rowOfBox } from './flameLayout';
import { cutWindow } from './flameWindow';
import { sumStacks } from './stackValues';
import { layOutTimeOrder, sumBox } from './timeOrder';

function treeOf(profile: Profile, thread: number | null = null): CallTree {
  return buildCallTree(profile, sumStacks(profile, { sampleType: 0, thread }));
}

/** A layout's rows as text: `name start-end`. */
function draw(profile: Profile, tree: CallTree, layout: FlameLayout): string[] {
  return Array.from({ length: layout.rowOffset.length - 1 }, (_, row) => {
    const boxes: string[] = [];
    for (let box = layout.rowOffset[row]; box < layout.rowOffset[row + 1]; box++) {
      const name = profile.strings[profile.functions.name[tree.func[layout.treeNode[box]]]];
      boxes.push(`${name} ${boxStart(layout, box)}-${boxEnd(layout, box)}`);
    }
    return boxes.join(', ');
  });
}

describe('left heavy', () => {
  test('children sit on their parent from the left, self is what stays free', () => {
    const profile = profileOf([
      { frames: ['a', 'c'], value: 2 },
      { frames: ['a', 'b'], value: 3 },
      { frames: ['a'], value: 1 },
      { frames: ['d'], value: 10 },
    ]);
    const tree = treeOf(profile);
    expect(draw(profile, tree, layOutLeftHeavy(tree))).toEqual(['d 0-10, a 10-16', 'b 10-13, c 13-15']);
  });

  test('every node is found back from its box, and every ancestor from its row', () => {
    const someSamples = fc.array(
      fc.record({ frames: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 }), value: fc.nat(5) }),
    );
    fc.assert(
      fc.property(someSamples, (samples) => {
        const tree = treeOf(profileOf(samples));
        const layout = layOutLeftHeavy(tree);
        for (let node = 0; node < tree.length; node++) {
          const box = boxOfNode(layout, tree, node);
          expect(layout.treeNode[box]).toBe(node);
          expect(rowOfBox(layout, box)).toBe(tree.depth[node]);
          if (tree.width[node] === 0) continue;
          for (let above = tree.parent[node]; above >= 0; above = tree.parent[above]) {
            expect(layout.treeNode[ancestorInRow(layout, box, tree.depth[above])]).toBe(above);
          }
        }
      }),
    );
  });
});

describe('time order', () => {
  const samples: WrittenSample[] = [
    { frames: ['main', 'a'], value: 1, time: 0 },
    { frames: ['main', 'a', 'b'], value: 1, time: 10 },
    { frames: ['main', 'c'], value: 1, time: 20 },
    { frames: [], value: 1, time: 30 },
    { frames: ['main', 'a'], value: 1, time: 40 },
  ];
  const profile = profileOf(samples);
  const tree = treeOf(profile, 0);
  const layout = layOutTimeOrder(profile, tree, 0);

  test('neighbouring samples share the boxes of their common path; an empty stack ends them', () => {
    expect(draw(profile, tree, layout)).toEqual(['main 0-30, main 40-50', 'a 0-20, c 20-30, a 40-50', 'b 10-20']);
    expect(layout.extent).toBe(50);
  });

  test('a box sums the samples under it', () => {
    const box = layout.rowOffset[1];
    expect(sumBox(profile, tree, layout, box, 0)).toEqual({ self: 1, total: 2, samples: 2 });
  });

  test('only the thread asked for', () => {
    const two = profileOf(
      [
        { frames: ['x'], value: 1, time: 0, thread: 0 },
        { frames: ['y'], value: 1, time: 5, thread: 1 },
        { frames: ['x'], value: 1, time: 10, thread: 0 },
      ],
      { threads: 2 },
    );
    const twoTree = treeOf(two, 0);
    expect(draw(two, twoTree, layOutTimeOrder(two, twoTree, 0))).toEqual(['x 0-20']);
  });
});

describe('windows', () => {
  /** 200,000 boxes in a row, each 1 wide, under one that spans them. */
  const many = 200_000;
  const boxes = Int32Array.from({ length: many + 1 }, (_, i) => i);
  const layout: FlameLayout = {
    extent: many,
    rowOffset: Uint32Array.of(0, 1, many + 1),
    startIndex: boxes,
    startAt: Float64Array.from(boxes, (i) => Math.max(0, i - 1)),
    endIndex: boxes,
    endAt: Float64Array.from(boxes, (i) => (i === 0 ? many : i)),
    treeNode: boxes,
    nodesAreBoxes: false,
  };

  test('what comes back is bounded by the pixels, and covers what was asked for', () => {
    const window = cutWindow(layout, 0, many, 1000);
    expect(window.rowOffset[2]).toBeLessThan(3100);
    expect(window.start[window.rowOffset[1]]).toBe(0);
    expect(window.end[window.rowOffset[2] - 1]).toBe(many);
    let covered = 0;
    for (let i = window.rowOffset[1]; i < window.rowOffset[2]; i++) covered += window.end[i] - window.start[i];
    expect(covered).toBe(many);
  });

  test('zoomed in, boxes come one by one with a margin on both sides', () => {
    const window = cutWindow(layout, 1000, 1100, 1000);
    expect([window.from, window.to]).toEqual([940, 1160]);
    expect(window.rowOffset[2] - window.rowOffset[1]).toBeGreaterThanOrEqual(220);
    expect(window.node.includes(-1)).toBe(false);
  });

  test('rows stay sorted and disjoint, whatever is asked for', () => {
    fc.assert(
      fc.property(fc.nat(many), fc.nat(5000), fc.integer({ min: 1, max: 4000 }), (from, span, pixels) => {
        const window = cutWindow(layout, from, from + span, pixels);
        let overlaps = 0;
        for (let row = 0; row < 2; row++) {
          for (let i = window.rowOffset[row] + 1; i < window.rowOffset[row + 1]; i++) {
            if (window.start[i] < window.end[i - 1]) overlaps++;
          }
        }
        expect(overlaps).toBe(0);
      }),
    );
  });
});
