import type { CallTree } from './callTree';

/** What a function costs, and who called it. Values in the sample type's unit, recursion counted once. */
export interface FunctionCost {
  self: number;
  total: number;
  /** Samples with the function on the stack. */
  samples: number;
  /** By function, the totals of what it called: only calls from outside of the function's own recursion. */
  readonly callers: Map<number, number>;
}

/** Self, total, samples and callers of some functions, by one pass over the call tree. */
export function costsOf(tree: CallTree, functions: Iterable<number>): Map<number, FunctionCost> {
  const costs = new Map<number, FunctionCost & { covered: number }>();
  for (const func of functions) costs.set(func, { self: 0, total: 0, samples: 0, callers: new Map(), covered: 0 });
  for (let node = 0; node < tree.length; node++) {
    const cost = costs.get(tree.func[node]);
    if (cost === undefined) continue;
    cost.self += tree.self[node];
    if (node < cost.covered) continue;
    cost.covered = tree.subtreeEnd[node];
    cost.total += tree.total[node];
    cost.samples += tree.samples[node];
    const above = tree.parent[node];
    if (above < 0) continue;
    const caller = tree.func[above];
    cost.callers.set(caller, (cost.callers.get(caller) ?? 0) + tree.total[node]);
  }
  return costs;
}
