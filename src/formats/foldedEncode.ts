import type { Profile } from '../profile/profile';
import { ByteWriter } from './byteWriter';
import { writeFoldedFrame } from './foldedFrame';

/**
 * Folded stacks of the profile's default sample type: a line for each stack with a value, in the order of the stacks,
 * all threads together. Lines are written where frames have the line that was running (`meta.lines` is `call`); a
 * declaration's line in that place would read as one that was running.
 */
export function encodeFolded(profile: Profile): Uint8Array {
  const { stacks, frames, functions, samples, strings, meta } = profile;
  const values = samples.values[meta.defaultSampleType];
  const perStack = new Float64Array(stacks.length);
  let empty = 0;
  for (let row = 0; row < samples.length; row++) {
    if (samples.stack[row] >= 0) {
      perStack[samples.stack[row]] += values[row];
    } else {
      empty += values[row];
    }
  }
  const encoder = new TextEncoder();
  const texts: (Uint8Array | undefined)[] = new Array(frames.length);
  const textOf = (frame: number): Uint8Array => {
    let text = texts[frame];
    if (text === undefined) {
      const func = frames.func[frame];
      const file = functions.file[func] < 0 ? null : strings[functions.file[func]];
      const line = meta.lines === 'call' ? frames.line[frame] : 0;
      text = encoder.encode(writeFoldedFrame(strings[functions.name[func]], file, line, frames.inlined[frame] === 1));
      texts[frame] = text;
    }
    return text;
  };
  const out = new ByteWriter();
  if (empty !== 0) {
    out.ascii(` ${empty}\n`);
  }
  const path: number[] = [];
  for (let stack = 0; stack < stacks.length; stack++) {
    if (perStack[stack] === 0) {
      continue;
    }
    path.length = 0;
    for (let at = stack; at >= 0; at = stacks.prefix[at]) {
      path.push(stacks.frame[at]);
    }
    for (let i = path.length - 1; i >= 0; i--) {
      out.bytes(textOf(path[i]));
      out.ascii(i > 0 ? ';' : ' ');
    }
    out.ascii(String(perStack[stack]));
    out.ascii('\n');
  }
  return out.finish();
}
