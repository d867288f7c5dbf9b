import { growFloat64, growInt32 } from './growColumn';
import type { LeafLineTable } from './profile';
import { sortLeafLines } from './sortLeafLines';
import { stableOrder } from './stableOrder';

/** Collects leaf lines for a `ProfileBuilder`, in any order. */
export class LeafLineBuilder {
  private count = 0;
  /** Rows that are known to be sorted. */
  private sorted = 0;
  private stack: Int32Array = new Int32Array(64);
  private line: Int32Array = new Int32Array(64);
  private ticks: Float64Array = new Float64Array(64);
  /** Null until a line is of another file than its function. */
  private file: Int32Array | null = null;

  /** @param file string index of the line's file, -1 where that is the function's own */
  add(stack: number, line: number, ticks: number, file: number): void {
    const row = this.count++;
    if (row >= this.stack.length) {
      this.stack = growInt32(this.stack, row + 1);
      this.line = growInt32(this.line, row + 1);
      this.ticks = growFloat64(this.ticks, row + 1);
    }
    this.stack[row] = stack;
    this.line[row] = line;
    this.ticks[row] = ticks;
    if (file >= 0 || this.file !== null) {
      this.setFile(row, file);
    }
  }

  private setFile(row: number, file: number): void {
    const before = this.file?.length ?? 0;
    if (this.file === null || row >= before) {
      this.file = growInt32(this.file ?? new Int32Array(0), Math.max(row + 1, this.stack.length));
      this.file.fill(-1, before);
    }
    this.file[row] = file;
  }

  /** Many at once, whose columns it takes over; rows with stack -1 are left out. See `ProfileBuilder.addLeafLines`. */
  addAll(
    stack: Int32Array,
    line: Int32Array,
    ticks: Float64Array,
    length: number,
    sorted: boolean,
    file: Int32Array | null,
  ): void {
    if (this.count === 0 && file === null) {
      this.sorted = sorted ? length : 0;
      this.stack = stack;
      this.line = line;
      this.ticks = ticks;
      this.count = length;
    } else {
      for (let row = 0; row < length; row++) {
        this.add(stack[row], line[row], ticks[row], file === null ? -1 : file[row]);
      }
    }
  }

  /**
   * Sorted by stack, then line (where any is of another file than its function: by stack, file, line); equal ones added up.
   * @param fileOf file of a stack's leaf function
   */
  finish(fileOf: (stack: number) => number): LeafLineTable | null {
    if (this.count === 0) {
      return null;
    }
    if (this.file !== null) {
      return this.finishWithFiles(this.file, fileOf);
    }
    const repeats = this.sorted < this.count && this.sort();
    const { stack, line, ticks } = this;
    let first = 0;
    while (first < this.count && stack[first] < 0) {
      first++;
    }
    let end = this.count;
    if (repeats && first < end) {
      end = first;
      for (let row = first + 1; row < this.count; row++) {
        if (stack[row] === stack[end] && line[row] === line[end]) {
          ticks[end] += ticks[row];
        } else {
          end++;
          stack[end] = stack[row];
          line[end] = line[row];
          ticks[end] = ticks[row];
        }
      }
      end++;
    }
    const length = end - first;
    if (length > 0 && first === 0 && length === stack.length) {
      return { length, stack, line, file: null, ticks };
    }
    return length === 0
      ? null
      : {
          length,
          stack: stack.slice(first, end),
          line: line.slice(first, end),
          file: null,
          ticks: ticks.slice(first, end),
        };
  }

  private finishWithFiles(file: Int32Array, fileOf: (stack: number) => number): LeafLineTable | null {
    for (let row = 0; row < this.count; row++) {
      if (this.stack[row] >= 0 && file[row] === fileOf(this.stack[row])) {
        file[row] = -1;
      }
    }
    const table = sortLeafLines(this.count, this.stack, this.line, file, this.ticks);
    return table.length === 0 ? null : table;
  }

  /**
   * Decoders add leaf lines nearly in order, so insertion is tried first; it gives up where it has to move much.
   * @returns whether two rows may be of one stack and line
   */
  private sort(): boolean {
    const { stack, line, ticks } = this;
    let moves = this.count * 4;
    let repeats = false;
    for (let row = 1; row < this.count; row++) {
      const ofStack = stack[row];
      const ofLine = line[row];
      if (stack[row - 1] < ofStack || (stack[row - 1] === ofStack && line[row - 1] < ofLine)) {
        continue;
      }
      repeats = true;
      const ofTicks = ticks[row];
      let to = row;
      while (to > 0 && (stack[to - 1] > ofStack || (stack[to - 1] === ofStack && line[to - 1] > ofLine))) {
        stack[to] = stack[to - 1];
        line[to] = line[to - 1];
        ticks[to] = ticks[to - 1];
        to--;
      }
      stack[to] = ofStack;
      line[to] = ofLine;
      ticks[to] = ofTicks;
      moves -= row - to;
      if (moves < 0) {
        this.mergeSort();
        return true;
      }
    }
    return repeats;
  }

  private mergeSort(): void {
    const keys = new Float64Array(this.count);
    for (let i = 0; i < keys.length; i++) {
      keys[i] = this.stack[i] * 0x100000000 + this.line[i];
    }
    const order = stableOrder(keys);
    if (order !== null) {
      this.stack = order.map((row) => this.stack[row]);
      this.line = order.map((row) => this.line[row]);
      this.ticks = Float64Array.from(order, (row) => this.ticks[row]);
    }
  }
}
