import type { Profile, SampleType, Thread } from '../../profile/profile';
import { ByteWriter } from '../bytes/byteWriter';

/** Units of the format for those of sample types; others are plain numbers. */
const units = new Map([
  ['nanoseconds', 'nanoseconds'],
  ['ns', 'nanoseconds'],
  ['microseconds', 'microseconds'],
  ['us', 'microseconds'],
  ['milliseconds', 'milliseconds'],
  ['ms', 'milliseconds'],
  ['seconds', 'seconds'],
  ['s', 'seconds'],
  ['bytes', 'bytes'],
  ['byte', 'bytes'],
]);
const nanoseconds: Readonly<Record<string, number>> = {
  nanoseconds: 1,
  microseconds: 1e3,
  milliseconds: 1e6,
  seconds: 1e9,
};

/**
 * speedscope's file format: a sampled profile for each thread, its weights those of the default sample type. Samples
 * with times come in their order, with empty samples where nothing was recorded; without times, each stack comes once.
 * Threads without a value of that type are left out.
 * @throws Error for negative values, which speedscope does not open, and where the text would exceed `MOST_ENCODED`:
 * each sample repeats its whole stack
 */
export function encodeSpeedscope(profile: Profile): Uint8Array {
  const { meta, sampleTypes, threads, samples } = profile;
  const out = new ByteWriter('a speedscope file');
  const unfit = speedscopeUnfit(profile);
  if (unfit !== null) {
    throw new Error(unfit);
  }
  const type = sampleTypes[meta.defaultSampleType];
  const values = samples.values[meta.defaultSampleType];
  const sums = new Float64Array(threads.length);
  for (let row = 0; row < samples.length; row++) {
    sums[samples.thread === null ? 0 : samples.thread[row]] += values[row];
  }
  // speedscope opens no file without a profile, and shows the active one first.
  const written = [...threads.keys()].filter((thread) => sums[thread] > 0);
  if (written.length === 0) {
    written.push(0);
  }
  const active = written.reduce((most, thread, index) => (sums[thread] > sums[written[most]] ? index : most), 0);
  const writer = new ProfileWriter(profile, type, out);
  out.ascii(
    `{"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"Emberline","activeProfileIndex":${active},` +
      `"$emberline":{"lines":"${meta.lines}"},"profiles":[\n`,
  );
  written.forEach((thread, index) => {
    out.ascii(index === 0 ? '' : ',\n');
    writer.write(threads[thread], thread);
  });
  out.ascii('],\n"shared":{"frames":[');
  writeFrames(profile, writer, out);
  out.ascii(']}}\n');
  return out.finish();
}

/** Whether samples are written by themselves, in the order of their times. */
function isTimed({ samples, sampleTypes, meta }: Profile): boolean {
  return samples.time !== null && nanoseconds[units.get(sampleTypes[meta.defaultSampleType].unit) ?? ''] !== undefined;
}

/** Why speedscope would not open what is written, null where it does: it takes no negative weights. */
export function speedscopeUnfit(profile: Profile): string | null {
  const { samples, sampleTypes, threads, stacks, meta } = profile;
  const values = samples.values[meta.defaultSampleType];
  const sentence = `This profile has negative values of ${sampleTypes[meta.defaultSampleType].type}, which speedscope does not open: choose another format.`;
  if (!values.some((value) => value < 0)) {
    return null;
  }
  if (isTimed(profile)) {
    return sentence;
  }
  // What was freed may stand beside what was allocated there.
  const sums = new Float64Array(stacks.length + 1);
  for (let thread = 0; thread < threads.length; thread++) {
    sums.fill(0);
    for (let row = 0; row < samples.length; row++) {
      if ((samples.thread === null ? 0 : samples.thread[row]) === thread) {
        sums[samples.stack[row] + 1] += values[row];
      }
    }
    if (sums.some((sum) => sum < 0)) {
      return sentence;
    }
  }
  return null;
}

function json(text: string): string {
  return JSON.stringify(text);
}

/** Frames in the order of the numbers that they were given. */
function writeFrames(
  { frames, functions, strings, meta }: Profile,
  { numbers, stackless, used }: ProfileWriter,
  out: ByteWriter,
): void {
  const order = new Int32Array(used).fill(-1);
  numbers.forEach((number, frame) => {
    if (number >= 0) {
      order[number] = frame;
    }
  });
  for (let number = 0; number < used; number++) {
    const frame = order[number];
    if (number === stackless) {
      out.ascii(`${number > 0 ? ',' : ''}\n{"name":"(no stack)"}`);
      continue;
    }
    const func = frames.func[frame];
    const line = meta.lines === 'declaration' ? functions.line[func] : frames.line[frame];
    out.ascii(number > 0 ? ',\n' : '\n');
    out.text(`{"name":${json(strings[functions.name[func]])}`);
    if (functions.file[func] >= 0) {
      out.text(`,"file":${json(strings[functions.file[func]])}`);
    }
    if (line > 0) {
      out.ascii(`,"line":${line}`);
    }
    if (meta.lines === 'declaration' && functions.column[func] > 0) {
      out.ascii(`,"col":${functions.column[func]}`);
    }
    out.ascii('}');
  }
}

class ProfileWriter {
  /** Per frame its number in the file, -1 where it is not used. */
  readonly numbers: Int32Array;
  /** Numbers that were given. */
  used = 0;
  /** The frame that stands for samples that took time, but have no stack: empty ones are gaps. -1 where there is none. */
  stackless = -1;
  private readonly unit: string;

  constructor(
    private readonly profile: Profile,
    private readonly type: SampleType,
    private readonly out: ByteWriter,
  ) {
    this.numbers = new Int32Array(profile.frames.length).fill(-1);
    this.unit = units.get(type.unit) ?? 'none';
  }

  /** Writes the samples of a thread. */
  write(thread: Thread, index: number): void {
    const { out, profile, unit } = this;
    const { meta } = profile;
    const weights: number[] = [];
    let start = 0;
    out.ascii('{"type":"sampled","samples":[');
    if (isTimed(profile)) {
      start = this.timed(index, weights);
    } else {
      this.summed(index, weights);
    }
    out.ascii('],\n"weights":[');
    let sum = 0;
    weights.forEach((weight, row) => {
      out.ascii(row === 0 ? `${weight}` : `,${weight}`);
      sum += weight;
    });
    const { type } = this;
    const own = { type: type.type, unit: type.unit, process: thread.process, pid: thread.pid, tid: thread.tid };
    const name = thread.name || (thread.tid === null ? meta.formats.join(', ') : `Thread ${thread.tid}`);
    out.ascii(`],\n"startValue":${start},"endValue":${start + sum},"unit":"${unit}",`);
    out.text(`"name":${json(name)},"$emberline":${JSON.stringify(own)}}`);
  }

  /** Samples one after the other. @returns the first one's time */
  private timed(index: number, weights: number[]): number {
    const { samples, meta } = this.profile;
    const scale = nanoseconds[this.unit];
    const values = samples.values[meta.defaultSampleType];
    const time = samples.time ?? new Float64Array(samples.length);
    let start = Number.NaN;
    let at = 0;
    for (let row = 0; row < samples.length; row++) {
      if ((samples.thread === null ? 0 : samples.thread[row]) !== index || values[row] === 0) {
        continue;
      }
      const from = time[row] / scale;
      if (Number.isNaN(start)) {
        start = from;
        at = from;
      }
      // Times were rounded where they were written: only a gap that is longer is one.
      const gap = from - at;
      if (gap > Math.abs(values[row]) * 0.01 + 1e-9 * Math.abs(from)) {
        this.path([], weights);
        weights.push(gap);
        at += gap;
      }
      if (samples.stack[row] < 0) {
        this.stackless = this.stackless < 0 ? this.used++ : this.stackless;
        this.path([this.stackless], weights);
      } else {
        this.sample(samples.stack[row], weights);
      }
      weights.push(values[row]);
      at += values[row];
    }
    return Number.isNaN(start) ? 0 : start;
  }

  /** Each stack once. */
  private summed(index: number, weights: number[]): void {
    const { samples, stacks, meta } = this.profile;
    const values = samples.values[meta.defaultSampleType];
    const sums = new Float64Array(stacks.length + 1);
    for (let row = 0; row < samples.length; row++) {
      if ((samples.thread === null ? 0 : samples.thread[row]) === index) {
        sums[samples.stack[row] + 1] += values[row];
      }
    }
    for (let stack = -1; stack < stacks.length; stack++) {
      if (sums[stack + 1] !== 0) {
        this.sample(stack, weights);
        weights.push(sums[stack + 1]);
      }
    }
  }

  private sample(stack: number, weights: number[]): void {
    const { stacks } = this.profile;
    const path: number[] = [];
    for (let at = stack; at >= 0; at = stacks.prefix[at]) {
      const frame = stacks.frame[at];
      if (this.numbers[frame] < 0) {
        this.numbers[frame] = this.used++;
      }
      path.push(this.numbers[frame]);
    }
    this.path(path.reverse(), weights);
  }

  private path(path: number[], weights: number[]): void {
    this.out.ascii(`${weights.length > 0 ? ',' : ''}[${path.join(',')}]`);
  }
}
