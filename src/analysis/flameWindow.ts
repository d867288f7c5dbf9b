import type { FlameLayout } from './flameLayout';

/** The boxes of a part of a layout, as `FlameWindow` of the engine's API describes them, without names. */
export interface LayoutWindow {
  from: number;
  to: number;
  resolution: number;
  extent: number;
  rowOffset: Uint32Array;
  start: Float64Array;
  end: Float64Array;
  node: Int32Array;
  /** Call tree node of each box; for a merged run that of its widest box. */
  treeNode: Int32Array;
}

/** Layouts of up to this many boxes are sent whole: then no pan or zoom ever waits. */
const SMALL_LAYOUT = 50_000;

/** What a window has on either side beyond what was asked for, so that panning rarely waits: a part of its span. */
const MARGIN = 0.6;

/**
 * Cuts a window out of a layout: `from` to `to` with a margin on either side.
 * Boxes under half a pixel are merged with their neighbours into runs of up to two pixels, so what comes back is
 * bounded by rows × pixels, not by the profile.
 * @param pixels device pixels that `from` to `to` is drawn on.
 */
export function cutWindow(layout: FlameLayout, from: number, to: number, pixels: number): LayoutWindow {
  const whole = layout.treeNode.length <= SMALL_LAYOUT;
  const span = Math.max(to - from, Number.MIN_VALUE);
  const windowFrom = whole ? 0 : Math.max(0, from - MARGIN * span);
  const windowTo = whole ? layout.extent : Math.min(layout.extent, to + MARGIN * span);
  const resolution = whole ? 0 : span / Math.max(1, pixels) / 2;
  const rows = layout.rowOffset.length - 1;
  const columns = new WindowColumns(whole ? layout.treeNode.length : 1 << 14);
  const rowOffset = new Uint32Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    cutRow(layout, row, windowFrom, windowTo, resolution, columns);
    rowOffset[row + 1] = columns.length;
  }
  // Trailing rows without a box in the window stay: the chart's height must not change while one pans.
  return { from: windowFrom, to: windowTo, resolution, extent: layout.extent, rowOffset, ...columns.finish() };
}

function cutRow(
  layout: FlameLayout,
  row: number,
  from: number,
  to: number,
  resolution: number,
  columns: WindowColumns,
): void {
  const { startIndex, startAt, endIndex, endAt, treeNode, nodesAreBoxes } = layout;
  const rowEnd = layout.rowOffset[row + 1];
  let box = firstEndingAfter(layout, layout.rowOffset[row], rowEnd, from);
  while (box < rowEnd) {
    const runStart = startAt[startIndex[box]];
    if (runStart > to) return;
    let runEnd = endAt[endIndex[box]];
    let widest = box;
    let widestWidth = runEnd - runStart;
    const first = box++;
    if (widestWidth < resolution) {
      while (box < rowEnd) {
        const start = startAt[startIndex[box]];
        const end = endAt[endIndex[box]];
        if (end - start >= resolution || end - runStart > 4 * resolution || start - runEnd > resolution) break;
        if (end - start > widestWidth) {
          widest = box;
          widestWidth = end - start;
        }
        runEnd = end;
        box++;
      }
    }
    const single = box === first + 1;
    columns.add(runStart, runEnd, single ? (nodesAreBoxes ? first : treeNode[first]) : -1, treeNode[widest]);
  }
}

/** First box of a row that ends after `x`. */
function firstEndingAfter({ endAt, endIndex }: FlameLayout, low: number, high: number, x: number): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (endAt[endIndex[middle]] > x) high = middle;
    else low = middle + 1;
  }
  return low;
}

class WindowColumns {
  length = 0;
  private start: Float64Array;
  private end: Float64Array;
  private node: Int32Array;
  private treeNode: Int32Array;

  constructor(private capacity: number) {
    this.start = new Float64Array(capacity);
    this.end = new Float64Array(capacity);
    this.node = new Int32Array(capacity);
    this.treeNode = new Int32Array(capacity);
  }

  add(start: number, end: number, node: number, treeNode: number): void {
    if (this.length === this.capacity) this.resize(Math.max(1024, this.capacity * 2));
    const at = this.length++;
    this.start[at] = start;
    this.end[at] = end;
    this.node[at] = node;
    this.treeNode[at] = treeNode;
  }

  finish(): { start: Float64Array; end: Float64Array; node: Int32Array; treeNode: Int32Array } {
    if (this.length < this.capacity) this.resize(this.length);
    return { start: this.start, end: this.end, node: this.node, treeNode: this.treeNode };
  }

  private resize(capacity: number): void {
    const resized = <A extends Float64Array | Int32Array>(to: A, from: A): A => {
      to.set(from.length > to.length ? from.subarray(0, to.length) : from);
      return to;
    };
    this.start = resized(new Float64Array(capacity), this.start);
    this.end = resized(new Float64Array(capacity), this.end);
    this.node = resized(new Int32Array(capacity), this.node);
    this.treeNode = resized(new Int32Array(capacity), this.treeNode);
    this.capacity = capacity;
  }
}
