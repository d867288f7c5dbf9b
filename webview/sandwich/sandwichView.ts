import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, queryAll, state } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import type { SandwichHalf } from '../../src/analysis/viewSpec';
import { viewKey } from '../../src/analysis/viewSpec';
import type { ProfileSummary } from '../../src/engine/engineApi';
import type { FrameDetails } from '../../src/engine/flameApi';
import type { ViewState } from '../../src/protocol';
import { type ChartChange, ChartController } from '../chart/chartController';
import type { Emphasis } from '../chart/flameColors';
import '../chart/flameChart';
import type { FlameChart } from '../chart/flameChart';
import '../chart/frameBar';
import type { FrameFocusedEvent } from '../chart/frameFocusedEvent';
import { changeText, frameFigures } from '../chart/frameText';
import type { OpenFrameEvent } from '../chart/openFrameEvent';
import type { Host } from '../host';
import { base } from '../styles';
import type { Theme } from '../theme';
import { visibleText } from '../visibleText';
import './rowSplitter';
import { MIDDLE } from './rowSplitter';

/** Sent for the sandwich to go back: to an earlier function of its path, or (null) to the whole chart. */
export class SandwichStepEvent extends Event {
  constructor(readonly step: number | null) {
    super('sandwich-step', { bubbles: true, composed: true });
  }
}

/** A function whose callers and callees are shown. */
export interface SandwichStep {
  readonly func: number;
  readonly name: string;
}

/** Of a path that is long only the last functions are named. */
const SHOWN_STEPS = 3;

/** Who calls a function, above, and what it calls, below: two charts of one function. */
@customElement('emberline-sandwich')
export class SandwichView extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex: 1;
        flex-direction: column;
        min-height: 0;
        min-width: 0;
      }
      header {
        align-items: center;
        border-bottom: 1px solid var(--line);
        display: flex;
        flex: none;
        container-type: inline-size;
        gap: 4px;
        min-height: 28px;
        padding: 0 6px;
        white-space: nowrap;
      }
      nav {
        align-items: center;
        display: flex;
        flex: 1;
        gap: 2px;
        min-width: 0;
        overflow: hidden;
      }
      button.plain,
      .here {
        line-height: 22px;
        max-width: 340px;
        min-width: 2em;
        overflow: hidden;
        padding: 0 3px;
        text-overflow: ellipsis;
        unicode-bidi: isolate;
      }
      button.plain {
        color: var(--vscode-breadcrumb-foreground, var(--muted));
        flex: 0 1 auto;
      }
      button.plain:hover {
        color: var(--vscode-breadcrumb-focusForeground, var(--vscode-foreground));
      }
      .here {
        flex: 0 1 auto;
        font-weight: 600;
        min-width: 6em;
      }
      nav vscode-icon {
        flex: none;
        opacity: 0.7;
      }
      .figures {
        color: var(--muted);
        flex: none;
        font-variant-numeric: tabular-nums;
        padding: 0 4px;
      }
      .figures b {
        color: var(--vscode-foreground);
        font-weight: normal;
      }
      @container (max-width: 480px) {
        .own {
          display: none;
        }
      }
      @container (max-width: 300px) {
        .figures {
          display: none;
        }
      }
      .halves {
        display: flex;
        flex: 1;
        flex-direction: column;
        min-height: 0;
      }
      .half {
        display: flex;
        flex-direction: column;
        min-height: 0;
        position: relative;
      }
      emberline-flame-chart {
        flex: 1;
      }
      .side {
        background: var(--vscode-badge-background, #616161);
        border-radius: 3px;
        color: var(--vscode-badge-foreground, #f8f8f8);
        font-size: 11px;
        right: 16px;
        opacity: 0.85;
        padding: 1px 6px;
        pointer-events: none;
        position: absolute;
        z-index: 3;
      }
      .half.callers .side {
        top: 26px;
      }
      .half.callees .side {
        bottom: 6px;
      }
      .nobody {
        color: var(--muted);
        left: 0;
        padding: 8px;
        pointer-events: none;
        position: absolute;
        right: 0;
        text-align: center;
      }
      .half.callers .nobody {
        bottom: 24px;
      }
      .half.callees .nobody {
        top: 46px;
      }
    `,
  ];

  @property({ attribute: false }) host!: Host;
  @property({ attribute: false }) summary!: ProfileSummary;
  @property({ attribute: false }) view!: ViewState;
  @property({ attribute: false }) theme!: Theme;
  @property({ attribute: false }) emphasis: Emphasis = null;
  /** Another where answers compare with something else. */
  @property({ attribute: false }) compared = '';
  /** The functions whose sandwiches led here; the last one is shown. */
  @property({ attribute: false }) path: readonly SandwichStep[] = [];
  @property({ attribute: false }) share = MIDDLE;
  /** What the whole chart is called. */
  @property({ attribute: false }) root = '';
  /** To be called with a sentence where a request failed. */
  @property({ attribute: false }) failed: (message: string) => void = () => undefined;
  @state() private charts: Readonly<Record<SandwichHalf, ChartController>> | null = null;
  /** The half that was used last: the bar tells of its frame. */
  @state() private lastHalf: SandwichHalf = 'callees';
  @state() private details: FrameDetails | null = null;
  @query('.callees emberline-flame-chart') private readonly callees!: FlameChart | null;
  @queryAll('emberline-flame-chart') private readonly drawn!: NodeListOf<FlameChart>;
  private shownKey = '';
  private asked: AbortController | null = null;
  private focusWanted = true;

  override focus(): void {
    if (this.callees) this.callees.focus();
    else this.focusWanted = true;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.dispose();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.focusWanted = true;
    if (this.hasUpdated) this.requestUpdate();
  }

  /** One level of zoom out, in the half that was used last, else in the other. Returns false where all is shown. */
  back(): boolean {
    const { charts, lastHalf } = this;
    if (charts === null) return false;
    return charts[lastHalf].back() || charts[lastHalf === 'callees' ? 'callers' : 'callees'].back();
  }

  reset(): void {
    this.charts?.callers.reset();
    this.charts?.callees.reset();
  }

  focusMatch(matches: (func: number) => boolean, direction: 1 | -1): boolean {
    return this.charts?.[this.lastHalf].focusMatch(matches, direction) ?? false;
  }

  protected override willUpdate(changes: PropertyValues<this>): void {
    const step = this.path.at(-1);
    if (step === undefined) return;
    if (this.charts === null || changes.has('summary')) {
      this.dispose();
      this.charts = { callers: this.createChart('callers'), callees: this.createChart('callees') };
    }
    const key = `${this.summary.profile} ${viewKey(this.view.view)} ${step.func}`;
    if (key !== this.shownKey) {
      this.shownKey = key;
      this.details = null;
      for (const half of ['callers', 'callees'] as const) {
        this.charts[half].setLayout(this.view.view, `${half}:${step.func}`, null);
      }
    } else if (changes.has('compared')) {
      for (const half of ['callers', 'callees'] as const) this.charts[half].reload();
    }
    if (changes.has('theme') && this.hasUpdated) {
      for (const half of ['callers', 'callees'] as const) this.charts[half].setTheme(this.theme);
    }
  }

  protected override updated(changes: PropertyValues<this>): void {
    const { charts } = this;
    if (charts !== null && (changes.has('emphasis') || changes.has('charts' as keyof SandwichView))) {
      charts.callers.setEmphasis(this.emphasis);
      charts.callees.setEmphasis(this.emphasis);
    }
    if (this.focusWanted && this.callees !== null) {
      this.focusWanted = false;
      void this.callees.updateComplete.then(() => this.callees?.focus());
    }
  }

  protected override render(): TemplateResult {
    const { charts } = this;
    const type = this.summary.sampleTypes[this.view.view.sampleType] ?? { type: '', unit: 'count' };
    const chart = charts?.[this.lastHalf];
    return html`
      ${this.renderHeader()}
      <div class="halves">
        ${charts === null ? nothing : this.renderHalf('callers', charts.callers)}
        <emberline-row-splitter .share=${this.share}></emberline-row-splitter>
        ${charts === null ? nothing : this.renderHalf('callees', charts.callees)}
      </div>
      <emberline-frame-bar
        .box=${chart?.focused ?? null}
        .details=${chart?.detailsOf(chart.focused) ?? null}
        .name=${chart?.focused ? chart.colors.nameOf(chart.focused.func) : ''}
        .sampleType=${type}
        @open-frame=${(event: OpenFrameEvent) => this.open(event, this.lastHalf)}
      ></emberline-frame-bar>
    `;
  }

  private renderHeader(): TemplateResult {
    const first = Math.max(0, this.path.length - SHOWN_STEPS);
    const type = this.summary.sampleTypes[this.view.view.sampleType] ?? { type: '', unit: 'count' };
    const figures = this.details === null ? null : frameFigures(this.details, type);
    const change = this.details?.change?.function;
    const changed = (of: 'self' | 'total'): string =>
      (change === undefined ? '' : ` ${changeText(change[of])}`).trimEnd();
    const arrow = html`<vscode-icon name="chevron-right" size="14"></vscode-icon>`;
    return html`<header>
      <vscode-toolbar-button
        icon="arrow-left"
        label="Back"
        title="Back (Esc)"
        @click=${() => this.step(this.path.length > 1 ? this.path.length - 2 : null)}
      ></vscode-toolbar-button>
      <nav aria-label="Sandwich">
        <button class="plain" title="Leave the sandwich view" @click=${() => this.step(null)}>${this.root}</button>
        ${arrow}
        ${first > 0 ? html`<span>…</span>${arrow}` : nothing}
        ${this.path.slice(first).map((step, i) => {
          const at = first + i;
          const last = at === this.path.length - 1;
          const name = visibleText((last ? this.details?.name : undefined) ?? step.name) || '(anonymous)';
          return last
            ? html`<span class="here" aria-current="location" title=${name}>${name}</span>`
            : html`<button class="plain" title=${name} @click=${() => this.step(at)}>${name}</button>${arrow}`;
        })}
      </nav>
      ${
        figures === null
          ? nothing
          : html`<span class="figures"
              ><span class="own">Self <b>${figures.functionSelf}</b> ${figures.functionSelfShare}${changed('self')} · </span>Total
              <b>${figures.functionTotal}</b> ${figures.functionTotalShare}${changed('total')}</span
            >`
      }
      <vscode-toolbar-button
        icon="close"
        label="Leave the sandwich view"
        title="Leave the sandwich view"
        @click=${() => this.step(null)}
      ></vscode-toolbar-button>
    </header>`;
  }

  private renderHalf(half: SandwichHalf, chart: ChartController): TemplateResult {
    const overview = chart.windows.overview;
    const rows = overview === null ? 0 : overview.rowOffset.length - 1;
    const alone = rows === 1 && !chart.windows.switching;
    const grow = half === 'callers' ? this.share : 1 - this.share;
    return html`<div class="half ${half}" style="flex:${grow} 1 0" @focusin=${() => this.use(half)} @pointerdown=${() => this.use(half)}>
      <emberline-flame-chart
        .chart=${chart}
        .summary=${this.summary}
        .view=${this.view}
        .theme=${this.theme}
        .half=${half}
        @open-frame=${(event: OpenFrameEvent) => this.open(event, half)}
        @frame-focused=${(event: FrameFocusedEvent) => this.tell(event, half)}
      ></emberline-flame-chart>
      <span class="side" aria-hidden="true">${half === 'callers' ? 'Callers' : 'Callees'}</span>
      ${
        alone
          ? html`<div class="nobody">${half === 'callers' ? 'Nothing calls it.' : 'It calls nothing that was recorded.'}</div>`
          : nothing
      }
    </div>`;
  }

  private createChart(half: SandwichHalf): ChartController {
    const chart: ChartController = new ChartController(
      this.host,
      this.summary,
      this.theme,
      (what) => this.chartChanged(half, what),
      (message) => this.failed(message),
      () => this.drawnChart(half)?.followView(),
    );
    chart.viewport.flipped = half === 'callers';
    return chart;
  }

  private drawnChart(half: SandwichHalf): FlameChart | undefined {
    return [...(this.drawn ?? [])].find((chart) => chart.half === half);
  }

  private chartChanged(half: SandwichHalf, what: ChartChange): void {
    this.drawnChart(half)?.chartChanged(what);
    if (what === 'layout') {
      this.charts?.[half].setEmphasis(this.emphasis);
      if (half === 'callees') void this.askFigures();
    }
    if (what !== 'view' && what !== 'hover') this.requestUpdate();
  }

  /** What the function costs: the root of its callees has it. */
  private async askFigures(): Promise<void> {
    const shown = this.charts?.callees.windows.shown;
    this.asked?.abort();
    if (!shown || this.charts?.callees.windows.overview?.extent === 0) return;
    const asked = new AbortController();
    this.asked = asked;
    try {
      const details = await this.host.request('frameDetails', { ...shown, node: 0 }, asked.signal);
      if (this.asked === asked) this.details = details;
    } catch {
      // The chart's own requests fail for the same reason, and say so.
    }
  }

  private use(half: SandwichHalf): void {
    this.lastHalf = half;
  }

  private open(event: OpenFrameEvent, half: SandwichHalf): void {
    event.stopPropagation();
    const shown = this.charts?.[half].windows.shown;
    if (shown) this.host.post({ kind: 'openFrame', ...shown, node: event.node });
  }

  private tell(event: FrameFocusedEvent, half: SandwichHalf): void {
    event.stopPropagation();
    const shown = this.charts?.[half].windows.shown;
    if (shown) this.host.post({ kind: 'focusFrame', ...shown, node: event.node });
  }

  private step(step: number | null): void {
    this.dispatchEvent(new SandwichStepEvent(step));
  }

  private dispose(): void {
    this.asked?.abort();
    this.charts?.callers.dispose();
    this.charts?.callees.dispose();
    this.charts = null;
    this.shownKey = '';
  }
}
