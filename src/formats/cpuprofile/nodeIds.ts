/** Of this process, so that a file cannot be made to collide. */
const seed = (Math.random() * 0x100000000) | 0;
const factor = (Math.random() * 0x100000000) | 1;

/** Finds the row of a node id: by a table where ids are dense, by hashing where they are not. The first row wins. */
export class NodeIds {
  private readonly low: number;
  private readonly table: Int32Array;
  /** Slots hold rows, and `ids` says whose; -1 where ids are dense and the table is indexed directly. */
  private readonly mask: number;
  /** Rows whose id an earlier row has. */
  readonly duplicates: number;

  constructor(
    private readonly ids: Int32Array,
    private readonly length: number,
  ) {
    let low = 0x7fffffff;
    let high = -0x80000000;
    for (let row = 0; row < length; row++) {
      const id = ids[row];
      if (id < low) {
        low = id;
      }
      if (id > high) {
        high = id;
      }
    }
    this.low = low;
    let duplicates = 0;
    if (length === 0 || high - low < length * 4 + 1024) {
      this.mask = -1;
      this.table = new Int32Array(length === 0 ? 0 : high - low + 1).fill(-1);
      for (let row = 0; row < length; row++) {
        if (this.table[ids[row] - low] < 0) {
          this.table[ids[row] - low] = row;
        } else {
          duplicates++;
        }
      }
    } else {
      const size = 2 ** Math.ceil(Math.log2(length * 2 + 1));
      this.mask = size - 1;
      this.table = new Int32Array(size).fill(-1);
      for (let row = 0; row < length; row++) {
        const slot = this.slot(ids[row]);
        if (this.table[slot] < 0) {
          this.table[slot] = row;
        } else {
          duplicates++;
        }
      }
    }
    this.duplicates = duplicates;
  }

  private slot(id: number): number {
    let hash = Math.imul(id ^ seed, factor);
    hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
    let slot = (hash ^ (hash >>> 16)) & this.mask;
    while (this.table[slot] >= 0 && this.ids[this.table[slot]] !== id) {
      slot = (slot + 1) & this.mask;
    }
    return slot;
  }

  /** Row of a node, -1 where there is none. */
  row(id: number): number {
    if (this.mask >= 0) {
      return this.table[this.slot(id)];
    }
    const at = id - this.low;
    return this.length > 0 && at >= 0 && at < this.table.length ? this.table[at] : -1;
  }

  /** Replaces ids by the values of their rows, unknown ones by -1. @returns how many are unknown */
  translate(ids: Int32Array, valueOfRow: Int32Array): number {
    let unknown = 0;
    for (let i = 0; i < ids.length; i++) {
      const row = this.row(ids[i]);
      if (row < 0) {
        unknown++;
        ids[i] = -1;
      } else {
        ids[i] = valueOfRow[row];
      }
    }
    return unknown;
  }
}
