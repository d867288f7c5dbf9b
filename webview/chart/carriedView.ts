import type { FlameWindow } from '../../src/engine/flameApi';
import { boxAtIndex, type FlameBox, firstAbove, rowCount } from './hitTest';
import type { AxisRange } from './viewport';

/** What was looked at in a profile, in terms that mean something in the next capture of the same program. */
export interface CarriedView {
  /** Names from the outermost frame to the one that is zoomed into; empty for none. */
  readonly zoomed: readonly string[];
  /** Shares of the axis; null for all of it. */
  readonly range: AxisRange | null;
  /** First visible row. */
  readonly scroll: number;
}

/** The boxes that names lead to from the root, as far as they are there: the widest where several have a name. */
export function boxesOfPath(
  window: FlameWindow,
  names: readonly string[],
  nameOf: (func: number) => string,
): FlameBox[] {
  const path: FlameBox[] = [];
  let within: AxisRange = { from: 0, to: window.extent };
  for (const [row, name] of names.entries()) {
    const box = row < rowCount(window) ? widestNamed(window, row, within, (func) => nameOf(func) === name) : null;
    if (box === null) break;
    path.push(box);
    within = { from: box.start, to: box.end };
  }
  return path;
}

function widestNamed(
  window: FlameWindow,
  row: number,
  { from, to }: AxisRange,
  matches: (func: number) => boolean,
): FlameBox | null {
  const high = window.rowOffset[row + 1]!;
  let best = -1;
  let width = 0;
  for (let i = firstAbove(window.end, from, window.rowOffset[row]!, high); i < high && window.start[i]! < to; i++) {
    const size = window.end[i]! - window.start[i]!;
    if (window.node[i]! < 0 || size <= width || !matches(window.func[i]!)) continue;
    best = i;
    width = size;
  }
  return best < 0 ? null : boxAtIndex(window, row, best);
}
