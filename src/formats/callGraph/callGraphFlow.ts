import { growFloat64, growInt32 } from '../../profile/growColumn';

/**
 * A graph without cycles along which costs flow from callers to callees. A *column* of a node takes a part of what
 * flows in: it is a self cost (target -1), or a call to another node. `frame` -1 passes on without a frame.
 */
export class Flow {
  /** Columns so far. */
  length = 0;
  node: Int32Array = new Int32Array(64);
  base: Int32Array = new Int32Array(64);
  frame: Int32Array = new Int32Array(64);
  target: Int32Array = new Int32Array(64);
  readonly values: Float64Array[];
  /** Every node once, callers before callees. */
  readonly order: number[] = [];

  /** @param nodes the number of nodes, ids 0 to `nodes - 1`, to be raised by `addNode` */
  constructor(
    readonly types: number,
    public nodes: number,
  ) {
    this.values = Array.from({ length: types }, () => new Float64Array(64));
  }

  addNode(): number {
    return this.nodes++;
  }

  /** Adds a column whose values are `part(type)`, unless they are all zero. */
  add(node: number, base: number, frame: number, target: number, part: (type: number) => number): void {
    const at = this.length;
    if (at >= this.node.length) {
      this.node = growInt32(this.node, at + 1);
      this.base = growInt32(this.base, at + 1);
      this.frame = growInt32(this.frame, at + 1);
      this.target = growInt32(this.target, at + 1);
      for (let type = 0; type < this.types; type++) {
        this.values[type] = growFloat64(this.values[type], at + 1);
      }
    }
    let any = false;
    for (let type = 0; type < this.types; type++) {
      const value = part(type);
      this.values[type][at] = value;
      any ||= value > 0;
    }
    if (any) {
      this.node[at] = node;
      this.base[at] = base;
      this.frame[at] = frame;
      this.target[at] = target;
      this.length++;
    }
  }
}

/** Row numbers 0 to `length - 1` grouped by `key`: those of key `k` are `rows[start[k]]` to `rows[start[k + 1] - 1]`. */
export interface Grouped {
  readonly start: Int32Array;
  readonly rows: Int32Array;
}

/** Groups rows by a key from 0 to `keys - 1`; rows with a negative key are left out. Keeps their order. */
export function groupBy(key: Int32Array, length: number, keys: number): Grouped {
  const start = new Int32Array(keys + 1);
  for (let row = 0; row < length; row++) {
    if (key[row] >= 0) {
      start[key[row] + 1]++;
    }
  }
  for (let k = 0; k < keys; k++) {
    start[k + 1] += start[k];
  }
  const rows = new Int32Array(start[keys]);
  const next = start.slice(0, keys);
  for (let row = 0; row < length; row++) {
    if (key[row] >= 0) {
      rows[next[key[row]]++] = row;
    }
  }
  return { start, rows };
}

/** Whether all values are whole numbers, so that their parts can be, too. */
export function areWhole(values: Float64Array): boolean {
  return values.every((value) => Number.isInteger(value));
}

/**
 * Divides `total` in proportion to `weights` (equally where they are all zero); whole parts where asked for. The
 * parts sum to `total`, and no part exceeds its exact share rounded up.
 */
export function apportion(total: number, weights: readonly number[], whole: boolean): Float64Array {
  const parts = new Float64Array(weights.length);
  let sum = 0;
  for (const weight of weights) {
    sum += weight;
  }
  let cumulated = 0;
  let given = 0;
  for (let i = 0; i < parts.length; i++) {
    cumulated += sum > 0 ? weights[i] / sum : 1 / parts.length;
    const last = i === parts.length - 1;
    const until = last ? total : Math.min(total, whole ? Math.round(total * cumulated) : total * cumulated);
    parts[i] = Math.max(0, until - given);
    given = Math.max(given, until);
  }
  return parts;
}
