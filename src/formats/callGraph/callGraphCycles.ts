import type { Grouped } from './callGraphFlow';

/** Strongly connected components: `ofNode` numbers them so that callers come before callees. */
export interface Components {
  readonly count: number;
  readonly ofNode: Int32Array;
}

/**
 * Tarjan's algorithm ("Depth-first search and linear graph algorithms", 1972), without recursion.
 * @param byCaller rows of calls by caller
 * @param callee callee of each row
 */
export function componentsOf(nodes: number, byCaller: Grouped, callee: Int32Array): Components {
  const index = new Int32Array(nodes).fill(-1);
  const low = new Int32Array(nodes);
  const ofNode = new Int32Array(nodes).fill(-1);
  const next = byCaller.start.slice(0, nodes);
  const open: number[] = [];
  const path: number[] = [];
  let seen = 0;
  let count = 0;
  for (let root = 0; root < nodes; root++) {
    if (index[root] >= 0) {
      continue;
    }
    path.push(root);
    open.push(root);
    index[root] = low[root] = seen++;
    while (path.length > 0) {
      const node = path[path.length - 1];
      if (next[node] < byCaller.start[node + 1]) {
        const to = callee[byCaller.rows[next[node]++]];
        if (index[to] < 0) {
          index[to] = low[to] = seen++;
          path.push(to);
          open.push(to);
        } else if (ofNode[to] < 0) {
          low[node] = Math.min(low[node], index[to]);
        }
        continue;
      }
      path.pop();
      if (path.length > 0) {
        const above = path[path.length - 1];
        low[above] = Math.min(low[above], low[node]);
      }
      if (low[node] === index[node]) {
        let member: number;
        do {
          member = open.pop()!;
          ofNode[member] = count;
        } while (member !== node);
        count++;
      }
    }
  }
  // Found callees first.
  for (let node = 0; node < nodes; node++) {
    ofNode[node] = count - 1 - ofNode[node];
  }
  return { count, ofNode };
}

/**
 * Numbers a cycle's members in reverse postorder of a depth-first walk from `root`, heavy calls first: calls to a
 * higher number alone make no cycle.
 * @param calls for each member its calls inside the cycle, heaviest first
 * @param to callee (member index) of a call
 */
export function walkOrder(root: number, calls: readonly (readonly number[])[], to: (call: number) => number): number[] {
  const next = new Int32Array(calls.length);
  const seen = new Uint8Array(calls.length);
  const done: number[] = [];
  const path = [root];
  seen[root] = 1;
  while (path.length > 0) {
    const member = path[path.length - 1];
    if (next[member] === calls[member].length) {
      done.push(member);
      path.pop();
      continue;
    }
    const callee = to(calls[member][next[member]++]);
    if (seen[callee] === 0) {
      seen[callee] = 1;
      path.push(callee);
    }
  }
  return done.reverse();
}

/** For each member the first call of a shortest way to `root` (-1 for the root), and the members, farthest first. */
export function waysTo(
  root: number,
  callers: readonly (readonly number[])[],
  from: (call: number) => number,
): { nextCall: Int32Array; farthestFirst: number[] } {
  const nextCall = new Int32Array(callers.length).fill(-1);
  const seen = new Uint8Array(callers.length);
  const queue = [root];
  seen[root] = 1;
  for (let at = 0; at < queue.length; at++) {
    for (const call of callers[queue[at]]) {
      const member = from(call);
      if (seen[member] === 0) {
        seen[member] = 1;
        nextCall[member] = call;
        queue.push(member);
      }
    }
  }
  return { nextCall, farthestFirst: queue.reverse() };
}
