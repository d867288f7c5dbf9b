// AssemblyScript (https://www.assemblyscript.org), compiled by `npm run wasm` into callTreeModule.ts.
//
// Builds a call tree as callTree.ts does, step by step the same: see there. Code of this kind runs fast from its first
// loop on, where JavaScript is compiled several times over before it does. Columns lie one after the other in memory;
// per stack are `prefix`, `frame`, `self` and `count`, which become those of nodes in place, for there are never more
// nodes than stacks before.

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

let func: usize = 0;
let total: usize = 0;
let samples: usize = 0;
let width: usize = 0;
let size: usize = 0;

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

/** Bytes that a tree takes at most: of a stack, a frame, a function. The hash's slots are up to four words a stack. */
const STACK_BYTES: u64 = 200;

/** Factors of the hash of nodes, odd. */
let factorA: i32 = 1;
let factorB: i32 = 1;

/**
 * Makes room. Call before anything else, for each tree.
 * @param random keeps a profile from being made to collide
 * @returns false where there is not enough memory
 */
export function prepare(stackCount: i32, frameCount: i32, functionCount: i32, random: u64): bool {
  factorA = <i32>random | 1;
  factorB = <i32>(random >> 32) | 1;
  const bytes = <u64>stackCount * STACK_BYTES + <u64>frameCount * 4 + <u64>functionCount + 4096;
  const pages = (bytes + 0xffff) >> 16;
  // Below 2 GB: JavaScript reads addresses as signed.
  const has = <u64>memory.size();
  if (pages > 0x7fff || (pages > has && memory.grow(<i32>(pages - has)) < 0)) {
    return false;
  }
  stacks = stackCount;
  frames = frameCount;
  functions = functionCount;
  top = 1024;
  const words = <usize>stackCount << 2;
  const doubles = <usize>stackCount << 3;
  funcOfFrame = column(<usize>frameCount << 2);
  prefix = column(words);
  frame = column(words);
  self = column(doubles);
  count = column(doubles);
  nodeOfStack = column(words);
  func = column(words);
  total = column(doubles);
  samples = column(doubles);
  size = column(words);
  return true;
}

/** Builds the tree of what was filled in. */
export function build(): void {
  merge();
  sumUpwards();
  place(orderHeaviestFirst());
  listRows();
}

function merge(): void {
  // Stacks that are sampled themselves or have a sampled one below.
  const alive = zeros(stacks);
  for (let stack = stacks - 1; stack >= 0; stack--) {
    if (load<u8>(alive + stack) != 0 || float(self, stack) != 0 || float(count, stack) != 0) {
      store<u8>(alive + stack, 1);
      const above = int(prefix, stack);
      if (above >= 0) {
        store<u8>(alive + above, 1);
      }
    }
  }
  const unique = hasOneFrameEach();
  let mask = 0;
  let slots: usize = 0;
  if (!unique) {
    let length = 16;
    while (length < stacks << 1) {
      length <<= 1;
    }
    mask = length - 1;
    slots = zeros(<usize>length << 2);
  }
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
    if (!unique) {
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
}

function hasOneFrameEach(): bool {
  const seen = zeros(functions);
  for (let each = 0; each < frames; each++) {
    const place = seen + <usize>int(funcOfFrame, each);
    if (load<u8>(place) != 0) {
      return false;
    }
    store<u8>(place, 1);
  }
  return true;
}

function sumUpwards(): void {
  negative = false;
  for (let node = 0; node < nodes; node++) {
    const ofSelf = float(self, node);
    negative = negative || ofSelf < 0;
    setFloat(total, node, ofSelf);
    setFloat(samples, node, float(count, node));
    setInt(size, node, 1);
  }
  for (let node = nodes - 1; node >= 0; node--) {
    const above = int(prefix, node);
    if (above >= 0) {
      setFloat(total, above, float(total, above) + float(total, node));
      setFloat(samples, above, float(samples, above) + float(samples, node));
      setInt(size, above, int(size, above) + int(size, node));
    }
  }
  width = total;
  if (negative) {
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
}

let children: usize = 0;

/** Lists children, heaviest first. Returns the column of where each list begins: the one of node `i` at `i + 1`. */
function orderHeaviestFirst(): usize {
  const offset = zeros((<usize>nodes + 2) << 2);
  for (let node = 0; node < nodes; node++) {
    const list = int(prefix, node) + 2;
    setInt(offset, list, int(offset, list) + 1);
  }
  let sum = 0;
  for (let list = 0; list < nodes + 2; list++) {
    sum += int(offset, list);
    setInt(offset, list, sum);
  }
  const fill = column((<usize>nodes + 2) << 2);
  memory.copy(fill, offset, (<usize>nodes + 2) << 2);
  children = column(<usize>nodes << 2);
  for (let node = 0; node < nodes; node++) {
    const list = int(prefix, node) + 1;
    const at = int(fill, list);
    setInt(fill, list, at + 1);
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
  outParent = column(words);
  outFunc = column(words);
  outFrame = column(words);
  outDepth = column(words);
  outEnd = column(words);
  outSelf = column(doubles);
  outTotal = column(doubles);
  outSamples = column(doubles);
  outStart = column(doubles);
  outRight = column(doubles);
  outWidth = negative ? column(doubles) : outTotal;
  const places = column(words);
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
      setInt(outFunc, next, int(func, child));
      setInt(outFrame, next, int(frame, child));
      setInt(outDepth, next, depth);
      setInt(outEnd, next, next + ofSize);
      setFloat(outSelf, next, float(self, child));
      setFloat(outTotal, next, float(total, child));
      setFloat(outSamples, next, float(samples, child));
      setFloat(outStart, next, x);
      x += float(width, child);
      setFloat(outRight, next, x);
      if (negative) {
        setFloat(outWidth, next, float(width, child));
      }
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
}

function listRows(): void {
  outByRow = column(<usize>nodes << 2);
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
