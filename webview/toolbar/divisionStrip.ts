import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { type Dimension, dimensionName, termText, type ViewSpec } from '../../src/analysis/viewSpec';
import { base } from '../styles';
import { visibleText } from '../visibleText';
import { LayoutEvent } from './layoutEvent';

/** Sent to change a term of the filter (`by`), or the split (null), in a list under the chip. */
export class ChipEvent extends Event {
  constructor(
    readonly by: Dimension | null,
    readonly under: DOMRect,
  ) {
    super('chip', { bubbles: true, composed: true });
  }
}

/** What the view is filtered and split by, a removable chip each. */
@customElement('emberline-division-strip')
export class DivisionStrip extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        align-items: center;
        border-bottom: 1px solid var(--line);
        display: flex;
        flex: none;
        flex-wrap: wrap;
        gap: 4px 6px;
        padding: 3px 8px;
      }
      .chip {
        align-items: center;
        background: var(--vscode-inputOption-activeBackground, rgb(36 137 219 / 0.3));
        border: 1px solid var(--vscode-inputOption-activeBorder, transparent);
        border-radius: 4px;
        color: var(--vscode-inputOption-activeForeground, inherit);
        display: flex;
        max-width: 100%;
        min-width: 0;
      }
      .chip button {
        align-items: center;
        display: flex;
        gap: 4px;
        line-height: 20px;
        min-width: 0;
        padding: 0 2px 0 5px;
      }
      .chip .remove {
        flex: none;
        padding: 2px;
      }
      .chip .remove:hover {
        background: var(--vscode-toolbar-hoverBackground, rgb(90 93 94 / 0.31));
      }
      .chip vscode-icon {
        color: inherit;
        flex: none;
      }
      .text {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .clear {
        color: var(--vscode-textLink-foreground, #4daafc);
        line-height: 20px;
        padding: 0 4px;
      }
      .clear:hover {
        text-decoration: underline;
      }
    `,
  ];

  @property({ attribute: false }) view!: ViewSpec;

  override connectedCallback(): void {
    super.connectedCallback();
    this.role = 'group';
    this.ariaLabel = 'Filter and split';
  }

  protected override render(): TemplateResult {
    const { filter, splitBy } = this.view;
    const terms = filter ?? [];
    return html`
      ${terms.map((term) => {
        const rest = terms.filter((each) => each !== term);
        return this.renderChip(term.by, 'filter', termText(term), () => new LayoutEvent({ filter: rest }));
      })}
      ${
        splitBy
          ? this.renderChip(
              null,
              'list-tree',
              `Split by ${dimensionName(splitBy)}`,
              () => new LayoutEvent({ splitBy: null }),
            )
          : nothing
      }
      ${
        terms.length + (splitBy ? 1 : 0) > 1
          ? html`<button
              class="plain clear"
              type="button"
              @click=${() => this.dispatchEvent(new LayoutEvent({ filter: [], splitBy: null }))}
              >Clear all</button
            >`
          : nothing
      }
    `;
  }

  private renderChip(by: Dimension | null, icon: string, words: string, removed: () => LayoutEvent): TemplateResult {
    const text = visibleText(words);
    return html`<div class="chip">
      <button
        class="plain"
        type="button"
        title="${text} (click to change)"
        @click=${(event: Event) => {
          const under = (event.currentTarget as HTMLElement).getBoundingClientRect();
          this.dispatchEvent(new ChipEvent(by, under));
        }}
      >
        <vscode-icon name=${icon}></vscode-icon><span class="text"><bdi>${text}</bdi></span>
      </button>
      <button
        class="plain remove"
        type="button"
        title="Remove"
        aria-label="Remove ${text}"
        @click=${() => this.dispatchEvent(removed())}
      >
        <vscode-icon name="close"></vscode-icon>
      </button>
    </div>`;
  }
}
