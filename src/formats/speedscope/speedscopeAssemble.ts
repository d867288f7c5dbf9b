import { onesColumn } from '../../profile/ones';
import type { Profile, SampleType, Thread } from '../../profile/profile';
import { readThreadMark } from '../folded/foldedThreads';
import type { SpeedscopeFile, SpeedscopeProfile } from './speedscopeFile';

/** Nanoseconds in speedscope's units of time. */
const nanoseconds: Readonly<Record<string, number>> = {
  nanoseconds: 1,
  microseconds: 1e3,
  milliseconds: 1e6,
  seconds: 1e9,
};

/** The rows of one profile. */
interface Rows {
  readonly stack: Int32Array;
  readonly time: Float64Array | null;
  readonly value: Float64Array;
  /** Whether each row is a sample beside what its value says. */
  readonly counted: boolean;
}

/** Makes the profile of a file that was read: a thread for each of its profiles. */
export function assembleSpeedscope(file: SpeedscopeFile): Profile {
  const { builder, profiles, repairs } = file;
  const marks = threadMarks(file);
  const declared = file.lines === null ? file.exporter.startsWith('speedscope@') : file.lines === 'declaration';
  const stackOf = makeStacks(file, marks, declared);
  let begin = Number.POSITIVE_INFINITY;
  let durationMs: number | null = null;
  for (const profile of profiles) {
    profile.events?.finish(profile.endValue);
    const start = startOf(profile);
    const scale = nanoseconds[profile.unit];
    if (scale !== undefined) {
      begin = Math.min(begin, start * scale);
      if (profile.endValue >= start) {
        durationMs = Math.max(durationMs ?? 0, ((profile.endValue - start) * scale) / 1e6);
      }
    }
  }
  // Before rows are made, which take the columns over.
  const threads = profiles.map((profile) => threadOf(profile, file, marks));
  const rows = profiles.map((profile) => rowsOf(profile, stackOf, Number.isFinite(begin) ? begin : 0, repairs));
  const types = new Map<string, SampleType>(rows.some(({ counted }) => counted) ? [[keyOf(SAMPLES), SAMPLES]] : []);
  for (const profile of profiles) {
    types.set(keyOf(typeOf(profile)), typeOf(profile));
  }
  for (const { type, unit } of types.values()) {
    builder.addSampleType(type, unit);
  }
  profiles.forEach((profile, index) => {
    const thread = builder.addThread(threads[index]);
    const { stack, time, value, counted } = rows[index];
    const own = keyOf(typeOf(profile));
    const values = [...types.keys()].map((key) => {
      if (key === own) {
        return value;
      }
      return counted && key === keyOf(SAMPLES) ? onesColumn(stack.length) : new Float64Array(stack.length);
    });
    builder.addSamples({ stack, thread, time, values });
  });
  const active = profiles[file.active] ?? profiles[0];
  return builder.finish({
    formats: ['speedscope'],
    durationMs,
    startTimeMs: null,
    defaultSampleType: [...types.keys()].indexOf(keyOf(typeOf(active))),
    lines: file.frames.line.some((line) => line > 0) ? (declared ? 'declaration' : 'call') : 'none',
    notes: notesOf(file),
  });
}

const SAMPLES: SampleType = { type: 'samples', unit: 'count' };

function keyOf({ type, unit }: SampleType): string {
  return `${type} ${unit}`;
}

/** The sample type of a profile's values. */
function typeOf({ unit, samples, own }: SpeedscopeProfile): SampleType {
  if (typeof own?.type === 'string' && typeof own.unit === 'string') {
    return { type: own.type, unit: own.unit };
  }
  if (unit === 'bytes') {
    return { type: 'bytes', unit };
  }
  if (nanoseconds[unit] !== undefined) {
    return { type: 'time', unit };
  }
  return samples === null ? { type: 'weight', unit: 'count' } : SAMPLES;
}

function startOf(profile: SpeedscopeProfile): number {
  if (Number.isFinite(profile.startValue)) {
    return profile.startValue;
  }
  const first = profile.events?.first ?? Number.NaN;
  return Number.isNaN(first) ? 0 : first;
}

/** @param begin of all profiles in nanoseconds */
function rowsOf(
  profile: SpeedscopeProfile,
  stackOf: Int32Array,
  begin: number,
  repairs: SpeedscopeFile['repairs'],
): Rows {
  const scale = nanoseconds[profile.unit];
  if (profile.samples === null) {
    const { rows } = profile.events ?? { rows: { length: 0, stack: new Int32Array(0), start: null, value: null } };
    const { length } = rows;
    const stack = rows.stack.subarray(0, length);
    const value = rows.value?.subarray(0, length) ?? new Float64Array(0);
    const time = scale === undefined ? null : (rows.start?.subarray(0, length) ?? new Float64Array(0));
    for (let row = 0; row < length; row++) {
      stack[row] = stackOf[stack[row]];
      if (time !== null) {
        time[row] = time[row] * scale - begin;
      }
    }
    return { stack, time, value, counted: false };
  }
  const { samples } = profile;
  const length = Math.min(samples.samples, samples.weights);
  repairs.lone += Math.abs(samples.samples - samples.weights);
  const { stack, weight } = samples;
  const time = scale === undefined ? null : new Float64Array(length);
  let at = startOf(profile);
  let rows = 0;
  for (let row = 0; row < length; row++) {
    const of = stack[row];
    const value = weight[row];
    // Time without a stack is a gap, as between the frames of evented profiles: speedscope leaves it out of its sums.
    if (time === null || of >= 0) {
      stack[rows] = of < 0 ? -1 : stackOf[of];
      weight[rows] = value;
      if (time !== null) {
        time[rows] = at * scale - begin;
      }
      rows++;
    }
    at += Math.max(0, value);
  }
  return {
    stack: stack.subarray(0, rows),
    time: time?.subarray(0, rows) ?? null,
    value: weight.subarray(0, rows),
    counted: keyOf(typeOf(profile)) !== keyOf(SAMPLES) && profile.own === null,
  };
}

/** Frames that name the thread, at the root: py-spy puts them there beside the profile's name. */
function threadMarks({ frames, builder }: SpeedscopeFile): Map<number, Partial<Thread>> {
  const found = new Map<number, Partial<Thread>>();
  const texts = builder.strings;
  for (let frame = 0; frame < frames.length; frame++) {
    if (frames.file[frame] < 0 && frames.line[frame] === 0) {
      const mark = readThreadMark(texts.text(frames.name[frame]));
      if (mark?.kind === 'thread') {
        found.set(frame, { name: mark.name, tid: mark.tid });
      } else if (mark?.kind === 'process') {
        found.set(frame, { pid: mark.pid, process: mark.process });
      }
    }
  }
  return found;
}

/** @returns the builder's stack for each stack of the file, -1 where only marks are in it */
function makeStacks(file: SpeedscopeFile, marks: Map<number, Partial<Thread>>, declared: boolean): Int32Array {
  const { builder, frames, stacks, repairs } = file;
  const made = new Int32Array(frames.length).fill(-1);
  let unknown = -1;
  const frameOf = (frame: number): number => {
    if (frame >= frames.length) {
      repairs.unknown++;
      if (unknown < 0) {
        unknown = builder.frame(builder.func(builder.string('(unknown frame)'), -1, 0, 0), 0, false);
      }
      return unknown;
    }
    if (made[frame] < 0) {
      const line = frames.line[frame];
      const name = frames.name[frame];
      const func = declared
        ? builder.func(name, frames.file[frame], line, frames.column[frame])
        : builder.func(name, frames.file[frame], 0, 0);
      made[frame] = builder.frame(func, declared ? 0 : line, false);
    }
    return made[frame];
  };
  const stackOf = new Int32Array(stacks.length);
  for (let stack = 0; stack < stackOf.length; stack++) {
    const prefix = stacks.prefix(stack);
    const base = prefix < 0 ? -1 : stackOf[prefix];
    const frame = stacks.frame(stack);
    stackOf[stack] = base < 0 && marks.has(frame) ? -1 : builder.stack(base, frameOf(frame));
  }
  return stackOf;
}

/** py-spy's names of profiles. */
const pySpyThread = /^(?:Process (\d{1,15}) )?Thread (?:(\d{1,15})|0x[0-9a-f]+)(?: "(.*)")?$/is;
/** .NET's (PerfView's and dotnet-trace's). */
const dotnetThread = /^Thread \((\d{1,15})\)$/;

function threadOf(profile: SpeedscopeProfile, file: SpeedscopeFile, marks: Map<number, Partial<Thread>>): Thread {
  const { name, own } = profile;
  const thread = { name, process: own?.process ?? null, pid: own?.pid ?? null, tid: own?.tid ?? null };
  if (own !== null) {
    return thread;
  }
  const number = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
  const pySpy = pySpyThread.exec(name);
  if (pySpy !== null) {
    thread.name = pySpy[3] ?? '';
    thread.pid = number(pySpy[1]);
    thread.tid = number(pySpy[2]);
  } else {
    thread.tid = number(dotnetThread.exec(name)?.[1]);
  }
  const marked = { ...thread, ...rootMarks(profile, file, marks) };
  if (marked.name === '' && marked.tid !== null) {
    // py-spy learns a thread's name after its first samples.
    const named = [...marks.values()].find(({ tid, name: of }) => tid === marked.tid && of !== undefined && of !== '');
    marked.name = named?.name ?? '';
  }
  return marked;
}

/** What the marks at the root of a profile's first sample say. */
function rootMarks(
  { samples }: SpeedscopeProfile,
  { stacks }: SpeedscopeFile,
  marks: Map<number, Partial<Thread>>,
): Partial<Thread> {
  let said: Partial<Thread> = {};
  let stack =
    samples === null || marks.size === 0
      ? -1
      : (samples.stack.subarray(0, samples.samples).find((of) => of >= 0) ?? -1);
  for (; stack >= 0; stack = stacks.prefix(stack)) {
    const mark = marks.get(stacks.frame(stack));
    said = mark === undefined ? {} : { ...mark, ...said };
  }
  return said;
}

function notesOf({ repairs, profiles }: SpeedscopeFile): string[] {
  const notes: string[] = [];
  const note = (count: number, one: string, many: string): void => {
    if (count > 0) {
      notes.push(count === 1 ? one : `${count} ${many}`);
    }
  };
  note(
    repairs.open,
    'One frame does not end in the file: it lasts to the end of its profile.',
    'frames do not end in the file: they last to the end of their profile.',
  );
  note(
    repairs.closed,
    'One frame does not end before the one that called it: it ends with that one.',
    'frames do not end before the one that called them: they end with that one.',
  );
  note(
    repairs.ends,
    'One event is left out: it ends a frame that has not begun, or has no time.',
    'events are left out: they end frames that have not begun, or have no time.',
  );
  note(
    repairs.backwards,
    'One event is earlier than the one before it: it counts as at the same time.',
    'events are earlier than the one before them: they count as at the same time.',
  );
  note(
    repairs.unknown,
    'One stack has a frame that the file does not describe: it is shown as "(unknown frame)".',
    'stacks have frames that the file does not describe: they are shown as "(unknown frame)".',
  );
  note(
    repairs.lone,
    'One sample has no weight, or one weight no sample: it is left out.',
    'samples have no weights, or weights no samples: they are left out.',
  );
  if (profiles.some(({ unit }) => unit !== 'none' && unit !== 'bytes' && nanoseconds[unit] === undefined)) {
    notes.push('A unit is not one of the format: its values are shown as plain numbers.');
  }
  return notes;
}
