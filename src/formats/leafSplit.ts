import type { LeafLineTable } from '../profile/profile';

/**
 * Calls `visit` for each leaf line of a stack with the share of its values, from `from` to `to` of 1. `file` is the string
 * index of the line's file, -1 where it is the function's own.
 */
export type LeafSplit = (stack: number, visit: (line: number, from: number, to: number, file: number) => void) => void;

/**
 * How the values of stacks divide among the leaf lines, by ticks. A stack without any has one part with line 0.
 * @param stacks number of stacks
 */
export function splitLeafValues(leafLines: LeafLineTable | null, stacks: number): LeafSplit {
  if (leafLines === null) {
    return (_stack, visit) => visit(0, 0, 1, -1);
  }
  const first = new Int32Array(stacks + 1);
  const total = new Float64Array(stacks);
  for (let i = 0; i < leafLines.length; i++) {
    first[leafLines.stack[i] + 1] = i + 1;
    total[leafLines.stack[i]] += leafLines.ticks[i];
  }
  for (let stack = 1; stack <= stacks; stack++) {
    first[stack] = Math.max(first[stack], first[stack - 1]);
  }
  return (stack, visit) => {
    if (stack < 0 || first[stack] === first[stack + 1]) {
      visit(0, 0, 1, -1);
      return;
    }
    let sum = 0;
    for (let i = first[stack]; i < first[stack + 1]; i++) {
      const from = sum / total[stack];
      sum += leafLines.ticks[i];
      const to = i + 1 === first[stack + 1] ? 1 : sum / total[stack];
      visit(leafLines.line[i], from, to, leafLines.file === null ? -1 : leafLines.file[i]);
    }
  };
}
