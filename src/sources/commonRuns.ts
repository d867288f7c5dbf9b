/** Two runs are compared line by line as long as they differ by no more lines than this. */
const maxDifferences = 600;

/**
 * Finds the lines that two texts have in common, in order: anchored by lines that are unique in both (patience diff,
 * https://bramcohen.livejournal.com/73318.html), and between anchors by Myers' O(ND) algorithm ("An O(ND) Difference
 * Algorithm and Its Variations", 1986). Runs that differ too much to be compared have none in common.
 *
 * @param found is told each run of common lines, in no order: first line in `a`, in `b`, and how many
 */
export function commonRuns(
  a: Uint32Array,
  b: Uint32Array,
  found: (inA: number, inB: number, count: number) => void,
): void {
  const open: [number, number, number, number][] = [[0, a.length, 0, b.length]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    let [fromA, toA, fromB, toB] = next;
    let start = 0;
    while (fromA + start < toA && fromB + start < toB && a[fromA + start] === b[fromB + start]) start++;
    if (start > 0) found(fromA, fromB, start);
    fromA += start;
    fromB += start;
    let end = 0;
    while (toA - end > fromA && toB - end > fromB && a[toA - end - 1] === b[toB - end - 1]) end++;
    if (end > 0) found(toA - end, toB - end, end);
    toA -= end;
    toB -= end;
    if (fromA === toA || fromB === toB) continue;
    const anchors = anchorsOf(a, fromA, toA, b, fromB, toB);
    if (anchors.length === 0) {
      myers(a, fromA, toA, b, fromB, toB, found);
      continue;
    }
    let [lastA, lastB] = [fromA, fromB];
    for (const [inA, inB] of anchors) {
      found(inA, inB, 1);
      if (lastA < inA && lastB < inB) open.push([lastA, inA, lastB, inB]);
      [lastA, lastB] = [inA + 1, inB + 1];
    }
    if (lastA < toA && lastB < toB) open.push([lastA, toA, lastB, toB]);
  }
}

/** Lines that are unique in both, as many as are in the same order in both. */
function anchorsOf(
  a: Uint32Array,
  fromA: number,
  toA: number,
  b: Uint32Array,
  fromB: number,
  toB: number,
): [number, number][] {
  const inB = new Map<number, number>();
  for (let j = fromB; j < toB; j++) inB.set(b[j]!, inB.has(b[j]!) ? -1 : j);
  const inA = new Map<number, number>();
  for (let i = fromA; i < toA; i++) inA.set(a[i]!, inA.has(a[i]!) ? -1 : i);
  const pairs: [number, number][] = [];
  for (const [hash, i] of inA) {
    const j = i < 0 ? undefined : inB.get(hash);
    if (j !== undefined && j >= 0) pairs.push([i, j]);
  }
  pairs.sort((x, y) => x[0] - y[0]);
  return longestAscending(pairs);
}

/** The longest subsequence with ascending second numbers, by patience sorting. */
function longestAscending(pairs: readonly [number, number][]): [number, number][] {
  const piles: number[] = [];
  const before = new Int32Array(pairs.length);
  pairs.forEach(([, value], at) => {
    let low = 0;
    let high = piles.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[piles[middle]!]![1] < value) low = middle + 1;
      else high = middle;
    }
    before[at] = low === 0 ? -1 : piles[low - 1]!;
    piles[low] = at;
  });
  const chosen: [number, number][] = [];
  for (let at = piles.at(-1) ?? -1; at >= 0; at = before[at]!) chosen.push(pairs[at]!);
  return chosen.reverse();
}

function myers(
  a: Uint32Array,
  fromA: number,
  toA: number,
  b: Uint32Array,
  fromB: number,
  toB: number,
  found: (inA: number, inB: number, count: number) => void,
): void {
  const [n, m] = [toA - fromA, toB - fromB];
  const most = Math.min(n + m, maxDifferences);
  // The furthest x on each diagonal k, at k + most + 1; before each step, for the way back.
  const furthest = new Int32Array(2 * most + 3);
  const steps: Int32Array[] = [];
  for (let d = 0; d <= most; d++) {
    steps.push(furthest.slice(most + 1 - d - 1, most + 1 + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && furthest[most + k]! < furthest[most + k + 2]!);
      let x = down ? furthest[most + k + 2]! : furthest[most + k]! + 1;
      while (x < n && x - k < m && x >= k && a[fromA + x] === b[fromB + x - k]) x++;
      furthest[most + k + 1] = x;
      if (x === n && x - k === m) {
        wayBack(steps, n, m, (inA, inB, count) => found(fromA + inA, fromB + inB, count));
        return;
      }
    }
  }
}

/** @param steps what `furthest` was before step d, from diagonal -d - 1 to d + 1 */
function wayBack(
  steps: readonly Int32Array[],
  n: number,
  m: number,
  found: (inA: number, inB: number, count: number) => void,
): void {
  let [x, y] = [n, m];
  for (let d = steps.length - 1; d >= 0; d--) {
    const before = steps[d]!;
    const k = x - y;
    const at = (diagonal: number): number => before[diagonal + d + 1]!;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const fromK = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : at(fromK);
    const fromY = d === 0 ? 0 : fromX - fromK;
    const startX = d === 0 ? 0 : down ? fromX : fromX + 1;
    if (x > startX) found(startX, startX - k, x - startX);
    [x, y] = [fromX, fromY];
  }
}
