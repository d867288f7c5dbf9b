import { hotPath } from '../analysis/hotPath';
import { describeFunction } from '../analysis/top';
import { withoutSplit } from '../analysis/viewSpec';
import type { Profile } from '../profile/profile';
import type { HotPathAnswer, HotPathParams, HottestLines, HottestLinesParams } from './hottestApi';
import type { OpenProfile } from './openProfile';
import { shorten } from './shorten';

const MOST_LINES = 10_000;
/** Deeper chains are recursion through several functions. */
const MOST_STEPS = 200;

/** The hottest lines of all files of a view. */
export function hottestLines(open: OpenProfile, { view: spec, sort, limit }: HottestLinesParams): HottestLines {
  const { lines, values } = open.view(withoutSplit(spec));
  const index = open.lineIndex;
  const { strings, functions, sampleTypes } = open.profile;
  const by = lines[sort];
  const other = lines[sort === 'self' ? 'total' : 'self'];
  const found: number[] = [];
  for (let entry = 0; entry < index.length; entry++) {
    if (index.file[entry] >= 0 && index.line[entry] > 0 && by[entry] !== 0) found.push(entry);
  }
  const count = found.length;
  found.sort((a, b) => Math.abs(by[b]) - Math.abs(by[a]) || Math.abs(other[b]) - Math.abs(other[a]) || a - b);
  return {
    count,
    viewTotal: values.total,
    viewSamples: values.samples,
    unit: sampleTypes[spec.sampleType].unit,
    lines: found.slice(0, Math.max(0, Math.min(limit, MOST_LINES))).map((entry) => ({
      file: index.file[entry],
      path: strings[index.file[entry]],
      line: index.line[entry],
      name: shorten(strings[functions.name[index.func[entry]]]),
      self: lines.self[entry],
      total: lines.total[entry],
    })),
  };
}

/** The chain of heaviest callees from where a request says. */
export function hotPathFrom(open: OpenProfile, { view: spec, from }: HotPathParams): HotPathAnswer {
  const { values } = open.view(withoutSplit(spec));
  const { profile } = open;
  const start = from === null ? null : 'func' in from ? new Set([from.func]) : functionsAt(open, from.file, from.line);
  const path = hotPath(profile, values, start, notPrograms(profile), MOST_STEPS);
  return {
    viewTotal: values.total,
    viewSamples: values.samples,
    unit: profile.sampleTypes[spec.sampleType].unit,
    cut: path.cut,
    steps: path.steps.map(({ func, line, file: other, ...step }) => {
      const { name, file, line: declared } = describeFunction(profile, func);
      const place = line > 0 ? { file: other < 0 ? file : profile.strings[other], line } : { file, line: declared };
      return { func, name: shorten(name), ...place, ...step };
    }),
  };
}

/** V8's `(idle)`, `(program)`, `(garbage collector)`: time without any function of the program. */
function notPrograms({ functions, strings }: Profile): ReadonlySet<number> {
  const found = new Set<number>();
  for (let func = 0; func < functions.length; func++) {
    if (functions.file[func] < 0 && /^\((?!anonymous).*\)$/.test(strings[functions.name[func]])) found.add(func);
  }
  return found;
}

/** The functions that have a line, or else the nearest line of the file before it. */
function functionsAt({ profile, lineIndex }: OpenProfile, file: number, line: number): ReadonlySet<number> {
  const { frames, functions, stacks, leafLines } = profile;
  let nearest = 0;
  let found = new Set<number>();
  const note = (func: number, at: number): void => {
    if (at <= 0 || at > line || at < nearest) return;
    if (at > nearest) found = new Set();
    nearest = at;
    found.add(func);
  };
  for (let frame = 0; frame < frames.length; frame++) {
    const func = frames.func[frame];
    if (functions.file[func] !== file) continue;
    note(func, functions.line[func]);
    note(func, frames.line[frame]);
  }
  for (let i = 0; i < (leafLines?.length ?? 0); i++) {
    const func = frames.func[stacks.frame[leafLines!.stack[i]]];
    if (lineIndex.file[lineIndex.ofLeafLine[i]] === file) note(func, leafLines!.line[i]);
  }
  return found;
}
