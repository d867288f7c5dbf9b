import type { Profile } from '../profile/profile';

/**
 * Where to show a function in its file: its declaration, else (formats that record only where calls were made, such
 * as py-spy's) the first line that was seen in it.
 *
 * @returns a 1-based line, null where the profile knows none
 */
export function functionLine({ functions, frames }: Profile, func: number): number | null {
  if (functions.line[func] > 0) return functions.line[func];
  let first = 0;
  for (let frame = 0; frame < frames.length; frame++) {
    const line = frames.line[frame];
    if (frames.func[frame] === func && line > 0 && (first === 0 || line < first)) first = line;
  }
  return first === 0 ? null : first;
}
