import { describe, expect, test } from 'vitest';
import type { LineDetails } from '../engine/lineApi';
import { type HotLine, type HotLines, noHotLines } from './hotLines';
import { confidenceText, type HoverContext, hoverText, vanishedText } from './hoverText';
import { busiestStretch, timelineImage, timelineText } from './timelineImage';

const line: HotLine = {
  line: 3,
  self: 20,
  total: 30,
  samples: 30,
  recorded: [{ file: 1, line: 4 }],
  baseline: null,
  functionTotal: null,
  stale: false,
};
const hot: HotLines = { ...noHotLines, lines: [line], viewTotal: 200, viewSamples: 200, unit: 'count' };

const neighbour = { func: 7, file: '/srv/a.ts', line: 9, value: 10, inlined: false };
const details: LineDetails = {
  self: 20,
  total: 30,
  samples: 30,
  selfSamples: 20,
  sampled: true,
  viewTotal: 200,
  viewSamples: 200,
  unit: 'count',
  type: 'samples',
  functions: [
    { func: 3, name: 'hash' },
    { func: 4, name: '' },
  ],
  callers: [{ ...neighbour, name: 'caller' }],
  callees: [{ ...neighbour, name: 'callee', inlined: true }],
  inlined: [
    {
      value: 12,
      frames: [
        { name: 'hash', file: 'h.c', line: 4 },
        { name: 'sum', file: '/src/s.c', line: 8 },
        { name: 'main', file: '/src/m.c', line: 2 },
      ],
    },
  ],
  timeline: { from: 0, to: 4e9, line: [0, 0, 15, 15], all: [50, 50, 50, 50], ofFunction: false },
  splits: [
    {
      by: 'label:instance',
      values: [
        { value: 'a', total: 20 },
        { value: null, total: 10 },
      ],
      distinct: 3,
    },
  ],
};
const context: HoverContext = {
  line,
  hot,
  profile: 5,
  place: 'hot.ts:4',
  declared: true,
  movedFile: false,
  scope: 'thread: main',
  label: '40.0% self of function',
  theme: 'dark',
};

describe('the hover of a line', () => {
  const plain = (text: string): string => text.replaceAll('\\', '').replaceAll('&gt;', '>');

  test('says what matters first', () => {
    const text = plain(hoverText(details, context));
    const order = [
      '**10.0% self** 20 samples · **15.0% total** 30 samples · 30 of 200 samples',
      'Few samples',
      'Show in Flame Graph](command:emberline.showInFlameGraph?',
      'Callers and Callees](command:emberline.sandwich?',
      '40.0% self of function',
      'Only thread: main',
      'data:image/svg+xml;base64,',
      'nine tenths between 2 s and 4 s of 4 s',
      'In **hash**, **(anonymous)**',
      '6.0% **hash** inlined into [sum]',
      's.c:8 ← [main]',
      'Called by',
      '5.0% [caller]',
      'Calls',
      'a.ts:9 · inlined',
      'By instance: a **66.7%** · (none) **33.3%** · 1 more',
      'V8 records totals',
    ];
    let from = 0;
    for (const part of order) {
      const at = text.indexOf(part, from);
      expect(at, `${part} after ${text.slice(0, from)}`).toBeGreaterThanOrEqual(0);
      from = at;
    }
  });

  test('says where a line’s times are those of its function', () => {
    expect(hoverText(details, context)).not.toContain('is not recorded');
    const timeline = { ...details.timeline!, ofFunction: true };
    expect(plain(hoverText({ ...details, timeline }, context))).toContain(
      'nine tenths between 2 s and 4 s of 4 s, as its function ran: when each of its lines did is not recorded',
    );
  });

  test('a line that only calls has no time of its own to tell', () => {
    const caller = { ...details, self: 0, selfSamples: 0 };
    expect(plain(hoverText(caller, context))).toContain('**0% self** · **15.0% total** 30 samples');
  });

  test('links name the profile and its functions', () => {
    const text = hoverText(details, context);
    const [, query] = /command:emberline\.showInFlameGraph\?([^)]*)\)/.exec(text)!;
    expect(JSON.parse(decodeURIComponent(query!))).toEqual([{ profile: 5, functions: [3, 4], place: 'hot.ts:4' }]);
  });

  test('names of a profile are text only', () => {
    const evil = '](command:workbench.action.quit) <img src=x>';
    const text = hoverText({ ...details, functions: [{ func: 1, name: evil }], splits: [] }, context);
    expect(text).not.toContain('](command:workbench');
    expect(text).not.toContain('<img');
  });

  test('tells the change since the baseline, and of a line that is gone', () => {
    const baseline = {
      by: 'share',
      scale: 1,
      counted: true,
      viewTotal: 200,
      baseTotal: 200,
      viewSamples: 200,
      doubtful: false,
    } as const;
    const before = { self: 2, total: 30, samples: 30 };
    const changed = { ...context, line: { ...line, baseline: before }, hot: { ...hot, baseline } };
    expect(plain(hoverText(details, changed))).toContain(
      'Since the baseline: self **▲ 9.0 pp**, was 1.0% · total **unchanged**, was 15.0%',
    );
    const gone = {
      ...line,
      self: 0,
      total: 0,
      samples: 0,
      recorded: [],
      baseline: { self: 60, total: 60, samples: 60 },
    };
    expect(plain(vanishedText(gone, { ...hot, baseline }))).toMatch(/No samples[\s\S]*self \*\*vanished ▼ 30\.0 pp/);
    const rewritten = { ...changed, line: { ...changed.line, rewritten: true as const } };
    expect(plain(hoverText(details, rewritten))).toContain('in which this line had other code: self **▲ 9.0 pp**');
    const doubtful = { ...hot, baseline: { ...baseline, doubtful: true } };
    expect(hoverText(details, { ...changed, hot: doubtful })).toContain("changed after the baseline's recording");
  });

  test('says so where the line is not the one that was recorded', () => {
    expect(hoverText(details, { ...context, line: { ...line, stale: true } })).toContain('code of this line changed');
    expect(hoverText(details, { ...context, movedFile: true })).toContain('changed after the recording');
  });
});

describe('confidence', () => {
  test('is given in words below 100 samples', () => {
    const text = (more: Partial<LineDetails>): string => confidenceText({ ...details, ...more }).replaceAll('\\', '');
    expect(text({})).toContain('the total is between 10.7% and 20.6%, self between 6.6% and 14.9%');
    expect(text({ selfSamples: 30 })).toContain('self and total are between 10.7% and 20.6%');
    expect(text({ selfSamples: 0 })).not.toContain('self');
    expect(text({ samples: 100 })).toBe('');
    expect(text({ sampled: false })).toBe('');
    expect(text({ samples: 0, selfSamples: 0 })).toBe('');
  });
});

describe('the timeline', () => {
  const svgOf = (line: number[], all: number[]): string =>
    Buffer.from(timelineImage({ line, all }, 'light').split(',')[1]!, 'base64').toString();

  test('is a bar a bucket, and the line’s part of it', () => {
    const svg = svgOf([5, 0], [10, 5]);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="240" height="28">/);
    expect([...svg.matchAll(/height="(\d+)" fill="#b3b9c1"/g)].map(([, height]) => Number(height))).toEqual([
      26, 13, 1,
    ]);
    expect([...svg.matchAll(/height="(\d+)" fill="#c4450c"/g)].map(([, height]) => Number(height))).toEqual([13]);
    expect(svgOf([0], [0])).not.toContain('NaN');
  });

  test('is also there as text', () => {
    expect(timelineText({ line: [0, 1, 4, 8] })).toBe(' ▂▅█');
  });

  test('names the shortest stretch with nine tenths', () => {
    expect(busiestStretch([0, 0, 5, 5, 0, 0, 0, 0])).toEqual({ from: 0.25, to: 0.5 });
    expect(busiestStretch([1, 1, 1, 1])).toBeNull();
    expect(busiestStretch([0, 0])).toBeNull();
    expect(busiestStretch([0, 0, 0, 7])).toEqual({ from: 0.75, to: 1 });
  });
});
