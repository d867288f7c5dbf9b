import { growFloat64, growInt32 } from '../../profile/growColumn';
import type { ProfileBuilder, SampleBlock } from '../../profile/profileBuilder';

/**
 * Xdebug writes a block for every single call when it returns, so its blocks are a call tree in postorder: a block's
 * calls are those blocks before it that no other one has claimed. Stacks are then known, not estimated. Where blocks
 * are no such tree (aggregated profiles, other writers), `broken` says so.
 */
export class CallgrindInvocations {
  broken = false;
  private length = 0;
  private node: Int32Array = new Int32Array(256);
  private parent: Int32Array = new Int32Array(256);
  /** Frame of the caller at the call. */
  private callFrame: Int32Array = new Int32Array(256);
  /** Frame of the own cost. */
  private frame: Int32Array = new Int32Array(256);
  private readonly values: Float64Array[] = [];
  /** Finished blocks that no block has claimed yet. */
  private open: Int32Array = new Int32Array(256);
  private opened = 0;

  // The block that is being read.
  private current = -1;
  private currentFrame = -1;
  private callees: Int32Array = new Int32Array(16);
  private callFrames: Int32Array = new Int32Array(16);
  private calls = 0;
  private own: Float64Array = new Float64Array(0);

  /** A block of a node begins. */
  begin(node: number): void {
    this.end();
    this.current = node;
    this.currentFrame = -1;
    this.calls = 0;
    this.own = new Float64Array(0);
  }

  /** Takes a block's own cost. */
  self(frame: number, columns: readonly number[], values: Float64Array): void {
    if (this.currentFrame >= 0 || this.current < 0) {
      this.broken = true;
      return;
    }
    this.currentFrame = frame;
    this.own = new Float64Array(Math.max(...columns) + 1);
    for (let i = 0; i < columns.length; i++) {
      this.own[columns[i]] += values[i];
    }
  }

  /** Takes a call of a block. */
  call(frame: number, callee: number, count: number): void {
    if (count !== 1 || this.current < 0) {
      this.broken = true;
      return;
    }
    this.callees = growInt32(this.callees, this.calls + 1);
    this.callFrames = growInt32(this.callFrames, this.calls + 1);
    this.callees[this.calls] = callee;
    this.callFrames[this.calls] = frame;
    this.calls++;
  }

  /** The block that is being read ends: its calls are the last ones that are open. */
  end(): void {
    if (this.broken || this.current < 0) {
      return;
    }
    const first = this.opened - this.calls;
    for (let i = 0; i < this.calls && !this.broken; i++) {
      this.broken = first < 0 || this.node[this.open[first + i]] !== this.callees[i];
    }
    if (this.broken || this.currentFrame < 0) {
      this.broken = true;
      return;
    }
    const block = this.length++;
    this.node = growInt32(this.node, block + 1);
    this.parent = growInt32(this.parent, block + 1);
    this.callFrame = growInt32(this.callFrame, block + 1);
    this.frame = growInt32(this.frame, block + 1);
    this.node[block] = this.current;
    this.parent[block] = -1;
    this.frame[block] = this.currentFrame;
    for (let type = 0; type < Math.max(this.own.length, this.values.length); type++) {
      this.values[type] = growFloat64(this.values[type] ?? new Float64Array(256), block + 1);
      this.values[type][block] = this.own[type] ?? 0;
    }
    for (let i = 0; i < this.calls; i++) {
      const callee = this.open[first + i];
      this.parent[callee] = block;
      this.callFrame[callee] = this.callFrames[i];
    }
    this.opened = first;
    this.open = growInt32(this.open, this.opened + 1);
    this.open[this.opened++] = block;
    this.current = -1;
  }

  /** Another part begins: what is open stays without a caller. */
  endPart(): void {
    this.end();
    this.opened = 0;
  }

  /** The samples, one a stack. */
  finish(builder: ProfileBuilder, thread: number, types: number): SampleBlock {
    const callers = new Int32Array(this.length);
    for (let block = this.length - 1; block >= 0; block--) {
      const parent = this.parent[block];
      callers[block] = parent < 0 ? -1 : builder.stack(callers[parent], this.callFrame[block]);
    }
    const rowOfStack = new Map<number, number>();
    const stack = new Int32Array(this.length);
    const sums = Array.from({ length: types }, () => new Float64Array(this.length));
    for (let block = 0; block < this.length; block++) {
      const leaf = builder.stack(callers[block], this.frame[block]);
      let row = rowOfStack.get(leaf);
      if (row === undefined) {
        row = rowOfStack.size;
        rowOfStack.set(leaf, row);
        stack[row] = leaf;
      }
      for (let type = 0; type < types; type++) {
        sums[type][row] += this.values[type]?.[block] ?? 0;
      }
    }
    const rows = rowOfStack.size;
    return { stack: stack.slice(0, rows), thread, time: null, values: sums.map((column) => column.slice(0, rows)) };
  }
}
