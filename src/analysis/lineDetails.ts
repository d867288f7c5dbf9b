import type { Profile } from '../profile/profile';
import { type LineIndex, leafLineRanges } from './lines';
import type { StackValues } from './stackValues';

/** A function next to a line on the stack, and the value of the samples where it is. */
export interface Neighbour {
  func: number;
  value: number;
}

export interface LineContext {
  self: number;
  total: number;
  samples: number;
  /** Functions that have the line, heaviest first. */
  functions: Neighbour[];
  /** Who called the line's function, heaviest first. */
  callers: Neighbour[];
  /** What the line called, heaviest first. */
  callees: Neighbour[];
}

/** What a hover shows of one line. Each sample counts once for each function, however deep the recursion. */
export function describeLine(profile: Profile, index: LineIndex, values: StackValues, entry: number): LineContext {
  const { stacks, frames, leafLines } = profile;
  const ticks = leafLines === null ? null : leafLineRanges(profile);
  const functions = new Map<number, number>();
  const callers = new Map<number, number>();
  const callees = new Map<number, number>();
  const seenFunctions = new Set<number>();
  const seenCallers = new Set<number>();
  const seenCallees = new Set<number>();
  const context: LineContext = { self: 0, total: 0, samples: 0, functions: [], callers: [], callees: [] };
  const funcOf = (stack: number): number => frames.func[stacks.frame[stack]];
  const noteFunction = (stack: number): void => {
    seenFunctions.add(funcOf(stack));
    const caller = stacks.prefix[stack];
    if (caller >= 0) seenCallers.add(funcOf(caller));
  };

  for (let leaf = 0; leaf < stacks.length; leaf++) {
    const value = values.self[leaf];
    const count = values.count[leaf];
    if (value === 0 && count === 0) continue;
    const sum = ticks === null ? 0 : ticks.sum[leaf];
    let selfShare = 0;
    if (ticks !== null && sum > 0) {
      for (let i = ticks.offset[leaf]; i < ticks.offset[leaf + 1]; i++) {
        if (index.ofLeafLine[i] === entry) selfShare += leafLines!.ticks[i];
      }
    } else if (index.ofFrame[stacks.frame[leaf]] === entry) {
      selfShare = 1;
    }
    const whole = ticks !== null && sum > 0 ? sum : 1;
    let onStack = false;
    for (let stack = leaf, inner = -1; stack >= 0; inner = stack, stack = stacks.prefix[stack]) {
      if (index.ofFrame[stacks.frame[stack]] !== entry) continue;
      onStack = true;
      noteFunction(stack);
      if (inner >= 0) seenCallees.add(funcOf(inner));
    }
    if (!onStack && selfShare === 0) continue;
    // A tick line that no frame names has only its share of the leaf's samples.
    const portion = onStack ? 1 : selfShare / whole;
    if (selfShare > 0) {
      noteFunction(leaf);
      context.self += (value * selfShare) / whole;
    }
    context.total += value * portion;
    context.samples += count * portion;
    addTo(functions, seenFunctions, value * portion);
    addTo(callers, seenCallers, value * portion);
    addTo(callees, seenCallees, value * portion);
  }
  context.functions = heaviest(functions);
  context.callers = heaviest(callers);
  context.callees = heaviest(callees);
  return context;
}

function addTo(sums: Map<number, number>, seen: Set<number>, value: number): void {
  for (const func of seen) sums.set(func, (sums.get(func) ?? 0) + value);
  seen.clear();
}

function heaviest(sums: Map<number, number>): Neighbour[] {
  return [...sums]
    .map(([func, value]) => ({ func, value }))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.func - b.func);
}
