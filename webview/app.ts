import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import type { Dimension } from '../src/analysis/viewSpec';
import type { ProfileSummary } from '../src/engine/engineApi';
import type { Pointing, ShownBaseline, ToHost, ViewState } from '../src/protocol';
import { appStyles } from './appStyles';
import { markBanner, troubleBanner } from './banners';
import type { ChartChange } from './chart/chartController';
import './chart/flameChart';
import type { FlameChart, FrameCommandEvent } from './chart/flameChart';
import type { FrameFocusedEvent } from './chart/frameFocusedEvent';
import { placeOf } from './chart/frameText';
import type { OpenFrameEvent } from './chart/openFrameEvent';
import './helpOverlay';
import { type FunctionMenuEvent, offerFunctionMenu } from './contextMenu';
import { DropTarget } from './dropTarget';
import type { HelpOverlay } from './helpOverlay';
import type { Host } from './host';
import './notices';
import type { NoticeEvent } from './notices';
import { MIDDLE, type RowSplitEvent } from './sandwich/rowSplitter';
import './sandwich/sandwichView';
import type { SandwichStep, SandwichStepEvent, SandwichView } from './sandwich/sandwichView';
import { type Shortcut, shortcutOf } from './shortcuts';
import { ShownProfile } from './shownProfile';
import './splitter';
import type { SplitEvent } from './splitter';
import { DEFAULT_TABLE_WIDTH, Debounced } from './state';
import { base } from './styles';
import './table/functionTable';
import type { FunctionEvent, TableStateEvent } from './table/functionTable';
import { TablePlace } from './tablePlace';
import { readTheme, watchTheme } from './theme';
import { visibleText } from './visibleText';
import './toolbar/toolbar';
import type { SearchEvent, StepEvent } from './toolbar/searchBox';
import './toolbar/divisionStrip';
import type { ChipEvent } from './toolbar/divisionStrip';
import type { LayoutEvent } from './toolbar/layoutEvent';
import type { CommandEvent, Toolbar } from './toolbar/toolbar';

/** A frame that the keyboard stays on for this long is told to the host (milliseconds). */
const FOCUS_PAUSE = 150;
const NOTES_DISMISSED = 'notesDismissed';

/** The profile editor: draws a `ShownProfile`, and takes what people do to it. */
@customElement('emberline-app')
export class App extends LitElement {
  static override styles = [base, appStyles];

  @query('main > emberline-flame-chart') private readonly flame!: FlameChart | null;
  @query('emberline-sandwich') private readonly sandwich!: SandwichView | null;
  @query('emberline-toolbar') private readonly toolbar!: Toolbar | null;
  @query('emberline-help') private readonly help!: HelpOverlay | null;
  private host!: Host;
  private shown!: ShownProfile;
  private tablePlace!: TablePlace;
  private notesDismissed = false;
  /** Functions to go to once there is a chart. */
  private awaited: ReadonlySet<number> | null = null;
  private readonly teller = new Debounced<number>((node) => {
    const window = this.shown.chart?.windows.shown;
    if (window) this.post({ kind: 'focusFrame', ...window, node });
  }, FOCUS_PAUSE);

  /** Must be called once, before the element is drawn and before the first message. */
  connect(host: Host): void {
    this.host = host;
    this.shown = new ShownProfile(host, {
      changed: () => this.requestUpdate(),
      chartChanged: (what) => this.chartChanged(what),
      followView: () => this.flame?.followView(),
      redrawPicture: () => this.flame?.redrawPicture(),
    });
    this.tablePlace = new TablePlace(host);
    this.notesDismissed = host.memory[NOTES_DISMISSED] === true;
    if (this.clientWidth > 0) this.tablePlace.resized(this.clientWidth);
    watchTheme(() => this.shown.setTheme(readTheme()));
    new DropTarget(host, (over) => this.toggleAttribute('dropping', over), this.shown.fail);
    window.addEventListener('keydown', (event) => this.keyDown(event));
    // What has a menu says so while the event is on its way; elsewhere VS Code's own for text stays.
    this.addEventListener('contextmenu', () => delete this.dataset['vscodeContext'], { capture: true });
    this.addEventListener('function-menu', (event) => offerFunctionMenu(this, (event as FunctionMenuEvent).func));
    new ResizeObserver(() => {
      this.tablePlace.resized(this.clientWidth);
      this.requestUpdate();
    }).observe(this);
    // Hidden editors are torn down: what is waiting would be lost.
    document.addEventListener('visibilitychange', () => this.shown.flush());
    window.addEventListener('pagehide', () => this.shown.flush());
  }

  showLoading(what: string, fraction: number | null): void {
    this.shown.showNotice({ kind: 'loading', what, fraction });
  }

  showFailure(message: string): void {
    this.shown.showNotice({ kind: 'failed', message });
  }

  /** A newer capture of what is shown. */
  refreshProfile(summary: ProfileSummary, kept: ViewState | null): void {
    this.shown.refresh(summary, kept);
  }

  showProfile(summary: ProfileSummary, kept: ViewState | null): void {
    this.shown.open(summary, kept);
  }

  /** What profiles are compared with changed. */
  compareWith(baseline: ShownBaseline | null): void {
    this.shown.compareWith(baseline);
  }

  /** An editor points at functions. */
  point(pointing: Pointing): void {
    const { shown } = this;
    if (shown.view === null || shown.summary === null) return;
    if (pointing.kind === 'sandwich') {
      if (!pointing.inside) shown.sandwiches.restart();
      this.showSandwich({ func: pointing.func, name: visibleText(pointing.name) });
      return;
    }
    const functions = new Set(pointing.functions);
    const mark = functions.size === 0 ? null : { functions, place: pointing.place, asked: pointing.kind === 'reveal' };
    if (shown.mark(mark) && mark?.asked) {
      this.awaited = functions;
      this.reveal();
    }
  }

  /** Goes to what is awaited, as soon as there is a chart. */
  private reveal(): void {
    const { awaited } = this;
    const { chart } = this.shown;
    if (awaited === null || chart === null || chart.windows.switching || chart.windows.overview === null) return;
    this.awaited = null;
    chart.focusWidest(awaited);
    void this.updateComplete.then(() => this.flame?.focus());
  }

  protected override render(): TemplateResult {
    const { shown } = this;
    const { notice, summary, view } = shown;
    if (notice !== null || summary === null || view === null) {
      return html`<emberline-notice
        .notice=${notice}
        @notice-command=${(event: NoticeEvent) => this.post({ kind: event.command })}
      ></emberline-notice>`;
    }
    const { marked } = shown.marks;
    return html`
      <emberline-toolbar
        .summary=${summary}
        .view=${view}
        .tableShown=${this.tablePlace.shows(view)}
        .baseline=${shown.baseline}
        .outcome=${shown.search.outcome}
        @layout-choice=${this.layoutChosen}
        @toolbar-command=${this.toolbarCommand}
        @search-query=${(event: SearchEvent) => shown.setSearch(event.search)}
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
      ${shown.trouble === '' ? nothing : troubleBanner(shown.trouble, () => shown.fail(''))}
      <main class=${this.tablePlace.narrow ? 'narrow' : ''}>
        <emberline-flame-chart
          ?hidden=${!shown.sandwiches.isEmpty}
          .chart=${shown.chart}
          .summary=${summary}
          .view=${view}
          .theme=${shown.theme}
          .sampled=${shown.sampled.value}
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
        ${shown.sandwiches.isEmpty ? nothing : this.renderSandwich(summary, view)}
        ${
          marked === null || shown.inOwnSandwich
            ? nothing
            : markBanner(marked.place, this.tablePlace.shows(view), () => shown.unmark())
        }
        ${this.tablePlace.shows(view) ? this.renderTable(summary, view) : nothing}
      </main>
      <emberline-help @help-closed=${() => this.flame?.focus()}></emberline-help>
    `;
  }

  private renderSandwich(summary: ProfileSummary, view: ViewState): TemplateResult {
    return html`<emberline-sandwich
      .host=${this.host}
      .summary=${summary}
      .view=${view}
      .theme=${this.shown.theme}
      .emphasis=${this.shown.emphasis}
      .compared=${this.shown.compareKey}
      .path=${this.shown.sandwiches.steps}
      .share=${view.sandwich?.share ?? MIDDLE}
      .root=${this.flame?.rootLabel() ?? 'All'}
      .failed=${this.shown.fail}
      @frame-command=${this.frameCommand}
      @sandwich-step=${(event: SandwichStepEvent) => this.stepSandwich(event.step)}
      @row-split=${(event: RowSplitEvent) => this.shown.divideSandwich(event.share)}
    ></emberline-sandwich>`;
  }

  private toggleTable(): void {
    const { view } = this.shown;
    if (!this.tablePlace.narrow) {
      if (view) this.shown.setTable({ visible: !view.table.visible });
      return;
    }
    this.tablePlace.toggleBelow();
    this.requestUpdate();
  }

  private renderTable(summary: ProfileSummary, view: ViewState): TemplateResult {
    const { shown } = this;
    const { narrow } = this.tablePlace;
    const { width, min, max } = this.tablePlace.widthOf(view);
    return html`${
      narrow
        ? nothing
        : html`<emberline-splitter
            .width=${width}
            .min=${min}
            .max=${max}
            @split=${(event: SplitEvent) =>
              shown.setTable({ width: event.reset ? DEFAULT_TABLE_WIDTH : Math.round(event.width) })}
          ></emberline-splitter>`
    }
      <emberline-function-table
        style=${narrow ? '' : `width:${width}px`}
        data-theme=${shown.theme.kind}
        .host=${this.host}
        .summary=${summary}
        .view=${view.view}
        .table=${view.table}
        .compared=${shown.compareKey}
        .highlighted=${shown.marks.highlighted}
        .marked=${shown.marks.marked?.functions ?? null}
        .colorOf=${this.colorOf}
        .picture=${shown.picture}
        @table-state=${(event: TableStateEvent) => shown.setTable(event.change)}
        @function-command=${this.functionCommand}
      ></emberline-function-table>`;
  }

  private readonly colorOf = (func: number): string | null => {
    const colors = this.shown.chart?.colors;
    return colors && colors.nameOf(func) !== '' ? colors.cssOf(func) : null;
  };

  private post(message: ToHost): void {
    this.host.post(message);
  }

  private chartChanged(what: ChartChange): void {
    if (what === 'layout') this.reveal();
    this.flame?.chartChanged(what);
  }

  private readonly layoutChosen = (event: LayoutEvent): void => this.shown.chooseLayout(event.change);

  private readonly toolbarCommand = (event: CommandEvent): void => {
    if (event.command === 'reset') this.showEverything();
    else if (event.command === 'help') this.help?.show();
    else if (event.command === 'compare') this.post({ kind: 'compare', on: this.shown.baseline?.on === false });
    else this.toggleTable();
  };

  private readonly frameCommand = (event: FrameCommandEvent): void => {
    const { box, details } = event;
    if (event.command === 'highlight') {
      this.shown.highlight(box.func === this.shown.marks.highlighted ? null : box.func);
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
    const { view } = this.shown;
    if (event.command === 'highlight') this.shown.highlight(event.func);
    else if (event.command === 'sandwich' && event.func !== null) {
      this.showSandwich({ func: event.func, name: visibleText(event.name) });
    } else if (event.func !== null && view) {
      this.post({ kind: 'openFunction', view: view.view, func: event.func });
    }
  };

  private openDivision(split: boolean, by: Dimension | null = null, under?: DOMRect): void {
    if (split) this.toolbar?.division?.openSplit(under);
    else this.toolbar?.division?.openFilter(by, under);
  }

  private openFrame(node: number): void {
    const window = this.shown.chart?.windows.shown;
    if (window) this.post({ kind: 'openFrame', ...window, node });
  }

  /** Who works in the chart is no longer at the cursor's line: its mark would only be in the way. */
  private chartUsed(): void {
    if (this.shown.marks.marked?.asked === false) this.shown.unmark();
  }

  private stepMatch(direction: 1 | -1): void {
    const { chart, search } = this.shown;
    const { matches } = search;
    if (matches === null) return;
    if (this.sandwich) this.sandwich.focusMatch(matches, direction);
    else if (chart?.focusMatch(matches, direction) && chart.focused) this.teller.push(chart.focused.node);
  }

  private showEverything(): void {
    if (this.sandwich) this.sandwich.reset();
    else this.shown.chart?.reset();
  }

  private showSandwich(step: SandwichStep): void {
    if (this.shown.view === null) return;
    this.shown.showSandwich(step);
    this.sandwich?.focus();
  }

  private stepSandwich(step: number | null): void {
    const to = step === null ? undefined : this.shown.sandwiches.steps[step];
    if (to === undefined) {
      this.shown.leaveSandwich();
      void this.updateComplete.then(() => this.flame?.focus());
    } else {
      this.showSandwich(to);
    }
  }

  private dismissNotes(): void {
    this.notesDismissed = true;
    this.host.remember(NOTES_DISMISSED, true);
    this.requestUpdate();
  }

  private keyDown(event: KeyboardEvent): void {
    if (this.shown.notice !== null || event.defaultPrevented) return;
    const shortcut = shortcutOf(event);
    if (shortcut === null) return;
    this.shortcuts[shortcut]();
    event.preventDefault();
  }

  private readonly shortcuts: Record<Shortcut, () => void> = {
    search: () => this.toolbar?.focusSearch(),
    help: () => this.help?.show(),
    escape: () => this.escape(),
    nextMatch: () => this.stepMatch(1),
    previousMatch: () => this.stepMatch(-1),
    filter: () => this.openDivision(false),
    split: () => this.openDivision(true),
    showEverything: () => this.showEverything(),
  };

  /** One thing at a time: the highlight, the search, the mark, one level of zoom, then the sandwich. */
  private escape(): void {
    const { shown } = this;
    const { marks, sandwiches, view } = shown;
    if (marks.highlighted !== null) shown.highlight(null);
    else if (view && view.search.query !== '') shown.setSearch({ ...view.search, query: '' });
    else if (marks.marked !== null) shown.unmark();
    else if (this.sandwich === null) shown.chart?.back();
    else if (!this.sandwich.back()) this.stepSandwich(sandwiches.steps.length > 1 ? sandwiches.steps.length - 2 : null);
  }
}
