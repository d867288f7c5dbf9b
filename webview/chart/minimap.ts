import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { base } from '../styles';
import type { Theme } from '../theme';
import type { ChartController } from './chartController';
import { rowCount } from './hitTest';
import { packRgb } from './palette';
import { LabelList, rasterRows } from './rasterRows';

const MAX_ROWS = 400;
/** CSS pixels at the viewport's edges that change its size. */
const HANDLE = 6;

type Drag =
  | { kind: 'move'; grab: number }
  | { kind: 'edge'; fixed: number }
  | { kind: 'select'; anchor: number; moved: boolean };

/** The whole chart, small, with the visible part to be dragged, resized or chosen anew. */
@customElement('emberline-minimap')
export class Minimap extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        border-bottom: 1px solid var(--line);
        display: block;
        flex: none;
        height: 44px;
        overflow: hidden;
        position: relative;
        touch-action: none;
      }
      canvas {
        display: block;
        height: 100%;
        inset: 0;
        position: absolute;
        width: 100%;
      }
      .shade {
        background: var(--vscode-editor-background, #1f1f1f);
        bottom: 0;
        opacity: 0.62;
        pointer-events: none;
        position: absolute;
        top: 0;
      }
      .view {
        border: 1px solid var(--vscode-focusBorder, #0078d4);
        bottom: 0;
        cursor: grab;
        min-width: 3px;
        position: absolute;
        top: 0;
      }
      .view.whole {
        border-color: transparent;
        cursor: crosshair;
      }
      .view:active {
        cursor: grabbing;
      }
      .view.whole:active {
        cursor: crosshair;
      }
      .edge {
        bottom: 0;
        cursor: ew-resize;
        position: absolute;
        top: 0;
        width: 7px;
      }
      .whole .edge {
        display: none;
      }
      .edge::after {
        background: var(--vscode-focusBorder, #0078d4);
        border-radius: 2px;
        content: '';
        height: 14px;
        left: 2px;
        position: absolute;
        top: calc(50% - 7px);
        width: 3px;
      }
      .edge.left {
        left: -4px;
      }
      .edge.right {
        right: -4px;
      }
    `,
  ];

  @property({ attribute: false }) chart: ChartController | null = null;
  @property({ attribute: false }) theme: Theme | null = null;
  /** Changes whenever the picture must be drawn again. */
  @property({ attribute: false }) picture = 0;
  @query('canvas') private readonly canvas!: HTMLCanvasElement;
  @query('.view') private readonly view!: HTMLElement;
  private drag: Drag | null = null;
  private size: ResizeObserver | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.size = new ResizeObserver(() => {
      this.drawPicture();
      this.showView();
    });
    this.size.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.size?.disconnect();
  }

  protected override render(): TemplateResult {
    return html`<canvas aria-hidden="true"></canvas>
      <div class="shade" style="left:0"></div>
      <div class="shade" style="right:0"></div>
      <div
        class="view whole"
        title="Drag to move; drag outside to choose a range; double-click to show everything"
      ><div class="edge left"></div><div class="edge right"></div></div>`;
  }

  protected override firstUpdated(): void {
    this.addEventListener('pointerdown', this.down);
    this.addEventListener('pointermove', this.move);
    this.addEventListener('pointerup', this.up);
    this.addEventListener('pointercancel', this.up);
    this.addEventListener('dblclick', () => this.chart?.reset());
  }

  protected override updated(_changes: PropertyValues): void {
    this.drawPicture();
    this.showView();
  }

  /** To be called when the view has moved: cheap. */
  showView(): void {
    const viewport = this.chart?.viewport;
    if (!viewport || !this.view) return;
    const extent = viewport.extent || 1;
    const left = (100 * viewport.from) / extent;
    const width = (100 * viewport.span) / extent;
    this.view.style.left = `${left}%`;
    this.view.style.width = `${width}%`;
    this.view.classList.toggle('whole', viewport.isWhole);
    const [before, after] = this.renderRoot.querySelectorAll<HTMLElement>('.shade');
    before!.style.width = `${left}%`;
    after!.style.width = `${Math.max(0, 100 - left - width)}%`;
  }

  private drawPicture(): void {
    const overview = this.chart?.windows.overview;
    if (!overview || !this.chart || !this.theme || !this.canvas) return;
    const ratio = devicePixelRatio;
    const width = Math.max(1, Math.round(this.clientWidth * ratio));
    const height = Math.max(1, Math.round(this.clientHeight * ratio));
    const rows = Math.min(MAX_ROWS, Math.max(1, rowCount(overview)));
    const image = new ImageData(width, rows);
    const pixels = new Uint32Array(image.data.buffer);
    const background = packRgb(this.theme.background);
    pixels.fill(background);
    const view = {
      from: 0,
      to: overview.extent,
      width,
      height: rows,
      rowHeight: 1,
      top: 0,
      gap: 0,
      clipFrom: 0,
      clipTo: width,
    };
    const labels = new LabelList();
    const fill = this.chart.colors.fillOf(overview);
    rasterRows(pixels, new Uint32Array(width), overview, view, fill, background, labels, width * 2);
    const small = new OffscreenCanvas(width, rows);
    small.getContext('2d')!.putImageData(image, 0, 0);
    this.canvas.width = width;
    this.canvas.height = height;
    const context = this.canvas.getContext('2d')!;
    // Few rows are drawn flat rather than stretched to bars.
    const drawn = Math.min(height, Math.round(rows * 4 * ratio));
    context.drawImage(small, 0, 0, width, rows, 0, 0, width, drawn);
  }

  private valueAt(event: PointerEvent): number {
    const bounds = this.getBoundingClientRect();
    const part = (event.clientX - bounds.left) / Math.max(1, bounds.width);
    return Math.min(1, Math.max(0, part)) * (this.chart?.viewport.extent ?? 0);
  }

  private readonly down = (event: PointerEvent): void => {
    const viewport = this.chart?.viewport;
    if (!viewport || event.button !== 0) return;
    this.setPointerCapture(event.pointerId);
    const value = this.valueAt(event);
    const slack = (HANDLE / Math.max(1, this.clientWidth)) * viewport.extent;
    if (viewport.isWhole) this.drag = { kind: 'select', anchor: value, moved: false };
    else if (Math.abs(value - viewport.from) < slack) this.drag = { kind: 'edge', fixed: viewport.to };
    else if (Math.abs(value - viewport.to) < slack) this.drag = { kind: 'edge', fixed: viewport.from };
    else if (value > viewport.from && value < viewport.to) this.drag = { kind: 'move', grab: value - viewport.from };
    else this.drag = { kind: 'select', anchor: value, moved: false };
  };

  private readonly move = (event: PointerEvent): void => {
    const { drag, chart } = this;
    if (drag === null || chart === null) return;
    const { viewport } = chart;
    const value = this.valueAt(event);
    if (drag.kind === 'move') {
      viewport.show(value - drag.grab, value - drag.grab + viewport.span);
    } else {
      const anchor = drag.kind === 'edge' ? drag.fixed : drag.anchor;
      if (Math.abs(value - anchor) * this.clientWidth < 3 * viewport.extent) return;
      if (drag.kind === 'select') drag.moved = true;
      viewport.show(Math.min(anchor, value), Math.max(anchor, value));
    }
    chart.moved();
  };

  private readonly up = (event: PointerEvent): void => {
    const { drag, chart } = this;
    this.drag = null;
    if (drag?.kind !== 'select' || drag.moved || chart === null || chart.viewport.isWhole) return;
    // A click beside the viewport centres it there.
    const { viewport } = chart;
    const middle = this.valueAt(event);
    viewport.show(middle - viewport.span / 2, middle + viewport.span / 2);
    chart.moved();
  };
}
