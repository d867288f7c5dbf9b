import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { HELP } from './chart/keyboard';
import { base } from './styles';

/** All keys and gestures, as a modal dialog. */
@customElement('emberline-help')
export class HelpOverlay extends LitElement {
  static override styles = [
    base,
    css`
      dialog {
        background: var(--vscode-editorWidget-background, #252526);
        border: 1px solid var(--rim);
        border-radius: 6px;
        box-shadow: 0 4px 16px var(--vscode-widget-shadow, rgb(0 0 0 / 0.36));
        color: var(--vscode-editorWidget-foreground, inherit);
        max-height: calc(100% - 40px);
        max-width: min(820px, calc(100% - 40px));
        outline: none;
        overflow: auto;
        padding: 14px 20px 20px;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 0.35);
      }
      header {
        align-items: center;
        display: flex;
        justify-content: space-between;
        margin-bottom: 6px;
      }
      h2 {
        font-size: 15px;
        font-weight: 600;
        margin: 0;
      }
      .sections {
        column-gap: 44px;
        columns: 2 300px;
      }
      section {
        break-inside: avoid;
        padding-bottom: 8px;
      }
      h3 {
        color: var(--muted);
        font-size: 11px;
        font-weight: 600;
        letter-spacing: 0.04em;
        margin: 10px 0 5px;
        text-transform: uppercase;
      }
      dl {
        align-items: center;
        display: grid;
        gap: 5px 14px;
        grid-template-columns: max-content 1fr;
        margin: 0;
      }
      dt {
        display: flex;
        gap: 4px;
        min-width: 104px;
      }
      dd {
        line-height: 1.35;
        margin: 0;
      }
      kbd {
        background: var(--vscode-keybindingLabel-background, rgb(128 128 128 / 0.17));
        border: 1px solid var(--vscode-keybindingLabel-border, rgb(51 51 51 / 0.6));
        border-bottom-color: var(--vscode-keybindingLabel-bottomBorder, rgb(68 68 68 / 0.6));
        border-radius: 3px;
        box-shadow: inset 0 -1px 0 var(--vscode-widget-shadow, rgb(0 0 0 / 0.3));
        color: var(--vscode-keybindingLabel-foreground, inherit);
        font: inherit;
        font-size: 11px;
        padding: 2px 6px;
        white-space: nowrap;
      }
    `,
  ];

  @query('dialog') private readonly dialog!: HTMLDialogElement;

  show(): void {
    if (!this.dialog.open) this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    return html`<dialog
      aria-labelledby="title"
      tabindex="-1"
      @click=${(event: MouseEvent) => {
        if (event.target === this.dialog) this.dialog.close();
      }}
      @keydown=${(event: KeyboardEvent) => {
        event.stopPropagation();
        if (event.key === '?') this.dialog.close();
      }}
      @close=${() => this.dispatchEvent(new Event('help-closed'))}
    >
      <header>
        <h2 id="title">Keyboard and mouse</h2>
        <vscode-toolbar-button
          icon="close"
          label="Close"
          title="Close (Esc)"
          @click=${() => this.dialog.close()}
        ></vscode-toolbar-button>
      </header>
      <div class="sections">
        ${HELP.map(
          ({ title, entries }) => html`<section>
            <h3>${title}</h3>
            <dl>
              ${entries.map(
                ([keys, text]) => html`<dt>${keys.map((key) => html`<kbd>${key}</kbd>`)}</dt>
                  <dd>${text}</dd>`,
              )}
            </dl>
          </section>`,
        )}
      </div>
    </dialog>`;
  }
}
