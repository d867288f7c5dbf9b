import type { LeafLineTable } from './profile';
import { stableOrder } from './stableOrder';

/**
 * Leaf lines in any order as a table: sorted by stack, file and line, equal ones added up. Rows with stack -1 are left
 * out.
 * @param file string index of each line's file, -1 for its function's own
 */
export function sortLeafLines(
  rows: number,
  stack: Int32Array,
  line: Int32Array,
  file: Int32Array,
  ticks: Float64Array,
): LeafLineTable {
  let order = new Int32Array(rows);
  for (let row = 0; row < rows; row++) order[row] = row;
  const keys = new Float64Array(rows);
  // Minor keys first, for the order is stable.
  for (const column of [line, file, stack]) {
    for (let i = 0; i < rows; i++) keys[i] = column[order[i]];
    const before = order;
    order = stableOrder(keys)?.map((i) => before[i]) ?? order;
  }
  const result = { stack: new Int32Array(rows), line: new Int32Array(rows), file: new Int32Array(rows) };
  const sums = new Float64Array(rows);
  let length = 0;
  let others = false;
  for (let i = 0; i < rows; i++) {
    const row = order[i];
    if (stack[row] < 0) continue;
    const last = length - 1;
    const same =
      length > 0 &&
      result.stack[last] === stack[row] &&
      result.line[last] === line[row] &&
      result.file[last] === file[row];
    if (!same) {
      result.stack[length] = stack[row];
      result.line[length] = line[row];
      result.file[length] = file[row];
      length++;
      others ||= file[row] >= 0;
    }
    sums[length - 1] += ticks[row];
  }
  return {
    length,
    stack: result.stack.slice(0, length),
    line: result.line.slice(0, length),
    file: others ? result.file.slice(0, length) : null,
    ticks: sums.slice(0, length),
  };
}
