import type { Profile } from '../profile/profile';
import type { CallTree } from './callTree';
import type { StackValues } from './stackValues';

/**
 * The frame of a call tree's node that costs most: a node has all the lines at which its function called, and the tree
 * keeps the first one seen. One pass over the stacks.
 *
 * @param tree of the profile's own stacks, no sandwich's
 */
export function heaviestFrame({ stacks }: Profile, { self }: StackValues, tree: CallTree, node: number): number {
  const end = tree.subtreeEnd[node];
  const below = new Float64Array(stacks.length);
  const byFrame = new Map<number, number>();
  for (let stack = stacks.length - 1; stack >= 0; stack--) {
    const of = tree.nodeOfStack[stack];
    if (of < node || of >= end) continue;
    const value = below[stack] + Math.abs(self[stack]);
    if (of === node) byFrame.set(stacks.frame[stack], (byFrame.get(stacks.frame[stack]) ?? 0) + value);
    else below[stacks.prefix[stack]] += value;
  }
  let heaviest = tree.frame[node];
  for (const [frame, value] of byFrame) {
    if (value > (byFrame.get(heaviest) ?? 0)) heaviest = frame;
  }
  return heaviest;
}
