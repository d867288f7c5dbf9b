import { onesColumn } from '../../profile/ones';
import type { Profile } from '../../profile/profile';
import type { ProfileBuilder } from '../../profile/profileBuilder';
import { sortByTime } from '../../profile/sortByTime';
import type { WasmUse } from '../../profile/wasmModule';
import type { CpuprofileColumns } from './cpuprofileColumns';
import { type CpuprofileRepairs, internTree } from './cpuprofileTree';

const HOUR = 3600e6;

/** Consecutive segments of one thread. Times in microseconds. */
interface ThreadSegments {
  readonly segments: CpuprofileColumns[];
  readonly index: number;
  start: number | null;
  end: number | null;
}

/** Makes one profile of the objects of a file; their columns are used up. */
export function assembleCpuprofile(
  builder: ProfileBuilder,
  segments: readonly CpuprofileColumns[],
  wasm: WasmUse,
): Profile {
  const repairs: CpuprofileRepairs = {
    duplicateIds: 0,
    dangling: 0,
    secondParents: 0,
    cycles: 0,
    unknownSamples: 0,
    lengths: 0,
  };
  // Times need every segment's: one without would have no place in the chart.
  const timed =
    segments.every((segment) => segment.samples === null || segment.elapsed !== null) &&
    segments.some((segment) => segment.samples !== null) &&
    !segments.some((segment) => segment.samples === null && hasHits(segment));
  builder.addSampleType('samples', 'count');
  if (timed) {
    builder.addSampleType('time', 'microseconds');
  }
  const threads = groupByThread(builder, segments);
  const common = commonStart(threads);
  let durationUs: number | null = null;
  for (const thread of threads) {
    const base = common ?? thread.start ?? 0;
    let cursor = base;
    for (const segment of thread.segments) {
      const start = segment.startTime ?? cursor;
      const last = addSegment(builder, segment, thread.index, timed, start - base, repairs, wasm);
      cursor = Math.max(segment.endTime ?? start, start + last);
      if (timed || segment.endTime !== null) {
        durationUs = Math.max(durationUs ?? 0, cursor - base);
      }
    }
  }
  const starts = segments.flatMap((segment) => segment.extension?.startTimeMs ?? []);
  const notes = segments.flatMap((segment) => segment.extension?.notes ?? []);
  return builder.finish({
    formats: ['cpuprofile'],
    durationMs: durationUs === null ? null : durationUs / 1000,
    startTimeMs: starts.length === 0 ? null : starts.reduce((a, b) => Math.min(a, b)),
    defaultSampleType: timed ? 1 : 0,
    lines: 'declaration',
    notes: [...new Set([...notes, ...describeRepairs(repairs)])],
  });
}

function hasHits(segment: CpuprofileColumns): boolean {
  return segment.totalHits > 0;
}

function groupByThread(builder: ProfileBuilder, segments: readonly CpuprofileColumns[]): ThreadSegments[] {
  const threads = new Map<string, ThreadSegments>();
  for (const segment of segments) {
    const process = segment.extension?.process ?? null;
    const name = segment.extension?.thread ?? '';
    const pid = segment.extension?.pid ?? null;
    const key = JSON.stringify([process, name, pid]);
    let thread = threads.get(key);
    if (thread === undefined) {
      const index = builder.addThread({ name, process, pid, tid: null });
      thread = { segments: [], index, start: null, end: null };
      threads.set(key, thread);
    }
    thread.segments.push(segment);
    if (segment.startTime !== null) {
      thread.start = Math.min(thread.start ?? Infinity, segment.startTime);
      thread.end = Math.max(thread.end ?? -Infinity, segment.endTime ?? segment.startTime);
    }
  }
  return [...threads.values()];
}

/** The start that all threads are aligned to; null where they cannot be of one clock: a gap of over an hour between. */
function commonStart(threads: readonly ThreadSegments[]): number | null {
  const sorted = threads.map(({ start, end }) => ({ start, end })).sort((a, b) => (a.start ?? 0) - (b.start ?? 0));
  let end = sorted[0]?.end ?? null;
  for (const thread of sorted) {
    if (thread.start === null || thread.end === null || end === null || thread.start - end > HOUR) {
      return null;
    }
    end = Math.max(end, thread.end);
  }
  return sorted[0]?.start ?? null;
}

/**
 * Adds a segment's samples.
 * @param offset microseconds from the profile's start to the segment's
 * @returns microseconds from the segment's start to its last sample
 */
function addSegment(
  builder: ProfileBuilder,
  segment: CpuprofileColumns,
  thread: number,
  timed: boolean,
  offset: number,
  repairs: CpuprofileRepairs,
  wasm: WasmUse,
): number {
  const { stackOfRow, translate } = internTree(builder, segment, repairs, wasm);
  if (segment.samples === null || segment.samples.length === 0) {
    for (let row = 0; row < segment.nodes; row++) {
      if (segment.hits[row] > 0) {
        builder.setValue(
          builder.addSample(stackOfRow[row], thread, timed ? offset * 1000 : null, -1),
          0,
          segment.hits[row],
        );
      }
    }
    return 0;
  }
  const samples = segment.samples;
  repairs.unknownSamples += translate(samples);
  const ones = onesColumn(samples.length);
  if (!timed || segment.elapsed === null) {
    builder.addSamples({ stack: samples, thread, time: null, values: [ones] });
    return 0;
  }
  const elapsed = sameLength(segment.elapsed.time, samples.length, repairs);
  sortByTime(elapsed, samples, segment.elapsed.descents);
  const last = elapsed[elapsed.length - 1];
  const end = segment.startTime !== null && segment.endTime !== null ? segment.endTime - segment.startTime : last;
  const durations = splitTime(elapsed, Math.max(end, last), offset);
  if (segment.extension?.gaps === true) {
    const rows = dropGaps(samples, elapsed, durations);
    builder.addSamples({
      stack: samples.subarray(0, rows),
      thread,
      time: elapsed.subarray(0, rows),
      values: [onesColumn(rows), durations.subarray(0, rows)],
    });
  } else {
    builder.addSamples({ stack: samples, thread, time: elapsed, values: [ones, durations] });
  }
  return Math.max(0, last);
}

/** Moves the rows that have a stack to the front. @returns how many there are */
function dropGaps(stack: Int32Array, ...columns: readonly Float64Array[]): number {
  let rows = 0;
  for (let row = 0; row < stack.length; row++) {
    if (stack[row] >= 0) {
      stack[rows] = stack[row];
      for (const column of columns) {
        column[rows] = column[row];
      }
      rows++;
    }
  }
  return rows;
}

/**
 * Each sample lasts until the next one, the last one to `end`.
 * @param time microseconds since the segment's start, ascending; becomes nanoseconds since the profile's start
 * @returns durations in microseconds
 */
function splitTime(time: Float64Array, end: number, offset: number): Float64Array {
  const durations = new Float64Array(time.length);
  let next = end;
  for (let i = time.length - 1; i >= 0; i--) {
    const at = time[i];
    durations[i] = next - at;
    time[i] = (at + offset) * 1000;
    next = at;
  }
  return durations;
}

/** As many times as samples: what is missing counts as no time passed. */
function sameLength(elapsed: Float64Array, length: number, repairs: CpuprofileRepairs): Float64Array {
  if (elapsed.length === length) {
    return elapsed;
  }
  repairs.lengths++;
  if (elapsed.length > length) {
    return elapsed.subarray(0, length);
  }
  const padded = new Float64Array(length).fill(elapsed.length === 0 ? 0 : elapsed[elapsed.length - 1]);
  padded.set(elapsed);
  return padded;
}

/** A sentence for each kind of repair. */
export function describeRepairs(repairs: CpuprofileRepairs): string[] {
  const notes: string[] = [];
  const add = (count: number, one: string, many: string): void => {
    if (count > 0) {
      notes.push(count === 1 ? `One ${one}.` : `${count} ${many}.`);
    }
  };
  add(
    repairs.duplicateIds,
    'node has an id that another has: it is left out',
    'nodes have ids that others have: they are left out',
  );
  add(repairs.dangling, 'link leads to a node that is not in the file', 'links lead to nodes that are not in the file');
  add(repairs.secondParents, 'node has two parents: the first is used', 'nodes have two parents: the first is used');
  add(repairs.cycles, 'cycle in the call tree was cut', 'cycles in the call tree were cut');
  add(
    repairs.unknownSamples,
    'sample is of a node that is not in the file: its stack is empty',
    'samples are of nodes that are not in the file: their stacks are empty',
  );
  add(repairs.lengths, 'list of samples has not as many time deltas', 'lists of samples have not as many time deltas');
  return notes;
}
