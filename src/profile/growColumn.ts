/** Capacity to grow to, so that appending stays linear: at least `needed`, at least twice what there is. */
function nextCapacity(current: number, needed: number): number {
  return Math.max(needed, current * 2, 16);
}

/** The first `length` entries in memory of their own, which is the column's where it has no more. */
export function exact(column: Int32Array, length: number): Int32Array {
  return column.length === length && column.byteLength === column.buffer.byteLength ? column : column.slice(0, length);
}

/** The same column with room for at least `needed` entries; what it held is copied when it had to move. */
export function growInt32(column: Int32Array, needed: number): Int32Array {
  if (needed <= column.length) {
    return column;
  }
  const grown = new Int32Array(nextCapacity(column.length, needed));
  grown.set(column);
  return grown;
}

/** As `growInt32`. */
export function growFloat64(column: Float64Array, needed: number): Float64Array {
  if (needed <= column.length) {
    return column;
  }
  const grown = new Float64Array(nextCapacity(column.length, needed));
  grown.set(column);
  return grown;
}

/** As `growInt32`. */
export function growUint8(column: Uint8Array, needed: number): Uint8Array {
  if (needed <= column.length) {
    return column;
  }
  const grown = new Uint8Array(nextCapacity(column.length, needed));
  grown.set(column);
  return grown;
}

/** In Node 21 and later, and in browsers of 2023 and later. */
interface Transferable {
  transfer?(length: number): ArrayBuffer;
}

/**
 * Frees a column's memory now rather than when the garbage collector comes to it: for large ones that only this caller
 * has. It has no entries afterwards.
 */
export function freeColumn(column: Int32Array | Float64Array | Uint8Array): void {
  (column.buffer as Transferable).transfer?.(0);
}

/**
 * A column that has a buffer of its own, cut or grown to `length`; the one given must not be used any more. Where it can
 * be, it stays in its place.
 */
export function resizeInt32(column: Int32Array, length: number): Int32Array {
  const moved = (column.buffer as Transferable).transfer?.(length * 4);
  if (moved !== undefined) {
    return new Int32Array(moved);
  }
  const resized = new Int32Array(length);
  resized.set(length < column.length ? column.subarray(0, length) : column);
  return resized;
}
