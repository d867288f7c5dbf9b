import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { base } from '../styles';
import type { ChartController } from './chartController';

const MIN_THUMB = 20;

/** The chart's vertical scrollbar, as the editor's: seen only where there is something to scroll. */
@customElement('emberline-row-scrollbar')
export class RowScrollbar extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        bottom: 0;
        position: absolute;
        right: 0;
        top: 0;
        width: 10px;
        z-index: 3;
      }
      :host([hidden]) {
        display: none;
      }
      div {
        background: var(--vscode-scrollbarSlider-background, rgb(121 121 121 / 0.4));
        position: absolute;
        right: 0;
        width: 10px;
      }
      div:hover {
        background: var(--vscode-scrollbarSlider-hoverBackground, rgb(100 100 100 / 0.7));
      }
      div:active {
        background: var(--vscode-scrollbarSlider-activeBackground, rgb(191 191 191 / 0.4));
      }
    `,
  ];

  @property({ attribute: false }) chart: ChartController | null = null;
  @query('div') private readonly thumb!: HTMLElement;
  private grab: number | null = null;

  protected override render(): TemplateResult {
    return html`<div></div>`;
  }

  protected override firstUpdated(): void {
    // The stage beneath must not take these for a pan or a click.
    for (const kind of ['pointerdown', 'pointermove', 'pointerup', 'dblclick'] as const) {
      this.addEventListener(kind, (event) => event.stopPropagation());
    }
    this.addEventListener('pointerdown', (event) => this.down(event));
    this.addEventListener('pointermove', (event) => this.move(event));
    this.addEventListener('pointerup', () => {
      this.grab = null;
    });
    this.showView();
  }

  /** To be called when the view has moved. */
  showView(): void {
    const viewport = this.chart?.viewport;
    if (!viewport || !this.thumb) return;
    this.hidden = viewport.maxScroll <= 0;
    if (this.hidden) return;
    const { size, room } = this.measure();
    this.thumb.style.height = `${size}px`;
    this.thumb.style.transform = `translateY(${(viewport.scroll / viewport.maxScroll) * room}px)`;
  }

  /** Length of the thumb, and of the way it has, in CSS pixels. */
  private measure(): { size: number; room: number } {
    const viewport = this.chart!.viewport;
    const size = Math.max(MIN_THUMB, (viewport.visibleRows / viewport.rows) * viewport.height);
    return { size, room: Math.max(1, viewport.height - size) };
  }

  private down(event: PointerEvent): void {
    if (!this.chart || event.button !== 0) return;
    this.setPointerCapture(event.pointerId);
    const bounds = this.thumb.getBoundingClientRect();
    const onThumb = event.clientY >= bounds.top && event.clientY < bounds.bottom;
    this.grab = onThumb ? event.clientY - bounds.top : bounds.height / 2;
    this.move(event);
  }

  private move(event: PointerEvent): void {
    if (this.grab === null || !this.chart) return;
    const top = event.clientY - this.getBoundingClientRect().top - this.grab;
    const { viewport } = this.chart;
    viewport.scrollTo((top / this.measure().room) * viewport.maxScroll);
    this.chart.moved();
  }
}
