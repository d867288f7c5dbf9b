import type { CallTree } from './callTree';

/** Value of the samples with at least one matching frame: the topmost matching nodes' totals. */
export function matchedValue(tree: CallTree, matched: Uint8Array): number {
  let sum = 0;
  for (let node = 0; node < tree.length; ) {
    if (matched[tree.func[node]] === 1) {
      sum += tree.total[node];
      node = tree.subtreeEnd[node];
    } else {
      node++;
    }
  }
  return sum;
}
