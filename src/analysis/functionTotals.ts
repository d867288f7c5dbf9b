import type { CallTree } from './callTree';

/** Self and total of every function of the profile, recursion counted once. One entry a function. */
export interface FunctionTotals {
  readonly self: Float64Array;
  readonly total: Float64Array;
  /** 1 for functions that the view has at all. */
  readonly present: Uint8Array;
}

export function sumFunctions(tree: CallTree, functionCount: number): FunctionTotals {
  const self = new Float64Array(functionCount);
  const total = new Float64Array(functionCount);
  const present = new Uint8Array(functionCount);
  // Where the subtree of each function's latest outermost node ends: what lies before is recursion, counted already.
  const covered = new Int32Array(functionCount);
  for (let node = 0; node < tree.length; node++) {
    const func = tree.func[node];
    present[func] = 1;
    self[func] += tree.self[node];
    if (node < covered[func]) continue;
    covered[func] = tree.subtreeEnd[node];
    total[func] += tree.total[node];
  }
  return { self, total, present };
}
