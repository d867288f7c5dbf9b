import { growInt32 } from '../../profile/growColumn';
import type { PairTable } from '../../profile/tupleTables';

/** Lists over stacks that grow with them: those upon a stack, those of a function, and the rows of samples of a stack; -1 ends each. */
export class StackLinks {
  private firstChild: Int32Array;
  private nextSibling: Int32Array;
  private readonly firstOf: Int32Array;
  private nextOf: Int32Array;
  private firstRow: Int32Array;
  private rowAfter: Int32Array;

  constructor(
    private readonly stacks: PairTable,
    stackOfRow: Int32Array,
    rows: number,
    functions: number,
  ) {
    const empty = (): Int32Array => new Int32Array(stacks.length).fill(-1);
    this.firstChild = empty();
    this.nextSibling = empty();
    this.nextOf = empty();
    this.firstRow = empty();
    this.firstOf = new Int32Array(functions).fill(-1);
    this.rowAfter = new Int32Array(rows).fill(-1);
    for (let stack = stacks.length - 1; stack >= 0; stack--) {
      this.link(stack);
    }
    for (let row = rows - 1; row >= 0; row--) {
      this.addRow(row, stackOfRow[row]);
    }
  }

  /** The stack with a function on top of a prefix, made where it is not there. */
  stack(prefix: number, func: number): number {
    const known = this.stacks.length;
    const stack = this.stacks.intern(prefix, func);
    if (stack === known) {
      this.firstChild = growInt32(this.firstChild, known + 1);
      this.nextSibling = growInt32(this.nextSibling, known + 1);
      this.nextOf = growInt32(this.nextOf, known + 1);
      this.firstRow = growInt32(this.firstRow, known + 1);
      this.firstChild[stack] = -1;
      this.nextSibling[stack] = -1;
      this.firstRow[stack] = -1;
      this.link(stack);
    }
    return stack;
  }

  private link(stack: number): void {
    const prefix = this.stacks.a[stack];
    const func = this.stacks.b[stack];
    if (prefix >= 0) {
      this.nextSibling[stack] = this.firstChild[prefix];
      this.firstChild[prefix] = stack;
    }
    this.nextOf[stack] = this.firstOf[func];
    this.firstOf[func] = stack;
  }

  /** Adds a row, which must be in no list, to a stack. */
  addRow(row: number, stack: number): void {
    this.rowAfter = growInt32(this.rowAfter, row + 1);
    this.rowAfter[row] = this.firstRow[stack];
    this.firstRow[stack] = row;
  }

  /** Takes a row off its stack's list. */
  removeRow(row: number, stack: number): void {
    if (this.firstRow[stack] === row) {
      this.firstRow[stack] = this.rowAfter[row];
      return;
    }
    let at = this.firstRow[stack];
    while (at >= 0 && this.rowAfter[at] !== row) {
      at = this.rowAfter[at];
    }
    if (at >= 0) {
      this.rowAfter[at] = this.rowAfter[row];
    }
  }

  child(stack: number): number {
    return this.firstChild[stack];
  }

  sibling(stack: number): number {
    return this.nextSibling[stack];
  }

  ofFunction(func: number): number {
    return this.firstOf[func];
  }

  next(stack: number): number {
    return this.nextOf[stack];
  }

  row(stack: number): number {
    return this.firstRow[stack];
  }

  nextRow(row: number): number {
    return this.rowAfter[row];
  }
}
