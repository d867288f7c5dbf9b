import type { LineTimeline } from '../engine/lineApi';

/** In CSS pixels. */
const width = 240;
const height = 28;

/**
 * Both read well on the hover's background, which a picture cannot know more about than whether it is light: what the
 * line cost, and what all samples did.
 */
const colours = {
  dark: { line: '#f0883e', all: '#6e7681' },
  light: { line: '#c4450c', all: '#b3b9c1' },
} as const;

/** When a line ran: its part of each moment's samples, as an SVG picture in a `data:` address. */
export function timelineImage({ line, all }: Pick<LineTimeline, 'line' | 'all'>, theme: keyof typeof colours): string {
  const most = Math.max(...all, ...line);
  const bar = width / all.length;
  const rect = (i: number, value: number, colour: string): string => {
    const part = most > 0 ? Math.max(0, value) / most : 0;
    const tall = part === 0 ? 0 : Math.max(1, Math.round(part * (height - 2)));
    const x = (i * bar).toFixed(1);
    return tall === 0
      ? ''
      : `<rect x="${x}" y="${height - 1 - tall}" width="${(bar - 1).toFixed(1)}" height="${tall}" fill="${colour}"/>`;
  };
  const { line: lineColour, all: allColour } = colours[theme];
  const rects = all.map((value, i) => rect(i, value, allColour) + rect(i, line[i] ?? 0, lineColour));
  const base = `<rect x="0" y="${height - 1}" width="${width}" height="1" fill="${allColour}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${rects.join('')}${base}</svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

const blocks = '▁▂▃▄▅▆▇█';

/** The same in characters, for those who do not see the picture: a block a bucket, a space where the line did not run. */
export function timelineText({ line }: Pick<LineTimeline, 'line'>): string {
  const most = Math.max(...line);
  return line.map((value) => (value > 0 ? blocks[Math.min(7, Math.floor((value / most) * 8))] : ' ')).join('');
}

/**
 * Where in the time a line ran, in a few words: `all the time`, `most of it 1.2–1.5 s`. The shortest stretch of buckets
 * with nine tenths of the line.
 *
 * @returns `from` and `to` as shares of the whole time; null where the stretch is most of it
 */
export function busiestStretch(line: readonly number[]): { from: number; to: number } | null {
  const total = line.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) {
    return null;
  }
  let best = { from: 0, to: line.length };
  let sum = 0;
  for (let from = 0, to = 0; from < line.length; sum -= line[from++]!) {
    while (to < line.length && sum < 0.9 * total) {
      sum += line[to++]!;
    }
    // Sums of fractions that were added and taken away again.
    if (sum < 0.9 * total - 1e-9 * total) {
      break;
    }
    if (to - from < best.to - best.from) {
      best = { from, to };
    }
  }
  return best.to - best.from > 0.7 * line.length ? null : { from: best.from / line.length, to: best.to / line.length };
}
