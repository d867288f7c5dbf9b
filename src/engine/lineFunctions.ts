import { type ViewSpec, withoutSplit } from '../analysis/viewSpec';
import type { LineFunction, LineFunctionsParams } from './lineApi';
import type { OpenProfile } from './openProfile';
import { shorten } from './shorten';

/** Of one line more are not told apart by anybody. */
const MOST_FUNCTIONS = 100;

/** The functions of a view that have frames on any of the lines, heaviest first. */
export function lineFunctions(open: OpenProfile, spec: ViewSpec, lines: LineFunctionsParams['lines']): LineFunction[] {
  const index = open.lineIndex;
  const wanted = new Uint8Array(index.length);
  for (let entry = 0; entry < index.length; entry++) {
    if (lines.some(({ file, line }) => index.file[entry] === file && index.line[entry] === line)) wanted[entry] = 1;
  }
  const { frames, stacks, leafLines } = open.profile;
  const functions = new Set<number>();
  for (let frame = 0; frame < frames.length; frame++) {
    if (wanted[index.ofFrame[frame]] === 1) functions.add(frames.func[frame]);
  }
  for (let i = 0; i < (leafLines?.length ?? 0); i++) {
    if (wanted[index.ofLeafLine[i]] === 1) functions.add(frames.func[stacks.frame[leafLines!.stack[i]]]);
  }
  const { self, total, present } = open.view(withoutSplit(spec)).functions;
  return [...functions]
    .filter((func) => present[func] === 1)
    .sort((a, b) => Math.abs(total[b]) - Math.abs(total[a]) || Math.abs(self[b]) - Math.abs(self[a]) || a - b)
    .slice(0, MOST_FUNCTIONS)
    .map((func) => ({
      func,
      name: shorten(open.profile.strings[open.profile.functions.name[func]]),
      self: self[func],
      total: total[func],
    }));
}
