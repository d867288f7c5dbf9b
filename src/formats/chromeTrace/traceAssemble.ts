import { onesColumn } from '../../profile/ones';
import type { Profile, Thread } from '../../profile/profile';
import { describeRepairs } from '../cpuprofile/cpuprofileAssemble';
import { DecodeError } from '../decodeError';
import { layOutSpans, PieceColumns } from './spanNesting';
import { CpuAssembler, type CpuSamples } from './traceCpuAssemble';
import type { TraceFile } from './traceFile';
import type { SpanRepairs } from './traceSpans';

/** A thread of the profile with its samples. Times in microseconds of the trace's clock. */
interface TraceRows {
  readonly thread: Thread;
  readonly stack: Int32Array;
  readonly start: Float64Array;
  /** Microseconds of each row. */
  readonly duration: Float64Array;
  /** Samples that each row counts; null for spans, which nobody counted. */
  readonly count: Float64Array | null;
}

/**
 * Makes the profile of what was read. CPU profiles and other samples have `samples` and `time`; where there are any, spans
 * have a type of their own, `spans`, for their times are of the same moments, and are not to be added to the samples'.
 */
export function assembleTrace(file: TraceFile, notes: string[]): Profile {
  const { builder, threads } = file;
  const cpu = new CpuAssembler(builder, file.cpu);
  const profiles = [...file.cpu.profiles.values()]
    .filter(({ chunks }) => chunks.length > 0)
    .map((trace) => cpu.assemble(trace))
    .sort((a, b) => a.start - b.start);
  cpu.finish();
  const rows: TraceRows[] = profiles.map((samples) => cpuRows(file, samples));
  rows.push(...sampledRows(file));
  const hasSamples = rows.length > 0;
  const repairs: SpanRepairs = { open: 0, ends: 0, closed: 0, cut: 0 };
  const suffix = hasSamples ? '(trace events)' : '';
  file.spans.forEachGroup(threads.all.length, null, repairs, (index, spans, order) => {
    const pieces = new PieceColumns();
    repairs.cut += layOutSpans(builder, spans, order, pieces);
    const thread = threads.all[index];
    rows.push(pieceRows(threads.describe(thread.process, thread, suffix), pieces));
  });
  const latest = Math.max(file.spans.latest(), file.async.latest());
  for (const { process, spans, lanes } of file.async.finish(latest, repairs)) {
    lanes.forEach((lane, i) => {
      const pieces = new PieceColumns();
      layOutSpans(builder, spans, lane, pieces);
      const name = i === 0 ? 'async events' : `async events ${i + 1}`;
      rows.push(pieceRows({ ...threads.describe(process, null, ''), name }, pieces));
    });
  }
  if (rows.length === 0) {
    throw new DecodeError(
      file.events === 0
        ? 'The trace has no events: expected spans or CPU profile chunks'
        : `Expected spans or CPU profile chunks, but none of the ${file.events} events of this trace has a duration`,
    );
  }
  notes.push(...describeRepairs(cpu.repairs), ...describeTrace(file, cpu, repairs));
  return addRows(file, rows, profiles, notes);
}

function cpuRows(file: TraceFile, { trace, stack, time, end }: CpuSamples): TraceRows {
  const { threads } = file;
  const known = !Number.isNaN(trace.tid);
  const thread = threads.all[threads.index(trace.pid, known ? trace.tid : trace.writer)];
  return {
    thread: threads.describe(thread.process, known ? thread : null, ''),
    stack,
    start: time,
    duration: untilNext(time, end),
    count: onesColumn(stack.length),
  };
}

/** Each sample lasts until the next one, the last one to `end`. */
function untilNext(time: Float64Array, end: number): Float64Array {
  const duration = new Float64Array(time.length);
  let next = end;
  for (let i = time.length - 1; i >= 0; i--) {
    duration[i] = next - time[i];
    next = time[i];
  }
  return duration;
}

function sampledRows({ sampled, builder, threads }: TraceFile): TraceRows[] {
  const stacks = sampled.internStacks(builder);
  const order = sampled.order();
  const ofThread = new Map<number, number[]>();
  for (let i = 0; i < sampled.length; i++) {
    const row = order === null ? i : order[i];
    const rows = ofThread.get(sampled.thread[row]);
    if (rows === undefined) {
      ofThread.set(sampled.thread[row], [row]);
    } else {
      rows.push(row);
    }
  }
  return Array.from(ofThread, ([index, rows]) => {
    const start = Float64Array.from(rows, (row) => sampled.ts[row]);
    return {
      thread: threads.describe(threads.all[index].process, threads.all[index], '(samples)'),
      stack: Int32Array.from(rows, (row) => stacks[row]),
      start,
      duration: untilNext(start, start[start.length - 1]),
      count: Float64Array.from(rows, (row) => sampled.weight[row]),
    };
  });
}

function pieceRows(thread: Thread, pieces: PieceColumns): TraceRows {
  const { length, start, end } = pieces;
  const duration = new Float64Array(length);
  for (let row = 0; row < length; row++) {
    duration[row] = end[row] - start[row];
  }
  return { thread, stack: pieces.stack.slice(0, length), start: start.slice(0, length), duration, count: null };
}

function addRows(
  file: TraceFile,
  rows: readonly TraceRows[],
  profiles: readonly CpuSamples[],
  notes: string[],
): Profile {
  const { builder } = file;
  const sampled = rows.some(({ count }) => count !== null);
  const spans = rows.some(({ count }) => count === null);
  if (sampled) {
    builder.addSampleType('samples', 'count');
  }
  const time = builder.addSampleType('time', 'microseconds');
  if (sampled && spans) {
    builder.addSampleType('spans', 'microseconds');
  }
  let zero = profiles.length === 0 ? Number.POSITIVE_INFINITY : profiles[0].start;
  let end = Number.NEGATIVE_INFINITY;
  for (const { start, duration } of rows) {
    if (start.length > 0) {
      zero = Math.min(zero, start[0]);
      end = Math.max(end, start[start.length - 1] + duration[duration.length - 1]);
    }
  }
  for (const { thread, stack, start, duration, count } of rows) {
    const index = builder.addThread(thread);
    for (let row = 0; row < start.length; row++) {
      start[row] = (start[row] - zero) * 1000;
    }
    const none = new Float64Array(sampled ? stack.length : 0);
    const measured = count === null ? [none, none, duration] : [count, duration, none];
    builder.addSamples({
      stack,
      thread: index,
      time: start,
      values: sampled ? measured.slice(0, spans ? 3 : 2) : [duration],
    });
  }
  return builder.finish({
    formats: ['chrometrace'],
    durationMs: end >= zero ? (end - zero) / 1000 : null,
    startTimeMs: file.startTimeMs,
    defaultSampleType: time,
    // V8's lines are those of declarations, also where other events have lines of calls.
    lines:
      profiles.length > 0 || (file.hasDeclarations && !file.hasCallLines)
        ? 'declaration'
        : file.hasCallLines
          ? 'call'
          : 'none',
    notes,
  });
}

function describeTrace(file: TraceFile, cpu: CpuAssembler, repairs: SpanRepairs): string[] {
  const notes: string[] = [];
  const add = (count: number, one: string, many: string): void => {
    if (count > 0) {
      notes.push(count === 1 ? `One ${one}.` : `${count} ${many}.`);
    }
  };
  add(
    cpu.guessedStarts,
    "CPU profile's beginning is not in the file: its start and thread are estimates",
    "CPU profiles' beginnings are not in the file: their starts and threads are estimates",
  );
  add(
    repairs.open,
    'span does not end in the file: it lasts to the end of its thread',
    'spans do not end in the file: they last to the end of their threads',
  );
  add(
    repairs.ends,
    'end has no beginning in the file: it is left out',
    'ends have no beginning in the file: they are left out',
  );
  add(
    repairs.closed,
    'span was closed by the end of one around it',
    'spans were closed by the end of ones around them',
  );
  add(
    repairs.cut,
    'span ends after the one that it begins in: it is cut there',
    'spans end after the ones that they begin in: they are cut there',
  );
  add(
    file.async.crowded,
    'asynchronous span is left out: too many run at the same time',
    'asynchronous spans are left out: too many run at the same time',
  );
  add(
    file.sampled.unknown,
    'sample is of a stack frame that is not in the file: its stack is empty',
    'samples are of stack frames that are not in the file: their stacks are empty',
  );
  add(file.timeless, 'event has no time and is left out', 'events have no time and are left out');
  add(
    file.momentary,
    'event without a duration (an instant, counter, flow or object) is left out',
    'events without a duration (instants, counters, flows, objects) are left out',
  );
  return notes;
}
