import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { formatCount, formatPercent, plural } from '../../src/units/units';
import { base } from '../styles';
import type { SearchQuery } from './pattern';

/** What came of a search. */
export type SearchOutcome =
  | { readonly kind: 'matches'; readonly functions: number; readonly matched: number; readonly viewTotal: number }
  | { readonly kind: 'problem'; readonly message: string }
  | null;

/** Sent when another search is wanted. */
export class SearchEvent extends Event {
  constructor(readonly search: SearchQuery) {
    super('search-query', { bubbles: true, composed: true });
  }
}

/** Sent to go to the next (1) or previous (-1) match. */
export class StepEvent extends Event {
  constructor(readonly direction: 1 | -1) {
    super('search-step', { bubbles: true, composed: true });
  }
}

const TYPING_PAUSE = 150;

/** The search field with its options, the matched share, and previous/next. */
@customElement('emberline-search-box')
export class SearchBox extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        align-items: center;
        display: flex;
        flex: 0 1 430px;
        gap: 2px;
        justify-content: flex-end;
        min-width: 150px;
        position: relative;
      }
      .field {
        flex: 1 1 220px;
        max-width: 260px;
        min-width: 130px;
        position: relative;
      }
      @media (max-width: 560px) {
        :host {
          justify-content: flex-start;
        }
        .field {
          max-width: none;
        }
      }
      vscode-textfield {
        display: block;
        width: auto;
      }
      vscode-toolbar-button[slot] {
        margin: 0 1px;
      }
      .outcome {
        color: var(--muted);
        flex: none;
        font-variant-numeric: tabular-nums;
        overflow: hidden;
        padding: 0 6px;
        white-space: nowrap;
      }
      .problem {
        background: var(--vscode-inputValidation-errorBackground, #5a1d1d);
        border: 1px solid var(--vscode-inputValidation-errorBorder, #be1100);
        color: var(--vscode-inputValidation-errorForeground, var(--vscode-foreground));
        inset: calc(100% + 1px) 0 auto;
        line-height: 1.4;
        overflow-wrap: anywhere;
        padding: 4px 8px;
        position: absolute;
        z-index: 12;
      }
    `,
  ];

  @property({ attribute: false }) search: SearchQuery = { query: '', regex: false, matchCase: false };
  @property({ attribute: false }) outcome: SearchOutcome = null;
  @query('vscode-textfield') private readonly field!: HTMLElement & { value: string; wrappedElement: HTMLInputElement };
  private timer: ReturnType<typeof setTimeout> | undefined;

  override focus(): void {
    this.field.focus();
    this.field.wrappedElement.select();
  }

  protected override render(): TemplateResult {
    const { search, outcome } = this;
    const problem = outcome?.kind === 'problem' ? outcome.message : '';
    return html`
      <div class="field"><vscode-textfield
        placeholder="Search"
        title="Search functions and files (/)"
        .label=${'Search functions and files'}
        .value=${search.query}
        ?invalid=${problem !== ''}
        @input=${this.typed}
        @keydown=${this.keyDown}
      >
        <vscode-icon slot="content-before" name="search"></vscode-icon>
        <vscode-toolbar-button
          slot="content-after"
          icon="case-sensitive"
          label="Match case"
          title="Match case"
          toggleable
          ?checked=${search.matchCase}
          @change=${() => this.send({ ...search, matchCase: !search.matchCase })}
        ></vscode-toolbar-button>
        <vscode-toolbar-button
          slot="content-after"
          icon="regex"
          label="Use regular expression"
          title="Use regular expression"
          toggleable
          ?checked=${search.regex}
          @change=${() => this.send({ ...search, regex: !search.regex })}
        ></vscode-toolbar-button>
      </vscode-textfield>
      ${problem === '' ? nothing : html`<div class="problem" role="alert">${problem}</div>`}
      </div>
      <span class="outcome" role="status">${this.outcomeText()}</span>
      ${
        outcome?.kind === 'matches' && outcome.functions > 0
          ? html`<vscode-toolbar-button
                icon="arrow-up"
                label="Previous match"
                title="Previous match (Shift+Enter)"
                @click=${() => this.dispatchEvent(new StepEvent(-1))}
              ></vscode-toolbar-button>
              <vscode-toolbar-button
                icon="arrow-down"
                label="Next match"
                title="Next match (Enter)"
                @click=${() => this.dispatchEvent(new StepEvent(1))}
              ></vscode-toolbar-button>`
          : nothing
      }
    `;
  }

  private outcomeText(): string {
    const { outcome } = this;
    if (outcome?.kind !== 'matches') return '';
    if (outcome.functions === 0) return 'No matches';
    const share = formatPercent(outcome.matched, outcome.viewTotal);
    return `${share} matched, ${formatCount(outcome.functions)} ${plural(outcome.functions, 'function')}`;
  }

  private typed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send({ ...this.search, query: this.field.value }), TYPING_PAUSE);
  }

  private send(search: SearchQuery): void {
    clearTimeout(this.timer);
    this.dispatchEvent(new SearchEvent({ ...search, query: this.field.value }));
  }

  private keyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter' || event.key === 'F3') {
      event.preventDefault();
      if (this.field.value !== this.search.query) this.send(this.search);
      else this.dispatchEvent(new StepEvent(event.shiftKey ? -1 : 1));
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      this.field.value = '';
      this.send({ ...this.search, query: '' });
      this.dispatchEvent(new Event('search-left', { bubbles: true, composed: true }));
    }
  }
}
