import { describe, expect, it } from 'vitest';
import type { ProfileSummary } from '../engine/engineApi';
import { type DisplayFacts, displayProblem, fitDisplay, type HeatDisplay, heatDisplays } from './heatDisplay';
import { gaugeOf, gaugeUri } from './heatGauge';
import { fieldsText, labelFields } from './heatLabel';
import type { HeatLook } from './heatLook';
import { lookOf, lookSections, referenceWords } from './heatLookText';
import { referenceProblem, referenceThread, referenceView, wholeOf } from './heatReference';
import { boundsOf, defaultBounds, heatStepsOf, rulerMarks } from './heatScale';
import { type HotLine, type HotLines, noHotLines } from './hotLines';

const line: HotLine = {
  line: 3,
  self: 250e6,
  total: 1e9,
  samples: 1234,
  recorded: [],
  baseline: null,
  functionTotal: 2e9,
  stale: false,
};
const hot: HotLines = {
  ...noHotLines,
  lines: [line],
  viewTotal: 4e9,
  viewSamples: 5000,
  fileTotal: 2.5e9,
  unit: 'nanoseconds',
};
const cpu: DisplayFacts = { sampleType: { type: 'cpu', unit: 'nanoseconds' }, durationMs: 2000, compared: false };
const heap: DisplayFacts = { sampleType: { type: 'inuse_space', unit: 'bytes' }, durationMs: 2000, compared: false };

const label = (display: HeatDisplay, of: HotLine = line, all: HotLines = hot): string =>
  fieldsText(labelFields(of, all, all.viewTotal, { display, metric: 'self', durationMs: 2000 }));

describe('labels', () => {
  it('tell what is chosen', () => {
    expect(heatDisplays.map((display) => label(display))).toEqual([
      '6.3% self · 25.0% total',
      '6.3% self',
      '25.0% total',
      '1,234 samples',
      '250 ms self · 1 s total',
      '250 ms self · 1 s total',
      '125 ms/s self · 500 ms/s total',
      '',
    ]);
    expect(label('samples', { ...line, samples: 1 })).toBe('1 sample');
    const bytes = { ...hot, unit: 'bytes' };
    expect(label('bytes', { ...line, self: 0, total: 3 * 2 ** 20 }, bytes)).toBe('3 MiB total');
    expect(label('rate', { ...line, self: 2 ** 20, total: 2 ** 21 }, bytes)).toBe('512 KiB/s self · 1 MiB/s total');
    expect(label('rate', { ...line, self: 10, total: 40 }, { ...hot, unit: 'count' })).toBe('5/s self · 20/s total');
  });

  it('tell the change beside the shares, or alone', () => {
    const baseline = {
      by: 'share',
      scale: 1,
      counted: true,
      viewTotal: 4e9,
      baseTotal: 4e9,
      viewSamples: 5000,
      doubtful: false,
    } as const;
    const compared = { ...hot, baseline };
    const grown = { ...line, baseline: { self: 50e6, total: 1e9, samples: 1234 } };
    expect(label('delta', grown, compared)).toBe('▲ 5.0 pp');
    expect(label('both', grown, compared)).toBe('▲ 5.0 pp · 6.3% self · 25.0% total');
    expect(label('time', grown, compared)).toBe('250 ms self · 1 s total');
    const fresh = { ...line, baseline: { self: 0, total: 0, samples: 0 } };
    expect(label('delta', fresh, compared)).toMatch(/^new ▲/);
    const gone = { ...line, self: 0, total: 0, samples: 0, baseline: { self: 1e9, total: 1e9, samples: 1250 } };
    expect(label('both', gone, compared)).toBe('vanished ▼ 25.0 pp');
  });

  it('come from a bounded set for a decade of values', () => {
    const texts = new Set(
      Array.from({ length: 20_000 }, (_, i) => label('time', { ...line, self: 0, total: 1e6 + i * 450 })),
    );
    expect(texts.size).toBeLessThanOrEqual(901);
  });
});

describe('displays', () => {
  it('fall back to shares where they do not fit, with the reason', () => {
    expect(displayProblem('time', cpu)).toBeNull();
    expect(displayProblem('bytes', cpu)).toBe("The profile's editor shows cpu, which is no size.");
    expect(displayProblem('time', heap)).toMatch(/inuse_space, which is no time/);
    expect(displayProblem('rate', heap)).toMatch(/at one moment/);
    expect(displayProblem('rate', { ...cpu, durationMs: null })).toMatch(/how long/);
    expect(displayProblem('delta', cpu)).toMatch(/no baseline/);
    expect(displayProblem('delta', { ...cpu, compared: true })).toBeNull();
    expect(fitDisplay('bytes', cpu)).toBe('both');
    expect(fitDisplay('rate', cpu)).toBe('rate');
  });
});

const summary = {
  threads: [
    { title: 'main', samples: 10 },
    { title: 'worker', samples: 90 },
    { title: 'idle', samples: 1 },
  ],
} as unknown as ProfileSummary;

describe('references', () => {
  const view = { sampleType: 0, thread: null };

  it('name what 100 % is', () => {
    expect(wholeOf('view', hot, line, 8e9)).toBe(4e9);
    expect(wholeOf('profile', hot, line, 8e9)).toBe(8e9);
    expect(wholeOf('file', hot, line, 8e9)).toBe(2.5e9);
    expect(wholeOf('function', hot, line, 8e9)).toBe(2e9);
    // Several functions on one line: no share beyond all.
    expect(wholeOf('function', hot, { ...line, functionTotal: 0.4e9 }, 8e9)).toBe(1e9);
    expect(wholeOf('function', hot, { ...line, functionTotal: null }, 8e9)).toBe(4e9);
  });

  it('take the chosen thread, else the busiest that the filter leaves', () => {
    expect(referenceThread(summary, view)).toBe(1);
    expect(referenceThread(summary, { ...view, thread: 2 })).toBe(2);
    expect(referenceThread(summary, { ...view, filter: [{ by: 'thread', values: ['main', 'idle'] }] })).toBe(0);
    expect(referenceView('thread', summary, view, null)).toEqual({ ...view, thread: 1 });
    expect(referenceView('function', summary, { ...view, splitBy: 'thread' }, null)).toEqual(view);
  });

  it('follow the chart while it is zoomed', () => {
    const selected = { ...view, within: { path: [3], times: null } };
    expect(referenceView('selection', summary, view, selected)).toBe(selected);
    expect(referenceView('selection', summary, view, null)).toEqual(view);
    expect(referenceProblem('selection', summary, false)).toBe('The chart is not zoomed.');
    expect(referenceProblem('selection', summary, true)).toBeNull();
  });
});

describe('scales', () => {
  const shares = [0.4, 0.2, 0.05, 0.01, 0, -0.4];

  it('divide shares into steps', () => {
    expect(heatStepsOf(shares, 'fixed')).toEqual([5, 4, 3, 2, 0, 5]);
    expect(heatStepsOf(shares, 'fixed', [0.1, 0.2, 0.3, 0.4])).toEqual([5, 3, 1, 1, 0, 5]);
    expect(heatStepsOf(shares, 'linear')).toEqual([5, 3, 1, 1, 0, 5]);
    expect(heatStepsOf(shares, 'sqrt')).toEqual([5, 4, 2, 1, 0, 5]);
    expect(heatStepsOf(shares, 'rank')).toEqual([5, 3, 2, 1, 0, 5]);
    expect(heatStepsOf([], 'linear')).toEqual([]);
    expect(heatStepsOf([Number.NaN], 'rank')).toEqual([0]);
  });

  it('mark every hot line in the ruler, or the hottest of each stretch of a long file', () => {
    const few = [3, 4, 9].map((at) => ({ line: at }));
    expect(rulerMarks(few, [1, 0, 2], 20)).toEqual([
      { line: 3, step: 1 },
      { line: 9, step: 2 },
    ]);
    const many = Array.from({ length: 10_000 }, (_, at) => ({ line: at }));
    const steps = many.map(({ line: at }) => (at === 5000 ? 5 : 1 + (at % 3)));
    const marks = rulerMarks(many, steps, 10_000);
    expect(marks.length).toBeLessThanOrEqual(600);
    expect(marks.filter(({ step }) => step === 5)).toEqual([{ line: 5000, step: 5 }]);
    expect(marks.every(({ step }) => step >= 3)).toBe(true);
  });

  it('take bounds that ascend, else the defaults', () => {
    expect(boundsOf([2, 5, 20, 50])).toEqual([0.02, 0.05, 0.2, 0.5]);
    for (const bad of [[1, 2, 3], [4, 3, 2, 1], [1, 2, 3, 'x'], [0, 1, 2, 3], null])
      expect(boundsOf(bad)).toBe(defaultBounds);
  });
});

describe('the choice of the look', () => {
  const look: HeatLook = {
    metric: 'self',
    display: 'both',
    reference: 'view',
    scale: 'fixed',
    bounds: defaultBounds,
    threshold: 0.001,
    labels: true,
    labelPosition: 'column',
    labelColumn: 80,
    background: true,
    gutter: true,
    overviewRuler: true,
  };
  const facts = { ...cpu, summary, view: { sampleType: 0, thread: null }, zoom: null };

  it('has one chosen in each section, and tells what does not fit', () => {
    const sections = lookSections(look, facts);
    expect(sections.map(({ choices }) => choices.filter(({ chosen }) => chosen).length)).toEqual([1, 1, 1, 1, 1]);
    const all = sections.flatMap(({ choices }) => choices);
    expect(all.filter(({ fits }) => !fits).map(({ value }) => value)).toEqual(['bytes', 'delta', 'selection']);
    expect(all.find(({ value }) => value === 'thread')?.description).toBe('worker');
    expect(all.find(({ value }) => value === 'fixed')?.description).toBe('from 1, 3, 10, 25 %');
  });

  it('brings labels back where one chooses what they tell', () => {
    expect(lookOf({ setting: 'display', value: 'time' })).toEqual({ display: 'time', labels: true });
    expect(lookOf({ setting: 'display', value: 'total' })).toEqual({ display: 'total', labels: true, metric: 'total' });
    expect(lookOf({ setting: 'metric', value: 'self' })).toEqual({ metric: 'self' });
    expect(lookOf({ setting: 'scale', value: 'rank' })).toEqual({ scale: 'rank' });
    const none = lookSections({ ...look, labels: false }, facts)[0]!.choices.filter(({ chosen }) => chosen);
    expect(none.map(({ label: text }) => text)).toEqual(['No Labels']);
  });

  it('is told in the status bar where 100 % is not what the profile shows', () => {
    expect(referenceWords(look, facts, null)).toBe('');
    expect(referenceWords({ ...look, reference: 'function' }, facts, null)).toBe('of function');
    expect(referenceWords({ ...look, reference: 'selection' }, facts, null)).toBe('');
    const zoom = { order: 'leftHeavy', node: 4, range: null } as const;
    expect(referenceWords({ ...look, reference: 'selection' }, { ...facts, zoom }, 'churn')).toBe('of churn');
  });
});

describe('gauges', () => {
  it('are as long as the share', () => {
    expect([0, 0.001, 0.25, 0.5, 1, 3, -1, Number.NaN].map(gaugeOf)).toEqual([2, 2, 4, 7, 14, 14, 14, 2]);
  });

  it('are images of one colour a step and theme', () => {
    const svg = (uri: string): string => atob(uri.slice('data:image/svg+xml;base64,'.length));
    expect(svg(gaugeUri('dark', 5, 7, false))).toContain('width="7"');
    expect(svg(gaugeUri('dark', 5, 7, true))).toContain('fill="none"');
    expect(new Set([1, 2, 3, 4, 5].map((step) => gaugeUri('light', step, 7, false))).size).toBe(5);
  });
});
