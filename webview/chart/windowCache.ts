import type { ChartOrder, ViewSpec } from '../../src/analysis/viewSpec';
import type { FlameWindow, FlameWindowParams } from '../../src/engine/flameApi';
import type { AxisRange } from './viewport';

/** Asks the engine for a window. */
export type WindowSource = (params: Omit<FlameWindowParams, 'profile'>, signal: AbortSignal) => Promise<FlameWindow>;

/** The engine adds a margin of its own; a new window is asked for when less than this much of the span is left of it. */
const LEAST_MARGIN = 0.25;
/** Boxes are merged under half a pixel; from this many pixels on a merged run begins to show. */
const COARSEST = 0.8;
/** While the view moves, at most one request in this time (milliseconds). */
const PAUSE = 100;

/**
 * The one or two windows that are held: an overview of the whole axis (which the minimap draws too, and which fills
 * what is not there yet), and a finer one around the view. The newest wish wins; what is held is drawn meanwhile.
 */
export class WindowCache {
  overview: FlameWindow | null = null;
  detail: FlameWindow | null = null;
  /** The layout that the windows are of. */
  shown: { view: ViewSpec; order: ChartOrder } | null = null;
  private layoutRequest: AbortController | null = null;
  private detailRequest: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** What was asked for last: never asked twice in a row, whatever came. */
  private asked = '';
  private knowsAllNames = false;
  private wish: { range: AxisRange; pixels: number } | null = null;

  /**
   * @param arrived after a window arrived; `layout` when it is the first of another layout
   * @param failed with a sentence for the user
   */
  constructor(
    /** How many functions the profile has. */
    private readonly functions: number,
    private readonly source: WindowSource,
    private readonly arrived: (layout: boolean) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Whether a window of another layout is on its way. */
  get switching(): boolean {
    return this.layoutRequest !== null;
  }

  /** Shows another layout: what is held stays until the new one's overview is there. */
  async setLayout(view: ViewSpec, order: ChartOrder, pixels: number): Promise<void> {
    this.layoutRequest?.abort();
    this.cancelDetail();
    const request = new AbortController();
    this.layoutRequest = request;
    try {
      const params = { view, order, from: 0, to: Number.MAX_VALUE, pixels, names: this.names('profile') };
      let overview = await this.source(params, request.signal);
      // The axis's length is not known before the first answer, which is therefore coarse, unless the layout is small.
      if (overview.extent > 0 && overview.resolution * pixels > overview.extent) {
        overview = await this.source({ ...params, to: overview.extent, names: this.names('profile') }, request.signal);
      }
      if (this.layoutRequest !== request) return;
      this.knowsAllNames ||= namesOfProfile(overview, this.functions) === this.functions;
      this.layoutRequest = null;
      this.asked = '';
      this.overview = overview;
      this.detail = null;
      this.shown = { view, order };
      this.arrived(true);
    } catch (error) {
      if (this.layoutRequest !== request) return;
      this.layoutRequest = null;
      this.failed(error);
    }
  }

  /** To be called whenever the view has moved. Asks for a window if what is held will not do. */
  want(range: AxisRange, pixels: number): void {
    if (this.overview === null || this.shown === null || this.layoutRequest !== null) return;
    if (serves(this.overview, range, pixels) || (this.detail && serves(this.detail, range, pixels))) {
      this.cancelDetail();
      return;
    }
    if (this.asked === key(range, pixels)) return;
    this.wish = { range: { from: range.from, to: range.to }, pixels };
    this.timer ??= setTimeout(() => this.ask(), PAUSE);
  }

  /** The finest held window that covers a range, else the overview. */
  best(range: AxisRange): FlameWindow | null {
    return this.detail && covers(this.detail, range) ? this.detail : this.overview;
  }

  dispose(): void {
    this.layoutRequest?.abort();
    this.layoutRequest = null;
    this.cancelDetail();
  }

  /** Names are asked for until all are known: they are most of a window's cost. */
  private names(wanted: 'profile' | 'window'): FlameWindowParams['names'] {
    return this.knowsAllNames ? 'none' : wanted;
  }

  private cancelDetail(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.wish = null;
    if (this.detailRequest) this.asked = '';
    this.detailRequest?.abort();
    this.detailRequest = null;
  }

  private async ask(): Promise<void> {
    this.timer = undefined;
    const wish = this.wish;
    if (wish === null || this.shown === null) return;
    this.detailRequest?.abort();
    const request = new AbortController();
    this.detailRequest = request;
    const { range, pixels } = wish;
    try {
      const params = {
        ...this.shown,
        from: range.from,
        to: range.to,
        pixels: Math.ceil(pixels),
        names: this.names('window'),
      };
      this.asked = key(range, pixels);
      const window = await this.source(params, request.signal);
      if (this.detailRequest !== request) return;
      this.detailRequest = null;
      this.detail = window;
      this.arrived(false);
    } catch (error) {
      if (this.detailRequest !== request) return;
      this.detailRequest = null;
      this.failed(error);
    }
  }
}

/** How many of the profile's own functions a window names: the roots of a split come after them. */
function namesOfProfile({ nameFunc }: FlameWindow, functions: number): number {
  let names = 0;
  for (let i = 0; i < nameFunc.length; i++) if (nameFunc[i]! < functions) names++;
  return names;
}

function key(range: AxisRange, pixels: number): string {
  return `${range.from} ${range.to} ${pixels}`;
}

export function covers(window: FlameWindow, range: AxisRange): boolean {
  return window.from <= range.from && window.to >= range.to;
}

/** Whether a window is good for a view: covers it with some margin, and no merged run in it would show. */
export function serves(window: FlameWindow, range: AxisRange, pixels: number): boolean {
  const span = range.to - range.from;
  const margin = LEAST_MARGIN * span;
  const wanted = { from: Math.max(0, range.from - margin), to: Math.min(window.extent, range.to + margin) };
  return covers(window, wanted) && window.resolution * pixels <= COARSEST * span;
}
