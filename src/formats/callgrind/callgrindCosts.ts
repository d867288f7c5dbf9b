import { growFloat64 } from '../../profile/growColumn';
import type { ProfileBuilder, SampleBlock } from '../../profile/profileBuilder';
import { PairTable, QuadTable } from '../../profile/tupleTables';
import { callGraphNotes, stacksOfCallGraph } from '../callGraph/callGraph';
import type { DecodeContext } from '../format';

/** Costs of one thread, summed by node and place, and by call. */
export class CallgrindCosts {
  private readonly self = new QuadTable();
  private readonly calls = new QuadTable();
  /** Base and frame of a place in one number. */
  private readonly places = new PairTable();
  private readonly selfValues: Float64Array[] = [];
  private readonly callValues: Float64Array[] = [];
  /** Whether a cost was below zero, which a part of a sum cannot be. */
  private negative = false;

  /** Whether a cost is below zero. */
  get hasNegative(): boolean {
    return this.negative;
  }

  /** Adds costs of a node's own code; `values[i]` is of event `columns[i]`. */
  addSelf(node: number, base: number, frame: number, columns: readonly number[], values: Float64Array): void {
    const row = this.self.intern(node, base, frame, 0);
    this.add(this.selfValues, row, columns, values);
  }

  /** Adds the inclusive costs of calls. */
  addCall(
    caller: number,
    base: number,
    frame: number,
    callee: number,
    columns: readonly number[],
    values: Float64Array,
  ): void {
    const row = this.calls.intern(caller, this.places.intern(base, frame), callee, 0);
    this.add(this.callValues, row, columns, values);
  }

  private add(into: Float64Array[], row: number, columns: readonly number[], values: Float64Array): void {
    for (let i = 0; i < columns.length; i++) {
      const type = columns[i];
      while (into.length <= type) {
        into.push(new Float64Array(64));
      }
      if (row >= into[type].length) {
        into[type] = growFloat64(into[type], row + 1);
      }
      into[type][row] += values[i];
      this.negative ||= values[i] < 0;
    }
  }

  /** Sums of the own costs, by event. */
  totals(types: number): number[] {
    return Array.from({ length: types }, (_, type) => (this.selfValues[type] ?? []).reduce((sum, v) => sum + v, 0));
  }

  /** Puts stacks together. */
  finish(
    builder: ProfileBuilder,
    thread: number,
    nodes: number,
    types: number,
    context: DecodeContext,
  ): { block: SampleBlock; notes: string[] } {
    const { self, calls, places } = this;
    const columns = (from: readonly Float64Array[], length: number): Float64Array[] =>
      Array.from({ length: types }, (_, type) => {
        const column = new Float64Array(length);
        column.set((from[type] ?? column).subarray(0, length));
        return this.negative ? column.map((value) => Math.max(0, value)) : column;
      });
    const result = stacksOfCallGraph(
      builder,
      {
        nodes,
        self: {
          node: self.a.subarray(0, self.length),
          base: self.b.subarray(0, self.length),
          frame: self.c.subarray(0, self.length),
          values: columns(this.selfValues, self.length),
        },
        calls: {
          caller: calls.a.subarray(0, calls.length),
          base: Int32Array.from(calls.b.subarray(0, calls.length), (place) => places.a[place]),
          frame: Int32Array.from(calls.b.subarray(0, calls.length), (place) => places.b[place]),
          callee: calls.c.subarray(0, calls.length),
          values: columns(this.callValues, calls.length),
        },
      },
      { checkpoint: () => context.checkpoint(null) },
    );
    const notes = calls.length === 0 ? [] : callGraphNotes(result);
    if (this.negative) {
      notes.push('Costs below zero are left out: without stacks they have no place.');
    }
    return { block: { stack: result.stack, thread, time: null, values: result.values }, notes };
  }
}
