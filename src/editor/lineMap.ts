import type { LineAlignment } from '../sources/alignLines';

/** One replacement in a document, 0-based lines, as it was before the replacement. */
export interface LineChange {
  readonly startLine: number;
  readonly endLine: number;
  /** Line breaks in the inserted text. */
  readonly insertedBreaks: number;
  /** Whether something other than white space stays of the start line before the replacement. */
  readonly headStays: boolean;
  /** Whether something other than white space stays of the end line behind the replacement. */
  readonly tailStays: boolean;
}

/** A run of lines that moved alike: lines `original` to `original + count - 1` are now at `current` and on. */
interface Run {
  readonly original: number;
  readonly current: number;
  readonly count: number;
  /** Whether their code is another than it was. */
  readonly changed: boolean;
}

/**
 * Where the lines of the profiled text are in the document now. Lines are 0-based.
 *
 * Made of an alignment of two texts, or of the identity; each edit splits the runs it touches. An edited line keeps its
 * identity, a deleted one loses it. Whether code changed is the alignment's word: edits do not say. Immutable.
 */
export class LineMap {
  static readonly identity = new LineMap([{ original: 0, current: 0, count: Number.MAX_SAFE_INTEGER, changed: false }]);

  /** Ascending in `original`. */
  private constructor(private readonly runs: readonly Run[]) {}

  static of({ current, changed }: LineAlignment): LineMap {
    const runs: Run[] = [];
    for (let line = 0; line < current.length; ) {
      const [at, isChanged] = [current[line]!, changed[line]];
      let count = 1;
      while (at >= 0 && current[line + count] === at + count && changed[line + count] === isChanged) count++;
      if (at >= 0) runs.push({ original: line, current: at, count, changed: isChanged === 1 });
      line += count;
    }
    return new LineMap(runs);
  }

  /** Where each of the first `count` original lines is, -1 for those that are gone. */
  toArray(count: number): Int32Array {
    const lines = new Int32Array(count).fill(-1);
    for (const run of this.runs) {
      const end = Math.min(count, run.original + run.count);
      for (let line = run.original; line < end; line++) lines[line] = run.current + (line - run.original);
    }
    return lines;
  }

  get isIdentity(): boolean {
    return this.runs.every(({ original, current, changed }) => original === current && !changed);
  }

  /** Where original line `line` is now, -1 when it is gone. */
  toCurrent(line: number): number {
    const run = this.runs[lastAtOrBefore(this.runs, line)];
    return run !== undefined && line < run.original + run.count ? run.current + (line - run.original) : -1;
  }

  /** Whether the code of original line `line`, which is not gone, is another now. */
  isChanged(line: number): boolean {
    return this.runs[lastAtOrBefore(this.runs, line)]?.changed ?? false;
  }

  /** The original lines that are now at `line`: none for a new line, several where lines were joined. */
  toOriginal(line: number): number[] {
    const originals: number[] = [];
    for (const run of this.runs) {
      if (line >= run.current && line < run.current + run.count) {
        originals.push(run.original + (line - run.current));
      }
    }
    return originals;
  }

  /** The map after one edit of the document. */
  apply(change: LineChange): LineMap {
    const { startLine, endLine, insertedBreaks, headStays, tailStays } = change;
    const removed = endLine - startLine;
    if (removed === 0 && insertedBreaks === 0) {
      return this;
    }
    if (removed === insertedBreaks) {
      // As many lines as before (a block was indented, commented out, formatted): each keeps its place.
      return this;
    }
    const newEnd = startLine + insertedBreaks;
    const kept: Run[] = [];
    for (const run of this.runs) {
      const end = run.current + run.count;
      if (run.current < startLine) {
        kept.push({ ...run, count: Math.min(end, startLine) - run.current });
      }
      if (contains(run, startLine) && (headStays || (removed === 0 && !tailStays))) {
        kept.push({ ...run, original: run.original + (startLine - run.current), current: startLine, count: 1 });
      }
      if (contains(run, endLine) && tailStays && !(removed === 0 && headStays)) {
        kept.push({ ...run, original: run.original + (endLine - run.current), current: newEnd, count: 1 });
      }
      if (end > endLine + 1) {
        const skipped = Math.max(0, endLine + 1 - run.current);
        const current = run.current + skipped + insertedBreaks - removed;
        kept.push({ ...run, original: run.original + skipped, current, count: run.count - skipped });
      }
    }
    return new LineMap(joinRuns(kept));
  }
}

function contains(run: Run, line: number): boolean {
  return line >= run.current && line < run.current + run.count;
}

/** Index of the last run whose `original` is at or before `line`; -1 for none. */
function lastAtOrBefore(runs: readonly Run[], line: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (runs[middle]!.original <= line) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

function joinRuns(runs: readonly Run[]): Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    const follows =
      last !== undefined &&
      run.changed === last.changed &&
      run.original === last.original + last.count &&
      run.current === last.current + last.count;
    if (follows) {
      joined[joined.length - 1] = { ...last, count: last.count + run.count };
    } else if (run.count > 0) {
      joined.push(run);
    }
  }
  return joined;
}
