import { growUint8 } from '../../profile/growColumn';
import type { Profile } from '../../profile/profile';
import { checkEncodedSize } from '../encodeLimit';
import { writeFoldedFrame } from './foldedFrame';
import { writeThreadMark } from './foldedThreads';

const SEMICOLON = 59;

/**
 * Folded stacks: a line for each stack with a value, in the order of the stacks; samples with an empty stack as
 * ` count`, as py-spy does. Values are those of the type `samples` in `count` where the profile has it (of perf's several
 * events those of the default one), for counts of samples are what readers of the format take them for, and those of the
 * default sample type otherwise; two counts a
 * line where it also has `base`, as difffolded.pl writes them. Threads are added up, but for those that folded stacks
 * had themselves as a frame at the root. Lines are written where frames have the line that was running (`meta.lines` is
 * `call`); a declaration's line in that place would read as one that was running.
 * @throws Error where the text would exceed `MOST_ENCODED`: each line repeats its whole stack
 */
export function encodeFolded(profile: Profile): Uint8Array {
  const { sampleTypes, meta, samples, threads } = profile;
  const typeOf = (name: string): number => sampleTypes.findIndex(({ type, unit }) => type === name && unit === 'count');
  const ownCounts = typeOf(`samples:${sampleTypes[meta.defaultSampleType].type}`);
  const counted = ownCounts >= 0 ? ownCounts : typeOf('samples');
  const values = samples.values[counted >= 0 ? counted : meta.defaultSampleType];
  const base = counted >= 0 && typeOf('base') >= 0 ? samples.values[typeOf('base')] : null;
  const marked = meta.formats.every((format) => format === 'folded');
  const heads = marked ? threads.map((thread) => writeThreadMark(thread).join(';')) : [''];
  const texts = new FrameTexts(profile);
  let total = 0;
  const parts = heads.map((head, thread) => {
    const counts = sumLines(profile, values, base, marked ? thread : null);
    const lines = new FoldedLines(profile, texts, head, counts);
    total += lines.measure();
    checkEncodedSize(total, 'folded stacks');
    return lines;
  });
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    at = part.write(bytes, at);
  }
  return bytes;
}

/** What stands behind the stacks: one count, or a base and a count. The last entry is that of empty stacks. */
interface LineCounts {
  readonly count: Float64Array;
  readonly base: Float64Array | null;
}

/** @param thread whose samples to add up, null for all */
function sumLines(
  { samples, stacks }: Profile,
  values: Float64Array,
  base: Float64Array | null,
  thread: number | null,
): LineCounts {
  const counts = {
    count: new Float64Array(stacks.length + 1),
    base: base === null ? null : new Float64Array(stacks.length + 1),
  };
  for (let row = 0; row < samples.length; row++) {
    if (thread === null || (samples.thread === null ? 0 : samples.thread[row]) === thread) {
      const stack = samples.stack[row] < 0 ? stacks.length : samples.stack[row];
      counts.count[stack] += values[row];
      if (base !== null && counts.base !== null) {
        counts.base[stack] += base[row];
      }
    }
  }
  return counts;
}

/** The text of each frame, made once. */
class FrameTexts {
  /** Text of frame `i`: `end[i] - size[i]` to `end[i]`; size -1 where it was not asked for. */
  bytes: Uint8Array = new Uint8Array(1 << 12);
  readonly end: Float64Array;
  readonly size: Int32Array;
  private length = 0;

  constructor(private readonly profile: Profile) {
    this.end = new Float64Array(profile.frames.length);
    this.size = new Int32Array(profile.frames.length).fill(-1);
  }

  /** Makes a frame's text where it is not there yet. @returns its bytes */
  make(frame: number): number {
    if (this.size[frame] < 0) {
      const { frames, functions, strings, meta } = this.profile;
      const func = frames.func[frame];
      const file = functions.file[func] < 0 ? null : strings[functions.file[func]];
      const line = meta.lines === 'call' ? frames.line[frame] : 0;
      const module = functions.module[func] < 0 ? null : strings[functions.module[func]];
      const inlined = frames.inlined[frame] === 1;
      const name = strings[functions.name[func]];
      const text = writeFoldedFrame({ name, file, module, line, inlined, kind: frames.kind[frame] });
      // Each text is in a line at least once.
      checkEncodedSize(this.length + text.length, 'folded stacks');
      const bytes = new TextEncoder().encode(text);
      this.bytes = growUint8(this.bytes, this.length + bytes.length);
      this.bytes.set(bytes, this.length);
      this.length += bytes.length;
      this.end[frame] = this.length;
      this.size[frame] = bytes.length;
    }
    return this.size[frame];
  }
}

/** The lines of stacks with values: measured first, then written into one array of that size. */
class FoldedLines {
  private readonly head: Uint8Array;
  /** Bytes of each stack's text, 0 where neither it nor one above it has a value. */
  private readonly size: Float64Array;

  /** @param head frames at the root of every line, '' for none */
  constructor(
    private readonly profile: Profile,
    private readonly texts: FrameTexts,
    head: string,
    private readonly counts: LineCounts,
  ) {
    this.head = new TextEncoder().encode(head);
    this.size = new Float64Array(profile.stacks.length);
  }

  private has(stack: number): boolean {
    const { count, base } = this.counts;
    return count[stack] !== 0 || (base !== null && base[stack] !== 0);
  }

  private tail(stack: number): string {
    const { count, base } = this.counts;
    return base === null ? ` ${count[stack]}\n` : ` ${base[stack]} ${count[stack]}\n`;
  }

  /** @returns bytes of all lines */
  measure(): number {
    const { size, texts } = this;
    const { stacks } = this.profile;
    const used = new Uint8Array(stacks.length);
    for (let stack = stacks.length - 1; stack >= 0; stack--) {
      if (this.has(stack)) {
        used[stack] = 1;
      }
      if (used[stack] === 1 && stacks.prefix[stack] >= 0) {
        used[stacks.prefix[stack]] = 1;
      }
    }
    const head = this.head.length === 0 ? 0 : this.head.length + 1;
    let total = this.has(stacks.length) ? this.head.length + this.tail(stacks.length).length : 0;
    for (let stack = 0; stack < stacks.length; stack++) {
      if (used[stack] === 0) {
        continue;
      }
      const below = stacks.prefix[stack];
      size[stack] = (below < 0 ? 0 : size[below] + 1) + texts.make(stacks.frame[stack]);
      if (this.has(stack)) {
        total += head + size[stack] + this.tail(stack).length;
        checkEncodedSize(total, 'folded stacks');
      }
    }
    return total;
  }

  /** Writes what `measure` has measured. @returns where it ends */
  write(bytes: Uint8Array, start: number): number {
    const { size, texts, head } = this;
    const { stacks } = this.profile;
    /** Where the text of a stack has been written, -1 where not. */
    const written = new Float64Array(stacks.length).fill(-1);
    let line = start;
    if (this.has(stacks.length)) {
      bytes.set(head, line);
      line = putAscii(bytes, line + head.length, this.tail(stacks.length));
    }
    for (let stack = 0; stack < stacks.length; stack++) {
      if (!this.has(stack)) {
        continue;
      }
      if (head.length > 0) {
        bytes.set(head, line);
        bytes[line + head.length] = SEMICOLON;
        line += head.length + 1;
      }
      // From the leaf down to a stack that stands in an earlier line: so no part of a long stack is put together twice.
      let at = stack;
      for (; at >= 0 && written[at] < 0; at = stacks.prefix[at]) {
        const frame = stacks.frame[at];
        const to = line + size[at];
        const from = to - texts.size[frame];
        bytes.set(texts.bytes.subarray(texts.end[frame] - texts.size[frame], texts.end[frame]), from);
        if (stacks.prefix[at] >= 0) {
          bytes[from - 1] = SEMICOLON;
        }
        written[at] = line;
      }
      if (at >= 0) {
        bytes.copyWithin(line, written[at], written[at] + size[at]);
      }
      line = putAscii(bytes, line + size[stack], this.tail(stack));
    }
    return line;
  }
}

/** @returns where the text ends */
function putAscii(bytes: Uint8Array, start: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    bytes[start + i] = text.charCodeAt(i);
  }
  return start + text.length;
}
