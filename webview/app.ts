import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { Dimension } from '../src/analysis/viewSpec';
import type { ProfileSummary } from '../src/engine/engineApi';
import type { Pointing, ShownBaseline, ToHost, ViewState } from '../src/protocol';
import { type ChartChange, ChartController, type ChartPosition } from './chart/chartController';
import './chart/flameChart';
import type { FlameChart, FrameCommandEvent } from './chart/flameChart';
import type { Emphasis } from './chart/flameColors';
import type { FrameFocusedEvent } from './chart/frameFocusedEvent';
import { placeOf } from './chart/frameText';
import type { OpenFrameEvent } from './chart/openFrameEvent';
import './helpOverlay';
import { type FunctionMenuEvent, offerFunctionMenu } from './contextMenu';
import { DropTarget } from './dropTarget';
import type { HelpOverlay } from './helpOverlay';
import type { Host } from './host';
import { LayoutMemory } from './layoutMemory';
import './notices';
import type { Notice, NoticeEvent } from './notices';
import { MIDDLE, type RowSplitEvent } from './sandwich/rowSplitter';
import './sandwich/sandwichView';
import type { SandwichStep, SandwichStepEvent, SandwichView } from './sandwich/sandwichView';
import { Search } from './search';
import './splitter';
import type { SplitEvent } from './splitter';
import { DEFAULT_TABLE_WIDTH, Debounced, restoredState } from './state';
import { base } from './styles';
import './table/functionTable';
import type { FunctionEvent, TableStateEvent } from './table/functionTable';
import { readTheme, type Theme, watchTheme } from './theme';
import { visibleText } from './visibleText';
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
/** A frame that the keyboard stays on for this long is told to the host (milliseconds). */
const FOCUS_PAUSE = 150;
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
      emberline-flame-chart[hidden] {
        display: none;
      }
      .mark {
        align-items: center;
        background: var(--vscode-editorWidget-background, #252526);
        border: 1px solid var(--rim);
        border-radius: 4px;
        /* Over the bar, which may have two lines. */
        bottom: calc(3.7em + 6px);
        box-shadow: 0 2px 8px var(--vscode-widget-shadow, rgb(0 0 0 / 0.36));
        color: var(--vscode-editorWidget-foreground, inherit);
        display: flex;
        gap: 4px;
        left: 10px;
        max-width: calc(100% - 24px);
        padding: 1px 2px 1px 8px;
        position: absolute;
        z-index: 5;
      }
      main.narrow .mark.table {
        bottom: calc(45% + 3.7em + 6px);
      }
      .mark span {
        overflow: hidden;
        text-overflow: ellipsis;
        unicode-bidi: isolate;
        white-space: nowrap;
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
  @state() private baseline: ShownBaseline | null = null;
  @state() private highlighted: number | null = null;
  /** What an editor points at; `asked` where somebody wanted it shown, and not the cursor alone. */
  @state() private marked: { functions: ReadonlySet<number>; place: string; asked: boolean } | null = null;
  /** What is not dimmed. */
  @state() private emphasis: Emphasis = null;
  /** The functions whose sandwiches were gone through; the last one is shown, none: the chart is. */
  @state() private sandwiches: readonly SandwichStep[] = [];
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
  @query('main > emberline-flame-chart') private readonly flame!: FlameChart | null;
  @query('emberline-sandwich') private readonly sandwich!: SandwichView | null;
  @query('emberline-toolbar') private readonly toolbar!: Toolbar | null;
  @query('emberline-help') private readonly help!: HelpOverlay | null;
  private host!: Host;
  private sampledRequest = 0;
  /** What is pointed at in the newer capture, whose functions have other numbers. */
  private nextMark: App['marked'] = null;
  /** Functions to go to once there is a chart. */
  private awaited: ReadonlySet<number> | null = null;
  private readonly teller = new Debounced<number>((node) => {
    const shown = this.chart?.windows.shown;
    if (shown) this.post({ kind: 'focusFrame', ...shown, node });
  }, FOCUS_PAUSE);
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
    // What has a menu says so while the event is on its way; elsewhere VS Code's own for text stays.
    this.addEventListener('contextmenu', () => delete this.dataset['vscodeContext'], { capture: true });
    this.addEventListener('function-menu', (event) => offerFunctionMenu(this, (event as FunctionMenuEvent).func));
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
    const sandwiched = this.sandwiches.at(-1);
    const sandwichName = sandwiched && (sandwiched.name || this.chart?.colors.nameOf(sandwiched.func));
    this.next = null;
    this.chart?.dispose();
    this.chart = chart;
    this.summary = summary;
    this.notice = null;
    this.trouble = '';
    this.highlighted = null;
    this.marked = this.nextMark;
    this.nextMark = null;
    this.layouts.clear();
    this.position = chart.position;
    this.change({ view, order });
    this.leaveSandwich();
    this.applyEmphasis();
    if (sandwichName) void this.resumeSandwich(sandwichName);
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
    this.marked = null;
    this.sandwiches = [];
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
    if (view.sandwich) this.sandwiches = [{ func: view.sandwich.func, name: '' }];
    void this.measureSampled(view);
    this.search.start(view.view, view.search);
  }

  /** What profiles are compared with changed: what is shown is asked for again. */
  compareWith(baseline: ShownBaseline | null): void {
    const before = compareKey(this.baseline);
    this.baseline = baseline;
    if (before !== compareKey(baseline)) this.chart?.reload();
  }

  /** An editor points at functions. */
  point(pointing: Pointing): void {
    if (this.view === null || this.summary === null) return;
    if (pointing.kind === 'sandwich') {
      if (!pointing.inside) this.sandwiches = [];
      this.showSandwich({ func: pointing.func, name: visibleText(pointing.name) });
      return;
    }
    const functions = new Set(pointing.functions);
    const asked = pointing.kind === 'reveal';
    const marked = functions.size === 0 ? null : { functions, place: pointing.place, asked };
    if (this.next !== null) {
      this.nextMark = marked;
      return;
    }
    this.marked = marked;
    if (asked && functions.size > 0) {
      this.highlighted = null;
      this.leaveSandwich();
      this.awaited = functions;
      this.reveal();
    }
    this.applyEmphasis();
  }

  /** Goes to what is awaited, as soon as there is a chart. */
  private reveal(): void {
    const { awaited, chart } = this;
    if (awaited === null || chart === null || chart.windows.switching || chart.windows.overview === null) return;
    this.awaited = null;
    chart.focusWidest(awaited);
    void this.updateComplete.then(() => this.flame?.focus());
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
        .baseline=${this.baseline}
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
          ?hidden=${this.sandwiches.length > 0}
          .chart=${this.chart}
          .summary=${summary}
          .view=${view}
          .theme=${this.theme}
          .sampled=${this.sampled}
          @open-frame=${(event: OpenFrameEvent) => {
            this.chartUsed();
            this.openFrame(event.node);
          }}
          @frame-focused=${(event: FrameFocusedEvent) => {
            this.chartUsed();
            this.teller.push(event.node);
          }}
          @frame-command=${this.frameCommand}
        ></emberline-flame-chart>
        ${this.sandwiches.length > 0 ? this.renderSandwich(summary, view) : nothing}
        ${this.marked === null || this.inOwnSandwich ? nothing : this.renderMark(this.marked.place)}
        ${this.tableShown(view) ? this.renderTable(summary, view) : nothing}
      </main>
      <emberline-help @help-closed=${() => this.flame?.focus()}></emberline-help>
    `;
  }

  private renderSandwich(summary: ProfileSummary, view: ViewState): TemplateResult {
    return html`<emberline-sandwich
      .host=${this.host}
      .summary=${summary}
      .view=${view}
      .theme=${this.theme}
      .emphasis=${this.emphasis}
      .path=${this.sandwiches}
      .share=${view.sandwich?.share ?? MIDDLE}
      .root=${this.flame?.rootLabel() ?? 'All'}
      .failed=${this.fail}
      @frame-command=${this.frameCommand}
      @sandwich-step=${(event: SandwichStepEvent) => this.stepSandwich(event.step)}
      @row-split=${(event: RowSplitEvent) => {
        const func = this.sandwiches.at(-1)?.func;
        if (func !== undefined) this.change({ sandwich: { func, share: event.share } });
      }}
    ></emberline-sandwich>`;
  }

  private renderMark(place: string): TemplateResult {
    return html`<div class="mark ${this.view && this.tableShown(this.view) ? 'table' : ''}" role="status">
      <vscode-icon name="selection" size="14"></vscode-icon><span title="Frames of this line are marked">${place}</span>
      <vscode-toolbar-button icon="close" label="Mark no longer" @click=${() => this.unmark()}></vscode-toolbar-button>
    </div>`;
  }

  private readonly fail = (message: string): void => {
    this.trouble = message;
  };

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
        .compared=${compareKey(this.baseline)}
        .highlighted=${this.highlighted}
        .marked=${this.marked?.functions ?? null}
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
    if (what === 'layout') {
      this.picture++;
      this.reveal();
    }
    this.flame?.chartChanged(what);
  }

  private readonly layoutChosen = (event: LayoutEvent): void => {
    const { view, chart, summary } = this;
    if (!view || !chart || !summary) return;
    this.layouts.keep(view, chart.position);
    if (event.change.order !== undefined) this.leaveSandwich();
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
    if (event.command === 'reset') this.showEverything();
    else if (event.command === 'help') this.help?.show();
    else if (event.command === 'compare') this.post({ kind: 'compare', on: this.baseline?.on === false });
    else this.toggleTable();
  };

  private readonly frameCommand = (event: FrameCommandEvent): void => {
    const { box, details } = event;
    if (event.command === 'highlight') {
      this.highlight(box.func === this.highlighted ? null : box.func);
      return;
    }
    if (event.command === 'sandwich') {
      this.showSandwich({ func: box.func, name: event.name });
      return;
    }
    // As recorded, not as shown: what is copied is searched for elsewhere.
    const place = details ? placeOf(details) : null;
    const name = details?.name ?? event.name;
    this.post({ kind: 'copy', text: place === null ? name : `${name} (${place})` });
  };

  private readonly functionCommand = (event: FunctionEvent): void => {
    if (event.command === 'highlight') this.highlight(event.func);
    else if (event.command === 'sandwich' && event.func !== null) {
      this.showSandwich({ func: event.func, name: visibleText(event.name) });
    } else if (event.func !== null && this.view) {
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

  /** The highlighted function wins over the search: it was asked for last, and one click ends it. The cursor yields. */
  private applyEmphasis(): void {
    const { highlighted, marked } = this;
    const { matches } = this.search;
    const pointedAt: Emphasis = this.inOwnSandwich ? null : marked && ((func) => marked.functions.has(func));
    if (highlighted !== null) this.emphasis = (func) => func === highlighted;
    else this.emphasis = marked?.asked ? pointedAt : (matches ?? pointedAt);
    this.chart?.setEmphasis(this.emphasis);
    this.flame?.redrawPicture();
  }

  /** In its own sandwich a function is in the middle of everything: a mark would only dim what was asked for. */
  private get inOwnSandwich(): boolean {
    return this.marked?.functions.has(this.sandwiches.at(-1)?.func ?? -1) === true;
  }

  /** Who works in the chart is no longer at the cursor's line: its mark would only be in the way. */
  private chartUsed(): void {
    if (this.marked !== null && !this.marked.asked) this.unmark();
  }

  private unmark(): void {
    this.marked = null;
    this.applyEmphasis();
  }

  private stepMatch(direction: 1 | -1): void {
    const { matches } = this.search;
    if (matches === null) return;
    if (this.sandwich) this.sandwich.focusMatch(matches, direction);
    else if (this.chart?.focusMatch(matches, direction) && this.chart.focused) {
      this.teller.push(this.chart.focused.node);
    }
  }

  private showEverything(): void {
    if (this.sandwich) this.sandwich.reset();
    else this.chart?.reset();
  }

  /** Shows a function's callers and callees, in the place of the chart, which stays as it is. */
  private showSandwich(step: SandwichStep): void {
    if (this.view === null) return;
    const known = this.sandwiches.findIndex(({ func }) => func === step.func);
    // Back to one that was shown before, rather than round and round.
    this.sandwiches = known < 0 ? [...this.sandwiches, step] : this.sandwiches.slice(0, known + 1);
    this.change({ sandwich: { func: step.func, share: this.view.sandwich?.share ?? MIDDLE } });
    this.highlight(null);
    this.sandwich?.focus();
  }

  private stepSandwich(step: number | null): void {
    const to = step === null ? undefined : this.sandwiches[step];
    if (to === undefined) {
      this.leaveSandwich();
      void this.updateComplete.then(() => this.flame?.focus());
    } else {
      this.showSandwich(to);
    }
  }

  private leaveSandwich(): void {
    if (this.sandwiches.length === 0) return;
    this.sandwiches = [];
    this.change({ sandwich: null });
    this.applyEmphasis();
  }

  /** The sandwich of the same function in a newer capture, where functions have other numbers. */
  private async resumeSandwich(name: string): Promise<void> {
    const { chart, view } = this;
    if (chart === null || view === null) return;
    try {
      const query = { query: name, regex: false, matchCase: true };
      const { functions } = await this.host.request('search', { view: view.view, ...query });
      const func = functions.find((each) => chart.colors.nameOf(each) === name);
      if (func !== undefined && this.chart === chart && this.sandwiches.length === 0) this.showSandwich({ func, name });
    } catch {
      // The chart is shown instead.
    }
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
    else if (event.key === 'Home') this.showEverything();
    else return;
    event.preventDefault();
  }

  /** One thing at a time: the highlight, the search, the mark, one level of zoom, then the sandwich. */
  private escape(): void {
    if (this.highlighted !== null) this.highlight(null);
    else if (this.view && this.view.search.query !== '') this.setSearch({ ...this.view.search, query: '' });
    else if (this.marked !== null) this.unmark();
    else if (this.sandwich === null) this.chart?.back();
    else if (!this.sandwich.back()) this.stepSandwich(this.sandwiches.length > 1 ? this.sandwiches.length - 2 : null);
  }
}

/** Equal where answers compare with the same; empty where they compare with nothing. */
function compareKey(baseline: ShownBaseline | null): string {
  return baseline?.on ? baseline.key : '';
}
