import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { formatCount, plural } from '../../src/units/units';
import { base } from '../styles';
import { choiceStyles } from './choiceStyles';

export interface Choice {
  readonly id: string;
  readonly text: string;
  /** Right-aligned: how many samples. */
  readonly detail: string;
  /** Choices with the same heading follow each other under it. */
  readonly heading: string | null;
  readonly chosen: boolean;
}

/** Sent when a choice is made, or unmade where several may be. */
export class ChoiceEvent extends Event {
  constructor(readonly id: string) {
    super('choice', { bubbles: true, composed: true });
  }
}

/** Lists that are longer have a search field. */
const SEARCHABLE = 15;
/** More rows than this are not drawn: they are found by searching. */
const MOST_ROWS = 300;
const PAGE_ROWS = 8;

/**
 * A list that opens under a button: with headings, samples beside the names, and a search field where it is long. The
 * keyboard is with it while it is open. Sends `choice`, `choice-back` (to what led here) and `choice-close`.
 */
@customElement('emberline-choice-list')
export class ChoiceList extends LitElement {
  static override styles = [base, choiceStyles];

  @property({ attribute: false }) label = '';
  @property({ attribute: false }) choices: readonly Choice[] = [];
  /** Whether several can be chosen: the list then stays open. */
  @property({ attribute: false }) several = false;
  /** Whether there is a list to go back to. */
  @property({ attribute: false }) back = false;
  /** Values that are not among the choices, for there are too many. */
  @property({ attribute: false }) unlisted = 0;
  /** What the list opens under, in the page's coordinates. */
  @property({ attribute: false }) anchor: DOMRect = new DOMRect();
  @state() private sought = '';
  @state() private active = 0;
  @query('.list') private readonly list!: HTMLElement;
  @query('vscode-textfield') private readonly field!: (LitElement & { value: string }) | null;

  private readonly size = new ResizeObserver(() => this.place());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.size.disconnect();
  }

  protected override firstUpdated(): void {
    this.active = Math.max(
      0,
      this.shown.findIndex(({ chosen }) => chosen),
    );
    void this.focusList();
    // The search field gets its size only after the list has been drawn.
    this.size.observe(this);
    this.addEventListener('focusout', (event) => this.focusLeft(event));
  }

  protected override willUpdate(changes: PropertyValues<this>): void {
    if (!changes.has('label') || !this.hasUpdated) return;
    this.sought = '';
    this.active = 0;
    void this.updateComplete.then(() => this.focusList());
  }

  protected override updated(): void {
    this.place();
    this.shadowRoot?.querySelector('.active')?.scrollIntoView({ block: 'nearest' });
  }

  protected override render(): TemplateResult {
    const { shown, choices } = this;
    const rows = shown.slice(0, MOST_ROWS);
    const more = shown.length - rows.length;
    return html`
      ${
        this.back
          ? html`<div class="head">
              <vscode-toolbar-button
                icon="arrow-left"
                label="Back"
                title="Back (Alt+Left)"
                @click=${() => this.send('choice-back')}
              ></vscode-toolbar-button>
              <span class="title">${this.label}</span>
            </div>`
          : nothing
      }
      ${
        choices.length > SEARCHABLE
          ? html`<vscode-textfield
              class="search"
              placeholder="Search"
              .label=${`Search: ${this.label}`}
              .value=${this.sought}
              @input=${(event: Event) => {
                this.sought = (event.currentTarget as HTMLInputElement).value;
                this.active = 0;
              }}
              @keydown=${this.keyDown}
              ><vscode-icon slot="content-before" name="search"></vscode-icon
            ></vscode-textfield>`
          : nothing
      }
      <div
        class="list"
        role="listbox"
        tabindex="0"
        aria-label=${this.label}
        aria-multiselectable=${this.several}
        aria-activedescendant="choice${this.active}"
        @keydown=${this.keyDown}
      >
        ${rows.map((choice, i) => [
          choice.heading !== null && choice.heading !== rows[i - 1]?.heading
            ? html`<div class="heading" role="presentation">${choice.heading}</div>`
            : nothing,
          this.renderChoice(choice, i),
        ])}
        ${more > 0 ? html`<div class="rest">${formatCount(more)} more: search to find them</div>` : nothing}
        ${shown.length === 0 ? html`<div class="rest">Nothing found</div>` : nothing}
        ${this.unlisted > 0 ? html`<div class="rest">${formatCount(this.unlisted)} rarer values are not listed</div>` : nothing}
      </div>
      <div class="srOnly" role="status">
        ${this.sought === '' ? '' : `${shown.length} ${plural(shown.length, 'choice')}: ${shown[this.active]?.text ?? 'none'}`}
      </div>
    `;
  }

  private renderChoice({ id, text, detail, chosen, heading }: Choice, i: number): TemplateResult {
    return html`<div
      id="choice${i}"
      class="option ${i === this.active ? 'active' : ''} ${heading === null ? '' : 'under'}"
      role="option"
      aria-selected=${chosen}
      title=${text}
      @pointermove=${() => {
        this.active = i;
      }}
      @click=${() => this.choose(id)}
    >
      <vscode-icon class="mark" name=${chosen ? 'check' : 'blank'}></vscode-icon>
      <span class="text"><bdi>${text}</bdi></span>
      <span class="detail">${detail}</span>
    </div>`;
  }

  private get shown(): readonly Choice[] {
    const sought = this.sought.trim().toLowerCase();
    if (sought === '') return this.choices;
    return this.choices.filter(({ text, heading }) => `${heading ?? ''} ${text}`.toLowerCase().includes(sought));
  }

  private async focusList(): Promise<void> {
    // The field has nothing to focus before it is drawn itself.
    await this.field?.updateComplete;
    (this.field ?? this.list)?.focus();
  }

  private choose(id: string): void {
    this.dispatchEvent(new ChoiceEvent(id));
  }

  private send(kind: 'choice-back' | 'choice-close'): void {
    this.dispatchEvent(new Event(kind, { bubbles: true, composed: true }));
  }

  private readonly keyDown = (event: KeyboardEvent): void => {
    const rows = Math.min(this.shown.length, MOST_ROWS);
    const step = STEPS[event.key];
    const typing = event.composedPath()[0] instanceof HTMLInputElement;
    if (event.key === 'Escape' || event.key === 'Tab') this.send('choice-close');
    else if (event.altKey && event.key === 'ArrowLeft' && this.back) this.send('choice-back');
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (step !== undefined && !(typing && (event.key === 'Home' || event.key === 'End'))) {
      this.active = Math.min(rows - 1, Math.max(0, this.active + step));
    } else if (event.key === 'Enter' || (event.key === ' ' && !typing)) {
      const choice = this.shown[this.active];
      if (choice) this.choose(choice.id);
    } else if (event.key === 'Backspace' && this.back && this.sought === '') this.send('choice-back');
    else {
      if (!typing && event.key.length === 1) this.goToLetter(event.key);
      // Keys of the chart and of the page are not meant.
      event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  /** To the next choice that begins so. */
  private goToLetter(letter: string): void {
    const { shown, active } = this;
    for (let i = 1; i <= shown.length; i++) {
      const at = (active + i) % shown.length;
      if (at < MOST_ROWS && shown[at]?.text.toLowerCase().startsWith(letter.toLowerCase())) {
        this.active = at;
        return;
      }
    }
  }

  /** Under its button, inside the window. */
  private place(): void {
    const { anchor, style } = this;
    const room = document.documentElement.clientWidth - 8;
    const width = Math.min(this.offsetWidth, room);
    style.left = `${Math.max(4, Math.min(anchor.left, room - width))}px`;
    style.top = `${anchor.bottom + 2}px`;
    style.minWidth = `${Math.min(Math.max(180, anchor.width), room)}px`;
    style.maxHeight = `${Math.max(120, document.documentElement.clientHeight - anchor.bottom - 12)}px`;
  }

  private focusLeft(event: FocusEvent): void {
    const to = event.relatedTarget;
    if (to instanceof Node && (to === this || this.shadowRoot?.contains(to))) return;
    // Moving to another list inside is no leaving.
    if (this.matches(':focus-within')) return;
    this.send('choice-close');
  }
}

const STEPS: Readonly<Record<string, number | undefined>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: PAGE_ROWS,
  PageUp: -PAGE_ROWS,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.MAX_SAFE_INTEGER,
};
