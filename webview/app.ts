import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { Dimension } from '../src/analysis/viewSpec';
import type { ProfileSummary } from '../src/engine/engineApi';
import type { ToHost, ViewState } from '../src/protocol';
import { type ChartChange, ChartController, type ChartPosition } from './chart/chartController';
import './chart/flameChart';
import type { FlameChart, FrameCommandEvent } from './chart/flameChart';
import { placeOf } from './chart/frameText';
import type { OpenFrameEvent } from './chart/openFrameEvent';
import './helpOverlay';
import { DropTarget } from './dropTarget';
import type { HelpOverlay } from './helpOverlay';
import type { Host } from './host';
import { LayoutMemory } from './layoutMemory';
import './notices';
import type { Notice, NoticeEvent } from './notices';
import { Search } from './search';
import './splitter';
import type { SplitEvent } from './splitter';
import { DEFAULT_TABLE_WIDTH, Debounced, restoredState } from './state';
import { base } from './styles';
import './table/functionTable';
import type { FunctionEvent, TableStateEvent } from './table/functionTable';
import { readTheme, type Theme, watchTheme } from './theme';
import './toolbar/toolbar';
import type { SearchEvent, StepEvent } from './toolbar/searchBox';
import './toolbar/divisionStrip';
import type { ChipEvent } from './toolbar/divisionStrip';
import type { LayoutEvent } from './toolbar/layoutEvent';
import type { CommandEvent, Toolbar } from './toolbar/toolbar';

const MIN_TABLE_WIDTH = 220;
/** What the chart keeps of the width, whatever the table wants. */
const CHART_SHARE = 0.6;
/** Below this width (CSS pixels) the table has no room beside the chart. */
const NARROW = 640;
/** The host hears of a change once nothing has changed for this long (milliseconds). */
const STATE_PAUSE = 200;
const NOTES_DISMISSED = 'notesDismissed';
const TABLE_BELOW = 'tableBelow';

/** The profile editor. */
@customElement('emberline-app')
export class App extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        background: var(--vscode-editor-background, #1f1f1f);
        display: flex;
        flex-direction: column;
        inset: 0;
        overflow: hidden;
        position: absolute;
        /* Drags would select text, and the next drag would then drag that text. */
        user-select: none;
      }
      :host([dropping])::after {
        background: var(--vscode-editorGroup-dropBackground, rgb(83 89 93 / 0.5));
        border: 1px dashed var(--vscode-focusBorder, #0078d4);
        content: '';
        inset: 0;
        pointer-events: none;
        position: absolute;
        z-index: 10;
      }
      main {
        display: flex;
        flex: 1;
        min-height: 0;
        position: relative;
      }
      emberline-flame-chart {
        flex: 1;
      }
      emberline-function-table {
        flex: none;
      }
      main.narrow {
        flex-direction: column;
      }
      main.narrow emberline-function-table {
        border-top: 1px solid var(--line);
        height: 45%;
      }
      .trouble {
        align-items: center;
        background: var(--vscode-inputValidation-warningBackground, #352a05);
        border-bottom: 1px solid var(--vscode-inputValidation-warningBorder, #b89500);
        display: flex;
        flex: none;
        gap: 8px;
        padding: 2px 8px 2px 10px;
      }
      .trouble span {
        flex: 1;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @state() private notice: Notice | null = { kind: 'loading', what: 'Opening the profile', fraction: null };
  @state() private summary: ProfileSummary | null = null;
  @state() private view: ViewState | null = null;
  @state() private theme: Theme = readTheme();
  @state() private chart: ChartController | null = null;
  @state() private highlighted: number | null = null;
  /** A request that failed while the rest goes on. */
  @state() private trouble = '';
  @state() private notesDismissed = false;
  /** What 100 % is in time order, in the sample type's unit: the axis also has the times without samples. */
  @state() private sampled: number | null = null;
  @state() private available = 1000;
  /** Whether a narrow editor shows the table, below the chart: a choice of its own, not the one for wide editors. */
  @state() private tableBelow = false;
  /** Counts changes of the functions' colours. */
  @state() private picture = 0;
  @query('emberline-flame-chart') private readonly flame!: FlameChart | null;
  @query('emberline-toolbar') private readonly toolbar!: Toolbar | null;
  @query('emberline-help') private readonly help!: HelpOverlay | null;
  private host!: Host;
  private sampledRequest = 0;
  /** The chart of a newer capture, until its first picture is there. */
  private next: ChartController | null = null;
  private position: Partial<ChartPosition> = {};
  private search!: Search;
  private readonly layouts = new LayoutMemory();
  private readonly keeper = new Debounced<ViewState>((kept) => this.post({ kind: 'state', state: kept }), STATE_PAUSE);

  /** Must be called once, before the first message. */
  connect(host: Host): void {
    this.host = host;
    this.search = new Search(host, () => this.searchChanged());
    this.notesDismissed = host.memory[NOTES_DISMISSED] === true;
    this.tableBelow = host.memory[TABLE_BELOW] === true;
    this.available = this.clientWidth || this.available;
    watchTheme(() => {
      this.theme = readTheme();
      this.chart?.setTheme(this.theme);
      this.picture++;
      this.flame?.redrawPicture();
    });
    new DropTarget(
      host,
      (over) => this.toggleAttribute('dropping', over),
      (message) => {
        this.trouble = message;
      },
    );
    window.addEventListener('keydown', (event) => this.keyDown(event));
    new ResizeObserver(() => {
      this.available = this.clientWidth;
    }).observe(this);
    // Hidden editors are torn down: what is waiting would be lost.
    document.addEventListener('visibilitychange', () => this.keeper.flush());
    window.addEventListener('pagehide', () => this.keeper.flush());
  }

  showLoading(what: string, fraction: number | null): void {
    this.notice = { kind: 'loading', what, fraction };
  }

  showFailure(message: string): void {
    this.notice = { kind: 'failed', message };
  }

  /**
   * A newer capture of what is shown: it takes the place of the old one once its picture is there, and what is looked at
   * stays.
   */
  refreshProfile(summary: ProfileSummary, kept: ViewState | null): void {
    const { chart, view } = this;
    if (chart === null || view === null || summary.samples === 0) {
      this.showProfile(summary, kept);
      return;
    }
    this.next?.dispose();
    const fitted = restoredState(summary, kept);
    const next: ChartController = this.createChart(summary, (what) => {
      if (this.next === next && what === 'layout') this.adopt(next, summary, fitted);
      else if (this.chart === next) this.chartChanged(what);
    });
    this.next = next;
    next.continueFrom(chart, fitted.view, fitted.order);
  }

  private adopt(chart: ChartController, summary: ProfileSummary, { view, order }: ViewState): void {
    if (this.view === null) return;
    this.next = null;
    this.chart?.dispose();
    this.chart = chart;
    this.summary = summary;
    this.notice = null;
    this.trouble = '';
    this.highlighted = null;
    this.layouts.clear();
    this.position = chart.position;
    this.change({ view, order });
    this.picture++;
    void this.measureSampled(this.view);
    this.search.start(view, this.view.search);
  }

  private createChart(summary: ProfileSummary, changed: (what: ChartChange) => void): ChartController {
    return new ChartController(
      this.host,
      summary,
      this.theme,
      changed,
      (message) => {
        this.trouble = message;
      },
      () => this.flame?.followView(),
    );
  }

  showProfile(summary: ProfileSummary, kept: ViewState | null): void {
    this.next?.dispose();
    this.next = null;
    this.keeper.cancel();
    this.chart?.dispose();
    this.chart = null;
    this.summary = summary;
    this.trouble = '';
    this.highlighted = null;
    this.layouts.clear();
    if (summary.samples === 0 || summary.sampleTypes.length === 0) {
      this.notice = { kind: 'empty', summary };
      return;
    }
    this.notice = null;
    const view = restoredState(summary, kept);
    this.view = view;
    this.chart = this.createChart(summary, (what) => this.chartChanged(what));
    const { range, scroll, zoomed, focused } = view;
    const position = { range, scroll, zoomed, focused };
    this.position = position;
    this.chart.setLayout(view.view, view.order, position);
    void this.measureSampled(view);
    this.search.start(view.view, view.search);
  }

  protected override render(): TemplateResult {
    const { notice, summary, view } = this;
    if (notice !== null || summary === null || view === null) {
      return html`<emberline-notice
        .notice=${notice}
        @notice-command=${(event: NoticeEvent) => this.post({ kind: event.command })}
      ></emberline-notice>`;
    }
    return html`
      <emberline-toolbar
        .summary=${summary}
        .view=${view}
        .tableShown=${this.tableShown(view)}
        .outcome=${this.search.outcome}
        @layout-choice=${this.layoutChosen}
        @toolbar-command=${this.toolbarCommand}
        @search-query=${(event: SearchEvent) => this.setSearch(event.search)}
        @search-step=${(event: StepEvent) => this.stepMatch(event.direction)}
        @search-left=${() => this.flame?.focus()}
      ></emberline-toolbar>
      ${
        view.view.filter?.length || view.view.splitBy
          ? html`<emberline-division-strip
              .view=${view.view}
              @layout-choice=${this.layoutChosen}
              @chip=${(event: ChipEvent) => this.openDivision(event.by === null, event.by, event.under)}
            ></emberline-division-strip>`
          : nothing
      }
      ${
        summary.notes.length > 0 && !this.notesDismissed
          ? html`<emberline-notes .notes=${summary.notes} @dismiss=${this.dismissNotes}></emberline-notes>`
          : nothing
      }
      ${this.trouble === '' ? nothing : this.renderTrouble()}
      <main class=${this.narrow ? 'narrow' : ''}>
        <emberline-flame-chart
          .chart=${this.chart}
          .summary=${summary}
          .view=${view}
          .theme=${this.theme}
          .sampled=${this.sampled}
          @open-frame=${(event: OpenFrameEvent) => this.openFrame(event.node)}
          @frame-command=${this.frameCommand}
        ></emberline-flame-chart>
        ${this.tableShown(view) ? this.renderTable(summary, view) : nothing}
      </main>
      <emberline-help @help-closed=${() => this.flame?.focus()}></emberline-help>
    `;
  }

  private renderTrouble(): TemplateResult {
    return html`<div class="trouble" role="alert">
      <vscode-icon name="warning"></vscode-icon><span>${this.trouble}</span>
      <vscode-toolbar-button
        icon="close"
        label="Dismiss"
        @click=${() => {
          this.trouble = '';
        }}
      ></vscode-toolbar-button>
    </div>`;
  }

  private get narrow(): boolean {
    return this.available < NARROW;
  }

  private tableShown(view: ViewState): boolean {
    return this.narrow ? this.tableBelow : view.table.visible;
  }

  private toggleTable(): void {
    if (!this.narrow) {
      if (this.view) this.setTable({ visible: !this.view.table.visible });
      return;
    }
    this.tableBelow = !this.tableBelow;
    this.host.remember(TABLE_BELOW, this.tableBelow);
  }

  private renderTable(summary: ProfileSummary, view: ViewState): TemplateResult {
    const max = Math.max(MIN_TABLE_WIDTH, Math.floor(this.available * (1 - CHART_SHARE)));
    const width = Math.min(max, Math.max(MIN_TABLE_WIDTH, view.table.width));
    return html`${
      this.narrow
        ? nothing
        : html`<emberline-splitter
            .width=${width}
            .min=${MIN_TABLE_WIDTH}
            .max=${max}
            @split=${(event: SplitEvent) =>
              this.setTable({ width: event.reset ? DEFAULT_TABLE_WIDTH : Math.round(event.width) })}
          ></emberline-splitter>`
    }
      <emberline-function-table
        style=${this.narrow ? '' : `width:${width}px`}
        data-theme=${this.theme.kind}
        .host=${this.host}
        .summary=${summary}
        .view=${view.view}
        .table=${view.table}
        .highlighted=${this.highlighted}
        .colorOf=${this.colorOf}
        .picture=${this.picture}
        @table-state=${(event: TableStateEvent) => this.setTable(event.change)}
        @function-command=${this.functionCommand}
      ></emberline-function-table>`;
  }

  private readonly colorOf = (func: number): string | null =>
    this.chart && this.chart.colors.nameOf(func) !== '' ? this.chart.colors.cssOf(func) : null;

  private post(message: ToHost): void {
    this.host.post(message);
  }

  /** Takes a change of what is shown; the host hears of it a little later. */
  private change(change: Partial<ViewState>): void {
    if (this.view === null) return;
    this.view = { ...this.view, ...change };
    this.keep();
  }

  private keep(): void {
    if (this.view) this.keeper.push({ ...this.view, ...this.position });
  }

  private setTable(change: Partial<ViewState['table']>): void {
    if (this.view) this.change({ table: { ...this.view.table, ...change } });
  }

  private chartChanged(what: ChartChange): void {
    if (this.chart && (what === 'view' || what === 'focus') && !this.chart.windows.switching) {
      // Not a part of `view`: nothing but the chart shows it, and it may change with every frame.
      this.position = this.chart.position;
      this.keep();
    }
    if (what === 'layout') this.picture++;
    this.flame?.chartChanged(what);
  }

  private readonly layoutChosen = (event: LayoutEvent): void => {
    const { view, chart, summary } = this;
    if (!view || !chart || !summary) return;
    this.layouts.keep(view, chart.position);
    const next = this.layouts.choose(summary, view, event.change);
    const position = this.layouts.positionOf(next.view, next.order);
    this.position = position;
    this.change(next);
    // The heat follows it, and what was chosen just before the editor is hidden must not be lost.
    this.keeper.flush();
    this.highlighted = null;
    this.search.start(next.view, view.search);
    chart.setLayout(next.view, next.order, position);
    void this.measureSampled(next);
  };

  private readonly toolbarCommand = (event: CommandEvent): void => {
    if (event.command === 'reset') this.chart?.reset();
    else if (event.command === 'help') this.help?.show();
    else this.toggleTable();
  };

  private readonly frameCommand = (event: FrameCommandEvent): void => {
    const { box } = event;
    if (event.command === 'highlight') {
      this.highlight(box.func === this.highlighted ? null : box.func);
      return;
    }
    const details = this.chart?.detailsOf(box);
    // As recorded, not as shown: what is copied is searched for elsewhere.
    const place = details ? placeOf(details) : null;
    const name = details?.name ?? this.chart?.colors.nameOf(box.func) ?? '';
    this.post({ kind: 'copy', text: place === null ? name : `${name} (${place})` });
  };

  private readonly functionCommand = (event: FunctionEvent): void => {
    if (event.command === 'highlight') this.highlight(event.func);
    else if (event.func !== null && this.view) {
      this.post({ kind: 'openFunction', view: this.view.view, func: event.func });
    }
  };

  private async measureSampled({ view, order }: Pick<ViewState, 'view' | 'order'>): Promise<void> {
    const token = ++this.sampledRequest;
    this.sampled = null;
    if (order !== 'timeOrder') return;
    const filter = { query: '', regex: false, matchCase: false };
    const params = { view, sort: 'self', descending: true, filter, offset: 0, limit: 1 } as const;
    try {
      const { viewTotal } = await this.host.request('functionTable', params);
      if (token === this.sampledRequest) this.sampled = viewTotal;
    } catch {
      // The chart's own request fails for the same reason, and says so.
    }
  }

  private openDivision(split: boolean, by: Dimension | null = null, under?: DOMRect): void {
    if (split) this.toolbar?.division?.openSplit(under);
    else this.toolbar?.division?.openFilter(by, under);
  }

  private openFrame(node: number): void {
    const shown = this.chart?.windows.shown;
    if (shown) this.post({ kind: 'openFrame', ...shown, node });
  }

  private setSearch(search: ViewState['search']): void {
    if (this.view === null) return;
    this.change({ search });
    this.search.start(this.view.view, search);
  }

  private searchChanged(): void {
    this.applyEmphasis();
    this.requestUpdate();
  }

  private highlight(func: number | null): void {
    this.highlighted = func;
    this.applyEmphasis();
  }

  /** The highlighted function wins over the search: it was asked for last, and one click ends it. */
  private applyEmphasis(): void {
    const { highlighted } = this;
    const { matches } = this.search;
    this.chart?.setEmphasis(highlighted === null ? matches : (func) => func === highlighted);
    this.flame?.redrawPicture();
  }

  private stepMatch(direction: 1 | -1): void {
    const { matches } = this.search;
    if (matches) this.chart?.focusMatch(matches, direction);
  }

  private dismissNotes(): void {
    this.notesDismissed = true;
    this.host.remember(NOTES_DISMISSED, true);
  }

  private keyDown(event: KeyboardEvent): void {
    if (this.notice !== null || event.defaultPrevented) return;
    const target = event.composedPath()[0];
    const typing = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
    const command = event.ctrlKey || event.metaKey;
    if (command && !event.altKey && event.key.toLowerCase() === 'f') this.toolbar?.focusSearch();
    else if (typing || command || event.altKey) return;
    else if (event.key === '/') this.toolbar?.focusSearch();
    else if (event.key === '?') this.help?.show();
    else if (event.key === 'Escape') this.escape();
    else if (event.key === 'F3') this.stepMatch(event.shiftKey ? -1 : 1);
    else if (event.key.toLowerCase() === 'f') this.openDivision(false);
    else if (event.key.toLowerCase() === 'g') this.openDivision(true);
    else if (event.key.toLowerCase() === 'n') this.stepMatch(event.shiftKey ? -1 : 1);
    else if (event.key === 'Home') this.chart?.reset();
    else return;
    event.preventDefault();
  }

  /** One thing at a time: the highlight, the search, then one level of zoom. */
  private escape(): void {
    if (this.highlighted !== null) this.highlight(null);
    else if (this.view && this.view.search.query !== '') this.setSearch({ ...this.view.search, query: '' });
    else this.chart?.back();
  }
}
