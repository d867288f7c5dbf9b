// Makes functions, stacks and leaf lines of the nodes that scanNodes.as.ts read, where nothing is to be repaired.

import { frameSize, frames, newFrames, plainTexts } from './callFrames.as';
import { adoptColumns, build, check, low, span, stackOfId } from './cpuprofileTree.as';
import { reserve } from './room.as';
import { linkChild, linkRow, links, nodeFrame, nodeId, nodes, tickCount, tickLine, tickRow, ticks } from './scanNodes.as';
import { translateTo } from './scanNumbers.as';
import { ANONYMOUS, complete, joinTexts, ROOT } from './texts.as';

export { arena, starts, texts } from './texts.as';

/** Distinct functions but roots: texts (-1 for no file), 1-based line and column (i32). */
export let functions: i32 = 0;
export let functionName: usize = 0;
export let functionFile: usize = 0;
export let functionLine: usize = 0;
export let functionColumn: usize = 0;

/**
 * Makes all of it, and has samples read as stacks from now on.
 * @param random keeps a file from being made to collide
 * @returns false where it cannot: columns are as they were
 */
export function makePlain(random: u64): bool {
  if (!plainTexts || !complete) {
    return false;
  }
  const frameOf = reserve(<usize>frames << 2);
  if (frameOf == 0) {
    return false;
  }
  for (let i = 0; i < frames; i++) {
    const entry = newFrames + <usize>i * frameSize;
    const isRoot = load<i32>(entry, 32) == ROOT && load<i32>(entry, 36) == 0;
    store<i32>(frameOf + (<usize>i << 2), isRoot ? -2 : 0);
  }
  if (
    !adoptColumns(nodes, links, ticks, nodeId, nodeFrame, linkRow, linkChild, tickRow, tickLine, tickCount, frameOf, random) ||
    !check() ||
    !makeFunctions(frameOf, random) ||
    !joinTexts()
  ) {
    return false;
  }
  build();
  translateTo(stackOfId, low, span);
  return true;
}

/** A frame and a function are one: V8 tells where a function is declared, not where it called. */
function makeFunctions(frameOf: usize, random: u64): bool {
  const bytes = <usize>frames << 2;
  functions = 0;
  functionName = reserve(bytes);
  functionFile = reserve(bytes);
  functionLine = reserve(bytes);
  functionColumn = reserve(bytes);
  let length: usize = 16;
  while (length < <usize>frames << 1) {
    length <<= 1;
  }
  const slots = reserve(length << 2);
  if (functionName == 0 || functionFile == 0 || functionLine == 0 || functionColumn == 0 || slots == 0) {
    return false;
  }
  memory.fill(slots, 0, length << 2);
  const mask = <u32>length - 1;
  for (let i = 0; i < frames; i++) {
    const to = frameOf + (<usize>i << 2);
    if (load<i32>(to) == -2) {
      continue;
    }
    const entry = newFrames + <usize>i * frameSize;
    const ofName = load<i32>(entry, 32);
    const ofUrl = load<i32>(entry, 36);
    const name = ofName == 0 ? ANONYMOUS : ofName;
    const file = ofUrl == 0 ? -1 : ofUrl;
    const line = load<i32>(entry, 24);
    const column = load<i32>(entry, 28);
    let mixed = (((<u64>(<u32>name) << 32) | <u64>(<u32>file)) ^ random) * 0x9e3779b97f4a7c15;
    mixed ^= mixed >> 32;
    mixed = (mixed ^ ((<u64>(<u32>line) << 32) | <u64>(<u32>column))) * 0xff51afd7ed558ccd;
    let slot = <u32>(mixed ^ (mixed >> 33)) & mask;
    let found = load<u32>(slots + (<usize>slot << 2));
    while (found != 0 && !is(found - 1, name, file, line, column)) {
      slot = (slot + 1) & mask;
      found = load<u32>(slots + (<usize>slot << 2));
    }
    if (found == 0) {
      const place = <usize>functions << 2;
      store<i32>(functionName + place, name);
      store<i32>(functionFile + place, file);
      store<i32>(functionLine + place, line);
      store<i32>(functionColumn + place, column);
      found = ++functions;
      store<u32>(slots + (<usize>slot << 2), found);
    }
    store<i32>(to, found - 1);
  }
  return true;
}

function is(index: u32, name: i32, file: i32, line: i32, column: i32): bool {
  const place = <usize>index << 2;
  return (
    load<i32>(functionName + place) == name &&
    load<i32>(functionFile + place) == file &&
    load<i32>(functionLine + place) == line &&
    load<i32>(functionColumn + place) == column
  );
}
