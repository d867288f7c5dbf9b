import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { readLines } from '../bytes/readLines';
import { DecodeError } from '../decodeError';
import type { ByteSource, Confidence, DecodeContext, Format } from '../format';
import { readMemleakFrame } from './memleakFrame';

const snapshotPattern = /^\s*\[([^\]]{1,40})\] Top (\d{1,9}) stacks with outstanding/;
const entryPattern = /^\s*(\d{1,15}) bytes in (\d{1,15}) allocations from stack/i;
/** Longer lines than this say nothing that memleak says. */
const LONGEST = 8192;

/**
 * What bcc's memleak prints (https://github.com/iovisor/bcc/blob/master/tools/memleak_example.txt): every few seconds,
 * the allocations that are not freed yet, by stack, leaf first. That is a state, not a flow: the snapshots of a file
 * are never added up; the last one is read.
 */
export const memleak: Format = {
  name: 'memleak',
  title: 'bcc memleak',
  extensions: ['.memleak'],
  detect: detectMemleak,
  decode: decodeMemleak,
};

function detectMemleak(head: Uint8Array): Confidence {
  if (head.length === 0 || head.includes(0)) {
    return 'no';
  }
  const text = new TextDecoder('latin1').decode(head);
  if (/^\s*\[[^\]\n]{1,40}\] Top \d+ stacks with outstanding/m.test(text)) {
    return 'certain';
  }
  return /^\s*\d+ bytes in \d+ allocations from stack/m.test(text) ? 'certain' : 'no';
}

function decodeMemleak(source: ByteSource, context: DecodeContext): Profile {
  const reader = new MemleakReader();
  const decoder = new TextDecoder();
  const size = readLines(source, context, (bytes, start, stop) =>
    reader.line(decoder.decode(bytes.subarray(start, Math.min(stop, start + LONGEST)))),
  );
  return reader.finish(size);
}

/** Stacks with what they hold, at a moment. */
interface Snapshot {
  readonly at: string | null;
  /** How many stacks memleak was to print, at most; 0 where unknown. */
  readonly top: number;
  readonly stacks: number[];
  readonly bytes: number[];
  readonly counts: number[];
}

class MemleakReader {
  private readonly builder = new ProfileBuilder();
  private readonly frames = new Map<string, number>();
  private snapshot: Snapshot | null = null;
  /** The last snapshot before the one at hand that has stacks. */
  private before: Snapshot | null = null;
  private snapshots = 0;
  private pid: number | null = null;

  // The entry at hand: its frames, leaf first.
  private bytes = -1;
  private count = 0;
  private path: number[] = [];

  line(text: string): void {
    const head = snapshotPattern.exec(text);
    if (head !== null) {
      this.endEntry();
      this.begin(head[1], Number(head[2]));
      return;
    }
    const entry = entryPattern.exec(text);
    if (entry !== null) {
      this.endEntry();
      this.bytes = Number(entry[1]);
      this.count = Number(entry[2]);
      return;
    }
    const trimmed = text.trim();
    if (trimmed === '') {
      this.endEntry();
    } else if (this.bytes >= 0 && text !== trimmed && !trimmed.startsWith('addr = ')) {
      this.path.push(this.frame(trimmed));
    } else if (this.snapshot === null) {
      const attached = /^Attaching to pid (\d{1,9})\b/.exec(text);
      this.pid = attached === null ? this.pid : Number(attached[1]);
    }
  }

  private begin(at: string | null, top: number): Snapshot {
    if (this.snapshot !== null && this.snapshot.stacks.length > 0) {
      this.before = this.snapshot;
    }
    this.snapshot = { at, top, stacks: [], bytes: [], counts: [] };
    this.snapshots++;
    return this.snapshot;
  }

  private frame(text: string): number {
    let frame = this.frames.get(text);
    if (frame === undefined) {
      const { builder } = this;
      // "stack information lost" says that there is none.
      const { name, module, kind } = readMemleakFrame(text);
      const func = builder.func(builder.string(name), -1, 0, 0, module === null ? -1 : builder.string(module));
      frame = builder.frame(func, 0, false, kind);
      this.frames.set(text, frame);
    }
    return frame;
  }

  private endEntry(): void {
    if (this.bytes < 0) {
      return;
    }
    let stack = -1;
    for (let i = this.path.length - 1; i >= 0; i--) {
      stack = this.builder.stack(stack, this.path[i]);
    }
    const snapshot = this.snapshot ?? this.begin(null, 0);
    snapshot.stacks.push(stack);
    snapshot.bytes.push(this.bytes);
    snapshot.counts.push(this.count);
    this.bytes = -1;
    this.path = [];
  }

  /** @throws DecodeError where there is no snapshot */
  finish(consumed: number): Profile {
    this.endEntry();
    if (consumed === 0) {
      throw new DecodeError("The file is empty: expected memleak's text");
    }
    const last = this.snapshot;
    if (last === null) {
      throw new DecodeError(
        'Expected memleak\'s text, such as "80 bytes in 5 allocations from stack" and frames below, but there is none',
      );
    }
    const shown = last.stacks.length === 0 && this.before !== null ? this.before : last;
    const { builder } = this;
    builder.addSampleType('inuse_objects', 'count');
    builder.addSampleType('inuse_space', 'bytes');
    builder.addThread({ name: '', process: null, pid: this.pid, tid: null });
    builder.addSamples({
      stack: Int32Array.from(shown.stacks),
      thread: 0,
      time: null,
      values: [Float64Array.from(shown.counts), Float64Array.from(shown.bytes)],
    });
    return builder.finish({
      formats: ['memleak'],
      durationMs: null,
      startTimeMs: null,
      defaultSampleType: 1,
      lines: 'none',
      notes: this.notes(shown, last),
    });
  }

  private notes(shown: Snapshot, last: Snapshot): string[] {
    const notes: string[] = [];
    if (this.snapshots > 1) {
      const which = shown === last ? 'the last one' : 'the last one with any stack';
      const at = shown.at === null ? '' : `, of ${shown.at}`;
      notes.push(`The file has ${this.snapshots} snapshots, and this is ${which}${at}: memory in use is not added up.`);
    }
    if (shown.top > 0 && shown.stacks.length >= shown.top) {
      notes.push(
        `memleak printed no more than ${shown.top} stacks: what other ones hold is missing (its option --top says how many).`,
      );
    }
    return notes;
  }
}
