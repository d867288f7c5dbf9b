import type { FunctionRow } from '../../src/engine/functionApi';
import { formatPercent, formatValue } from '../../src/units/units';

/** Longer units are cut: a number must fit, whatever a profile calls its unit. */
const MAX_UNIT = 14;

/** A value in its column. */
export function cellValue(value: number, unit: string): string {
  return formatValue(value, unit.length > MAX_UNIT ? `${unit.slice(0, MAX_UNIT)}…` : unit);
}

/**
 * What the values of a column look like, every digit as 0: digits are equally wide there, so a few dozen shapes at
 * most stand for the widths of all rows, and the widest of them is the column's.
 */
export class ValueShapes {
  readonly self = new Set<string>();
  readonly total = new Set<string>();
  readonly shares = new Set<string>(['00.0%']);

  learn(rows: readonly FunctionRow[], unit: string, viewTotal: number): void {
    for (const row of rows) {
      for (const column of ['self', 'total'] as const) {
        this[column].add(shapeOf(cellValue(row[column], unit)));
        this.shares.add(shapeOf(formatPercent(row[column], viewTotal)));
      }
    }
  }

  clear(): void {
    this.self.clear();
    this.total.clear();
    this.shares.clear();
  }
}

function shapeOf(text: string): string {
  return text.replace(/\d/g, '0');
}
