import { growInt32 } from '../../profile/growColumn';
import type { ProfileBuilder } from '../../profile/profileBuilder';
import { PairTable } from '../../profile/tupleTables';
import { DecodeError } from '../decodeError';
import type { PprofFrames } from './pprofFrames';
import { PprofLabels } from './pprofLabels';
import type { PprofPruning } from './pprofPruning';
import { BYTES, type PprofReader } from './pprofReader';
import type { PprofTables } from './pprofTables';
import { RecentRanges } from './recentRanges';
import { StackTree } from './stackTree';

/** Frames in one stack, as no program has them: a small file can name one location of many inlined lines again and again. */
export const MOST_FRAMES = 100_000;
/** Stacks in a profile, at least, and for each byte of it. Deeply inlined C++ and Rust stay far below. */
const MOST_STACKS = 1 << 22;
const STACKS_A_BYTE = 8;
/** Locations with as many lines are worth looking up which stack they led to before. */
const LONG_LOCATION = 8;
/** Frames and location ids between two calls of the checkpoint. */
const STRIDE = 1 << 18;
/** Samples that are read together, so that memory is asked for many of them at once. */
const BATCH = 512;
/** What profilers write at the beginning of a sample: lists of location ids and of values, then labels. */
const SAMPLE_TAG = (2 << 3) | BYTES;
const IDS_TAG = (1 << 3) | BYTES;
const VALUES_TAG = (2 << 3) | BYTES;
const LABEL_TAG = (3 << 3) | BYTES;

/** Reads the samples of a pprof profile, as soon as its tables are known. */
export class PprofSamples {
  /** Samples that name a location that is not in the file. */
  unknownLocations = 0;
  /** Different stacks that `drop_frames` made shorter. */
  pruned = 0;
  private readonly stacks = new StackTree();
  /** Rows of the locations with small ids, -1 where there is none; empty where ids are not small. */
  private readonly rowOfId: Int32Array;
  /** Location rows of the sample being read, innermost first. */
  private locations: Int32Array = new Int32Array(64);
  /** Of a stack and a long location on top of it: the stack that they make. */
  private readonly longSteps = new PairTable();
  private longStacks: Int32Array = new Int32Array(16);
  private readonly mostStacks: number;
  /** Stacks by the bytes of their location ids, label sets by those of their fields. */
  private readonly knownStacks: RecentRanges;
  private readonly knownLabels: RecentRanges;

  private readonly labels: PprofLabels;
  private count = 0;
  private readonly stack: Int32Array;
  private labelSet: Int32Array | null = null;
  private readonly values: Float64Array[];
  /** Frames and location ids since the last checkpoint. */
  private work = 0;
  private readonly batch = {
    /** Where the length of the sample stands, its first field, and its end. */
    begin: new Float64Array(BATCH),
    from: new Float64Array(BATCH),
    end: new Float64Array(BATCH),
    /** Where its ids stand, where they end and its values begin, and where its labels begin. */
    ids: new Float64Array(BATCH),
    idsEnd: new Float64Array(BATCH),
    labels: new Float64Array(BATCH),
    /** Slots of its ids and its labels, -1 for none. */
    stackSlot: new Int32Array(BATCH),
    labelSlot: new Int32Array(BATCH),
  };
  /** Keeps the compiler from leaving out what has no other use. */
  private touched = 0;
  /** Where the reading of a number by `readNumber` ended. */
  private pos = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly tables: PprofTables,
    private readonly frames: PprofFrames,
    private readonly pruning: PprofPruning | null,
    private readonly builder: ProfileBuilder,
  ) {
    this.labels = new PprofLabels(frames, builder);
    this.mostStacks = MOST_STACKS + bytes.length * STACKS_A_BYTE;
    this.knownStacks = new RecentRanges(bytes, tables.samples);
    this.knownLabels = new RecentRanges(bytes, Math.min(tables.samples, 1 << 16));
    // A value takes a byte at least: where there are more samples than that, one of them has too few, and is refused.
    const rows = Math.min(tables.samples, Math.floor(bytes.length / tables.sampleTypes.length) + 1);
    this.stack = new Int32Array(rows);
    this.values = tables.sampleTypes.map(() => new Float64Array(rows));
    this.rowOfId = tables.locationIds.smallIds(tables.locations * 4 + 1024);
  }

  /**
   * Adds all samples to the builder.
   * @throws DecodeError for samples that do not fit their types, and for stacks that are too deep or too many for the
   * file's size
   */
  read(reader: PprofReader, checkpoint: () => void): void {
    const end = reader.length;
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field !== 2) {
        continue;
      }
      // Samples follow one another.
      while (this.readBatch(reader, end)) {
        if (this.work > STRIDE) {
          this.work = 0;
          checkpoint();
        }
      }
    }
    this.knownStacks.free();
    this.knownLabels.free();
    const { prefix, frame } = this.stacks.take();
    this.builder.setStacks(prefix, frame);
    this.builder.addSamples({
      stack: this.stack,
      thread: 0,
      time: null,
      values: this.values,
      labelSet: this.labelSet,
    });
  }

  private setLabels(labelSet: number): void {
    if (labelSet >= 0) {
      this.labelSet ??= new Int32Array(this.tables.samples).fill(-1);
      this.labelSet[this.count] = labelSet;
    }
  }

  /** Reads samples from the length of the first one on. @returns whether the field of another one is being read */
  private readBatch(reader: PprofReader, end: number): boolean {
    const { batch, bytes } = this;
    let length = 0;
    let more = true;
    while (more && length < BATCH) {
      reader.type = BYTES;
      batch.begin[length] = reader.pos;
      const stop = reader.enter(end, 'a sample');
      this.findParts(length++, reader.pos, stop);
      more = bytes[stop] === SAMPLE_TAG;
      reader.pos = more ? stop + 1 : stop;
    }
    const next = reader.pos;
    this.touched += this.knownStacks.touch(batch.stackSlot, length) + this.knownLabels.touch(batch.labelSlot, length);
    for (let i = 0; i < length; i++) {
      if (!this.readSample(reader, i)) {
        reader.pos = batch.from[i];
        this.readAnySample(reader, batch.begin[i], batch.end[i]);
      }
      this.count++;
      this.work += 16;
    }
    reader.pos = next;
    reader.type = BYTES;
    return more;
  }

  /** Finds ids, values and labels of the sample between `from` and `end`, where they stand as profilers write them. */
  private findParts(i: number, from: number, end: number): void {
    const { batch, bytes } = this;
    batch.from[i] = from;
    batch.end[i] = end;
    batch.ids[i] = from;
    batch.stackSlot[i] = -1;
    batch.labelSlot[i] = -1;
    let pos = from;
    if (bytes[pos] === IDS_TAG) {
      const length = this.readNumber(pos + 1);
      batch.ids[i] = this.pos;
      pos = Math.min(end, this.pos + length);
      batch.stackSlot[i] = this.knownStacks.slot(batch.ids[i], pos);
    }
    batch.idsEnd[i] = pos;
    if (bytes[pos] === VALUES_TAG) {
      const length = this.readNumber(pos + 1);
      pos = Math.min(end, this.pos + length);
    }
    batch.labels[i] = pos;
    if (pos < end && bytes[pos] === LABEL_TAG) {
      batch.labelSlot[i] = this.knownLabels.slot(pos, end);
    }
  }

  /** Reads a sample of the batch. @returns false where `readAnySample` has to */
  private readSample(reader: PprofReader, i: number): boolean {
    const { batch, count } = this;
    const labels = batch.labels[i];
    const end = batch.end[i];
    const labelSlot = batch.labelSlot[i];
    if (!this.readValues(batch.idsEnd[i], labels, end) || (labels < end && labelSlot < 0)) {
      return false;
    }
    const stackSlot = batch.stackSlot[i];
    let stack = -1;
    if (stackSlot >= 0) {
      const ids = batch.ids[i];
      const idsEnd = batch.idsEnd[i];
      stack = this.knownStacks.find(stackSlot, ids, idsEnd);
      if (stack === -2) {
        const depth = this.readIds(ids, idsEnd);
        if (depth < 0) {
          return false;
        }
        stack = this.internStack(depth, batch.begin[i]);
        this.knownStacks.keep(stackSlot, ids, idsEnd, stack);
      }
    }
    this.stack[count] = stack;
    if (labels < end) {
      let labelSet = this.knownLabels.find(labelSlot, labels, end);
      if (labelSet === -2) {
        reader.pos = labels;
        labelSet = this.labels.readAll(reader, end);
        if (labelSet === -2) {
          return false;
        }
        this.knownLabels.keep(labelSlot, labels, end, labelSet);
      }
      this.setLabels(labelSet);
    }
    return true;
  }

  /** Reads a number below 2^53; `pos` is then behind it. Larger ones are wrong, but end within ten bytes. */
  private readNumber(start: number): number {
    const { bytes } = this;
    let pos = start;
    let byte = bytes[pos++];
    let value = byte & 0x7f;
    if (byte > 0x7f) {
      byte = bytes[pos++];
      value |= (byte & 0x7f) << 7;
      if (byte > 0x7f) {
        byte = bytes[pos++];
        value |= (byte & 0x7f) << 14;
        if (byte > 0x7f) {
          byte = bytes[pos++];
          value |= (byte & 0x7f) << 21;
          for (let factor = 2 ** 28; byte > 0x7f && pos - start < 10; factor *= 128) {
            byte = bytes[pos++];
            value += (byte & 0x7f) * factor;
          }
        }
      }
    }
    this.pos = pos;
    return value;
  }

  /** Location rows of the ids between two places. @returns how many; -1 where `readAnySample` has to look at them */
  private readIds(start: number, stop: number): number {
    const { bytes, rowOfId } = this;
    if (stop - start > MOST_FRAMES || rowOfId.length === 0) {
      return -1;
    }
    this.locations = growInt32(this.locations, stop - start);
    const { locations } = this;
    let depth = 0;
    let pos = start;
    while (pos < stop) {
      let byte = bytes[pos++];
      let id = byte & 0x7f;
      if (byte > 0x7f) {
        byte = bytes[pos++];
        id |= (byte & 0x7f) << 7;
        if (byte > 0x7f) {
          byte = bytes[pos++];
          id |= (byte & 0x7f) << 14;
          if (byte > 0x7f) {
            byte = bytes[pos++];
            id |= (byte & 0x7f) << 21;
          }
        }
      }
      if (byte > 0x7f) {
        return -1;
      }
      locations[depth++] = id < rowOfId.length ? rowOfId[id] : -1;
    }
    return pos === stop ? depth : -1;
  }

  /** Reads the list of values between two places. @returns whether it is one, and read exactly */
  private readValues(start: number, stop: number, end: number): boolean {
    const { values, count } = this;
    if (start >= stop || start + 1 >= end) {
      return false;
    }
    const length = this.readNumber(start + 1);
    if (this.pos + length !== stop) {
      return false;
    }
    for (let type = 0; type < values.length; type++) {
      const at = this.pos;
      const value = this.readNumber(at);
      // Numbers below zero have ten bytes, and those from 2^49 on may not be exact here.
      if (this.pos - at > 7) {
        return false;
      }
      values[type][count] = value;
    }
    return this.pos === stop;
  }

  /** As `readSample`, from `reader.pos` on, whatever order and encoding the fields have. */
  private readAnySample(reader: PprofReader, begin: number, end: number): void {
    const { builder, tables, values } = this;
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
            if (valueCount < values.length) {
              values[valueCount][this.count] = value;
            }
            valueCount++;
          } else {
            reader.wide();
            if (depth === MOST_FRAMES) {
              failDepth(begin);
            }
            this.locations = growInt32(this.locations, depth + 1);
            this.locations[depth++] = tables.locationIds.row(reader.low, reader.high);
          }
        }
        if (packed) {
          reader.leave(stop, 'a list of numbers');
        }
      } else if (field === 3) {
        this.labels.read(reader, end);
      }
    }
    reader.leave(end, 'a sample');
    if (valueCount !== values.length) {
      throw new DecodeError(
        `Expected ${values.length} values in each sample of this pprof profile, but found ${valueCount}`,
        `byte ${begin}`,
      );
    }
    this.stack[this.count] = this.internStack(depth, begin);
    this.setLabels(builder.labels.end());
  }

  /**
   * The stack of the locations read.
   * @param begin byte where the sample begins
   */
  private internStack(depth: number, begin: number): number {
    const { frames, locations, pruning, stacks } = this;
    const { offset, frames: frameOf } = frames;
    const innermost = pruning === null ? 0 : pruning.innermost(locations, depth);
    this.pruned += innermost > 0 ? 1 : 0;
    let index = -1;
    let height = 0;
    this.work += depth;
    for (let i = depth - 1; i >= innermost; i--) {
      const location = locations[i];
      if (location < 0) {
        height++;
        this.unknownLocations++;
        index = stacks.child(index, frames.unknownFrame);
        continue;
      }
      const from = offset[location];
      const to = offset[location + 1];
      height += to - from;
      if (height > MOST_FRAMES) {
        failDepth(begin);
      }
      if (to - from >= LONG_LOCATION) {
        index = this.internLong(index, location);
        continue;
      }
      for (let at = from; at < to; at++) {
        index = stacks.child(index, frameOf[at]);
      }
    }
    if (stacks.length > this.mostStacks) {
      throw new DecodeError(
        `Expected at most ${this.mostStacks} different stacks in a pprof profile of this size, but found more`,
        `byte ${begin}`,
      );
    }
    return index;
  }

  /** As a file's size does not bound how often all lines of a location are walked, they are walked once for each stack. */
  private internLong(below: number, location: number): number {
    const { frames, longSteps, stacks } = this;
    const known = longSteps.length;
    const step = longSteps.intern(below, location);
    if (step < known) {
      return this.longStacks[step];
    }
    let index = below;
    for (let at = frames.offset[location]; at < frames.offset[location + 1]; at++) {
      index = stacks.child(index, frames.frames[at]);
    }
    this.work += frames.offset[location + 1] - frames.offset[location];
    this.longStacks = growInt32(this.longStacks, step + 1);
    this.longStacks[step] = index;
    return index;
  }
}

function failDepth(begin: number): never {
  throw new DecodeError(
    `Expected at most ${MOST_FRAMES} frames in a stack of a pprof profile, but found more`,
    `byte ${begin}`,
  );
}
