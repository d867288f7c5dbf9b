import type { ChartOrder, FlameOrder, ViewSpec } from '../analysis/viewSpec';
import type { BaseView, ShareChange } from './compareApi';

export interface FlameWindowParams {
  profile: number;
  view: ViewSpec;
  order: ChartOrder;
  base?: BaseView | null;
  /** The wanted part of the x axis, in the axis's unit (left heavy: the sample type's; time order: nanoseconds). */
  from: number;
  to: number;
  /** How many device pixels that part is drawn on: boxes narrower than half a pixel come merged. */
  pixels: number;
  /**
   * Which functions' names to send: of the whole profile (where it has too many, of the window), of the window, or
   * none: names are most of a window's cost, and a viewer needs each only once.
   */
  names: 'profile' | 'window' | 'none';
}

/**
 * The boxes of a part of the chart, row by row (row 0 is the outermost frame). Row `r` has the boxes
 * `rowOffset[r]` to `rowOffset[r + 1]`, ascending and disjoint in x.
 */
export interface FlameWindow {
  /** Which part is covered; at least what was asked for. */
  from: number;
  to: number;
  /** Boxes narrower than this were merged with their neighbours; 0: the window is exact. */
  resolution: number;
  /** The whole axis is 0 to `extent`. */
  extent: number;
  /** `rows + 1` entries. */
  rowOffset: Uint32Array;
  start: Float64Array;
  end: Float64Array;
  /** The layout's node, to be named in `frameDetails`; -1 for a run of merged tiny boxes. */
  node: Int32Array;
  /** Function index; for a merged run that of its widest box. */
  func: Int32Array;
  /** Change of each box's total against the baseline: sign, and 0 (none, or chance) to 3 (large). */
  change?: Int8Array;
  /** The functions that names were asked for: `names[i]` is function `nameFunc[i]`'s. */
  nameFunc: Int32Array;
  names: string[];
  /** Colour key of the function `nameFunc[i]`: a small number, equal for functions of one file or package. */
  nameGroup: Int32Array;
}

export interface FrameDetailsParams {
  profile: number;
  view: ViewSpec;
  order: ChartOrder;
  node: number;
  base?: BaseView | null;
}

export interface FrameDetails {
  name: string;
  /** As recorded (after source maps), null where unknown. */
  file: string | null;
  /** 1-based, null where unknown. */
  line: number | null;
  column: number | null;
  inlined: boolean;
  /** How the code ran, for people: 'kernel'; null where unknown. */
  kind: string | null;
  /** The library or binary that holds the code, null where unknown. */
  module: string | null;
  /**
   * Of this node (this function called along this path), in the sample type's unit. Callers of a sandwich have no self:
   * their total is what the sandwich's function costs where they call it.
   */
  self: number | null;
  total: number;
  /** Of the function everywhere in the view, recursion counted once. */
  functionSelf: number;
  functionTotal: number;
  /** Samples with this node on the stack. */
  samples: number;
  /** The view's total: what 100 % is. */
  viewTotal: number;
  /** Extent on the x axis, to zoom to. */
  start: number;
  end: number;
  row: number;
  func: number;
  /** Against the baseline: of this frame (where it is a path of the call tree), of the function. */
  change?: { frame: FrameChange | null; function: FrameChange };
}

/** Shares of the baseline's total, and how much more they are now. */
export interface FrameChange {
  self: ShareChange & { before: number };
  total: ShareChange & { before: number };
}

/** One step of the breadcrumb, outermost first. */
export interface PathFrame {
  node: number;
  name: string;
  start: number;
  end: number;
  row: number;
}

export interface SelectionParams {
  profile: number;
  view: ViewSpec;
  order: FlameOrder;
  /** The node that the chart is zoomed into; null for none. */
  node: number | null;
  /** The part of the x axis that is looked at; only times (in time order) select samples. Null for all. */
  range: { from: number; to: number } | null;
}

/** The samples that a chart is zoomed to, as a view. */
export interface SelectedView {
  view: ViewSpec;
  /** The frame that is zoomed into; null for none. */
  name: string | null;
}
