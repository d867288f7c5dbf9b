import { growFloat64, growInt32 } from '../../profile/growColumn';
import type { ProfileBuilder } from '../../profile/profileBuilder';
import { stableOrder } from '../../profile/stableOrder';

/**
 * Samples that are neither V8's nor spans: events of phase `P` with a stack frame `sf`, and the member `samples` of the
 * file; the member `stackFrames` says what the frames are ("Stack Traces" and "Global Samples" in the format's text).
 */
export class TraceSampled {
  length = 0;
  thread: Int32Array = new Int32Array(16);
  /** Index of the leaf's id. */
  frameId: Int32Array = new Int32Array(16);
  ts: Float64Array = new Float64Array(16);
  weight: Float64Array = new Float64Array(16);
  /** Of each frame, by its id: string index of its name, its module, and its parent's id; -1 for none. */
  private readonly frames = new Map<number, { name: number; module: number; parent: number }>();
  /** Samples of frames that the file does not have. */
  unknown = 0;

  add(thread: number, frameId: number, ts: number, weight: number): void {
    const row = this.length++;
    if (row === this.thread.length) {
      this.thread = growInt32(this.thread, row + 1);
      this.frameId = growInt32(this.frameId, row + 1);
      this.ts = growFloat64(this.ts, row + 1);
      this.weight = growFloat64(this.weight, row + 1);
    }
    this.thread[row] = thread;
    this.frameId[row] = frameId;
    this.ts[row] = ts;
    this.weight[row] = weight;
  }

  addFrame(id: number, name: number, module: number, parent: number): void {
    this.frames.set(id, { name, module, parent });
  }

  /** Rows by time, null where they are in that order. */
  order(): Int32Array | null {
    return stableOrder(this.ts.slice(0, this.length));
  }

  /** Stack of each row; -1 where its frame is not in the file. */
  internStacks(builder: ProfileBuilder): Int32Array {
    const stackOfFrame = new Map<number, number>();
    const result = new Int32Array(this.length);
    for (let row = 0; row < this.length; row++) {
      const leaf = this.frameId[row];
      const known = stackOfFrame.get(leaf);
      if (known !== undefined) {
        result[row] = known;
        continue;
      }
      const path: number[] = [];
      let at = leaf;
      // A cycle ends at a frame that is on the path already.
      const seen = new Set<number>();
      while (at >= 0 && !stackOfFrame.has(at) && this.frames.has(at) && !seen.has(at)) {
        seen.add(at);
        path.push(at);
        at = this.frames.get(at)?.parent ?? -1;
      }
      let stack = stackOfFrame.get(at) ?? -1;
      while (path.length > 0) {
        const id = path.pop() ?? 0;
        const frame = this.frames.get(id);
        if (frame !== undefined) {
          const func = builder.func(frame.name, -1, 0, 0, frame.module);
          stack = builder.stack(stack, builder.frame(func, 0, false));
          stackOfFrame.set(id, stack);
        }
      }
      result[row] = stackOfFrame.get(leaf) ?? -1;
      this.unknown += result[row] < 0 ? 1 : 0;
    }
    return result;
  }
}
