import type { CallTree } from '../analysis/callTree';
import { ancestorInRow, boxEnd, boxOfNode, boxStart, type FlameLayout, rowOfBox } from '../analysis/flameLayout';
import { cutWindow } from '../analysis/flameWindow';
import { heaviestFrame } from '../analysis/heaviestFrame';
import { sumBox } from '../analysis/timeOrder';
import { describeFunction } from '../analysis/top';
import { frameKindNames } from '../profile/frameKind';
import type { Profile } from '../profile/profile';
import { type ComparedView, comparedView } from './comparedView';
import type { FlameWindow, FlameWindowParams, FrameDetails, FrameDetailsParams, PathFrame } from './flameApi';
import type { OpenProfile, ProfileView } from './openProfile';
import { shorten } from './shorten';

type FindProfile = (profile: number) => OpenProfile;

function notOpen(profile: number): never {
  throw new Error(`Profile ${profile} is not open.`);
}

/** The boxes of a part of the chart, with the names and colour groups of their functions. */
export function flameWindow(open: OpenProfile, params: FlameWindowParams, find: FindProfile = notOpen): FlameWindow {
  const view = open.view(params.view);
  const { tree, layout } = view.chart(params.order);
  const { treeNode, ...window } = cutWindow(layout, params.from, params.to, params.pixels);
  const func = treeNode.map((node) => tree.func[node]);
  const funcs = functionsToName(view.profile, func, params.names, open.profile.functions.length);
  const nameFunc = Int32Array.from(funcs);
  const groups = groupsOf(view.profile);
  const compared = comparedView(view, params.base, find);
  const change = compared && changesOf(compared, view.tree === tree, treeNode, func);
  return {
    ...window,
    ...(change === null ? undefined : { change }),
    func,
    nameFunc,
    names: funcs.map((each) => shorten(view.profile.strings[view.profile.functions.name[each]])),
    nameGroup: nameFunc.map((each) => groups[each]),
  };
}

/** @param paths whether the nodes are those of the view's call tree */
function changesOf(compared: ComparedView, paths: boolean, treeNode: Int32Array, func: Int32Array): Int8Array {
  if (paths) return Int8Array.from(treeNode, (node) => compared.steps[node]);
  return Int8Array.from(func, (each) => compared.stepOfFunction(each));
}

/** Profiles of more functions than this have their names sent window by window. */
const MOST_NAMES = 30_000;

/** @param own functions of the profile itself: the roots of a split come after them, and are always named */
function functionsToName(
  { functions }: Profile,
  inWindow: Int32Array,
  names: FlameWindowParams['names'],
  own: number,
): number[] {
  if (names === 'none') return Array.from({ length: functions.length - own }, (_, i) => own + i);
  const wanted = new Uint8Array(functions.length).fill(1, own);
  if (names === 'profile' && functions.length <= MOST_NAMES) wanted.fill(1);
  else for (const func of inWindow) wanted[func] = 1;
  const funcs: number[] = [];
  for (let func = 0; func < wanted.length; func++) if (wanted[func] === 1) funcs.push(func);
  return funcs;
}

const groupCache = new WeakMap<Profile, Int32Array>();

/** A small number a function, equal for functions of one file, else of one package. */
function groupsOf(profile: Profile): Int32Array {
  let groups = groupCache.get(profile);
  if (groups === undefined) {
    const { functions, strings } = profile;
    const numbers = new Map<string, number>();
    groups = new Int32Array(functions.length);
    for (let func = 0; func < functions.length; func++) {
      const file = functions.file[func];
      const key = file >= 0 ? strings[file] : packageOf(strings[functions.name[func]]);
      let group = numbers.get(key);
      if (group === undefined) {
        group = hashText(key) & 0xffff;
        numbers.set(key, group);
      }
      groups[func] = group;
    }
    groupCache.set(profile, groups);
  }
  return groups;
}

/** What comes before a qualified name's last dot, slash or double colon. */
function packageOf(name: string): string {
  const short = name.slice(0, 300);
  return short.slice(0, Math.max(0, short.search(/(?:::|[./])[^./:]*$/)));
}

/** FNV-1a: the same colour for a file in every profile. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < Math.min(text.length, 300); i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 16)) >>> 0;
}

interface PlacedBox {
  view: ProfileView;
  tree: CallTree;
  layout: FlameLayout;
  box: number;
  row: number;
}

function placeNode(open: OpenProfile, { view: spec, order, node }: FrameDetailsParams): PlacedBox {
  const view = open.view(spec);
  const { tree, layout } = view.chart(order);
  const box = boxOfNode(layout, tree, node);
  if (box < 0) throw new RangeError(`There is no frame ${node} in this view.`);
  return { view, tree, layout, box, row: rowOfBox(layout, box) };
}

/** What a hover card shows of a box. */
export function frameDetails(open: OpenProfile, params: FrameDetailsParams, find: FindProfile = notOpen): FrameDetails {
  const { view, tree, layout, box, row } = placeNode(open, params);
  const { profile } = view;
  const treeNode = layout.treeNode[box];
  const func = tree.func[treeNode];
  const frame =
    tree === view.tree && profile.meta.lines === 'call'
      ? heaviestFrame(profile, view.values, tree, treeNode)
      : tree.frame[treeNode];
  const { name, file, line } = describeFunction(profile, func);
  const column = profile.functions.column[func];
  const own = layout.nodesAreBoxes
    ? sumBox(profile, tree, view.timeOrder(), box, view.spec.sampleType)
    : { self: tree.self[treeNode], total: tree.total[treeNode], samples: tree.samples[treeNode] };
  // A box of time order is one of many calls along its path: only the function's change is told.
  const path = !layout.nodesAreBoxes && tree === view.tree;
  const change = comparedView(view, params.base, find)?.describe(path ? treeNode : null, func);
  return {
    name: shorten(name),
    file,
    // A call position names the place more closely than the declaration, unless formats record only that.
    line: profile.frames.line[frame] > 0 ? profile.frames.line[frame] : line,
    column: column === 0 || (line !== null && profile.frames.line[frame] !== line) ? null : column,
    inlined: profile.frames.inlined[frame] === 1,
    kind: frameKindNames[profile.frames.kind[frame]] || null,
    module: moduleOf(profile, func),
    ...own,
    // Callers are there for what they call, whatever they do themselves.
    self: params.order.startsWith('callers:') ? null : own.self,
    functionSelf: view.functions.self[func],
    functionTotal: view.functions.total[func],
    viewTotal: view.values.total,
    start: boxStart(layout, box),
    end: boxEnd(layout, box),
    row,
    func,
    ...(change === undefined ? undefined : { change }),
  };
}

function moduleOf({ functions, strings }: Profile, func: number): string | null {
  const module = functions.module[func];
  return module < 0 ? null : shorten(strings[module]);
}

/** The boxes from the outermost down to the node's own, for the breadcrumb. */
export function frameParents(open: OpenProfile, params: FrameDetailsParams): PathFrame[] {
  const { view, layout, box, row, tree } = placeNode(open, params);
  const path: PathFrame[] = [];
  for (let above = 0; above <= row; above++) {
    const ancestor = above === row ? box : ancestorInRow(layout, box, above);
    if (ancestor < 0) continue;
    const func = tree.func[layout.treeNode[ancestor]];
    path.push({
      node: layout.nodesAreBoxes ? ancestor : layout.treeNode[ancestor],
      name: shorten(view.profile.strings[view.profile.functions.name[func]]),
      start: boxStart(layout, ancestor),
      end: boxEnd(layout, ancestor),
      row: above,
    });
  }
  return path;
}
