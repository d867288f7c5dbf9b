import { css } from 'lit';

/** Of the profile editor as a whole. */
export const appStyles = css`
  :host {
    background: var(--vscode-editor-background, #1f1f1f);
    display: flex;
    flex-direction: column;
    inset: 0;
    overflow: hidden;
    position: absolute;
    /* Drags would select text, and the next drag would then drag that text. */
    user-select: none;
  }
  :host([dropping])::after {
    background: var(--vscode-editorGroup-dropBackground, rgb(83 89 93 / 0.5));
    border: 1px dashed var(--vscode-focusBorder, #0078d4);
    content: '';
    inset: 0;
    pointer-events: none;
    position: absolute;
    z-index: 10;
  }
  main {
    display: flex;
    flex: 1;
    min-height: 0;
    position: relative;
  }
  emberline-flame-chart {
    flex: 1;
  }
  emberline-function-table {
    flex: none;
  }
  main.narrow {
    flex-direction: column;
  }
  main.narrow emberline-function-table {
    border-top: 1px solid var(--line);
    height: 45%;
  }
  emberline-flame-chart[hidden] {
    display: none;
  }
  .mark {
    align-items: center;
    background: var(--vscode-editorWidget-background, #252526);
    border: 1px solid var(--rim);
    border-radius: 4px;
    /* Over the bar, which may have two lines. */
    bottom: calc(3.7em + 6px);
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, rgb(0 0 0 / 0.36));
    color: var(--vscode-editorWidget-foreground, inherit);
    display: flex;
    gap: 4px;
    left: 10px;
    max-width: calc(100% - 24px);
    padding: 1px 2px 1px 8px;
    position: absolute;
    z-index: 5;
  }
  main.narrow .mark.table {
    bottom: calc(45% + 3.7em + 6px);
  }
  .mark span {
    overflow: hidden;
    text-overflow: ellipsis;
    unicode-bidi: isolate;
    white-space: nowrap;
  }
  .trouble {
    align-items: center;
    background: var(--vscode-inputValidation-warningBackground, #352a05);
    border-bottom: 1px solid var(--vscode-inputValidation-warningBorder, #b89500);
    display: flex;
    flex: none;
    gap: 8px;
    padding: 2px 8px 2px 10px;
  }
  .trouble span {
    flex: 1;
    overflow-wrap: anywhere;
  }
`;
