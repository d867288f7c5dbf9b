/**
 * Row numbers in ascending order of `keys`; equal keys keep their order. Null where they are in order already.
 * A natural merge sort: data that is nearly in order, as profilers write it, takes few passes.
 */
export function stableOrder(keys: Float64Array): Int32Array | null {
  const n = keys.length;
  let runs: number[] = [];
  for (let i = 0; i < n; ) {
    runs.push(i);
    i++;
    while (i < n && keys[i - 1] <= keys[i]) {
      i++;
    }
  }
  if (runs.length <= 1) {
    return null;
  }
  let from = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    from[i] = i;
  }
  let to = new Int32Array(n);
  while (runs.length > 1) {
    const merged: number[] = [];
    for (let r = 0; r < runs.length; r += 2) {
      const start = runs[r];
      const middle = r + 1 < runs.length ? runs[r + 1] : n;
      const end = r + 2 < runs.length ? runs[r + 2] : n;
      merged.push(start);
      mergeRuns(keys, from, to, start, middle, end);
    }
    runs = merged;
    [from, to] = [to, from];
  }
  return from;
}

function mergeRuns(
  keys: Float64Array,
  from: Int32Array,
  to: Int32Array,
  start: number,
  middle: number,
  end: number,
): void {
  if (middle >= end || keys[from[middle - 1]] <= keys[from[middle]]) {
    to.set(from.subarray(start, end), start);
    return;
  }
  let left = start;
  let right = middle;
  for (let target = start; target < end; target++) {
    if (left < middle && (right >= end || keys[from[left]] <= keys[from[right]])) {
      to[target] = from[left++];
    } else {
      to[target] = from[right++];
    }
  }
}
