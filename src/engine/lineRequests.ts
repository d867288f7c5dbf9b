import { functionLine } from '../analysis/functionLine';
import { describeLine, inlineChains, type Neighbour } from '../analysis/lineDetails';
import { type LineSplit, splitLine } from '../analysis/lineSplit';
import { lineTimeline } from '../analysis/lineTimeline';
import { sampleCounts, samplesColumn } from '../analysis/sampleCounts';
import { describeFunction } from '../analysis/top';
import { type Dimension, type ViewSpec, withoutSplit } from '../analysis/viewSpec';
import type { Profile } from '../profile/profile';
import { unitKind } from '../units/units';
import type {
  FileLines,
  FileReferences,
  HotFile,
  InlineChain,
  LineDetails,
  LineNeighbour,
  ViewTotals,
} from './lineApi';
import type { OpenProfile, ProfileView } from './openProfile';
import { shorten } from './shorten';

/**
 * Files of a view, hottest first. A file's total is that of its hottest line, as lines of one file share samples; with
 * `exact` it is what all samples with the file on their stack cost, at the price of one more pass over the profile.
 */
export function hotFiles(open: OpenProfile, spec: ViewSpec, exact = false): HotFile[] {
  const view = open.view(withoutSplit(spec));
  const { lines } = view;
  const index = open.lineIndex;
  const files = new Map<number, HotFile>();
  for (let entry = 0; entry < index.length; entry++) {
    const file = index.file[entry];
    if (file < 0 || lines.samples[entry] === 0) continue;
    let hot = files.get(file);
    if (hot === undefined) {
      hot = { file, path: open.profile.strings[file], self: 0, total: 0, hasLines: false };
      files.set(file, hot);
    }
    hot.self += lines.self[entry];
    if (lines.total[entry] > hot.total) hot.total = lines.total[entry];
    if (index.line[entry] > 0) hot.hasLines = true;
  }
  if (exact) {
    open.fileIndex.file.forEach((file, entry) => {
      const hot = files.get(file);
      if (hot !== undefined) hot.total = view.files.total[entry];
    });
  }
  return [...files.values()].sort((a, b) => b.self - a.self || b.total - a.total || a.file - b.file);
}

/** What 100 % is. */
export function viewTotals(open: OpenProfile, spec: ViewSpec): ViewTotals {
  const { values } = open.view(withoutSplit(spec));
  return {
    viewTotal: values.total,
    viewSamples: values.samples,
    unit: open.profile.sampleTypes[spec.sampleType].unit,
  };
}

/** Self, total and samples of every line of one file; with `references` also what the file and the functions cost. */
export function fileLines(open: OpenProfile, spec: ViewSpec, file: number, references = false): FileLines {
  const view = open.view(withoutSplit(spec));
  const index = open.lineIndex;
  const entries: number[] = [];
  for (let entry = 0; entry < index.length; entry++) {
    if (index.file[entry] === file && index.line[entry] > 0 && view.lines.samples[entry] !== 0) entries.push(entry);
  }
  entries.sort((a, b) => index.line[a] - index.line[b]);
  return {
    file,
    ...viewTotals(open, spec),
    line: Int32Array.from(entries, (entry) => index.line[entry]),
    self: Float64Array.from(entries, (entry) => view.lines.self[entry]),
    total: Float64Array.from(entries, (entry) => view.lines.total[entry]),
    samples: Float64Array.from(entries, (entry) => view.lines.samples[entry]),
    functions: Uint32Array.from(entries, (entry) => nameHash(open.profile, index.func[entry])),
    ...(references ? { references: fileReferences(open, view, file, entries) } : undefined),
  };
}

/** FNV-1a over code units: equal names are to be told in other profiles, too. */
function nameHash({ strings, functions }: Profile, func: number): number {
  const name = strings[functions.name[func]];
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function fileReferences(
  open: OpenProfile,
  view: ProfileView,
  file: number,
  entries: readonly number[],
): FileReferences {
  const { frames, stacks, leafLines } = open.profile;
  const { ofFrame, ofLeafLine } = open.lineIndex;
  const position = new Map(entries.map((entry, i) => [entry, i]));
  const functionTotal = new Float64Array(entries.length);
  const note = (entry: number, func: number): void => {
    const at = position.get(entry);
    if (at === undefined) return;
    const total = view.functions.total[func];
    if (Math.abs(total) > Math.abs(functionTotal[at])) functionTotal[at] = total;
  };
  for (let frame = 0; frame < frames.length; frame++) note(ofFrame[frame], frames.func[frame]);
  for (let i = 0; i < ofLeafLine.length; i++) note(ofLeafLine[i], frames.func[stacks.frame[leafLines!.stack[i]]]);
  return { fileTotal: view.files.total[open.fileIndex.file.indexOf(file)] ?? 0, functionTotal };
}

const NEIGHBOURS = 5;

/** @throws RangeError where the view has no such line. */
export function lineDetails(open: OpenProfile, spec: ViewSpec, file: number, line: number): LineDetails {
  const view = open.view(withoutSplit(spec));
  const index = open.lineIndex;
  let entry = 0;
  while (entry < index.length && (index.file[entry] !== file || index.line[entry] !== line)) entry++;
  if (entry === index.length) throw new RangeError(`The profile has no line ${line} of that file.`);
  const context = describeLine(open.profile, index, view.values, entry);
  const { type, unit } = open.profile.sampleTypes[spec.sampleType];
  const name = ({ func, value, inlined }: Neighbour): LineNeighbour => {
    const { name: full, file: path } = describeFunction(open.profile, func);
    return { func, name: shorten(full), file: path, line: functionLine(open.profile, func), value, inlined };
  };
  return {
    self: context.self,
    total: context.total,
    samples: context.samples,
    selfSamples: context.selfSamples,
    // Durations of locks and waits are events': each was seen.
    sampled:
      samplesColumn(open.profile) >= 0 &&
      (unitKind(unit) === 'time' || type === 'samples') &&
      !sampleCounts(open.profile, spec.sampleType).valued,
    viewTotal: view.values.total,
    viewSamples: view.values.samples,
    unit,
    type,
    functions: context.functions.slice(0, NEIGHBOURS).map((found) => ({ func: found.func, name: name(found).name })),
    callers: context.callers.slice(0, NEIGHBOURS).map((caller) => {
      const called = name(caller);
      return { ...called, line: open.profile.frames.line[caller.frame] || called.line };
    }),
    callees: context.callees.slice(0, NEIGHBOURS).map(name),
    inlined: inlineChains(open.profile, context.inlined, INLINE_CHAINS, INLINE_DEPTH).map(
      ({ value, frames }): InlineChain => ({ value, frames: frames.map((frame) => placeOfFrame(open.profile, frame)) }),
    ),
    timeline: lineTimeline(open.profile, index, withoutSplit(spec), entry, TIMELINE_BUCKETS),
    splits: differing(splitLine(open.profile, index, spec, entry, splitDimensions(open)))
      .slice(0, MOST_SPLITS)
      .map(({ by, values }) => ({ by, values: values.slice(0, NEIGHBOURS), distinct: values.length })),
  };
}

const INLINE_CHAINS = 2;
const INLINE_DEPTH = 8;
const TIMELINE_BUCKETS = 40;

function placeOfFrame(profile: Profile, frame: number): InlineChain['frames'][number] {
  const { name, file, line } = describeFunction(profile, profile.frames.func[frame]);
  return { name: shorten(name), file, line: profile.frames.line[frame] || line };
}

const MOST_SPLITS = 3;
/** Labels of more values than this name single requests or sizes rather than divide the samples. */
const MOST_SPLIT_VALUES = 100;

/** What a line is divided by: the instances of a capture first, then processes and threads, then other labels. */
function splitDimensions(open: OpenProfile): Dimension[] {
  const { labels, processes, threads } = open.summary();
  const keys = labels.filter(({ distinct }) => distinct <= MOST_SPLIT_VALUES).map(({ key }) => key);
  const ofLabel = (key: string): Dimension => `label:${key}`;
  return [
    ...keys.filter((key) => key === 'instance').map(ofLabel),
    ...(processes.length > 1 ? ['process' as const] : []),
    ...(threads.length > 1 ? ['thread' as const] : []),
    ...keys.filter((key) => key !== 'instance').map(ofLabel),
  ];
}

/** Without those that divide as an earlier one does: a capture's instances are its processes, too. */
function differing(splits: readonly LineSplit[]): LineSplit[] {
  const seen = new Set<string>();
  return splits.filter(({ values }) => {
    const key = JSON.stringify(values.map(({ total }) => total));
    return seen.size < seen.add(key).size;
  });
}
