import { indexDimension } from '../analysis/dimensions';
import { boxEnd, boxOfNode, boxStart } from '../analysis/flameLayout';
import { dimensionName, type FilterTerm, type Selection, valueName, withoutSplit } from '../analysis/viewSpec';
import type { SelectedView, SelectionParams } from './flameApi';
import type { OpenProfile } from './openProfile';
import { shorten } from './shorten';

/**
 * What a chart is zoomed to, as a view of its own: the samples below a frame's path and, in time order, of the times
 * that are seen. The root of a split becomes a term of the filter.
 *
 * @throws RangeError where the chart has no such node
 */
export function selection(open: OpenProfile, { view: spec, order, node, range }: SelectionParams): SelectedView {
  const whole = withoutSplit(spec);
  const timed = order === 'timeOrder';
  const times = timed ? range : null;
  if (node === null) {
    return times === null
      ? { view: whole, name: null }
      : { view: { ...whole, within: { path: [], times } }, name: null };
  }
  const view = open.view(spec);
  const { tree, layout } = view.chart(order);
  const box = boxOfNode(layout, tree, node);
  if (box < 0) throw new RangeError(`There is no frame ${node} in this view.`);
  const path: number[] = [];
  for (let at = layout.treeNode[box]; at >= 0; at = tree.parent[at]) path.unshift(tree.func[at]);
  const name = shorten(view.profile.strings[view.profile.functions.name[path.at(-1)!]]);
  const own = open.profile.functions.length;
  const root = path[0] >= own ? rootTerm(open, spec.splitBy ?? null, view.profile.strings, path[0] - own) : null;
  const within: Selection = {
    path: path[0] >= own ? path.slice(1) : path,
    times: timed ? { from: boxStart(layout, box), to: boxEnd(layout, box) } : null,
  };
  const filter = [...(whole.filter ?? []), ...(root === null ? [] : [root])];
  return { view: { ...whole, ...(filter.length > 0 ? { filter } : undefined), within }, name };
}

/** The term that the root of a split stands for; null for that of several values. */
function rootTerm(
  { profile }: OpenProfile,
  by: FilterTerm['by'] | null,
  strings: readonly string[],
  root: number,
): FilterTerm | null {
  if (by === null) return null;
  const title = strings[profile.strings.length + root];
  const value = indexDimension(profile, by).values.find((each) => `${dimensionName(by)}: ${valueName(each)}` === title);
  return value === undefined ? null : { by, values: [value] };
}
