let shared = new Float64Array(0);

/**
 * A column of ones: the count of samples that stand for themselves. All such columns are views of one array, because
 * millions of equal numbers are costly to write and to keep. Not to be written to.
 */
export function onesColumn(length: number): Float64Array {
  if (shared.length < length) shared = new Float64Array(length).fill(1);
  return shared.subarray(0, length);
}

/** Whether a column is known to be all ones without a look at it. */
export function isOnesColumn(column: Float64Array): boolean {
  return column.buffer === shared.buffer;
}
