import type { Profile } from '../profile/profile';
import { ByteWriter } from './byteWriter';
import type { CpuprofileExtension } from './cpuprofileExtension';
import { splitLeafValues } from './leafSplit';

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

/** Counted samples that are written one by one; beyond that, each stack is one sample. */
const MOST_COUNTED = 1_000_000;

/**
 * V8's CPU profile: nodes with hit counts and position ticks, samples and time deltas. A profile of several threads is
 * written as an array of such objects, which only Emberline reads: its ending is `.cpuprofiles`.
 *
 * Where samples have no times they are laid one after the other, stack by stack: for a default type that is a time each
 * as long as its value, for one that counts (up to a million) each for a millisecond.
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

/** Samples to be written: stacks, and microseconds from the start to each and to the end. */
interface Track {
  readonly stack: Int32Array;
  readonly time: Float64Array;
  readonly end: number;
}

class CpuprofileWriter {
  private readonly split;

  constructor(
    private readonly profile: Profile,
    private readonly out: ByteWriter,
  ) {
    this.split = splitLeafValues(profile.leafLines, profile.stacks.length);
  }

  write(thread: number, extended: boolean): void {
    const { out, profile } = this;
    const track = profile.samples.time === null ? this.laidOut(thread) : this.timed(thread, profile.samples.time);
    const hits = new Int32Array(profile.stacks.length);
    let rootHits = 0;
    for (const stack of track.stack) {
      if (stack < 0) {
        rootHits++;
      } else {
        hits[stack]++;
      }
    }
    out.ascii('{"nodes":[');
    this.writeNodes(hits, rootHits);
    out.ascii(`],"startTime":0,"endTime":${Math.round(track.end)},"samples":[`);
    track.stack.forEach((stack, i) => {
      out.ascii(i === 0 ? `${stack + 2}` : `,${stack + 2}`);
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
    if (extended) {
      const { process, name, pid } = profile.threads[thread];
      const extension: CpuprofileExtension = {
        process,
        thread: name === '' ? null : name,
        pid,
        startTimeMs: profile.meta.startTimeMs,
        notes: thread === 0 ? [...profile.meta.notes] : [],
      };
      out.text(`,"$emberline":${JSON.stringify(extension)}`);
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

  private timed(thread: number, time: Float64Array): Track {
    const { samples, sampleTypes } = this.profile;
    const rows = this.rows(thread);
    const last = rows[rows.length - 1];
    let end = rows.length === 0 ? 0 : time[last] / 1000;
    const type = sampleTypes.findIndex(({ unit }) => timeUnits.has(unit));
    if (type >= 0 && rows.length > 0) {
      end += Math.max(0, samples.values[type][last] * timeUnits.get(sampleTypes[type].unit)!);
    }
    return {
      stack: rows.map((row) => samples.stack[row]),
      time: Float64Array.from(rows, (row) => time[row] / 1000),
      end,
    };
  }

  private laidOut(thread: number): Track {
    const { samples, sampleTypes, meta } = this.profile;
    const rows = this.rows(thread);
    const values = samples.values[meta.defaultSampleType];
    const microseconds = timeUnits.get(sampleTypes[meta.defaultSampleType].unit);
    let total = 0;
    for (const row of rows) {
      total += Math.max(0, Math.round(values[row]));
    }
    const counted = microseconds === undefined && total <= MOST_COUNTED;
    const stack = new Int32Array(counted ? total : rows.length);
    const time = new Float64Array(stack.length);
    let length = 0;
    let at = 0;
    for (const row of rows) {
      const value = Math.max(0, values[row]);
      for (let i = counted ? Math.round(value) : 1; i > 0; i--) {
        stack[length] = samples.stack[row];
        time[length++] = at;
        at += counted ? 1000 : value * (microseconds ?? 1000);
      }
    }
    return { stack, time, end: at };
  }

  /** Node ids are stack indices plus 2; `(root)` is 1. Only nodes with samples in or below them are written. */
  private writeNodes(hits: Int32Array, rootHits: number): void {
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
      for (let child = firstChild[id - 1], first = true; child >= 0; child = sibling[child], first = false) {
        out.ascii(first ? `,"children":[${child + 2}` : `,${child + 2}`);
      }
      out.ascii(firstChild[id - 1] >= 0 ? ']' : '');
    };
    node(1, callFrameJson('(root)', '', 0, 0), rootHits);
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
      this.writeTicks(stack, hits[stack]);
      out.ascii('}');
    }
  }

  private writeTicks(stack: number, hits: number): void {
    const { out, profile } = this;
    const own = profile.meta.lines === 'call' ? profile.frames.line[profile.stacks.frame[stack]] : 0;
    let separator = ',"positionTicks":[';
    this.split(stack, (line, from, to) => {
      const ticks = Math.round(hits * to) - Math.round(hits * from);
      const at = line > 0 ? line : own;
      if (at > 0 && ticks > 0) {
        out.ascii(`${separator}{"line":${at},"ticks":${ticks}}`);
        separator = ',';
      }
    });
    out.ascii(separator === ',' ? ']' : '');
  }
}

function callFrameJson(name: string, url: string, line: number, column: number): string {
  const functionName = name === '(anonymous)' ? '' : name;
  return JSON.stringify({ functionName, scriptId: '0', url, lineNumber: line - 1, columnNumber: column - 1 });
}
