import { PbfWriter } from 'pbf';
import type { Profile } from '../../profile/profile';
import { PairTable, QuadTable } from '../../profile/tupleTables';
import { checkEncodedSize } from '../encodeLimit';
import { splitLeafValues } from '../leafSplit';
import { MOST_FRAMES } from './pprofSamples';
import { wholeUnits } from './pprofUnits';

/**
 * pprof's protocol buffers, not compressed. Samples with the same stack, labels and thread are added up, for pprof has
 * no times; threads become labels where there are several. Lines are written where frames have the line that was
 * running; V8's leaf lines split the values of their stacks, and one of another file than its function is a function of
 * that name in that file, inlined into it. Values are rounded to whole numbers, fractions of
 * longer units of time to nanoseconds.
 * @throws Error where the file would exceed `MOST_ENCODED`, for each sample repeats its whole stack, and where a stack is
 * deeper than `MOST_FRAMES`, which `pprof` would not read
 */
export function encodePprof(profile: Profile): Uint8Array {
  return new PprofEncoder(profile).encode();
}

class PprofEncoder {
  private readonly pbf = new PbfWriter(new Uint8Array(1 << 16));
  private readonly strings: string[] = [''];
  private readonly stringIndex = new Map<string, number>([['', 0]]);
  /** A location is a run of frames inlined into each other: a shorter run and the frame on top of it. */
  private readonly runs = new PairTable();
  /**
   * Of each location: the run, the line of its innermost frame where that is not the frame's own, and where that line is
   * of another file its number in `others` plus 1, else 0.
   */
  private readonly locations = new QuadTable();
  /** Functions with lines of other files, each with such a file: they are written behind the profile's functions. */
  private readonly others = new PairTable();

  /** Of each stack: the one that called it, or called the frame that it is inlined into; -1 for none. */
  private readonly caller: Int32Array;
  /** Of each stack that calls a sampled one: its location's id. */
  private readonly location: Int32Array;
  /** Bytes of the list of its id and those of its callers; where in the output that list stands first, -1 for nowhere. */
  private readonly listSize: Int32Array;
  private readonly listStart: Float64Array;
  /** Ids of mappings by module. */
  private readonly mappings = new Map<number, number>();
  private readonly labelBytes = new Map<number, Uint8Array>();

  private readonly units: readonly { unit: string; factor: number }[];

  constructor(private readonly profile: Profile) {
    const { length } = profile.stacks;
    this.units = wholeUnits(profile);
    this.caller = new Int32Array(length);
    this.location = new Int32Array(length);
    this.listSize = new Int32Array(length);
    this.listStart = new Float64Array(length).fill(-1);
  }

  private string(text: string): number {
    let index = this.stringIndex.get(text);
    if (index === undefined) {
      index = this.strings.push(text) - 1;
      this.stringIndex.set(text, index);
    }
    return index;
  }

  encode(): Uint8Array {
    const { pbf, profile } = this;
    const { meta, sampleTypes, functions } = profile;
    for (const [index, { type }] of sampleTypes.entries()) {
      const typeIndex = this.string(type);
      const unitIndex = this.string(this.units[index].unit);
      message(pbf, 1, () => {
        pbf.writeVarintField(1, typeIndex);
        pbf.writeVarintField(2, unitIndex);
      });
    }
    this.writeSamples();
    this.writeLocations();
    this.writeMappings();
    for (let func = 0; func < functions.length; func++) {
      this.writeFunction(func + 1, functions.name[func], functions.file[func], functions.line[func]);
    }
    for (let other = 0; other < this.others.length; other++) {
      const id = functions.length + 1 + other;
      this.writeFunction(id, functions.name[this.others.a[other]], this.others.b[other], 0);
    }
    const byDefault = this.string(sampleTypes[meta.defaultSampleType].type);
    for (const text of this.strings) {
      pbf.writeStringField(6, text);
    }
    if (meta.startTimeMs !== null) {
      pbf.writeVarintField(9, Math.round(meta.startTimeMs * 1e6));
    }
    if (meta.durationMs !== null) {
      pbf.writeVarintField(10, Math.round(meta.durationMs * 1e6));
    }
    pbf.writeVarintField(14, byDefault);
    return pbf.finish().slice();
  }

  /** `name` and `file` are string indices of the profile. */
  private writeFunction(id: number, name: number, file: number, line: number): void {
    const { pbf } = this;
    const { strings } = this.profile;
    const nameIndex = this.string(strings[name]);
    const fileIndex = file < 0 ? 0 : this.string(strings[file]);
    message(pbf, 5, () => {
      pbf.writeVarintField(1, id);
      pbf.writeVarintField(2, nameIndex);
      pbf.writeVarintField(3, nameIndex);
      pbf.writeVarintField(4, fileIndex);
      pbf.writeVarintField(5, line);
    });
  }

  private writeSamples(): void {
    const { stacks, frames, samples, threads, leafLines } = this.profile;
    const runOfStack = new Int32Array(stacks.length);
    const depth = new Int32Array(stacks.length);
    for (let stack = 0; stack < stacks.length; stack++) {
      const below = stacks.prefix[stack];
      const inlined = below >= 0 && frames.inlined[stacks.frame[stack]] === 1;
      runOfStack[stack] = this.runs.intern(inlined ? runOfStack[below] : -1, stacks.frame[stack]);
      depth[stack] = below < 0 ? 1 : depth[below] + 1;
      // The stack that called the run.
      this.caller[stack] = inlined ? this.caller[below] : below;
    }
    // What is inlined for a line of another file.
    const inlined = new Uint8Array(stacks.length);
    for (let i = 0; i < (leafLines?.file?.length ?? 0); i++) {
      if (leafLines!.file![i] >= 0) {
        inlined[leafLines!.stack[i]] = 1;
      }
    }
    const groups = new QuadTable();
    const groupOf = new Int32Array(samples.length);
    for (let row = 0; row < samples.length; row++) {
      const thread = threads.length > 1 && samples.thread !== null ? samples.thread[row] : 0;
      groupOf[row] = groups.intern(
        samples.stack[row],
        samples.labelSet === null ? -1 : samples.labelSet[row],
        thread,
        0,
      );
    }
    const sums = samples.values.map((column, type) => {
      const sum = new Float64Array(groups.length);
      for (let row = 0; row < samples.length; row++) {
        sum[groupOf[row]] += column[row];
      }
      const { factor } = this.units[type];
      return factor === 1 ? sum : sum.map((value) => value * factor);
    });
    // Samples without a value are left out.
    const sampled = new Uint8Array(stacks.length);
    let bytes = 0;
    for (let group = 0; group < groups.length; group++) {
      const stack = groups.a[group];
      if (stack >= 0 && sums.some((column) => Math.round(column[group]) !== 0)) {
        const height = depth[stack] + inlined[stack];
        if (height > MOST_FRAMES) {
          throw new Error(
            `A stack of this profile has ${height} frames, but a pprof file has at most ${MOST_FRAMES} in one; choose another format.`,
          );
        }
        sampled[stack] = 1;
        bytes += 4;
      }
    }
    this.makeLocations(sampled, runOfStack);
    for (let group = 0; group < groups.length; group++) {
      const stack = groups.a[group];
      if (stack >= 0 && sampled[stack] === 1 && this.caller[stack] >= 0) {
        bytes += this.listSize[this.caller[stack]];
      }
    }
    checkEncodedSize(bytes, 'a pprof profile');
    const split = splitLeafValues(leafLines, stacks.length);
    const values = new Float64Array(sums.length);
    for (let group = 0; group < groups.length; group++) {
      const stack = groups.a[group];
      split(stack, (line, from, to, file) => {
        for (let type = 0; type < sums.length; type++) {
          // Rounding the running sum keeps the parts' sum what the whole rounds to.
          values[type] = Math.round(sums[type][group] * to) - Math.round(sums[type][group] * from);
        }
        if (values.some((value) => value !== 0)) {
          const other = file < 0 ? 0 : this.others.intern(frames.func[stacks.frame[stack]], file) + 1;
          const leaf = stack < 0 ? 0 : this.locations.intern(runOfStack[stack], line, other, 0) + 1;
          this.writeSample(stack, leaf, values, groups.b[group], groups.c[group]);
        }
      });
    }
  }

  /** Gives every stack that calls a sampled one its location. */
  private makeLocations(sampled: Uint8Array, runOfStack: Int32Array): void {
    const { caller, location, listSize } = this;
    const called = new Uint8Array(caller.length);
    for (let stack = caller.length - 1; stack >= 0; stack--) {
      if ((sampled[stack] === 1 || called[stack] === 1) && caller[stack] >= 0) {
        called[caller[stack]] = 1;
      }
    }
    for (let stack = 0; stack < caller.length; stack++) {
      const below = caller[stack];
      if (called[stack] === 1) {
        location[stack] = this.locations.intern(runOfStack[stack], 0, 0, 0) + 1;
        listSize[stack] = varintSize(location[stack]) + (below < 0 ? 0 : listSize[below]);
      }
    }
  }

  /** @param leaf location of the innermost frames, 0 where the stack is empty */
  private writeSample(stack: number, leaf: number, values: Float64Array, labelSet: number, thread: number): void {
    const { pbf, listSize } = this;
    const callers = stack < 0 ? -1 : this.caller[stack];
    const idBytes = leaf === 0 ? 0 : varintSize(leaf) + (callers < 0 ? 0 : listSize[callers]);
    const idField = idBytes === 0 ? 0 : 1 + varintSize(idBytes) + idBytes;
    const rest = new PbfWriter();
    rest.writePackedVarint(2, [...values]);
    const restBytes = rest.finish();
    const labels = this.labels(labelSet, thread);
    const size = idField + restBytes.length + labels.length;
    checkEncodedSize(pbf.pos + size, 'a pprof profile');
    pbf.writeVarint((2 << 3) | 2);
    pbf.writeVarint(size);
    if (idBytes > 0) {
      pbf.writeVarint((1 << 3) | 2);
      pbf.writeVarint(idBytes);
      pbf.writeVarint(leaf);
      this.writeCallers(callers);
    }
    for (const part of [restBytes, labels]) {
      pbf.realloc(part.length);
      pbf.buf.set(part, pbf.pos);
      pbf.pos += part.length;
    }
  }

  /** Location ids of a stack and its callers: new ones one by one, down to a stack that an earlier sample has. */
  private writeCallers(callers: number): void {
    const { pbf, listStart } = this;
    let at = callers;
    for (; at >= 0 && listStart[at] < 0; at = this.caller[at]) {
      listStart[at] = pbf.pos;
      pbf.writeVarint(this.location[at]);
    }
    if (at >= 0) {
      const size = this.listSize[at];
      pbf.realloc(size);
      pbf.buf.copyWithin(pbf.pos, listStart[at], listStart[at] + size);
      pbf.pos += size;
    }
  }

  /** The fields of a sample's labels, as they stand in its message. */
  private labels(labelSet: number, thread: number): Uint8Array {
    const key = labelSet * this.profile.threads.length + thread;
    let bytes = this.labelBytes.get(key);
    if (bytes === undefined) {
      const pbf = new PbfWriter();
      for (const label of this.labelFields(labelSet, thread)) {
        message(pbf, 3, () => {
          label.forEach((value, i) => {
            if (value !== 0) {
              pbf.writeVarintField(i + 1, value);
            }
          });
        });
      }
      bytes = pbf.finish();
      this.labelBytes.set(key, bytes);
    }
    return bytes;
  }

  /** Key, text, number and unit of each label, 0 for none. */
  private labelFields(labelSet: number, thread: number): number[][] {
    const { labels, strings, threads } = this.profile;
    const result: number[][] = [];
    const text = (index: number): number => (index < 0 ? 0 : this.string(strings[index]));
    if (labelSet >= 0) {
      for (let i = labels.offset[labelSet]; i < labels.offset[labelSet + 1]; i++) {
        result.push([
          text(labels.key[i]),
          text(labels.text[i]),
          labels.text[i] < 0 ? labels.number[i] : 0,
          text(labels.unit[i]),
        ]);
      }
    }
    if (threads.length > 1) {
      const { process, name } = threads[thread];
      if (process !== null) {
        result.push([this.string('process'), this.string(process), 0, 0]);
      }
      if (name !== '') {
        result.push([this.string('thread'), this.string(name), 0, 0]);
      }
    }
    return result;
  }

  private writeLocations(): void {
    const { pbf, locations, runs, mappings } = this;
    const { frames, functions, meta } = this.profile;
    for (let location = 0; location < locations.length; location++) {
      const leafLine = locations.b[location];
      const other = locations.c[location];
      // Frames that are inlined into each other are of one module.
      const module = functions.module[frames.func[runs.b[locations.a[location]]]];
      message(pbf, 4, () => {
        pbf.writeVarintField(1, location + 1);
        if (module >= 0) {
          if (!mappings.has(module)) {
            mappings.set(module, mappings.size + 1);
          }
          pbf.writeVarintField(2, mappings.get(module)!);
        }
        if (other > 0) {
          writeLine(pbf, functions.length + other, leafLine);
        }
        for (let run = locations.a[location]; run >= 0; run = runs.a[run]) {
          const frame = runs.b[run];
          const own = meta.lines === 'call' ? frames.line[frame] : 0;
          const inLeaf = run === locations.a[location] && leafLine > 0 && other === 0;
          writeLine(pbf, frames.func[frame] + 1, inLeaf ? leafLine : own);
        }
      });
    }
  }

  /** Modules as mappings whose code is named already, so that no tool looks for them. */
  private writeMappings(): void {
    const { pbf, profile } = this;
    for (const [module, id] of this.mappings) {
      const file = this.string(profile.strings[module]);
      message(pbf, 3, () => {
        pbf.writeVarintField(1, id);
        pbf.writeVarintField(5, file);
        for (const has of [7, 8, 9, 10]) {
          pbf.writeVarintField(has, 1);
        }
      });
    }
  }
}

function message(pbf: PbfWriter, field: number, write: () => void): void {
  pbf.writeMessage(field, write, undefined);
}

function writeLine(pbf: PbfWriter, func: number, line: number): void {
  message(pbf, 4, () => {
    pbf.writeVarintField(1, func);
    if (line > 0) {
      pbf.writeVarintField(2, line);
    }
  });
}

/** Bytes of a number from 0 to 2^31 - 1. */
function varintSize(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}
