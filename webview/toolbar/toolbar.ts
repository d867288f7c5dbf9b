import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import type { FlameOrder } from '../../src/analysis/viewSpec';
import type { ProfileSummary } from '../../src/engine/engineApi';
import type { SampleType } from '../../src/profile/profile';
import type { ShownBaseline, ViewState } from '../../src/protocol';
import { base } from '../styles';
import { visibleText } from '../visibleText';
import './divisionMenu';
import { usefulDimensions } from './divisionChoices';
import type { DivisionMenu } from './divisionMenu';
import { LayoutEvent } from './layoutEvent';
import './searchBox';
import type { SearchBox, SearchOutcome } from './searchBox';
import './threadPicker';

/** Sent for the buttons on the right. */
export class CommandEvent extends Event {
  constructor(readonly command: 'reset' | 'table' | 'help' | 'compare') {
    super('toolbar-command', { bubbles: true, composed: true });
  }
}

/** What the profile editor is switched with. */
@customElement('emberline-toolbar')
export class Toolbar extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        align-items: center;
        border-bottom: 1px solid var(--line);
        display: flex;
        flex: none;
        gap: 8px;
        height: 36px;
        padding: 0 8px;
        position: relative;
        z-index: 10;
      }
      .group {
        display: flex;
        flex: none;
        gap: 2px;
      }
      vscode-single-select {
        flex: 0 1 auto;
        min-width: 84px;
        width: 130px;
      }
      emberline-thread-picker {
        flex: 0 1 auto;
        min-width: 84px;
        width: 220px;
      }
      .space {
        flex: 1;
      }
      /* The button itself leaves its text in the browser's own font. */
      .word {
        font-family: var(--vscode-font-family, system-ui, sans-serif);
        font-size: var(--vscode-font-size, 13px);
        font-weight: var(--vscode-font-weight, normal);
      }
      .name {
        display: inline-block;
        max-width: 14em;
        overflow: hidden;
        text-overflow: ellipsis;
        unicode-bidi: isolate;
        vertical-align: bottom;
        white-space: nowrap;
      }
      @media (max-width: 760px) {
        .word {
          display: none;
        }
      }
      @media (max-width: 560px) {
        :host {
          flex-wrap: wrap;
          gap: 4px 8px;
          height: auto;
          padding: 4px 8px;
        }
        vscode-single-select,
        emberline-thread-picker {
          flex: 1 1 84px;
        }
        emberline-search-box {
          flex: 1 1 150px;
        }
        .space {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) summary!: ProfileSummary;
  @property({ attribute: false }) view!: ViewState;
  @property({ attribute: false }) tableShown = true;
  @property({ attribute: false }) baseline: ShownBaseline | null = null;
  @property({ attribute: false }) outcome: SearchOutcome = null;
  @query('emberline-search-box') private readonly box!: SearchBox;
  @query('emberline-division-menu') readonly division!: DivisionMenu | null;

  focusSearch(): void {
    this.box.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.role = 'toolbar';
    this.ariaLabel = 'Profile';
  }

  protected override render(): TemplateResult {
    const { summary, view } = this;
    return html`
      ${
        summary.timed
          ? html`<div class="group" role="group" aria-label="Order">
              ${this.renderOrder('leftHeavy', 'flame', 'Left heavy', 'Left heavy: equal stacks merged, heaviest first')}
              ${this.renderOrder('timeOrder', 'graph-line', 'Time order', 'Time order: left to right as it happened')}
            </div>`
          : nothing
      }
      ${summary.sampleTypes.length > 1 ? this.renderTypes() : nothing}
      ${
        summary.threads.length > 1
          ? html`<emberline-thread-picker .summary=${summary} .view=${view}></emberline-thread-picker>`
          : nothing
      }
      ${
        usefulDimensions(summary).length > 0
          ? html`<emberline-division-menu .summary=${summary} .view=${view}></emberline-division-menu>`
          : nothing
      }
      ${this.baseline === null ? nothing : this.renderBaseline(this.baseline)}
      <span class="space"></span>
      <emberline-search-box .search=${view.search} .outcome=${this.outcome}></emberline-search-box>
      <div class="group">
        ${this.renderButton('reset', 'screen-full', 'Show everything', 'Home')}
        <vscode-toolbar-button
          icon="layout-sidebar-right"
          label="Function table"
          title="Show or hide the function table"
          toggleable
          .checked=${this.tableShown}
          @change=${() => this.dispatchEvent(new CommandEvent('table'))}
        ></vscode-toolbar-button>
        ${this.renderButton('help', 'question', 'Keyboard and mouse', '?')}
      </div>
    `;
  }

  private renderBaseline({ name, on }: ShownBaseline): TemplateResult {
    const shown = visibleText(name);
    return html`<vscode-toolbar-button
      class="baseline"
      icon="git-compare"
      label="Compared with ${shown}"
      title="Colours and columns tell what changed against ${shown}: orange is more, blue is less, grey is none, or chance"
      toggleable
      .checked=${on}
      @change=${() => this.dispatchEvent(new CommandEvent('compare'))}
      ><span class="word name">vs ${shown}</span></vscode-toolbar-button
    >`;
  }

  private renderOrder(order: FlameOrder, icon: string, text: string, title: string): TemplateResult {
    return html`<vscode-toolbar-button
      icon=${icon}
      label=${text}
      title=${title}
      toggleable
      .checked=${this.view.order === order}
      @change=${(event: Event) => {
        // Unlike a switch, the chosen one of two stays chosen.
        (event.currentTarget as HTMLElement & { checked: boolean }).checked = true;
        if (this.view.order !== order) this.dispatchEvent(new LayoutEvent({ order }));
      }}
      ><span class="word">${text}</span></vscode-toolbar-button
    >`;
  }

  private renderButton(command: 'reset' | 'help', icon: string, label: string, key: string): TemplateResult {
    return html`<vscode-toolbar-button
      icon=${icon}
      label=${label}
      title="${label} (${key})"
      @click=${() => this.dispatchEvent(new CommandEvent(command))}
    ></vscode-toolbar-button>`;
  }

  private renderTypes(): TemplateResult {
    const { summary, view } = this;
    return html`<vscode-single-select
      class="type"
      title="Sample type"
      .label=${'Sample type'}
      .value=${String(view.view.sampleType)}
      @change=${(event: Event) =>
        this.dispatchEvent(new LayoutEvent({ sampleType: Number((event.currentTarget as HTMLSelectElement).value) }))}
      >${summary.sampleTypes.map(
        ({ type, unit }, i) =>
          html`<vscode-option value=${String(i)} ?selected=${i === view.view.sampleType}
            >${typeLabel(summary.sampleTypes, type, unit)}</vscode-option
          >`,
      )}</vscode-single-select
    >`;
  }
}

/** The values' unit is on every value: it is named here only where it tells two types apart. */
function typeLabel(types: readonly SampleType[], type: string, unit: string): string {
  return types.filter((other) => other.type === type).length > 1 ? `${type} (${unit})` : type;
}
