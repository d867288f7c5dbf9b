import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { SandwichHalf } from '../../src/analysis/viewSpec';
import { filterText } from '../../src/analysis/viewSpec';
import type { ProfileSummary } from '../../src/engine/engineApi';
import type { FrameDetails } from '../../src/engine/flameApi';
import type { ViewState } from '../../src/protocol';
import { formatNamedValue, formatPercent, formatValue, unitKind } from '../../src/units/units';
import { FunctionMenuEvent } from '../contextMenu';
import { axisUnit } from '../state';
import { base } from '../styles';
import type { Theme } from '../theme';
import { visibleText } from '../visibleText';
import './breadcrumb';
import type { Breadcrumb, PathEvent } from './breadcrumb';
import type { ChartChange, ChartController } from './chartController';
import { ChartPointer } from './chartPointer';
import { describeFrame } from './frameText';
import type { FlameBox } from './hitTest';
import './frameBar';
import './hoverCard';
import type { HoverSubject } from './hoverCard';
import { chartAction } from './keyboard';
import './minimap';
import { FrameFocusedEvent } from './frameFocusedEvent';
import type { Minimap } from './minimap';
import { OpenFrameEvent } from './openFrameEvent';
import './rowScrollbar';
import type { RowScrollbar } from './rowScrollbar';
import { drawRuler, RULER_HEIGHT } from './ruler';

/** Sent for what concerns the frame but not the chart alone. */
export class FrameCommandEvent extends Event {
  constructor(
    readonly command: 'highlight' | 'copy' | 'sandwich',
    readonly box: FlameBox,
    /** The name as the chart shows it, and the figures where they are there. */
    readonly name: string,
    readonly details: FrameDetails | null,
  ) {
    super('frame-command', { bubbles: true, composed: true });
  }
}

const KEY_ZOOM = 1.3;
const KEY_PAN = 0.12;

/** The flame graph or flame chart with everything around its canvas. */
@customElement('emberline-flame-chart')
export class FlameChart extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        min-width: 0;
      }
      .ruler {
        display: block;
        flex: none;
        width: 100%;
      }
      .stage {
        background: var(--vscode-editor-background, #1f1f1f);
        cursor: default;
        flex: 1;
        min-height: 40px;
        outline: none;
        overflow: hidden;
        position: relative;
        touch-action: none;
      }
      .stage.panning {
        cursor: grabbing;
      }
      .stage.onBox {
        cursor: pointer;
      }
      .stage.keys:focus::after {
        border: 1px solid var(--vscode-focusBorder, #0078d4);
        content: '';
        inset: 0;
        pointer-events: none;
        position: absolute;
      }
      .chart {
        display: block;
        left: 0;
        position: absolute;
        top: 0;
      }
      .selection {
        background: var(--vscode-editor-selectionBackground, rgb(38 79 120 / 0.6));
        border: solid var(--vscode-focusBorder, #0078d4);
        border-width: 0 1px;
        bottom: 0;
        opacity: 0.5;
        pointer-events: none;
        position: absolute;
        top: 0;
      }
      .message {
        align-items: center;
        color: var(--muted);
        display: flex;
        inset: 0;
        justify-content: center;
        padding: 24px;
        pointer-events: none;
        position: absolute;
        text-align: center;
      }
      .busy {
        animation: slide 1.2s linear infinite;
        background: var(--vscode-progressBar-background, #0078d4);
        height: 2px;
        left: 0;
        position: absolute;
        top: 0;
        width: 22%;
        z-index: 2;
      }
      @keyframes slide {
        to {
          left: 100%;
        }
      }
    `,
  ];

  @property({ attribute: false }) chart: ChartController | null = null;
  @property({ attribute: false }) summary!: ProfileSummary;
  @property({ attribute: false }) view!: ViewState;
  @property({ attribute: false }) theme!: Theme;
  /** What 100 % is, in the sample type's unit; null while it is not known. Used in time order only. */
  @property({ attribute: false }) sampled: number | null = null;
  /** Which half of a sandwich it is: its bars are then the sandwich's. Null: a chart of its own. */
  @property({ attribute: false }) half: SandwichHalf | null = null;
  @state() private pointerAt: { x: number; y: number } | null = null;
  @state() private selection: { from: number; to: number } | null = null;
  @state() private picture = 0;
  @state() private busy = false;
  @state() private announcement = '';
  @query('.stage') private readonly stage!: HTMLElement;
  @query('.chart') private readonly canvas!: HTMLCanvasElement;
  @query('.ruler') private readonly ruler!: HTMLCanvasElement;
  @query('emberline-minimap') private readonly minimap!: Minimap | null;
  @query('emberline-row-scrollbar') private readonly scrollbar!: RowScrollbar;
  @query('emberline-breadcrumb') private readonly breadcrumb!: Breadcrumb | null;
  private pointer: ChartPointer | null = null;
  private size: ResizeObserver | null = null;
  private ratio = 0;
  private ratioChanged: AbortController | null = null;
  private busyTimer: ReturnType<typeof setTimeout> | undefined;

  /** Puts the keyboard on the chart. */
  override focus(): void {
    this.stage?.focus({ preventScroll: true });
  }

  /** To be called for every change that the controller reports. */
  chartChanged(what: ChartChange): void {
    clearTimeout(this.busyTimer);
    if (this.chart?.windows.switching) this.busyTimer = setTimeout(() => this.showBusy(), 150);
    else this.busy = false;
    if (what === 'layout') this.picture++;
    if (what === 'focus') this.announceFocus();
    // What follows the view is done once a frame, in `followView`.
    if (what !== 'view') this.requestUpdate();
  }

  /** To be called after every drawn frame: cheap, and without a render of this element. */
  followView(): void {
    const { chart } = this;
    if (!chart || !this.hasUpdated) return;
    if (devicePixelRatio !== this.ratio) this.resized(undefined);
    drawRuler(this.ruler, chart.viewport, this.unit, this.theme, this.ratio);
    this.minimap?.showView();
    this.scrollbar.showView();
    if (this.breadcrumb === null) return;
    this.breadcrumb.path = chart.path;
    this.breadcrumb.span = this.spanLabel();
  }

  /** Of the x axis; a sandwich's is never time order's. */
  private get unit(): string {
    return axisUnit(this.summary, this.half === null ? this.view : { view: this.view.view, order: 'leftHeavy' });
  }

  /** Draws the minimap anew: colours have changed. */
  redrawPicture(): void {
    this.picture++;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.pointer?.dispose();
    this.size?.disconnect();
    this.ratioChanged?.abort();
  }

  protected override firstUpdated(): void {
    this.size = new ResizeObserver((entries) => this.resized(entries.at(-1)));
    try {
      this.size.observe(this.stage, { box: 'device-pixel-content-box' });
    } catch {
      this.size.observe(this.stage);
    }
    this.watchRatio();
  }

  protected override willUpdate(changes: PropertyValues<this>): void {
    if (changes.has('theme') && this.hasUpdated) this.picture++;
  }

  protected override updated(changes: PropertyValues<this>): void {
    if (changes.has('chart') && this.chart) {
      this.pointer?.dispose();
      this.chart.attach(this.canvas);
      this.resized(undefined);
      this.pointer = new ChartPointer(this.stage, this.chart, {
        activate: (box) => this.dispatchEvent(new OpenFrameEvent(box.node)),
        pointer: (at) => {
          this.pointerAt = at;
        },
        selecting: (range) => {
          this.selection = range;
        },
        focusChart: () => {
          this.stage.classList.remove('keys');
          this.focus();
        },
      });
    }
    if (!this.chart) return;
    this.stage.classList.toggle('onBox', this.chart.hovered !== null);
    this.followView();
  }

  protected override render(): TemplateResult {
    const { chart, summary, view } = this;
    const type = summary.sampleTypes[view.view.sampleType] ?? { type: '', unit: 'count' };
    const order =
      this.half === null
        ? view.order === 'timeOrder'
          ? 'Flame chart, in time order'
          : 'Flame graph, left heavy'
        : this.half === 'callers'
          ? 'Callers of the function, upwards'
          : 'Callees of the function';
    const empty = chart?.windows.overview?.extent === 0 && !chart.windows.switching;
    return html`
      ${
        this.half === null
          ? html`<emberline-minimap .chart=${chart} .theme=${this.theme} .picture=${this.picture}></emberline-minimap>
              <emberline-breadcrumb
                .root=${this.rootLabel()}
                @path-step=${(event: PathEvent) => {
                  chart?.zoomToPath(event.step);
                  this.focus();
                }}
              ></emberline-breadcrumb>`
          : nothing
      }
      <canvas class="ruler" style="height:${RULER_HEIGHT}px" aria-hidden="true"></canvas>
      <div
        class="stage"
        role="application"
        aria-roledescription=${view.order === 'timeOrder' && this.half === null ? 'flame chart' : 'flame graph'}
        aria-label="${order}. Arrow keys move between frames, Enter zooms in, Escape out, Space opens the source, question mark shows all keys."
        tabindex="0"
        @keydown=${this.keyDown}
        @keyup=${() => this.stage.classList.add('keys')}
        @focus=${() => this.setActive(true)}
        @blur=${() => this.setActive(false)}
        @contextmenu=${this.contextMenu}
      >
        <canvas class="chart" aria-hidden="true"></canvas>
        ${
          this.selection
            ? html`<div class="selection" style="left:${this.selection.from}px;width:${
                this.selection.to - this.selection.from
              }px"></div>`
            : nothing
        }
        ${this.busy ? html`<div class="busy" role="progressbar" aria-label="Loading the chart"></div>` : nothing}
        ${empty ? html`<div class="message">${this.emptyText(type.type)}</div>` : nothing}
        <emberline-row-scrollbar .chart=${chart}></emberline-row-scrollbar>
        <emberline-hover-card
          .subject=${this.hoverSubject()}
          .sampleType=${type}
          .x=${this.pointerAt?.x ?? 0}
          .y=${this.pointerAt?.y ?? 0}
        ></emberline-hover-card>
      </div>
      ${
        this.half === null
          ? html`<emberline-frame-bar
              .box=${chart?.focused ?? null}
              .details=${chart?.detailsOf(chart.focused) ?? null}
              .name=${chart?.focused ? chart.colors.nameOf(chart.focused.func) : ''}
              .sampleType=${type}
            ></emberline-frame-bar>`
          : nothing
      }
      <div class="srOnly" aria-live="polite" data-role="announcer">${this.announcement}</div>
    `;
  }

  /** What the whole chart is called. */
  rootLabel(): string {
    const { summary, view } = this;
    const type = summary.sampleTypes[view.view.sampleType];
    const overview = this.chart?.windows.overview;
    if (!type || !overview) return 'All';
    if (view.order === 'timeOrder') {
      const axis = formatValue(overview.extent, 'nanoseconds');
      if (this.sampled === null) return `All · ${axis}`;
      const sampled = formatNamedValue(this.sampled, type.unit, type.type);
      if (sampled === axis) return `All · ${axis}`;
      return unitKind(type.unit) === 'time' ? `All · ${sampled} sampled in ${axis}` : `All · ${sampled} in ${axis}`;
    }
    return `All · ${formatNamedValue(overview.extent, type.unit, type.type)}`;
  }

  private spanLabel(): string {
    const viewport = this.chart?.viewport;
    if (!viewport || !(viewport.extent > 0) || viewport.isWhole) return '';
    const unit = axisUnit(this.summary, this.view);
    const share = formatPercent(viewport.span, viewport.extent);
    if (this.view.order === 'timeOrder') {
      const from = formatValue(viewport.from, unit);
      return `${formatValue(viewport.span, unit)} from ${from} · ${share}`;
    }
    return `${formatValue(viewport.span, unit)} in view · ${share}`;
  }

  private emptyText(type: string): string {
    const filter = filterText(this.view.view.filter);
    if (filter !== '')
      return `No ${type === 'samples' ? 'samples' : `“${type}” values`} here with ${visibleText(filter)}. Remove a part of the filter above.`;
    const thread = this.view.view.thread === null ? undefined : this.summary.threads[this.view.view.thread];
    const where = thread ? ` in the thread “${visibleText(thread.name)}”` : '';
    return `No ${type === 'samples' ? 'samples' : `“${type}” values`}${where}. Choose another ${thread ? 'thread or ' : ''}sample type above.`;
  }

  private hoverSubject(): HoverSubject | null {
    const { chart } = this;
    const box = chart?.hovered;
    if (!chart || !box || this.pointerAt === null) return null;
    return {
      name: chart.colors.nameOf(box.func),
      color: chart.colors.cssOf(box.func),
      extent: formatValue(box.end - box.start, this.unit),
      details: chart.detailsOf(box),
      merged: box.node < 0,
    };
  }

  private announceFocus(): void {
    const { chart, summary, view } = this;
    if (!chart?.focused || !chart.active) return;
    const details = chart.detailsOf(chart.focused);
    const type = summary.sampleTypes[view.view.sampleType];
    if (details && type) this.announcement = describeFrame(details, type);
  }

  private setActive(active: boolean): void {
    if (!this.chart) return;
    this.chart.active = active;
    this.chart.invalidate();
  }

  private keyDown(event: KeyboardEvent): void {
    const { chart } = this;
    const action = chartAction(event);
    if (!chart || action === null) return;
    event.preventDefault();
    event.stopPropagation();
    const { viewport, focused } = chart;
    const speed = event.shiftKey ? 3 : 1;
    const middle = focused ? Math.min(viewport.to, Math.max(viewport.from, (focused.start + focused.end) / 2)) : null;
    const anchor = this.pointerAt?.x ?? (middle === null ? viewport.width / 2 : viewport.xOf(middle));
    switch (action) {
      case 'parent':
      case 'child':
      case 'next':
      case 'previous':
        this.moveFocus(chart, action);
        return;
      case 'zoom':
        if (focused) chart.zoomTo(focused);
        return;
      case 'open':
        if (focused && focused.node >= 0) this.dispatchEvent(new OpenFrameEvent(focused.node));
        return;
      case 'highlight':
      case 'copy':
      case 'sandwich':
        if (focused) {
          const name = chart.colors.nameOf(focused.func);
          this.dispatchEvent(new FrameCommandEvent(action, focused, name, chart.detailsOf(focused)));
        }
        return;
      case 'reset':
        chart.reset();
        return;
      case 'zoomIn':
      case 'zoomOut':
        viewport.zoomAt((action === 'zoomIn' ? KEY_ZOOM : 1 / KEY_ZOOM) ** speed, anchor);
        break;
      case 'panLeft':
      case 'panRight':
        viewport.panBy((action === 'panLeft' ? -1 : 1) * KEY_PAN * speed * viewport.width);
        break;
      case 'pageUp':
      case 'pageDown':
        viewport.scrollTo(viewport.scroll + (action === 'pageUp' ? -1 : 1) * Math.max(1, viewport.visibleRows - 2));
        break;
    }
    chart.moved();
  }

  /** Where callers are drawn upwards, the arrows go the way they point. */
  private moveFocus(chart: ChartController, action: 'parent' | 'child' | 'next' | 'previous'): void {
    const inwards = (action === 'child') !== chart.viewport.flipped;
    const to = action === 'next' || action === 'previous' ? action : inwards ? 'inner' : 'outer';
    if (!chart.moveFocus(to)) this.announcement = NOTHING_THERE[to];
    else if (chart.focused && chart.focused.node >= 0) this.dispatchEvent(new FrameFocusedEvent(chart.focused.node));
  }

  private contextMenu(event: MouseEvent): void {
    const { chart } = this;
    const bounds = this.stage.getBoundingClientRect();
    // The menu's key has no pointer: it means the focused frame.
    const byKey = event.button !== 2;
    const box = byKey ? chart?.focused : chart?.boxAt(event.clientX - bounds.left, event.clientY - bounds.top);
    if (box && box.node >= 0 && !byKey) chart?.focus(box, false);
    this.dispatchEvent(new FunctionMenuEvent(box?.func ?? null));
  }

  private showBusy(): void {
    this.busy = this.chart?.windows.switching ?? false;
  }

  private resized(entry: ResizeObserverEntry | undefined): void {
    const ratio = devicePixelRatio || 1;
    this.ratio = ratio;
    const exact = entry?.devicePixelContentBoxSize?.[0];
    // Whole device pixels, so that nothing is scaled by the browser: that would blur.
    const width = wholePixels(this.stage.clientWidth * ratio, exact?.inlineSize) / ratio;
    const height = wholePixels(this.stage.clientHeight * ratio, exact?.blockSize) / ratio;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.chart?.resize(width, height, ratio);
  }

  /** Moving the window to another screen changes the ratio without a resize. */
  private watchRatio(): void {
    this.ratioChanged?.abort();
    this.ratioChanged = new AbortController();
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener(
      'change',
      () => {
        this.resized(undefined);
        this.picture++;
        this.watchRatio();
      },
      { once: true, signal: this.ratioChanged.signal },
    );
  }
}

/** The browser's own count of device pixels, unless it is of another ratio: under emulation it counts CSS pixels. */
function wholePixels(estimate: number, exact: number | undefined): number {
  return exact !== undefined && Math.abs(exact - estimate) < 2 ? exact : Math.round(estimate);
}

const NOTHING_THERE = {
  outer: 'Outermost frame',
  inner: 'No further frame that is big enough to draw. Zoom in to see more.',
  next: 'Last frame of the row',
  previous: 'First frame of the row',
} as const;
