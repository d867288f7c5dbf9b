import { growFloat64, growInt32 } from '../../profile/growColumn';
import type { PairTable } from '../../profile/tupleTables';
import { type Grouped, groupBy } from '../callGraph/callGraphFlow';

/** Stacks of functions and samples with one column a type; `PairTable.a` is a stack's prefix, `b` its function. */
export interface FunctionStacks {
  readonly stacks: PairTable;
  length: number;
  stack: Int32Array;
  values: Float64Array[];
}

/** Calls between functions, a row each. */
export interface Calls {
  readonly caller: Int32Array;
  readonly callee: Int32Array;
}

/** No place in a stack; -1 is the place under all frames. */
const NOWHERE = -2;
/** Stacks and samples to be looked at, in all. */
const MOST_WORK = 2e8;

/**
 * Stacks that were put together of a call graph have exact self values, but in recursion it is unknown which functions
 * stood below one another, and their totals are off. This changes stacks of recursive functions until the totals of one
 * type are those that were recorded: where a function has too little, it is put into other stacks, on top of one of its
 * callers and below what it calls, as far as there are such; where it has too much, it is taken out. Neither changes
 * the top of a stack, hence no self value, nor the total of any other function.
 * @param total the totals that were recorded, by function
 * @returns whether all totals fit
 */
export function fitTotals(samples: FunctionStacks, type: number, total: Float64Array, calls: Calls): boolean {
  return new Fitting(samples, type, total, calls).run();
}

class Fitting {
  private readonly functions: number;
  private readonly byCallee: Grouped;
  private readonly byCaller: Grouped;
  private readonly isCaller: Uint8Array;
  private readonly isCallee: Uint8Array;
  private has: Uint8Array = new Uint8Array(0);
  /** Where the function at hand would go into a stack: the stack it stands upon, by how well it fits there. */
  private places: Int32Array[] = [];
  private work = 0;

  constructor(
    private readonly samples: FunctionStacks,
    private readonly type: number,
    private readonly total: Float64Array,
    private readonly calls: Calls,
  ) {
    this.functions = total.length;
    this.byCallee = groupBy(calls.callee, calls.callee.length, this.functions);
    this.byCaller = groupBy(calls.caller, calls.caller.length, this.functions);
    this.isCaller = new Uint8Array(this.functions + 1);
    this.isCallee = new Uint8Array(this.functions + 1);
  }

  run(): boolean {
    const found = this.totals();
    const off = Array.from(found.keys()).filter((func) => found[func] !== this.total[func]);
    off.sort((a, b) => Math.abs(found[b] - this.total[b]) - Math.abs(found[a] - this.total[a]));
    let fits = true;
    for (const func of off) {
      if (this.work > MOST_WORK) {
        return false;
      }
      const missing = this.total[func] - found[func];
      fits = (missing > 0 ? this.put(func, missing) : this.take(func, -missing)) === 0 && fits;
    }
    return fits;
  }

  /** Totals of the functions as they are. */
  private totals(): Float64Array {
    const { stacks, stack, length, values } = this.samples;
    const sums = new Float64Array(stacks.length);
    for (let row = 0; row < length; row++) {
      sums[stack[row]] += values[this.type][row];
    }
    const result = new Float64Array(this.functions);
    for (let at = stacks.length - 1; at >= 0; at--) {
      const func = stacks.b[at];
      const prefix = stacks.a[at];
      if (prefix >= 0) {
        sums[prefix] += sums[at];
      }
      let below = prefix;
      while (below >= 0 && stacks.b[below] !== func) {
        below = stacks.a[below];
      }
      if (below < 0 && func < this.functions) {
        result[func] += sums[at];
      }
    }
    return result;
  }

  /** Rows in the order of their values, largest first, so that few are divided. */
  private rows(): Int32Array {
    const { length, values } = this.samples;
    const column = values[this.type];
    return Int32Array.from({ length }, (_, row) => row).sort((a, b) => column[b] - column[a]);
  }

  /** Puts a function into stacks that have `missing` in all. @returns what is still missing */
  private put(func: number, missing: number): number {
    const { samples } = this;
    this.mark(func);
    this.findPlaces(func);
    const rows = this.rows();
    let left = missing;
    for (const place of this.places) {
      for (let i = 0; i < rows.length && left > 0; i++) {
        const stack = samples.stack[rows[i]];
        // A row that was moved has a stack of this pass.
        if (stack < this.has.length && this.has[stack] === 0 && place[stack] !== NOWHERE) {
          left -= this.move(rows[i], left, this.inserted(stack, place[stack], func));
        }
      }
    }
    return left;
  }

  /** Takes a function out of stacks that have `surplus` in all. @returns what is still too much */
  private take(func: number, surplus: number): number {
    const { samples } = this;
    this.mark(func);
    const count = this.has.length;
    let left = surplus;
    for (const row of this.rows()) {
      const stack = samples.stack[row];
      if (left <= 0) {
        break;
      }
      if (stack < count && this.has[stack] === 1 && samples.stacks.b[stack] !== func) {
        left -= this.move(row, left, this.without(stack, func));
      }
    }
    return left;
  }

  private mark(func: number): void {
    const { stacks } = this.samples;
    this.work += stacks.length + this.samples.length;
    this.has = new Uint8Array(stacks.length);
    for (let at = 0; at < stacks.length; at++) {
      this.has[at] = stacks.b[at] === func || (stacks.a[at] >= 0 && this.has[stacks.a[at]] === 1) ? 1 : 0;
    }
    this.isCaller.fill(0);
    this.isCallee.fill(0);
    const { byCallee, byCaller, calls } = this;
    for (const row of byCallee.rows.subarray(byCallee.start[func], byCallee.start[func + 1])) {
      this.isCaller[calls.caller[row]] = 1;
    }
    for (const row of byCaller.rows.subarray(byCaller.start[func], byCaller.start[func + 1])) {
      this.isCallee[calls.callee[row]] = 1;
    }
  }

  /** On top of a caller and below a callee; on top of a caller; below a callee; anywhere: under the top. */
  private findPlaces(func: number): void {
    const { stacks } = this.samples;
    const { isCaller, isCallee } = this;
    const [between, above, below, anywhere] = Array.from({ length: 4 }, () =>
      new Int32Array(stacks.length).fill(NOWHERE),
    );
    for (let at = 0; at < stacks.length; at++) {
      const prefix = stacks.a[at];
      const called = isCallee[stacks.b[at]] === 1;
      const calling = prefix >= 0 && isCaller[stacks.b[prefix]] === 1;
      const inherit = (places: Int32Array): number => (prefix >= 0 ? places[prefix] : NOWHERE);
      between[at] = called && calling ? prefix : inherit(between);
      above[at] = calling ? prefix : inherit(above);
      below[at] = called ? prefix : inherit(below);
      anywhere[at] = prefix;
    }
    // What nobody calls is where stacks begin.
    this.places =
      this.byCallee.start[func] === this.byCallee.start[func + 1] ? [below] : [between, above, below, anywhere];
  }

  /** Frames from the top down to, not including, stack `until`. */
  private framesAbove(stack: number, until: number): number[] {
    const { stacks } = this.samples;
    const frames: number[] = [];
    for (let at = stack; at !== until; at = stacks.a[at]) {
      frames.push(stacks.b[at]);
    }
    return frames;
  }

  private inserted(stack: number, place: number, func: number): number {
    const frames = this.framesAbove(stack, place);
    return frames.reduceRight(
      (at, frame) => this.samples.stacks.intern(at, frame),
      this.samples.stacks.intern(place, func),
    );
  }

  private without(stack: number, func: number): number {
    const frames = this.framesAbove(stack, -1);
    return frames.reduceRight((at, frame) => (frame === func ? at : this.samples.stacks.intern(at, frame)), -1);
  }

  /** Gives up to `most` of a row to another stack, all types in proportion. @returns how much */
  private move(row: number, most: number, stack: number): number {
    const { samples, type } = this;
    const value = samples.values[type][row];
    if (value <= most) {
      samples.stack[row] = stack;
      return value;
    }
    const to = samples.length++;
    samples.stack = growInt32(samples.stack, to + 1);
    samples.stack[to] = stack;
    samples.values = samples.values.map((column) => growFloat64(column, to + 1));
    samples.values.forEach((column, each) => {
      const part = each === type ? most : Math.floor((column[row] * most) / value);
      column[to] = part;
      column[row] -= part;
    });
    return most;
  }
}
