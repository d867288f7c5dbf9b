// AssemblyScript (https://www.assemblyscript.org), compiled by `npm run wasm` into cpuprofileScannerModule.ts.
//
// Reads those parts of a .cpuprofile that are written as V8 writes them: no blanks within nodes, members in V8's order,
// numbers of up to nine digits, strings without escapes. It stops before anything else, for its caller to read that.
// Columns of nodes stay in this memory until they are dropped; where all nodes of a file were read, stacks are made of
// them right there (plainProfile.as.ts), and samples are read as stacks.

import { beginFrames, dropFrames } from './callFrames.as';
import { clearRoom } from './room.as';
import { beginNodes, dropNodes } from './scanNodes.as';
import { translateTo } from './scanNumbers.as';
import { beginTexts } from './texts.as';
import { RESERVED } from './words.as';

export { frames, frameSize, newFrames } from './callFrames.as';
export {
  arena,
  functionColumn,
  functionFile,
  functionLine,
  functionName,
  functions,
  makePlain,
  starts,
  texts,
} from './plainProfile.as';
export {
  allNodes,
  hitSum,
  linkChild,
  linkRow,
  links,
  nodeFrame,
  nodeHits,
  nodeId,
  nodes,
  scanNodes,
  tickCount,
  tickLine,
  tickRow,
  ticks,
} from './scanNodes.as';
export { ended, negatives, numbers, scanDeltas, scanIds, unknown } from './scanNumbers.as';
export {
  leafLines,
  low,
  sortedLeafLines,
  span,
  stackFrame,
  stackOfId,
  stackOfRow,
  stackPrefix,
  stacks,
} from './cpuprofileTree.as';
export { descents, ids, padding, sums, window, windowSize } from './words.as';

/**
 * Forgets everything: for the next profile object of the input.
 * @param random keeps a file from being made to collide
 * @param whole whether a profile may be made of it right here
 * @returns false where there is no room
 */
export function begin(random: u64, whole: bool): bool {
  clearRoom(RESERVED);
  translateTo(0, 0, 0);
  beginNodes();
  if (whole) {
    beginTexts(random ^ 0x94d049bb133111eb);
  }
  return beginFrames(random, whole);
}

/** Forgets the nodes and new call frames so far, which the caller has taken. */
export function drop(): void {
  dropNodes();
  dropFrames();
}
