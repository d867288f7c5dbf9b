import type { FlameWindow } from '../../src/engine/flameApi';
import { firstAbove } from './hitTest';

/** Where the axis and the rows are on a surface. Everything in device pixels but the axis itself. */
export interface RasterView {
  /** The axis range drawn on columns 0 to `width`. */
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly height: number;
  readonly rowHeight: number;
  /** The y of the highest row's upper edge; negative when scrolled. */
  readonly top: number;
  /** Whether row 0 is the lowest. */
  readonly flipped?: boolean;
  /** Space between two boxes, and between two rows. */
  readonly gap: number;
  /** Only columns `clipFrom` to `clipTo` are drawn. */
  readonly clipFrom: number;
  readonly clipTo: number;
}

/** The boxes wide enough for a text, as parallel columns; reused from frame to frame. */
export class LabelList {
  length = 0;
  x = new Int32Array(1024);
  y = new Int32Array(1024);
  width = new Int32Array(1024);
  func = new Int32Array(1024);

  clear(): void {
    this.length = 0;
  }

  push(x: number, y: number, width: number, func: number): void {
    if (this.length === this.x.length) this.grow();
    const i = this.length++;
    this.x[i] = x;
    this.y[i] = y;
    this.width[i] = width;
    this.func[i] = func;
  }

  private grow(): void {
    for (const name of ['x', 'y', 'width', 'func'] as const) {
      const larger = new Int32Array(this[name].length * 2);
      larger.set(this[name]);
      this[name] = larger;
    }
  }
}

/** A pixel that several tiny boxes share gets the colour of the widest of the first few: more would not be seen. */
const CANDIDATES_PER_PIXEL = 8;

/**
 * Draws a window's boxes as filled rectangles into pixels that already hold the background.
 *
 * A row is drawn once as a line of pixels and then copied down, and boxes under a pixel are leapt over by binary
 * search: the work is bounded by the pixels, whatever the window holds.
 *
 * @param pixels `width * height`, as of an `ImageData`
 * @param fill packed colour of a box of the window
 * @param labels gets the boxes at least `labelWidth` wide, their left edge clipped to the surface
 * @param line scratch, at least `width` long
 */
export function rasterRows(
  pixels: Uint32Array,
  line: Uint32Array,
  window: FlameWindow,
  view: RasterView,
  fill: (box: number) => number | undefined,
  background: number,
  labels: LabelList,
  labelWidth: number,
): void {
  const { width, height, rowHeight, top, gap, clipFrom, clipTo } = view;
  const span = view.to - view.from;
  if (!(span > 0) || clipTo <= clipFrom) return;
  const rows = window.rowOffset.length - 1;
  const firstRow = Math.max(0, Math.floor(-top / rowHeight));
  const lastRow = Math.min(rows - 1, Math.floor((height - 1 - top) / rowHeight));
  for (let place = firstRow; place <= lastRow; place++) {
    const row = view.flipped ? rows - 1 - place : place;
    const y = top + place * rowHeight;
    if (!rasterLine(line, window, row, view, fill, background, labels, labelWidth, y)) continue;
    const yFrom = Math.max(0, y);
    const yTo = Math.min(height, y + rowHeight - gap);
    const source = clipFrom === 0 && clipTo === line.length ? line : line.subarray(clipFrom, clipTo);
    for (let rowY = yFrom; rowY < yTo; rowY++) pixels.set(source, rowY * width + clipFrom);
  }
}

/** One row as one line of pixels. Returns false where the row has nothing in view. */
function rasterLine(
  line: Uint32Array,
  window: FlameWindow,
  row: number,
  view: RasterView,
  fill: (box: number) => number | undefined,
  background: number,
  labels: LabelList,
  labelWidth: number,
  y: number,
): boolean {
  const { clipFrom, clipTo, gap, from } = view;
  const { start, end, func } = window;
  const scale = view.width / (view.to - from);
  const valueFrom = from + clipFrom / scale;
  const valueTo = from + clipTo / scale;
  const high = window.rowOffset[row + 1]!;
  let i = firstAbove(end, valueFrom, window.rowOffset[row]!, high);
  if (i >= high || start[i]! >= valueTo) return false;
  line.fill(background, clipFrom, clipTo);
  let painted = clipFrom;
  while (i < high) {
    const boxStart = start[i]!;
    if (boxStart >= valueTo) break;
    const left = Math.max(clipFrom, Math.round((boxStart - from) * scale));
    const right = Math.min(clipTo, Math.round((end[i]! - from) * scale));
    if (right > left) {
      const begin = Math.max(left, painted);
      // Boxes of a few pixels give up the gap, else the background would be most of what is seen.
      const close = right - left > 2 * gap + 1 && right < clipTo ? right - gap : right;
      paint(line, fill(i) ?? background, begin, close);
      painted = Math.max(painted, right);
      if (close - left >= labelWidth) labels.push(left, y, close - left, func[i]!);
      i++;
      continue;
    }
    const pixel = Math.min(clipTo - 1, Math.max(clipFrom, Math.floor((boxStart - from) * scale)));
    // Everything that ends before the next pixel begins shares this one.
    const next = Math.max(i + 1, gallop(end, from + (pixel + 1) / scale, i + 1, high));
    if (pixel >= painted) {
      line[pixel] = fill(widest(start, end, i, Math.min(next, i + CANDIDATES_PER_PIXEL))) ?? background;
      painted = pixel + 1;
    }
    i = next;
  }
  return true;
}

/** `fill`, but without its price for the few pixels that most boxes have. */
function paint(line: Uint32Array, color: number, from: number, to: number): void {
  if (to - from > 24) line.fill(color, from, to);
  else for (let x = from; x < to; x++) line[x] = color;
}

function widest(start: Float64Array, end: Float64Array, low: number, high: number): number {
  let best = low;
  for (let i = low + 1; i < high; i++) {
    if (end[i]! - start[i]! > end[best]! - start[best]!) best = i;
  }
  return best;
}

/** `firstAbove` for an answer that is probably near `low`: doubles the step before it halves it. */
function gallop(values: Float64Array, value: number, low: number, high: number): number {
  let step = 1;
  let from = low;
  while (from + step < high && values[from + step]! <= value) {
    from += step;
    step *= 2;
  }
  return firstAbove(values, value, from, Math.min(high, from + step + 1));
}
