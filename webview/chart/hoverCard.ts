import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { FrameChange, FrameDetails } from '../../src/engine/flameApi';
import type { SampleType } from '../../src/profile/profile';
import { formatPercent } from '../../src/units/units';
import { base } from '../styles';
import { visibleText } from '../visibleText';
import { changeText, frameFigures, shownPlace } from './frameText';

/** What the pointer is on. */
export interface HoverSubject {
  readonly name: string;
  readonly color: string;
  /** Extent of the box, with its unit, for as long as the figures are not there. */
  readonly extent: string;
  readonly details: FrameDetails | null;
  /** A run of merged tiny boxes. */
  readonly merged: boolean;
}

/** Longer places lose their beginning: their end tells more. */
const MAX_PLACE = 180;
const MARGIN = 4;

/** Where a card of `size` starts: after the pointer, before it where that is too near the end, always on the page. */
function besidePointer(pointer: number, size: number, page: number, gap: number): number {
  const after = pointer + gap;
  const start = after + size + MARGIN <= page ? after : pointer - size - 10;
  return Math.round(Math.max(MARGIN, Math.min(start, page - size - MARGIN)));
}

function cardPlace(details: FrameDetails): string {
  const place = shownPlace(details) ?? 'no source recorded';
  return place.length > MAX_PLACE ? `…${place.slice(-MAX_PLACE)}` : place;
}

/** What is known of the frame's code beside its place: ' · inlined · native · libc.so.6'. */
function marks({ inlined, kind, module }: FrameDetails): string {
  const library = module === null ? null : visibleText(module.slice(module.lastIndexOf('/') + 1) || module);
  const known = [inlined ? 'inlined' : null, kind, library].filter((mark) => mark !== null);
  return known.map((mark) => ` · ${mark}`).join('');
}

/** The card beside the pointer. Never takes the pointer itself. */
@customElement('emberline-hover-card')
export class HoverCard extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        background: var(--vscode-editorHoverWidget-background, #252526);
        border: 1px solid var(--vscode-editorHoverWidget-border, rgb(128 128 128 / 0.4));
        border-radius: 5px;
        box-shadow: 0 2px 8px var(--vscode-widget-shadow, rgb(0 0 0 / 0.36));
        color: var(--vscode-editorHoverWidget-foreground, inherit);
        left: 0;
        line-height: 1.4;
        max-height: calc(100vh - 8px);
        max-width: min(460px, calc(100vw - 8px));
        overflow: hidden;
        padding: 7px 10px 8px;
        pointer-events: none;
        /* Of the whole page: a narrow chart must not cut it. */
        position: fixed;
        top: 0;
        width: max-content;
        z-index: 20;
      }
      :host([hidden]) {
        display: none;
      }
      .name {
        display: -webkit-box;
        font-weight: 600;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 4;
        overflow: hidden;
        overflow-wrap: anywhere;
        unicode-bidi: isolate;
      }
      .swatch {
        border-radius: 2px;
        display: inline-block;
        height: 10px;
        margin-right: 6px;
        width: 10px;
      }
      .place {
        color: var(--muted);
        overflow-wrap: anywhere;
        unicode-bidi: isolate;
      }
      table {
        border-spacing: 0;
        font-variant-numeric: tabular-nums;
        margin-top: 5px;
        width: 100%;
      }
      th {
        color: var(--muted);
        font-weight: normal;
        padding: 0 18px 0 0;
        text-align: left;
        white-space: nowrap;
      }
      thead th {
        padding: 0 0 1px 18px;
        text-align: right;
      }
      td {
        padding: 0 0 0 18px;
        text-align: right;
        white-space: nowrap;
      }
      td span {
        color: var(--muted);
        display: inline-block;
        margin-left: 6px;
        min-width: 4em;
      }
      td.change span {
        min-width: 5.5em;
      }
      @media (max-width: 440px) {
        th,
        thead th,
        td {
          padding-left: 0;
          padding-right: 0;
          white-space: normal;
        }
        td,
        thead th {
          padding-left: 10px;
        }
        td span {
          display: block;
          margin: 0;
        }
      }
    `,
  ];

  @property({ attribute: false }) subject: HoverSubject | null = null;
  @property({ attribute: false }) sampleType: SampleType = { type: '', unit: '' };
  /** Pointer position in the parent, in CSS pixels. */
  @property({ attribute: false }) x = 0;
  @property({ attribute: false }) y = 0;

  protected override willUpdate(): void {
    this.hidden = this.subject === null;
    this.role = 'tooltip';
  }

  protected override updated(_changes: PropertyValues): void {
    const stage = this.parentElement?.getBoundingClientRect();
    if (this.subject === null || stage === undefined) return;
    const { offsetWidth: width, offsetHeight: height } = this;
    const { clientWidth, clientHeight } = document.documentElement;
    const x = besidePointer(stage.left + this.x, width, clientWidth, 14);
    const y = besidePointer(stage.top + this.y, height, clientHeight, 16);
    this.style.transform = `translate(${x}px, ${y}px)`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { subject } = this;
    if (subject === null) return nothing;
    if (subject.merged) {
      return html`<div class="name"><span class="swatch" style="background:${subject.color}"></span>${subject.name} …</div>
        <div class="place">and other frames too small to draw (${subject.extent}): zoom in to see them</div>`;
    }
    const { details } = subject;
    return html`
      <div class="name"><span class="swatch" style="background:${subject.color}"></span>${visibleText(details?.name ?? subject.name)}</div>
      ${details === null ? html`<div class="place">${subject.extent}</div>` : this.renderDetails(details)}
    `;
  }

  private renderDetails(details: FrameDetails): TemplateResult {
    const figures = frameFigures(details, this.sampleType);
    return html`
      <div class="place">${cardPlace(details)}${marks(details)}</div>
      <table>
        <thead>
          <tr><td></td><th scope="col">Self</th><th scope="col">Total</th></tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">This frame</th>
            <td>${figures.self}<span>${figures.selfShare}</span></td>
            <td>${figures.total}<span>${figures.totalShare}</span></td>
          </tr>
          <tr>
            <th scope="row">Function, everywhere</th>
            <td>${figures.functionSelf}<span>${figures.functionSelfShare}</span></td>
            <td>${figures.functionTotal}<span>${figures.functionTotalShare}</span></td>
          </tr>
          <tr>
            <th scope="row">Samples</th>
            <td></td>
            <td>${figures.samples.split(' ')[0]}<span></span></td>
          </tr>
          ${details.change === undefined ? nothing : this.renderChange(details.change)}
        </tbody>
      </table>
    `;
  }

  /** What it was in the baseline, and by how much it changed. */
  private renderChange({ frame, function: everywhere }: NonNullable<FrameDetails['change']>): TemplateResult {
    const cell = (change: FrameChange['self']): TemplateResult =>
      html`<td class="change">${formatPercent(change.before, 1)}<span>${changeText(change) || '='}</span></td>`;
    const row = (title: string, change: FrameChange): TemplateResult =>
      html`<tr><th scope="row">${title}</th>${cell(change.self)}${cell(change.total)}</tr>`;
    return html`
      ${frame === null ? nothing : row('Before, this frame', frame)}
      ${row('Before, function', everywhere)}
    `;
  }
}
