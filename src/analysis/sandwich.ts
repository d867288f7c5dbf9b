import { type CallTree, type MergedNodes, treeOfNodes } from './callTree';
import type { SandwichHalf } from './viewSpec';

/** Inverted, a tree can be much larger than it was: beyond this many nodes or steps the outermost callers are left out. */
const MOST_NODES = 2_000_000;
const MOST_STEPS = 20_000_000;

/**
 * The callers or the callees of a function as a tree whose only root is that function. Where the function calls itself,
 * the outermost call counts, so the root's total is the function's total; the calls inside it are among the callees.
 * In the callers' tree a node's `self` is what came in through that path with no caller beyond it.
 *
 * @returns a tree without `nodeOfStack`; without any node where the view has no such function
 */
export function buildSandwich(tree: CallTree, func: number, half: SandwichHalf): CallTree {
  const calls = outermostCalls(tree, func);
  return treeOfNodes(half === 'callers' ? mergeCallers(tree, func, calls) : mergeCallees(tree, calls));
}

/** The function's nodes that are not below another one of it. */
function outermostCalls(tree: CallTree, func: number): number[] {
  const calls: number[] = [];
  for (let node = 0; node < tree.length; ) {
    if (tree.func[node] === func) {
      calls.push(node);
      node = tree.subtreeEnd[node];
    } else {
      node++;
    }
  }
  return calls;
}

/** Nodes of a tree under construction: a node a parent and function. */
class Nodes {
  readonly parent: number[] = [];
  readonly func: number[] = [];
  readonly frame: number[] = [];
  readonly self: number[] = [];
  readonly count: number[] = [];

  get length(): number {
    return this.parent.length;
  }

  add(parent: number, func: number, frame: number): number {
    this.self.push(0);
    this.count.push(0);
    this.func.push(func);
    this.frame.push(frame);
    return this.parent.push(parent) - 1;
  }

  finish(): MergedNodes {
    return {
      length: this.length,
      parent: Int32Array.from(this.parent),
      func: Int32Array.from(this.func),
      frame: Int32Array.from(this.frame),
      self: Float64Array.from(this.self),
      count: Float64Array.from(this.count),
      nodeOfStack: new Int32Array(0),
    };
  }
}

function mergeCallers(tree: CallTree, func: number, calls: readonly number[]): MergedNodes {
  const nodes = new Nodes();
  if (calls.length === 0) return nodes.finish();
  nodes.add(-1, func, tree.frame[calls[0]]);
  // All calls climb together, a caller at a time, so that what is left out, if anything is, are the outermost callers.
  const start = Int32Array.from(calls);
  const at = start.slice();
  const merged = new Int32Array(calls.length);
  for (let climbing = calls.length, steps = 0; climbing > 0; ) {
    const known = new Map<number, number>();
    const full = nodes.length + climbing > MOST_NODES || steps + climbing > MOST_STEPS;
    steps += climbing;
    let kept = 0;
    for (let i = 0; i < climbing; i++) {
      const caller = tree.parent[at[i]];
      if (caller < 0 || full) {
        nodes.self[merged[i]] += tree.total[start[i]];
        nodes.count[merged[i]] += tree.samples[start[i]];
        continue;
      }
      // Callers of one level: which node they are reached from, and which function they are.
      const key = merged[i] * 2 ** 31 + tree.func[caller];
      let node = known.get(key);
      if (node === undefined) {
        node = nodes.add(merged[i], tree.func[caller], tree.frame[caller]);
        known.set(key, node);
      }
      start[kept] = start[i];
      at[kept] = caller;
      merged[kept++] = node;
    }
    climbing = kept;
  }
  return nodes.finish();
}

function mergeCallees(tree: CallTree, calls: readonly number[]): MergedNodes {
  const nodes = new Nodes();
  const known = new Map<number, number>();
  const merged = new Int32Array(tree.length);
  for (const call of calls) {
    for (let node = call; node < tree.subtreeEnd[call]; node++) {
      const above = node === call ? -1 : merged[tree.parent[node]];
      const key = (above + 1) * 2 ** 31 + tree.func[node];
      let into = known.get(key);
      if (into === undefined) {
        into = nodes.add(above, tree.func[node], tree.frame[node]);
        known.set(key, into);
      }
      merged[node] = into;
      nodes.self[into] += tree.self[node];
      nodes.count[into] += ownSamples(tree, node);
    }
  }
  return nodes.finish();
}

/** Samples whose leaf a node is: its own less those of its callees. */
function ownSamples(tree: CallTree, node: number): number {
  let own = tree.samples[node];
  for (let child = node + 1; child < tree.subtreeEnd[node]; child = tree.subtreeEnd[child]) own -= tree.samples[child];
  return own;
}
