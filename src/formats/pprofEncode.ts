import { PbfWriter } from 'pbf';
import type { Profile } from '../profile/profile';
import { PairTable, QuadTable } from '../profile/tupleTables';
import { splitLeafValues } from './leafSplit';

/**
 * pprof's protocol buffers, not compressed. Samples with the same stack, labels and thread are added up, for pprof has
 * no times; threads become labels where there are several. Lines are written where frames have the line that was
 * running; V8's leaf lines split the values of their stacks. Values are rounded to whole numbers.
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
  /** Of each location: the run, and the line of its innermost frame where that is not the frame's own. */
  private readonly locations = new PairTable();

  constructor(private readonly profile: Profile) {}

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
    for (const { type, unit } of sampleTypes) {
      const typeIndex = this.string(type);
      const unitIndex = this.string(unit);
      message(pbf, 1, () => {
        pbf.writeVarintField(1, typeIndex);
        pbf.writeVarintField(2, unitIndex);
      });
    }
    this.writeSamples();
    this.writeLocations();
    for (let func = 0; func < functions.length; func++) {
      const name = this.string(profile.strings[functions.name[func]]);
      const file = functions.file[func] < 0 ? 0 : this.string(profile.strings[functions.file[func]]);
      message(pbf, 5, () => {
        pbf.writeVarintField(1, func + 1);
        pbf.writeVarintField(2, name);
        pbf.writeVarintField(3, name);
        pbf.writeVarintField(4, file);
        pbf.writeVarintField(5, functions.line[func]);
      });
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

  private writeSamples(): void {
    const { stacks, frames, samples, threads } = this.profile;
    const runOfStack = new Int32Array(stacks.length);
    for (let stack = 0; stack < stacks.length; stack++) {
      const below = stacks.prefix[stack];
      const inlined = below >= 0 && frames.inlined[stacks.frame[stack]] === 1;
      runOfStack[stack] = this.runs.intern(inlined ? runOfStack[below] : -1, stacks.frame[stack]);
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
    const sums = samples.values.map((column) => {
      const sum = new Float64Array(groups.length);
      for (let row = 0; row < samples.length; row++) {
        sum[groupOf[row]] += column[row];
      }
      return sum;
    });
    const split = splitLeafValues(this.profile.leafLines, stacks.length);
    const values = new Float64Array(sums.length);
    for (let group = 0; group < groups.length; group++) {
      const stack = groups.a[group];
      split(stack, (line, from, to) => {
        for (let type = 0; type < sums.length; type++) {
          // Rounding the running sum keeps the parts' sum what the whole rounds to.
          values[type] = Math.round(sums[type][group] * to) - Math.round(sums[type][group] * from);
        }
        if (values.some((value) => value !== 0)) {
          this.writeSample(runOfStack, stack, line, values, groups.b[group], groups.c[group]);
        }
      });
    }
  }

  private writeSample(
    runOfStack: Int32Array,
    stack: number,
    leafLine: number,
    values: Float64Array,
    labelSet: number,
    thread: number,
  ): void {
    const { pbf } = this;
    const { stacks, frames } = this.profile;
    const locations: number[] = [];
    let line = leafLine;
    for (let at = stack; at >= 0; ) {
      locations.push(this.locations.intern(runOfStack[at], line) + 1);
      line = 0;
      while (stacks.prefix[at] >= 0 && frames.inlined[stacks.frame[at]] === 1) {
        at = stacks.prefix[at];
      }
      at = stacks.prefix[at];
    }
    const labels = this.labels(labelSet, thread);
    message(pbf, 2, () => {
      pbf.writePackedVarint(1, locations);
      pbf.writePackedVarint(2, [...values]);
      for (const label of labels) {
        message(pbf, 3, () => {
          label.forEach((value, i) => {
            if (value !== 0) {
              pbf.writeVarintField(i + 1, value);
            }
          });
        });
      }
    });
  }

  /** Key, text, number and unit of each label, 0 for none. */
  private labels(labelSet: number, thread: number): number[][] {
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
    const { pbf, locations, runs } = this;
    const { frames, meta } = this.profile;
    for (let location = 0; location < locations.length; location++) {
      const leafLine = locations.b[location];
      message(pbf, 4, () => {
        pbf.writeVarintField(1, location + 1);
        for (let run = locations.a[location]; run >= 0; run = runs.a[run]) {
          const frame = runs.b[run];
          const own = meta.lines === 'call' ? frames.line[frame] : 0;
          const line = run === locations.a[location] && leafLine > 0 ? leafLine : own;
          message(pbf, 4, () => {
            pbf.writeVarintField(1, frames.func[frame] + 1);
            if (line > 0) {
              pbf.writeVarintField(2, line);
            }
          });
        }
      });
    }
  }
}

function message(pbf: PbfWriter, field: number, write: () => void): void {
  pbf.writeMessage(field, write, undefined);
}
