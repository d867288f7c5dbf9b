import { css } from 'lit';

/** Shared by all our elements: VS Code's own font, focus ring and scrollbar. */
export const base = css`
  :host {
    box-sizing: border-box;
    color: var(--vscode-foreground, #ccc);
    font-family: var(--vscode-font-family, system-ui, sans-serif);
    font-size: var(--vscode-font-size, 13px);
    font-weight: var(--vscode-font-weight, normal);
    --rim: var(--vscode-contrastBorder, var(--vscode-editorWidget-border, rgb(128 128 128 / 0.35)));
    --line: var(--vscode-contrastBorder, var(--vscode-panel-border, rgb(128 128 128 / 0.25)));
    --muted: var(--vscode-descriptionForeground, #9d9d9d);
  }
  * {
    box-sizing: border-box;
  }
  .srOnly {
    clip-path: inset(50%);
    height: 1px;
    overflow: hidden;
    position: absolute;
    white-space: nowrap;
    width: 1px;
  }
  button.plain {
    background: none;
    border: 0;
    border-radius: 3px;
    color: inherit;
    cursor: pointer;
    font: inherit;
    margin: 0;
    padding: 0;
    text-align: left;
  }
  button.plain:focus-visible,
  [tabindex]:focus-visible {
    outline: 1px solid var(--vscode-focusBorder, #0078d4);
    outline-offset: -1px;
  }
  ::-webkit-scrollbar {
    height: 10px;
    width: 10px;
  }
  ::-webkit-scrollbar-thumb {
    background: var(--vscode-scrollbarSlider-background, rgb(121 121 121 / 0.4));
  }
  ::-webkit-scrollbar-thumb:hover {
    background: var(--vscode-scrollbarSlider-hoverBackground, rgb(100 100 100 / 0.7));
  }
  ::-webkit-scrollbar-thumb:active {
    background: var(--vscode-scrollbarSlider-activeBackground, rgb(191 191 191 / 0.4));
  }
  ::-webkit-scrollbar-corner {
    background: transparent;
  }
`;
