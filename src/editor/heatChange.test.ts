import { describe, expect, it } from 'vitest';
import type { Comparison } from '../analysis/comparison';
import type { FileLines } from '../engine/lineApi';
import { changeText, lineChange, toldChange, toldWord } from './heatChange';
import { type HotLines, hotLinesOf } from './hotLines';
import { LineMap } from './lineMap';

type Row = readonly [line: number, self: number, total: number];

function lines(viewTotal: number, rows: readonly Row[]): FileLines {
  return {
    file: 1,
    viewTotal,
    viewSamples: viewTotal,
    unit: 'count',
    line: Int32Array.from(rows, ([line]) => line),
    self: Float64Array.from(rows, ([, self]) => self),
    total: Float64Array.from(rows, ([, , total]) => total),
    samples: Float64Array.from(rows, ([, , total]) => total),
  };
}

const byShare: Comparison = {
  kind: 'comparison',
  view: { sampleType: 0, thread: null },
  by: 'share',
  scale: 1,
  counted: true,
  notes: [],
};

function compare(
  now: FileLines,
  before: FileLines,
  comparison: Partial<Comparison> = {},
  map = LineMap.identity,
): HotLines {
  const compared = { files: [before], totals: before, map, comparison: { ...byShare, ...comparison } };
  return hotLinesOf([now], LineMap.identity, 0.001, 100, now, compared);
}

function texts(hot: HotLines): [number, string][] {
  return hot.lines.map((line) => [line.line + 1, changeText(lineChange(line, hot, 'total')!, hot)]);
}

describe('lines with a baseline', () => {
  const now = lines(10_000, [
    [1, 0, 10_000],
    [2, 3000, 3000],
    [3, 2010, 2010],
    [5, 500, 500],
  ]);
  const before = lines(20_000, [
    [1, 0, 20_000],
    [2, 2000, 2000],
    [3, 4000, 4000],
    [4, 8000, 8000],
  ]);

  it('say by how many points of share they changed, what is new, gone or noise', () => {
    expect(texts(compare(now, before))).toEqual([
      [1, '≈'],
      [2, '▲ 20.0 pp'],
      [3, '≈'],
      [4, 'vanished ▼ 40.0 pp'],
      [5, 'new ▲ 5.0 pp'],
    ]);
  });

  it('have the baseline at the place where its lines are now', () => {
    const map = LineMap.of({ current: Int32Array.of(1, 2, 3), changed: new Uint8Array(3) });
    const hot = compare(lines(100, [[2, 50, 50]]), lines(100, [[1, 10, 10]]), {}, map);
    expect(hot.lines).toEqual([
      {
        line: 1,
        self: 50,
        total: 50,
        samples: 50,
        recorded: [{ file: 1, line: 2 }],
        functionTotal: null,
        stale: false,
        baseline: { self: 10, total: 10, samples: 10 },
      },
    ]);
  });

  it('where another function stands in the place of a deleted one, are new; not where it was only renamed', () => {
    const map = LineMap.of({ current: Int32Array.of(0, 1, 2, 3, 4), changed: Uint8Array.of(1, 1, 1, 0, 1) });
    const rows: Row[] = [1, 2, 3, 4, 5].map((line) => [line, 2000, 2000]);
    // Line 1: the same function, edited. Line 2: another one. Lines 3 to 5: one that has another name now.
    const before = { ...lines(10_000, rows), functions: Uint32Array.of(1, 2, 4, 4, 4) };
    const after = { ...lines(10_000, rows), functions: Uint32Array.of(1, 3, 5, 5, 5) };
    expect(texts(compare(after, before, {}, map))).toEqual([
      [1, '≈'],
      [2, 'new ▲ 20.0 pp'],
      [3, '≈'],
      [4, '≈'],
      [5, '≈'],
    ]);
    // Lines 1, 3 and 5 had other code in the baseline; line 2 has nothing of it.
    expect(compare(after, before, {}, map).lines.map(({ rewritten = false }) => rewritten)).toEqual([
      ...[true, false, true],
      ...[false, true],
    ]);
  });

  it('by rate: twice the time does not make a line slower', () => {
    const hot = compare(
      lines(2000, [
        [1, 1000, 1000],
        [2, 1000, 1000],
      ]),
      lines(800, [
        [1, 500, 500],
        [2, 300, 300],
      ]),
      { by: 'rate', scale: 2 },
    );
    expect(texts(hot)).toEqual([
      [1, '≈'],
      [2, '▲ 20.0 pp'],
    ]);
    expect(hot.lines[0]?.baseline).toEqual({ self: 1000, total: 1000, samples: 500 });
  });

  it('states: in their unit', () => {
    const mebibytes = (rows: readonly Row[]): FileLines => {
      const of = lines(100, rows);
      const scale = (values: Float64Array): Float64Array => values.map((value) => value * 2 ** 20);
      return { ...of, viewTotal: 100 * 2 ** 20, unit: 'bytes', self: scale(of.self), total: scale(of.total) };
    };
    expect(texts(compare(mebibytes([[1, 60, 60]]), mebibytes([[1, 40, 40]]), { by: 'value', counted: false }))).toEqual(
      [[1, '▲ 20 MiB']],
    );
  });

  it('without the file in the profile, all vanished; without it in the baseline, all new', () => {
    const totals = { viewTotal: 1000, viewSamples: 1000, unit: 'count' };
    const compared = { files: [lines(1000, [[1, 500, 500]])], totals, map: LineMap.identity, comparison: byShare };
    const gone = hotLinesOf([], LineMap.identity, 0, 10, totals, compared);
    expect(texts(gone)).toEqual([[1, 'vanished ▼ 50.0 pp']]);
    expect(gone.lines[0]).toMatchObject({ self: 0, total: 0, recorded: [] });
    const fresh = hotLinesOf(compared.files, LineMap.identity, 0, 10, totals, { ...compared, files: [] });
    expect(texts(fresh)).toEqual([[1, 'new ▲ 50.0 pp']]);
  });

  it('texts come from a bounded set', () => {
    const all = new Set<string>();
    for (let i = 1; i <= 20_000; i++) {
      const hot = compare(lines(1e6, [[1, 1, i * 50]]), lines(1e6, [[1, 1, 1e6 - i * 50]]));
      all.add(texts(hot)[0]![1]);
    }
    expect(all.size).toBeLessThan(2005);
  });

  describe('told of a line', () => {
    // Of 10 000 samples each: self and total now, self and total before.
    const told = (now: [number, number], before: [number, number], metric: 'self' | 'total'): string | null => {
      const hot = compare(lines(10_000, [[1, ...now]]), lines(10_000, [[1, ...before]]));
      const change = toldChange(hot.lines[0]!, hot, metric);
      return change === null ? null : `${changeText(change, hot)} ${toldWord(change)}`.trimEnd();
    };

    it("are the metric's own", () => {
      expect(told([2170, 4390], [4340, 7560], 'self')).toBe('▼ 21.7 pp');
      expect(told([2170, 4390], [4340, 7560], 'total')).toBe('▼ 31.7 pp');
      expect(told([1000, 1000], [0, 0], 'self')).toBe('new ▲ 10.0 pp');
    });

    it('else of the other one, which is named', () => {
      // May be chance.
      expect(told([30, 3530], [25, 480], 'self')).toBe('▲ 30.5 pp total');
      // None, and none before.
      expect(told([0, 4390], [0, 7560], 'self')).toBe('▼ 31.7 pp total');
      // Unchanged.
      expect(told([2000, 5000], [1000, 5000], 'total')).toBe('▲ 10.0 pp self');
      expect(told([0, 1000], [0, 0], 'self')).toBe('new ▲ 10.0 pp total');
    });

    it('may be chance only where both may be, or one while the other did not change', () => {
      expect(told([30, 510], [25, 480], 'self')).toBe('≈');
      expect(told([30, 480], [25, 480], 'total')).toBe('≈');
      expect(told([0, 510], [0, 480], 'self')).toBe('≈');
    });

    it('are nothing where nothing changed', () => {
      expect(told([30, 480], [30, 480], 'self')).toBeNull();
      expect(told([0, 480], [0, 480], 'self')).toBeNull();
    });
  });
});
