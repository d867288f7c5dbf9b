import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import type { PathFrame } from '../../src/engine/flameApi';
import { base } from '../styles';
import { visibleText } from '../visibleText';
import { visibleSteps } from './breadcrumbSteps';

/** Sent when a step is chosen; null is the whole chart. */
export class PathEvent extends Event {
  constructor(readonly step: PathFrame | null) {
    super('path-step');
  }
}

/** The path to the zoomed frame, and what of the axis is visible. */
@customElement('emberline-breadcrumb')
export class Breadcrumb extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        align-items: center;
        border-bottom: 1px solid var(--line);
        color: var(--vscode-breadcrumb-foreground, var(--muted));
        display: flex;
        flex: none;
        gap: 12px;
        height: 24px;
        padding: 0 10px 0 8px;
      }
      nav {
        flex: 1;
        min-width: 0;
        overflow: hidden;
      }
      nav.expanded {
        overflow-x: auto;
        scrollbar-width: none;
      }
      ol {
        align-items: center;
        display: flex;
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        align-items: center;
        display: flex;
        flex: 0 1 auto;
        min-width: 28px;
      }
      li:last-child,
      li.fixed,
      .expanded li {
        flex: none;
      }
      button.plain {
        line-height: 20px;
        max-width: 260px;
        min-width: 0;
        overflow: hidden;
        padding: 0 3px;
        text-overflow: ellipsis;
        unicode-bidi: isolate;
        white-space: nowrap;
      }
      button.plain:hover {
        color: var(--vscode-breadcrumb-focusForeground, var(--vscode-foreground));
      }
      [aria-current] {
        color: var(--vscode-breadcrumb-activeSelectionForeground, var(--vscode-foreground));
      }
      vscode-icon {
        color: inherit;
        flex: none;
        opacity: 0.7;
      }
      .span {
        flex: none;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
    `,
  ];

  @property({ attribute: false }) path: readonly PathFrame[] = [];
  /** What the whole chart is called. */
  @property({ attribute: false }) root = '';
  /** The visible part of the axis, for people. */
  @property({ attribute: false }) span = '';
  @state() private expanded = false;

  protected override willUpdate(changes: Map<string, unknown>): void {
    if (changes.has('path')) this.expanded = false;
  }

  protected override render(): TemplateResult {
    const { head, tail } = visibleSteps(this.path, this.expanded);
    const last = this.path.at(-1);
    const step = (frame: PathFrame): TemplateResult => html`<li>
      <vscode-icon name="chevron-right" size="14"></vscode-icon>
      <button
        class="plain"
        title=${visibleText(frame.name)}
        aria-current=${frame === last ? 'location' : nothing}
        @click=${() => this.dispatchEvent(new PathEvent(frame))}
      >${visibleText(frame.name)}</button>
    </li>`;
    return html`<nav aria-label="Zoomed path" class=${this.expanded ? 'expanded' : ''}>
        <ol>
          <li class="fixed">
            <button
              class="plain"
              title="Show everything (Home)"
              aria-current=${last === undefined ? 'location' : nothing}
              @click=${() => this.dispatchEvent(new PathEvent(null))}
            >${this.root}</button>
          </li>
          ${head.map(step)}
          ${
            tail.length > 0
              ? html`<li class="fixed">
                  <vscode-icon name="chevron-right" size="14"></vscode-icon>
                  <button
                    class="plain"
                    aria-label="Show ${this.path.length - head.length - tail.length} hidden frames"
                    title="Show ${this.path.length - head.length - tail.length} hidden frames"
                    @click=${() => {
                      this.expanded = true;
                    }}
                  >…</button>
                </li>`
              : nothing
          }
          ${tail.map(step)}
        </ol>
      </nav>
      <span class="span">${this.span}</span>`;
  }
}
