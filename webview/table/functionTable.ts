import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import type { ShareChange } from '../../src/engine/compareApi';
import type { ProfileSummary } from '../../src/engine/engineApi';
import type { FunctionRow, FunctionSort } from '../../src/engine/functionApi';
import type { ViewState } from '../../src/protocol';
import { formatCount, formatExactCount, formatPercent, formatPoints, plural } from '../../src/units/units';
import { changeText, shortPath, shownPlace } from '../chart/frameText';
import { FunctionMenuEvent } from '../contextMenu';
import { type Host, isAbort } from '../host';
import { base } from '../styles';
import { visibleText } from '../visibleText';
import { TablePages } from './tablePages';
import { tableStyles } from './tableStyles';
import { cellValue, ValueShapes } from './valueShapes';

export type TableState = ViewState['table'];

/** Sent when the order or the filter has changed. */
export class TableStateEvent extends Event {
  constructor(readonly change: Partial<TableState>) {
    super('table-state', { bubbles: true, composed: true });
  }
}

/** Sent for a function of the table: highlight it in the chart (null: no more), or open its source. */
export class FunctionEvent extends Event {
  constructor(
    readonly command: 'highlight' | 'open' | 'sandwich',
    readonly func: number | null,
    readonly name = '',
  ) {
    super('function-command', { bubbles: true, composed: true });
  }
}

const ROW_HEIGHT = 22;
/** Width that function names and files get at least, as a multiple of the font's size, before columns are left out. */
const NAME_ROOM = 8;
const FILE_ROOM = 7;
/** Of a column of changes, as the styles have it. */
const DELTA_ROOM = 5.4;
const COLUMNS: readonly { sort: FunctionSort; title: string; number: boolean }[] = [
  { sort: 'self', title: 'Self', number: true },
  { sort: 'total', title: 'Total', number: true },
  { sort: 'deltaSelf', title: 'Δ Self', number: true },
  { sort: 'deltaTotal', title: 'Δ Total', number: true },
  { sort: 'name', title: 'Function', number: false },
  { sort: 'file', title: 'File', number: false },
];

/** The functions of the view, sortable and filtered, a page at a time. */
@customElement('emberline-function-table')
export class FunctionTable extends LitElement {
  static override styles = [base, tableStyles];

  @property({ attribute: false }) host!: Host;
  @property({ attribute: false }) summary!: ProfileSummary;
  @property({ attribute: false }) view!: ViewState['view'];
  @property({ attribute: false }) table!: TableState;
  /** The function that is highlighted in the chart. */
  @property({ attribute: false }) highlighted: number | null = null;
  /** The functions that an editor points at. */
  @property({ attribute: false }) marked: ReadonlySet<number> | null = null;
  /** Colour of a function in the chart, null where none of its frames has been drawn. */
  @property({ attribute: false }) colorOf: (func: number) => string | null = () => null;
  /** Another value whenever `colorOf` answers otherwise: colours are no part of a row. */
  @property({ attribute: false }) picture = 0;
  /** Equal where rows are compared with the same baseline; empty where they are not. */
  @property({ attribute: false }) compared = '';
  @state() private cursor = 0;
  @state() private problem = '';
  @state() private columns = '';
  @query('.grid') private readonly grid!: HTMLElement;
  @query('.scroll') private readonly scroller!: HTMLElement;
  @query('.sizer.self') private readonly selfSizer!: HTMLElement;
  @query('.sizer.total') private readonly totalSizer!: HTMLElement;
  private readonly shapes = new ValueShapes();
  private size: ResizeObserver | null = null;
  private pages: TablePages | null = null;
  private queryKey = '';
  /** The key's part that is no profile's. */
  private question = '';
  private virtual: Virtualizer<HTMLElement, HTMLElement> | null = null;
  private unmount: (() => void) | undefined;
  private filterTimer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.filterTimer);
    this.pages?.dispose();
    this.unmount?.();
    this.virtual = null;
    this.size?.disconnect();
    this.size = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.queryKey = '';
    if (this.hasUpdated) this.requestUpdate();
  }

  protected override willUpdate(changes: PropertyValues<this>): void {
    if (changes.has('host') || this.pages === null) {
      this.pages?.dispose();
      this.pages = new TablePages(
        async (params, signal) => {
          const page = await this.host.request('functionTable', params, signal);
          this.shapes.learn(page.rows, this.unit, page.viewTotal);
          return page;
        },
        () => this.requestUpdate(),
        (error) => {
          if (!isAbort(error)) this.problem = error instanceof Error ? error.message : String(error);
        },
      );
      this.queryKey = '';
    }
    const { sort, descending, filter } = this.table;
    const query = { view: this.view, sort, descending, filter: { query: filter, regex: false, matchCase: false } };
    const question = JSON.stringify([query, this.compared]);
    const key = `${this.summary.profile} ${question}`;
    if (key === this.queryKey) return;
    const sameQuestion = this.queryKey !== '' && question === this.question;
    this.queryKey = key;
    this.question = question;
    this.problem = '';
    if (sameQuestion) {
      // A newer capture: rows and place stay until its own are there.
      this.pages.reset(query, true);
      return;
    }
    this.cursor = 0;
    this.shapes.clear();
    this.pages.reset(query);
    this.scroller?.scrollTo({ top: 0 });
  }

  protected override firstUpdated(): void {
    this.startVirtual();
  }

  protected override updated(changes: PropertyValues<this>): void {
    if (changes.has('compared')) this.sizeColumns();
    if (this.virtual === null && this.scroller) this.startVirtual();
    if (this.size === null) this.watchSize();
    const virtual = this.virtual;
    if (!virtual || !this.pages) return;
    const count = this.pages.count ?? 0;
    if (virtual.options.count !== count) {
      virtual.setOptions({ ...virtual.options, count });
      virtual._willUpdate();
      virtual.measure();
    }
    const items = virtual.getVirtualItems();
    if (items.length > 0) this.pages.ensure(items[0]!.index, items.at(-1)!.index);
  }

  private get shownColumns(): typeof COLUMNS {
    return this.compared === '' ? COLUMNS.filter(({ sort }) => !sort.startsWith('delta')) : COLUMNS;
  }

  private get unit(): string {
    return this.summary.sampleTypes[this.view.sampleType]?.unit ?? 'count';
  }

  /** The columns follow the widest value in the font of the moment, and leave out what then has no room. */
  private watchSize(): void {
    this.size = new ResizeObserver(() => this.sizeColumns());
    for (const each of [this, this.selfSizer, this.totalSizer]) this.size.observe(each);
  }

  private sizeColumns(): void {
    const self = Math.ceil(this.selfSizer.offsetWidth);
    const total = Math.ceil(this.totalSizer.offsetWidth);
    if (self === 0) return;
    this.style.setProperty('--self-column', `${self}px`);
    this.style.setProperty('--total-column', `${total}px`);
    const scrollbar = this.scroller.offsetWidth - this.scroller.clientWidth;
    this.style.setProperty('--scrollbar', `${scrollbar}px`);
    const font = Number.parseFloat(getComputedStyle(this).fontSize) || 13;
    const delta = this.compared === '' ? 0 : DELTA_ROOM * font;
    const room = this.clientWidth - scrollbar - self - NAME_ROOM * font;
    if (room < 2 * delta + total) this.columns = room < 2 * delta ? 'noTotal oneDelta' : 'noTotal';
    else this.columns = room < 2 * delta + total + FILE_ROOM * font ? 'noFile' : '';
  }

  private startVirtual(): void {
    this.virtual = new Virtualizer<HTMLElement, HTMLElement>({
      count: this.pages?.count ?? 0,
      getScrollElement: () => this.scroller,
      estimateSize: () => ROW_HEIGHT,
      overscan: 6,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => this.requestUpdate(),
    });
    this.unmount = this.virtual._didMount();
    this.virtual._willUpdate();
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const count = this.pages?.count ?? null;
    const items = this.virtual?.getVirtualItems().filter((item) => item.index < (count ?? 0)) ?? [];
    return html`
      <div class="bar">
        <vscode-textfield
          placeholder="Filter functions"
          .label=${'Filter functions'}
          .value=${this.table.filter}
          @input=${this.filterInput}
          @keydown=${this.filterKey}
        >
          <vscode-icon slot="content-before" name="filter"></vscode-icon>
        </vscode-textfield>
        <span class="count" role="status">${
          count === null ? nothing : `${formatCount(count)} ${plural(count, 'function')}`
        }</span>
      </div>
      <div
        class="grid ${this.columns} ${this.compared === '' ? '' : 'compared'} ${this.table.sort === 'deltaTotal' ? 'byTotal' : 'bySelf'}"
        role="grid"
        tabindex="0"
        aria-label="Functions"
        aria-rowcount=${(count ?? 0) + 1}
        aria-activedescendant=${items.some((item) => item.index === this.cursor) ? `row-${this.cursor}` : nothing}
        @keydown=${this.keyDown}
      >
        <div class="head" role="row" aria-rowindex="1">${this.shownColumns.map((column) => this.renderHead(column))}</div>
        ${this.renderSizer('self')} ${this.renderSizer('total')}
        <div class="scroll" role="rowgroup" tabindex="-1">
          <div role="presentation" style="height:${(count ?? 0) * ROW_HEIGHT}px"></div>
          ${items.map((item) => this.renderRow(item))}
          ${this.renderNote(count)}
        </div>
      </div>
    `;
  }

  /** Never seen: as wide as the column has to be. */
  private renderSizer(column: 'self' | 'total'): TemplateResult {
    const shares = [...this.shapes.shares].map((shape) => html`<span>${shape}</span>`);
    return html`<div class="sizer ${column}" aria-hidden="true">
      <span class="cell number"
        ><span class="value">${[...this.shapes[column]].map((shape) => html`<span>${shape}</span>`)}</span
        ><span class="share">${shares}</span></span
      >
    </div>`;
  }

  private renderNote(count: number | null): TemplateResult | typeof nothing {
    if (this.problem !== '') return html`<div class="note" role="alert">${this.problem}</div>`;
    if (count !== 0) return nothing;
    const text = this.table.filter === '' ? 'No functions in this view.' : 'No function matches the filter.';
    return html`<div class="note">${text}</div>`;
  }

  private renderHead({ sort, title, number }: (typeof COLUMNS)[number]): TemplateResult {
    const sorted = this.table.sort === sort;
    const direction = this.table.descending ? 'descending' : 'ascending';
    return html`<div
      role="columnheader"
      data-column=${sort}
      class=${number ? 'number' : ''}
      aria-sort=${sorted ? direction : 'none'}
    >
      <button class="plain" title="Sort by ${title}${sort.startsWith('delta') ? ', in percentage points' : ''}" @click=${() => this.sortBy(sort, number)}>
        <span>${title}</span>${
          sorted
            ? html`<vscode-icon size="12" name=${this.table.descending ? 'chevron-down' : 'chevron-up'}></vscode-icon>`
            : nothing
        }
      </button>
    </div>`;
  }

  private renderRow({ index, start }: VirtualItem): TemplateResult {
    const row = this.pages?.row(index) ?? null;
    const selected = row !== null && row.func >= 0 && row.func === this.highlighted;
    return html`<div
      id="row-${index}"
      role="row"
      aria-rowindex=${index + 2}
      aria-selected=${selected ? 'true' : 'false'}
      class="row ${index === this.cursor ? 'cursor' : ''} ${row !== null && this.marked?.has(row.func) ? 'marked' : ''}"
      style="transform:translateY(${start}px)"
      @click=${(event: MouseEvent) => this.rowClick(index, row, event.detail)}
      @dblclick=${() => this.openRow(row)}
      @contextmenu=${() => this.dispatchEvent(new FunctionMenuEvent(row !== null && row.func >= 0 ? row.func : null))}
    >${row === null ? html`<span class="cell" role="gridcell">…</span>` : this.renderCells(row)}</div>`;
  }

  private renderCells(row: FunctionRow): TemplateResult {
    const place = shownPlace(row) ?? '';
    const gone = row.func < 0 ? ' (only in the baseline)' : '';
    const name = visibleText(row.name) + gone;
    const color = row.func < 0 ? null : this.colorOf(row.func);
    return html`
      ${this.renderNumber('self', row.self)} ${this.renderNumber('total', row.total)}
      ${this.compared === '' ? nothing : this.renderChanges(row)}
      <div class="cell name" role="gridcell" data-column="name" title=${name}
        >${color === null ? nothing : html`<span class="swatch" style="background:${color}"></span>`}<bdi>${name}</bdi></div
      >
      <div class="cell file" role="gridcell" data-column="file" title=${place}><bdi>${shortPath(place, 1)}</bdi></div>
    `;
  }

  private renderNumber(column: 'self' | 'total', value: number): TemplateResult {
    const { unit } = this;
    const total = this.pages?.viewTotal ?? 0;
    const share = total > 0 ? Math.min(1, Math.max(0, value / total)) : 0;
    return html`<div
      class="cell number"
      role="gridcell"
      data-column=${column}
      title="${formatExactCount(value)} ${unit}"
    >
      ${share < 0.004 ? nothing : html`<div class="heat"><div style="width:${share * 100}%"></div></div>`}
      <span class="value">${cellValue(value, unit)}</span>
      <span class="share">${formatPercent(value, total)}</span>
    </div>`;
  }

  private renderChanges({ change }: FunctionRow): TemplateResult {
    const cell = (column: 'deltaSelf' | 'deltaTotal', found: ShareChange | undefined): TemplateResult => {
      const direction = found === undefined || !found.sure || found.share === 0 ? '' : found.share > 0 ? 'up' : 'down';
      const text = found === undefined ? '' : changeText(found);
      return html`<div
        class="cell change ${direction}"
        role="gridcell"
        data-column=${column}
        title=${found === undefined ? nothing : `${formatPoints(100 * found.share)}${text === '≈' ? ', which may be chance' : ''}`}
      >${text.replace(' pp', '')}</div>`;
    };
    return html`${cell('deltaSelf', change?.self)}${cell('deltaTotal', change?.total)}`;
  }

  private sortBy(sort: FunctionSort, number: boolean): void {
    const descending = this.table.sort === sort ? !this.table.descending : number;
    this.dispatchEvent(new TableStateEvent({ sort, descending }));
  }

  private filterInput(event: Event): void {
    const filter = (event.currentTarget as HTMLInputElement).value;
    clearTimeout(this.filterTimer);
    this.filterTimer = setTimeout(() => this.dispatchEvent(new TableStateEvent({ filter })), 120);
  }

  private filterKey(event: KeyboardEvent): void {
    if (event.key === 'Escape' && this.table.filter !== '') {
      event.stopPropagation();
      clearTimeout(this.filterTimer);
      this.dispatchEvent(new TableStateEvent({ filter: '' }));
    } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      this.grid.focus();
    }
  }

  private rowClick(index: number, row: FunctionRow | null, count: number): void {
    this.cursor = index;
    // The second click of a double-click opens: it must not take the highlight away again.
    if (row === null || count > 1) return;
    this.toggle(row);
  }

  private toggle(row: FunctionRow): void {
    if (row.func < 0) return;
    const func = row.func === this.highlighted ? null : row.func;
    this.dispatchEvent(new FunctionEvent('highlight', func, row.name));
  }

  private openRow(row: FunctionRow | null): void {
    if (row && row.func >= 0) this.dispatchEvent(new FunctionEvent('open', row.func, row.name));
  }

  private keyDown(event: KeyboardEvent): void {
    const count = this.pages?.count ?? 0;
    if (count === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    // The header's buttons have keys of their own.
    if (event.target !== this.grid && event.target !== this.scroller) return;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW_HEIGHT) - 1);
    const row = this.pages?.row(this.cursor) ?? null;
    const targets: Record<string, number> = {
      ArrowDown: this.cursor + 1,
      ArrowUp: this.cursor - 1,
      PageDown: this.cursor + page,
      PageUp: this.cursor - page,
      Home: 0,
      End: count - 1,
    };
    if (Object.hasOwn(targets, event.key)) {
      this.cursor = Math.min(count - 1, Math.max(0, targets[event.key]!));
      this.virtual?.scrollToIndex(this.cursor, { align: 'auto' });
    } else if (event.key === 'Enter') {
      this.openRow(row);
    } else if (event.key === ' ') {
      if (row) this.toggle(row);
    } else if (event.key.toLowerCase() === 'c') {
      if (row && row.func >= 0) this.dispatchEvent(new FunctionEvent('sandwich', row.func, row.name));
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
