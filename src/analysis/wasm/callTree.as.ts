// AssemblyScript (https://www.assemblyscript.org), compiled by `npm run wasm` into callTreeModule.ts.
//
// Builds a call tree as callTree.ts does, step by step the same: see there. Code of this kind runs fast from its first
// loop on, where JavaScript is compiled several times over before it does. Columns lie one after the other in memory;
// per stack are `prefix`, `frame`, `self` and `count`, which become those of nodes in place, for there are never more
// nodes than stacks before. Columns that are done with are used again, for fresh memory costs more than what is done in it.

let stacks: i32 = 0;
let frames: i32 = 0;
let functions: i32 = 0;
let top: usize = 0;

// What the caller fills in.
/** Function of each frame (i32). */
export let funcOfFrame: usize = 0;
export let prefix: usize = 0;
export let frame: usize = 0;
export let self: usize = 0;
export let count: usize = 0;

// What the caller takes.
export let nodes: i32 = 0;
export let rows: i32 = 0;
export let extent: f64 = 0;
/** Whether some values are negative: widths differ from totals then. */
export let negative: bool = false;
export let nodeOfStack: usize = 0;
export let outParent: usize = 0;
export let outFunc: usize = 0;
export let outFrame: usize = 0;
export let outDepth: usize = 0;
export let outEnd: usize = 0;
export let outSelf: usize = 0;
export let outTotal: usize = 0;
export let outSamples: usize = 0;
export let outStart: usize = 0;
export let outWidth: usize = 0;
/** `outStart` and the width together. */
export let outRight: usize = 0;
/** Nodes by depth, and where each depth begins (one more than `rows`). */
export let outByRow: usize = 0;
export let outRowOffset: usize = 0;
/** Bytes of memory that hold it all. */
export let used: usize = 0;

let func: usize = 0;
let total: usize = 0;
let width: usize = 0;
let size: usize = 0;
let children: usize = 0;
/** Stacks that are sampled themselves or have a sampled one below (u8). */
let alive: usize = 0;

// @ts-ignore: decorator
@inline
function int(column: usize, index: i32): i32 {
  return load<i32>(column + (<usize>index << 2));
}

// @ts-ignore: decorator
@inline
function setInt(column: usize, index: i32, value: i32): void {
  store<i32>(column + (<usize>index << 2), value);
}

// @ts-ignore: decorator
@inline
function float(column: usize, index: i32): f64 {
  return load<f64>(column + (<usize>index << 3));
}

// @ts-ignore: decorator
@inline
function setFloat(column: usize, index: i32, value: f64): void {
  store<f64>(column + (<usize>index << 3), value);
}

/** A column, in eights of bytes. The memory is there: `prepare` has seen to that. It may hold anything. */
function column(bytes: usize): usize {
  const at = top;
  top += (bytes + 7) & ~7;
  return at;
}

/** As `column`, of zeros. */
function zeros(bytes: usize): usize {
  const at = column(bytes);
  memory.fill(at, 0, bytes);
  return at;
}

/** Bytes of a stack in all columns but those of negative values and the hash. */
const STACK_BYTES: u64 = 96;

/** Factors of the hash of nodes, odd. */
let factorA: i32 = 1;
let factorB: i32 = 1;

/**
 * Makes room for what is to be filled in. Call before anything else, for each tree.
 * @param random keeps a profile from being made to collide
 * @returns false where there is not enough memory
 */
export function prepare(stackCount: i32, frameCount: i32, functionCount: i32, random: u64): bool {
  factorA = <i32>random | 1;
  factorB = <i32>(random >> 32) | 1;
  top = 1024;
  stacks = stackCount;
  frames = frameCount;
  functions = functionCount;
  if (!makeRoom(<u64>stackCount * STACK_BYTES + <u64>frameCount * 4 + <u64>functionCount + 4096)) {
    return false;
  }
  const words = <usize>stackCount << 2;
  const doubles = <usize>stackCount << 3;
  funcOfFrame = column(<usize>frameCount << 2);
  self = column(doubles);
  count = column(doubles);
  prefix = column(words);
  frame = column(words);
  nodeOfStack = column(words);
  func = column(words);
  alive = column(stackCount);
  return true;
}

/** Sees to it that so many bytes follow what is in use. */
function makeRoom(bytes: u64): bool {
  const pages = (<u64>top + bytes + 0xffff) >> 16;
  const has = <u64>memory.size();
  // Below 2 GB: JavaScript reads addresses as signed.
  return pages <= 0x7fff && (pages <= has || memory.grow(<i32>(pages - has)) >= 0);
}

/**
 * Builds the tree of what was filled in.
 * @returns false where there is not enough memory
 */
export function build(): bool {
  const chains = markAlive();
  let slots = 0;
  if (!hasOneFrameEach()) {
    slots = 16;
    while (slots < chains << 1) {
      slots <<= 1;
    }
    if (!makeRoom((<u64>slots << 2) + 4096)) {
      return false;
    }
  }
  merge(slots);
  if (!sumUpwards()) {
    return false;
  }
  place(orderHeaviestFirst());
  used = top;
  return true;
}

/** Answers how many runs of stacks there are in which each is on top of the one before. */
function markAlive(): i32 {
  memory.fill(alive, 0, stacks);
  let chains = 0;
  for (let stack = stacks - 1; stack >= 0; stack--) {
    if (load<u8>(alive + stack) != 0 || float(self, stack) != 0 || float(count, stack) != 0) {
      store<u8>(alive + stack, 1);
      const above = int(prefix, stack);
      if (above >= 0) {
        store<u8>(alive + above, 1);
      }
      chains += i32(above != stack - 1);
    }
  }
  return chains + 1;
}

/**
 * A node's first child is mostly the next node: such a child is found without the hash and does not stand in it. So each
 * run of stacks brings one node into it at most, after which all of the run are new, each the child of the one before.
 * @param size slots of the hash, 0 where no two stacks can be the same path of functions
 */
function merge(size: i32): void {
  const mask = size - 1;
  const begin = top;
  const slots = zeros(<usize>size << 2);
  let next = 0;
  for (let stack = 0; stack < stacks; stack++) {
    if (load<u8>(alive + stack) == 0) {
      setInt(nodeOfStack, stack, -1);
      continue;
    }
    const below = int(prefix, stack);
    const above = below < 0 ? -1 : int(nodeOfStack, below);
    const ofFrame = int(frame, stack);
    const ofFunc = int(funcOfFrame, ofFrame);
    let node = next;
    // The newest node has no child yet.
    if (size != 0 && above + 1 < next) {
      if (int(prefix, above + 1) == above && int(func, above + 1) == ofFunc) {
        node = above + 1;
      } else {
        const mixedAbove = (above ^ factorB) * factorA;
        const mixed = (mixedAbove ^ (mixedAbove >>> 15)) + rotl<i32>(ofFunc * factorB, 16);
        let slot = (mixed ^ (mixed >>> 15)) & mask;
        // Slots hold nodes plus 1.
        let found = int(slots, slot);
        while (found != 0 && (int(prefix, found - 1) != above || int(func, found - 1) != ofFunc)) {
          slot = (slot + 1) & mask;
          found = int(slots, slot);
        }
        if (found != 0) {
          node = found - 1;
        } else {
          setInt(slots, slot, node + 1);
        }
      }
    }
    setInt(nodeOfStack, stack, node);
    const ofSelf = float(self, stack);
    const ofCount = float(count, stack);
    if (node == next) {
      setInt(prefix, node, above);
      setInt(func, node, ofFunc);
      setInt(frame, node, ofFrame);
      setFloat(self, node, ofSelf);
      setFloat(count, node, ofCount);
      next++;
    } else {
      setFloat(self, node, float(self, node) + ofSelf);
      setFloat(count, node, float(count, node) + ofCount);
    }
  }
  nodes = next;
  top = begin;
}

function hasOneFrameEach(): bool {
  const begin = top;
  const seen = zeros(functions);
  top = begin;
  for (let each = 0; each < frames; each++) {
    const place = seen + <usize>int(funcOfFrame, each);
    if (load<u8>(place) != 0) {
      return false;
    }
    store<u8>(place, 1);
  }
  return true;
}

/** Makes `total` and `size`, turns `count` into that of all below. Answers false where there is not enough memory. */
function sumUpwards(): bool {
  total = column(<usize>nodes << 3);
  // Side by side, for a column of floats to take their place.
  size = column(<usize>nodes << 2);
  children = column(<usize>nodes << 2);
  negative = false;
  for (let node = 0; node < nodes; node++) {
    const ofSelf = float(self, node);
    negative = negative || ofSelf < 0;
    setFloat(total, node, ofSelf);
    setInt(size, node, 1);
  }
  for (let node = nodes - 1; node >= 0; node--) {
    const above = int(prefix, node);
    if (above >= 0) {
      setFloat(total, above, float(total, above) + float(total, node));
      setFloat(count, above, float(count, above) + float(count, node));
      setInt(size, above, int(size, above) + int(size, node));
    }
  }
  width = total;
  if (negative) {
    if (!makeRoom(<u64>stacks * STACK_BYTES)) {
      return false;
    }
    width = column(<usize>nodes << 3);
    for (let node = 0; node < nodes; node++) {
      setFloat(width, node, abs(float(self, node)));
    }
    for (let node = nodes - 1; node >= 0; node--) {
      const above = int(prefix, node);
      if (above >= 0) {
        setFloat(width, above, float(width, above) + float(width, node));
      }
    }
  }
  return true;
}

/** Lists children, heaviest first. Returns the column of where each list begins: the one of node `i` at `i + 1`. */
function orderHeaviestFirst(): usize {
  const offset = zeros((<usize>nodes + 3) << 2);
  for (let node = 0; node < nodes; node++) {
    const list = int(prefix, node) + 3;
    setInt(offset, list, int(offset, list) + 1);
  }
  let sum = 0;
  for (let list = 0; list < nodes + 3; list++) {
    sum += int(offset, list);
    setInt(offset, list, sum);
  }
  // Where a list begins is moved to its end while it is filled: to where the next one begins.
  for (let node = 0; node < nodes; node++) {
    const list = int(prefix, node) + 2;
    const at = int(offset, list);
    setInt(offset, list, at + 1);
    setInt(children, at, node);
  }
  for (let list = 0; list <= nodes; list++) {
    const from = int(offset, list);
    const to = int(offset, list + 1);
    if (to - from > 1) {
      sort(from, to);
    }
  }
  return offset;
}

/** Shell's sort (gaps 1, 4, 13, … https://oeis.org/A003462): widest first, equals in the order of their nodes. */
function sort(from: i32, to: i32): void {
  let gap = 1;
  while (gap < (to - from) / 3) {
    gap = gap * 3 + 1;
  }
  for (; gap > 0; gap /= 3) {
    for (let i = from + gap; i < to; i++) {
      const node = int(children, i);
      const ofWidth = float(width, node);
      let at = i;
      while (at - gap >= from) {
        const other = int(children, at - gap);
        const ofOther = float(width, other);
        if (ofOther > ofWidth || (ofOther == ofWidth && other < node)) {
          break;
        }
        setInt(children, at, other);
        at -= gap;
      }
      setInt(children, at, node);
    }
  }
}

function place(offset: usize): void {
  const words = <usize>nodes << 2;
  const doubles = <usize>nodes << 3;
  const places = column(words);
  outParent = column(words);
  outDepth = column(words);
  outEnd = column(words);
  outStart = column(doubles);
  outRight = column(doubles);
  rows = 0;
  for (let above = -1; above < nodes; above++) {
    const abovePlace = above < 0 ? -1 : int(places, above);
    let next = abovePlace + 1;
    let x = above < 0 ? 0 : float(outStart, abovePlace);
    const depth = above < 0 ? 0 : int(outDepth, abovePlace) + 1;
    const to = int(offset, above + 2);
    for (let i = int(offset, above + 1); i < to; i++) {
      const child = int(children, i);
      const ofSize = int(size, child);
      setInt(places, child, next);
      setInt(outParent, next, abovePlace);
      setInt(outDepth, next, depth);
      setInt(outEnd, next, next + ofSize);
      setFloat(outStart, next, x);
      const right = x + float(width, child);
      setFloat(outRight, next, right);
      x = right;
      if (depth >= rows) {
        rows = depth + 1;
      }
      next += ofSize;
    }
    if (above < 0) {
      extent = x;
    }
  }
  for (let stack = 0; stack < stacks; stack++) {
    const node = int(nodeOfStack, stack);
    if (node >= 0) {
      setInt(nodeOfStack, stack, int(places, node));
    }
  }
  // What is done with takes what comes: each column goes where the one before it was.
  outFunc = moveInts(func, prefix, places);
  outFrame = moveInts(frame, func, places);
  listRows(frame);
  outSelf = moveFloats(self, size, places);
  outTotal = moveFloats(total, self, places);
  outSamples = moveFloats(count, total, places);
  outWidth = negative ? moveFloats(width, count, places) : outTotal;
}

function moveInts(from: usize, to: usize, places: usize): usize {
  for (let node = 0; node < nodes; node++) {
    setInt(to, int(places, node), int(from, node));
  }
  return to;
}

function moveFloats(from: usize, to: usize, places: usize): usize {
  for (let node = 0; node < nodes; node++) {
    setFloat(to, int(places, node), float(from, node));
  }
  return to;
}

/** @param target column for the nodes by depth */
function listRows(target: usize): void {
  outByRow = target;
  outRowOffset = zeros((<usize>rows + 1) << 2);
  const fill = zeros((<usize>rows + 1) << 2);
  for (let node = 0; node < nodes; node++) {
    const next = int(outDepth, node) + 1;
    setInt(outRowOffset, next, int(outRowOffset, next) + 1);
  }
  for (let row = 0; row < rows; row++) {
    const sum = int(outRowOffset, row) + int(outRowOffset, row + 1);
    setInt(outRowOffset, row + 1, sum);
    setInt(fill, row + 1, sum);
  }
  for (let node = 0; node < nodes; node++) {
    const row = int(outDepth, node);
    const at = int(fill, row);
    setInt(fill, row, at + 1);
    setInt(outByRow, at, node);
  }
}
