import type { Profile } from '../profile/profile';
import { type LineIndex, leafLineRanges, subtreeSums } from './lines';
import type { StackValues } from './stackValues';

/** A function next to a line on the stack, and the value of the samples where it is. */
export interface Neighbour {
  func: number;
  value: number;
  /** Whether it was inlined into what called it, at least somewhere. */
  inlined: boolean;
}

/** Who called a line's function. */
export interface Caller extends Neighbour {
  /** The frame that most of it was called from: its line is where the call is, in formats that record that. */
  frame: number;
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
  callers: Caller[];
  /** What the line called, heaviest first. */
  callees: Neighbour[];
  /** Stacks whose frame is on the line and was inlined into the one below it, with the value of the samples there. */
  inlined: Map<number, number>;
}

/**
 * What a hover shows of one line. Each sample counts once for each function, however deep the recursion.
 *
 * One pass over the stacks: what is below an occurrence of the line is added at once, and only where the line recurs are
 * the occurrences around one looked at.
 *
 * @param only a function: the line is where it is in this one's code, of several that have it
 */
export function describeLine(
  profile: Profile,
  index: LineIndex,
  values: StackValues,
  entry: number,
  only: number | null = null,
): LineContext {
  const { stacks, frames } = profile;
  const { prefix } = stacks;
  const below = subtreeSums(profile, values);
  const functions = new Map<number, number>();
  const callers = new Map<number, number>();
  /** By the callers' frames: only their order counts, so recursion may count twice. */
  const calls = new Map<number, number>();
  const callees = new Map<number, number>();
  const inlined = new Map<number, number>();
  const inlinedCallees = new Set<number>();
  const sums = { self: 0, total: 0, samples: 0, selfSamples: 0 };
  const funcOf = (stack: number): number => (stack < 0 ? -1 : frames.func[stacks.frame[stack]]);
  const isWanted = (stack: number): boolean => only === null || funcOf(stack) === only;
  const isOn = (stack: number): boolean => index.ofFrame[stacks.frame[stack]] === entry && isWanted(stack);
  const isInlined = (stack: number): boolean => frames.inlined[stacks.frame[stack]] === 1;
  // Per stack: the callee, on the way to it, of the line's innermost occurrence strictly below it; -1 for none.
  const callee = new Int32Array(stacks.length);
  /** Whether `test` holds for the callee of an occurrence of the line strictly below a stack. */
  const anyCallee = (stack: number, test: (callee: number) => boolean): boolean => {
    for (let at = callee[stack]; at >= 0; at = callee[prefix[at]]) if (test(at)) return true;
    return false;
  };

  for (let stack = 0; stack < stacks.length; stack++) {
    const caller = prefix[stack];
    const called = caller >= 0 && isOn(caller);
    callee[stack] = called ? stack : caller >= 0 ? callee[caller] : -1;
    const value = below.value[stack];
    const count = below.count[stack];
    if (value === 0 && count === 0) continue;
    const func = funcOf(stack);
    if (called) {
      if (!anyCallee(caller, (at) => funcOf(at) === func)) addTo(callees, func, value);
      if (isInlined(stack)) inlinedCallees.add(func);
    }
    if (!isOn(stack)) continue;
    if (callee[stack] < 0) {
      sums.total += value;
      sums.samples += count;
    }
    if (!anyCallee(stack, (at) => funcOf(prefix[at]) === func)) addTo(functions, func, value);
    const callerFunc = funcOf(caller);
    if (callerFunc >= 0) addTo(calls, stacks.frame[caller], Math.abs(value));
    if (callerFunc >= 0 && !anyCallee(stack, (at) => funcOf(prefix[prefix[at]]) === callerFunc)) {
      addTo(callers, callerFunc, value);
    }
    if (isInlined(stack) && !anyCallee(stack, (at) => isInlined(prefix[at]))) inlined.set(stack, value);
  }
  addLeaves();
  const heaviestCall = new Map<number, number>();
  for (const [frame, value] of calls) {
    const most = heaviestCall.get(frames.func[frame]);
    if (most === undefined || value > calls.get(most)!) heaviestCall.set(frames.func[frame], frame);
  }
  return {
    ...sums,
    functions: heaviest(functions),
    callers: heaviest(callers).map((caller) => ({ ...caller, frame: heaviestCall.get(caller.func)! })),
    callees: heaviest(callees, inlinedCallees),
    inlined,
  };

  /** What is of the line in the leaves themselves: by their frame, or by the ticks in their function. */
  function addLeaves(): void {
    const { leafLines } = profile;
    const ticks = leafLines === null ? null : leafLineRanges(profile);
    for (let leaf = 0; leaf < stacks.length; leaf++) {
      const value = values.self[leaf];
      const count = values.count[leaf];
      if (value === 0 && count === 0) continue;
      const whole = ticks === null ? 0 : ticks.sum[leaf];
      if (leafLines === null || ticks === null || whole === 0) {
        if (!isOn(leaf)) continue;
        sums.self += value;
        sums.selfSamples += count;
        continue;
      }
      let hit = 0;
      for (let i = ticks.offset[leaf]; i < ticks.offset[leaf + 1]; i++) {
        if (index.ofLeafLine[i] === entry) hit += leafLines.ticks[i];
      }
      if (hit === 0 || !isWanted(leaf)) continue;
      // Multiplied first: whole counts then stay whole.
      const own = (value * hit) / whole;
      const ownCount = (count * hit) / whole;
      sums.self += own;
      sums.selfSamples += ownCount;
      const onStack = isOn(leaf) || callee[leaf] >= 0;
      if (!onStack) {
        // A tick line that no frame names has only its share of the leaf's samples.
        sums.total += own;
        sums.samples += ownCount;
      }
      const func = funcOf(leaf);
      const callerFunc = funcOf(prefix[leaf]);
      const inFunction = (stack: number): boolean => funcOf(stack) === func;
      const calledSo = (stack: number): boolean => funcOf(prefix[stack]) === callerFunc;
      const portion = onStack ? value : own;
      if (!isOn(leaf) && !anyCallee(leaf, (at) => inFunction(prefix[at]))) addTo(functions, func, portion);
      if (callerFunc >= 0 && !isOn(leaf) && !anyCallee(leaf, (at) => calledSo(prefix[at]))) {
        addTo(callers, callerFunc, portion);
        addTo(calls, stacks.frame[prefix[leaf]], Math.abs(portion));
      }
    }
  }
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

function addTo(sums: Map<number, number>, func: number, value: number): void {
  sums.set(func, (sums.get(func) ?? 0) + value);
}

function heaviest(sums: Map<number, number>, inlined?: ReadonlySet<number>): Neighbour[] {
  return [...sums]
    .map(([func, value]) => ({ func, value, inlined: inlined?.has(func) ?? false }))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.func - b.func);
}
