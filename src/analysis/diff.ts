import type { Profile } from '../profile/profile';
import { buildCallTree } from './callTree';
import { type ChangeWhole, changeOf } from './change';
import { countsSamples } from './comparison';
import { sumFunctions } from './functionTotals';
import { indexFiles, indexLines, type LineIndex, sumLines } from './lines';
import { type FunctionPairs, pairFunctions } from './pairFunctions';
import type { StackValues } from './stackValues';
import { describeFunction, type TopGrouping } from './top';

/** A profile and the values of what is looked at. */
export interface DiffSide {
  readonly profile: Profile;
  readonly values: StackValues;
}

/** One function, line or file of either profile; self and total in the sample type's unit, unscaled. */
export interface DiffEntry {
  readonly name: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly baseSelf: number;
  readonly baseTotal: number;
  readonly newSelf: number;
  readonly newTotal: number;
  /** Percentage points by which the share of its profile grew. */
  readonly deltaSelf: number;
  readonly deltaTotal: number;
  /** Whether the changes are more than chance; where samples are not counted, whether they are half a point or more. */
  readonly sureSelf: boolean;
  readonly sureTotal: boolean;
}

/**
 * Two profiles function by function, line by line or file by file: what has values in either. Functions are the same by
 * name and file (`pairFunctions`), lines by file and number, those without a number by function. Sorted by the size of
 * the change, ties by name, file and line.
 */
export function diffProfiles(
  base: DiffSide,
  next: DiffSide,
  by: TopGrouping,
  sort: 'self' | 'total',
  pairs: FunctionPairs = pairFunctions(base.profile, next.profile),
): DiffEntry[] {
  const sums = by === 'function' ? sumByFunction(base, next, pairs) : sumByLine(base, next, by, pairs);
  const rows: DiffEntry[] = [];
  const whole: ChangeWhole = {
    viewTotal: next.values.total,
    viewSamples: next.values.samples,
    baseTotal: base.values.total,
    baseSamples: base.values.samples,
    by: 'share',
    scale: 1,
    counted: countsSamples(base.profile) && countsSamples(next.profile),
  };
  const share = (value: number, { values }: DiffSide): number =>
    values.total === 0 ? 0 : (100 * value) / values.total;
  /** Samples of a row are estimated by its part of the whole. */
  const isSure = (value: number, before: number): boolean =>
    changeOf(
      value,
      (whole.viewSamples * share(value, next)) / 100,
      before,
      (whole.baseSamples * share(before, base)) / 100,
      whole,
    ).sure;
  for (let i = 0; i < sums.length; i++) {
    const [baseSelf, baseTotal] = [sums.base.self[i], sums.base.total[i]];
    const [newSelf, newTotal] = [sums.next.self[i], sums.next.total[i]];
    if (baseSelf === 0 && baseTotal === 0 && newSelf === 0 && newTotal === 0) continue;
    rows.push({
      ...sums.describe(i),
      baseSelf,
      baseTotal,
      newSelf,
      newTotal,
      deltaSelf: share(newSelf, next) - share(baseSelf, base),
      deltaTotal: share(newTotal, next) - share(baseTotal, base),
      sureSelf: isSure(newSelf, baseSelf),
      sureTotal: isSure(newTotal, baseTotal),
    });
  }
  const key = sort === 'self' ? 'deltaSelf' : 'deltaTotal';
  return rows.sort(
    (a, b) =>
      Math.abs(b[key]) - Math.abs(a[key]) ||
      compareText(a.name, b.name) ||
      compareText(a.file ?? '', b.file ?? '') ||
      (a.line ?? 0) - (b.line ?? 0),
  );
}

interface Totals {
  readonly self: Float64Array;
  readonly total: Float64Array;
}

interface PairedSums {
  readonly length: number;
  readonly base: Totals;
  readonly next: Totals;
  describe(index: number): { name: string; file: string | null; line: number | null };
}

function sumByFunction(base: DiffSide, next: DiffSide, pairs: FunctionPairs): PairedSums {
  const first = firstOfEach(pairs);
  return {
    length: pairs.length,
    base: sumPaired(base, pairs.ofBase, pairs.length),
    next: sumPaired(next, pairs.ofNew, pairs.length),
    describe: (pair) =>
      first.next[pair] >= 0
        ? describeFunction(next.profile, first.next[pair])
        : describeFunction(base.profile, first.base[pair]),
  };
}

/** Self and total of each pair on one side, recursion counted once. */
export function sumPaired({ profile, values }: DiffSide, pairOf: Int32Array, pairs: number): Totals {
  const tree = buildCallTree(profile, values);
  return sumFunctions({ ...tree, func: tree.func.map((func) => pairOf[func]) }, pairs);
}

/** The first function of each pair on each side, -1 for none. */
export function firstOfEach({ length, ofBase, ofNew }: FunctionPairs): { base: Int32Array; next: Int32Array } {
  const first = (pairOf: Int32Array): Int32Array => {
    const firsts = new Int32Array(length).fill(-1);
    for (let func = pairOf.length - 1; func >= 0; func--) firsts[pairOf[func]] = func;
    return firsts;
  };
  return { base: first(ofBase), next: first(ofNew) };
}

function sumByLine(base: DiffSide, next: DiffSide, by: 'line' | 'file', pairs: FunctionPairs): PairedSums {
  const index = by === 'line' ? indexLines : indexFiles;
  const before = index(base.profile);
  const after = index(next.profile);
  const numbers = new Map<string, number>();
  const numberOf = (
    profile: Profile,
    lines: LineIndex,
    pairOf: Int32Array,
    files: ReadonlyMap<string, string> | null,
  ): Int32Array =>
    Int32Array.from({ length: lines.length }, (_, entry) => {
      const recorded = lines.file[entry] < 0 ? '' : profile.strings[lines.file[entry]];
      const file = files?.get(recorded) ?? recorded;
      const place = by === 'file' ? '' : lines.line[entry] || `f${pairOf[lines.func[entry]]}`;
      const key = `${place}\n${file}`;
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, numbers.size);
      return numbers.size - 1;
    });
  const ofBase = numberOf(base.profile, before, pairs.ofBase, pairs.files);
  const ofNew = numberOf(next.profile, after, pairs.ofNew, null);
  const length = numbers.size;
  const sum = (side: DiffSide, lines: LineIndex, pairOf: Int32Array): Totals =>
    sumLines(side.profile, renumbered(lines, pairOf, length), side.values);
  const entries = firstOfEach({ ...pairs, length, ofBase, ofNew });
  return {
    length,
    base: sum(base, before, ofBase),
    next: sum(next, after, ofNew),
    describe: (pair) => {
      const { profile } = entries.next[pair] >= 0 ? next : base;
      const lines = entries.next[pair] >= 0 ? after : before;
      const entry = entries.next[pair] >= 0 ? entries.next[pair] : entries.base[pair];
      const file = lines.file[entry] < 0 ? null : profile.strings[lines.file[entry]];
      const name = by === 'line' ? describeFunction(profile, lines.func[entry]).name : (file ?? '(no file)');
      return { name, file, line: lines.line[entry] || null };
    },
  };
}

/** The index with other numbers for its entries; only what `sumLines` uses is true of it. */
function renumbered(index: LineIndex, numberOf: Int32Array, length: number): LineIndex {
  const renumber = (entry: number): number => numberOf[entry];
  return { ...index, length, ofFrame: index.ofFrame.map(renumber), ofLeafLine: index.ofLeafLine.map(renumber) };
}

/** By code unit: the same order on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
