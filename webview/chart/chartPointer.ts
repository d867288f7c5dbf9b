import type { ChartController } from './chartController';
import type { FlameBox } from './hitTest';

export interface PointerCallbacks {
  /** A click that is not the first of a double-click. */
  activate(box: FlameBox): void;
  /** The pointer is here, in CSS pixels of the stage; null when it has left. */
  pointer(at: { x: number; y: number } | null): void;
  /** The range that a Shift+drag has selected so far, in CSS pixels. */
  selecting(range: { from: number; to: number } | null): void;
  focusChart(): void;
}

/** A pointer that moves less than this (CSS pixels) clicks. */
const CLICK_SLOP = 4;
/** A click opens a file, a double-click zooms: wait this long (milliseconds) for the second one. */
const DOUBLE_CLICK_TIME = 240;
/** Wheel pixels for one doubling of the scale. */
const WHEEL_DOUBLING = 240;
const LINE_PIXELS = 20;
/** After the last turn of the wheel the card comes back (milliseconds). */
const REST_TIME = 90;

/** Turns pointer and wheel events of the stage into what the chart does. */
export class ChartPointer {
  private drag: {
    id: number;
    x: number;
    y: number;
    lastX: number;
    lastY: number;
    select: boolean;
    moved: boolean;
  } | null = null;
  private hoverTimer: ReturnType<typeof setTimeout> | undefined;
  private clickTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly listening = new AbortController();

  constructor(
    private readonly stage: HTMLElement,
    private readonly chart: ChartController,
    private readonly callbacks: PointerCallbacks,
  ) {
    const { signal } = this.listening;
    stage.addEventListener('pointerdown', (event) => this.down(event), { signal });
    stage.addEventListener('pointermove', (event) => this.move(event), { signal });
    stage.addEventListener('pointerup', (event) => this.up(event), { signal });
    stage.addEventListener('pointercancel', () => this.cancel(), { signal });
    stage.addEventListener('pointerleave', () => this.leave(), { signal });
    stage.addEventListener('dblclick', (event) => this.doubleClick(event), { signal });
    stage.addEventListener('wheel', (event) => this.wheel(event), { signal, passive: false });
  }

  dispose(): void {
    clearTimeout(this.clickTimer);
    clearTimeout(this.hoverTimer);
    this.listening.abort();
  }

  private at(event: MouseEvent): { x: number; y: number } {
    const bounds = this.stage.getBoundingClientRect();
    return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
  }

  private down(event: PointerEvent): void {
    if (event.button !== 0) return;
    const { x, y } = this.at(event);
    this.drag = { id: event.pointerId, x, y, lastX: x, lastY: y, select: event.shiftKey, moved: false };
    this.stage.setPointerCapture(event.pointerId);
    this.callbacks.focusChart();
  }

  private move(event: PointerEvent): void {
    const { x, y } = this.at(event);
    const { drag, chart } = this;
    clearTimeout(this.hoverTimer);
    if (drag === null) {
      this.callbacks.pointer({ x, y });
      chart.hover(chart.boxAt(x, y));
      return;
    }
    if (!drag.moved && Math.hypot(x - drag.x, y - drag.y) < CLICK_SLOP) return;
    drag.moved = true;
    chart.hover(null);
    if (drag.select) {
      this.callbacks.selecting({ from: Math.min(drag.x, x), to: Math.max(drag.x, x) });
      return;
    }
    this.stage.classList.add('panning');
    chart.viewport.panBy(drag.lastX - x);
    chart.viewport.scrollTo(chart.viewport.scroll + (drag.lastY - y) / chart.viewport.rowHeight);
    drag.lastX = x;
    drag.lastY = y;
    chart.moved();
  }

  private up(event: PointerEvent): void {
    const { drag, chart } = this;
    this.cancel();
    if (drag === null) return;
    const { x, y } = this.at(event);
    if (!drag.moved) {
      this.click(chart.boxAt(x, y), event.detail);
    } else if (drag.select && Math.abs(x - drag.x) >= CLICK_SLOP) {
      const range = [drag.x, x].map((each) => chart.viewport.valueAt(each)).sort((a, b) => a - b);
      chart.zoomToRange(range[0]!, range[1]!);
    }
  }

  private click(box: FlameBox | null, count: number): void {
    clearTimeout(this.clickTimer);
    if (box === null) {
      this.chart.focus(null);
      return;
    }
    // A run of tiny frames is no frame: there is nothing to focus or open.
    if (box.node < 0) return;
    if (this.chart.focused?.node !== box.node) this.chart.focus(box, false);
    if (count <= 1) this.clickTimer = setTimeout(() => this.callbacks.activate(box), DOUBLE_CLICK_TIME);
  }

  private doubleClick(event: MouseEvent): void {
    clearTimeout(this.clickTimer);
    const { x, y } = this.at(event);
    const box = this.chart.boxAt(x, y);
    if (box) this.chart.zoomTo(box);
    else this.chart.back();
  }

  private leave(): void {
    clearTimeout(this.hoverTimer);
    if (this.drag) return;
    this.callbacks.pointer(null);
    this.chart.hover(null);
  }

  private cancel(): void {
    if (this.drag && this.stage.hasPointerCapture(this.drag.id)) this.stage.releasePointerCapture(this.drag.id);
    this.drag = null;
    this.stage.classList.remove('panning');
    this.callbacks.selecting(null);
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const { chart } = this;
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : 1;
    let deltaX = event.deltaX * unit;
    let deltaY = event.deltaY * unit;
    if (event.shiftKey && deltaX === 0) [deltaX, deltaY] = [deltaY, 0];
    if (event.altKey) {
      chart.viewport.scrollTo(chart.viewport.scroll + deltaY / chart.viewport.rowHeight);
    } else if (Math.abs(deltaX) > Math.abs(deltaY)) {
      chart.viewport.panBy(deltaX);
    } else {
      // A pinch arrives as a wheel with Ctrl and small steps.
      const speed = event.ctrlKey ? 4 : 1;
      chart.viewport.zoomAt(2 ** ((-deltaY * speed) / WHEEL_DOUBLING), this.at(event).x);
    }
    chart.moved();
    this.hoverLater(this.at(event));
  }

  /** While boxes run away under a resting pointer, a card would only flicker. */
  private hoverLater(at: { x: number; y: number }): void {
    this.chart.hover(null);
    clearTimeout(this.hoverTimer);
    this.hoverTimer = setTimeout(() => {
      this.callbacks.pointer(at);
      this.chart.hover(this.chart.boxAt(at.x, at.y));
    }, REST_TIME);
  }
}
