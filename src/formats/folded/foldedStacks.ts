import { growFloat64 } from '../../profile/growColumn';
import { StringTable } from '../../profile/stringTable';
import { PairTable } from '../../profile/tupleTables';

/** The prefix tree that lines of folded stacks make. A token is a frame's text. */
export interface FoldedColumns {
  /** Number of stacks. */
  readonly length: number;
  /** Per stack: its prefix, -1 for none; always a smaller index. No two stacks have both prefix and token in common. */
  readonly prefix: Int32Array;
  /** Per stack: index of its token. */
  readonly token: Int32Array;
  /** Per stack: sum of the counts of the lines that end there. */
  readonly sum: Float64Array;
  readonly tokens: readonly string[];
}

/** Where lines are put. There are two: this file's in TypeScript, and one in WebAssembly (`FoldedScanner`). */
export interface FoldedStacks {
  /** The stack of the frames in bytes `start` to `end`, between semicolons; empty ones are left out. -1 for none. */
  stackOf(bytes: Uint8Array, start: number, end: number): number;
  /** Adds a count to a stack. @returns its sum */
  add(stack: number, count: number): number;
  /** What was put in. Call once, at the end. */
  columns(): FoldedColumns;
}

const SEMICOLON = 59;

/** `FoldedStacks` without WebAssembly. */
export class PlainFoldedStacks implements FoldedStacks {
  private readonly tokens = new StringTable();
  private readonly stacks = new PairTable();
  private sums: Float64Array = new Float64Array(256);

  stackOf(bytes: Uint8Array, start: number, end: number): number {
    let stack = -1;
    for (let from = start; from < end; ) {
      let to = from;
      while (to < end && bytes[to] !== SEMICOLON) {
        to++;
      }
      if (to > from) {
        stack = this.stacks.intern(stack, this.tokens.internBytes(bytes, from, to));
      }
      from = to + 1;
    }
    return stack;
  }

  add(stack: number, count: number): number {
    this.sums = growFloat64(this.sums, stack + 1);
    this.sums[stack] += count;
    return this.sums[stack];
  }

  columns(): FoldedColumns {
    const { stacks } = this;
    const { length } = stacks;
    this.sums = growFloat64(this.sums, length);
    return {
      length,
      prefix: stacks.a.subarray(0, length),
      // Text 0 of the table is "", which is no token.
      token: stacks.b.subarray(0, length).map((text) => text - 1),
      sum: this.sums.subarray(0, length),
      tokens: this.tokens.toArray().slice(1),
    };
  }
}
