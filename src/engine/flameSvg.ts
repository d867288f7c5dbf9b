import type { CallTree } from '../analysis/callTree';
import type { Profile } from '../profile/profile';
import { formatPercent, formatValue } from '../units/units';
import { shorten } from './shorten';
import { widestFrames } from './widestFrames';

/** More frames than this make viewers slow: the widest are kept. */
const MOST_FRAMES = 6000;
const DEEPEST = 400;
const MARGIN = 10;
const WIDTH = 1200;
const ROW = 18;
const TOP = 56;
/** Of a character in the 12 px monospaced face, about; a text is cut where it would not fit. */
const CHARACTER = 7.25;

export interface FlameSvgTexts {
  readonly title: string;
  /** Of the values: `samples`, `inuse_space`. */
  readonly sampleType: string;
  readonly unit: string;
}

/**
 * A stand-alone SVG of a left-heavy flame graph, roots on top: a title for each frame, a click zooms where the viewer
 * runs scripts. Nothing is loaded from anywhere.
 */
export function writeFlameSvg(profile: Profile, tree: CallTree, texts: FlameSvgTexts): string {
  const { keep, omitted } = widestFrames(tree, MOST_FRAMES, DEEPEST);
  const scale = tree.extent > 0 ? WIDTH / tree.extent : 0;
  const whole = { x: 0, width: WIDTH, row: 0, name: 'all', value: tree.extent };
  const frames = [frameElement(whole, texts.unit, tree.extent)];
  let rows = 1;
  for (let node = 0; node < tree.length; node++) {
    if (keep[node] === 0) continue;
    const name = shorten(profile.strings[profile.functions.name[tree.func[node]]]);
    const row = tree.depth[node] + 1;
    rows = Math.max(rows, row + 1);
    const box = { x: tree.start[node] * scale, width: tree.width[node] * scale, row, name, value: tree.total[node] };
    frames.push(frameElement(box, texts.unit, tree.extent));
  }
  const height = TOP + rows * ROW + 24;
  const left = omitted === 0 ? '' : ` · ${omitted.toLocaleString('en-US')} of the narrowest frames left out`;
  const about = `${texts.sampleType} · ${formatValue(tree.extent, texts.unit)}${left}`;
  return `<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH + 2 * MARGIN} ${height}" width="100%" role="img">
<style>
  svg { background: #fff; font: 12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
  .h { font: 600 15px system-ui, sans-serif; fill: #1b1512; }
  .s { font: 12px system-ui, sans-serif; fill: #5b524b; }
  .f rect { stroke: #fff; stroke-width: .6; cursor: pointer; }
  .f text { fill: #1b1512; pointer-events: none; white-space: pre; }
  .f:hover rect { stroke: #1b1512; stroke-width: 1; }
  .above rect { opacity: .5; }
  @media (prefers-color-scheme: dark) {
    svg { background: #1e1e1e; }
    .h { fill: #f3ece6; }
    .s { fill: #b9aea5; }
    .f rect { stroke: #1e1e1e; }
    .f:hover rect { stroke: #fff; }
  }
</style>
<text class="h" x="${MARGIN}" y="24">${escapeXml(shorten(texts.title))}</text>
<text class="s" x="${MARGIN}" y="42">${escapeXml(about)}</text>
<g id="frames" transform="translate(${MARGIN} ${TOP})">
${frames.join('\n')}
</g>
<text class="s" x="${MARGIN}" y="${height - 8}">Written by Emberline. Click a frame to zoom, the topmost to go back.</text>
<script><![CDATA[${ZOOM}]]></script>
</svg>
`;
}

interface Box {
  readonly x: number;
  readonly width: number;
  readonly row: number;
  readonly name: string;
  readonly value: number;
}

function frameElement({ x, width, row, name, value }: Box, unit: string, whole: number): string {
  const title = `${name}\n${formatValue(value, unit)} · ${formatPercent(value, whole)}`;
  const y = row * ROW;
  const text = labelFor(name, width);
  const label = text === '' ? '<text/>' : `<text x="${round(x + 3)}" y="${y + 13}">${escapeXml(text)}</text>`;
  const rect = `<rect x="${round(x)}" y="${y}" width="${round(width)}" height="${ROW}" fill="${colorOf(name, row)}"/>`;
  return `<g class="f"><title>${escapeXml(title)}</title>${rect}${label}</g>`;
}

/** As much of a name as fits, with its end cut; '' where not even three characters do. */
function labelFor(name: string, width: number): string {
  const room = Math.floor((width - 6) / CHARACTER);
  const characters = [...name];
  if (characters.length <= room) return name;
  return room < 3 ? '' : `${characters.slice(0, room - 1).join('')}…`;
}

/** Warm, the same for a name everywhere. */
function colorOf(name: string, row: number): string {
  if (row === 0) return '#d9d2cc';
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash = (hash ^ (hash >>> 15)) >>> 0;
  return `hsl(${12 + (hash % 36)} ${72 + ((hash >>> 8) % 18)}% ${60 + ((hash >>> 16) % 14)}%)`;
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Also without the characters that no XML may hold (XML 1.0, section 2.2). */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Runs in the picture: widens a frame to the whole picture, and what is above it. */
const ZOOM = `
(function () {
  var width = ${WIDTH}, character = ${CHARACTER};
  var all = Array.prototype.map.call(document.querySelectorAll('#frames > .f'), function (group) {
    var rect = group.querySelector('rect');
    return {
      group: group, rect: rect, text: group.querySelector('text'),
      name: group.querySelector('title').textContent.split('\\n')[0],
      x: +rect.getAttribute('x'), w: +rect.getAttribute('width'), y: +rect.getAttribute('y')
    };
  });
  function zoom(target) {
    all.forEach(function (frame) {
      var from = (frame.x - target.x) / target.w * width;
      var to = from + frame.w / target.w * width;
      var above = frame.y < target.y;
      var shown = to > 0.05 && from < width - 0.05 && (!above || (from <= 0.05 && to >= width - 0.05));
      frame.group.style.display = shown ? '' : 'none';
      frame.group.classList.toggle('above', above);
      if (!shown) return;
      from = Math.max(0, from);
      to = Math.min(width, to);
      frame.rect.setAttribute('x', from);
      frame.rect.setAttribute('width', Math.max(0, to - from));
      var room = Math.floor((to - from - 6) / character), letters = Array.from(frame.name);
      frame.text.textContent = letters.length <= room ? frame.name : room < 3 ? '' : letters.slice(0, room - 1).join('') + '…';
      frame.text.setAttribute('x', from + 3);
      frame.text.setAttribute('y', frame.y + 13);
    });
  }
  all.forEach(function (frame) { frame.group.addEventListener('click', function () { zoom(frame); }); });
  document.addEventListener('keydown', function (event) { if (event.key === 'Escape') zoom(all[0]); });
})();
`;
