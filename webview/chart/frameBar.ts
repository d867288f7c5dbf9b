import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { FrameDetails } from '../../src/engine/flameApi';
import type { SampleType } from '../../src/profile/profile';
import { base } from '../styles';
import { visibleText } from '../visibleText';
import { changeText, frameFigures, shortPath, shownPlace } from './frameText';
import type { FlameBox } from './hitTest';
import { OpenFrameEvent } from './openFrameEvent';

/** Where two parts of a path would be cut, the file alone says more. */
const MAX_PLACE = 28;

function shortestPlace(place: string): string {
  const short = shortPath(place);
  return short.length > MAX_PLACE ? shortPath(place, 1) : short;
}

/** One line, in narrow charts two, about the focused frame, for those who do not hover. */
@customElement('emberline-frame-bar')
export class FrameBar extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        border-top: 1px solid var(--line);
        container-type: inline-size;
        display: block;
        flex: none;
        font-variant-numeric: tabular-nums;
        user-select: text;
      }
      .bar {
        align-items: center;
        column-gap: 14px;
        display: flex;
        min-height: 2em;
        overflow: hidden;
        padding: 0 10px;
        white-space: nowrap;
      }
      .name {
        flex: 0 1 auto;
        font-weight: 600;
        min-width: 4em;
        overflow: hidden;
        text-overflow: ellipsis;
        unicode-bidi: isolate;
      }
      .figures {
        display: flex;
        flex: none;
        gap: 14px;
      }
      .figure {
        flex: none;
      }
      /* Two lines, also while they are empty: the chart must not change its height with every frame. */
      @container (max-width: 700px) {
        .bar {
          align-content: center;
          flex-wrap: wrap;
          min-height: 3.7em;
          row-gap: 1px;
        }
        .name {
          flex: 1 1 0;
        }
        .hint {
          white-space: normal;
        }
        .figures {
          column-gap: 12px;
          flex: 0 0 100%;
          flex-wrap: wrap;
          order: 1;
        }
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
        flex: 0 1 auto;
        margin-left: auto;
        max-width: 70%;
        min-width: 4em;
        overflow: hidden;
        text-overflow: ellipsis;
        unicode-bidi: isolate;
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
      return html`<div class="bar">
        <span class="hint">Click a frame to open its source, double-click to zoom. Press ? for all keys.</span>
      </div>`;
    }
    if (details === null) return html`<div class="bar"><span class="name">${visibleText(this.name)}</span></div>`;
    const figures = frameFigures(details, this.sampleType);
    const place = shownPlace(details);
    const name = visibleText(details.name);
    return html`<div class="bar">
      <span class="name" title=${name}>${name}</span>
      <span class="figures">
        <span class="figure"><span>Self</span> ${figures.self} <span>${figures.selfShare}</span></span>
        <span class="figure"><span>Total</span> ${figures.total} <span>${figures.totalShare}</span></span>
        ${
          details.change?.frame
            ? html`<span class="figure"><span>Change</span> ${changeText(details.change.frame.total) || 'none'}</span>`
            : nothing
        }
        <span class="figure"><span>${figures.samples}</span></span>
      </span>
      ${
        place === null
          ? html`<span class="place hint">no source recorded</span>`
          : html`<button
              class="plain place"
              title="Open ${place}"
              @click=${() => this.dispatchEvent(new OpenFrameEvent(box.node))}
            >${shortestPlace(place)}</button>`
      }
    </div>`;
  }
}
