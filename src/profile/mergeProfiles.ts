import type { Profile, ProfileMeta, SampleType, Thread } from './profile';
import { ProfileBuilder } from './profileBuilder';

export interface MergePart {
  readonly profile: Profile;
  /** Names the part's threads where they have no process of their own. */
  readonly name: string;
  /** Labels that all samples of the part get. */
  readonly labels?: ReadonlyMap<string, string>;
  /** What all values are multiplied by. */
  readonly factor?: number;
}

/** The column of a sample type that a part does not have. */
const NOTHING = new Float64Array(0);

/** What is known of a part when its samples are in. */
interface MergedPart {
  readonly name: string;
  readonly meta: ProfileMeta;
  readonly sampleTypes: readonly SampleType[];
}

/** `ProfileMerger` for parts that are all there. */
export function mergeProfiles(parts: readonly MergePart[]): Profile {
  if (parts.length === 0) throw new Error('There is no profile to merge.');
  const merger = new ProfileMerger();
  for (const part of parts) merger.add(part);
  return merger.finish();
}

/**
 * Makes one profile of all samples of several, of which only one need be in memory: equal functions, frames and stacks
 * are one, threads stay apart and carry the part's name. A sample type that a part does not have is 0 in its samples.
 * Times are kept where all parts have them; parts whose starts are known are aligned by them.
 */
export class ProfileMerger {
  private readonly builder = new ProfileBuilder();
  private readonly types = new Map<string, number>();
  /** Texts of the parts so far: instances of one program have nearly the same ones. */
  private readonly texts = new Map<string, number>();
  private readonly parts: MergedPart[] = [];
  private readonly embedded = new Map<string, string>();
  /** Start of the first part: times count from it until the earliest is known. */
  private origin: number | null = null;
  private earliest = 0;
  private aligned = true;

  add({ profile, name, labels, factor = 1 }: MergePart): void {
    const { meta, sampleTypes } = profile;
    for (const sampleType of sampleTypes) {
      const key = typeKey(sampleType);
      if (!this.types.has(key)) this.types.set(key, this.builder.addSampleType(sampleType.type, sampleType.unit));
    }
    if (this.parts.length === 0) this.origin = meta.startTimeMs;
    this.aligned &&= meta.startTimeMs !== null;
    const shift = this.origin === null || meta.startTimeMs === null ? 0 : (meta.startTimeMs - this.origin) * 1e6;
    this.earliest = Math.min(this.earliest, shift);
    addPart(this.builder, profile, name, labels ?? new Map(), factor, this.types, this.texts, shift);
    this.parts.push({ name, meta, sampleTypes });
    for (const [file, script] of profile.embeddedSources ?? []) this.embedded.set(file, script);
  }

  /** The merged profile. The merger must not be used afterwards. @throws Error where there was no part */
  finish(): Profile {
    const { parts, types, origin, earliest, aligned } = this;
    if (parts.length === 0) throw new Error('There is no profile to merge.');
    const start = aligned && origin !== null ? origin + earliest / 1e6 : null;
    const profile = this.builder.finish(mergeMeta(parts, types, start));
    const { time } = profile.samples;
    for (let row = 0; earliest < 0 && time !== null && row < time.length; row++) time[row] -= earliest;
    return this.embedded.size > 0 ? { ...profile, embeddedSources: this.embedded } : profile;
  }
}

function addPart(
  builder: ProfileBuilder,
  profile: Profile,
  name: string,
  extra: ReadonlyMap<string, string>,
  factor: number,
  types: ReadonlyMap<string, number>,
  texts: Map<string, number>,
  shift: number,
): void {
  const { functions, frames, stacks, samples, strings, leafLines } = profile;
  const stringOf = lazily(strings.length, (index) => {
    const text = strings[index];
    let known = texts.get(text);
    if (known === undefined) {
      known = builder.string(text);
      texts.set(text, known);
    }
    return known;
  });
  const funcOf = new Int32Array(functions.length);
  for (let func = 0; func < functions.length; func++) {
    const file = functions.file[func] < 0 ? -1 : stringOf(functions.file[func]);
    const module = functions.module[func] < 0 ? -1 : stringOf(functions.module[func]);
    const { name, line, column } = functions;
    funcOf[func] = builder.func(stringOf(name[func]), file, line[func], column[func], module);
  }
  const frameOf = new Int32Array(frames.length);
  for (let frame = 0; frame < frames.length; frame++) {
    const inlined = frames.inlined[frame] === 1;
    frameOf[frame] = builder.frame(funcOf[frames.func[frame]], frames.line[frame], inlined, frames.kind[frame]);
  }
  const stackOf = new Int32Array(stacks.length);
  // Instances of one program meet their stacks in runs of the same order.
  let known = -1;
  for (let stack = 0; stack < stacks.length; stack++) {
    const prefix = stacks.prefix[stack];
    known = builder.stack(prefix < 0 ? -1 : stackOf[prefix], frameOf[stacks.frame[stack]], known + 1);
    stackOf[stack] = known;
  }
  const threadOf = Int32Array.from(profile.threads, (thread) => builder.addThread(labelThread(thread, name)));
  const { length } = samples;
  const stack = new Int32Array(length);
  for (let i = 0; i < length; i++) stack[i] = samples.stack[i] < 0 ? -1 : stackOf[samples.stack[i]];
  const values: Float64Array[] = Array.from({ length: types.size }, () => NOTHING);
  profile.sampleTypes.forEach((sampleType, type) => {
    values[types.get(typeKey(sampleType))!] = scaled(samples.values[type], factor);
  });
  builder.addSamples({
    stack,
    thread: samples.thread === null ? threadOf[0] : samples.thread.map((thread) => threadOf[thread]),
    time: samples.time === null ? null : samples.time.map((time) => time + shift),
    values,
    labelSet: copyLabels(builder, profile, stringOf, extra),
  });
  if (leafLines === null) return;
  for (let i = 0; i < leafLines.length; i++) {
    const file = leafLines.file === null || leafLines.file[i] < 0 ? -1 : stringOf(leafLines.file[i]);
    builder.addLeafLine(stackOf[leafLines.stack[i]], leafLines.line[i], leafLines.ticks[i] * factor, file);
  }
}

function scaled(values: Float64Array, factor: number): Float64Array {
  const copy = values.slice();
  for (let i = 0; factor !== 1 && i < copy.length; i++) copy[i] *= factor;
  return copy;
}

function labelThread(thread: Thread, name: string): Thread {
  return { ...thread, process: thread.process ?? name };
}

/** The merged label set of each sample of a part, null where none has any. */
function copyLabels(
  builder: ProfileBuilder,
  { labels, samples }: Profile,
  stringOf: (text: number) => number,
  extra: ReadonlyMap<string, string>,
): Int32Array | null {
  const { labelSet } = samples;
  if (labelSet === null && extra.size === 0) return null;
  const added = [...extra].map(([key, text]) => [builder.string(key), builder.string(text)] as const);
  const begin = (): void => {
    builder.labels.begin();
    for (const [key, text] of added) builder.labels.addText(key, text);
  };
  begin();
  const none = builder.labels.end();
  const sets = new Int32Array(samples.length);
  if (labelSet === null) return sets.fill(none);
  const copied = new Int32Array(labels.length).fill(-1);
  for (let row = 0; row < sets.length; row++) {
    const set = labelSet[row];
    if (set < 0) {
      sets[row] = none;
      continue;
    }
    if (copied[set] < 0) {
      begin();
      for (let entry = labels.offset[set]; entry < labels.offset[set + 1]; entry++) {
        const key = stringOf(labels.key[entry]);
        const unit = labels.unit[entry] < 0 ? -1 : stringOf(labels.unit[entry]);
        if (labels.text[entry] >= 0) builder.labels.addText(key, stringOf(labels.text[entry]));
        else builder.labels.addNumber(key, labels.number[entry], unit);
      }
      copied[set] = builder.labels.end();
    }
    sets[row] = copied[set];
  }
  return sets;
}

function lazily(length: number, make: (index: number) => number): (index: number) => number {
  const made = new Int32Array(length).fill(-1);
  return (index) => {
    if (made[index] < 0) made[index] = make(index);
    return made[index];
  };
}

function mergeMeta(
  parts: readonly MergedPart[],
  types: ReadonlyMap<string, number>,
  startTimeMs: number | null,
): ProfileMeta {
  const metas = parts.map(({ meta }) => meta);
  const { defaultSampleType, lacking } = chooseSampleType(parts, types);
  const durations = metas.map(({ durationMs }) => durationMs).filter((duration) => duration !== null);
  return {
    formats: [...new Set(metas.flatMap(({ formats }) => formats))],
    durationMs: durations.length === 0 ? null : durations.reduce((sum, duration) => sum + duration, 0),
    startTimeMs,
    defaultSampleType,
    lines: metas.find(({ lines }) => lines !== 'none')?.lines ?? 'none',
    notes: [...lacking, ...parts.flatMap(({ meta, name }) => meta.notes.map((note) => `${name}: ${note}`))],
  };
}

/** The first part's sample type if all parts have it, else the first one that all have, so that no part counts as 0. */
function chooseSampleType(
  parts: readonly MergedPart[],
  types: ReadonlyMap<string, number>,
): { defaultSampleType: number; lacking: string[] } {
  const has = ({ sampleTypes }: MergedPart, key: string): boolean => sampleTypes.some((type) => typeKey(type) === key);
  const [first] = parts;
  const wanted = typeKey(first.sampleTypes[first.meta.defaultSampleType]);
  const shared = [wanted, ...types.keys()].find((key) => parts.every((part) => has(part, key)));
  const chosen = shared ?? wanted;
  const { type } = first.sampleTypes.find((each) => typeKey(each) === chosen)!;
  const lacking = parts
    .filter((part) => !has(part, chosen))
    .map(({ name }) => `${name} has no values of the type "${type}": it counts as 0 there.`);
  return { defaultSampleType: types.get(chosen)!, lacking };
}

function typeKey({ type, unit }: SampleType): string {
  return `${type}\n${unit}`;
}
