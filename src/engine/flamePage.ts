import type { CallTree } from '../analysis/callTree';
import type { Profile } from '../profile/profile';
import { shorten } from './shorten';
import { widestFrames } from './widestFrames';

/** More frames than this make the page's SVG slow: the widest are kept. */
const MOST_FRAMES = 6000;
/** Deeper than this, JSON and the drawing library would recurse too far. */
const DEEPEST = 400;

interface PageFrame {
  name: string;
  value: number;
  children: PageFrame[];
}

/**
 * A stand-alone HTML page with a left-heavy flame graph: script and data inline, no network.
 * @param script the built `flamePage.js` (webview/flamePage).
 * @param unit of the tree's values.
 */
export function writeFlamePage(profile: Profile, tree: CallTree, unit: string, title: string, script: string): string {
  const { root, left } = frameTree(profile, tree);
  const omitted = left === 0 ? '' : ` · ${left.toLocaleString('en-US')} of the narrowest frames are left out`;
  // "<" would let a name end the script element; as an escape it is the same JSON.
  const data = JSON.stringify({ unit, root }).replaceAll('<', '\\u003c');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 13px system-ui, sans-serif; margin: 16px; }
  header { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; margin-bottom: 8px; }
  h1 { font-size: 15px; margin: 0; flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  #details { min-height: 1.6em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .d3-flame-graph rect { stroke: Canvas; fill-opacity: .9; cursor: pointer; }
  .d3-flame-graph-label { font: 12px/1.5 system-ui, sans-serif; color: #1b1512; margin: 0 4px; overflow: hidden;
    text-overflow: ellipsis; white-space: nowrap; pointer-events: none; }
  .d3-flame-graph .fade { opacity: .5; }
  footer { opacity: .7; margin-top: 8px; }
</style>
</head>
<body>
<header>
  <h1>${escapeHtml(title)}</h1>
  <label>Search <input id="search" type="search" placeholder="function ( / )"></label>
  <span id="matched" role="status"></span>
  <button id="reset" type="button">Reset zoom</button>
</header>
<div id="details" role="status"></div>
<div id="chart"></div>
<footer>Written by Emberline${omitted}. Click a frame to zoom, Esc to reset.</footer>
<script type="application/json" id="data">${data}</script>
<script>${script.replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`;
}

function frameTree(profile: Profile, tree: CallTree): { root: PageFrame; left: number } {
  const { keep, omitted } = widestFrames(tree, MOST_FRAMES, DEEPEST);
  const root: PageFrame = { name: 'all', value: tree.extent, children: [] };
  const frames: (PageFrame | null)[] = [];
  for (let node = 0; node < tree.length; node++) {
    const above = tree.parent[node] < 0 ? root : frames[tree.parent[node]];
    if (above === null || keep[node] === 0) {
      frames.push(null);
      continue;
    }
    const name = shorten(profile.strings[profile.functions.name[tree.func[node]]]);
    const frame: PageFrame = { name, value: tree.width[node], children: [] };
    above.children.push(frame);
    frames.push(frame);
  }
  return { root, left: omitted };
}

function escapeHtml(text: string): string {
  return shorten(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
