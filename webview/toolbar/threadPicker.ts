import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import type { ProfileSummary } from '../../src/engine/engineApi';
import type { ViewState } from '../../src/protocol';
import { base } from '../styles';
import { visibleText } from '../visibleText';
import './choiceList';
import type { ChoiceEvent } from './choiceList';
import { ALL_THREADS, threadChoices } from './divisionChoices';
import { LayoutEvent } from './layoutEvent';

/** Chooses one thread or all: the threads by process, the busiest first. */
@customElement('emberline-thread-picker')
export class ThreadPicker extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      button {
        align-items: center;
        background: var(--vscode-settings-dropdownBackground, #313131);
        border: 1px solid var(--vscode-settings-dropdownBorder, #3c3c3c);
        border-radius: 4px;
        color: var(--vscode-settings-dropdownForeground, #ccc);
        cursor: pointer;
        display: flex;
        font: inherit;
        height: 26px;
        padding: 0 6px 0 4px;
        width: 100%;
      }
      button:focus-visible,
      button[aria-expanded='true'] {
        border-color: var(--vscode-focusBorder, #0078d4);
        outline: none;
      }
      span {
        flex: 1;
        overflow: hidden;
        text-align: left;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      vscode-icon {
        color: inherit;
        flex: none;
      }
    `,
  ];

  @property({ attribute: false }) summary!: ProfileSummary;
  @property({ attribute: false }) view!: ViewState;
  @state() private open = false;
  @query('button') private readonly button!: HTMLElement;

  protected override render(): TemplateResult {
    const { summary, view } = this;
    const { thread } = view.view;
    const chosen = thread === null ? 'All threads' : visibleText(summary.threads[thread]?.title ?? '');
    return html`<button
        type="button"
        title="Thread: ${thread === null ? 'all' : chosen}"
        aria-label="Thread: ${chosen}"
        aria-haspopup="listbox"
        aria-expanded=${this.open}
        @click=${() => {
          this.open = !this.open;
        }}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
          event.preventDefault();
          event.stopPropagation();
          this.open = true;
        }}
        @pointerdown=${(event: Event) => this.open && event.preventDefault()}
      >
        <span><bdi>${chosen}</bdi></span><vscode-icon name="chevron-down"></vscode-icon>
      </button>
      ${
        this.open
          ? html`<emberline-choice-list
              .label=${'Thread'}
              .choices=${threadChoices(summary, view.view, view.order !== 'timeOrder')}
              .anchor=${this.button.getBoundingClientRect()}
              @choice=${this.chosen}
              @choice-close=${this.close}
            ></emberline-choice-list>`
          : nothing
      }`;
  }

  private readonly chosen = ({ id }: ChoiceEvent): void => {
    this.close();
    const thread = id === ALL_THREADS ? null : Number(id);
    if (thread !== this.view.view.thread) this.dispatchEvent(new LayoutEvent({ thread }));
  };

  private readonly close = (): void => {
    if (!this.open) return;
    const inside = this.matches(':focus-within');
    this.open = false;
    if (inside) this.button.focus();
  };
}
