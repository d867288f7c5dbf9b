import type { Profile, SampleType } from '../../profile/profile';
import { ByteWriter } from '../bytes/byteWriter';
import { splitLeafValues } from '../leafSplit';
import type { CpuprofileExtension } from './cpuprofileExtension';

/** Microseconds in a unit of time. */
const timeUnits = new Map([
  ['nanoseconds', 1e-3],
  ['ns', 1e-3],
  ['microseconds', 1],
  ['us', 1],
  ['milliseconds', 1e3],
  ['ms', 1e3],
  ['seconds', 1e6],
  ['s', 1e6],
]);

/** Samples in a file: each takes some ten bytes, and all of them memory. */
const MOST_SAMPLES = 30_000_000;

/**
 * V8's CPU profile: nodes with hit counts and position ticks, samples and time deltas. A profile of several threads is
 * written as an array of such objects, which only Emberline reads: its ending is `.cpuprofiles`.
 *
 * The default sample type must be a time or count samples, for the format holds nothing else. A row of the profile that
 * counts several samples is written as as many, so that hit counts add up to the samples. Their time is that of the
 * default type, or else of the first type that is a time and that only what is counted has (of a Java recording, waiting
 * for locks is not the time of its samples); without any, each takes a millisecond. Where samples have no times of their
 * own they are laid one after the other, row by row. Where ticks are of other files than their functions, what js-debug
 * adds to profiles says so (`$vscode`); to other readers such a tick is on the line of its function.
 * @throws Error for a profile of something else (bytes, objects), for negative values, and for too many samples
 */
export function encodeCpuprofile(profile: Profile): Uint8Array {
  const out = new ByteWriter('a .cpuprofile');
  const writer = new CpuprofileWriter(profile, out);
  if (profile.threads.length === 1) {
    writer.write(0, profile.meta.startTimeMs !== null || profile.threads[0].process !== null);
  } else {
    profile.threads.forEach((_, thread) => {
      out.ascii(thread === 0 ? '[' : ',\n');
      writer.write(thread, true);
    });
    out.ascii(']');
  }
  return out.finish();
}

/** Columns of the profile that are written, null for none. */
interface Measures {
  readonly count: Float64Array | null;
  readonly time: Float64Array | null;
  /** Microseconds in the unit of `time`. */
  readonly microseconds: number;
}

/** Why a profile does not fit the format, null where it does: it holds time, and samples that took time. */
export function cpuprofileUnfit(profile: Profile): string | null {
  try {
    measuresOf(profile);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @throws Error where the profile does not fit the format */
function measuresOf({ samples, sampleTypes, meta }: Profile): Measures {
  const isCount = ({ type, unit }: SampleType): boolean =>
    unit === 'count' && (type === 'samples' || type === 'sample');
  const byDefault = sampleTypes[meta.defaultSampleType];
  if (!isCount(byDefault) && !timeUnits.has(byDefault.unit)) {
    throw new Error(
      `This profile has ${byDefault.type} in ${byDefault.unit}, but a .cpuprofile holds time: choose another format.`,
    );
  }
  const ownCounts = sampleTypes.findIndex(({ type }) => type === `samples:${byDefault.type}`);
  /** Whether no row has a time without having been counted. */
  const goTogether = (count: number, time: number): boolean =>
    samples.values[time].every((value, row) => value === 0 || samples.values[count][row] > 0);
  let counts = ownCounts >= 0 ? ownCounts : sampleTypes.findIndex(isCount);
  let times = meta.defaultSampleType;
  if (!timeUnits.has(byDefault.unit)) {
    counts = meta.defaultSampleType;
    times = sampleTypes.findIndex(({ unit }, type) => timeUnits.has(unit) && goTogether(counts, type));
  } else if (counts >= 0 && !goTogether(counts, times)) {
    counts = -1;
  }
  for (const type of [counts, times]) {
    if (type >= 0 && samples.values[type].some((value) => value < 0)) {
      throw new Error(
        `This profile has negative values of ${sampleTypes[type].type}, which a .cpuprofile cannot hold: choose another format.`,
      );
    }
  }
  return {
    count: counts < 0 ? null : samples.values[counts],
    time: times < 0 ? null : samples.values[times],
    microseconds: times < 0 ? 0 : timeUnits.get(sampleTypes[times].unit)!,
  };
}

/** In place of a stack: nothing was recorded. */
const GAP = -2;

/** Samples to be written: stacks (-1 for none) and gaps, and microseconds from the start to each and to the end. */
interface Track {
  readonly stack: Int32Array;
  readonly time: Float64Array;
  readonly end: number;
}

class CpuprofileWriter {
  private readonly split;
  private readonly measures: Measures;
  /** Of the thread that is written; null where call frames say it all. */
  private locations: WrittenLocations | null = null;

  constructor(
    private readonly profile: Profile,
    private readonly out: ByteWriter,
  ) {
    this.measures = measuresOf(profile);
    this.split = splitLeafValues(profile.leafLines, profile.stacks.length);
  }

  write(thread: number, extended: boolean): void {
    const { out, profile } = this;
    this.locations = profile.leafLines?.file ? new WrittenLocations() : null;
    const track = this.track(thread);
    const hits = new Int32Array(profile.stacks.length);
    const gaps = track.stack.filter((stack) => stack === GAP).length;
    let stackless = 0;
    for (const stack of track.stack) {
      if (stack >= 0) {
        hits[stack]++;
      } else if (stack === -1) {
        stackless++;
      }
    }
    /** `(root)` has samples without a stack, but where there are gaps it has those. */
    const noStack = gaps > 0 && stackless > 0 ? profile.stacks.length + 2 : 1;
    out.ascii('{"nodes":[');
    this.writeNodes(hits, gaps > 0 ? gaps : stackless, noStack);
    if (noStack > 1) {
      const callFrame = callFrameJson('(no stack)', '', 0, 0);
      out.text(`,{"id":${noStack},"callFrame":${callFrame},"hitCount":${stackless}`);
      this.writeLocation('locationId', callFrame, '', 0, 0);
      out.ascii('}');
    }
    out.ascii(`],"startTime":0,"endTime":${Math.round(track.end)},"samples":[`);
    track.stack.forEach((stack, i) => {
      const id = stack >= 0 ? stack + 2 : stack === GAP ? 1 : noStack;
      out.ascii(i === 0 ? `${id}` : `,${id}`);
    });
    out.ascii('],"timeDeltas":[');
    let before = 0;
    track.time.forEach((time, i) => {
      // Differences of rounded times, so that rounding does not add up.
      const at = Math.round(time);
      out.ascii(i === 0 ? `${at}` : `,${at - before}`);
      before = at;
    });
    out.ascii(']');
    if (this.locations !== null) {
      out.text(`,"$vscode":{"locations":[${this.locations.json.join()}]}`);
    }
    if (extended || gaps > 0) {
      const { process, name, pid } = profile.threads[thread];
      const extension: CpuprofileExtension = {
        process,
        thread: name === '' ? null : name,
        pid,
        startTimeMs: profile.meta.startTimeMs,
        notes: thread === 0 ? [...profile.meta.notes] : [],
      };
      out.text(`,"$emberline":${JSON.stringify(gaps > 0 ? { ...extension, gaps: 1 } : extension)}`);
    }
    out.ascii('}');
  }

  /** Rows of a thread; all where there is one thread. */
  private rows(thread: number): Int32Array {
    const { samples } = this.profile;
    const of = samples.thread;
    const rows = new Int32Array(samples.length);
    let length = 0;
    for (let row = 0; row < samples.length; row++) {
      if (of === null ? thread === 0 : of[row] === thread) {
        rows[length++] = row;
      }
    }
    return rows.subarray(0, length);
  }

  private track(thread: number): Track {
    const { samples } = this.profile;
    const { count, time, microseconds } = this.measures;
    const rows = this.rows(thread);
    const repeats = this.repeats(rows);
    let length = 0;
    for (const repeat of repeats) {
      length += repeat;
    }
    // Not all time need be in samples, but in the file one lasts until the next: `(root)` is between them then.
    const gaps = samples.time !== null;
    const stack = new Int32Array(gaps ? length * 2 : length);
    const at = new Float64Array(stack.length);
    let next = 0;
    let end = samples.time === null ? 0 : Number.NEGATIVE_INFINITY;
    rows.forEach((row, i) => {
      // One after the other: clocks and durations are rounded, and what overlaps would lose its time.
      const begin = samples.time === null ? end : Math.max(end, samples.time[row] / 1000);
      const repeat = repeats[i];
      if (gaps && repeat === 0) {
        return;
      }
      if (gaps && next > 0 && begin - end >= 1) {
        stack[next] = GAP;
        at[next++] = end;
      }
      const known = time === null ? null : time[row] * microseconds;
      const taken = known ?? (count === null ? 1 : count[row]) * 1000;
      for (let k = 0; k < repeat; k++) {
        stack[next] = samples.stack[row];
        at[next++] = begin + (taken * k) / repeat;
      }
      end = begin + taken;
    });
    return { stack: stack.subarray(0, next), time: at.subarray(0, next), end: Math.max(0, end) };
  }

  /** How many samples each row is written as. @throws Error for too many */
  private repeats(rows: Int32Array): Int32Array {
    const { count, time } = this.measures;
    const repeats = new Int32Array(rows.length).fill(1);
    let sum = 0;
    let length = rows.length;
    if (count !== null) {
      length = 0;
      rows.forEach((row, i) => {
        // Rounding the running sum keeps the sum of fractions.
        const before = Math.round(sum);
        sum += count[row];
        const least = time !== null && time[row] > 0 ? 1 : 0;
        repeats[i] = Math.max(least, Math.min(Math.round(sum) - before, MOST_SAMPLES + 1));
        length += repeats[i];
      });
    }
    if (length > MOST_SAMPLES) {
      throw new Error(
        `This profile has ${length} samples or more, but Emberline writes at most ${MOST_SAMPLES} in a .cpuprofile, where each is listed: choose another format.`,
      );
    }
    return repeats;
  }

  /** Node ids are stack indices plus 2; `(root)` is 1, which `noStack` is below where it is another. Only nodes with samples in or below them are written. */
  private writeNodes(hits: Int32Array, rootHits: number, noStack: number): void {
    const { out, profile } = this;
    const { stacks, frames, functions, strings } = profile;
    const used = new Uint8Array(stacks.length);
    const firstChild = new Int32Array(stacks.length + 1).fill(-1);
    const sibling = new Int32Array(stacks.length).fill(-1);
    for (let stack = stacks.length - 1; stack >= 0; stack--) {
      if (hits[stack] > 0 || used[stack] === 1) {
        const above = stacks.prefix[stack];
        used[stack] = 1;
        if (above >= 0) {
          used[above] = 1;
        }
        sibling[stack] = firstChild[above + 1];
        firstChild[above + 1] = stack;
      }
    }
    const node = (id: number, callFrame: string, hitCount: number): void => {
      out.ascii(id === 1 ? '' : ',');
      out.text(`{"id":${id},"callFrame":${callFrame},"hitCount":${hitCount}`);
      let separator = ',"children":[';
      for (let child = firstChild[id - 1]; child >= 0; child = sibling[child]) {
        out.ascii(`${separator}${child + 2}`);
        separator = ',';
      }
      if (id === 1 && noStack > 1) {
        out.ascii(`${separator}${noStack}`);
        separator = ',';
      }
      out.ascii(separator === ',' ? ']' : '');
    };
    const root = callFrameJson('(root)', '', 0, 0);
    node(1, root, rootHits);
    this.writeLocation('locationId', root, '', 0, 0);
    out.ascii('}');
    const texts: (string | undefined)[] = new Array(functions.length);
    for (let stack = 0; stack < stacks.length; stack++) {
      if (used[stack] === 0) {
        continue;
      }
      const func = frames.func[stacks.frame[stack]];
      texts[func] ??= callFrameJson(
        strings[functions.name[func]],
        functions.file[func] < 0 ? '' : strings[functions.file[func]],
        functions.line[func],
        functions.column[func],
      );
      node(stack + 2, texts[func], hits[stack]);
      const file = functions.file[func] < 0 ? '' : strings[functions.file[func]];
      this.writeLocation('locationId', texts[func], file, functions.line[func], functions.column[func]);
      this.writeTicks(stack, hits[stack], texts[func]);
      out.ascii('}');
    }
  }

  private writeTicks(stack: number, hits: number, callFrame: string): void {
    const { out, profile } = this;
    const { frames, functions, meta, stacks, strings } = profile;
    const func = frames.func[stacks.frame[stack]];
    const own = meta.lines === 'call' ? frames.line[stacks.frame[stack]] : 0;
    let separator = ',"positionTicks":[';
    this.split(stack, (line, from, to, other) => {
      const ticks = Math.round(hits * to) - Math.round(hits * from);
      const at = line > 0 ? line : own;
      if (at > 0 && ticks > 0) {
        const file = other >= 0 ? other : functions.file[func];
        out.ascii(`${separator}{"line":${other >= 0 ? Math.max(1, functions.line[func]) : at},"ticks":${ticks}`);
        this.writeLocation('startLocationId', callFrame, file < 0 ? '' : strings[file], at, 1);
        out.ascii('}');
        separator = ',';
      }
    });
    out.ascii(separator === ',' ? ']' : '');
  }

  /** Nothing where call frames say it all. `line` and `column` are 1-based or 0; `file` is empty where unknown. */
  private writeLocation(member: string, callFrame: string, file: string, line: number, column: number): void {
    if (this.locations !== null) {
      this.out.ascii(`,"${member}":${this.locations.idOf(callFrame, file, line, column)}`);
    }
  }
}

/** Places as js-debug writes them: `cpuprofileLocations.ts` reads them. */
class WrittenLocations {
  readonly json: string[] = [];
  private readonly ids = new Map<string, number>();

  /** @param callFrame of the function that is there or around, as JSON */
  idOf(callFrame: string, file: string, line: number, column: number): number {
    const source = { name: file.slice(file.lastIndexOf('/') + 1), path: file, sourceReference: 0 };
    const places = file === '' ? [] : [{ lineNumber: line, columnNumber: column, source }];
    const json = `{"callFrame":${callFrame},"locations":${JSON.stringify(places)}}`;
    let id = this.ids.get(json);
    if (id === undefined) {
      id = this.json.push(json) - 1;
      this.ids.set(json, id);
    }
    return id;
  }
}

function callFrameJson(name: string, url: string, line: number, column: number): string {
  const functionName = name === '(anonymous)' ? '' : name;
  return JSON.stringify({ functionName, scriptId: '0', url, lineNumber: line - 1, columnNumber: column - 1 });
}
