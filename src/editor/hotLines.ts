import type { FileLines } from '../engine/engineApi';
import type { LineMap } from './lineMap';

/** What a line costs: self and total in the view's unit, and the samples whose stack has it. */
export interface LineValues {
  readonly self: number;
  readonly total: number;
  readonly samples: number;
}

/** One line of a document that has heat, 0-based in the document as it is now. */
export interface HotLine extends LineValues {
  readonly line: number;
  /** What the values are, recorded file and 1-based recorded line each. */
  readonly recorded: readonly { readonly file: number; readonly line: number }[];
  /** The line in the baseline, scaled as the baseline is; zeros where it has none there, null without a baseline. */
  readonly baseline: LineValues | null;
  /** Whether its code changed since the recording: the values are those of the line that stood here. */
  readonly stale: boolean;
}

/** What is hot in a document. */
export interface HotLines {
  /** Ascending by line. */
  readonly lines: readonly HotLine[];
  /** 100 %. */
  readonly viewTotal: number;
  /** Samples of the view. */
  readonly viewSamples: number;
  /** Of self and total. */
  readonly unit: string;
  /** What is 100 % in the baseline; null without one. */
  readonly baseline: { readonly viewTotal: number; readonly viewSamples: number } | null;
}

export const noHotLines: HotLines = { lines: [], viewTotal: 0, viewSamples: 0, unit: '', baseline: null };

/**
 * Lays the recorded lines of the files that a document stands for on the document's lines as they are now. Deleted
 * lines are dropped; where several meet on one line, values add up, though never beyond the view's total.
 *
 * @param threshold share (0 to 1) of the larger of self and total below which a line has no heat
 * @param lineCount lines of the document: what lies beyond (the file is another version) is dropped
 */
export function hotLinesOf(files: readonly FileLines[], map: LineMap, threshold: number, lineCount: number): HotLines {
  const byLine = new Map<number, HotLine>();
  const { viewTotal, viewSamples, unit } = files[0] ?? noHotLines;
  for (const file of files) {
    for (let i = 0; i < file.line.length; i++) {
      const line = file.line[i]! < 1 ? -1 : map.toCurrent(file.line[i]! - 1);
      if (line < 0 || line >= lineCount) {
        continue;
      }
      const before = byLine.get(line);
      byLine.set(line, {
        line,
        self: atMost((before?.self ?? 0) + file.self[i]!, viewTotal),
        total: atMost((before?.total ?? 0) + file.total[i]!, viewTotal),
        samples: Math.min((before?.samples ?? 0) + file.samples[i]!, viewSamples),
        baseline: null,
        stale: false,
        recorded: [...(before?.recorded ?? []), { file: file.file, line: file.line[i]! }],
      });
    }
  }
  const least = threshold * Math.abs(viewTotal);
  const lines = [...byLine.values()].filter(({ self, total }) => {
    const size = Math.max(Math.abs(self), Math.abs(total));
    return size > 0 && size >= least;
  });
  lines.sort((a, b) => a.line - b.line);
  return { lines, viewTotal, viewSamples, unit, baseline: null };
}

function atMost(value: number, viewTotal: number): number {
  return viewTotal > 0 ? Math.min(value, viewTotal) : value;
}

/** A value's share of the view, 0 where the view is empty. */
export function shareOf(value: number, viewTotal: number): number {
  return viewTotal === 0 ? 0 : value / viewTotal;
}

/** The next hot line below `from` (or above it, `direction` -1), going round at the ends; null where there is none. */
export function nextHotLine(lines: readonly HotLine[], from: number, direction: 1 | -1): HotLine | null {
  if (direction === 1) {
    return lines.find(({ line }) => line > from) ?? lines[0] ?? null;
  }
  return lines.findLast(({ line }) => line < from) ?? lines.at(-1) ?? null;
}

/** Place of a line by heat in its document, 1 for the hottest. */
export function rankOf(lines: readonly HotLine[], line: HotLine, metric: 'self' | 'total'): number {
  return 1 + lines.filter((other) => Math.abs(other[metric]) > Math.abs(line[metric])).length;
}
