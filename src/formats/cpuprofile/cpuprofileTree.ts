import type { ProfileBuilder } from '../../profile/profileBuilder';
import { type WasmUse, worthWasm } from '../../profile/wasmModule';
import type { CallFrames } from './callFrames';
import type { CpuprofileColumns } from './cpuprofileColumns';
import { placeTicks } from './cpuprofileTickPlaces';
import { NodeIds } from './nodeIds';
import { makePlainTree } from './wasm/cpuprofileTree';

/** What had to be repaired, counted over all segments. */
export interface CpuprofileRepairs {
  duplicateIds: number;
  dangling: number;
  secondParents: number;
  cycles: number;
  unknownSamples: number;
  lengths: number;
}

/** A segment's call tree, interned into the builder. */
export interface CpuprofileTree {
  /** Stack of each node, -1 for `(root)`. */
  readonly stackOfRow: Int32Array;
  /** Replaces ids by their nodes' stacks, unknown ones by -1. Returns how many are unknown. */
  translate(ids: Int32Array): number;
}

/** Nodes from which on WebAssembly is worth its start. */
const WORTH_WASM = 4096;

/**
 * Interns a segment's functions, frames and stacks, and records its position ticks as leaf lines.
 * @param wasm whether plain trees are made by WebAssembly: both ways make the same
 */
export function internTree(
  builder: ProfileBuilder,
  columns: CpuprofileColumns,
  repairs: CpuprofileRepairs,
  wasm: WasmUse,
): CpuprofileTree {
  const plain =
    worthWasm(wasm, columns.nodes, WORTH_WASM) &&
    !builder.hasStacks &&
    columns.locations === null &&
    columns.parents === 0;
  return (
    adoptPlainProfile(builder, columns) ??
    (plain ? internPlainTree(builder, columns) : null) ??
    internAnyTree(builder, columns, repairs)
  );
}

/** Takes over what was made of the nodes while they were read: null where nothing was. */
function adoptPlainProfile(builder: ProfileBuilder, { plain }: CpuprofileColumns): CpuprofileTree | null {
  if (plain === null) {
    return null;
  }
  const { functions, leafLines } = plain;
  builder.setFunctions(functions.name, functions.file, functions.line, functions.column);
  builder.setStacks(plain.prefix, plain.frame);
  builder.addLeafLines(leafLines.stack, leafLines.line, leafLines.ticks, leafLines.stack.length, leafLines.sorted);
  return { stackOfRow: plain.stackOfRow, translate: () => plain.unknownSamples };
}

/** As `internTree`, for the first segment of a file; null where something is to be repaired. */
function internPlainTree(builder: ProfileBuilder, columns: CpuprofileColumns): CpuprofileTree | null {
  const { callFrames } = columns;
  const root = builder.string('(root)');
  const anonymous = builder.string('(anonymous)');
  const frameOf = new Int32Array(callFrames.length);
  for (let i = 0; i < frameOf.length; i++) {
    frameOf[i] = callFrames.name[i] === root && callFrames.url[i] === 0 ? -2 : 0;
  }
  const tree = makePlainTree(columns, frameOf, () => {
    builder.reserve(callFrames.length, 0);
    for (let i = 0; i < frameOf.length; i++) {
      if (frameOf[i] === 0) {
        frameOf[i] = internFrame(builder, callFrames, i, anonymous);
      }
    }
    return frameOf;
  });
  if (tree === null) {
    return null;
  }
  const { stackOfRow, stackOfId, low, leafLines } = tree;
  builder.setStacks(tree.prefix, tree.frame);
  builder.addLeafLines(leafLines.stack, leafLines.line, leafLines.ticks, leafLines.stack.length, leafLines.sorted);
  return { stackOfRow, translate: (ids) => translateIds(ids, stackOfId, low) };
}

/** Frame of a call frame. */
function internFrame(builder: ProfileBuilder, callFrames: CallFrames, index: number, anonymous: number): number {
  const name = callFrames.name[index] === 0 ? anonymous : callFrames.name[index];
  const file = callFrames.url[index] === 0 ? -1 : callFrames.url[index];
  const line = callFrames.line[index];
  return builder.frame(builder.func(name, file, line, callFrames.column[index]), line, false);
}

function translateIds(ids: Int32Array, stackOfId: Int32Array, low: number): number {
  const { length } = stackOfId;
  let unknown = 0;
  for (let i = 0; i < ids.length; i++) {
    const at = ids[i] - low;
    const stack = at >= 0 && at < length ? stackOfId[at] : -2;
    if (stack < -1) {
      unknown++;
      ids[i] = -1;
    } else {
      ids[i] = stack;
    }
  }
  return unknown;
}

function internAnyTree(
  builder: ProfileBuilder,
  columns: CpuprofileColumns,
  repairs: CpuprofileRepairs,
): CpuprofileTree {
  const ids = new NodeIds(columns.id, columns.nodes);
  repairs.duplicateIds += ids.duplicates;
  const parent = findParents(columns, ids, repairs);
  const order = parentsFirst(parent, repairs);
  const stackOfRow = new Int32Array(columns.nodes);
  builder.reserve(columns.callFrames.length, columns.nodes);
  const root = builder.string('(root)');
  const anonymous = builder.string('(anonymous)');
  const { locations, callFrames } = columns;
  // Nodes that js-debug mapped have functions of their own; the others share their call frame's.
  const frameOfCallFrame = new Int32Array(callFrames.length).fill(-1);
  const frameOf = (callFrame: number, location: number): number => {
    const name = callFrame < 0 ? 0 : callFrames.name[callFrame];
    const named = name === 0 ? anonymous : name;
    if (location >= 0 && locations !== null) {
      const line = locations.line[location];
      return builder.frame(
        builder.func(named, locations.file[location], line, locations.column[location]),
        line,
        false,
      );
    }
    if (callFrame < 0) {
      return builder.frame(builder.func(named, -1, 0, 0), 0, false);
    }
    const frame = internFrame(builder, callFrames, callFrame, anonymous);
    frameOfCallFrame[callFrame] = frame;
    return frame;
  };
  for (let i = 0; i < columns.nodes; i++) {
    const row = order === null ? i : order[i];
    const above = parent[row];
    const callFrame = columns.callFrame[row];
    if (above < 0 && callFrame >= 0 && callFrames.name[callFrame] === root && callFrames.url[callFrame] === 0) {
      stackOfRow[row] = -1;
      continue;
    }
    const location = locations === null ? -1 : columns.locationOfNode(row);
    let frame = location < 0 && callFrame >= 0 ? frameOfCallFrame[callFrame] : -1;
    if (frame < 0) {
      frame = frameOf(callFrame, location);
    }
    stackOfRow[row] = builder.stack(above < 0 ? -1 : stackOfRow[above], frame);
  }
  addTicks(builder, columns, stackOfRow);
  return { stackOfRow, translate: (samples) => ids.translate(samples, stackOfRow) };
}

/** Row of each node's parent, -1 for roots. A node that two others claim stays with the first. */
function findParents(columns: CpuprofileColumns, ids: NodeIds, repairs: CpuprofileRepairs): Int32Array {
  const parent = new Int32Array(columns.nodes).fill(-1);
  for (let link = 0; link < columns.links; link++) {
    const child = ids.row(columns.linkChild[link]);
    const row = columns.linkRow[link];
    if (child < 0) {
      repairs.dangling++;
    } else if (child === row) {
      repairs.cycles++;
    } else if (parent[child] >= 0 && parent[child] !== row) {
      repairs.secondParents++;
    } else {
      parent[child] = row;
    }
  }
  for (let link = 0; link < columns.parents; link++) {
    const row = columns.parentRow[link];
    if (parent[row] < 0) {
      const above = ids.row(columns.parentId[link]);
      if (above < 0) {
        repairs.dangling++;
      } else if (above === row) {
        repairs.cycles++;
      } else {
        parent[row] = above;
      }
    }
  }
  return parent;
}

/**
 * An order of the rows in which parents come first; null where the rows are in such an order already. Cycles are cut
 * at their first row, which becomes a root (`parent` is changed).
 */
function parentsFirst(parent: Int32Array, repairs: CpuprofileRepairs): Int32Array | null {
  const nodes = parent.length;
  let sorted = true;
  for (let row = 0; row < nodes && sorted; row++) {
    sorted = parent[row] < row;
  }
  if (sorted) {
    return null;
  }
  const firstChild = new Int32Array(nodes).fill(-1);
  const sibling = new Int32Array(nodes).fill(-1);
  for (let row = nodes - 1; row >= 0; row--) {
    if (parent[row] >= 0) {
      sibling[row] = firstChild[parent[row]];
      firstChild[parent[row]] = row;
    }
  }
  const order = new Int32Array(nodes);
  const seen = new Uint8Array(nodes);
  let length = 0;
  // Breadth first: `order` itself is the queue.
  const walk = (start: number): void => {
    let next = length;
    seen[start] = 1;
    order[length++] = start;
    for (; next < length; next++) {
      for (let child = firstChild[order[next]]; child >= 0; child = sibling[child]) {
        if (seen[child] === 0) {
          seen[child] = 1;
          order[length++] = child;
        }
      }
    }
  };
  for (let row = 0; row < nodes; row++) {
    if (parent[row] < 0) {
      walk(row);
    }
  }
  for (let row = 0; row < nodes && length < nodes; row++) {
    if (seen[row] === 0) {
      repairs.cycles++;
      parent[row] = -1;
      walk(row);
    }
  }
  return order;
}

function addTicks(builder: ProfileBuilder, columns: CpuprofileColumns, stackOfRow: Int32Array): void {
  const { ticks, tickRow, tickLine, tickCount } = columns;
  const tickFile = placeTicks(columns, builder.strings);
  for (let tick = 0; tick < ticks; tick++) {
    tickRow[tick] = tickLine[tick] > 0 && tickCount[tick] > 0 ? stackOfRow[tickRow[tick]] : -1;
  }
  builder.addLeafLines(tickRow, tickLine, tickCount, ticks, false, tickFile);
}
