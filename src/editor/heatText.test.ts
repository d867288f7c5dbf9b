import { describe, expect, it } from 'vitest';
import type { FileLines } from '../engine/lineApi';
import { heatLabel } from './heatLabel';
import { heatStep, heatSteps } from './heatScale';
import { hotLinesOf, nextHotLine, rankOf } from './hotLines';
import { LineMap } from './lineMap';
import { commandLink, markdownText } from './markdownText';

describe('heatStep', () => {
  it('rises from 1 to 5 with the share', () => {
    expect([0, 1e-9, 0.0099, 0.01, 0.03, 0.1, 0.25, 1].map((share) => heatStep(share))).toEqual([
      0, 1, 1, 2, 3, 4, 5, 5,
    ]);
    expect(heatStep(-0.5)).toBe(heatSteps);
    expect(heatStep(Number.NaN)).toBe(0);
  });
});

describe('labels', () => {
  it('are quantised to a tenth of a per cent', () => {
    expect(heatLabel(0.1234, 0.4561)).toBe('12.3% self · 45.6% total');
    expect(heatLabel(0, 1)).toBe('100.0% total');
    expect(heatLabel(0.00001, 0.5)).toBe('<0.1% self · 50.0% total');
    expect(heatLabel(-0.00001, 0)).toBe('>-0.1% self');
  });

  it('come from a bounded set, whatever the values', () => {
    const texts = new Set(Array.from({ length: 100_000 }, (_, i) => heatLabel(i / 100_000, 0)));
    expect(texts.size).toBeLessThanOrEqual(1002);
  });
});

function fileLines(file: number, rows: [line: number, self: number, total: number][]): FileLines {
  return {
    file,
    viewTotal: 100,
    viewSamples: 100,
    unit: 'count',
    line: Int32Array.from(rows.map((row) => row[0])),
    self: Float64Array.from(rows.map((row) => row[1])),
    total: Float64Array.from(rows.map((row) => row[2])),
    samples: Float64Array.from(rows.map((row) => row[2])),
  };
}

describe('hotLinesOf', () => {
  it('moves lines with the map, drops deleted ones and those below the threshold', () => {
    const map = LineMap.identity.apply({
      startLine: 1,
      endLine: 2,
      insertedBreaks: 0,
      headStays: false,
      tailStays: true,
    });
    const { lines } = hotLinesOf(
      [
        fileLines(7, [
          [1, 5, 50],
          [2, 10, 10],
          [3, 20, 20],
          [9, 0, 0.01],
        ]),
      ],
      map,
      0.001,
      100,
    );
    expect(lines).toMatchObject([
      { line: 0, self: 5, total: 50, recorded: [{ file: 7, line: 1 }] },
      { line: 1, self: 20, total: 20, recorded: [{ file: 7, line: 3 }] },
    ]);
  });

  it('adds up the files that one document stands for, never beyond all', () => {
    const files = [fileLines(1, [[1, 30, 80]]), fileLines(2, [[1, 20, 80]])];
    const { lines } = hotLinesOf(files, LineMap.identity, 0, 10);
    expect(lines).toMatchObject([
      {
        line: 0,
        self: 50,
        total: 100,
        recorded: [
          { file: 1, line: 1 },
          { file: 2, line: 1 },
        ],
      },
    ]);
  });

  it('ignores lines that the document does not have', () => {
    expect(
      hotLinesOf(
        [
          fileLines(1, [
            [0, 1, 1],
            [11, 1, 1],
          ]),
        ],
        LineMap.identity,
        0,
        10,
      ).lines,
    ).toEqual([]);
  });
});

describe('navigation', () => {
  const { lines } = hotLinesOf(
    [
      fileLines(1, [
        [3, 9, 9],
        [5, 20, 30],
        [8, 1, 90],
      ]),
    ],
    LineMap.identity,
    0,
    10,
  );

  it('goes by position and wraps', () => {
    expect(nextHotLine(lines, 2, 1)?.line).toBe(4);
    expect(nextHotLine(lines, 7, 1)?.line).toBe(2);
    expect(nextHotLine(lines, 2, -1)?.line).toBe(7);
    expect(nextHotLine(lines, 7, -1)?.line).toBe(4);
    expect(nextHotLine([], 1, 1)).toBeNull();
  });

  it('ranks by the metric', () => {
    expect(lines.map((line) => rankOf(lines, line, 'self'))).toEqual([2, 1, 3]);
    expect(lines.map((line) => rankOf(lines, line, 'total'))).toEqual([3, 2, 1]);
  });
});

describe('markdown', () => {
  it('shows names as text', () => {
    expect(markdownText('[x](command:quit)')).toBe('\\[x\\]\\(command\\:quit\\)');
    expect(markdownText('</script><img src=x>')).not.toMatch(/[<>]/);
    expect(markdownText('a\nb\u2028c')).toBe('a b c');
    expect(markdownText('x'.repeat(10_000_000)).length).toBe(120);
  });

  it('encodes link arguments', () => {
    const link = commandLink('emberline.openLocation', { file: "a) '(b", line: 1 });
    expect(link).not.toMatch(/[() ']/);
    expect(JSON.parse(decodeURIComponent(link.split('?')[1]!))).toEqual([{ file: "a) '(b", line: 1 }]);
  });
});
