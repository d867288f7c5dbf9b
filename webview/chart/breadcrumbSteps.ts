/** Steps shown before and after the "…" of a long path. */
const HEAD = 1;
const TAIL = 2;

/** Which steps of a path are shown: all, or the first and the last ones with a gap between. */
export function visibleSteps<T>(path: readonly T[], expanded: boolean): { head: readonly T[]; tail: readonly T[] } {
  if (expanded || path.length <= HEAD + TAIL + 1) return { head: path, tail: [] };
  return { head: path.slice(0, HEAD), tail: path.slice(-TAIL) };
}
