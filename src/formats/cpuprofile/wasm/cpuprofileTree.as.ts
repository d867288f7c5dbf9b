// AssemblyScript (https://www.assemblyscript.org), compiled by `npm run wasm` into cpuprofileTreeModule.ts.
//
// Makes stacks of a .cpuprofile's nodes, as cpuprofileTree.ts does, where nothing is to be repaired: ids that are
// distinct and dense, parents before children, each child of one parent. Anything else is left to that file.

import { clearRoom, hasRoom, reserve } from './room.as';

let nodes: i32 = 0;
let links: i32 = 0;
let ticks: i32 = 0;

// What the caller fills in, as in `CpuprofileColumns`. `build` uses it up.
export let id: usize = 0;
export let callFrame: usize = 0;
export let linkRow: usize = 0;
export let linkChild: usize = 0;
export let tickRow: usize = 0;
export let tickLine: usize = 0;
export let tickCount: usize = 0;
/** Per call frame: its frame, -2 for that of a root (i32). `check` only looks for roots. */
export let frameOf: usize = 0;

// What the caller takes.
/** Per row: its stack, -1 for a root. */
export let stackOfRow: usize = 0;
export let stacks: i32 = 0;
export let stackPrefix: usize = 0;
export let stackFrame: usize = 0;
/** Per id from `low` on: its stack, -1 for a root, -2 for an id that no node has. */
export let stackOfId: usize = 0;
export let low: i32 = 0;
export let span: i32 = 0;
/** Leaf lines, in the place of ticks. */
export let leafLines: i32 = 0;
/** Whether they are sorted by stack and line, each once: not where too much would have to move. */
export let sortedLeafLines: bool = false;

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

/** A column of zeros; `prepare` has seen to its room. */
function zeros(bytes: usize): usize {
  const at = reserve(bytes);
  memory.fill(at, 0, bytes);
  return at;
}

/** Bytes that are taken of a node: a column, up to four slots, five ids. */
const NODE_BYTES: u64 = 4 * (1 + 4 + 5);
const SPARE_IDS: i32 = 1024;

/** Factors of the hash of stacks, odd. */
let factorA: i32 = 1;
let factorB: i32 = 1;

/**
 * Makes room. Call before anything else, for each tree.
 * @param random keeps a file from being made to collide
 * @returns false where there is not enough memory
 */
export function prepare(nodeCount: i32, linkCount: i32, tickCount_: i32, callFrames: i32, random: u64): bool {
  clearRoom(1024);
  if (!hasRoom(<u64>nodeCount * 8 + <u64>linkCount * 8 + <u64>tickCount_ * 16 + <u64>callFrames * 4 + 64)) {
    return false;
  }
  return adoptColumns(
    nodeCount,
    linkCount,
    tickCount_,
    reserve(<usize>nodeCount << 2),
    reserve(<usize>nodeCount << 2),
    reserve(<usize>linkCount << 2),
    reserve(<usize>linkCount << 2),
    reserve(<usize>tickCount_ << 2),
    reserve(<usize>tickCount_ << 2),
    reserve(<usize>tickCount_ << 3),
    reserve(<usize>callFrames << 2),
    random,
  );
}

/** As `prepare`, with columns that are there. */
export function adoptColumns(
  nodeCount: i32,
  linkCount: i32,
  tickCount_: i32,
  idAt: usize,
  callFrameAt: usize,
  linkRowAt: usize,
  linkChildAt: usize,
  tickRowAt: usize,
  tickLineAt: usize,
  tickCountAt: usize,
  frameOfAt: usize,
  random: u64,
): bool {
  factorA = <i32>random | 1;
  factorB = <i32>(random >> 32) | 1;
  nodes = nodeCount;
  links = linkCount;
  ticks = tickCount_;
  id = idAt;
  callFrame = callFrameAt;
  linkRow = linkRowAt;
  linkChild = linkChildAt;
  tickRow = tickRowAt;
  tickLine = tickLineAt;
  tickCount = tickCountAt;
  frameOf = frameOfAt;
  if (!hasRoom(<u64>nodeCount * NODE_BYTES + (1 << 14))) {
    return false;
  }
  return true;
}

/** Finds parents. @returns whether there is nothing to repair */
export function check(): bool {
  return findIds() && findParents();
}

/** Makes stacks and leaf lines, after `check`. */
export function build(): void {
  makeStacks();
  sortTicks();
}

function findIds(): bool {
  let least = i32.MAX_VALUE;
  let most = i32.MIN_VALUE;
  for (let row = 0; row < nodes; row++) {
    const of_ = int(id, row);
    least = min(least, of_);
    most = max(most, of_);
  }
  if (nodes == 0 || <i64>most - <i64>least >= <i64>nodes * 4 + SPARE_IDS) {
    return false;
  }
  low = least;
  span = most - least + 1;
  // Rows plus 1 until stacks are known.
  stackOfId = zeros(<usize>span << 2);
  for (let row = 0; row < nodes; row++) {
    const at = int(id, row) - low;
    if (int(stackOfId, at) != 0) {
      return false;
    }
    setInt(stackOfId, at, row + 1);
  }
  return true;
}

/** Per row: that of its parent, plus 1; 0 for none. It becomes `stackOfRow` in place, row by row. */
let parent: usize = 0;

function findParents(): bool {
  parent = zeros(<usize>nodes << 2);
  for (let link = 0; link < links; link++) {
    const at = int(linkChild, link) - low;
    const child = <u32>at < <u32>span ? int(stackOfId, at) - 1 : -1;
    const above = int(linkRow, link);
    if (child <= above || int(parent, child) != 0) {
      return false;
    }
    setInt(parent, child, above + 1);
  }
  for (let row = 0; row < nodes; row++) {
    const of_ = int(callFrame, row);
    // A node without a call frame has a name of its own, and a root within the tree counts as any other.
    if (of_ < 0 || (int(frameOf, of_) == -2 && int(parent, row) != 0)) {
      return false;
    }
  }
  return true;
}

function makeStacks(): void {
  // In the place of what is used no more: there are no more stacks than rows before.
  stackOfRow = parent;
  stackPrefix = id;
  stackFrame = callFrame;
  let length = 16;
  while (length < nodes << 1) {
    length <<= 1;
  }
  // Stacks plus 1.
  const slots = zeros(<usize>length << 2);
  const mask = length - 1;
  let next = 0;
  for (let row = 0; row < nodes; row++) {
    const above = int(parent, row) - 1;
    const frame = int(frameOf, int(callFrame, row));
    if (frame == -2) {
      setInt(stackOfRow, row, -1);
      continue;
    }
    const prefix = above < 0 ? -1 : int(stackOfRow, above);
    // As in `PairTable`.
    const mixedLow = (prefix ^ factorB) * factorA;
    let mixed = (mixedLow ^ (mixedLow >>> 15)) + rotl<i32>(frame * factorB, 16);
    mixed = (mixed ^ (mixed >>> 15)) * 0x2c1b3c6d;
    let slot = (mixed ^ (mixed >>> 13)) & mask;
    let found = int(slots, slot);
    while (found != 0 && (int(stackPrefix, found - 1) != prefix || int(stackFrame, found - 1) != frame)) {
      slot = (slot + 1) & mask;
      found = int(slots, slot);
    }
    if (found == 0) {
      setInt(stackPrefix, next, prefix);
      setInt(stackFrame, next, frame);
      next++;
      setInt(slots, slot, next);
      found = next;
    }
    setInt(stackOfRow, row, found - 1);
  }
  stacks = next;
  for (let at = 0; at < span; at++) {
    const row = int(stackOfId, at) - 1;
    setInt(stackOfId, at, row < 0 ? -2 : int(stackOfRow, row));
  }
}

/** Whether the leaf line of `row` comes before the given one. */
// @ts-ignore: decorator
@inline
function isBefore(row: i32, stack: i32, line: i32): bool {
  const ofStack = int(tickRow, row);
  return ofStack < stack || (ofStack == stack && int(tickLine, row) < line);
}

/** Ticks come nearly in order: by insertion, up to where too much would have to move. */
function sortTicks(): void {
  sortedLeafLines = true;
  let length = 0;
  let moves = <i64>ticks * 4;
  for (let tick = 0; tick < ticks; tick++) {
    const stack = int(stackOfRow, int(tickRow, tick));
    const line = int(tickLine, tick);
    const count = load<f64>(tickCount + (<usize>tick << 3));
    if (stack < 0 || line <= 0 || !(count > 0)) {
      continue;
    }
    let at = length;
    if (sortedLeafLines && length > 0 && !isBefore(length - 1, stack, line)) {
      let from = 0;
      while (from < at) {
        const middle = (from + at) >>> 1;
        if (isBefore(middle, stack, line)) {
          from = middle + 1;
        } else {
          at = middle;
        }
      }
    }
    const same = at < length && int(tickRow, at) == stack && int(tickLine, at) == line;
    if (same) {
      const place = tickCount + (<usize>at << 3);
      store<f64>(place, load<f64>(place) + count);
      continue;
    }
    const behind = <usize>(length - at);
    if (behind != 0) {
      moves -= behind;
      sortedLeafLines = moves >= 0;
      const words = <usize>at << 2;
      memory.copy(tickRow + words + 4, tickRow + words, behind << 2);
      memory.copy(tickLine + words + 4, tickLine + words, behind << 2);
      memory.copy(tickCount + (words << 1) + 8, tickCount + (words << 1), behind << 3);
    }
    setInt(tickRow, at, stack);
    setInt(tickLine, at, line);
    store<f64>(tickCount + (<usize>at << 3), count);
    length++;
  }
  leafLines = length;
}
