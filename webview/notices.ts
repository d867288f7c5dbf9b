import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import type { ProfileSummary } from '../src/engine/engineApi';
import { base } from './styles';
import { visibleText } from './visibleText';

/** What is shown instead of a profile. */
export type Notice =
  | { readonly kind: 'loading'; readonly what: string; readonly fraction: number | null }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'empty'; readonly summary: ProfileSummary };

/** Sent by the buttons of the error page. */
export class NoticeEvent extends Event {
  constructor(readonly command: 'retry' | 'showOutput') {
    super('notice-command', { bubbles: true, composed: true });
  }
}

/** The page for a profile that is loading, cannot be read, or has nothing to show. */
@customElement('emberline-notice')
export class NoticePage extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        align-items: center;
        display: flex;
        flex: 1;
        justify-content: center;
        overflow: auto;
        padding: 24px;
      }
      .page {
        align-items: center;
        display: flex;
        flex-direction: column;
        gap: 12px;
        line-height: 1.5;
        max-width: 560px;
        text-align: center;
      }
      h2 {
        font-size: 15px;
        font-weight: 600;
        margin: 0;
      }
      p {
        margin: 0;
        overflow-wrap: anywhere;
      }
      ul {
        color: var(--muted);
        margin: 0;
        padding-left: 18px;
        text-align: left;
      }
      .muted {
        color: var(--muted);
      }
      .error {
        --vscode-icon-foreground: var(--vscode-errorForeground, #f48771);
        color: var(--vscode-errorForeground, #f48771);
      }
      .buttons {
        display: flex;
        gap: 8px;
        margin-top: 4px;
      }
      .bar {
        width: 260px;
      }
    `,
  ];

  @property({ attribute: false }) notice!: Notice;

  protected override render(): TemplateResult {
    switch (this.notice.kind) {
      case 'loading':
        return this.renderLoading(this.notice.what, this.notice.fraction);
      case 'failed':
        return this.renderFailed(this.notice.message);
      case 'empty':
        return this.renderEmpty(this.notice.summary);
    }
  }

  private renderLoading(what: string, fraction: number | null): TemplateResult {
    const percent = fraction === null ? null : Math.round(100 * Math.min(1, Math.max(0, fraction)));
    return html`<div class="page" aria-busy="true">
      <vscode-progress-bar
        class="bar"
        aria-label=${what}
        .value=${percent ?? undefined}
        .max=${100}
        ?indeterminate=${percent === null}
      ></vscode-progress-bar>
      <p class="muted" role="status">${what}${percent === null ? '' : ` ${percent}%`}</p>
    </div>`;
  }

  private renderFailed(message: string): TemplateResult {
    return html`<div class="page" role="alert">
      <vscode-icon class="error" name="error" size="32"></vscode-icon>
      <h2>This profile cannot be shown</h2>
      <p>${message}</p>
      <div class="buttons">
        <vscode-button @click=${() => this.dispatchEvent(new NoticeEvent('retry'))}>Retry</vscode-button>
        <vscode-button secondary @click=${() => this.dispatchEvent(new NoticeEvent('showOutput'))}
          >Show Output</vscode-button
        >
      </div>
    </div>`;
  }

  private renderEmpty(summary: ProfileSummary): TemplateResult {
    return html`<div class="page" role="status">
      <vscode-icon name="flame" size="32"></vscode-icon>
      <h2>No samples in this profile</h2>
      <p class="muted">
        The file is a readable profile, but nothing was recorded: the profiler stopped before its first sample, the
        program was idle, or this kind of profiling was not switched on.
      </p>
      ${summary.notes.length > 0 ? html`<ul>${summary.notes.map((note) => html`<li>${visibleText(note)}</li>`)}</ul>` : nothing}
    </div>`;
  }
}

/** What was repaired or is missing in a profile; can be dismissed. */
@customElement('emberline-notes')
export class NotesStrip extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        align-items: flex-start;
        background: var(--vscode-inputValidation-infoBackground, rgb(0 120 212 / 0.12));
        border-bottom: 1px solid var(--vscode-inputValidation-infoBorder, var(--line));
        color: var(--vscode-inputValidation-infoForeground, inherit);
        display: flex;
        flex: none;
        gap: 8px;
        line-height: 20px;
        padding: 3px 8px 3px 10px;
      }
      vscode-icon {
        color: inherit;
        flex: none;
        margin-top: 2px;
      }
      ul {
        flex: 1;
        list-style: none;
        margin: 0;
        max-height: 82px;
        min-width: 0;
        overflow: auto;
        overflow-wrap: anywhere;
        padding: 0;
      }
    `,
  ];

  @property({ attribute: false }) notes: readonly string[] = [];

  protected override render(): TemplateResult {
    return html`<vscode-icon name="info"></vscode-icon>
      <ul role="status" aria-label="Notes on this profile">
        ${this.notes.map((note) => html`<li>${visibleText(note)}</li>`)}
      </ul>
      <vscode-toolbar-button
        icon="close"
        label="Dismiss notes"
        title="Dismiss"
        @click=${() => this.dispatchEvent(new Event('dismiss'))}
      ></vscode-toolbar-button>`;
  }
}
