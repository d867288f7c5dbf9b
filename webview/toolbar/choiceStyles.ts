import { css } from 'lit';

/** Of the list that opens under a button: as VS Code's own drop-down lists. */
export const choiceStyles = css`
  :host {
    background: var(--vscode-settings-dropdownBackground, #313131);
    border: 1px solid var(--vscode-settings-dropdownListBorder, var(--rim));
    border-radius: 4px;
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, rgb(0 0 0 / 0.36));
    color: var(--vscode-settings-dropdownForeground, inherit);
    display: flex;
    flex-direction: column;
    max-width: min(560px, calc(100vw - 8px));
    overflow: hidden;
    position: fixed;
    width: max-content;
    z-index: 20;
  }
  .head {
    align-items: center;
    border-bottom: 1px solid var(--line);
    display: flex;
    flex: none;
    gap: 4px;
    padding: 2px 8px 2px 2px;
  }
  .title {
    font-weight: 600;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .search {
    flex: none;
    margin: 4px;
    width: auto;
  }
  .list {
    max-height: 330px;
    min-height: 0;
    outline: none;
    overflow: auto;
    padding: 2px 0;
  }
  .heading {
    color: var(--muted);
    font-size: 11px;
    font-weight: 600;
    line-height: 22px;
    overflow: hidden;
    padding: 2px 8px 0;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .option {
    align-items: center;
    cursor: pointer;
    display: flex;
    gap: 4px;
    height: 22px;
    line-height: 22px;
    padding: 0 8px 0 4px;
    white-space: nowrap;
  }
  .option.active {
    background: var(--vscode-list-activeSelectionBackground, #04395e);
    color: var(--vscode-list-activeSelectionForeground, #fff);
    outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .mark {
    color: inherit;
    flex: none;
  }
  .text {
    flex: 1;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .detail {
    color: var(--muted);
    flex: none;
    font-variant-numeric: tabular-nums;
    padding-left: 16px;
  }
  .option.active .detail {
    color: inherit;
    opacity: 0.8;
  }
  .rest {
    color: var(--muted);
    line-height: 22px;
    padding: 0 8px;
  }
`;
