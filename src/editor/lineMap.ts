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
}

/**
 * Where the lines of the profiled text are in the document now. Lines are 0-based.
 *
 * The document that a profile is shown on starts as identity; each edit splits the runs it touches. An edited line
 * keeps its identity, a deleted one loses it. Immutable: `apply` answers a new map, so a saved state is one reference.
 */
export class LineMap {
  static readonly identity = new LineMap([{ original: 0, current: 0, count: Number.MAX_SAFE_INTEGER }]);

  /** Ascending in `original`, and in `current` save where two original lines were joined to one. */
  private constructor(private readonly runs: readonly Run[]) {}

  /** The map from one text to another: what they share at the start and at the end stays, what differs between is gone. */
  static between(originalLines: readonly string[], currentLines: readonly string[]): LineMap {
    const shorter = Math.min(originalLines.length, currentLines.length);
    let prefix = 0;
    while (prefix < shorter && originalLines[prefix] === currentLines[prefix]) {
      prefix++;
    }
    if (prefix === shorter && originalLines.length === currentLines.length) {
      return LineMap.identity;
    }
    let suffix = 0;
    while (suffix < shorter - prefix && originalLines.at(-1 - suffix) === currentLines.at(-1 - suffix)) {
      suffix++;
    }
    return LineMap.identity.replace(prefix, originalLines.length - suffix, currentLines.length - suffix - prefix);
  }

  get isIdentity(): boolean {
    return this.runs.length === 1 && this.runs[0]!.original === 0 && this.runs[0]!.current === 0;
  }

  /** Where original line `line` is now, -1 when it is gone. */
  toCurrent(line: number): number {
    const run = this.runs[lastAtOrBefore(this.runs, line)];
    return run !== undefined && line < run.original + run.count ? run.current + (line - run.original) : -1;
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
        const count = Math.min(end, startLine) - run.current;
        kept.push({ original: run.original, current: run.current, count });
      }
      if (contains(run, startLine) && (headStays || (removed === 0 && !tailStays))) {
        kept.push({ original: run.original + (startLine - run.current), current: startLine, count: 1 });
      }
      if (contains(run, endLine) && tailStays && !(removed === 0 && headStays)) {
        kept.push({ original: run.original + (endLine - run.current), current: newEnd, count: 1 });
      }
      if (end > endLine + 1) {
        const skipped = Math.max(0, endLine + 1 - run.current);
        const current = run.current + skipped + insertedBreaks - removed;
        kept.push({ original: run.original + skipped, current, count: run.count - skipped });
      }
    }
    return new LineMap(joinRuns(kept));
  }

  /** Current lines `from` to `to` (exclusive) replaced by `count` new ones. */
  private replace(from: number, to: number, count: number): LineMap {
    const kept: Run[] = [];
    for (const run of this.runs) {
      const end = run.current + run.count;
      if (run.current < from) {
        kept.push({ ...run, count: Math.min(end, from) - run.current });
      }
      if (end > to) {
        const skipped = Math.max(0, to - run.current);
        const current = run.current + skipped + count - (to - from);
        kept.push({ original: run.original + skipped, current, count: run.count - skipped });
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
      last !== undefined && run.original === last.original + last.count && run.current === last.current + last.count;
    if (follows) {
      joined[joined.length - 1] = { ...last, count: last.count + run.count };
    } else if (run.count > 0) {
      joined.push(run);
    }
  }
  return joined;
}
