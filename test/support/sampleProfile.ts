import type { Profile } from '../../src/profile/profile';
import { ProfileBuilder } from '../../src/profile/profileBuilder';

/** A sample as a person writes it: frames outermost first, `name@file:line`, or `name` alone. */
export interface WrittenSample {
  frames: string[];
  value: number;
  thread?: number;
  /** Nanoseconds. */
  time?: number;
  /** Numbers are of the unit `bytes`. */
  labels?: [string, string | number][];
}

interface WrittenOptions {
  threads?: number;
  lines?: Profile['meta']['lines'];
  /** Stack (as in `frames`), line of its leaf function, ticks, and the line's file where it is another. */
  leafLines?: [stack: string[], line: number, ticks: number, file?: string | undefined][];
  startTimeMs?: number;
}

/** A profile with one sample type (`samples`, `count`) of hand-written samples. */
export function profileOf(samples: WrittenSample[], options: WrittenOptions = {}): Profile {
  const builder = new ProfileBuilder();
  builder.addSampleType('samples', 'count');
  for (let thread = 0; thread < (options.threads ?? 1); thread++) {
    builder.addThread({ name: `thread ${thread}`, process: null, pid: null, tid: null });
  }
  const stackOf = (frames: string[]): number =>
    frames.reduce((prefix, written) => {
      const { name, file, line } = parseFrame(written);
      const func = builder.func(builder.string(name), file === null ? -1 : builder.string(file), 0, 0);
      return builder.stack(prefix, builder.frame(func, line, false));
    }, -1);
  for (const { frames, value, thread = 0, time, labels = [] } of samples) {
    builder.labels.begin();
    for (const [key, label] of labels) {
      if (typeof label === 'string') builder.labels.addText(builder.string(key), builder.string(label));
      else builder.labels.addNumber(builder.string(key), label, builder.string('bytes'));
    }
    const row = builder.addSample(stackOf(frames), thread, time ?? null, builder.labels.end());
    builder.setValue(row, 0, value);
  }
  for (const [frames, line, ticks, file] of options.leafLines ?? []) {
    builder.addLeafLine(stackOf(frames), line, ticks, file === undefined ? -1 : builder.string(file));
  }
  return builder.finish({
    formats: ['written'],
    durationMs: null,
    startTimeMs: options.startTimeMs ?? null,
    defaultSampleType: 0,
    lines: options.lines ?? 'call',
    notes: [],
  });
}

export function parseFrame(written: string): { name: string; file: string | null; line: number } {
  const match = /^([^@]*)@([^:]*):(\d+)$/.exec(written);
  return match === null
    ? { name: written, file: null, line: 0 }
    : { name: match[1], file: match[2], line: Number(match[3]) };
}
