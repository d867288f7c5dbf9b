import type { DocumentFunctions } from './functionHeat';
import { type HotLine, type HotLines, shareOf } from './hotLines';

/**
 * The functions' costs as marks on the lines of their names, for a document whose lines the profile does not know.
 *
 * @param threshold share (0 to 1) below which a function has no mark
 */
export function functionLines({ defined, totals }: DocumentFunctions, threshold: number, lineCount: number): HotLines {
  const byLine = new Map<number, HotLine>();
  for (const { func, symbol, kind } of defined) {
    const { self, total, samples, name } = func;
    const size = Math.max(Math.abs(self), Math.abs(total));
    const share = Math.abs(shareOf(size, totals.viewTotal));
    // Two functions on one line (a getter and a setter): the heavier one is shown.
    const other = byLine.get(symbol.nameLine);
    const lighter = other !== undefined && Math.max(Math.abs(other.self), Math.abs(other.total)) >= size;
    if (size === 0 || share < threshold || symbol.nameLine >= lineCount || lighter) {
      continue;
    }
    byLine.set(symbol.nameLine, {
      line: symbol.nameLine,
      self,
      total,
      samples,
      recorded: [],
      baseline: null,
      functionTotal: total,
      stale: false,
      definition: { func: func.func, name, kind, callers: func.callers },
    });
  }
  const lines = [...byLine.values()].sort((a, b) => a.line - b.line);
  return { lines, ...totals, fileTotal: null, baseline: null };
}
