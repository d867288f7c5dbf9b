import { growFloat64, growInt32 } from '../../profile/growColumn';
import type { ProfileBuilder } from '../../profile/profileBuilder';
import { areWhole, type Flow, groupBy } from './callGraphFlow';

/**
 * A context smaller than this part of all in every type is not divided among all calls, but sent along few. The first
 * one that keeps the number of contexts in bounds is taken; paths alone, if need be.
 */
const FINENESS = [1e-5, 1e-4, 1e-3, 1e-2, Infinity];

export interface ExpandOptions {
  readonly slack: number;
  readonly mostContexts: number;
  readonly checkpoint: () => void;
}

export interface Expanded {
  readonly stack: Int32Array;
  readonly values: Float64Array[];
  readonly unbalanced: boolean;
  readonly merged: boolean;
}

/** Interns the stacks of a flow and gives each its part: every column's values are spent exactly. */
export function expandFlow(builder: ProfileBuilder, flow: Flow, options: ExpandOptions): Expanded {
  const fineness = FINENESS.find((fine) => new Expansion(null, flow, options, fine).fits()) ?? Infinity;
  return new Expansion(builder, flow, options, fineness).run();
}

class Expansion {
  private readonly types: number;
  private readonly whole: boolean[];
  private readonly scale: number[];
  /** What is left of each column. */
  private readonly left: Float64Array[];

  // Contexts that wait for their node: a chain of callers (a stack) with the values that came by it.
  private contexts = 0;
  private contextStack: Int32Array = new Int32Array(256);
  private contextNext: Int32Array = new Int32Array(256);
  private readonly contextValues: Float64Array[];
  private readonly firstContext: Int32Array;
  private freeContext = -1;
  /** All contexts and rows that there were. */
  private made = 0;
  /** Columns looked at while dividing. */
  private work = 0;

  private rows = 0;
  private rowStack: Int32Array = new Int32Array(256);
  private readonly rowValues: Float64Array[];
  private readonly part: Float64Array;
  /** Scratch: weights of the contexts at hand. */
  private shares: Float64Array = new Float64Array(256);
  /** No more than this of a type is nothing: fractions do not add up to the last bit. */
  private readonly nothing: number[];
  private unbalanced = false;
  private merged = false;
  private mergedRoot = -1;

  constructor(
    /** Null to see how many contexts there are. */
    private readonly builder: ProfileBuilder | null,
    private readonly flow: Flow,
    private readonly options: ExpandOptions,
    private readonly fineness: number,
  ) {
    this.types = flow.types;
    this.left = flow.values.map((column) => column.slice(0, flow.length));
    this.whole = this.left.map(areWhole);
    this.contextValues = this.left.map(() => new Float64Array(256));
    this.rowValues = this.left.map(() => new Float64Array(256));
    this.part = new Float64Array(this.types);
    this.firstContext = new Int32Array(flow.nodes).fill(-1);
    this.scale = this.left.map((column) => {
      let sum = 0;
      for (let i = 0; i < column.length; i++) {
        sum += flow.target[i] < 0 ? column[i] : 0;
      }
      return sum > 0 ? 1 / sum : 0;
    });
    this.nothing = this.scale.map((scale, type) => (this.whole[type] || scale === 0 ? 0 : 1e-12 / scale));
  }

  /** Whether the contexts stay as few as they shall. */
  fits(): boolean {
    this.spendAll(() => this.isTooMuch());
    return !this.isTooMuch();
  }

  private isTooMuch(): boolean {
    return this.made > this.options.mostContexts || this.work > 100 * this.options.mostContexts;
  }

  /** Goes down the nodes until `isEnough`. */
  private spendAll(isEnough: () => boolean): void {
    const { order, node, length, nodes } = this.flow;
    const { rows, start } = groupBy(node, length, nodes);
    for (let at = 0; at < order.length && !isEnough(); at++) {
      this.spend(order[at], rows.subarray(start[order[at]], start[order[at] + 1]));
      if (at % 1024 === 0) {
        this.options.checkpoint();
      }
    }
  }

  run(): Expanded {
    this.spendAll(() => false);
    return {
      stack: this.rowStack.slice(0, this.rows),
      values: this.rowValues.map((column) => column.slice(0, this.rows)),
      unbalanced: this.unbalanced,
      merged: this.merged,
    };
  }

  /** Divides all contexts of a node among its columns, the largest first. */
  private spend(node: number, columns: Int32Array): void {
    let contexts = this.take(node);
    this.balance(contexts, columns);
    if (this.shares.length < this.contextStack.length) {
      this.shares = new Float64Array(this.contextStack.length);
    }
    const { shares } = this;
    for (const context of contexts) {
      shares[context] = this.share(this.contextValues, context);
    }
    contexts.sort((a, b) => shares[b] - shares[a]);
    if (this.made > this.options.mostContexts && contexts.length > 2) {
      contexts = this.merge(contexts);
    }
    const rest = new Float64Array(this.types);
    for (const column of columns) {
      for (let type = 0; type < this.types; type++) {
        rest[type] += this.left[type][column];
      }
    }
    // Small contexts follow the largest columns.
    const size = Float64Array.from(columns, (column) => this.share(this.left, column));
    const bySize = Array.from(columns.keys(), (i) => i)
      .sort((a, b) => size[b] - size[a])
      .map((i) => columns[i]);
    const next = new Int32Array(this.types);
    for (const context of contexts) {
      if (this.builder === null && this.isTooMuch()) {
        return;
      }
      if (shares[context] >= this.fineness && columns.length > 1) {
        this.divide(context, columns, rest);
      }
      this.follow(context, bySize, next, rest);
      this.release(context);
    }
  }

  /** A value vector's weight: its part of all, for the type where that is largest. */
  private share(values: readonly Float64Array[], at: number): number {
    let most = 0;
    for (let type = 0; type < this.types; type++) {
      most = Math.max(most, values[type][at] * this.scale[type]);
    }
    return most;
  }

  private take(node: number): number[] {
    const contexts: number[] = [];
    for (let context = this.firstContext[node]; context >= 0; context = this.contextNext[context]) {
      contexts.push(context);
    }
    return contexts;
  }

  private addContext(node: number, stack: number, values: Float64Array): number {
    let context = this.freeContext;
    if (context >= 0) {
      this.freeContext = this.contextNext[context];
    } else {
      context = this.contexts++;
      if (context >= this.contextStack.length) {
        this.contextStack = growInt32(this.contextStack, context + 1);
        this.contextNext = growInt32(this.contextNext, context + 1);
        for (let type = 0; type < this.types; type++) {
          this.contextValues[type] = growFloat64(this.contextValues[type], context + 1);
        }
      }
    }
    this.made++;
    this.contextStack[context] = stack;
    for (let type = 0; type < this.types; type++) {
      this.contextValues[type][context] = values[type];
    }
    if (node >= 0) {
      this.contextNext[context] = this.firstContext[node];
      this.firstContext[node] = context;
    }
    return context;
  }

  private release(context: number): void {
    this.contextNext[context] = this.freeContext;
    this.freeContext = context;
  }

  /** Makes the contexts have what the columns have: what no caller accounts for becomes a root. */
  private balance(contexts: number[], columns: Int32Array): void {
    const missing = new Float64Array(this.types);
    let root = false;
    for (let type = 0; type < this.types; type++) {
      const values = this.contextValues[type];
      let wanted = 0;
      for (const column of columns) {
        wanted += this.left[type][column];
      }
      let come = 0;
      let largest = -1;
      for (const context of contexts) {
        come += values[context];
        largest = largest < 0 || values[context] > values[largest] ? context : largest;
      }
      const tolerance = Math.max(this.options.slack, this.whole[type] ? 0 : wanted * 1e-9);
      if (come < wanted) {
        if (largest >= 0 && wanted - come <= tolerance) {
          values[largest] += wanted - come;
        } else {
          missing[type] = wanted - come;
          root = true;
        }
      } else if (come > wanted) {
        this.unbalanced ||= come - wanted > tolerance;
        let before = 0;
        let given = 0;
        for (const context of contexts) {
          before += values[context];
          const until = before === come ? wanted : (before / come) * wanted;
          const rounded = this.whole[type] ? Math.round(until) : until;
          values[context] = Math.max(0, rounded - given);
          given = Math.max(given, rounded);
        }
      }
    }
    if (root) {
      contexts.push(this.addContext(-1, -1, missing));
    }
  }

  /** Too many: all but the largest become one, under a root of their own. */
  private merge(contexts: readonly number[]): number[] {
    const { builder } = this;
    if (!this.merged && builder !== null) {
      const func = builder.func(builder.string('[merged callers]'), -1, 0, 0);
      this.mergedRoot = builder.stack(-1, builder.frame(func, 0, false));
    }
    this.merged = true;
    const [largest, into, ...others] = contexts;
    this.contextStack[into] = this.mergedRoot;
    for (const context of others) {
      for (const column of this.contextValues) {
        column[into] += column[context];
      }
      this.release(context);
    }
    return [largest, into];
  }

  /** Divides a context among all columns in proportion to what is left of them. */
  private divide(context: number, columns: Int32Array, rest: Float64Array): void {
    const { types, part } = this;
    const value = this.contextValues.map((column) => column[context]);
    const factor = value.map((all, type) => (rest[type] > 0 ? Math.min(1, all / rest[type]) : 0));
    const exact = new Float64Array(types);
    const given = new Float64Array(types);
    this.work += columns.length;
    for (const column of columns) {
      let any = false;
      for (let type = 0; type < types; type++) {
        const left = this.left[type][column];
        exact[type] += left * factor[type];
        const until = this.whole[type] ? Math.round(exact[type]) : exact[type];
        const most = Math.min(left, value[type] - given[type]);
        const take = Math.max(0, Math.min(most, until - given[type]));
        part[type] = take;
        given[type] += take;
        any ||= take > 0;
      }
      if (any) {
        this.emit(context, column, rest);
      }
    }
  }

  /** Spends (what is left of) a context on the first columns that have anything left: few, for most are whole. */
  private follow(context: number, columns: readonly number[], next: Int32Array, rest: Float64Array): void {
    const { types, part } = this;
    for (let type = 0; type < types; type++) {
      while (this.contextValues[type][context] > this.nothing[type]) {
        while (next[type] < columns.length && this.left[type][columns[next[type]]] <= this.nothing[type]) {
          next[type]++;
        }
        if (next[type] >= columns.length) {
          break;
        }
        const column = columns[next[type]];
        for (let other = 0; other < types; other++) {
          part[other] = Math.min(this.contextValues[other][context], this.left[other][column]);
        }
        this.emit(context, column, rest);
      }
    }
  }

  /** Takes `part` out of a context and a column: it becomes a row, or a context of the called node. */
  private emit(context: number, column: number, rest: Float64Array): void {
    const { builder, flow, part } = this;
    for (let type = 0; type < this.types; type++) {
      this.left[type][column] -= part[type];
      this.contextValues[type][context] -= part[type];
      rest[type] -= part[type];
    }
    let stack = this.contextStack[context];
    if (builder !== null && flow.base[column] >= 0) {
      stack = builder.stack(stack, flow.base[column]);
    }
    if (builder !== null && flow.frame[column] >= 0) {
      stack = builder.stack(stack, flow.frame[column]);
    }
    if (flow.target[column] >= 0) {
      this.addContext(flow.target[column], stack, part);
      return;
    }
    this.made++;
    if (builder === null) {
      return;
    }
    const row = this.rows++;
    if (row >= this.rowStack.length) {
      this.rowStack = growInt32(this.rowStack, row + 1);
      for (let type = 0; type < this.types; type++) {
        this.rowValues[type] = growFloat64(this.rowValues[type], row + 1);
      }
    }
    this.rowStack[row] = stack;
    for (let type = 0; type < this.types; type++) {
      this.rowValues[type][row] = part[type];
    }
  }
}
