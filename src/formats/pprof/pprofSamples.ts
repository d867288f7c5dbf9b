import { growInt32 } from '../../profile/growColumn';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { PairTable } from '../../profile/tupleTables';
import { DecodeError } from '../decodeError';
import { BYTES, type PprofReader } from './pprofReader';
import { type PprofTables, unsigned } from './pprofTables';

/** Frames in one stack, as no program has them: a small file can name one location of many inlined lines again and again. */
export const MOST_FRAMES = 100_000;
/** Stacks in a profile, at least, and for each byte of it. Deeply inlined C++ and Rust stay far below. */
const MOST_STACKS = 1 << 22;
const STACKS_A_BYTE = 8;
/** Locations with as many lines are worth looking up which stack they led to before. */
const LONG_LOCATION = 8;
/** Frames and location ids between two calls of the checkpoint. */
const STRIDE = 1 << 18;

/** Reads the samples of a pprof profile and makes the profile of them. */
export class PprofSamples {
  private readonly builder = new ProfileBuilder();
  /** The builder's index of each of pprof's strings, -1 where not asked for yet. */
  private readonly stringIndex: Int32Array;
  /** Frames of location `i`, outermost first: `frameOffset[i]` to `frameOffset[i + 1]`. */
  private readonly frameOffset: Int32Array;
  private frames: Int32Array;
  private readonly unknownFrame: number;
  private unknownLocations = 0;
  private unknownFunctions = 0;
  private hasLines = false;
  /** Location rows of the sample being read, innermost first. */
  private stack: Int32Array = new Int32Array(64);
  private values: Float64Array;
  /** Of a stack and a long location on top of it: the stack that they make. */
  private readonly longSteps = new PairTable();
  private longStacks: Int32Array = new Int32Array(16);
  private readonly mostStacks: number;
  /** Frames and location ids since the last checkpoint. */
  private work = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly tables: PprofTables,
  ) {
    this.stringIndex = new Int32Array(tables.strings).fill(-1);
    this.mostStacks = MOST_STACKS + bytes.length * STACKS_A_BYTE;
    for (const { type, unit } of tables.sampleTypes) {
      this.builder.addSampleType(this.text(type), this.text(unit));
    }
    if (tables.sampleTypes.length === 0) {
      throw new DecodeError('Expected a pprof profile, but it names no sample type');
    }
    this.values = new Float64Array(tables.sampleTypes.length);
    this.unknownFrame = this.plainFrame('(unknown)');
    this.frameOffset = new Int32Array(tables.locations + 1);
    this.frames = new Int32Array(Math.max(tables.lines, tables.locations));
    this.makeFrames();
  }

  private string(index: number): number {
    const { tables } = this;
    if (index === 0 && tables.strings === 0) {
      return 0;
    }
    if (index >= tables.strings) {
      // Strings come last in most files.
      throw new DecodeError(
        tables.strings === 0
          ? 'The pprof profile ends before its strings: it may be truncated'
          : `The pprof profile ends after ${tables.strings} strings, but refers to string ${index}: it may be truncated`,
        `byte ${this.bytes.length}`,
      );
    }
    if (index < 0) {
      throw new DecodeError('Expected the index of a string in a pprof profile, but found a number that is none');
    }
    let known = this.stringIndex[index];
    if (known < 0) {
      known = this.builder.strings.internBytes(this.bytes, tables.stringStart[index], tables.stringEnd[index]);
      this.stringIndex[index] = known;
    }
    return known;
  }

  private text(index: number): string {
    return this.builder.strings.text(this.string(index));
  }

  private plainFrame(name: string): number {
    return this.builder.frame(this.builder.func(this.builder.string(name), -1, 0, 0), 0, false);
  }

  private makeFrames(): void {
    const { tables } = this;
    const functions = new Int32Array(tables.functions).fill(-1);
    let length = 0;
    for (let row = 0; row < tables.locations; row++) {
      this.frameOffset[row] = length;
      const first = tables.locationLines[row];
      const last = tables.locationLines[row + 1] - 1;
      this.frames = growInt32(this.frames, length + Math.max(1, last - first + 1));
      if (last < first) {
        this.frames[length++] = this.plainFrame(this.addressName(row));
      }
      // The first line is the innermost one; all but the last were inlined.
      for (let at = last; at >= first; at--) {
        const func = this.func(functions, tables.lineFunctionLow[at], tables.lineFunctionHigh[at], row);
        const line = tables.line[at];
        this.hasLines ||= line > 0;
        this.frames[length++] = this.builder.frame(func, line, at < last);
      }
    }
    this.frameOffset[tables.locations] = length;
  }

  private func(functions: Int32Array, low: number, high: number, location: number): number {
    const { tables, builder } = this;
    const row = tables.functionIds.row(low, high);
    if (row < 0) {
      this.unknownFunctions++;
      return builder.func(builder.string(this.addressName(location)), -1, 0, 0);
    }
    if (functions[row] < 0) {
      const name = this.string(tables.functionName[row]) || this.string(tables.functionSystemName[row]);
      const file = this.string(tables.functionFile[row]);
      functions[row] = builder.func(
        name === 0 ? builder.string('(anonymous)') : name,
        file === 0 ? -1 : file,
        tables.functionLine[row],
        0,
      );
    }
    return functions[row];
  }

  /** `module+0x1f00` (an address in the file) or `0x7f…`, for code without symbols. */
  private addressName(location: number): string {
    const { tables } = this;
    const address = unsigned(tables.locationAddressLow[location], tables.locationAddressHigh[location]);
    const mapping = tables.mappingIds.row(tables.locationMappingLow[location], tables.locationMappingHigh[location]);
    if (mapping >= 0) {
      const module = this.text(tables.mappingFile[mapping]).replace(/^.*[/\\]/, '');
      if (module !== '' && address >= tables.mappingStart[mapping]) {
        const offset = address - tables.mappingStart[mapping] + tables.mappingOffset[mapping];
        return `${module}+0x${offset.toString(16)}`;
      }
    }
    return `0x${address.toString(16)}`;
  }

  /**
   * @throws DecodeError for samples that do not fit their types, and for stacks that are too deep or too many for the
   * file's size
   */
  read(reader: PprofReader, checkpoint: () => void): Profile {
    const end = reader.length;
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 2) {
        this.readSample(reader, end);
        this.work += 16;
        if (this.work > STRIDE) {
          this.work = 0;
          checkpoint();
        }
      }
    }
    const { tables } = this;
    const named = this.string(Math.max(0, tables.defaultSampleType));
    const wanted = tables.sampleTypes.findIndex(({ type }) => named !== 0 && this.string(type) === named);
    const notes: string[] = [];
    if (this.unknownLocations > 0) {
      notes.push('Samples name locations that are not in the file: they are shown as "(unknown)".');
    }
    if (this.unknownFunctions > 0) {
      notes.push('Locations name functions that are not in the file: they are shown by address.');
    }
    return this.builder.finish({
      formats: ['pprof'],
      durationMs: tables.durationNanos > 0 ? tables.durationNanos / 1e6 : null,
      startTimeMs: tables.timeNanos > 0 ? tables.timeNanos / 1e6 : null,
      // As `go tool pprof` has it: the last type where none is named.
      defaultSampleType: wanted < 0 ? tables.sampleTypes.length - 1 : wanted,
      lines: this.hasLines ? 'call' : 'none',
      notes,
    });
  }

  private readSample(reader: PprofReader, outer: number): void {
    const { builder, tables } = this;
    const begin = reader.pos;
    const end = reader.enter(outer, 'a sample');
    let depth = 0;
    let valueCount = 0;
    builder.labels.begin();
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 1 || field === 2) {
        const packed = reader.type === BYTES;
        const stop = packed ? reader.enter(end, 'a list of numbers') : reader.pos + 1;
        // One that is not packed is read once, wherever it ends.
        while (reader.pos < stop) {
          if (field === 2) {
            const value = reader.int64();
            if (valueCount < this.values.length) {
              this.values[valueCount] = value;
            }
            valueCount++;
          } else {
            reader.wide();
            if (depth === MOST_FRAMES) {
              failDepth(begin);
            }
            if (depth === this.stack.length) {
              this.stack = growInt32(this.stack, depth * 2);
            }
            this.stack[depth++] = tables.locationIds.row(reader.low, reader.high);
          }
        }
        if (packed) {
          reader.leave(stop, 'a list of numbers');
        }
      } else if (field === 3) {
        this.readLabel(reader, end);
      }
    }
    reader.leave(end, 'a sample');
    if (valueCount !== this.values.length) {
      throw new DecodeError(
        `Expected ${this.values.length} values in each sample of this pprof profile, but found ${valueCount}`,
        `byte ${begin}`,
      );
    }
    const row = builder.addSample(this.internStack(depth, begin), 0, null, builder.labels.end());
    for (let type = 0; type < this.values.length; type++) {
      builder.setValue(row, type, this.values[type]);
    }
  }

  /** @param begin byte where the sample begins */
  private internStack(depth: number, begin: number): number {
    const { builder, frames, frameOffset, stack } = this;
    let index = -1;
    let height = 0;
    this.work += depth;
    for (let i = depth - 1; i >= 0; i--) {
      const location = stack[i];
      if (location < 0) {
        height++;
        this.unknownLocations++;
        index = builder.stack(index, this.unknownFrame);
        continue;
      }
      const from = frameOffset[location];
      const to = frameOffset[location + 1];
      height += to - from;
      if (height > MOST_FRAMES) {
        failDepth(begin);
      }
      if (to - from >= LONG_LOCATION) {
        index = this.internLong(index, location);
        continue;
      }
      for (let at = from; at < to; at++) {
        index = builder.stack(index, frames[at]);
      }
    }
    if (builder.stackCount > this.mostStacks) {
      throw new DecodeError(
        `Expected at most ${this.mostStacks} different stacks in a pprof profile of this size, but found more`,
        `byte ${begin}`,
      );
    }
    return index;
  }

  /** As a file's size does not bound how often all lines of a location are walked, they are walked once for each stack. */
  private internLong(below: number, location: number): number {
    const { builder, frames, frameOffset, longSteps } = this;
    const known = longSteps.length;
    const step = longSteps.intern(below, location);
    if (step < known) {
      return this.longStacks[step];
    }
    let index = below;
    for (let at = frameOffset[location]; at < frameOffset[location + 1]; at++) {
      index = builder.stack(index, frames[at]);
    }
    this.work += frameOffset[location + 1] - frameOffset[location];
    this.longStacks = growInt32(this.longStacks, step + 1);
    this.longStacks[step] = index;
    return index;
  }

  private readLabel(reader: PprofReader, outer: number): void {
    const { builder } = this;
    const end = reader.enter(outer, 'a label');
    let key = 0;
    let text = 0;
    let value = 0;
    let unit = 0;
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 1) {
        key = reader.int64();
      } else if (field === 2) {
        text = reader.int64();
      } else if (field === 3) {
        value = reader.int64();
      } else if (field === 4) {
        unit = reader.int64();
      }
    }
    reader.leave(end, 'a label');
    if (text !== 0) {
      builder.labels.addText(this.string(key), this.string(text));
    } else {
      builder.labels.addNumber(this.string(key), value, unit === 0 ? -1 : this.string(unit));
    }
  }
}

function failDepth(begin: number): never {
  throw new DecodeError(
    `Expected at most ${MOST_FRAMES} frames in a stack of a pprof profile, but found more`,
    `byte ${begin}`,
  );
}
