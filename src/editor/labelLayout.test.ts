import { describe, expect, it } from 'vitest';
import { displayWidth } from './displayWidth';
import type { LabelField } from './heatLabel';
import { columnLimit, columnsInSight, labelBlocks, labelsAtLineEnds, labelsInColumn } from './labelLayout';

const self = (value: string): LabelField => ({ value, word: 'self' });
const total = (value: string): LabelField => ({ value, word: 'total' });
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('displayWidth', () => {
  it('counts tabs by their stops', () => {
    expect(displayWidth('\tx', 4)).toBe(5);
    expect(displayWidth('ab\tx', 4)).toBe(5);
    expect(displayWidth('\t\tx', 8)).toBe(17);
    expect(displayWidth('\tx', 0)).toBe(2);
  });

  it('counts wide characters twice, combining ones not', () => {
    expect(displayWidth('naïve', 4)).toBe(5);
    expect(displayWidth('nai\u0308ve', 4)).toBe(5);
    expect(displayWidth('変数 = 1', 4)).toBe(8);
    expect(displayWidth('🔥x', 4)).toBe(3);
  });

  it('stops counting in very long lines', () => {
    expect(displayWidth('x'.repeat(10_000_000), 4)).toBe(1000);
  });
});

describe('labelBlocks', () => {
  it('parts lines that stand far apart', () => {
    const lines = [1, 2, 9, 40, 41].map((line) => ({ line }));
    expect(labelBlocks(lines)).toEqual([0, 3]);
    expect(labelBlocks([])).toEqual([]);
  });

  it('bounds a block', () => {
    expect(labelBlocks(Array.from({ length: 250 }, (_, line) => ({ line })))).toEqual([0, 100, 200]);
  });
});

describe('labels', () => {
  const block = [
    { line: 0, width: 10, fields: [null, total('98.4%')] },
    { line: 1, width: 21, fields: [self('<0.1%'), total('4.0%')] },
    { line: 2, width: 14, fields: [self('97.5%'), total('100.0%')] },
    { line: 3, width: 4, fields: [self('2.0%'), null] },
  ];

  it('stand in one column with their numbers below each other', () => {
    const placed = labelsInColumn(block, 80);
    expect(placed.map(({ gap }, i) => gap + block[i]!.width)).toEqual([24, 24, 24, 24]);
    expect(placed.map(({ text }) => plain(text))).toEqual([
      '              98.4% total',
      '<0.1% self ·   4.0% total',
      '97.5% self · 100.0% total',
      ' 2.0% self',
    ]);
    // Ordinary blanks would be joined, and break lines.
    expect(placed.some(({ text }) => text.includes(' '))).toBe(false);
  });

  it('have dots between neighbours only', () => {
    const changed = [
      { line: 0, width: 10, fields: [{ value: '▲ 4.1 pp', word: '' }, null, total('98.4%')] },
      { line: 1, width: 10, fields: [{ value: '≈', word: '' }, self('1.0%'), total('2.0%')] },
    ];
    expect(labelsInColumn(changed, 80).map(({ text }) => plain(text))).toEqual([
      '▲ 4.1 pp               98.4% total',
      '       ≈ · 1.0% self ·  2.0% total',
    ]);
  });

  it('of lines longer than the column stand behind them, and move no other', () => {
    const placed = labelsInColumn([...block, { line: 4, width: 79, fields: [null, total('50.0%')] }], 80);
    expect(placed.at(-1)).toEqual({ line: 4, text: '50.0% total', gap: 3 });
    expect(placed.slice(0, 4)).toEqual(labelsInColumn(block, 80));
  });

  it('keep their column while one types at the end of the longest line', () => {
    const columnOf = (width: number): number =>
      labelsInColumn([{ line: 0, width, fields: [self('1.0%')] }], 80)[0]!.gap + width;
    expect([20, 21, 22, 23].map(columnOf)).toEqual([24, 24, 28, 28]);
  });

  it('stand nearer where they are wide, so that the widest ends in sight', () => {
    const ends = (lines: typeof block, inSight: number): number[] =>
      labelsInColumn(lines, columnLimit(lines, inSight)).map(({ text, gap }, i) => lines[i]!.width + gap + text.length);
    const long = [...block, { line: 4, width: 70, fields: [self('1.0%'), total('2.0%')] }];
    expect(columnLimit(long, 98)).toBe(98 - '97.5% self · 100.0% total'.length);
    expect(Math.max(...ends(long, 98))).toBe(98);
    const change = { value: '▼ 31.7 pp', word: '' };
    const changed = long.map((each) => ({ ...each, fields: [change, ...each.fields] }));
    expect(columnLimit(changed, 98)).toBe(98 - '▼ 31.7 pp · 97.5% self · 100.0% total'.length);
    // The line of 70 columns keeps its label behind itself; all others end in sight.
    expect(Math.max(...ends(changed.slice(0, 4), 98))).toBeLessThanOrEqual(98);
    expect(labelsInColumn(changed, columnLimit(changed, 98)).at(-1)).toMatchObject({ gap: 3 });
  });

  it('stand nearer where several editors are side by side', () => {
    expect([0, 1, 2, 3, 9].map((editors) => columnsInSight(editors, 14))).toEqual([98, 98, 44, 26, 2]);
    expect(columnLimit(block, columnsInSight(2, 14))).toBe(19);
    // No column leaves them in sight: each stands right behind its line.
    expect(columnLimit(block, columnsInSight(9, 14))).toBe(0);
    expect(labelsInColumn(block, 0)).toEqual(labelsAtLineEnds(block));
  });

  it('stand further off in a small font, nearer in a large one', () => {
    expect([12, 14, 20, 100].map((size) => columnsInSight(1, size))).toEqual([115, 98, 65, 5]);
    expect(columnsInSight(2, 12)).toBe(53);
  });

  it('name a change of the other metric beside those of the metric itself', () => {
    const changed = [
      { line: 0, width: 10, fields: [{ value: '▲ 4.1 pp', word: 'total' }, null, total('98.4%')] },
      { line: 1, width: 10, fields: [{ value: '▼ 21.7 pp', word: '' }, self('1.0%'), total('2.0%')] },
    ];
    expect(labelsInColumn(changed, 80).map(({ text }) => plain(text))).toEqual([
      ' ▲ 4.1 pp total               98.4% total',
      '▼ 21.7 pp         1.0% self ·  2.0% total',
    ]);
  });

  it('can stand right behind their lines', () => {
    expect(labelsAtLineEnds(block)[1]).toEqual({ line: 1, text: '<0.1% self · 4.0% total', gap: 3 });
    expect(labelsAtLineEnds(block)[3]!.text).toBe('2.0% self');
  });
});
