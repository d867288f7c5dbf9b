import type { ProfileBuilder } from '../profile/profileBuilder';
import { PairTable } from '../profile/tupleTables';

/**
 * Stacks of frames that are only known by a number of the format's own until the whole input has been read, for formats
 * that write names and modules after the samples.
 */
export class LateStacks {
  private readonly stacks = new PairTable();

  get length(): number {
    return this.stacks.length;
  }

  /** Index of the stack with `frame` (the format's own number, from 0) on top of `prefix` (-1: on top of nothing). */
  stack(prefix: number, frame: number): number {
    return this.stacks.intern(prefix, frame);
  }

  prefix(stack: number): number {
    return this.stacks.a[stack];
  }

  frame(stack: number): number {
    return this.stacks.b[stack];
  }

  /**
   * Makes the stacks in a builder.
   * @param frameOf the builder's frame for a number of the format; asked once for each number
   * @returns the builder's stack for each stack here
   */
  finish(builder: ProfileBuilder, frameOf: (frame: number) => number): Int32Array {
    const { stacks } = this;
    const made = new Map<number, number>();
    const result = new Int32Array(stacks.length);
    for (let stack = 0; stack < result.length; stack++) {
      const key = stacks.b[stack];
      let frame = made.get(key);
      if (frame === undefined) {
        frame = frameOf(key);
        made.set(key, frame);
      }
      const prefix = stacks.a[stack];
      result[stack] = builder.stack(prefix < 0 ? -1 : result[prefix], frame);
    }
    return result;
  }
}
