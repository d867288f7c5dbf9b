import { css, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from './styles';

/** Sent while the splitter moves: the wanted width of what is right of it, in CSS pixels. */
export class SplitEvent extends Event {
  constructor(
    readonly width: number,
    /** Back to the width it had the first time. */
    readonly reset = false,
  ) {
    super('split', { bubbles: true, composed: true });
  }
}

const STEP = 24;

/** The sash between chart and table: for the pointer and for the keyboard. */
@customElement('emberline-splitter')
export class Splitter extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        background: var(--line);
        cursor: ew-resize;
        flex: none;
        outline: none;
        position: relative;
        touch-action: none;
        width: 1px;
        z-index: 4;
      }
      :host::after {
        bottom: 0;
        content: '';
        left: -3px;
        position: absolute;
        top: 0;
        transition: background-color 0.1s 0.15s;
        width: 6px;
      }
      :host(:hover)::after,
      :host(:focus-visible)::after,
      :host(.dragging)::after {
        background: var(--vscode-sash-hoverBorder, var(--vscode-focusBorder, #0078d4));
      }
    `,
  ];

  /** Width of what is right of it, and its limits, in CSS pixels. */
  @property({ attribute: false }) width = 0;
  @property({ attribute: false }) min = 0;
  @property({ attribute: false }) max = 0;
  private grab: { x: number; width: number } | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.role = 'separator';
    this.tabIndex = 0;
    this.ariaOrientation = 'vertical';
    this.ariaLabel = 'Width of the function table';
  }

  protected override firstUpdated(): void {
    this.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      this.grab = { x: event.clientX, width: this.width };
      this.setPointerCapture(event.pointerId);
      this.classList.add('dragging');
    });
    this.addEventListener('pointermove', (event) => {
      if (this.grab) this.resizeTo(this.grab.width + this.grab.x - event.clientX);
    });
    for (const kind of ['pointerup', 'pointercancel'] as const) {
      this.addEventListener(kind, () => {
        this.grab = null;
        this.classList.remove('dragging');
      });
    }
    this.addEventListener('dblclick', () => this.dispatchEvent(new SplitEvent(0, true)));
    this.addEventListener('keydown', (event) => this.keyDown(event));
  }

  protected override willUpdate(): void {
    this.ariaValueNow = String(Math.round(this.width));
    this.ariaValueMin = String(Math.round(this.min));
    this.ariaValueMax = String(Math.round(this.max));
  }

  private keyDown(event: KeyboardEvent): void {
    const targets: Record<string, number> = {
      ArrowLeft: this.width + STEP,
      ArrowRight: this.width - STEP,
      Home: this.min,
      End: this.max,
    };
    if (!Object.hasOwn(targets, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    this.resizeTo(targets[event.key]!);
  }

  private resizeTo(width: number): void {
    this.dispatchEvent(new SplitEvent(Math.min(this.max, Math.max(this.min, width))));
  }
}
