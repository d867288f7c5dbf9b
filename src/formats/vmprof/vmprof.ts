import type { Profile } from '../../profile/profile';
import { allRead, forEachRecord, needMore } from '../bytes/byteRecords';
import { fractionRead } from '../bytes/fractionRead';
import { DecodeError } from '../decodeError';
import type { ByteSource, Confidence, DecodeContext, Format } from '../format';
import { detectSizes, sizesLength, VmprofFields, type VmprofSizes } from './vmprofFields';
import { VmprofSamples } from './vmprofSamples';
import { vmprofTag } from './vmprofStacks';

/** First byte of each record. */
const marker = {
  stacktrace: 1,
  virtualIp: 2,
  trailer: 3,
  interpreter: 4,
  header: 5,
  time: 6,
  meta: 7,
  nativeSymbol: 8,
} as const;

const mode = { memory: 1, lines: 2, tagged: 8, realTime: 16 } as const;

/** The versions that are known: 7 added the time of each sample. */
const NEWEST = 7;
/** As vmprof's own reader has it. */
const DEEPEST = 1 << 16;
const LONGEST_NAME = 1 << 20;
const MOST_META = 1000;

/**
 * vmprof's profiles of CPython and PyPy (https://github.com/vmprof/vmprof-python, vmprof/reader.py), versions 0 to 7:
 * records of stack traces of addresses, and of the names that these have.
 */
export const vmprof: Format = {
  name: 'vmprof',
  title: 'vmprof profile',
  extensions: ['.vmprof', '.vmp'],
  detect: detectVmprof,
  decode: decodeVmprof,
};

function detectVmprof(head: Uint8Array): Confidence {
  return detectSizes(head) === null ? 'no' : 'certain';
}

function decodeVmprof(source: ByteSource, context: DecodeContext): Profile {
  const sizes = detectSizes(source.head(sizesLength));
  if (sizes === null) {
    throw new DecodeError(
      'Expected the header of a vmprof profile (the words 0, 3, 0, a period, and 0 or 1; little-endian)',
      'byte 0',
    );
  }
  const decoder = new VmprofDecoder(sizes);
  const rest = forEachRecord(
    source.chunks(),
    (bytes, start, stop, offset) => decoder.record(bytes, start, stop, offset),
    (consumed) => context.checkpoint(fractionRead(source, consumed)),
  );
  return decoder.finish(rest);
}

class VmprofDecoder {
  private readonly samples = new VmprofSamples();
  private readonly fields = new VmprofFields();
  private readonly text = new TextDecoder();
  private begun = false;
  private headed = false;
  private ended = false;

  constructor(private readonly sizes: VmprofSizes) {}

  /** Reads one record, or the static header. Answers as `forEachRecord` wants it. */
  record(bytes: Uint8Array, start: number, stop: number, offset: number): number {
    const { fields } = this;
    fields.begin(bytes, start, stop);
    if (!this.begun) {
      return this.staticHeader();
    }
    const kind = fields.byte();
    switch (kind) {
      case marker.stacktrace:
        this.stack(offset);
        break;
      case marker.virtualIp:
      case marker.nativeSymbol:
        this.name(kind === marker.nativeSymbol, offset);
        break;
      case marker.trailer:
        if (this.samples.header.version >= 5) {
          const time = this.time();
          this.samples.endTime = fields.whole ? time : null;
        }
        this.ended = fields.whole;
        return fields.whole ? allRead : needMore;
      case marker.interpreter:
        this.interpreter();
        break;
      case marker.header:
        this.header(offset);
        break;
      case marker.time: {
        const time = this.time();
        this.samples.startTime = fields.whole ? time : null;
        break;
      }
      case marker.meta: {
        const key = this.string(offset);
        const value = this.string(offset);
        if (fields.whole && this.samples.meta.size < MOST_META) {
          this.samples.meta.set(key, value.slice(0, 1000));
        }
        break;
      }
      default:
        throw new DecodeError(
          `Expected a record of a vmprof profile (1 to 8), but found ${kind}: the file may be damaged`,
          `byte ${offset}`,
        );
    }
    return fields.whole ? fields.at : needMore;
  }

  private staticHeader(): number {
    const { fields } = this;
    const { word } = this.sizes;
    fields.take(3 * word);
    const period = fields.number(word);
    fields.take(word);
    if (!fields.whole) {
      return needMore;
    }
    this.begun = true;
    this.samples.period = Math.max(0, period);
    return fields.at;
  }

  private header(offset: number): void {
    const { fields, samples } = this;
    const version = fields.byte() * 256 + fields.byte();
    const flags = version >= 4 ? fields.byte() : version === 3 ? mode.memory : 0;
    const length = fields.byte();
    fields.take(length);
    if (!fields.whole) {
      return;
    }
    if (version > NEWEST) {
      throw new DecodeError(
        `This vmprof profile has version ${version}, but Emberline reads versions up to ${NEWEST}`,
        `byte ${offset}`,
      );
    }
    if (this.headed) {
      throw new DecodeError('Expected one header in a vmprof profile, but this is the second', `byte ${offset}`);
    }
    this.headed = true;
    const { header } = samples;
    header.version = version;
    header.interpreter = this.text.decode(fields.bytes.subarray(fields.at - length, fields.at));
    header.memory = (flags & mode.memory) !== 0;
    header.lines = (flags & mode.lines) !== 0;
    header.tagged = (flags & mode.tagged) !== 0 || header.interpreter === 'pypy';
    header.realTime = (flags & mode.realTime) !== 0;
  }

  /** The oldest files name the interpreter alone. */
  private interpreter(): void {
    const { fields, samples } = this;
    const length = fields.byte();
    if (fields.take(length)) {
      samples.header.interpreter = this.text.decode(fields.bytes.subarray(fields.at - length, fields.at));
    }
  }

  private stack(offset: number): void {
    const { fields, samples, sizes } = this;
    const { header, names } = samples;
    const count = fields.number(sizes.word);
    const depth = fields.number(sizes.word);
    if (!fields.whole) {
      return;
    }
    if (depth < 0 || depth > DEEPEST || count < 0 || count > 2 ** 31) {
      throw new DecodeError(
        `Expected a stack of at most ${DEEPEST} addresses in a vmprof profile, but found ${depth}, ${count} times`,
        `byte ${offset}`,
      );
    }
    const first = fields.at;
    fields.take(depth * sizes.address);
    const thread = header.version >= 1 ? fields.number(sizes.address) : 0;
    const [low, high] = thread === 0 ? [0, 0] : [fields.low, fields.high];
    const memory = header.memory ? fields.number(sizes.address) : null;
    const time = header.version >= 7 ? fields.number(8) : null;
    const end = fields.at;
    if (!fields.whole) {
      return;
    }
    // Pairs of a tag (PyPy) or a line, and an address; leaf first.
    const step = header.tagged || header.lines ? 2 : 1;
    let stack = -1;
    for (let i = depth - step; i >= 0; i -= step) {
      fields.at = first + i * sizes.address;
      const extra = step === 2 ? Math.abs(fields.number(sizes.address)) : 0;
      const at = fields.number(sizes.address);
      if (header.tagged) {
        // Machine code of the JIT, which the frames above and below it describe.
        if (extra === vmprofTag.assembler) {
          continue;
        }
        stack = names.stacks.stack(stack, names.frame(fields.low, fields.high, 0, extra < 100 ? extra : 0));
      } else if (at !== 0) {
        stack = names.stacks.stack(stack, names.frame(fields.low, fields.high, extra < 2 ** 31 ? extra : 0, 0));
      }
    }
    fields.at = end;
    samples.add(stack, samples.threadIndex(low, high), count, memory, time);
  }

  private name(native: boolean, offset: number): void {
    const { fields } = this;
    fields.number(this.sizes.address);
    const [low, high] = [fields.low, fields.high];
    const length = this.length(offset);
    if (fields.take(length)) {
      this.samples.names.name(low, high, native, fields.bytes, fields.at - length, fields.at);
    }
  }

  private string(offset: number): string {
    const { fields } = this;
    const length = this.length(offset);
    return fields.take(length) ? this.text.decode(fields.bytes.subarray(fields.at - length, fields.at)) : '';
  }

  /** Reads the length of a string. */
  private length(offset: number): number {
    const length = this.fields.number(this.sizes.word);
    if (length < 0 || length > LONGEST_NAME) {
      throw new DecodeError(
        `Expected a name of at most 1 MiB in a vmprof profile, but found a length of ${length}`,
        `byte ${offset}`,
      );
    }
    return length;
  }

  /** Reads microseconds since the epoch, and passes over the time zone. */
  private time(): number | null {
    const { fields } = this;
    const time = fields.number(8) * 1e6 + fields.number(8);
    fields.take(8);
    return Math.abs(time) < 1e17 ? time : null;
  }

  /** @param rest bytes of an unfinished record at the end */
  finish(rest: number): Profile {
    const { samples } = this;
    if (rest > 0) {
      samples.notes.push('The file ends in the middle of a record, which is left out: it may be truncated.');
    } else if (!this.ended) {
      samples.notes.push('The file has no end mark: the program may have been stopped before vmprof wrote all names.');
    }
    if (samples.length === 0) {
      samples.notes.push('The file has no samples.');
    }
    return samples.finish();
  }
}
