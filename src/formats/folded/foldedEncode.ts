import { growUint8 } from '../../profile/growColumn';
import type { Profile } from '../../profile/profile';
import { checkEncodedSize } from '../encodeLimit';
import { writeFoldedFrame } from './foldedFrame';

const SEMICOLON = 59;

/**
 * Folded stacks: a line for each stack with a value, in the order of the stacks, all threads together; samples with an
 * empty stack as ` count`, as py-spy does. Values are those of the type `samples` in `count` where the profile has it,
 * for counts of samples are what readers of the format take them for, and those of the default sample type otherwise.
 * Lines are written where frames have the line that was running (`meta.lines` is `call`); a declaration's line in that
 * place would read as one that was running.
 * @throws Error where the text would exceed `MOST_ENCODED`: each line repeats its whole stack
 */
export function encodeFolded(profile: Profile): Uint8Array {
  const { stacks, samples, sampleTypes, meta } = profile;
  const counted = sampleTypes.findIndex(({ type, unit }) => type === 'samples' && unit === 'count');
  const values = samples.values[counted >= 0 ? counted : meta.defaultSampleType];
  const perStack = new Float64Array(stacks.length);
  let empty = 0;
  for (let row = 0; row < samples.length; row++) {
    if (samples.stack[row] >= 0) {
      perStack[samples.stack[row]] += values[row];
    } else {
      empty += values[row];
    }
  }
  const lines = new FoldedLines(profile, perStack);
  const first = empty === 0 ? '' : ` ${empty}\n`;
  const bytes = new Uint8Array(lines.measure() + first.length);
  lines.write(bytes, putAscii(bytes, 0, first));
  return bytes;
}

/** The lines of stacks with values: measured first, then written into one array of that size. */
class FoldedLines {
  /** Text of frame `i`: `frameEnd[i] - frameSize[i]` to `frameEnd[i]`. Size 0 where it is not needed. */
  private texts: Uint8Array = new Uint8Array(1 << 12);
  private textsLength = 0;
  private readonly frameEnd: Float64Array;
  private readonly frameSize: Int32Array;
  /** Bytes of each stack's text, 0 where neither it nor one above it has a value. */
  private readonly size: Float64Array;

  constructor(
    private readonly profile: Profile,
    private readonly perStack: Float64Array,
  ) {
    this.frameEnd = new Float64Array(profile.frames.length);
    this.frameSize = new Int32Array(profile.frames.length).fill(-1);
    this.size = new Float64Array(perStack.length);
  }

  /** @returns bytes of all lines */
  measure(): number {
    const { perStack, size } = this;
    const { stacks } = this.profile;
    const used = new Uint8Array(stacks.length);
    for (let stack = stacks.length - 1; stack >= 0; stack--) {
      if (perStack[stack] !== 0) {
        used[stack] = 1;
      }
      if (used[stack] === 1 && stacks.prefix[stack] >= 0) {
        used[stacks.prefix[stack]] = 1;
      }
    }
    let total = 0;
    for (let stack = 0; stack < stacks.length; stack++) {
      if (used[stack] === 0) {
        continue;
      }
      const below = stacks.prefix[stack];
      size[stack] = (below < 0 ? 0 : size[below] + 1) + this.frame(stacks.frame[stack]);
      if (perStack[stack] !== 0) {
        total += size[stack] + String(perStack[stack]).length + 2;
        checkEncodedSize(total, 'folded stacks');
      }
    }
    return total;
  }

  /** Makes a frame's text where it is not there yet. @returns its bytes */
  private frame(frame: number): number {
    if (this.frameSize[frame] < 0) {
      const { frames, functions, strings, meta } = this.profile;
      const func = frames.func[frame];
      const file = functions.file[func] < 0 ? null : strings[functions.file[func]];
      const line = meta.lines === 'call' ? frames.line[frame] : 0;
      const text = writeFoldedFrame(strings[functions.name[func]], file, line, frames.inlined[frame] === 1);
      // Each text is in a line at least once.
      checkEncodedSize(this.textsLength + text.length, 'folded stacks');
      const bytes = new TextEncoder().encode(text);
      this.texts = growUint8(this.texts, this.textsLength + bytes.length);
      this.texts.set(bytes, this.textsLength);
      this.textsLength += bytes.length;
      this.frameEnd[frame] = this.textsLength;
      this.frameSize[frame] = bytes.length;
    }
    return this.frameSize[frame];
  }

  write(bytes: Uint8Array, start: number): void {
    const { perStack, size, texts, frameEnd, frameSize } = this;
    const { stacks } = this.profile;
    /** Where the text of a stack has been written, -1 where not. */
    const written = new Float64Array(stacks.length).fill(-1);
    let line = start;
    for (let stack = 0; stack < stacks.length; stack++) {
      if (perStack[stack] === 0) {
        continue;
      }
      // From the leaf down to a stack that stands in an earlier line: so no part of a long stack is put together twice.
      let at = stack;
      for (; at >= 0 && written[at] < 0; at = stacks.prefix[at]) {
        const frame = stacks.frame[at];
        const to = line + size[at];
        const from = to - frameSize[frame];
        bytes.set(texts.subarray(frameEnd[frame] - frameSize[frame], frameEnd[frame]), from);
        if (stacks.prefix[at] >= 0) {
          bytes[from - 1] = SEMICOLON;
        }
        written[at] = line;
      }
      if (at >= 0) {
        bytes.copyWithin(line, written[at], written[at] + size[at]);
      }
      line = putAscii(bytes, line + size[stack], ` ${perStack[stack]}\n`);
    }
  }
}

/** @returns where the text ends */
function putAscii(bytes: Uint8Array, start: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    bytes[start + i] = text.charCodeAt(i);
  }
  return start + text.length;
}
