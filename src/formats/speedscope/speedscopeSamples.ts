import { growFloat64, growInt32 } from '../../profile/growColumn';
import type { JsonScanner } from '../json/jsonScanner';
import type { JsonWindow } from '../json/jsonWindow';
import type { LateStacks } from '../lateStacks';

/** Stands for what is no index of a frame. */
export const NO_FRAME = 0x7fffffff;

/** A number of the file as an index of a frame. */
export function frameIndex(number: number | null): number {
  return number !== null && number >= 0 && number < NO_FRAME && Number.isInteger(number) ? number : NO_FRAME;
}

/** The `samples` and `weights` of a sampled profile, in whichever order they come. */
export class SpeedscopeSamples {
  /** Per sample its stack, -1 for none. */
  stack: Int32Array = new Int32Array(64);
  samples = 0;
  weight: Float64Array = new Float64Array(64);
  weights = 0;
  /** Frames of the sample before, and the stack up to each. */
  private frames: Int32Array = new Int32Array(64);
  private path: Int32Array = new Int32Array(64);
  private depth = 0;
  /** Frames of the sample that is read. */
  private next: Int32Array = new Int32Array(64);
  private nextDepth = 0;
  private nextWeight = 0;

  constructor(private readonly stacks: LateStacks) {}

  /** Reads an array of arrays of frames, root first, that the window stands before. */
  readSamples(window: JsonWindow): void {
    const { scanner } = window;
    forEachElement(
      window,
      'an array of samples',
      () => this.readSample(scanner),
      () => this.takeSample(),
    );
  }

  private readSample(scanner: JsonScanner): void {
    scanner.enterArray('an array of frames');
    let depth = 0;
    while (scanner.element(depth === 0)) {
      this.next = growInt32(this.next, depth + 1);
      this.next[depth++] = frameIndex(scanner.numberOrNull());
    }
    this.nextDepth = depth;
  }

  private takeSample(): void {
    const { next, nextDepth } = this;
    this.frames = growInt32(this.frames, nextDepth);
    this.path = growInt32(this.path, nextDepth);
    const { frames, path } = this;
    // What is the same as in the sample before needs no look-up.
    let shared = 0;
    while (shared < nextDepth && shared < this.depth && frames[shared] === next[shared]) {
      shared++;
    }
    let stack = shared === 0 ? -1 : path[shared - 1];
    for (let i = shared; i < nextDepth; i++) {
      stack = this.stacks.stack(stack, next[i]);
      frames[i] = next[i];
      path[i] = stack;
    }
    this.depth = nextDepth;
    this.stack = growInt32(this.stack, this.samples + 1);
    this.stack[this.samples++] = stack;
  }

  /** Reads an array of numbers that the window stands before. */
  readWeights(window: JsonWindow): void {
    const { scanner } = window;
    forEachElement(
      window,
      'an array of weights',
      () => {
        this.nextWeight = scanner.numberOrNull() ?? 0;
      },
      () => {
        this.weight = growFloat64(this.weight, this.weights + 1);
        this.weight[this.weights++] = this.nextWeight;
      },
    );
  }
}

/**
 * Reads an array's elements.
 * @param read reads one, and may be called again for the same
 * @param take is called once for each that was read
 */
export function forEachElement(window: JsonWindow, what: string, read: () => void, take: () => void): void {
  const { scanner } = window;
  let first = true;
  const step = (): boolean => {
    const more = scanner.element(first);
    if (more) {
      read();
    }
    return more;
  };
  window.peek();
  window.attempt(() => scanner.enterArray(what));
  for (window.peek(); window.attempt(step); window.peek()) {
    first = false;
    take();
  }
}
