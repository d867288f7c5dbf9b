import type { Comparison } from '../analysis/comparison';
import type { DefinedFunction, DocumentFunctions } from './functionHeat';
import { baselineOf, type HotLine, type HotLines, shareOf } from './hotLines';

/** What the functions are compared with. */
export interface BaselineFunctions {
  readonly functions: DocumentFunctions;
  readonly comparison: Comparison;
}

/**
 * The functions' costs as marks on the lines of their names, for a document whose lines the profile does not know. A
 * function that only the baseline has is there with zeros.
 *
 * @param threshold share (0 to 1) of the largest value, the baseline's too, below which a function has no mark
 */
export function functionLines(
  { defined, totals }: DocumentFunctions,
  threshold: number,
  lineCount: number,
  compared: BaselineFunctions | null = null,
): HotLines {
  const now = heaviestByLine(defined, lineCount);
  const before = heaviestByLine(compared?.functions.defined ?? [], lineCount);
  const baseline =
    compared === null
      ? null
      : baselineOf({ totals: compared.functions.totals, comparison: compared.comparison }, totals.viewTotal);
  const scale = compared?.comparison.scale ?? 1;
  const lines: HotLine[] = [];
  for (const line of new Set([...now.keys(), ...before.keys()])) {
    const values = now.get(line)?.func ?? nothing;
    const was = before.get(line)?.func ?? nothing;
    const share = Math.max(
      Math.abs(shareOf(sizeOf(values), totals.viewTotal)),
      Math.abs(shareOf(sizeOf(was) * scale, baseline?.viewTotal ?? 0)),
    );
    if (share === 0 || share < threshold) continue;
    const { func, kind } = (now.get(line) ?? before.get(line))!;
    lines.push({
      line,
      self: values.self,
      total: values.total,
      samples: values.samples,
      recorded: [],
      baseline: baseline && { self: was.self * scale, total: was.total * scale, samples: was.samples },
      functionTotal: values.total,
      stale: false,
      definition: { func: now.has(line) ? func.func : null, name: func.name, kind, callers: func.callers },
    });
  }
  lines.sort((a, b) => a.line - b.line);
  return { lines, ...totals, fileTotal: null, baseline, doubtful: false };
}

const nothing = { self: 0, total: 0, samples: 0 };

/** Two functions on one line (a getter and a setter): the heavier one is shown. */
function heaviestByLine(defined: readonly DefinedFunction[], lineCount: number): Map<number, DefinedFunction> {
  const byLine = new Map<number, DefinedFunction>();
  for (const each of defined) {
    const { nameLine } = each.symbol;
    const other = byLine.get(nameLine);
    if (nameLine < lineCount && (other === undefined || sizeOf(each.func) > sizeOf(other.func))) {
      byLine.set(nameLine, each);
    }
  }
  return byLine;
}

function sizeOf({ self, total }: { readonly self: number; readonly total: number }): number {
  return Math.max(Math.abs(self), Math.abs(total));
}
