import type { Profile } from '../profile/profile';
import { type LineIndex, leafLineRanges } from './lines';
import type { StackValues } from './stackValues';

/** A function next to a line on the stack, and the value of the samples where it is. */
export interface Neighbour {
  func: number;
  value: number;
  /** Whether it was inlined into what called it, at least somewhere. */
  inlined: boolean;
}

export interface LineContext {
  self: number;
  total: number;
  samples: number;
  /** Samples whose innermost frame is there. */
  selfSamples: number;
  /** Functions that have the line, heaviest first. */
  functions: Neighbour[];
  /** Who called the line's function, heaviest first. */
  callers: Neighbour[];
  /** What the line called, heaviest first. */
  callees: Neighbour[];
  /** Stacks whose frame is on the line and was inlined into the one below it, with the value of the samples there. */
  inlined: Map<number, number>;
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
  const inlined = new Map<number, number>();
  const inlinedCallees = new Set<number>();
  const sums = { self: 0, total: 0, samples: 0, selfSamples: 0 };
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
      if (frames.inlined[stacks.frame[stack]] === 1) inlined.set(stack, (inlined.get(stack) ?? 0) + value);
      if (inner < 0) continue;
      seenCallees.add(funcOf(inner));
      if (frames.inlined[stacks.frame[inner]] === 1) inlinedCallees.add(funcOf(inner));
    }
    if (!onStack && selfShare === 0) continue;
    // A tick line that no frame names has only its share of the leaf's samples.
    const portion = onStack ? 1 : selfShare / whole;
    if (selfShare > 0) {
      noteFunction(leaf);
      sums.self += (value * selfShare) / whole;
      sums.selfSamples += (count * selfShare) / whole;
    }
    sums.total += value * portion;
    sums.samples += count * portion;
    addTo(functions, seenFunctions, value * portion);
    addTo(callers, seenCallers, value * portion);
    addTo(callees, seenCallees, value * portion);
  }
  return {
    ...sums,
    functions: heaviest(functions),
    callers: heaviest(callers),
    callees: heaviest(callees, inlinedCallees),
    inlined,
  };
}

/** Frames from a line's own outwards, each inlined into the next, up to the one that was compiled as a function. */
export interface FrameChain {
  value: number;
  frames: number[];
}

/**
 * Where code was inlined: the stacks' chains of frames, equal ones together.
 *
 * @param inlined stacks whose frame was inlined, with their values
 * @param most chains, the heaviest first
 * @param depth frames of a chain at most
 */
export function inlineChains(
  { stacks, frames }: Profile,
  inlined: ReadonlyMap<number, number>,
  most: number,
  depth: number,
): FrameChain[] {
  const chains = new Map<string, FrameChain>();
  for (const [start, value] of inlined) {
    const chain: number[] = [];
    for (let stack = start; stack >= 0 && chain.length < depth; stack = stacks.prefix[stack]) {
      chain.push(stacks.frame[stack]);
      if (frames.inlined[stacks.frame[stack]] === 0) break;
    }
    const key = chain.join();
    const known = chains.get(key);
    if (known === undefined) chains.set(key, { value, frames: chain });
    else known.value += value;
  }
  return [...chains.values()].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, most);
}

function addTo(sums: Map<number, number>, seen: Set<number>, value: number): void {
  for (const func of seen) sums.set(func, (sums.get(func) ?? 0) + value);
  seen.clear();
}

function heaviest(sums: Map<number, number>, inlined?: ReadonlySet<number>): Neighbour[] {
  return [...sums]
    .map(([func, value]) => ({ func, value, inlined: inlined?.has(func) ?? false }))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.func - b.func);
}
