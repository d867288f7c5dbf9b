import type { Profile } from '../profile/profile';
import type { CallTree } from './callTree';
import type { FlameLayout } from './flameLayout';

/** A flame chart's layout, and which samples each box spans. */
export interface TimeOrderLayout extends FlameLayout {
  /** Position of each box's first and last sample in `order`. */
  readonly first: Uint32Array;
  readonly last: Uint32Array;
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
 */
export function layOutTimeOrder(profile: Profile, tree: CallTree, thread: number): TimeOrderLayout {
  const { order, start, end } = sampleSpans(profile, thread);
  const boxes = new BoxColumns();
  const path: number[] = [];
  const open: number[] = [];
  const openFirst: number[] = [];
  let depth = 0;
  const closeTo = (to: number, last: number): void => {
    while (depth > to) {
      depth--;
      boxes.add(depth, openFirst[depth], last, open[depth]);
    }
  };
  for (let i = 0; i < order.length; i++) {
    const stack = profile.samples.stack[order[i]];
    const leaf = stack < 0 ? -1 : tree.nodeOfStack[stack];
    const gap = i > 0 && start[i] > end[i - 1];
    if (gap) closeTo(0, i - 1);
    const length = leaf < 0 ? 0 : tree.depth[leaf] + 1;
    for (let node = leaf, at = length - 1; node >= 0; node = tree.parent[node], at--) path[at] = node;
    let shared = 0;
    while (shared < depth && shared < length && open[shared] === path[shared]) shared++;
    closeTo(shared, i - 1);
    for (; depth < length; depth++) {
      open[depth] = path[depth];
      openFirst[depth] = i;
    }
  }
  closeTo(0, order.length - 1);
  return boxes.finish(tree, order, start, end);
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

function threadOf(profile: Profile, sample: number): number {
  return profile.samples.thread === null ? 0 : profile.samples.thread[sample];
}

const NANOSECONDS: Readonly<Record<string, number>> = {
  nanoseconds: 1,
  microseconds: 1e3,
  milliseconds: 1e6,
  seconds: 1e9,
};

function durationColumn(profile: Profile): { values: Float64Array; nanoseconds: number } | null {
  const type = profile.sampleTypes.findIndex(({ type, unit }) => type === 'time' && unit in NANOSECONDS);
  if (type < 0) return null;
  return { values: profile.samples.values[type], nanoseconds: NANOSECONDS[profile.sampleTypes[type].unit] };
}

/** Boxes as they are closed (innermost first), to be sorted into rows at the end. */
class BoxColumns {
  private capacity = 1 << 14;
  private length = 0;
  private rows = 0;
  private row = new Uint16Array(this.capacity);
  private first = new Uint32Array(this.capacity);
  private last = new Uint32Array(this.capacity);
  private treeNode = new Int32Array(this.capacity);

  add(row: number, first: number, last: number, treeNode: number): void {
    // Deeper rows than the column can name are not drawn; no screen and no debugger stack gets there.
    if (row > 0xfffe) return;
    if (this.length === this.capacity) this.grow();
    const at = this.length++;
    this.row[at] = row;
    this.first[at] = first;
    this.last[at] = last;
    this.treeNode[at] = treeNode;
    if (row >= this.rows) this.rows = row + 1;
  }

  private grow(): void {
    this.capacity *= 2;
    const larger = <A extends Uint16Array | Uint32Array | Int32Array>(to: A, from: A): A => {
      to.set(from);
      return to;
    };
    this.row = larger(new Uint16Array(this.capacity), this.row);
    this.first = larger(new Uint32Array(this.capacity), this.first);
    this.last = larger(new Uint32Array(this.capacity), this.last);
    this.treeNode = larger(new Int32Array(this.capacity), this.treeNode);
  }

  finish(tree: CallTree, order: Uint32Array, spanStart: Float64Array, spanEnd: Float64Array): TimeOrderLayout {
    const { length, rows } = this;
    const rowOffset = new Uint32Array(rows + 1);
    for (let i = 0; i < length; i++) rowOffset[this.row[i] + 1]++;
    for (let row = 0; row < rows; row++) rowOffset[row + 1] += rowOffset[row];
    const fill = rowOffset.slice();
    const first = new Uint32Array(length);
    const last = new Uint32Array(length);
    const treeNode = new Int32Array(length);
    const func = new Int32Array(length);
    const start = new Float64Array(length);
    const end = new Float64Array(length);
    // Within a row boxes were closed in time order, so a counting pass keeps them sorted.
    for (let i = 0; i < length; i++) {
      const box = fill[this.row[i]]++;
      first[box] = this.first[i];
      last[box] = this.last[i];
      treeNode[box] = this.treeNode[i];
      func[box] = tree.func[treeNode[box]];
      start[box] = spanStart[first[box]];
      end[box] = spanEnd[last[box]];
    }
    const extent = spanEnd.length === 0 ? 0 : spanEnd[spanEnd.length - 1];
    return { extent, rowOffset, start, end, treeNode, func, nodesAreBoxes: true, first, last, order };
  }
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
  countColumn: number,
): BoxValues {
  const { samples } = profile;
  const values = samples.values[sampleType];
  const counts = countColumn < 0 ? null : samples.values[countColumn];
  const node = layout.treeNode[box];
  const sum: BoxValues = { self: 0, total: 0, samples: 0 };
  for (let i = layout.first[box]; i <= layout.last[box]; i++) {
    const sample = layout.order[i];
    sum.total += values[sample];
    sum.samples += counts === null ? 1 : counts[sample];
    const stack = samples.stack[sample];
    if (stack >= 0 && tree.nodeOfStack[stack] === node) sum.self += values[sample];
  }
  return sum;
}
