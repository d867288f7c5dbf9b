const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  .dropdown {
    max-width: var(--list-room) !important;
    min-width: var(--list-face) !important;
    width: max-content !important;
  }
`);

/**
 * To be called for events of a `vscode-single-select` that may open its list: the list gets as wide as its options,
 * up to the window's edge, where the element makes it as narrow as its closed face.
 */
export function listAsWideAsItsOptions(event: Event): void {
  const select = event.currentTarget as HTMLElement;
  const root = select.shadowRoot;
  if (root === null) return;
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const { left, width } = select.getBoundingClientRect();
  const room = document.documentElement.clientWidth - left - 8;
  select.style.setProperty('--list-face', `${Math.min(width, room)}px`);
  select.style.setProperty('--list-room', `${room}px`);
}
