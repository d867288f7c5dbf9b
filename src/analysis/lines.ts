import type { LeafLineTable, Profile } from '../profile/profile';
import type { StackValues } from './stackValues';

/**
 * Distinct source lines of a profile. A frame without a line has an entry of its own a function (line 0), so that
 * the selfs of all entries sum to the view's total.
 */
export interface LineIndex {
  readonly length: number;
  /** String index of the file, -1 where unknown. */
  readonly file: Int32Array;
  /** 1-based, 0 where unknown. */
  readonly line: Int32Array;
  /** The function that the line was first seen in. */
  readonly func: Int32Array;
  /** Entry of each frame. */
  readonly ofFrame: Int32Array;
  /** Entry of each row of `Profile.leafLines`; empty where there are none. */
  readonly ofLeafLine: Int32Array;
}

/** One entry a line of the index; self and total in the sample type's unit, total once per sample. */
export interface LineTotals {
  readonly self: Float64Array;
  readonly total: Float64Array;
  /** Samples whose stack has the line. */
  readonly samples: Float64Array;
}

/** Numbers the lines of a profile's frames and leaf lines. Depends on no view: compute it once a profile. */
export function indexLines(profile: Profile): LineIndex {
  const { frames, functions, stacks, leafLines } = profile;
  const file: number[] = [];
  const line: number[] = [];
  const func: number[] = [];
  // Keyed by file, then line: a file's lines are few enough for a Map each.
  const byFile = new Map<number, Map<number, number>>();
  const entry = (entryFile: number, entryLine: number, entryFunc: number): number => {
    // Without a file and a line, the function itself tells entries apart: negative keys hold functions.
    const key = entryFile < 0 || entryLine <= 0 ? -1 - entryFunc : entryLine;
    let lines = byFile.get(entryFile);
    if (lines === undefined) {
      lines = new Map();
      byFile.set(entryFile, lines);
    }
    let at = lines.get(key);
    if (at === undefined) {
      at = file.length;
      lines.set(key, at);
      file.push(entryFile);
      line.push(key < 0 ? 0 : entryLine);
      func.push(entryFunc);
    }
    return at;
  };
  const ofFrame = new Int32Array(frames.length);
  for (let frame = 0; frame < frames.length; frame++) {
    const frameFunc = frames.func[frame];
    ofFrame[frame] = entry(functions.file[frameFunc], frames.line[frame], frameFunc);
  }
  const ofLeafLine = new Int32Array(leafLines?.length ?? 0);
  if (leafLines !== null) {
    for (let i = 0; i < leafLines.length; i++) {
      const leafFunc = frames.func[stacks.frame[leafLines.stack[i]]];
      ofLeafLine[i] = entry(leafLineFile(profile, leafLines, i), leafLines.line[i], leafFunc);
    }
  }
  return {
    length: file.length,
    file: Int32Array.from(file),
    line: Int32Array.from(line),
    func: Int32Array.from(func),
    ofFrame,
    ofLeafLine,
  };
}

/** String index of the file that a leaf line is of, -1 where unknown. */
export function leafLineFile({ frames, functions, stacks }: Profile, leafLines: LeafLineTable, row: number): number {
  const other = leafLines.file === null ? -1 : leafLines.file[row];
  return other >= 0 ? other : functions.file[frames.func[stacks.frame[leafLines.stack[row]]]];
}

/**
 * Sums a view by line. Self goes to the leaf's line; where the format says which lines of the leaf function were
 * hit (V8's position ticks), to those lines by their ticks. Each line of a stack gets the stack's value once.
 */
export function sumLines(profile: Profile, index: LineIndex, values: StackValues): LineTotals {
  const { stacks, leafLines } = profile;
  const self = new Float64Array(index.length);
  const total = new Float64Array(index.length);
  const samples = new Float64Array(index.length);
  const below = subtreeSums(profile, values);
  const ticks = leafLines === null ? null : leafLineRanges(profile);
  const onPath = new Int32Array(index.length);

  walkStacks(profile, (stack, entering) => {
    const line = index.ofFrame[stacks.frame[stack]];
    if (!entering) {
      onPath[line]--;
      return;
    }
    if (onPath[line]++ === 0) {
      total[line] += below.value[stack];
      samples[line] += below.count[stack];
    }
    const value = values.self[stack];
    const count = values.count[stack];
    if (value === 0 && count === 0) return;
    const sum = ticks === null ? 0 : ticks.sum[stack];
    if (ticks === null || sum === 0) {
      self[line] += value;
      return;
    }
    for (let i = ticks.offset[stack]; i < ticks.offset[stack + 1]; i++) {
      const tickLine = index.ofLeafLine[i];
      const share = leafLines!.ticks[i];
      // Multiplied first: whole counts then stay whole.
      self[tickLine] += (value * share) / sum;
      if (onPath[tickLine] > 0) continue;
      total[tickLine] += (value * share) / sum;
      samples[tickLine] += (count * share) / sum;
    }
  });
  return { self, total, samples };
}

/** Value and sample count of each stack and all stacks below it. */
export function subtreeSums(profile: Profile, values: StackValues): { value: Float64Array; count: Float64Array } {
  const value = values.self.slice();
  const count = values.count.slice();
  const { prefix, length } = profile.stacks;
  for (let stack = length - 1; stack >= 0; stack--) {
    const above = prefix[stack];
    if (above < 0) continue;
    value[above] += value[stack];
    count[above] += count[stack];
  }
  return { value, count };
}

export interface LeafLineRanges {
  /** Rows of `Profile.leafLines` of stack `i`: `offset[i]` to `offset[i + 1]`. */
  readonly offset: Int32Array;
  /** Ticks of each stack. */
  readonly sum: Float64Array;
}

/** Where each stack's rows in `Profile.leafLines` are. */
export function leafLineRanges({ stacks, leafLines }: Profile): LeafLineRanges {
  const offset = new Int32Array(stacks.length + 1);
  const sum = new Float64Array(stacks.length);
  if (leafLines !== null) {
    for (let i = 0; i < leafLines.length; i++) {
      offset[leafLines.stack[i] + 1]++;
      sum[leafLines.stack[i]] += leafLines.ticks[i];
    }
    for (let i = 0; i < stacks.length; i++) offset[i + 1] += offset[i];
  }
  return { offset, sum };
}

/** Per stack: the part of its samples that the line is on, 1 where it is a frame's. */
export function lineShares({ stacks, leafLines, ...profile }: Profile, index: LineIndex, entry: number): Float64Array {
  const share = new Float64Array(stacks.length);
  for (let stack = 0; stack < stacks.length; stack++) {
    const above = stacks.prefix[stack];
    if (index.ofFrame[stacks.frame[stack]] === entry || (above >= 0 && share[above] === 1)) share[stack] = 1;
  }
  if (leafLines === null) return share;
  const ticks = leafLineRanges({ stacks, leafLines, ...profile });
  const inLeaf = new Float64Array(stacks.length);
  for (let i = 0; i < leafLines.length; i++) {
    if (index.ofLeafLine[i] === entry) inLeaf[leafLines.stack[i]] += leafLines.ticks[i];
  }
  for (let stack = 0; stack < stacks.length; stack++) {
    if (share[stack] === 0 && inLeaf[stack] > 0) share[stack] = inLeaf[stack] / ticks.sum[stack];
  }
  return share;
}

/** Visits every stack depth first, on the way in and on the way out, without recursion. */
function walkStacks({ stacks }: Profile, visit: (stack: number, entering: boolean) => void): void {
  const { length, prefix } = stacks;
  const firstChild = new Int32Array(length).fill(-1);
  const nextSibling = new Int32Array(length).fill(-1);
  let firstRoot = -1;
  for (let stack = length - 1; stack >= 0; stack--) {
    const above = prefix[stack];
    if (above < 0) {
      nextSibling[stack] = firstRoot;
      firstRoot = stack;
    } else {
      nextSibling[stack] = firstChild[above];
      firstChild[above] = stack;
    }
  }
  let stack = firstRoot;
  while (stack >= 0) {
    visit(stack, true);
    if (firstChild[stack] >= 0) {
      stack = firstChild[stack];
      continue;
    }
    while (stack >= 0) {
      visit(stack, false);
      if (nextSibling[stack] >= 0) {
        stack = nextSibling[stack];
        break;
      }
      stack = prefix[stack];
    }
  }
}

/** Like `indexLines`, with one entry a file: `sumLines` then sums by file. Frames without a file share one entry. */
export function indexFiles(profile: Profile): LineIndex {
  const { frames, functions, stacks, leafLines } = profile;
  const file: number[] = [];
  const func: number[] = [];
  const entries = new Map<number, number>();
  const entry = (entryFile: number, entryFunc: number): number => {
    let at = entries.get(entryFile);
    if (at === undefined) {
      at = file.length;
      entries.set(entryFile, at);
      file.push(entryFile);
      func.push(entryFunc);
    }
    return at;
  };
  const ofLeafLine = (stack: number, row: number): number =>
    entry(leafLineFile(profile, leafLines!, row), frames.func[stacks.frame[stack]]);
  return {
    ofFrame: frames.func.map((of) => entry(functions.file[of], of)),
    ofLeafLine: leafLines?.stack.map(ofLeafLine) ?? new Int32Array(0),
    length: file.length,
    file: Int32Array.from(file),
    line: new Int32Array(file.length),
    func: Int32Array.from(func),
  };
}
