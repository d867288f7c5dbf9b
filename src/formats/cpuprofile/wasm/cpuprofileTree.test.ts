import { expect, it } from 'vitest';
import { cpuMilliseconds } from '../../../../test/support/cpuTime';
import { noContext, seeded, sourceOf } from '../../../../test/support/profiles';
import { decodeCpuprofile } from '../cpuprofile';

const NODES = 30_000;
const FUNCTIONS = 1000;

/** A tree of nodes whose parents (a row) and functions `choose` picks; all pairs of them are different. */
function tree(choose: (row: number) => [parent: number, func: number]): string {
  const children: number[][] = [[]];
  const funcs = [-1];
  const seen = new Set<number>();
  while (funcs.length <= NODES) {
    const row = funcs.length;
    const [parent, func] = choose(row);
    const pair = parent * FUNCTIONS + func;
    if (!seen.has(pair)) {
      seen.add(pair);
      children[parent].push(row + 1);
      children.push([]);
      funcs.push(func);
    }
  }
  const nodes = funcs.map((func, row) => ({
    id: row + 1,
    callFrame: {
      functionName: func < 0 ? '(root)' : `f${func}`,
      scriptId: '0',
      url: '',
      lineNumber: 0,
      columnNumber: 0,
    },
    hitCount: 0,
    children: children[row],
  }));
  return JSON.stringify({ nodes, startTime: 0, endTime: 1, samples: [2, 2], timeDeltas: [0, 1] });
}

it('cannot be made to collide by a file', () => {
  const random = seeded(8);
  const any = (row: number): [number, number] => [Math.floor(random() * row), Math.floor(random() * FUNCTIONS)];
  // Row 0 is the root, so row is stack plus 1; functions stand first in the order of their numbers.
  const inOrder = (row: number): [number, number] | null => (row <= FUNCTIONS ? [0, row - 1] : null);
  const plain = tree((row) => inOrder(row) ?? any(row));
  // What multiplication by constants alone would send to the first 256 of 65,536 slots.
  const crafted = tree((row) => {
    for (;;) {
      const [parent, func] = inOrder(row) ?? any(row);
      let mixed = Math.imul(parent, 0x9e3779b1) ^ Math.imul(func + 1, 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
      if (row <= FUNCTIONS || ((mixed ^ (mixed >>> 13)) & 0xffff) < 256) {
        return [parent, func];
      }
    }
  });
  const milliseconds = (input: string): number => {
    const source = sourceOf(input);
    return cpuMilliseconds(() => expect(decodeCpuprofile(source, noContext, 'always').stacks.length).toBe(NODES));
  };
  milliseconds(plain);
  const most = Math.min(milliseconds(plain), milliseconds(plain)) * 4 + 40;
  expect(Math.min(milliseconds(crafted), milliseconds(crafted))).toBeLessThan(most);
});
