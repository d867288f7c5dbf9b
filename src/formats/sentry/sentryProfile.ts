import { frameKind } from '../../profile/frameKind';
import type { ProfileBuilder } from '../../profile/profileBuilder';
import { DecodeError } from '../decodeError';
import { type JsonRecord, RowColumn, type TableColumn } from '../json/jsonColumns';

const NO_ROWS = new RowColumn(new Int32Array(1), new Float64Array(0));

export function isSentryProfile(record: JsonRecord): boolean {
  const profile = record.record('profile');
  return profile.members.has('samples') && profile.members.has('stacks') && profile.members.has('frames');
}

/** Milliseconds since the epoch of the first sample's clock (version 1: `timestamp`); null where it is not said. */
export function sentryStartMs(record: JsonRecord): number | null {
  const samples = record.record('profile').table('samples');
  let first = Number.POSITIVE_INFINITY;
  for (let row = 0; row < samples.length; row++) {
    const time = samples.number('timestamp', row);
    if (time < first) first = time;
  }
  if (Number.isFinite(first)) return first * 1000;
  const started = Date.parse(record.text('timestamp') ?? '');
  return Number.isFinite(started) ? started : null;
}

/**
 * Adds a profile's samples, each with the time until the next one of its thread: the last of a thread has none.
 * @param threads indices of threads by process and id, shared by the chunks of one profiler
 * @param shiftNs nanoseconds from the whole profile's start to this one's
 * @param untimed whether to leave times out
 * @returns nanoseconds from the whole profile's start to the last sample
 * @throws DecodeError for indices that their tables do not have
 */
export function addSentryProfile(
  builder: ProfileBuilder,
  record: JsonRecord,
  strings: readonly string[],
  threads: Map<string, number>,
  shiftNs: number,
  untimed: boolean,
): number {
  const profile = record.record('profile');
  const stackOf = readStacks(builder, profile, strings);
  const samples = profile.table('samples');
  const startNs = (sentryStartMs(record) ?? 0) * 1e6;
  const times = new Float64Array(samples.length);
  const threadOf = new Int32Array(samples.length);
  /** The row before of each thread. */
  const before = new Map<number, number>();
  const rows = new Int32Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    const seconds = samples.number('timestamp', i);
    const elapsed = numberOf(samples, 'elapsed_since_start_ns', i, strings);
    times[i] = Number.isNaN(seconds) ? elapsed : Math.round(seconds * 1e9 - startNs);
    threadOf[i] = threadIndex(builder, record, samples, i, strings, threads);
    const stack = numberOf(samples, 'stack_id', i, strings);
    if (!(stack >= 0 && stack < stackOf.length && Number.isInteger(stack))) {
      throw new DecodeError(
        `Sample ${i} has stack ${stack}, but there are ${stackOf.length} stacks: the profile is damaged`,
      );
    }
    const time = untimed || Number.isNaN(times[i]) ? null : times[i] + shiftNs;
    rows[i] = builder.addSample(stackOf[stack], threadOf[i], time, queueLabel(builder, profile, samples, i, strings));
    builder.setValue(rows[i], 0, 1);
  }
  let end = 0;
  for (const i of inTimeOrder(times)) {
    const last = before.get(threadOf[i]);
    if (last !== undefined && times[i] > times[last]) builder.setValue(rows[last], 1, times[i] - times[last]);
    before.set(threadOf[i], i);
    if (times[i] + shiftNs > end) end = times[i] + shiftNs;
  }
  return end;
}

function inTimeOrder(times: Float64Array): Int32Array {
  return Int32Array.from(times.keys()).sort((a, b) => times[a] - times[b] || a - b);
}

/** A number, also one written as text, as SDKs do for those of 64 bits. */
function numberOf(table: TableColumn, name: string, row: number, strings: readonly string[]): number {
  const text = table.text(name, row);
  return text < 0 ? table.number(name, row) : Number(strings[text]);
}

function threadIndex(
  builder: ProfileBuilder,
  record: JsonRecord,
  samples: TableColumn,
  row: number,
  strings: readonly string[],
  threads: Map<string, number>,
): number {
  const text = samples.text('thread_id', row);
  const id = text < 0 ? String(samples.number('thread_id', row)) : strings[text];
  const process = record.text('profiler_id') ?? record.text('event_id') ?? '';
  const key = `${process}/${id}`;
  let index = threads.get(key);
  if (index === undefined) {
    const tid = Number(id);
    index = builder.addThread({
      name: record.record('profile').record('thread_metadata').record(id).text('name') ?? '',
      process: processName(record),
      pid: null,
      tid: Number.isSafeInteger(tid) ? tid : null,
    });
    threads.set(key, index);
  }
  return index;
}

/** What a viewer would know the process by: its transaction (version 1), else its release or platform. */
function processName(record: JsonRecord): string | null {
  const transaction = record.record('transaction').text('name') ?? record.records('transactions')[0]?.text('name');
  return transaction || record.text('release') || record.text('platform');
}

/** Apple's dispatch queues: the label of the one that the sample's thread worked for. */
function queueLabel(
  builder: ProfileBuilder,
  profile: JsonRecord,
  samples: TableColumn,
  row: number,
  strings: readonly string[],
): number {
  const address = samples.text('queue_address', row);
  const label = address < 0 ? null : profile.record('queue_metadata').record(strings[address]).text('label');
  if (label === null || label === '') return -1;
  builder.labels.begin();
  builder.labels.addText(builder.string('queue'), builder.string(label));
  return builder.labels.end();
}

/** Stacks are lists of frames, the innermost first. */
function readStacks(builder: ProfileBuilder, profile: JsonRecord, strings: readonly string[]): Int32Array {
  const frameOf = readFrames(builder, profile.table('frames'), strings);
  const stacks = profile.rows('stacks') ?? NO_ROWS;
  const stackOf = new Int32Array(stacks.length);
  for (let row = 0; row < stacks.length; row++) {
    let stack = -1;
    for (let at = stacks.offset[row + 1] - 1; at >= stacks.offset[row]; at--) {
      const frame = stacks.cells[at];
      if (!(frame >= 0 && frame < frameOf.length && Number.isInteger(frame))) {
        throw new DecodeError(
          `Stack ${row} has frame ${frame}, but there are ${frameOf.length} frames: the profile is damaged`,
        );
      }
      stack = builder.stack(stack, frameOf[frame]);
    }
    stackOf[row] = stack;
  }
  return stackOf;
}

function readFrames(builder: ProfileBuilder, frames: TableColumn, strings: readonly string[]): Int32Array {
  const frameOf = new Int32Array(frames.length);
  const textOf = (name: string, row: number): string => strings[frames.text(name, row)] ?? '';
  for (let row = 0; row < frames.length; row++) {
    const address = textOf('instruction_addr', row);
    const image = textOf('package', row);
    const name = textOf('function', row) || (address === '' ? '(anonymous)' : unnamed(address, image));
    const file = textOf('abs_path', row) || textOf('filename', row);
    const native = address !== '' || frames.text('package', row) >= 0;
    const func = builder.func(
      builder.string(name),
      file === '' ? -1 : builder.string(file),
      0,
      0,
      image === '' ? -1 : builder.string(image),
    );
    const line = frames.number('lineno', row);
    frameOf[row] = builder.frame(
      func,
      line >= 1 && line < 0x7fffffff ? Math.trunc(line) : 0,
      false,
      native ? frameKind.native : frameKind.unknown,
    );
  }
  return frameOf;
}

/** An address that has no symbol, with the image that it is in where that is said. */
function unnamed(address: string, image: string): string {
  return image === '' ? address : `${image.slice(image.lastIndexOf('/') + 1)} ${address}`;
}
