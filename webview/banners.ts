import { html, type TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';

/**
 * Says which line's frames are marked.
 * @param withTable whether the table is shown, too: a narrow editor has it below the chart
 */
export function markBanner(place: string, withTable: boolean, unmark: () => void): TemplateResult {
  return html`<div class="mark ${withTable ? 'table' : ''}" role="status">
    <vscode-icon name="selection" size="14"></vscode-icon><span title="Frames of this line are marked">${place}</span>
    <vscode-toolbar-button icon="close" label="Mark no longer" @click=${unmark}></vscode-toolbar-button>
  </div>`;
}

/** A request that failed while the rest goes on. */
export function troubleBanner(trouble: string, dismiss: () => void): TemplateResult {
  return html`<div class="trouble" role="alert">
    <vscode-icon name="warning"></vscode-icon><span>${trouble}</span>
    <vscode-toolbar-button icon="close" label="Dismiss" @click=${dismiss}></vscode-toolbar-button>
  </div>`;
}
