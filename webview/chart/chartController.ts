import type { ChartOrder, ViewSpec } from '../../src/analysis/viewSpec';
import type { ProfileSummary } from '../../src/engine/engineApi';
import type { FrameDetails, PathFrame } from '../../src/engine/flameApi';
import { type Host, isAbort } from '../host';
import type { Theme } from '../theme';
import { boxesOfPath, type CarriedView } from './carriedView';
import { type Emphasis, FlameColors } from './flameColors';
import { FlameRenderer } from './flameRenderer';
import type { FlameBox } from './hitTest';
import * as boxes from './hitTest';
import { type AxisRange, Viewport } from './viewport';
import { WindowCache } from './windowCache';

/** What is kept of the chart when the editor is hidden. */
export interface ChartPosition {
  range: AxisRange | null;
  scroll: number;
  zoomed: number | null;
  focused: number | null;
}

/** What has changed: the view (range, scroll, zoom), the hovered or focused frame, the layout, or whether it is busy. */
export type ChartChange = 'view' | 'hover' | 'focus' | 'layout' | 'busy';

const ZOOM_TIME = 170;
const MAX_DETAILS = 500;
const MAX_HISTORY = 50;

interface Level {
  range: AxisRange | null;
  scroll: number;
  path: readonly PathFrame[];
}

/** The chart without its DOM: what is shown, zoomed, hovered and focused, and when to draw. */
export class ChartController {
  readonly viewport = new Viewport();
  readonly windows: WindowCache;
  colors: FlameColors;
  hovered: FlameBox | null = null;
  focused: FlameBox | null = null;
  /** From the outermost frame to the one that is zoomed into; empty when none is. */
  path: readonly PathFrame[] = [];
  /** Whether the chart has the keyboard. */
  active = false;
  private renderer: FlameRenderer | null = null;
  private ratio = 1;
  private frame = 0;
  private history: Level[] = [];
  private restoring: ChartPosition | null = null;
  /** What was asked for last. */
  private layout: { view: ViewSpec; order: ChartOrder } | null = null;
  private carried: CarriedView | null = null;
  private animation: { from: AxisRange; to: AxisRange; fromRow: number; toRow: number; begin: number } | null = null;
  private readonly details = new Map<number, FrameDetails>();
  private readonly requests = new Map<string, AbortController>();

  /** @param changed after every change, @param failed with a sentence for the user */
  constructor(
    private readonly host: Host,
    summary: ProfileSummary,
    private theme: Theme,
    private readonly changed: (what: ChartChange) => void,
    private readonly failed: (message: string) => void,
    /** After every drawn frame: what follows the view (ruler, minimap) is brought up to date once a frame only. */
    private readonly drawn: () => void,
  ) {
    this.colors = new FlameColors(summary.functions, theme);
    this.windows = new WindowCache(
      summary.functions,
      (params, signal) => host.request('flameWindow', params, signal),
      (layout) => this.windowArrived(layout),
      (error) => this.report(error),
    );
  }

  attach(canvas: HTMLCanvasElement): void {
    this.renderer = new FlameRenderer(canvas);
  }

  /** @param width, height in CSS pixels, @param ratio device pixels per CSS pixel */
  resize(width: number, height: number, ratio: number): void {
    if (!(width > 0) || !(height > 0)) return;
    const { viewport } = this;
    const belowView = viewport.maxScroll - viewport.scroll;
    viewport.width = width;
    viewport.height = height;
    this.ratio = ratio;
    this.renderer?.resize(width, height, ratio);
    viewport.scrollTo(viewport.flipped ? viewport.maxScroll - belowView : viewport.scroll);
    // A resized canvas is blank: draw before the browser shows it.
    this.draw();
    this.changed('view');
  }

  /** Shows another sample type, thread or order. */
  setLayout(view: ViewSpec, order: ChartOrder, position: ChartPosition | null): void {
    this.restoring = position;
    this.layout = { view, order };
    this.changed('busy');
    void this.windows.setLayout(view, order, Math.max(500, Math.round(this.viewport.width * this.ratio)));
  }

  /** Asks for the same again: answers tell something else, such as what changed against another baseline. */
  reload(): void {
    const { layout } = this;
    if (layout !== null) this.setLayout(layout.view, layout.order, this.restoring ?? this.position);
  }

  /** Shows a new capture of what another chart shows, where that one looks. */
  continueFrom(chart: ChartController, view: ViewSpec, order: ChartOrder): void {
    const { width, height } = chart.viewport;
    this.active = chart.active;
    this.resize(width, height, chart.ratio);
    this.carried = chart.carry();
    this.setLayout(view, order, null);
  }

  private carry(): CarriedView {
    const { range, scroll } = this.position;
    const { extent } = this.viewport;
    return {
      zoomed: this.path.map(({ name }) => name),
      range: range === null || extent === 0 ? null : { from: range.from / extent, to: range.to / extent },
      scroll,
    };
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.colors.setTheme(theme);
    this.invalidate();
  }

  setEmphasis(emphasis: Emphasis): void {
    this.colors.setEmphasis(emphasis);
    this.invalidate();
  }

  get position(): ChartPosition {
    const { viewport } = this;
    const target = this.animation?.to ?? viewport;
    const whole = target.from <= 0 && target.to >= viewport.extent;
    return {
      range: whole ? null : { from: target.from, to: target.to },
      scroll: this.animation?.toRow ?? viewport.scroll,
      zoomed: this.path.at(-1)?.node ?? null,
      focused: this.focused?.node ?? null,
    };
  }

  /** Draws at the next frame. */
  invalidate(): void {
    this.frame ||= requestAnimationFrame((time) => {
      this.frame = 0;
      this.step(time);
      this.draw();
    });
  }

  draw(): void {
    const { overview, detail } = this.windows;
    if (this.renderer === null || overview === null) return;
    const { viewport, colors, theme, hovered, focused, active } = this;
    this.renderer.draw({ viewport, overview, detail, colors, theme, hovered, focused, active });
    this.drawn();
  }

  /** The view moved by hand: wheel, drag, keys. */
  moved(): void {
    this.animation = null;
    this.leaveZoomIfOutside();
    this.windows.want(this.viewport, this.viewport.width * this.ratio);
    this.invalidate();
    this.changed('view');
  }

  zoomTo(box: FlameBox): void {
    this.remember();
    const step = { node: box.node, name: this.colors.nameOf(box.func), start: box.start, end: box.end, row: box.row };
    this.path = box.node < 0 ? [] : [step];
    const { scroll, visibleRows } = this.viewport;
    const place = this.viewport.placeOf(box.row);
    const row = place < scroll + visibleRows / 2 ? scroll : place - 2;
    this.moveTo(box, this.viewport.flipped ? scroll : place < scroll ? place : row);
    if (box.node >= 0) void this.loadPath(box.node);
  }

  /** Back to a frame of the breadcrumb; null is the whole chart. */
  zoomToPath(step: PathFrame | null): void {
    if (step === null) {
      this.reset();
      return;
    }
    this.remember();
    this.path = this.path.slice(0, this.path.indexOf(step) + 1);
    this.moveTo({ from: step.start, to: step.end }, Math.min(this.viewport.scroll, step.row));
  }

  zoomToRange(from: number, to: number): void {
    this.remember();
    this.path = [];
    this.moveTo({ from, to }, this.viewport.scroll);
  }

  reset(): void {
    this.history = [];
    this.path = [];
    this.moveTo({ from: 0, to: this.viewport.extent }, this.startRow);
  }

  /** The first row on screen where everything is shown: rows that grow upwards begin at the bottom. */
  private get startRow(): number {
    return this.viewport.flipped ? this.viewport.maxScroll : 0;
  }

  /** One level out. Returns false when everything is shown already. */
  back(): boolean {
    const level = this.history.pop();
    if (level) {
      this.path = level.path;
      this.moveTo(level.range ?? { from: 0, to: this.viewport.extent }, level.scroll);
      return true;
    }
    if (this.position.range === null) return false;
    this.reset();
    return true;
  }

  /** The box under a point of the canvas, in CSS pixels. */
  boxAt(x: number, y: number): FlameBox | null {
    const { viewport } = this;
    const window = this.windows.best(viewport);
    if (window === null || this.windows.switching) return null;
    const tolerance = (viewport.span / viewport.width) * 1.5;
    return boxes.boxNear(window, viewport.rowAt(y), viewport.valueAt(x), tolerance);
  }

  hover(box: FlameBox | null): void {
    if (box?.node === this.hovered?.node && box?.start === this.hovered?.start) return;
    this.hovered = box;
    this.requests.get('hover')?.abort();
    if (box !== null && box.node >= 0 && !this.details.has(box.node)) {
      void this.loadDetails('hover', box, 40);
    }
    this.invalidate();
    this.changed('hover');
  }

  /**
   * Focuses a box and asks for its figures (`changed('focus')` again when they are there).
   * @param reveal whether to bring it into view; not under the pointer, where it must stay
   */
  focus(box: FlameBox | null, reveal = true): void {
    this.focused = box;
    if (box !== null) {
      if (reveal) {
        this.viewport.revealRow(box.row);
        this.viewport.revealRange(box.start, box.end);
        this.moved();
      }
      if (box.node >= 0 && !this.details.has(box.node)) void this.loadDetails('focus', box, 0);
    }
    this.invalidate();
    this.changed('focus');
  }

  /**
   * Moves the focus to a neighbouring frame: towards row 0 (`outer`), to the widest one of the next row, or in its row.
   * Returns false where there is none.
   */
  moveFocus(to: 'outer' | 'inner' | 'next' | 'previous'): boolean {
    const { viewport } = this;
    const window = this.windows.best(viewport);
    if (window === null) return false;
    const box = this.focused ?? null;
    let next: FlameBox | null;
    if (box === null) next = boxes.firstBox(window, viewport.from, viewport.to);
    else if (to === 'outer') next = boxes.parentOf(window, box);
    else if (to === 'inner') next = boxes.widestChildOf(window, box);
    else next = boxes.neighbourOf(window, box, to === 'next' ? 1 : -1);
    if (next === null) return false;
    this.focus(next);
    return true;
  }

  /** Focuses the next or previous box that matches. Returns false where none is big enough to be drawn. */
  focusMatch(matches: (func: number) => boolean, direction: 1 | -1): boolean {
    const window = this.windows.best(this.viewport);
    const found =
      (window && boxes.nextMatch(window, matches, this.focused, direction)) ??
      (this.windows.overview && boxes.nextMatch(this.windows.overview, matches, this.focused, direction));
    if (!found) return false;
    this.focus(found);
    return true;
  }

  /** Focuses the widest box of some functions. Returns false where none of them is big enough to be drawn. */
  focusWidest(functions: ReadonlySet<number>): boolean {
    const { overview } = this.windows;
    const found = overview && boxes.widestOf(overview, functions);
    if (!found) return false;
    this.focus(found);
    return true;
  }

  /** The figures of a box, null while they are on their way. */
  detailsOf(box: FlameBox | null): FrameDetails | null {
    return box === null ? null : (this.details.get(box.node) ?? null);
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.windows.dispose();
    for (const request of this.requests.values()) request.abort();
  }

  private windowArrived(layout: boolean): void {
    const { overview, detail } = this.windows;
    if (overview === null) return;
    this.colors.learn(overview);
    if (detail) this.colors.learn(detail);
    if (layout) this.startLayout(overview.extent, boxes.rowCount(overview));
    // What was hovered may have been a merged run that is boxes now.
    if (!layout && this.hovered?.node === -1) this.hover(null);
    this.windows.want(this.animation?.to ?? this.viewport, this.viewport.width * this.ratio);
    this.invalidate();
    if (layout) this.changed('layout');
  }

  private startLayout(extent: number, rows: number): void {
    this.details.clear();
    this.history = [];
    this.path = [];
    this.hovered = null;
    this.focused = null;
    this.animation = null;
    this.viewport.extent = 0;
    this.viewport.scroll = 0;
    this.viewport.setBounds(extent, rows);
    this.viewport.scrollTo(this.startRow);
    const position = this.restoring;
    this.restoring = null;
    if (this.carried !== null) this.resume(this.carried);
    this.carried = null;
    if (position === null) return;
    if (position.range) this.viewport.show(position.range.from, position.range.to);
    this.viewport.scrollTo(position.scroll);
    if (position.zoomed !== null) void this.loadPath(position.zoomed);
    if (position.focused !== null) void this.restoreFocus(position.focused);
  }

  private resume({ zoomed, range, scroll }: CarriedView): void {
    const { overview } = this.windows;
    const { viewport } = this;
    const path = overview === null ? [] : boxesOfPath(overview, zoomed, (func) => this.colors.nameOf(func));
    const last = path.at(-1);
    if (last !== undefined) {
      // A frame that is no more leaves its caller.
      this.path = path.map(({ node, func, start, end, row }) => ({
        node,
        name: this.colors.nameOf(func),
        start,
        end,
        row,
      }));
      viewport.show(last.start, last.end);
    } else if (zoomed.length === 0 && range !== null) {
      viewport.show(range.from * viewport.extent, range.to * viewport.extent);
    }
    viewport.scrollTo(scroll);
  }

  private async restoreFocus(node: number): Promise<void> {
    const shown = this.windows.shown;
    const details = await this.loadDetails('focus', { node, func: -1, row: 0, start: 0, end: 0 }, 0);
    if (details === null || this.windows.shown !== shown || this.focused !== null) return;
    const { func, row, start, end } = details;
    this.focused = { node, func, row, start, end };
    this.invalidate();
    this.changed('focus');
  }

  private async loadPath(node: number): Promise<void> {
    const { shown } = this.windows;
    if (shown === null) return;
    try {
      const path = await this.host.request('frameParents', { ...shown, node }, this.newest('path'));
      const current = this.path.at(-1)?.node ?? node;
      if (this.windows.shown !== shown || current !== node) return;
      this.path = path;
      this.leaveZoomIfOutside();
      this.invalidate();
      this.changed('view');
    } catch (error) {
      this.report(error);
    }
  }

  /** Asks for a box's figures after `delay` milliseconds, unless something else was asked by then. */
  private async loadDetails(slot: 'hover' | 'focus', box: FlameBox, delay: number): Promise<FrameDetails | null> {
    const { shown } = this.windows;
    if (shown === null) return null;
    const signal = this.newest(slot);
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    if (signal.aborted) return null;
    try {
      const details = await this.host.request('frameDetails', { ...shown, node: box.node }, signal);
      if (this.windows.shown !== shown) return null;
      if (this.details.size >= MAX_DETAILS) this.details.clear();
      this.details.set(box.node, details);
      this.changed(slot);
      return details;
    } catch (error) {
      this.report(error);
      return null;
    }
  }

  /** A signal that aborts as soon as the slot is used again. */
  private newest(slot: string): AbortSignal {
    this.requests.get(slot)?.abort();
    const request = new AbortController();
    this.requests.set(slot, request);
    return request.signal;
  }

  private remember(): void {
    const { range, scroll } = this.position;
    this.history.push({ range, scroll, path: this.path });
    if (this.history.length > MAX_HISTORY) this.history.shift();
  }

  private moveTo(range: AxisRange | FlameBox, row: number): void {
    const { viewport } = this;
    const to = 'node' in range ? viewport.clamp(range.start, range.end) : viewport.clamp(range.from, range.to);
    const toRow = Math.min(Math.max(viewport.minScroll, row), viewport.maxScroll);
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches || document.hidden;
    if (still) {
      viewport.show(to.from, to.to);
      viewport.scrollTo(toRow);
      this.animation = null;
    } else {
      const from = { from: viewport.from, to: viewport.to };
      this.animation = { from, to, fromRow: viewport.scroll, toRow, begin: performance.now() };
    }
    this.windows.want(to, viewport.width * this.ratio);
    this.invalidate();
    this.changed('view');
  }

  private step(time: number): void {
    const { animation, viewport } = this;
    if (animation === null) return;
    const part = Math.min(1, Math.max(0, (time - animation.begin) / ZOOM_TIME));
    const eased = 1 - (1 - part) ** 3;
    const between = (a: number, b: number): number => a + (b - a) * eased;
    if (part >= 1) {
      this.animation = null;
      viewport.show(animation.to.from, animation.to.to);
      viewport.scrollTo(animation.toRow);
    } else {
      viewport.show(between(animation.from.from, animation.to.from), between(animation.from.to, animation.to.to));
      viewport.scrollTo(between(animation.fromRow, animation.toRow));
      this.invalidate();
    }
    this.changed('view');
  }

  /** Panned away from the zoomed frame, the breadcrumb would lie. */
  private leaveZoomIfOutside(): void {
    const zoomed = this.path.at(-1);
    if (zoomed === undefined) return;
    const { from, to } = this.animation?.to ?? this.viewport;
    const slack = (to - from) * 0.02;
    if (to <= zoomed.start + slack || from >= zoomed.end - slack || to - from > 1.5 * (zoomed.end - zoomed.start)) {
      this.path = [];
    }
  }

  private report(error: unknown): void {
    this.changed('busy');
    if (!isAbort(error)) this.failed(error instanceof Error ? error.message : String(error));
  }
}
