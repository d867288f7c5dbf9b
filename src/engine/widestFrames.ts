import type { CallTree } from '../analysis/callTree';

/**
 * Which nodes of a call tree a drawing of bounded size shows: the widest, down to a depth. What is kept hangs together.
 * @returns 1 for each node that is kept, and how many are not
 */
export function widestFrames(tree: CallTree, most: number, deepest: number): { keep: Uint8Array; omitted: number } {
  const keep = new Uint8Array(tree.length);
  const smallest = widthOfRank(tree, most);
  let kept = 0;
  for (let node = 0; node < tree.length; node++) {
    const above = tree.parent[node];
    // Parents are at least as wide as their children, and come before them.
    if (above >= 0 && keep[above] === 0) continue;
    if (tree.width[node] < smallest || tree.depth[node] >= deepest || kept === most) continue;
    keep[node] = 1;
    kept++;
  }
  return { keep, omitted: tree.length - kept };
}

/** The width that `rank` nodes have or exceed. */
function widthOfRank(tree: CallTree, rank: number): number {
  if (tree.length <= rank) return 0;
  const sorted = tree.width.slice().sort();
  return sorted[sorted.length - rank];
}
