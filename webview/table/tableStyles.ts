import { css } from 'lit';

export const tableStyles = css`
  :host {
    background: var(--vscode-sideBar-background, var(--vscode-editor-background));
    display: flex;
    flex-direction: column;
    min-height: 0;
    min-width: 0;
  }
  .bar {
    align-items: center;
    display: flex;
    flex: none;
    gap: 8px;
    height: 44px;
    padding: 0 10px;
  }
  .bar vscode-textfield {
    flex: 1;
    min-width: 60px;
    width: auto;
  }
  .count {
    color: var(--muted);
    flex: none;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .grid {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 0;
    outline: none;
    position: relative;
  }
  .row,
  .head {
    align-items: center;
    display: grid;
    grid-template-columns:
      var(--self-column, 9em) var(--total-column, 9em)
      minmax(0, 1.8fr) minmax(0, 1fr);
  }
  .noFile .row,
  .noFile .head {
    grid-template-columns: var(--self-column, 9em) var(--total-column, 9em) minmax(0, 1fr);
  }
  .noTotal .row,
  .noTotal .head {
    grid-template-columns: var(--self-column, 9em) minmax(0, 1fr);
  }
  .compared .row,
  .compared .head {
    grid-template-columns:
      var(--self-column, 9em) var(--total-column, 9em)
      5.4em 5.4em minmax(0, 1.8fr) minmax(0, 1fr);
  }
  .compared.noFile .row,
  .compared.noFile .head {
    grid-template-columns: var(--self-column, 9em) var(--total-column, 9em) 5.4em 5.4em minmax(0, 1fr);
  }
  .compared.noTotal .row,
  .compared.noTotal .head {
    grid-template-columns: var(--self-column, 9em) 5.4em 5.4em minmax(0, 1fr);
  }
  .compared.oneDelta .row,
  .compared.oneDelta .head {
    grid-template-columns: var(--self-column, 9em) 5.4em minmax(0, 1fr);
  }
  .oneDelta.bySelf [data-column='deltaTotal'][data-column],
  .oneDelta.byTotal [data-column='deltaSelf'][data-column] {
    display: none;
  }
  .cell.change {
    color: var(--muted);
    font-variant-numeric: tabular-nums;
    text-align: right;
  }
  .cell.change.up {
    color: var(--up);
  }
  .cell.change.down {
    color: var(--down);
  }
  .grid:focus-within .row[aria-selected='true'] .change {
    color: inherit;
  }
  /* Said twice, so that they win over the cells' own display. */
  .noFile [data-column='file'][data-column],
  .noTotal [data-column='file'][data-column],
  .noTotal [data-column='total'][data-column] {
    display: none;
  }
  .sizer {
    height: 0;
    min-width: 6.5em;
    overflow: hidden;
    position: absolute;
    visibility: hidden;
    width: max-content;
  }
  .sizer .value > span,
  .sizer .share > span {
    display: block;
  }
  .head {
    border-bottom: 1px solid var(--line);
    flex: none;
    height: 24px;
    padding-right: var(--scrollbar, 10px);
  }
  .head button.plain {
    align-items: center;
    display: flex;
    font-size: 11px;
    font-weight: 600;
    gap: 2px;
    height: 22px;
    overflow: hidden;
    padding: 0 10px;
    white-space: nowrap;
    width: 100%;
  }
  .head .number button.plain {
    justify-content: flex-end;
  }
  .head button.plain:hover {
    background: var(--vscode-list-hoverBackground, rgb(128 128 128 / 0.15));
  }
  .head vscode-icon {
    color: inherit;
  }
  .scroll {
    flex: 1;
    min-height: 0;
    overflow: hidden scroll;
    outline: none;
    position: relative;
  }
  .row {
    cursor: pointer;
    height: 22px;
    left: 0;
    position: absolute;
    right: 0;
    top: 0;
  }
  .row:hover {
    background: var(--vscode-list-hoverBackground, rgb(128 128 128 / 0.12));
    color: var(--vscode-list-hoverForeground, inherit);
  }
  .row[aria-selected='true'] {
    background: var(--vscode-list-inactiveSelectionBackground, rgb(128 128 128 / 0.25));
    color: var(--vscode-list-inactiveSelectionForeground, inherit);
  }
  .grid:focus-within .row[aria-selected='true'] {
    background: var(--vscode-list-activeSelectionBackground, #04395e);
    color: var(--vscode-list-activeSelectionForeground, #fff);
  }
  .row.marked {
    background: var(--vscode-editor-rangeHighlightBackground, rgb(255 255 255 / 0.06));
    box-shadow: inset 3px 0 0 var(--vscode-focusBorder, #0078d4);
  }
  .row.cursor {
    outline: 1px solid transparent;
    outline-offset: -1px;
  }
  .grid:focus-within .row.cursor {
    outline-color: var(--vscode-list-focusOutline, var(--vscode-focusBorder, #0078d4));
  }
  .cell {
    min-width: 0;
    overflow: hidden;
    padding: 0 8px 0 10px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .cell.number {
    display: flex;
    font-variant-numeric: tabular-nums;
    gap: 4px;
    height: 22px;
    justify-content: flex-end;
    line-height: 22px;
    position: relative;
  }
  .value {
    flex: none;
    position: relative;
  }
  .share {
    color: var(--muted);
    flex: none;
    min-width: 4em;
    position: relative;
    text-align: right;
  }
  .grid:focus-within .row[aria-selected='true'] .share,
  .grid:focus-within .row[aria-selected='true'] .file {
    color: inherit;
  }
  .heat {
    inset: 0 8px 0 10px;
    pointer-events: none;
    position: absolute;
  }
  .heat div {
    background: var(--heat);
    border-radius: 1px;
    bottom: 1px;
    height: 2px;
    position: absolute;
  }
  :host {
    --down: #5cb0ff;
    --heat: #e2702f;
    --up: #ffa04d;
  }
  :host([data-theme='light']),
  :host([data-theme='highContrastLight']) {
    --down: #005fb3;
    --heat: #e8833a;
    --up: #a04a00;
  }
  :host([data-theme^='highContrast']) {
    --heat: var(--vscode-contrastActiveBorder, var(--vscode-focusBorder, currentColor));
  }
  .swatch {
    border-radius: 2px;
    display: inline-block;
    height: 9px;
    margin-right: 6px;
    width: 9px;
  }
  .file {
    color: var(--muted);
  }
  .note {
    color: var(--muted);
    padding: 16px 12px;
    text-align: center;
  }
`;
