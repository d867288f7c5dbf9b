/** A part of the x axis, in the axis's unit. */
export interface AxisRange {
  readonly from: number;
  readonly to: number;
}

/** Zooming in ends where a screen shows this part of the axis: beyond it doubles run out of digits. */
const MIN_SPAN = 1e-10;

/**
 * What is visible: a range of the x axis and, down the rows, the first visible row. Immutable in spirit: every change
 * goes through a method that keeps the range inside the axis.
 */
export class Viewport {
  /** The axis is 0 to `extent`. */
  extent = 0;
  from = 0;
  to = 0;
  /** First visible row, may be fractional; counted from the top of the screen, also where rows are flipped. */
  scroll = 0;
  /** Whether row 0 is the lowest and rows grow upwards, as callers do. Few rows then stand on the bottom edge. */
  flipped = false;
  rows = 0;
  /** In CSS pixels. */
  width = 1;
  height = 1;
  rowHeight = 20;

  get span(): number {
    return this.to - this.from;
  }

  get isWhole(): boolean {
    return this.from <= 0 && this.to >= this.extent;
  }

  get visibleRows(): number {
    return this.height / this.rowHeight;
  }

  /** Half a screen of room below the last row would hide it: rows end at the bottom edge. */
  get maxScroll(): number {
    return this.flipped ? this.rows - this.visibleRows : Math.max(0, this.rows - this.visibleRows);
  }

  get minScroll(): number {
    return Math.min(0, this.maxScroll);
  }

  /** Place of a row from the top. */
  placeOf(row: number): number {
    return this.flipped ? this.rows - 1 - row : row;
  }

  /** New data: another extent or other rows. Keeps the range where it still fits. */
  setBounds(extent: number, rows: number): void {
    const whole = this.extent === 0 || this.isWhole;
    this.extent = Math.max(0, extent);
    this.rows = rows;
    if (whole) this.showAll();
    else this.show(this.from, this.to);
    this.scrollTo(this.scroll);
  }

  showAll(): void {
    this.from = 0;
    this.to = this.extent;
  }

  /** Shows a range, moved and cut so that it lies in the axis and is not too narrow. */
  show(from: number, to: number): void {
    const clamped = this.clamp(from, to);
    this.from = clamped.from;
    this.to = clamped.to;
  }

  clamp(from: number, to: number): AxisRange {
    if (!(this.extent > 0)) return { from: 0, to: this.extent };
    if (!Number.isFinite(from) || !Number.isFinite(to) || to < from) return { from: 0, to: this.extent };
    const least = this.extent * MIN_SPAN;
    let span = to - from;
    let start = from;
    if (span < least) {
      start = (from + to) / 2 - least / 2;
      span = least;
    }
    if (span >= this.extent) return { from: 0, to: this.extent };
    start = Math.min(Math.max(0, start), this.extent - span);
    return { from: start, to: start + span };
  }

  /** @param factor above 1 zooms in, @param x stays where it is, in CSS pixels */
  zoomAt(factor: number, x: number): void {
    const anchor = this.valueAt(x);
    const span = Math.max(this.span / factor, this.extent * MIN_SPAN);
    const part = this.width > 0 ? x / this.width : 0.5;
    this.show(anchor - part * span, anchor + (1 - part) * span);
  }

  /** Moves the view right by CSS pixels. */
  panBy(pixels: number): void {
    const distance = (pixels / this.width) * this.span;
    this.show(this.from + distance, this.to + distance);
  }

  scrollTo(row: number): void {
    this.scroll = Math.min(Math.max(this.minScroll, Number.isFinite(row) ? row : 0), this.maxScroll);
  }

  /** Scrolls as little as needed to show a row with `margin` rows around it. */
  revealRow(row: number, margin = 1): void {
    const place = this.placeOf(row);
    if (place - margin < this.scroll) this.scrollTo(place - margin);
    else if (place + 1 + margin > this.scroll + this.visibleRows) this.scrollTo(place + 1 + margin - this.visibleRows);
  }

  /** Pans as little as needed to show a part of the axis; what is wider than the view is left alone if it is in it. */
  revealRange(start: number, end: number): void {
    if (start >= this.from && end <= this.to) return;
    if (end - start >= this.span) {
      if (end > this.from && start < this.to) return;
      this.show(start, start + this.span);
      return;
    }
    const margin = Math.min(this.span * 0.1, (this.span - (end - start)) / 2);
    if (start < this.from) this.show(start - margin, start - margin + this.span);
    else this.show(end + margin - this.span, end + margin);
  }

  valueAt(x: number): number {
    return this.from + (x / this.width) * this.span;
  }

  xOf(value: number): number {
    return this.span > 0 ? ((value - this.from) / this.span) * this.width : 0;
  }

  rowAt(y: number): number {
    return this.placeOf(Math.floor(this.scroll + y / this.rowHeight));
  }

  yOf(row: number): number {
    return (this.placeOf(row) - this.scroll) * this.rowHeight;
  }
}
