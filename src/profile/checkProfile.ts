import type { Profile } from './profile';

/**
 * Checks what `profile.ts` promises of a profile, for tests.
 * @returns a sentence for each broken promise; none for a sound profile
 */
export function checkProfile(profile: Profile): string[] {
  const broken: string[] = [];
  const { strings, functions, frames, stacks, samples, labels, leafLines, threads, sampleTypes, meta } = profile;
  const column = (name: string, values: ArrayLike<number>, length: number, low: number, high: number): void => {
    if (values.length !== length) {
      broken.push(`${name} has ${values.length} entries instead of ${length}`);
    }
    for (let i = 0; i < values.length; i++) {
      if (!(values[i] >= low && values[i] < high)) {
        broken.push(`${name}[${i}] is ${values[i]}, not in ${low} to ${high}`);
        return;
      }
    }
  };
  const most = 2 ** 31;
  if (strings[0] !== '') {
    broken.push('string 0 is not empty');
  }
  if (new Set(strings).size !== strings.length) {
    broken.push('a string is there twice');
  }
  if (strings.some((text) => typeof text !== 'string')) {
    broken.push('a string is none');
  }
  column('functions.name', functions.name, functions.length, 0, strings.length);
  column('functions.file', functions.file, functions.length, -1, strings.length);
  column('functions.line', functions.line, functions.length, 0, most);
  column('functions.column', functions.column, functions.length, 0, most);
  column('functions.module', functions.module, functions.length, -1, strings.length);
  column('frames.func', frames.func, frames.length, 0, functions.length);
  column('frames.line', frames.line, frames.length, 0, most);
  column('frames.inlined', frames.inlined, frames.length, 0, 2);
  column('frames.kind', frames.kind, frames.length, 0, 5);
  column('stacks.frame', stacks.frame, stacks.length, 0, frames.length);
  column('stacks.prefix', stacks.prefix, stacks.length, -1, stacks.length);
  if (stacks.prefix.some((prefix, stack) => prefix >= stack)) {
    broken.push('a stack comes before its prefix');
  }
  column('samples.stack', samples.stack, samples.length, -1, stacks.length);
  if (samples.thread !== null) {
    column('samples.thread', samples.thread, samples.length, 0, threads.length);
  }
  if (samples.labelSet !== null) {
    column('samples.labelSet', samples.labelSet, samples.length, -1, labels.length);
  }
  if (samples.time !== null) {
    column('samples.time', samples.time, samples.length, -Infinity, Infinity);
    const last = new Float64Array(threads.length).fill(-Infinity);
    for (let row = 0; row < samples.length; row++) {
      const thread = samples.thread === null ? 0 : samples.thread[row];
      if (samples.time[row] < last[thread]) {
        broken.push(`sample ${row} is earlier than the one before in its thread`);
        break;
      }
      last[thread] = samples.time[row];
    }
  }
  if (samples.values.length !== sampleTypes.length || sampleTypes.length === 0) {
    broken.push(`${samples.values.length} columns of values for ${sampleTypes.length} sample types`);
  }
  samples.values.forEach((values, type) => {
    column(`samples.values[${type}]`, values, samples.length, -Number.MAX_VALUE, Infinity);
  });
  column('labels.offset', labels.offset, labels.length + 1, 0, labels.key.length + 1);
  if (labels.offset.some((offset, i) => i > 0 && offset < labels.offset[i - 1])) {
    broken.push('label offsets descend');
  }
  const entries = labels.offset[labels.length];
  column('labels.key', labels.key, entries, 0, strings.length);
  column('labels.text', labels.text, entries, -1, strings.length);
  column('labels.unit', labels.unit, entries, -1, strings.length);
  column('labels.number', labels.number, entries, -Number.MAX_VALUE, Infinity);
  if (leafLines !== null) {
    column('leafLines.stack', leafLines.stack, leafLines.length, 0, stacks.length);
    column('leafLines.line', leafLines.line, leafLines.length, 1, most);
    column('leafLines.ticks', leafLines.ticks, leafLines.length, 0, Infinity);
    if (leafLines.stack.some((stack, i) => i > 0 && stack < leafLines.stack[i - 1])) {
      broken.push('leaf lines are not sorted by stack');
    }
    const { file } = leafLines;
    if (file !== null) {
      column('leafLines.file', file, leafLines.length, -1, strings.length);
      if (file.every((of) => of < 0)) {
        broken.push('leaf lines have files, but each that of its function');
      }
      if (file.some((of, i) => of >= 0 && of === functions.file[frames.func[stacks.frame[leafLines.stack[i]]]])) {
        broken.push("a leaf line names its function's file");
      }
    }
  }
  if (threads.length === 0) {
    broken.push('there is no thread');
  }
  if (!(meta.defaultSampleType >= 0 && meta.defaultSampleType < sampleTypes.length)) {
    broken.push(`the default sample type is ${meta.defaultSampleType}`);
  }
  if (meta.durationMs !== null && !(meta.durationMs >= 0 && meta.durationMs < Infinity)) {
    broken.push(`the duration is ${meta.durationMs}`);
  }
  if (meta.startTimeMs !== null && !Number.isFinite(meta.startTimeMs)) {
    broken.push(`the start is ${meta.startTimeMs}`);
  }
  return broken;
}
