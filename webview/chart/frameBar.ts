import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { FrameDetails } from '../../src/engine/engineApi';
import type { SampleType } from '../../src/profile/profile';
import { base } from '../styles';
import { frameFigures, placeOf, shortPath } from './frameText';
import type { FlameBox } from './hitTest';
import { OpenFrameEvent } from './openFrameEvent';

/** One line about the focused frame, for those who do not hover. */
@customElement('emberline-frame-bar')
export class FrameBar extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        align-items: center;
        border-top: 1px solid var(--line);
        display: flex;
        flex: none;
        font-variant-numeric: tabular-nums;
        gap: 14px;
        height: 26px;
        overflow: hidden;
        padding: 0 10px;
        user-select: text;
        white-space: nowrap;
      }
      .name {
        flex: 0 1 auto;
        font-weight: 600;
        min-width: 60px;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .figure {
        flex: none;
      }
      .figure span,
      .hint {
        color: var(--muted);
      }
      .hint {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .place.place {
        flex: 0 2 auto;
        margin-left: auto;
        min-width: 40px;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      button.place.place {
        color: var(--vscode-textLink-foreground, #4daafc);
        padding: 0 3px;
      }
      button.place.place:hover {
        color: var(--vscode-textLink-activeForeground, #4daafc);
        text-decoration: underline;
      }
    `,
  ];

  @property({ attribute: false }) box: FlameBox | null = null;
  @property({ attribute: false }) details: FrameDetails | null = null;
  /** For as long as the details are not there. */
  @property({ attribute: false }) name = '';
  @property({ attribute: false }) sampleType: SampleType = { type: '', unit: '' };

  protected override render(): TemplateResult {
    const { box, details } = this;
    if (box === null) {
      return html`<span class="hint">Click a frame to open its source, double-click to zoom. Press ? for all keys.</span>`;
    }
    if (details === null) return html`<span class="name">${this.name}</span>`;
    const figures = frameFigures(details, this.sampleType);
    const place = placeOf(details);
    return html`
      <span class="name" title=${details.name}>${details.name}</span>
      <span class="figure"><span>Self</span> ${figures.self} <span>${figures.selfShare}</span></span>
      <span class="figure"><span>Total</span> ${figures.total} <span>${figures.totalShare}</span></span>
      <span class="figure"><span>${figures.samples}</span></span>
      ${
        place === null
          ? html`<span class="place hint">no source recorded</span>`
          : html`<button
              class="plain place"
              title="Open ${place}"
              @click=${() => this.dispatchEvent(new OpenFrameEvent(box.node))}
            >${shortPath(place)}</button>`
      }
    `;
  }
}
