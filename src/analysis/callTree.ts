import type { Profile } from '../profile/profile';
import type { StackValues } from './stackValues';

/**
 * Stacks merged by function under each caller, in depth-first order, heaviest child first: node `i`'s subtree is
 * the range `i` to `subtreeEnd[i]`, so "is below" is a range check and parents precede children.
 */
export interface CallTree {
  readonly length: number;
  /** -1 for a root. */
  readonly parent: Int32Array;
  readonly func: Int32Array;
  readonly depth: Int32Array;
  readonly subtreeEnd: Int32Array;
  readonly self: Float64Array;
  readonly total: Float64Array;
  /** Samples with the node on their stack. */
  readonly samples: Float64Array;
  /** Width on the x axis: the absolute selfs of the subtree, which is `total` unless some values are negative. */
  readonly width: Float64Array;
  readonly start: Float64Array;
  /** Sum of the roots' widths. */
  readonly extent: number;
  /** Frame to take the position from: the first seen of the node. */
  readonly frame: Int32Array;
  /** Per stack of the profile: its node, -1 where nothing was sampled in or below it. */
  readonly nodeOfStack: Int32Array;
  /** 1 where no ancestor has the same function: these sum to a function's total, recursion counted once. */
  readonly outermost: Uint8Array;
  readonly rows: number;
}

/** Builds the call tree of a view. Nodes without any sample are left out. */
export function buildCallTree(profile: Profile, values: StackValues): CallTree {
  const merged = mergeByFunction(profile, values);
  const order = orderHeaviestFirst(merged);
  return placeInOrder(profile, merged, order);
}

interface MergedNodes {
  length: number;
  parent: Int32Array;
  func: Int32Array;
  frame: Int32Array;
  self: Float64Array;
  total: Float64Array;
  samples: Float64Array;
  width: Float64Array;
  nodeOfStack: Int32Array;
}

function mergeByFunction(profile: Profile, values: StackValues): MergedNodes {
  const { stacks, frames } = profile;
  const alive = sampledStacks(profile, values);
  const nodeOfStack = new Int32Array(stacks.length).fill(-1);
  const parent = new Int32Array(stacks.length);
  const func = new Int32Array(stacks.length);
  const frame = new Int32Array(stacks.length);
  const lastChild = new Int32Array(stacks.length).fill(-1);
  const table = new PairTable(parent, func);
  let length = 0;
  let lastRoot = -1;
  for (let stack = 0; stack < stacks.length; stack++) {
    if (alive[stack] === 0) continue;
    const prefix = stacks.prefix[stack];
    const above = prefix < 0 ? -1 : nodeOfStack[prefix];
    const stackFrame = stacks.frame[stack];
    const stackFunc = frames.func[stackFrame];
    // Neighbouring stacks mostly share their prefix's last child: that spares the hash.
    let node = above < 0 ? lastRoot : lastChild[above];
    if (node < 0 || func[node] !== stackFunc) {
      node = table.find(above, stackFunc);
      if (node < 0) {
        node = length++;
        parent[node] = above;
        func[node] = stackFunc;
        frame[node] = stackFrame;
        table.add(node);
      }
      if (above < 0) lastRoot = node;
      else lastChild[above] = node;
    }
    nodeOfStack[stack] = node;
  }
  const self = new Float64Array(length);
  const samples = new Float64Array(length);
  for (let stack = 0; stack < stacks.length; stack++) {
    const node = nodeOfStack[stack];
    if (node < 0) continue;
    self[node] += values.self[stack];
    samples[node] += values.count[stack];
  }
  const total = self.slice();
  const width = self.map(Math.abs);
  for (let node = length - 1; node >= 0; node--) {
    const above = parent[node];
    if (above < 0) continue;
    total[above] += total[node];
    samples[above] += samples[node];
    width[above] += width[node];
  }
  return { length, parent, func, frame, self, total, samples, width, nodeOfStack };
}

/** Marks stacks that are sampled themselves or have a sampled stack below. */
function sampledStacks(profile: Profile, values: StackValues): Uint8Array {
  const { length, prefix } = profile.stacks;
  const alive = new Uint8Array(length);
  for (let stack = length - 1; stack >= 0; stack--) {
    if (values.self[stack] !== 0 || values.count[stack] !== 0) alive[stack] = 1;
    if (alive[stack] === 1 && prefix[stack] >= 0) alive[prefix[stack]] = 1;
  }
  return alive;
}

/** Open-addressed hash of nodes by (parent, function). */
class PairTable {
  private slots = new Int32Array(1024).fill(-1);
  private used = 0;
  constructor(
    private readonly parent: Int32Array,
    private readonly func: Int32Array,
  ) {}

  find(parent: number, func: number): number {
    const mask = this.slots.length - 1;
    for (let slot = hashPair(parent, func) & mask; ; slot = (slot + 1) & mask) {
      const node = this.slots[slot];
      if (node < 0 || (this.parent[node] === parent && this.func[node] === func)) return node;
    }
  }

  add(node: number): void {
    if (++this.used * 2 > this.slots.length) {
      const old = this.slots;
      this.slots = new Int32Array(old.length * 2).fill(-1);
      for (const kept of old) if (kept >= 0) this.place(kept);
    }
    this.place(node);
  }

  private place(node: number): void {
    const mask = this.slots.length - 1;
    let slot = hashPair(this.parent[node], this.func[node]) & mask;
    while (this.slots[slot] >= 0) slot = (slot + 1) & mask;
    this.slots[slot] = node;
  }
}

function hashPair(a: number, b: number): number {
  const mixed = Math.imul(a + 1, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

interface ChildOrder {
  /** Children of node `i` are `children[offset[i + 1]]` up to `children[offset[i + 2]]`; roots are at `offset[0]`. */
  offset: Int32Array;
  children: Int32Array;
}

function orderHeaviestFirst({ length, parent, width }: MergedNodes): ChildOrder {
  const offset = new Int32Array(length + 2);
  for (let node = 0; node < length; node++) offset[parent[node] + 2]++;
  for (let i = 1; i < offset.length; i++) offset[i] += offset[i - 1];
  const fill = offset.slice();
  const children = new Int32Array(length);
  for (let node = 0; node < length; node++) children[fill[parent[node] + 1]++] = node;
  for (let list = 0; list <= length; list++) {
    const from = offset[list];
    const to = offset[list + 1];
    if (to - from > 1) sortByWidth(children, from, to, width);
  }
  return { offset, children };
}

/** Widest first; equals stay in the order in which they were first seen. */
function sortByWidth(children: Int32Array, from: number, to: number, width: Float64Array): void {
  if (to - from > 32) {
    children.subarray(from, to).sort((a, b) => width[b] - width[a] || a - b);
    return;
  }
  for (let i = from + 1; i < to; i++) {
    const node = children[i];
    let at = i;
    while (at > from && width[children[at - 1]] < width[node]) {
      children[at] = children[at - 1];
      at--;
    }
    children[at] = node;
  }
}

function placeInOrder(profile: Profile, merged: MergedNodes, order: ChildOrder): CallTree {
  const { length } = merged;
  const placed = new Int32Array(length);
  const parent = new Int32Array(length);
  const func = new Int32Array(length);
  const frame = new Int32Array(length);
  const depth = new Int32Array(length);
  const subtreeEnd = new Int32Array(length);
  const self = new Float64Array(length);
  const total = new Float64Array(length);
  const samples = new Float64Array(length);
  const width = new Float64Array(length);
  const start = new Float64Array(length);
  const outermost = new Uint8Array(length);
  const onPath = new Int32Array(profile.functions.length);

  // An explicit stack: recursion in a profile can be deeper than the JavaScript stack.
  const cursor = order.offset.slice();
  let next = 0;
  let extent = 0;
  let rows = 0;
  let open = -1;
  let openOld = -1;
  for (;;) {
    const list = openOld + 1;
    if (cursor[list] < order.offset[list + 1]) {
      const old = order.children[cursor[list]++];
      const node = next++;
      placed[old] = node;
      parent[node] = open;
      func[node] = merged.func[old];
      frame[node] = merged.frame[old];
      self[node] = merged.self[old];
      total[node] = merged.total[old];
      samples[node] = merged.samples[old];
      width[node] = merged.width[old];
      depth[node] = open < 0 ? 0 : depth[open] + 1;
      if (depth[node] >= rows) rows = depth[node] + 1;
      start[node] = extent;
      outermost[node] = onPath[func[node]]++ === 0 ? 1 : 0;
      open = node;
      openOld = old;
      continue;
    }
    if (open < 0) break;
    subtreeEnd[open] = next;
    onPath[func[open]]--;
    // Children's widths sum to less than the parent's by its self: the next sibling starts after both.
    extent = start[open] + width[open];
    open = parent[open];
    openOld = merged.parent[openOld];
  }
  const nodeOfStack = merged.nodeOfStack;
  for (let stack = 0; stack < nodeOfStack.length; stack++) {
    if (nodeOfStack[stack] >= 0) nodeOfStack[stack] = placed[nodeOfStack[stack]];
  }
  return {
    length,
    parent,
    func,
    depth,
    subtreeEnd,
    self,
    total,
    samples,
    width,
    start,
    extent,
    frame,
    nodeOfStack,
    outermost,
    rows,
  };
}
