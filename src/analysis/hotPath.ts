import type { Profile } from '../profile/profile';
import type { StackValues } from './stackValues';

/** One function of a hot path. Values in the sample type's unit, of the samples that took the path so far. */
export interface HotPathStep {
  readonly func: number;
  /** 1-based line where the path goes on; of the last step, where its own time went. 0 where unknown. */
  readonly line: number;
  /** String index of that line's file where it is not the function's; else -1. */
  readonly file: number;
  /** Of the function itself, along this path. */
  readonly self: number;
  readonly total: number;
  /** How often the function called itself here, as deep as a hundredth of the samples go: 1 without recursion. */
  readonly repeats: number;
}

export interface HotPath {
  /** Outermost first. */
  readonly steps: readonly HotPathStep[];
  /** Whether the path was cut at `maxSteps`. */
  readonly cut: boolean;
}

/**
 * The chain of heaviest callees: from the heaviest outermost function, or from given functions wherever they are on the
 * stack, always on to the callee with the largest total, until a function's own share is larger than any callee's. A
 * function that calls itself directly is one step.
 *
 * @param from functions to start at (the heaviest of them); null for the outermost frames
 * @param skip functions that no path begins at, such as `(idle)`; they count only where there is nothing else
 */
export function hotPath(
  profile: Profile,
  values: StackValues,
  from: ReadonlySet<number> | null,
  skip: ReadonlySet<number>,
  maxSteps: number,
): HotPath {
  const { stacks, frames } = profile;
  const children = childLists(profile);
  const below = values.self.slice();
  for (let stack = stacks.length - 1; stack >= 0; stack--) {
    if (stacks.prefix[stack] >= 0) below[stacks.prefix[stack]] += below[stack];
  }
  const funcOf = (stack: number): number => frames.func[stacks.frame[stack]];
  const starts = from === null ? outermost(profile) : firstOf(profile, from);
  let groups = groupByFunction(starts, funcOf, below);
  const wanted = new Map([...groups].filter(([func]) => from !== null || !skip.has(func)));
  if ([...wanted.values()].some(({ total }) => total !== 0)) groups = wanted;

  const steps: HotPathStep[] = [];
  let next = heaviest(groups);
  while (next !== null && steps.length < maxSteps) {
    const { func, group } = next;
    const { own, repeats } = withRecursion(group, func, children, funcOf, below);
    let self = 0;
    const callees: number[] = [];
    for (const stack of own) {
      self += values.self[stack];
      for (let child = children.first[stack]; child >= 0; child = children.next[child]) {
        if (funcOf(child) !== func) callees.push(child);
      }
    }
    const callee = heaviest(groupByFunction(callees, funcOf, below));
    const goesOn =
      callee !== null && Math.abs(callee.group.total) > 0 && Math.abs(callee.group.total) >= Math.abs(self);
    const place = goesOn
      ? heaviestLine(callee.group.stacks.map((stack) => [lineOf(profile, stacks.prefix[stack]), below[stack]]))
      : heaviestLine(ownLines(profile, values, own));
    steps.push({ func, ...place, self, total: group.total, repeats });
    next = goesOn ? callee : null;
  }
  return { steps, cut: next !== null };
}

interface Group {
  readonly stacks: number[];
  total: number;
}

function groupByFunction(
  list: readonly number[],
  funcOf: (stack: number) => number,
  below: Float64Array,
): Map<number, Group> {
  const groups = new Map<number, Group>();
  for (const stack of list) {
    const func = funcOf(stack);
    const group = groups.get(func);
    if (group === undefined) {
      groups.set(func, { stacks: [stack], total: below[stack] });
    } else {
      group.stacks.push(stack);
      group.total += below[stack];
    }
  }
  return groups;
}

function heaviest(groups: ReadonlyMap<number, Group>): { func: number; group: Group } | null {
  let found: { func: number; group: Group } | null = null;
  for (const [func, group] of groups) {
    if (found === null || Math.abs(group.total) > Math.abs(found.group.total)) found = { func, group };
  }
  return found;
}

interface ChildLists {
  readonly first: Int32Array;
  readonly next: Int32Array;
}

function childLists({ stacks }: Profile): ChildLists {
  const first = new Int32Array(stacks.length).fill(-1);
  const next = new Int32Array(stacks.length).fill(-1);
  for (let stack = stacks.length - 1; stack >= 0; stack--) {
    const above = stacks.prefix[stack];
    if (above < 0) continue;
    next[stack] = first[above];
    first[above] = stack;
  }
  return { first, next };
}

function outermost({ stacks }: Profile): number[] {
  const found: number[] = [];
  for (let stack = 0; stack < stacks.length; stack++) if (stacks.prefix[stack] < 0) found.push(stack);
  return found;
}

/** Stacks of the functions with none of the same function below: recursion counts once. */
function firstOf({ stacks, frames }: Profile, functions: ReadonlySet<number>): number[] {
  const found: number[] = [];
  // Which of the functions are on the path to each stack; few at a time, so a stack shares its prefix's list.
  const above = new Array<readonly number[]>(stacks.length);
  const none: readonly number[] = [];
  for (let stack = 0; stack < stacks.length; stack++) {
    const prefix = stacks.prefix[stack];
    const before = prefix < 0 ? none : above[prefix];
    const func = frames.func[stacks.frame[stack]];
    const starts = functions.has(func) && !before.includes(func);
    above[stack] = starts ? [...before, func] : before;
    if (starts) found.push(stack);
  }
  return found;
}

/** The stacks and what is directly above them of the same function. */
function withRecursion(
  { stacks, total }: Group,
  func: number,
  children: ChildLists,
  funcOf: (stack: number) => number,
  below: Float64Array,
): { own: number[]; repeats: number } {
  const own = [...stacks];
  let repeats = 0;
  for (let from = 0, level = 0; from < own.length; level++) {
    const to = own.length;
    let reached = 0;
    for (let i = from; i < to; i++) reached += below[own[i]];
    // V8 records a function that it replaces while it runs as called by itself, once in a while.
    if (Math.abs(reached) * 100 >= Math.abs(total)) repeats = level + 1;
    for (; from < to; from++) {
      for (let child = children.first[own[from]]; child >= 0; child = children.next[child]) {
        if (funcOf(child) === func) own.push(child);
      }
    }
  }
  return { own, repeats };
}

function lineOf({ stacks, frames }: Profile, stack: number): number {
  return stack < 0 ? 0 : frames.line[stacks.frame[stack]];
}

/** A line and its value, and the line's file where that is not the function's. */
type LineValue = readonly [line: number, value: number, file?: number];

/** Where a function's own time went: its frames' lines, or what V8's ticks say. */
function ownLines(profile: Profile, values: StackValues, own: readonly number[]): LineValue[] {
  const { leafLines } = profile;
  if (leafLines === null) return own.map((stack) => [lineOf(profile, stack), values.self[stack]]);
  const wanted = new Set(own);
  const lines: LineValue[] = [];
  for (let i = 0; i < leafLines.length; i++) {
    if (wanted.has(leafLines.stack[i])) lines.push([leafLines.line[i], leafLines.ticks[i], leafLines.file?.[i] ?? -1]);
  }
  return lines.length > 0 ? lines : own.map((stack) => [lineOf(profile, stack), values.self[stack]]);
}

function heaviestLine(lines: readonly LineValue[]): { line: number; file: number } {
  const sums = new Map<string, { line: number; file: number; value: number }>();
  for (const [line, value, file = -1] of lines) {
    if (line <= 0) continue;
    const sum = sums.get(`${file}:${line}`);
    if (sum === undefined) sums.set(`${file}:${line}`, { line, file, value: Math.abs(value) });
    else sum.value += Math.abs(value);
  }
  let best = { line: 0, file: -1, value: -1 };
  for (const sum of sums.values()) if (sum.value > best.value) best = sum;
  return { line: best.line, file: best.file };
}
