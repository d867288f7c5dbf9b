import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import type { Dimension } from '../../src/analysis/viewSpec';
import type { ProfileSummary } from '../../src/engine/engineApi';
import type { ViewState } from '../../src/protocol';
import { base } from '../styles';
import './choiceList';
import type { Choice, ChoiceEvent } from './choiceList';
import {
  dimensionChoices,
  dimensionTitle,
  toggleValue,
  unlistedValues,
  usefulDimensions,
  valueChoices,
} from './divisionChoices';
import { LayoutEvent } from './layoutEvent';

type OpenList = { readonly kind: 'split' } | { readonly kind: 'filter'; readonly by: Dimension | null };

/** The buttons *Filter* and *Split by* with their lists: first what by, then which values. */
@customElement('emberline-division-menu')
export class DivisionMenu extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex: none;
        gap: 2px;
      }
      /* The button itself leaves its text in the browser's own font. */
      .word {
        font-family: var(--vscode-font-family, system-ui, sans-serif);
        font-size: var(--vscode-font-size, 13px);
        font-weight: var(--vscode-font-weight, normal);
        white-space: nowrap;
      }
      @media (max-width: 1100px) {
        .word {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) summary!: ProfileSummary;
  @property({ attribute: false }) view!: ViewState;
  @state() private list: OpenList | null = null;
  private anchor: DOMRect = new DOMRect();
  /** What had the keyboard before the list opened. */
  private returnTo: HTMLElement | null = null;

  /**
   * Opens the list of what to filter by, or of one dimension's values.
   * @param under where it opens; under its own button by default
   */
  openFilter(by: Dimension | null = null, under?: DOMRect): void {
    const dimensions = usefulDimensions(this.summary);
    this.openUnder({ kind: 'filter', by: dimensions.length === 1 ? dimensions[0]! : by }, under);
  }

  openSplit(under?: DOMRect): void {
    this.openUnder({ kind: 'split' }, under);
  }

  protected override render(): TemplateResult {
    const { filter, splitBy } = this.view.view;
    return html`
      ${this.renderButton('filter', filter?.length ? 'filter-filled' : 'filter', 'Filter', 'Filter by label, process or thread (F)')}
      ${this.renderButton('split', 'list-tree', 'Split', `Split by label, process or thread (G)${splitBy ? `: ${dimensionTitle(splitBy)}` : ''}`)}
      ${this.list === null ? nothing : this.renderList(this.list)}
    `;
  }

  private renderButton(kind: OpenList['kind'], icon: string, word: string, title: string): TemplateResult {
    return html`<vscode-toolbar-button
      data-list=${kind}
      icon=${icon}
      label=${word}
      title=${title}
      aria-haspopup="listbox"
      aria-expanded=${this.list?.kind === kind}
      @pointerdown=${(event: Event) => this.list?.kind === kind && event.preventDefault()}
      @click=${() => {
        if (this.list?.kind === kind) this.close();
        else if (kind === 'filter') this.openFilter();
        else this.openSplit();
      }}
      ><span class="word">${word}</span></vscode-toolbar-button
    >`;
  }

  private renderList(list: OpenList): TemplateResult {
    const { summary, view } = this;
    const { filter, splitBy } = view.view;
    const by = list.kind === 'filter' ? list.by : null;
    let label = 'Filter by';
    let choices: Choice[];
    if (list.kind === 'split') {
      label = 'Split by';
      const none = { id: '', text: 'No split', detail: '', heading: null, chosen: !splitBy };
      choices = [none, ...dimensionChoices(summary, (each) => each === splitBy)];
    } else if (by === null) {
      choices = dimensionChoices(summary, (each) => filter?.some((term) => term.by === each) ?? false);
    } else {
      label = dimensionTitle(by);
      const term = filter?.find((each) => each.by === by);
      choices = valueChoices(summary, by, term);
    }
    return html`<emberline-choice-list
      .label=${label}
      .choices=${choices}
      .several=${by !== null}
      .back=${by !== null && usefulDimensions(summary).length > 1}
      .anchor=${this.anchor}
      .unlisted=${by === null ? 0 : unlistedValues(summary, by)}
      @choice=${(event: ChoiceEvent) => this.chosen(list, event.id)}
      @choice-back=${() => {
        this.list = { kind: 'filter', by: null };
      }}
      @choice-close=${this.close}
    ></emberline-choice-list>`;
  }

  private chosen(list: OpenList, id: string): void {
    if (list.kind === 'split') {
      this.close();
      const splitBy = id === '' ? null : (id as Dimension);
      if (splitBy !== (this.view.view.splitBy ?? null)) this.dispatchEvent(new LayoutEvent({ splitBy }));
    } else if (list.by === null) {
      this.list = { kind: 'filter', by: id as Dimension };
    } else {
      const filter = toggleValue(this.view.view.filter, list.by, JSON.parse(id) as string | null);
      this.dispatchEvent(new LayoutEvent({ filter }));
    }
  }

  private openUnder(list: OpenList, under: DOMRect | undefined): void {
    this.anchor = under ?? this.button(list.kind).getBoundingClientRect();
    if (this.list === null) this.returnTo = focusedElement();
    this.list = list;
  }

  private button(kind: OpenList['kind']): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>(`[data-list=${kind}]`)!;
  }

  private readonly close = (): void => {
    const { list } = this;
    if (list === null) return;
    const inside = this.matches(':focus-within');
    this.list = null;
    // Back to where the keyboard was: the chart, the chip, or the button.
    const own = this.button(list.kind).shadowRoot?.querySelector('button');
    if (inside) (this.returnTo?.isConnected ? this.returnTo : own)?.focus();
  };
}

/** What has the keyboard, inside whatever shadow roots; null for the page itself. */
function focusedElement(): HTMLElement | null {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element instanceof HTMLElement && element !== document.body ? element : null;
}
