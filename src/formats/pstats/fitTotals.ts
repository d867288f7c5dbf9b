import { growFloat64, growInt32 } from '../../profile/growColumn';
import type { PairTable } from '../../profile/tupleTables';
import { type Grouped, groupBy } from '../callGraph/callGraphFlow';
import { StackLinks } from './stackLinks';

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

/** Totals that are not those that were recorded. */
export interface Misfits {
  readonly count: number;
  /** The largest difference, in the unit of the values. */
  readonly most: number;
}

/** Stacks and samples to be looked at, in all, where one that is made counts twenty: a second or two. */
const MOST_WORK = 1e8;
/** Candidates are looked for until there are so many, or so many times what is needed, to choose the largest of them. */
const ENOUGH_ROWS = 20_000;
const ENOUGH_TIMES = 30;

/**
 * Stacks that were put together of a call graph have exact self values, but in recursion it is unknown which functions
 * stood below one another, and their totals are off. This changes stacks of recursive functions until the totals of one
 * type are those that were recorded: where a function has too little, it is put into other stacks, on top of one of its
 * callers and below what it calls, as far as there are such; where it has too much, it is taken out. Neither changes
 * the top of a stack, hence no self value, nor the total of any other function.
 * @param total the totals that were recorded, by function
 * @param checkpoint called now and then
 * @returns how many totals do not fit, and by how much at most, where what was recorded contradicts itself
 */
export function fitTotals(
  samples: FunctionStacks,
  type: number,
  total: Float64Array,
  calls: Calls,
  checkpoint: () => void,
): Misfits {
  return new Fitting(samples, type, total, calls).run(checkpoint);
}

class Fitting {
  private readonly functions: number;
  private readonly byCallee: Grouped;
  private readonly byCaller: Grouped;
  private readonly isCallee: Uint8Array;
  private readonly links: StackLinks;
  private work = 0;

  // Candidates: rows with the stacks they had, and the place in these.
  private found = 0;
  private foundSum = 0;
  private enough = 0;
  private rows: Int32Array = new Int32Array(64);
  private stackOf: Int32Array = new Int32Array(64);
  private placeOf: Int32Array = new Int32Array(64);
  private readonly open: number[] = [];

  constructor(
    private readonly samples: FunctionStacks,
    private readonly type: number,
    private readonly total: Float64Array,
    private readonly calls: Calls,
  ) {
    this.functions = total.length;
    this.byCallee = groupBy(calls.callee, calls.callee.length, this.functions);
    this.byCaller = groupBy(calls.caller, calls.caller.length, this.functions);
    this.isCallee = new Uint8Array(this.functions + 1);
    this.links = new StackLinks(samples.stacks, samples.stack, samples.length, this.functions + 1);
  }

  run(checkpoint: () => void): Misfits {
    const found = this.totals();
    const off = Array.from(found.keys()).filter((func) => found[func] !== this.total[func]);
    off.sort((a, b) => Math.abs(found[b] - this.total[b]) - Math.abs(found[a] - this.total[a]));
    let count = 0;
    let most = 0;
    for (const func of off) {
      checkpoint();
      const missing = this.total[func] - found[func];
      const left =
        this.work > MOST_WORK ? Math.abs(missing) : missing > 0 ? this.put(func, missing) : this.take(func, -missing);
      count += left > 0 ? 1 : 0;
      most = Math.max(most, left);
    }
    return { count, most };
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
      if (func < this.functions && !this.contains(prefix, func)) {
        result[func] += sums[at];
      }
    }
    return result;
  }

  private contains(stack: number, func: number): boolean {
    const { a, b } = this.samples.stacks;
    let at = stack;
    while (at >= 0 && b[at] !== func) {
      at = a[at];
      this.work++;
    }
    return at >= 0;
  }

  /** Puts a function into stacks that have `missing` in all. @returns what is still missing */
  private put(func: number, missing: number): number {
    const { byCallee, byCaller, calls } = this;
    const callers = byCallee.rows.subarray(byCallee.start[func], byCallee.start[func + 1]);
    const callees = byCaller.rows.subarray(byCaller.start[func], byCaller.start[func + 1]);
    for (const row of callees) {
      this.isCallee[calls.callee[row]] = 1;
    }
    let left = missing;
    // Between a caller and a callee; on top of a caller; below a callee; under any top, for what somebody calls.
    for (let fit = 0; fit < 4 && left > 0; fit++) {
      this.begin(left);
      if (fit < 2) {
        this.findAboveCallers(func, callers, fit === 0);
      } else if (fit === 2) {
        this.findBelowCallees(func, callees);
      } else if (callers.length > 0) {
        this.findAnywhere(func);
      }
      left -= this.moveLargest(left, (stack, place) => this.inserted(stack, place, func));
      if (this.work > MOST_WORK) {
        break;
      }
    }
    for (const row of callees) {
      this.isCallee[calls.callee[row]] = 0;
    }
    return left;
  }

  private findAboveCallers(func: number, callers: Int32Array, between: boolean): void {
    const { links, samples } = this;
    for (const row of callers) {
      const caller = this.calls.caller[row];
      for (let at = caller === func ? -1 : links.ofFunction(caller); at >= 0 && !this.isEnough(); at = links.next(at)) {
        if (links.child(at) < 0 || this.contains(at, func)) {
          continue;
        }
        for (let child = links.child(at); child >= 0 && !this.isEnough(); child = links.sibling(child)) {
          if (!between || this.isCallee[samples.stacks.b[child]] === 1) {
            this.find(child, at, func, false);
          }
        }
      }
    }
  }

  private findBelowCallees(func: number, callees: Int32Array): void {
    const { links, samples } = this;
    for (const row of callees) {
      const callee = this.calls.callee[row];
      for (let at = callee === func ? -1 : links.ofFunction(callee); at >= 0 && !this.isEnough(); at = links.next(at)) {
        if (!this.contains(at, func)) {
          this.find(at, samples.stacks.a[at], func, false);
        }
      }
    }
  }

  private findAnywhere(func: number): void {
    const { stack, stacks, length } = this.samples;
    for (let row = 0; row < length && !this.isEnough(); row++) {
      if (!this.contains(stack[row], func)) {
        this.add(row, stack[row], stacks.a[stack[row]]);
      }
    }
  }

  /** Takes a function out of stacks that have `surplus` in all. @returns what is still too much */
  private take(func: number, surplus: number): number {
    const { links, samples } = this;
    this.begin(surplus);
    for (let at = links.ofFunction(func); at >= 0 && !this.isEnough(); at = links.next(at)) {
      if (links.child(at) >= 0 && !this.contains(samples.stacks.a[at], func)) {
        for (let child = links.child(at); child >= 0 && !this.isEnough(); child = links.sibling(child)) {
          this.find(child, at, func, true);
        }
      }
    }
    return surplus - this.moveLargest(surplus, (stack) => this.without(stack, func));
  }

  private begin(needed: number): void {
    this.found = 0;
    this.foundSum = 0;
    this.enough = needed * ENOUGH_TIMES;
  }

  private isEnough(): boolean {
    return this.foundSum >= this.enough || (this.found >= ENOUGH_ROWS && this.foundSum > 0) || this.work > MOST_WORK;
  }

  private add(row: number, stack: number, place: number): void {
    const value = this.samples.values[this.type][row];
    if (value > 0) {
      const at = this.found++;
      this.rows = growInt32(this.rows, this.found);
      this.stackOf = growInt32(this.stackOf, this.found);
      this.placeOf = growInt32(this.placeOf, this.found);
      this.rows[at] = row;
      this.stackOf[at] = stack;
      this.placeOf[at] = place;
      this.foundSum += value;
    }
  }

  /** Finds the rows of a stack and of those upon it that do not have the function; or, `having` it, do not end with it. */
  private find(top: number, place: number, func: number, having: boolean): void {
    const { links, open, samples } = this;
    open.length = 0;
    open.push(top);
    while (open.length > 0 && !this.isEnough()) {
      const stack = open.pop()!;
      this.work++;
      const isFunc = samples.stacks.b[stack] === func;
      if (isFunc && !having) {
        continue;
      }
      for (let row = isFunc ? -1 : links.row(stack); row >= 0; row = links.nextRow(row)) {
        this.work++;
        this.add(row, stack, place);
      }
      for (let child = links.child(stack); child >= 0; child = links.sibling(child)) {
        open.push(child);
      }
    }
  }

  /** Moves the largest candidates, `most` in all, to other stacks. @returns how much there was */
  private moveLargest(most: number, to: (stack: number, place: number) => number): number {
    const { samples, rows, stackOf, placeOf } = this;
    const column = samples.values[this.type];
    const order = Array.from({ length: this.found }, (_, i) => i).sort((a, b) => column[rows[b]] - column[rows[a]]);
    let left = most;
    for (const i of order) {
      if (left <= 0) {
        break;
      }
      // A row may be there twice, by two places.
      if (samples.stack[rows[i]] === stackOf[i]) {
        left -= this.move(rows[i], left, to(stackOf[i], placeOf[i]));
      }
    }
    return most - left;
  }

  /** Functions from the top down to, not including, stack `until`. */
  private above(stack: number, until: number): number[] {
    const { a, b } = this.samples.stacks;
    const functions: number[] = [];
    for (let at = stack; at !== until; at = a[at]) {
      functions.push(b[at]);
    }
    this.work += functions.length * 20;
    return functions;
  }

  private inserted(stack: number, place: number, func: number): number {
    const upon = this.links.stack(place, func);
    return this.above(stack, place).reduceRight((at, each) => this.links.stack(at, each), upon);
  }

  private without(stack: number, func: number): number {
    return this.above(stack, -1).reduceRight((at, each) => (each === func ? at : this.links.stack(at, each)), -1);
  }

  /** Gives up to `most` of a row to another stack, all types in proportion. @returns how much */
  private move(row: number, most: number, stack: number): number {
    const { samples, type } = this;
    const value = samples.values[type][row];
    if (value <= most) {
      this.links.removeRow(row, samples.stack[row]);
      samples.stack[row] = stack;
      this.links.addRow(row, stack);
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
    this.links.addRow(to, stack);
    return most;
  }
}
