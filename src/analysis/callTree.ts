import type { Profile } from '../profile/profile';
import type { StackValues } from './stackValues';
import { buildCallTreeByWasm } from './wasm/callTree';

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
  /** `start` and `width` together. */
  readonly end: Float64Array;
  /** Sum of the roots' widths, and of the samples without a stack: those stand as a gap behind the last root. */
  readonly extent: number;
  /** Frame to take the position from: the first seen of the node. */
  readonly frame: Int32Array;
  /** Per stack of the profile: its node, -1 where nothing was sampled in or below it. */
  readonly nodeOfStack: Int32Array;
  readonly rows: number;
  /** Nodes by depth, ascending: depth `d` has `nodesByRow[rowOffset[d]]` up to `rowOffset[d + 1]`. */
  readonly nodesByRow: Int32Array;
  readonly rowOffset: Uint32Array;
}

/** Stacks from which on WebAssembly is worth its start. */
const WORTH_WASM = 4096;
/** Share of the total from which on what is missing below the roots is samples without a stack. */
const STACKLESS_TOLERANCE = 1e-9;

/** Builds the call tree of a view. Nodes without any sample are left out. */
export function buildCallTree(profile: Profile, values: StackValues): CallTree {
  const fast = profile.stacks.length < WORTH_WASM ? null : buildCallTreeByWasm(profile, values);
  const tree = fast ?? buildCallTreeByScript(profile, values);
  // Shares are of all samples everywhere. Sums of fractions in another order differ by less than the tolerance.
  const gap = tree.length > 0 && values.total - tree.extent > values.total * STACKLESS_TOLERANCE;
  return gap ? { ...tree, extent: values.total } : tree;
}

/** `buildCallTree` without WebAssembly. */
export function buildCallTreeByScript(profile: Profile, values: StackValues): CallTree {
  return treeOfNodes(mergeByFunction(profile, values));
}

/** Sums nodes up and puts them in depth-first order, heaviest first. */
export function treeOfNodes(nodes: MergedNodes): CallTree {
  const merged = sumUpwards(nodes);
  return placeInOrder(merged, orderHeaviestFirst(merged));
}

/** Nodes in the order of their first stack: parents precede children. */
export interface MergedNodes {
  length: number;
  parent: Int32Array;
  func: Int32Array;
  frame: Int32Array;
  self: Float64Array;
  /** Samples whose leaf the node is. */
  count: Float64Array;
  nodeOfStack: Int32Array;
}

function mergeByFunction(profile: Profile, values: StackValues): MergedNodes {
  const { stacks, frames } = profile;
  const alive = sampledStacks(profile, values);
  const nodeOfStack = new Int32Array(stacks.length).fill(-1);
  const parent = new Int32Array(stacks.length);
  const func = new Int32Array(stacks.length);
  const frame = new Int32Array(stacks.length);
  if (hasOneFrameEach(profile)) {
    const self = new Float64Array(stacks.length);
    const count = new Float64Array(stacks.length);
    const merged = { length: 0, parent, func, frame, self, count, nodeOfStack };
    numberStacks(profile, values, alive, merged);
    return merged;
  }
  const lastChild = new Int32Array(stacks.length).fill(-1);
  const table = new PairTable(parent, func, stacks.length);
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
      parent[length] = above;
      func[length] = stackFunc;
      node = table.findOrAdd(length);
      if (node === length) frame[length++] = stackFrame;
      if (above < 0) lastRoot = node;
      else lastChild[above] = node;
    }
    nodeOfStack[stack] = node;
  }
  return { ...sumByNode(values, nodeOfStack, length), length, parent, func, frame, nodeOfStack };
}

function sumByNode(
  values: StackValues,
  nodeOfStack: Int32Array,
  length: number,
): { self: Float64Array; count: Float64Array } {
  const self = new Float64Array(length);
  const count = new Float64Array(length);
  for (let stack = 0; stack < nodeOfStack.length; stack++) {
    const node = nodeOfStack[stack];
    if (node < 0) continue;
    self[node] += values.self[stack];
    count[node] += values.count[stack];
  }
  return { self, count };
}

/** A node a sampled stack, where no two stacks can be the same path of functions. */
function numberStacks({ stacks, frames }: Profile, values: StackValues, alive: Uint8Array, merged: MergedNodes): void {
  const { prefix, frame } = stacks;
  const { nodeOfStack } = merged;
  let node = 0;
  for (let stack = 0; stack < stacks.length; stack++) {
    if (alive[stack] === 0) continue;
    merged.parent[node] = prefix[stack] < 0 ? -1 : nodeOfStack[prefix[stack]];
    merged.frame[node] = frame[stack];
    merged.func[node] = frames.func[frame[stack]];
    merged.self[node] = values.self[stack];
    merged.count[node] = values.count[stack];
    nodeOfStack[stack] = node++;
  }
  merged.length = node;
}

/** Whether functions and frames are one to one, as in V8's profiles: stacks need no merging then. */
function hasOneFrameEach({ frames, functions }: Profile): boolean {
  const { func, length } = frames;
  const seen = new Uint8Array(functions.length);
  for (let frame = 0; frame < length; frame++) {
    if (seen[func[frame]] !== 0) return false;
    seen[func[frame]] = 1;
  }
  return true;
}

/** Marks stacks that are sampled themselves or have a sampled stack below. */
function sampledStacks(profile: Profile, values: StackValues): Uint8Array {
  const { length, prefix } = profile.stacks;
  const { self, count } = values;
  const alive = new Uint8Array(length);
  for (let stack = length - 1; stack >= 0; stack--) {
    if (alive[stack] === 0 && self[stack] === 0 && count[stack] === 0) continue;
    alive[stack] = 1;
    if (prefix[stack] >= 0) alive[prefix[stack]] = 1;
  }
  return alive;
}

/** Factors of the hash of nodes, odd, of this process: so that a profile cannot be made to collide. */
const factorA = (Math.random() * 2 ** 32) | 1;
const factorB = (Math.random() * 2 ** 32) | 1;

/** Open-addressed hash of nodes by (parent, function). */
class PairTable {
  private readonly slots: Int32Array;
  constructor(
    private readonly parent: Int32Array,
    private readonly func: Int32Array,
    capacity: number,
  ) {
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * capacity + 2))).fill(-1);
  }

  /** The node with the same parent and function as `candidate`, which becomes that node where there is none. */
  findOrAdd(candidate: number): number {
    const { slots, parent, func } = this;
    const mask = slots.length - 1;
    const wantedParent = parent[candidate];
    const wantedFunc = func[candidate];
    const mixedParent = Math.imul(wantedParent ^ factorB, factorA);
    const turned = Math.imul(wantedFunc, factorB);
    const mixed = ((mixedParent ^ (mixedParent >>> 15)) + ((turned << 16) | (turned >>> 16))) | 0;
    for (let slot = (mixed ^ (mixed >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const node = slots[slot];
      if (node < 0) {
        slots[slot] = candidate;
        return candidate;
      }
      if (parent[node] === wantedParent && func[node] === wantedFunc) return node;
    }
  }
}

interface SummedNodes extends MergedNodes {
  total: Float64Array;
  samples: Float64Array;
  width: Float64Array;
  /** Nodes in the subtree, the node itself included. */
  size: Int32Array;
}

function sumUpwards(merged: MergedNodes): SummedNodes {
  const { length, parent } = merged;
  const self = merged.self.subarray(0, length);
  const total = self.slice();
  const samples = merged.count.slice(0, length);
  const size = new Int32Array(length).fill(1);
  addToParents(parent, total, samples, size);
  const width = hasNegative(self) ? sumWidths(parent, self) : total;
  return { ...merged, self, total, samples, width, size };
}

// Loops over all nodes are functions of their own: V8 compiles a function anew for each loop that it is in when it
// becomes hot.

function addToParents(parent: Int32Array, total: Float64Array, samples: Float64Array, size: Int32Array): void {
  for (let node = total.length - 1; node >= 0; node--) {
    const above = parent[node];
    if (above < 0) continue;
    total[above] += total[node];
    samples[above] += samples[node];
    size[above] += size[node];
  }
}

function hasNegative(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] < 0) return true;
  return false;
}

function sumWidths(parent: Int32Array, self: Float64Array): Float64Array {
  const width = self.map(Math.abs);
  for (let node = width.length - 1; node >= 0; node--) {
    if (parent[node] >= 0) width[parent[node]] += width[node];
  }
  return width;
}

interface ChildOrder {
  /** Roots are `children[offset[0]]` up to `offset[1]`, the children of node `i` `offset[i + 1]` up to `offset[i + 2]`. */
  offset: Int32Array;
  children: Int32Array;
}

function orderHeaviestFirst({ length, parent, width }: SummedNodes): ChildOrder {
  const offset = new Int32Array(length + 2);
  const children = new Int32Array(length);
  countChildren(parent, length, offset);
  accumulate(offset);
  listChildren(parent, offset.slice(), children);
  sortLists(offset, children, width);
  return { offset, children };
}

function countChildren(parent: Int32Array, length: number, offset: Int32Array): void {
  for (let node = 0; node < length; node++) offset[parent[node] + 2]++;
}

function accumulate(offset: Int32Array): void {
  let sum = 0;
  for (let i = 0; i < offset.length; i++) {
    sum += offset[i];
    offset[i] = sum;
  }
}

function listChildren(parent: Int32Array, fill: Int32Array, children: Int32Array): void {
  for (let node = 0; node < children.length; node++) children[fill[parent[node] + 1]++] = node;
}

function sortLists(offset: Int32Array, children: Int32Array, width: Float64Array): void {
  const lists = offset.length - 1;
  for (let list = 0; list < lists; list++) {
    const from = offset[list];
    const to = offset[list + 1];
    if (to - from > 1) sortByWidth(children, from, to, width);
  }
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

/** Gives every node its place in depth-first order: after its parent and the subtrees of its heavier siblings. */
function placeInOrder(merged: SummedNodes, order: ChildOrder): CallTree {
  const { length, nodeOfStack } = merged;
  const total = new Float64Array(length);
  const tree = {
    length,
    parent: new Int32Array(length),
    func: new Int32Array(length),
    depth: new Int32Array(length),
    subtreeEnd: new Int32Array(length),
    self: new Float64Array(length),
    total,
    samples: new Float64Array(length),
    width: merged.width === merged.total ? total : new Float64Array(length),
    start: new Float64Array(length),
    end: new Float64Array(length),
    extent: 0,
    frame: new Int32Array(length),
    nodeOfStack,
    rows: 0,
    nodesByRow: new Int32Array(length),
    rowOffset: new Uint32Array(0),
  };
  const place = new Int32Array(length);
  placeChildren(merged, order, place, tree);
  renumber(nodeOfStack, place);
  tree.rowOffset = countRows(tree.depth, tree.rows);
  listRows(tree.depth, tree.rowOffset.slice(), tree.nodesByRow);
  return tree;
}

function placeChildren(
  merged: SummedNodes,
  { offset, children }: ChildOrder,
  place: Int32Array,
  tree: { -readonly [Column in keyof CallTree]: CallTree[Column] },
): void {
  const { length, size, width } = merged;
  const { depth, start } = tree;
  // Roots first (as children of -1), then each node's children: parents are placed before their children.
  for (let above = -1; above < length; above++) {
    const abovePlace = above < 0 ? -1 : place[above];
    let next = abovePlace + 1;
    let x = above < 0 ? 0 : start[abovePlace];
    const childDepth = above < 0 ? 0 : depth[abovePlace] + 1;
    const to = offset[above + 2];
    for (let i = offset[above + 1]; i < to; i++) {
      const child = children[i];
      place[child] = next;
      tree.parent[next] = abovePlace;
      depth[next] = childDepth;
      start[next] = x;
      tree.end[next] = x + width[child];
      tree.func[next] = merged.func[child];
      tree.frame[next] = merged.frame[child];
      tree.self[next] = merged.self[child];
      tree.total[next] = merged.total[child];
      tree.samples[next] = merged.samples[child];
      tree.width[next] = width[child];
      tree.subtreeEnd[next] = next + size[child];
      if (childDepth >= tree.rows) tree.rows = childDepth + 1;
      next += size[child];
      x += width[child];
    }
    if (above < 0) tree.extent = x;
  }
}

function countRows(depth: Int32Array, rows: number): Uint32Array<ArrayBuffer> {
  const rowOffset = new Uint32Array(rows + 1);
  for (let node = 0; node < depth.length; node++) rowOffset[depth[node] + 1]++;
  for (let row = 0; row < rows; row++) rowOffset[row + 1] += rowOffset[row];
  return rowOffset;
}

function listRows(depth: Int32Array, fill: Uint32Array, nodesByRow: Int32Array): void {
  for (let node = 0; node < depth.length; node++) nodesByRow[fill[depth[node]]++] = node;
}

function renumber(nodeOfStack: Int32Array, place: Int32Array): void {
  for (let stack = 0; stack < nodeOfStack.length; stack++) {
    if (nodeOfStack[stack] >= 0) nodeOfStack[stack] = place[nodeOfStack[stack]];
  }
}
