/** What the keyboard asks of the whole editor; the charts and the table have keys of their own. */
export type Shortcut =
  | 'search'
  | 'help'
  | 'escape'
  | 'nextMatch'
  | 'previousMatch'
  | 'filter'
  | 'split'
  | 'showEverything';

/** What a key means here; null where it means nothing, or is for a field that is typed in. */
export function shortcutOf(event: KeyboardEvent): Shortcut | null {
  const target = event.composedPath()[0];
  const typing = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (command && !event.altKey && key === 'f') return 'search';
  if (typing || command || event.altKey) return null;
  switch (key) {
    case '/':
      return 'search';
    case '?':
      return 'help';
    case 'escape':
      return 'escape';
    case 'f3':
    case 'n':
      return event.shiftKey ? 'previousMatch' : 'nextMatch';
    case 'f':
      return 'filter';
    case 'g':
      return 'split';
    case 'home':
      return 'showEverything';
    default:
      return null;
  }
}
