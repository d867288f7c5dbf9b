/**
 * VS Code shows the menu of a webview (`webview/context` in package.json) by the `data-vscode-context` of what was
 * clicked, which it looks for outside of shadow roots: so the page's element carries it for what is inside.
 *
 * @param owner in the page itself
 * @param func that was clicked; null where the click was on none: there is no menu then
 */
export function offerFunctionMenu(owner: HTMLElement, func: number | null): void {
  const context = {
    preventDefaultContextMenuItems: true,
    ...(func === null ? {} : { emberlineFrame: true, emberlineFunction: func }),
  };
  owner.dataset['vscodeContext'] = JSON.stringify(context);
}

/** Sent before the context menu of a function opens: of a frame or a row of the table; null for anything else there. */
export class FunctionMenuEvent extends Event {
  constructor(readonly func: number | null) {
    super('function-menu', { bubbles: true, composed: true });
  }
}
