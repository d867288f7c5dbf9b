import type { Profile } from '../profile/profile';
import type { CallTree } from './callTree';
import type { FlameLayout } from './flameLayout';
import { countOfRow, sampleCounts } from './sampleCounts';
import { passes, type SampleMask } from './sampleMask';

/** A flame chart's layout. A box spans the samples `startIndex` to `endIndex`, as positions in `order`. */
export interface TimeOrderLayout extends FlameLayout {
  /** The thread's sample indices, by time. */
  readonly order: Uint32Array;
}

/** Whether a flame chart can be drawn. */
export function isTimed(profile: Profile): boolean {
  return profile.samples.time !== null && profile.samples.length > 0;
}

/**
 * Lays one thread's samples out by time: neighbouring samples that share a path share its boxes. A sample lasts
 * until the next one, or for its own duration where the format says that (a gap ends all boxes).
 * @param tree the call tree of the same thread.
 * @param mask which of the thread's samples are shown: the others leave gaps
 */
export function layOutTimeOrder(
  profile: Profile,
  tree: CallTree,
  thread: number,
  mask: SampleMask | null = null,
): TimeOrderLayout {
  const spans = keepSamples(profile, sampleSpans(profile, thread), mask);
  const { order, start, end } = spans;
  // Two passes, so that tens of millions of boxes are written once, to where they stay.
  const rowOffset = new Uint32Array(tree.rows + 1);
  walkBoxes(profile, tree, spans, (row) => rowOffset[row + 1]++, ignore);
  for (let row = 0; row < tree.rows; row++) rowOffset[row + 1] += rowOffset[row];
  const length = rowOffset[tree.rows];
  const fill = rowOffset.slice();
  const startIndex = new Int32Array(length);
  const endIndex = new Int32Array(length);
  const treeNode = new Int32Array(length);
  const openBox = new Int32Array(tree.rows);
  walkBoxes(
    profile,
    tree,
    spans,
    (row, node, position) => {
      const box = fill[row]++;
      openBox[row] = box;
      startIndex[box] = position;
      treeNode[box] = node;
    },
    (row, position) => {
      endIndex[openBox[row]] = position;
    },
  );
  const extent = end.length === 0 ? 0 : end[end.length - 1];
  return {
    extent,
    rowOffset,
    startIndex,
    startAt: start,
    endIndex,
    endAt: end,
    treeNode,
    nodesAreBoxes: true,
    order,
  };
}

function ignore(): void {}

/** Calls `open` and `close` for every box, with positions in the thread's order: of its first and its last sample. */
function walkBoxes(
  profile: Profile,
  tree: CallTree,
  { order, start, end }: SampleSpans,
  open: (row: number, node: number, first: number) => void,
  close: (row: number, last: number) => void,
): void {
  const stacks = profile.samples.stack;
  const { parent, depth, nodeOfStack } = tree;
  const path = new Int32Array(tree.rows);
  let height = 0;
  for (let i = 0; i < order.length; i++) {
    const stack = stacks[order[i]];
    const leaf = stack < 0 ? -1 : nodeOfStack[stack];
    const newHeight = leaf < 0 ? 0 : depth[leaf] + 1;
    const gap = i > 0 && start[i] > end[i - 1];
    // Climb from the leaf to the first frame that is on the path already: only what changed is visited.
    let shared = newHeight;
    let node = leaf;
    while (shared > 0 && (gap || shared > height || path[shared - 1] !== node)) {
      node = parent[node];
      shared--;
    }
    for (let row = height - 1; row >= shared; row--) close(row, i - 1);
    node = leaf;
    for (let row = newHeight - 1; row >= shared; row--) {
      path[row] = node;
      open(row, node, i);
      node = parent[node];
    }
    height = newHeight;
  }
  for (let row = height - 1; row >= 0; row--) close(row, order.length - 1);
}

interface SampleSpans {
  order: Uint32Array;
  /** Nanoseconds since the profile's start, by position in `order`. */
  start: Float64Array;
  end: Float64Array;
}

function sampleSpans(profile: Profile, thread: number): SampleSpans {
  const { samples } = profile;
  const time = samples.time;
  if (time === null) throw new Error('This profile has no sample times, so it has no time order.');
  let length = 0;
  for (let i = 0; i < samples.length; i++) if (threadOf(profile, i) === thread) length++;
  const order = new Uint32Array(length);
  const start = new Float64Array(length);
  const end = new Float64Array(length);
  for (let i = 0, at = 0; i < samples.length; i++) {
    if (threadOf(profile, i) !== thread) continue;
    order[at] = i;
    start[at++] = time[i];
  }
  const duration = durationColumn(profile);
  const nominal = length > 1 ? (start[length - 1] - start[0]) / (length - 1) : 1;
  for (let i = 0; i < length; i++) {
    const next = i + 1 < length ? start[i + 1] : start[i] + nominal;
    if (duration === null) {
      end[i] = next;
      continue;
    }
    const own = start[i] + duration.values[order[i]] * duration.nanoseconds;
    // Durations were rounded when they were written: a sliver before the next sample is no gap.
    end[i] = i + 1 < length && (own > next || next - own < nominal * 0.01) ? next : own;
  }
  return { order, start, end };
}

/** The samples that pass, as long as they lasted. */
function keepSamples(profile: Profile, spans: SampleSpans, mask: SampleMask | null): SampleSpans {
  if (mask === null) return spans;
  const { order, start, end } = spans;
  let kept = 0;
  for (let i = 0; i < order.length; i++) {
    if (!passes(mask, profile.samples, order[i])) continue;
    order[kept] = order[i];
    start[kept] = start[i];
    end[kept++] = end[i];
  }
  return { order: order.subarray(0, kept), start: start.subarray(0, kept), end: end.subarray(0, kept) };
}

function threadOf(profile: Profile, sample: number): number {
  return profile.samples.thread === null ? 0 : profile.samples.thread[sample];
}

const NANOSECONDS: Readonly<Record<string, number>> = {
  nanoseconds: 1,
  microseconds: 1e3,
  milliseconds: 1e6,
  seconds: 1e9,
};

/** How long each sample lasts: its `time`, or that of `spans` where a trace has both (a sample then has one of them). */
function durationColumn(profile: Profile): { values: Float64Array; nanoseconds: number } | null {
  const { sampleTypes, samples } = profile;
  const find = (name: string): number =>
    sampleTypes.findIndex(({ type, unit }) => type === name && unit in NANOSECONDS);
  const type = find('time');
  if (type < 0) return null;
  const { unit } = sampleTypes[type];
  const spans = find('spans');
  const values = samples.values[type];
  return {
    values:
      spans < 0 || sampleTypes[spans].unit !== unit
        ? values
        : values.map((value, row) => value + samples.values[spans][row]),
    nanoseconds: NANOSECONDS[unit],
  };
}

export interface BoxValues {
  self: number;
  total: number;
  samples: number;
}

/** What the samples under a box sum to, in the sample type's unit: visits only those samples. */
export function sumBox(
  profile: Profile,
  tree: CallTree,
  layout: TimeOrderLayout,
  box: number,
  sampleType: number,
): BoxValues {
  const { samples } = profile;
  const values = samples.values[sampleType];
  const counts = sampleCounts(profile, sampleType);
  const node = layout.treeNode[box];
  const sum: BoxValues = { self: 0, total: 0, samples: 0 };
  for (let i = layout.startIndex[box]; i <= layout.endIndex[box]; i++) {
    const sample = layout.order[i];
    sum.total += values[sample];
    sum.samples += countOfRow(counts, sample, values[sample]);
    const stack = samples.stack[sample];
    if (stack >= 0 && tree.nodeOfStack[stack] === node) sum.self += values[sample];
  }
  return sum;
}
