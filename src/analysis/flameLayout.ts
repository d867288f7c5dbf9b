import type { CallTree } from './callTree';

/**
 * Every box of a chart, row by row: row `r` has the boxes `rowOffset[r]` to `rowOffset[r + 1]`, ascending and
 * disjoint in x. Row 0 is the outermost frame. Box `b` reaches from `startAt[startIndex[b]]` to `endAt[endIndex[b]]`:
 * edges are shared through indices, because a flame chart can have tens of millions of boxes.
 */
export interface FlameLayout {
  /** The x axis is 0 to `extent`. */
  readonly extent: number;
  readonly rowOffset: Uint32Array;
  readonly startIndex: Int32Array;
  readonly startAt: Float64Array;
  readonly endIndex: Int32Array;
  readonly endAt: Float64Array;
  /** Call tree node of each box. */
  readonly treeNode: Int32Array;
  /** What names a box towards the outside: its call tree node (left heavy), or its own index (time order). */
  readonly nodesAreBoxes: boolean;
}

/** Lays a call tree out left heavy: a box a node, by depth. */
export function layOutLeftHeavy(tree: CallTree): FlameLayout {
  // Depth-first order ascends in x within each row.
  const { extent, rowOffset, nodesByRow, start, end } = tree;
  return {
    extent,
    rowOffset,
    startIndex: nodesByRow,
    startAt: start,
    endIndex: nodesByRow,
    endAt: end,
    treeNode: nodesByRow,
    nodesAreBoxes: false,
  };
}

export function boxStart(layout: FlameLayout, box: number): number {
  return layout.startAt[layout.startIndex[box]];
}

export function boxEnd(layout: FlameLayout, box: number): number {
  return layout.endAt[layout.endIndex[box]];
}

/** The box of a node as the outside names it, -1 where there is none. */
export function boxOfNode(layout: FlameLayout, tree: CallTree, node: number): number {
  if (layout.nodesAreBoxes) return node >= 0 && node < layout.treeNode.length ? node : -1;
  if (node < 0 || node >= tree.length) return -1;
  const row = tree.depth[node];
  let low = layout.rowOffset[row];
  let high = layout.rowOffset[row + 1] - 1;
  // Nodes ascend with their boxes within a row.
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = layout.treeNode[middle];
    if (found === node) return middle;
    if (found < node) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Row of a box. */
export function rowOfBox(layout: FlameLayout, box: number): number {
  let low = 0;
  let high = layout.rowOffset.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (layout.rowOffset[middle] <= box) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The box of `row` that covers the whole of `box` (its caller there), -1 where there is none. */
export function ancestorInRow(layout: FlameLayout, box: number, row: number): number {
  let low = layout.rowOffset[row];
  let high = layout.rowOffset[row + 1] - 1;
  const x = boxStart(layout, box);
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (boxStart(layout, middle) <= x) low = middle;
    else high = middle - 1;
  }
  // Boxes of no width share their start with the next one: the sought one is the last that starts in time.
  return low <= high && boxStart(layout, low) <= x && boxEnd(layout, low) >= boxEnd(layout, box) ? low : -1;
}
