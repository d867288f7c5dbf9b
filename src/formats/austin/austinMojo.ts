import { frameKind } from '../../profile/frameKind';
import { growInt32 } from '../../profile/growColumn';
import type { Profile } from '../../profile/profile';
import { StringTable } from '../../profile/stringTable';
import { PairTable, QuadTable } from '../../profile/tupleTables';
import { forEachRecord, needMore } from '../bytes/byteRecords';
import { fractionRead } from '../bytes/fractionRead';
import { DecodeError } from '../decodeError';
import type { ByteSource, DecodeContext } from '../format';
import { AustinSamples } from './austinSamples';
import { MojoFields } from './mojoFields';

/** Event numbers of MOJO; those from `stackRepeat` on came with later releases of Austin 4. */
const event = {
  metadata: 1,
  stack: 2,
  frame: 3,
  frameInvalid: 4,
  frameRef: 5,
  frameKernel: 6,
  gc: 7,
  idle: 8,
  time: 9,
  memory: 10,
  string: 11,
  stringRef: 12,
  stackRepeat: 13,
  taskStack: 14,
  taskWaiter: 15,
  taskRunning: 16,
} as const;

/** The key that stands for a name Austin could not read. */
const UNKNOWN_NAME = 1;

/** Whether bytes begin as MOJO does: `MOJ` and a version. */
export function isMojo(head: Uint8Array): boolean {
  return head[0] === 0x4d && head[1] === 0x4f && head[2] === 0x4a && head[3] > 0 && (head[3] & 0x60) === 0;
}

/**
 * MOJO, versions 1 to 3 (https://github.com/P403n1x87/austin/wiki/The-MOJO-file-format): events of a byte each with
 * integers of variable length and zero-terminated strings; frames and strings are defined once per process.
 * @throws DecodeError for an unknown event, or one that refers to what is not there
 */
export function decodeMojo(source: ByteSource, context: DecodeContext): Profile {
  const decoder = new MojoDecoder();
  const rest = forEachRecord(
    source.chunks(),
    (bytes, start, stop, offset) => decoder.event(bytes, start, stop, offset),
    (consumed) => context.checkpoint(fractionRead(source, consumed)),
  );
  return decoder.finish(rest);
}

class MojoDecoder {
  private readonly samples = new AustinSamples();
  private readonly fields = new MojoFields();
  private version = 0;
  private readonly pids = new PairTable();
  private readonly frameKeys = new QuadTable();
  private readonly stringKeys = new QuadTable();
  private frameOfKey: Int32Array = new Int32Array(64);
  private stringOfKey: Int32Array = new Int32Array(64);
  private readonly threadNames = new StringTable();
  private readonly threadKeys = new QuadTable();
  private threadOfKey: Int32Array = new Int32Array(16);
  private readonly unknown = this.samples.builder.string('<unknown>');

  private process = 0;
  private thread = -1;
  /** The frames of the running sample, outermost first, upon `base`. */
  private pending: Int32Array = new Int32Array(64);
  private depth = 0;
  private base = -1;
  private time: number | null = null;
  private memory: number | null = null;
  private gc = false;
  private idle = false;
  private lastStack: Int32Array = new Int32Array(16).fill(-1);
  /** Frame references that are still to come of an asyncio task's report. */
  private taskFrames = 0;
  private tasks = 0;

  /** Reads one event, or the header. Answers as `forEachRecord` wants it. */
  event(bytes: Uint8Array, start: number, stop: number, offset: number): number {
    const { fields } = this;
    fields.begin(bytes, start, stop);
    if (this.version === 0) {
      fields.skip(3);
      const version = fields.integer();
      this.version = fields.whole ? version : 0;
      return fields.whole ? fields.at : needMore;
    }
    const kind = fields.byte();
    switch (kind) {
      case event.metadata: {
        const key = fields.text();
        const value = fields.text();
        if (fields.whole) {
          this.samples.metadata(key, value);
        }
        break;
      }
      case event.stack:
        this.stack();
        break;
      case event.frame:
        this.frame(offset);
        break;
      case event.frameInvalid:
        this.push(this.samples.frameOf('', 'INVALID', 0));
        break;
      case event.frameRef:
        this.frameRef(offset);
        break;
      case event.frameKernel: {
        const name = fields.string(this.samples.builder.strings);
        if (fields.whole) {
          this.push(this.samples.frame(-1, name, 0, frameKind.kernel));
        }
        break;
      }
      case event.gc:
        this.gc = true;
        break;
      case event.idle:
        this.idle = true;
        break;
      case event.time: {
        const value = fields.integer();
        this.time = fields.whole ? value : this.time;
        break;
      }
      case event.memory: {
        const value = fields.integer();
        this.memory = fields.whole ? value : this.memory;
        break;
      }
      case event.string:
        this.string(offset);
        break;
      case event.stringRef:
      case event.taskRunning:
        fields.integer();
        break;
      case event.taskWaiter:
        fields.integer();
        fields.integer();
        break;
      case event.stackRepeat:
        this.repeat();
        break;
      case event.taskStack:
        this.taskStack();
        break;
      default:
        throw new DecodeError(
          `Expected an event of Austin's MOJO format, version ${this.version}, but found the unknown number ${kind}: the file may be damaged, or of a newer Austin`,
          `byte ${offset}`,
        );
    }
    fields.check(offset);
    return fields.whole ? fields.at : needMore;
  }

  private stack(): void {
    const { fields } = this;
    const pid = fields.integer();
    const [low, high] = [fields.low, fields.high];
    const interpreter = this.version >= 3 ? fields.integer() : 0;
    const token = fields.string(this.threadNames);
    if (!fields.whole) {
      return;
    }
    this.endSample();
    this.process = this.pids.intern(low, high);
    const known = this.threadKeys.length;
    const key = this.threadKeys.intern(this.process, interpreter | 0, token, 0);
    if (key === known) {
      const text = this.threadNames.text(token);
      const tid = /^(0x)?[0-9a-f]{1,13}$/i.test(text) ? Number.parseInt(text, 16) : null;
      this.threadOfKey = growInt32(this.threadOfKey, key + 1);
      this.threadOfKey[key] = this.samples.threadIndex(pid, String(interpreter), tid, text.slice(0, 200));
    }
    this.thread = this.threadOfKey[key];
  }

  private frame(offset: number): void {
    const { fields } = this;
    fields.integer();
    const [low, high] = [fields.low, fields.high];
    const file = this.name(offset);
    const name = this.name(offset);
    const line = fields.integer();
    if (this.version > 1) {
      // The end of the place, and its columns.
      fields.integer();
      fields.integer();
      fields.integer();
    }
    if (!fields.whole) {
      return;
    }
    const { builder } = this.samples;
    const key = this.frameKeys.intern(this.process, low, high, 0);
    this.frameOfKey = growInt32(this.frameOfKey, key + 1);
    this.frameOfKey[key] = this.samples.frameOf(
      file === this.unknown ? '' : builder.strings.text(file),
      builder.strings.text(name),
      line,
    );
  }

  /** Reads the key of a string of the process. */
  private name(offset: number): number {
    const { fields } = this;
    const value = fields.integer();
    if (!fields.whole || value === UNKNOWN_NAME) {
      return this.unknown;
    }
    const known = this.stringKeys.length;
    const key = this.stringKeys.intern(this.process, fields.low, fields.high, 0);
    if (key === known) {
      throw new DecodeError(
        `Expected the key of a string that was defined before, but ${value} was not: the file may be damaged or cut off at its beginning`,
        `byte ${offset}`,
      );
    }
    return this.stringOfKey[key];
  }

  private string(offset: number): void {
    const { fields } = this;
    fields.integer();
    const [low, high] = [fields.low, fields.high];
    const text = fields.string(this.samples.builder.strings);
    if (fields.whole) {
      fields.check(offset);
      const key = this.stringKeys.intern(this.process, low, high, 0);
      this.stringOfKey = growInt32(this.stringOfKey, key + 1);
      this.stringOfKey[key] = text;
    }
  }

  private frameRef(offset: number): void {
    const { fields } = this;
    const value = fields.integer();
    if (!fields.whole) {
      return;
    }
    const known = this.frameKeys.length;
    const key = this.frameKeys.intern(this.process, fields.low, fields.high, 0);
    if (key === known) {
      throw new DecodeError(
        `Expected the key of a frame that was defined before, but ${value} was not: the file may be damaged or cut off at its beginning`,
        `byte ${offset}`,
      );
    }
    if (this.taskFrames > 0) {
      this.taskFrames--;
    } else {
      this.push(this.frameOfKey[key]);
    }
  }

  private push(frame: number): void {
    this.pending = growInt32(this.pending, this.depth + 1);
    this.pending[this.depth++] = frame;
  }

  /** The frames so far stand upon the Python frames of the thread's sample before. */
  private repeat(): void {
    if (this.thread < 0) {
      return;
    }
    const { stacks } = this.samples;
    let stack = this.thread < this.lastStack.length ? this.lastStack[this.thread] : -1;
    while (stack >= 0 && !this.samples.isPython(stacks.frame(stack))) {
      stack = stacks.prefix(stack);
    }
    this.base = stack;
  }

  /** Where an asyncio task waits: not a sample, and not to be taken for frames of one. */
  private taskStack(): void {
    const { fields } = this;
    fields.integer();
    fields.integer();
    const frames = fields.integer();
    if (fields.whole) {
      this.taskFrames = Math.max(0, frames);
      this.tasks++;
    }
  }

  private endSample(): void {
    const { samples, thread } = this;
    if (thread >= 0 && (this.time !== null || this.memory !== null)) {
      let stack = this.base;
      for (let i = 0; i < this.depth; i++) {
        stack = samples.stacks.stack(stack, this.pending[i]);
      }
      if (thread >= this.lastStack.length) {
        const known = this.lastStack.length;
        this.lastStack = growInt32(this.lastStack, thread + 1).fill(-1, known);
      }
      this.lastStack[thread] = stack;
      if (this.gc) {
        stack = samples.stacks.stack(stack, samples.frameOf('', 'GC', 0));
      }
      samples.add(thread, stack, this.time, this.memory, this.idle);
    }
    this.depth = 0;
    this.base = -1;
    this.time = null;
    this.memory = null;
    this.gc = false;
    this.idle = false;
    this.taskFrames = 0;
  }

  /** @param rest bytes of an unfinished event at the end */
  finish(rest: number): Profile {
    const { samples } = this;
    const cut = rest > 0 || (this.thread >= 0 && this.time === null && this.memory === null);
    this.endSample();
    if (this.version === 0) {
      throw new DecodeError('The file ends before the version of the MOJO format: it may be truncated', 'byte 3');
    }
    if (cut) {
      samples.notes.push('The file ends in the middle of a sample, which is left out: it may be truncated.');
    }
    if (samples.length === 0) {
      samples.notes.push('The file has no samples.');
    }
    if (this.tasks > 0) {
      const reports = this.tasks === 1 ? 'One report' : `${this.tasks} reports`;
      samples.notes.push(`${reports} of where asyncio tasks waited are left out: the stacks are those of threads.`);
    }
    return samples.finish();
  }
}
