import { css, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from '../styles';

/** Sent while the splitter moves: the wanted share of what is above it, 0 to 1. */
export class RowSplitEvent extends Event {
  constructor(readonly share: number) {
    super('row-split', { bubbles: true, composed: true });
  }
}

const STEP = 0.05;
const LEAST = 0.1;
export const MIDDLE = 0.5;

/** The sash between callers and callees: for the pointer and for the keyboard. */
@customElement('emberline-row-splitter')
export class RowSplitter extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        background: var(--line);
        cursor: ns-resize;
        flex: none;
        height: 1px;
        outline: none;
        position: relative;
        touch-action: none;
        z-index: 4;
      }
      :host::after {
        content: '';
        height: 7px;
        left: 0;
        position: absolute;
        right: 0;
        top: -3px;
        transition: background-color 0.1s 0.15s;
      }
      :host(:hover)::after,
      :host(:focus-visible)::after,
      :host(.dragging)::after {
        background: var(--vscode-sash-hoverBorder, var(--vscode-focusBorder, #0078d4));
      }
    `,
  ];

  /** Share of what is above it. */
  @property({ attribute: false }) share = MIDDLE;
  private dragging = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.role = 'separator';
    this.tabIndex = 0;
    this.ariaOrientation = 'horizontal';
    this.ariaLabel = 'Height of the callers';
  }

  protected override firstUpdated(): void {
    this.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      this.dragging = true;
      this.setPointerCapture(event.pointerId);
      this.classList.add('dragging');
    });
    this.addEventListener('pointermove', (event) => {
      const room = this.parentElement?.getBoundingClientRect();
      if (this.dragging && room !== undefined) this.moveTo((event.clientY - room.top) / room.height);
    });
    for (const kind of ['pointerup', 'pointercancel'] as const) {
      this.addEventListener(kind, () => {
        this.dragging = false;
        this.classList.remove('dragging');
      });
    }
    this.addEventListener('dblclick', () => this.moveTo(MIDDLE));
    this.addEventListener('keydown', (event) => this.keyDown(event));
  }

  protected override willUpdate(): void {
    this.ariaValueNow = String(Math.round(this.share * 100));
    this.ariaValueMin = String(LEAST * 100);
    this.ariaValueMax = String((1 - LEAST) * 100);
  }

  private keyDown(event: KeyboardEvent): void {
    const targets: Record<string, number> = {
      ArrowUp: this.share - STEP,
      ArrowDown: this.share + STEP,
      Home: LEAST,
      End: 1 - LEAST,
    };
    if (!Object.hasOwn(targets, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    this.moveTo(targets[event.key]!);
  }

  private moveTo(share: number): void {
    this.dispatchEvent(new RowSplitEvent(Math.min(1 - LEAST, Math.max(LEAST, share))));
  }
}
