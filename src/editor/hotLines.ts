import { baselineWhole, type Comparison } from '../analysis/comparison';
import type { FileLines, ViewTotals } from '../engine/lineApi';
import type { MatchKind } from '../sources/symbolMatch';
import type { LineMap } from './lineMap';

/** What a line costs: self and total in the view's unit, and the samples whose stack has it. */
export interface LineValues {
  readonly self: number;
  readonly total: number;
  readonly samples: number;
}

/** One line of a document that has heat, 0-based in the document as it is now. */
export interface HotLine extends LineValues {
  readonly line: number;
  /** What the values are, recorded file and 1-based recorded line each. */
  readonly recorded: readonly { readonly file: number; readonly line: number }[];
  /** The line in the baseline, scaled as the baseline is; zeros where it has none there, null without a baseline. */
  readonly baseline: LineValues | null;
  /** Total of the function that the line is in; null where it was not asked for. */
  readonly functionTotal: number | null;
  /** Whether its code changed since the recording: the values are those of the line that stood here. */
  readonly stale: boolean;
  /** Set where the line in the baseline, in the same place of the same function, had other code. */
  readonly rewritten?: true;
  /** Of a profile without lines: the values are those of the function that is defined here. */
  readonly definition?: HotDefinition;
}

/** The function whose values stand on the line of its definition. */
export interface HotDefinition {
  /** Null where only the baseline has it. */
  readonly func: number | null;
  readonly name: string;
  /** How its definition was found. */
  readonly kind: MatchKind;
  /** Who called it most, in the view's unit. */
  readonly callers: readonly { readonly name: string; readonly value: number }[];
}

/** What is hot in a document. */
export interface HotLines {
  /** Ascending by line. */
  readonly lines: readonly HotLine[];
  /** 100 %. */
  readonly viewTotal: number;
  /** Samples of the view. */
  readonly viewSamples: number;
  /** The samples with the file anywhere on their stack; null where that was not asked for. */
  readonly fileTotal: number | null;
  /** Of self and total. */
  readonly unit: string;
  /** What is 100 % in the baseline; null without one. */
  readonly baseline: HotBaseline | null;
  /** Whether the file was written after the recording and nothing tells its text before: the lines may be others. */
  readonly doubtful: boolean;
}

/** What lines are compared with. A line's change is the difference of its shares, however the two are compared. */
export interface HotBaseline extends Pick<Comparison, 'by' | 'scale' | 'counted'> {
  /** 100 % of the lines' baseline values, scaled as they are. */
  readonly viewTotal: number;
  /** The baseline's own. */
  readonly baseTotal: number;
  readonly viewSamples: number;
  /** As `HotLines.doubtful`, of the baseline's recording. */
  readonly doubtful: boolean;
}

/** The baseline's lines of the same document. */
export interface BaselineLines {
  readonly files: readonly FileLines[];
  readonly totals: ViewTotals;
  /** Where the baseline's recorded lines are now. */
  readonly map: LineMap;
  readonly comparison: Comparison;
}

/** Whether lines may be others than those of the profile's recording, or of the baseline's. */
export function mayBeOthers({ doubtful, baseline }: HotLines): boolean {
  return doubtful || baseline?.doubtful === true;
}

export const noHotLines: HotLines = {
  lines: [],
  viewTotal: 0,
  viewSamples: 0,
  fileTotal: null,
  unit: '',
  baseline: null,
  doubtful: false,
};

/**
 * Lays the recorded lines of the files that a document stands for on the document's lines as they are now. Deleted
 * lines are dropped; where several meet on one line, values add up, though never beyond the view's total. A line that
 * only the baseline has is there with zeros.
 *
 * @param threshold share (0 to 1) of the largest of self and total, the baseline's too, below which a line has no heat
 * @param lineCount lines of the document: what lies beyond (the file is another version) is dropped
 * @param totals the view's; needed where no file has them
 */
export function hotLinesOf(
  files: readonly FileLines[],
  map: LineMap,
  threshold: number,
  lineCount: number,
  totals: ViewTotals = files[0] ?? noHotLines,
  compared: BaselineLines | null = null,
): HotLines {
  const { viewTotal, viewSamples, unit } = totals;
  const now = layOut(files, map, lineCount, totals);
  const baseline = compared === null ? null : baselineOf(compared, viewTotal);
  const before = compared === null ? null : layOutBaseline(compared, lineCount, now);
  const lines: HotLine[] = [];
  for (const line of before === null ? now.keys() : new Set([...now.keys(), ...before.keys()])) {
    const { values, functionTotal, recorded, stale } = now.get(line) ?? {
      ...noLine(),
      stale: before?.get(line)?.stale ?? false,
    };
    const base = before === null ? null : (before.get(line)?.values ?? zeros);
    const rewritten = now.has(line) && !stale && before?.get(line)?.stale === true;
    const size = Math.max(
      Math.abs(shareOf(values.self, viewTotal)),
      Math.abs(shareOf(values.total, viewTotal)),
      Math.abs(shareOf(base?.self ?? 0, baseline?.viewTotal ?? 0)),
      Math.abs(shareOf(base?.total ?? 0, baseline?.viewTotal ?? 0)),
    );
    if (size > 0 && size >= threshold) {
      lines.push({
        ...{ line, ...values, recorded, baseline: base, functionTotal, stale },
        ...(rewritten ? { rewritten } : {}),
      });
    }
  }
  lines.sort((a, b) => a.line - b.line);
  const fileTotal = fileTotalOf(files, viewTotal);
  return { lines, viewTotal, viewSamples, fileTotal, unit, baseline, doubtful: false };
}

const zeros: LineValues = { self: 0, total: 0, samples: 0 };

interface LaidLine {
  values: { -readonly [name in keyof LineValues]: number };
  functionTotal: number | null;
  recorded: { file: number; line: number }[];
  stale: boolean;
  /** Hashes of the names of the functions that it is in. */
  functions: readonly number[];
}

const nothing: readonly number[] = [];

function noLine(): LaidLine {
  return {
    values: { self: 0, total: 0, samples: 0 },
    functionTotal: null,
    recorded: [],
    stale: false,
    functions: nothing,
  };
}

function layOut(
  files: readonly FileLines[],
  map: LineMap,
  lineCount: number,
  { viewTotal, viewSamples }: ViewTotals,
  belongs: (file: FileLines, at: number, line: number) => boolean = () => true,
): Map<number, LaidLine> {
  const byLine = new Map<number, LaidLine>();
  for (const file of files) {
    for (let i = 0; i < file.line.length; i++) {
      const line = file.line[i]! < 1 ? -1 : map.toCurrent(file.line[i]! - 1);
      if (line < 0 || line >= lineCount || !belongs(file, i, line)) {
        continue;
      }
      const laid = byLine.get(line) ?? noLine();
      laid.stale ||= map.isChanged(file.line[i]! - 1);
      const { values } = laid;
      values.self = atMost(values.self + file.self[i]!, viewTotal);
      values.total = atMost(values.total + file.total[i]!, viewTotal);
      values.samples = Math.min(values.samples + file.samples[i]!, viewSamples);
      laid.functionTotal = functionTotalOf(file, i, laid, viewTotal);
      laid.recorded.push({ file: file.file, line: file.line[i]! });
      const name = file.functions?.[i];
      if (name !== undefined && !laid.functions.includes(name)) laid.functions = [...laid.functions, name];
      byLine.set(line, laid);
    }
  }
  return byLine;
}

/** What lines are compared with, where 100 % of the profile is `viewTotal`. */
export function baselineOf(
  { totals, comparison }: Pick<BaselineLines, 'totals' | 'comparison'>,
  viewTotal: number,
): HotBaseline {
  const { by, scale, counted } = comparison;
  const { viewTotal: baseTotal, viewSamples } = totals;
  return {
    by,
    scale,
    counted,
    baseTotal,
    viewTotal: baselineWhole(by, viewTotal, baseTotal * scale),
    viewSamples,
    doubtful: false,
  };
}

/**
 * The baseline's lines on the document's, values (not samples) scaled. A line whose code changed is the same one only in
 * the same function: what stands in the place of a deleted function is new. Functions are the same by name, or where a
 * line of theirs did not change: then they were renamed.
 */
function layOutBaseline(
  { files, totals, map, comparison }: BaselineLines,
  lineCount: number,
  now: ReadonlyMap<number, LaidLine>,
): Map<number, LaidLine> {
  const renamed = new Set<string>();
  for (const { line: lines, functions } of files) {
    functions?.forEach((before, i) => {
      const original = lines[i]! - 1;
      if (original < 0 || map.isChanged(original)) return;
      for (const after of now.get(map.toCurrent(original))?.functions ?? []) renamed.add(`${before} ${after}`);
    });
  }
  const laid = layOut(files, map, lineCount, totals, ({ functions, line: lines }, i, line) => {
    const after = now.get(line)?.functions;
    if (functions === undefined || !after?.length || !map.isChanged(lines[i]! - 1)) return true;
    return after.includes(functions[i]!) || after.some((each) => renamed.has(`${functions[i]} ${each}`));
  });
  for (const each of laid.values()) {
    const { self, total, samples } = each.values;
    each.values = { self: self * comparison.scale, total: total * comparison.scale, samples };
  }
  return laid;
}

/** Lines of one recorded file that meet are of one function, mostly: its total counts once. */
function functionTotalOf(file: FileLines, at: number, before: LaidLine, viewTotal: number): number | null {
  if (file.references === undefined) return null;
  const total = file.references.functionTotal[at]!;
  const met = before.functionTotal ?? 0;
  const sameFile = before.recorded.some((recorded) => recorded.file === file.file);
  return atMost(sameFile ? Math.max(met, total) : met + total, viewTotal);
}

function fileTotalOf(files: readonly FileLines[], viewTotal: number): number | null {
  let sum = 0;
  for (const { references } of files) {
    if (references === undefined) return null;
    sum += references.fileTotal;
  }
  return atMost(sum, viewTotal);
}

function atMost(value: number, viewTotal: number): number {
  return viewTotal > 0 ? Math.min(value, viewTotal) : value;
}

/** A value's share of the view, 0 where the view is empty. */
export function shareOf(value: number, viewTotal: number): number {
  return viewTotal === 0 ? 0 : value / viewTotal;
}

/** The next hot line below `from` (or above it, `direction` -1), going round at the ends; null where there is none. */
export function nextHotLine(lines: readonly HotLine[], from: number, direction: 1 | -1): HotLine | null {
  if (direction === 1) {
    return lines.find(({ line }) => line > from) ?? lines[0] ?? null;
  }
  return lines.findLast(({ line }) => line < from) ?? lines.at(-1) ?? null;
}

/** Place of a line by heat in its document, 1 for the hottest. */
export function rankOf(lines: readonly HotLine[], line: HotLine, metric: 'self' | 'total'): number {
  return 1 + lines.filter((other) => Math.abs(other[metric]) > Math.abs(line[metric])).length;
}
