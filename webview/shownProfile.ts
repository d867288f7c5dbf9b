import type { ProfileSummary } from '../src/engine/engineApi';
import type { ShownBaseline, ViewState } from '../src/protocol';
import { type ChartChange, ChartController, type ChartPosition } from './chart/chartController';
import type { Emphasis } from './chart/flameColors';
import type { Host } from './host';
import { LayoutMemory } from './layoutMemory';
import { type Mark, Marks } from './marks';
import type { Notice } from './notices';
import { SampledTotal } from './sampledTotal';
import { MIDDLE } from './sandwich/rowSplitter';
import { SandwichPath } from './sandwich/sandwichPath';
import type { SandwichStep } from './sandwich/sandwichView';
import { Search } from './search';
import { Debounced, restoredState } from './state';
import { readTheme, type Theme } from './theme';
import type { LayoutChoice } from './toolbar/layoutEvent';

/** The host hears of a change once nothing has changed for this long (milliseconds). */
const STATE_PAUSE = 200;

/** What draws a `ShownProfile`. */
export interface Stage {
  /** Anything but the chart's picture is another one. */
  changed(): void;
  chartChanged(what: ChartChange): void;
  /** The chart was drawn. */
  followView(): void;
  /** Functions have other colours. */
  redrawPicture(): void;
}

/** The profile that is shown and how it is looked at, which the host keeps; without elements. */
export class ShownProfile {
  /** What is shown instead of a profile. */
  notice: Notice | null = { kind: 'loading', what: 'Opening the profile', fraction: null };
  summary: ProfileSummary | null = null;
  view: ViewState | null = null;
  chart: ChartController | null = null;
  baseline: ShownBaseline | null = null;
  theme: Theme = readTheme();
  /** A request that failed while the rest goes on. */
  trouble = '';
  /** What is not dimmed. */
  emphasis: Emphasis = null;
  /** Counts changes of the functions' colours. */
  picture = 0;
  readonly marks = new Marks();
  readonly sandwiches = new SandwichPath();
  readonly search: Search;
  readonly sampled: SampledTotal;
  /** The chart of a newer capture, until its first picture is there. */
  private next: ChartController | null = null;
  private position: Partial<ChartPosition> = {};
  private readonly layouts = new LayoutMemory();
  private readonly keeper: Debounced<ViewState>;

  constructor(
    private readonly host: Host,
    private readonly stage: Stage,
  ) {
    this.search = new Search(host, () => this.applyEmphasis());
    this.sampled = new SampledTotal(host, () => stage.changed());
    this.keeper = new Debounced((state) => host.post({ kind: 'state', state }), STATE_PAUSE);
  }

  showNotice(notice: Notice): void {
    this.notice = notice;
    this.stage.changed();
  }

  readonly fail = (message: string): void => {
    this.trouble = message;
    this.stage.changed();
  };

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.chart?.setTheme(theme);
    this.picture++;
    this.stage.changed();
    this.stage.redrawPicture();
  }

  open(summary: ProfileSummary, kept: ViewState | null): void {
    this.next?.dispose();
    this.next = null;
    this.keeper.cancel();
    this.chart?.dispose();
    this.chart = null;
    this.summary = summary;
    this.trouble = '';
    this.marks.clear();
    this.sandwiches.restart();
    this.layouts.clear();
    this.stage.changed();
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
    if (view.sandwich) this.sandwiches.restart({ func: view.sandwich.func, name: '' });
    void this.sampled.measure(view);
    this.search.start(view.view, view.search);
  }

  /**
   * A newer capture of what is shown: it takes the place of the old one once its picture is there, and what is looked at
   * stays.
   */
  refresh(summary: ProfileSummary, kept: ViewState | null): void {
    const { chart, view } = this;
    if (chart === null || view === null || summary.samples === 0) {
      this.open(summary, kept);
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
    const sandwiched = this.sandwiches.shown;
    const sandwichName = sandwiched && (sandwiched.name || this.chart?.colors.nameOf(sandwiched.func));
    this.next = null;
    this.chart?.dispose();
    this.chart = chart;
    this.summary = summary;
    this.notice = null;
    this.trouble = '';
    this.marks.takeNewer();
    this.layouts.clear();
    this.position = chart.position;
    this.change({ view, order });
    this.leaveSandwich();
    this.applyEmphasis();
    if (sandwichName) void this.resumeSandwich(sandwichName);
    this.picture++;
    void this.sampled.measure(this.view);
    this.search.start(view, this.view.search);
  }

  private createChart(summary: ProfileSummary, changed: (what: ChartChange) => void): ChartController {
    return new ChartController(this.host, summary, this.theme, changed, this.fail, () => this.stage.followView());
  }

  private chartChanged(what: ChartChange): void {
    if (this.chart && (what === 'view' || what === 'focus') && !this.chart.windows.switching) {
      // Not a part of `view`: nothing but the chart shows it, and it may change with every frame.
      this.position = this.chart.position;
      this.keep();
    }
    if (what === 'layout') {
      this.picture++;
      this.stage.changed();
    }
    this.stage.chartChanged(what);
  }

  /** What profiles are compared with changed: what is shown is asked for again. */
  compareWith(baseline: ShownBaseline | null): void {
    const before = this.compareKey;
    this.baseline = baseline;
    this.stage.changed();
    if (before !== this.compareKey) this.chart?.reload();
  }

  /** Equal where answers compare with the same; empty where they compare with nothing. */
  get compareKey(): string {
    return this.baseline?.on ? this.baseline.key : '';
  }

  /** Takes a change of what is shown; the host hears of it a little later. */
  change(change: Partial<ViewState>): void {
    if (this.view === null) return;
    this.view = { ...this.view, ...change };
    this.keep();
    this.stage.changed();
  }

  setTable(change: Partial<ViewState['table']>): void {
    if (this.view) this.change({ table: { ...this.view.table, ...change } });
  }

  setSearch(search: ViewState['search']): void {
    if (this.view === null) return;
    this.change({ search });
    this.search.start(this.view.view, search);
  }

  chooseLayout(choice: LayoutChoice): void {
    const { view, chart, summary } = this;
    if (!view || !chart || !summary) return;
    this.layouts.keep(view, chart.position);
    if (choice.order !== undefined) this.leaveSandwich();
    const next = this.layouts.choose(summary, view, choice);
    const position = this.layouts.positionOf(next.view, next.order);
    this.position = position;
    this.change(next);
    // The heat follows it, and what was chosen just before the editor is hidden must not be lost.
    this.keeper.flush();
    this.marks.highlighted = null;
    this.search.start(next.view, view.search);
    chart.setLayout(next.view, next.order, position);
    void this.sampled.measure(next);
  }

  private keep(): void {
    if (this.view) this.keeper.push({ ...this.view, ...this.position });
  }

  /** Tells the host what it has not heard of yet. */
  flush(): void {
    this.keeper.flush();
  }

  /** Marks what an editor points at; false where it is of a newer capture, and marked once that is shown. */
  mark(mark: Mark | null): boolean {
    if (this.next !== null) {
      this.marks.markInNewer(mark);
      return false;
    }
    this.marks.marked = mark;
    if (mark?.asked) {
      this.marks.highlighted = null;
      this.leaveSandwich();
    }
    this.applyEmphasis();
    return true;
  }

  unmark(): void {
    this.marks.marked = null;
    this.applyEmphasis();
  }

  highlight(func: number | null): void {
    this.marks.highlighted = func;
    this.applyEmphasis();
  }

  /** In its own sandwich a function is in the middle of everything: a mark would only dim what was asked for. */
  get inOwnSandwich(): boolean {
    return this.marks.covers(this.sandwiches.shown?.func);
  }

  private applyEmphasis(): void {
    this.emphasis = this.marks.emphasis(this.search.matches, this.inOwnSandwich);
    this.chart?.setEmphasis(this.emphasis);
    this.stage.redrawPicture();
    this.stage.changed();
  }

  /** Shows a function's callers and callees, in the place of the chart, which stays as it is. */
  showSandwich(step: SandwichStep): void {
    if (this.view === null) return;
    this.sandwiches.go(step);
    // Somebody asked for another function than the marked ones: it would open dimmed.
    if (!this.inOwnSandwich) this.marks.marked = null;
    this.change({ sandwich: { func: step.func, share: this.view.sandwich?.share ?? MIDDLE } });
    this.highlight(null);
  }

  /** @param share the callers' of the height */
  divideSandwich(share: number): void {
    const func = this.sandwiches.shown?.func;
    if (func !== undefined) this.change({ sandwich: { func, share } });
  }

  leaveSandwich(): void {
    if (this.sandwiches.isEmpty) return;
    this.sandwiches.restart();
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
      if (func !== undefined && this.chart === chart && this.sandwiches.isEmpty) this.showSandwich({ func, name });
    } catch {
      // The chart is shown instead.
    }
  }
}
