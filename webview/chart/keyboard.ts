/** What a key does in the chart. */
export type ChartAction =
  | 'parent'
  | 'child'
  | 'next'
  | 'previous'
  | 'zoom'
  | 'open'
  | 'reset'
  | 'zoomIn'
  | 'zoomOut'
  | 'panLeft'
  | 'panRight'
  | 'pageUp'
  | 'pageDown'
  | 'copy'
  | 'highlight'
  | 'sandwich';

const ACTIONS: Readonly<Record<string, ChartAction>> = {
  ArrowUp: 'parent',
  ArrowDown: 'child',
  ArrowRight: 'next',
  ArrowLeft: 'previous',
  Enter: 'zoom',
  ' ': 'open',
  Home: 'reset',
  w: 'zoomIn',
  '+': 'zoomIn',
  '=': 'zoomIn',
  s: 'zoomOut',
  '-': 'zoomOut',
  a: 'panLeft',
  d: 'panRight',
  h: 'highlight',
  c: 'sandwich',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
};

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** The action of a key press with the chart focused, or null: then the key is not ours. */
export function chartAction(press: KeyPress): ChartAction | null {
  const command = press.ctrlKey || press.metaKey;
  if (command && !press.altKey && press.key.toLowerCase() === 'c') return 'copy';
  if (command || press.altKey) return null;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  return Object.hasOwn(ACTIONS, key) ? ACTIONS[key]! : null;
}

export interface HelpSection {
  readonly title: string;
  /** Keys or gestures, and what they do. */
  readonly entries: readonly (readonly [readonly string[], string])[];
}

/** What the help overlay lists. */
export const HELP: readonly HelpSection[] = [
  {
    title: 'Frames',
    entries: [
      [['↑'], 'caller'],
      [['↓'], 'heaviest callee'],
      [['←', '→'], 'neighbour in the row'],
      [['Enter'], 'zoom into the focused frame'],
      [['Space'], 'open its source'],
      [['H'], 'highlight its function everywhere'],
      [['C'], 'callers and callees of its function (sandwich)'],
      [['Ctrl+C'], 'copy its name and place'],
    ],
  },
  {
    title: 'View',
    entries: [
      [['W', 'S'], 'zoom in, out (also + and −)'],
      [['A', 'D'], 'pan left, right'],
      [['Page Up', 'Page Down'], 'scroll the rows'],
      [['Esc'], 'clear the search, then one level out, then leave the sandwich'],
      [['Home'], 'show everything'],
    ],
  },
  {
    title: 'Search and filter',
    entries: [
      [['/'], 'search functions and files'],
      [['Enter', 'Shift+Enter'], 'next, previous match (in the chart: N, Shift+N)'],
      [['F'], 'filter by label, process or thread'],
      [['G'], 'split (group) by label, process or thread'],
      [['?'], 'this help'],
    ],
  },
  {
    title: 'Mouse',
    entries: [
      [['Wheel'], 'zoom at the pointer'],
      [['Drag'], 'pan'],
      [['Shift+Drag'], 'zoom to the selected range'],
      [['Shift+Wheel'], 'pan'],
      [['Alt+Wheel'], 'scroll the rows'],
      [['Click'], 'open the source'],
      [['Double-click'], 'zoom into the frame'],
      [['Drag in the overview'], 'zoom to a range, or move it'],
    ],
  },
];
