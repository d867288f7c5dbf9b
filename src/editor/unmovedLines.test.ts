import { describe, expect, it } from 'vitest';
import type { FileLines } from '../engine/lineApi';
import { hotLinesOf } from './hotLines';
import { LineMap } from './lineMap';
import { onlyUnmoved, unmovedHotLines } from './unmovedLines';

const file: FileLines = {
  ...{ file: 3, viewTotal: 100, viewSamples: 50, unit: 'samples' },
  line: Int32Array.of(2, 5, 9),
  self: Float64Array.of(40, 0, 1),
  total: Float64Array.of(40, 90, 1),
  samples: Float64Array.of(20, 45, 1),
};

describe('lines that did not move', () => {
  it('are laid out as those of a document, once for each threshold', () => {
    const hot = unmovedHotLines(file, 0.02);
    expect(hot).toEqual(hotLinesOf([file], LineMap.identity, 0.02, 100));
    expect(hot.lines.map(({ line }) => line)).toEqual([1, 4]);
    expect(unmovedHotLines(file, 0.02)).toBe(hot);
    expect(unmovedHotLines(file, 0).lines).toHaveLength(3);
  });

  it('are those of one file that fits the document, without edits', () => {
    expect(onlyUnmoved([file], LineMap.identity, 9)).toBe(file);
    expect(onlyUnmoved([file], LineMap.identity, 8)).toBeNull();
    expect(onlyUnmoved([file, file], LineMap.identity, 9)).toBeNull();
    expect(onlyUnmoved([], LineMap.identity, 9)).toBeNull();
    const edited = LineMap.identity.apply({
      startLine: 0,
      endLine: 0,
      insertedBreaks: 1,
      headStays: false,
      tailStays: true,
    });
    expect(onlyUnmoved([file], edited, 9)).toBeNull();
  });
});
