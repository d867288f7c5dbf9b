import type { FileLines } from '../engine/lineApi';
import { type HotLines, hotLinesOf } from './hotLines';
import { LineMap } from './lineMap';

interface LaidOut {
  readonly threshold: number;
  readonly hot: HotLines;
}

/** As long as the engine's answer is kept. */
const laidOut = new WeakMap<FileLines, LaidOut>();

/**
 * `hotLinesOf` of one recorded file whose lines are where they were: needs no document, so that it can be there before
 * anybody opens one. Laying out ten thousand lines takes tens of milliseconds, in which an editor would have no marks.
 *
 * @param threshold share (0 to 1) below which a line has no heat
 */
export function unmovedHotLines(file: FileLines, threshold: number): HotLines {
  const known = laidOut.get(file);
  if (known?.threshold === threshold) return known.hot;
  const hot = hotLinesOf([file], LineMap.identity, threshold, Number.POSITIVE_INFINITY);
  laidOut.set(file, { threshold, hot });
  return hot;
}

/** The only file of these, where none of its lines is beyond the document's `lineCount` and none moved; null elsewhere. */
export function onlyUnmoved(files: readonly FileLines[], map: LineMap, lineCount: number): FileLines | null {
  const [only] = files;
  const fits =
    only !== undefined && files.length === 1 && map === LineMap.identity && (only.line.at(-1) ?? 0) <= lineCount;
  return fits ? only : null;
}
