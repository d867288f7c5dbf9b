import type { Profile, ProfileMeta, SampleType, Thread } from './profile';
import { ProfileBuilder } from './profileBuilder';

export interface MergePart {
  readonly profile: Profile;
  /** Names the part's threads where they have no process of their own. */
  readonly name: string;
}

/**
 * One profile of all samples of several: equal functions, frames and stacks are one, threads stay apart and carry
 * the part's name. A sample type that a part does not have is 0 in its samples. Times are kept where all parts
 * have them; parts whose starts are known are aligned by them.
 */
export function mergeProfiles(parts: readonly MergePart[]): Profile {
  if (parts.length === 0) throw new Error('There is no profile to merge.');
  const builder = new ProfileBuilder();
  const types = new Map<string, number>();
  for (const { profile } of parts) {
    for (const sampleType of profile.sampleTypes) {
      const key = typeKey(sampleType);
      if (!types.has(key)) types.set(key, builder.addSampleType(sampleType.type, sampleType.unit));
    }
  }
  const timed = parts.every(({ profile }) => profile.samples.time !== null);
  const starts = parts.map(({ profile }) => profile.meta.startTimeMs);
  const known = starts.filter((start) => start !== null);
  const origin = known.length === parts.length ? Math.min(...known) : null;
  for (const [index, part] of parts.entries()) {
    const start = starts[index];
    const shift = origin === null || start === null ? 0 : (start - origin) * 1e6;
    addPart(builder, part, types, timed ? shift : null);
  }
  return builder.finish(mergeMeta(parts, types, origin));
}

function addPart(
  builder: ProfileBuilder,
  { profile, name }: MergePart,
  types: Map<string, number>,
  shift: number | null,
): void {
  const { functions, frames, stacks, samples, strings, leafLines } = profile;
  const stringOf = lazily(strings.length, (text) => builder.string(strings[text]));
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
  for (let stack = 0; stack < stacks.length; stack++) {
    const prefix = stacks.prefix[stack];
    stackOf[stack] = builder.stack(prefix < 0 ? -1 : stackOf[prefix], frameOf[stacks.frame[stack]]);
  }
  const threadOf = profile.threads.map((thread) => builder.addThread(labelThread(thread, name)));
  const setOf = copyLabels(builder, profile, stringOf);
  const columns = profile.sampleTypes.map((sampleType) => types.get(typeKey(sampleType))!);
  for (let i = 0; i < samples.length; i++) {
    const stack = samples.stack[i];
    const row = builder.addSample(
      stack < 0 ? -1 : stackOf[stack],
      threadOf[samples.thread === null ? 0 : samples.thread[i]],
      shift === null || samples.time === null ? null : samples.time[i] + shift,
      samples.labelSet === null || samples.labelSet[i] < 0 ? -1 : setOf(samples.labelSet[i]),
    );
    for (let type = 0; type < columns.length; type++) builder.setValue(row, columns[type], samples.values[type][i]);
  }
  if (leafLines === null) return;
  for (let i = 0; i < leafLines.length; i++) {
    builder.addLeafLine(stackOf[leafLines.stack[i]], leafLines.line[i], leafLines.ticks[i]);
  }
}

function labelThread(thread: Thread, name: string): Thread {
  return { ...thread, process: thread.process ?? name };
}

function copyLabels(
  builder: ProfileBuilder,
  { labels }: Profile,
  stringOf: (text: number) => number,
): (set: number) => number {
  return lazily(labels.length, (set) => {
    builder.labels.begin();
    for (let entry = labels.offset[set]; entry < labels.offset[set + 1]; entry++) {
      const key = stringOf(labels.key[entry]);
      if (labels.text[entry] >= 0) builder.labels.addText(key, stringOf(labels.text[entry]));
      else
        builder.labels.addNumber(key, labels.number[entry], labels.unit[entry] < 0 ? -1 : stringOf(labels.unit[entry]));
    }
    return builder.labels.end();
  });
}

function lazily(length: number, make: (index: number) => number): (index: number) => number {
  const made = new Int32Array(length).fill(-1);
  return (index) => {
    if (made[index] < 0) made[index] = make(index);
    return made[index];
  };
}

function mergeMeta(
  parts: readonly MergePart[],
  types: ReadonlyMap<string, number>,
  startTimeMs: number | null,
): ProfileMeta {
  const metas = parts.map(({ profile }) => profile.meta);
  const { defaultSampleType, lacking } = chooseSampleType(parts, types);
  const durations = metas.map(({ durationMs }) => durationMs).filter((duration) => duration !== null);
  return {
    formats: [...new Set(metas.flatMap(({ formats }) => formats))],
    durationMs: durations.length === 0 ? null : durations.reduce((sum, duration) => sum + duration, 0),
    startTimeMs,
    defaultSampleType,
    lines: metas.find(({ lines }) => lines !== 'none')?.lines ?? 'none',
    notes: [...lacking, ...parts.flatMap(({ profile, name }) => profile.meta.notes.map((note) => `${name}: ${note}`))],
  };
}

/** The first part's sample type if all parts have it, else the first one that all have, so that no part counts as 0. */
function chooseSampleType(
  parts: readonly MergePart[],
  types: ReadonlyMap<string, number>,
): { defaultSampleType: number; lacking: string[] } {
  const has = ({ profile }: MergePart, key: string): boolean =>
    profile.sampleTypes.some((type) => typeKey(type) === key);
  const { profile: first } = parts[0];
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
