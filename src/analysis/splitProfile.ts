import { growInt32, resizeInt32 } from '../profile/growColumn';
import type { Profile } from '../profile/profile';
import { indexDimension } from './dimensions';
import { countOfRow, sampleCounts } from './sampleCounts';
import { passes, sampleMask } from './sampleMask';
import { type Dimension, dimensionName, type ViewSpec, valueName } from './viewSpec';

/** Values that get a root of their own, those with the most samples; the others share one. */
const MOST_ROOTS = 200;

/**
 * The profile with a root frame a value of `splitBy` under all stacks of a view: `instance: a:6060`. Functions keep
 * their indices, the roots come after them; samples keep theirs, those outside the view have no stack. Stacks that no
 * sample of the view has are left out, as are leaf lines.
 */
export function splitProfile(profile: Profile, view: ViewSpec, splitBy: Dimension): Profile {
  const { rootOfRow, titles } = chooseRoots(profile, view, splitBy);
  const { strings, functions, frames, samples } = profile;
  const roots = titles.length;
  const name = Int32Array.from(titles, (_, i) => strings.length + i);
  const zeros = new Int32Array(roots);
  const nones = new Int32Array(roots).fill(-1);
  return {
    ...profile,
    strings: [...strings, ...titles],
    functions: {
      length: functions.length + roots,
      name: joined(functions.name, name),
      file: joined(functions.file, nones),
      line: joined(functions.line, zeros),
      column: joined(functions.column, zeros),
      module: joined(functions.module, nones),
    },
    frames: {
      length: frames.length + roots,
      func: joined(
        frames.func,
        Int32Array.from(titles, (_, i) => functions.length + i),
      ),
      line: joined(frames.line, zeros),
      inlined: joinedBytes(frames.inlined, roots),
      kind: joinedBytes(frames.kind, roots),
    },
    ...copyStacks(profile, rootOfRow, roots),
    leafLines: null,
    samples: { ...samples, stack: rootOfRow },
  };
}

/** `rootOfRow`: each sample's root, -1 outside the view. `titles`: of the roots. */
function chooseRoots(
  profile: Profile,
  view: ViewSpec,
  splitBy: Dimension,
): { rootOfRow: Int32Array; titles: string[] } {
  const { samples } = profile;
  const { of, number, values } = indexDimension(profile, splitBy);
  const mask = sampleMask(profile, view);
  const counts = sampleCounts(profile, view.sampleType);
  const weighed = samples.values[view.sampleType];
  const indices = of === 'thread' ? samples.thread : samples.labelSet;
  const shift = of === 'thread' ? 0 : 1;
  const rootOfRow = new Int32Array(samples.length);
  const weights = new Float64Array(values.length);
  const rows = new Float64Array(values.length);
  for (let i = 0; i < samples.length; i++) {
    if (!passes(mask, samples, i)) {
      rootOfRow[i] = -1;
      continue;
    }
    const value = number[indices === null ? 0 : indices[i] + shift];
    rootOfRow[i] = value;
    rows[value]++;
    weights[value] += countOfRow(counts, i, weighed[i]);
  }
  const seen = [...rows.keys()].filter((value) => rows[value] > 0).sort((a, b) => weights[b] - weights[a] || a - b);
  const kept = seen.length > MOST_ROOTS ? seen.slice(0, MOST_ROOTS - 1) : seen;
  const title = dimensionName(splitBy);
  const titles = kept.map((value) => `${title}: ${valueName(values[value])}`);
  if (kept.length < seen.length) titles.push(`${title}: ${seen.length - kept.length} other values`);
  const rootOf = new Int32Array(values.length).fill(kept.length);
  kept.forEach((value, root) => {
    rootOf[value] = root;
  });
  for (let i = 0; i < rootOfRow.length; i++) if (rootOfRow[i] >= 0) rootOfRow[i] = rootOf[rootOfRow[i]];
  return { rootOfRow, titles };
}

/** Makes a copy of the sampled stacks on top of each root, and turns each row's root into its stack there. */
function copyStacks(profile: Profile, rootOfRow: Int32Array, roots: number): Pick<Profile, 'stacks'> {
  const { stacks, frames, samples } = profile;
  const rowsByRoot = groupRows(rootOfRow, roots);
  let prefix: Int32Array = new Int32Array(1024);
  let frame: Int32Array = new Int32Array(1024);
  let length = 0;
  // A stack's copy on the current root where that is at least `first`: copies ascend from root to root.
  const copyOf = new Int32Array(stacks.length).fill(-1);
  let path: Int32Array = new Int32Array(64);
  for (let root = 0; root < roots; root++) {
    const first = length;
    prefix = growInt32(prefix, length + 1);
    frame = growInt32(frame, length + 1);
    prefix[length] = -1;
    frame[length++] = frames.length + root;
    for (let at = rowsByRoot.offset[root]; at < rowsByRoot.offset[root + 1]; at++) {
      const row = rowsByRoot.rows[at];
      let stack = samples.stack[row];
      let depth = 0;
      while (stack >= 0 && copyOf[stack] < first) {
        if (depth === path.length) path = growInt32(path, depth + 1);
        path[depth++] = stack;
        stack = stacks.prefix[stack];
      }
      let copy = stack < 0 ? first : copyOf[stack];
      prefix = growInt32(prefix, length + depth);
      frame = growInt32(frame, length + depth);
      while (depth > 0) {
        stack = path[--depth];
        prefix[length] = copy;
        frame[length] = stacks.frame[stack];
        copy = length++;
        copyOf[stack] = copy;
      }
      rootOfRow[row] = copy;
    }
  }
  return { stacks: { length, prefix: resizeInt32(prefix, length), frame: resizeInt32(frame, length) } };
}

/** Rows of root `i` are `rows[offset[i]]` up to `rows[offset[i + 1]]`, ascending. */
function groupRows(rootOfRow: Int32Array, roots: number): { offset: Int32Array; rows: Int32Array } {
  const offset = new Int32Array(roots + 1);
  for (let i = 0; i < rootOfRow.length; i++) if (rootOfRow[i] >= 0) offset[rootOfRow[i] + 1]++;
  for (let root = 0; root < roots; root++) offset[root + 1] += offset[root];
  const rows = new Int32Array(offset[roots]);
  const fill = offset.slice();
  for (let i = 0; i < rootOfRow.length; i++) if (rootOfRow[i] >= 0) rows[fill[rootOfRow[i]]++] = i;
  return { offset, rows };
}

function joined(column: Int32Array, more: Int32Array): Int32Array {
  const all = new Int32Array(column.length + more.length);
  all.set(column);
  all.set(more, column.length);
  return all;
}

function joinedBytes(column: Uint8Array, more: number): Uint8Array {
  const all = new Uint8Array(column.length + more);
  all.set(column);
  return all;
}
