// Reads the nodes of a .cpuprofile into columns, which grow over the windows: see words.as.ts.

import { findFrame, placeFrames } from './callFrames.as';
import { reserve } from './room.as';
import { CLOSE_ARRAY, CLOSE_OBJECT, COMMA, integer, isInteger, NODES, NUMBERS, stands, TICKS } from './words.as';

/** Entries of the columns. */
export let nodes: i32 = 0;
export let ticks: i32 = 0;
export let links: i32 = 0;
/** Sum of hits. */
export let hitSum: f64 = 0;
/** Whether the last node was read, and the bracket behind it. */
export let allNodes: bool = false;

/** Per node: hits (f64), id and call frame (i32). */
export let nodeHits: usize = 0;
export let nodeId: usize = 0;
export let nodeFrame: usize = 0;
/** Per position tick: count (f64), row of its node, line (i32). */
export let tickCount: usize = 0;
export let tickRow: usize = 0;
export let tickLine: usize = 0;
/** Per child: row of its node, id of the child (i32). */
export let linkRow: usize = 0;
export let linkChild: usize = 0;

/** Entries that there is room for. */
let nodeRoom: usize = 0;
let tickRoom: usize = 0;
let linkRoom: usize = 0;
/** Bytes of input that the columns were read from. */
let scanned: f64 = 0;

/** Empties the columns and forgets their room. */
export function beginNodes(): void {
  nodeRoom = 0;
  tickRoom = 0;
  linkRoom = 0;
  dropNodes();
}

/** Empties the columns. */
export function dropNodes(): void {
  nodes = 0;
  ticks = 0;
  links = 0;
  hitSum = 0;
  scanned = 0;
  allNodes = false;
}

/**
 * Entries to make room for: a window's, and what the rest of the input has where it is as the part before. No more than
 * the bytes can hold, and without a look at it memory is not taken from the system.
 */
function roomFor(length: i32, ofWindow: usize, rest: f64): usize {
  const more = scanned == 0 ? 0 : (<f64>length / scanned) * rest * 1.1;
  return <usize>length + ofWindow + max(<usize>min(more, 0x7fffffff), <usize>length >> 1);
}

/** Sees to the room for a window's columns. @returns false where there is none */
function makeRoom(rest: f64): bool {
  if (
    <usize>nodes + NODES <= nodeRoom && <usize>ticks + TICKS <= tickRoom && <usize>links + NUMBERS <= linkRoom
  ) {
    return true;
  }
  const forNodes = roomFor(nodes, NODES, rest);
  const forTicks = roomFor(ticks, TICKS, rest);
  const forLinks = roomFor(links, NUMBERS, rest);
  const bytes = <u64>(forNodes + forTicks) * 16 + <u64>forLinks * 8 + 64;
  const at = bytes < 0x7fff0000 ? reserve(<usize>bytes) : 0;
  if (at == 0) {
    return false;
  }
  // Eights of bytes first, so that all are aligned.
  nodeHits = moved(nodeHits, at, <usize>nodes << 3);
  tickCount = moved(tickCount, nodeHits + (forNodes << 3), <usize>ticks << 3);
  nodeId = moved(nodeId, tickCount + (forTicks << 3), <usize>nodes << 2);
  nodeFrame = moved(nodeFrame, nodeId + (forNodes << 2), <usize>nodes << 2);
  tickRow = moved(tickRow, nodeFrame + (forNodes << 2), <usize>ticks << 2);
  tickLine = moved(tickLine, tickRow + (forTicks << 2), <usize>ticks << 2);
  linkRow = moved(linkRow, tickLine + (forTicks << 2), <usize>links << 2);
  linkChild = moved(linkChild, linkRow + (forLinks << 2), <usize>links << 2);
  nodeRoom = forNodes;
  tickRoom = forTicks;
  linkRoom = forLinks;
  return true;
}

function moved(column: usize, to: usize, bytes: usize): usize {
  memory.copy(to, column, bytes);
  return to;
}

// What stands before values, as little-endian words: the first eight bytes, and the last eight where there are more.
const ID_HEAD: u32 = 0x6469227b; // {"id
const ID_TAIL: u16 = 0x3a22; // ":
// ,"callFrame":
const CALL_FRAME_HEAD: u64 = 0x72466c6c6163222c;
const CALL_FRAME_TAIL: u64 = 0x3a22656d6172466c;
// ,"hitCount":
const HIT_COUNT_HEAD: u64 = 0x756f43746968222c;
const HIT_COUNT_TAIL: u64 = 0x3a22746e756f4374;
// ,"children":[
const CHILDREN_HEAD: u64 = 0x72646c696863222c;
const CHILDREN_TAIL: u64 = 0x5b3a226e6572646c;
// ,"positionTicks":[ whose middle is onTicks"
const TICKS_HEAD: u64 = 0x697469736f70222c;
const TICKS_MIDDLE: u64 = 0x22736b6369546e6f;
const TICKS_TAIL: u64 = 0x5b3a22736b636954;
// {"line":
const LINE: u64 = 0x3a22656e696c227b;
// ,"ticks":
const COUNT_HEAD: u64 = 0x22736b636974222c;
const COUNT_TAIL: u64 = 0x3a22736b63697422;

/**
 * Reads nodes, each with its comma or the array's last one with its bracket, into the columns.
 * @param row row of the columns' first node
 * @param frame index that the first new call frame gets
 * @param shift what is to be added to addresses to get positions in the input
 * @param rest bytes of input behind the window
 * @returns where the first node stands that was not read
 */
export function scanNodes(from: usize, end: usize, row: i32, frame: i32, shift: f64, rest: f64): usize {
  if (!makeRoom(rest + <f64>(end - from))) {
    return from;
  }
  placeFrames(frame, shift);
  let at = from;
  while (at < end && !allNodes) {
    const ofLinks = links;
    const ofTicks = ticks;
    const next = scanNode(at, end, row + nodes);
    if (next == 0) {
      links = ofLinks;
      ticks = ofTicks;
      break;
    }
    nodes++;
    at = next;
  }
  scanned += <f64>(at - from);
  return at;
}

/** Reads one node and its comma or the last bracket. Returns the address behind them, 0 for what is written in another way. */
function scanNode(from: usize, end: usize, row: i32): usize {
  if (load<u32>(from) != ID_HEAD || load<u16>(from + 4) != ID_TAIL) {
    return 0;
  }
  let at = from + 6;
  const id = integer(at);
  at += <usize>(id >> 32);
  if (!isInteger(id) || !stands(at, 13, CALL_FRAME_HEAD, CALL_FRAME_TAIL)) {
    return 0;
  }
  const entry = findFrame(at + 13, end);
  if (entry == 0) {
    return 0;
  }
  at += 13 + load<u32>(entry);
  let hits: u64 = 0;
  if (stands(at, 12, HIT_COUNT_HEAD, HIT_COUNT_TAIL)) {
    hits = integer(at + 12);
    at += 12 + <usize>(hits >> 32);
    if (!isInteger(hits)) {
      return 0;
    }
  }
  if (stands(at, 13, CHILDREN_HEAD, CHILDREN_TAIL)) {
    at += 13;
    let to = <usize>links << 2;
    let byte = COMMA;
    if (load<u8>(at) == CLOSE_ARRAY) {
      byte = CLOSE_ARRAY;
      at++;
    }
    while (byte == COMMA) {
      const child = integer(at);
      at += <usize>(child >> 32);
      if (!isInteger(child)) {
        return 0;
      }
      store<i32>(linkRow + to, row);
      store<i32>(linkChild + to, <i32>child);
      to += 4;
      byte = load<u8>(at++);
    }
    if (byte != CLOSE_ARRAY) {
      return 0;
    }
    links = <i32>(to >> 2);
  }
  if (stands(at, 16, TICKS_HEAD, TICKS_MIDDLE) && load<u64>(at + 10) == TICKS_TAIL) {
    at += 18;
    let to = <usize>ticks << 2;
    let byte = COMMA;
    while (byte == COMMA) {
      if (load<u64>(at) != LINE) {
        return 0;
      }
      const line = integer(at + 8);
      at += 8 + <usize>(line >> 32);
      if (!isInteger(line) || !stands(at, 9, COUNT_HEAD, COUNT_TAIL)) {
        return 0;
      }
      const count = integer(at + 9);
      at += 9 + <usize>(count >> 32);
      if (!isInteger(count) || load<u8>(at) != CLOSE_OBJECT) {
        return 0;
      }
      store<i32>(tickRow + to, row);
      store<i32>(tickLine + to, <i32>line);
      store<f64>(tickCount + (to << 1), <f64>(<i32>count));
      to += 4;
      byte = load<u8>(at + 1);
      at += 2;
    }
    if (byte != CLOSE_ARRAY) {
      return 0;
    }
    ticks = <i32>(to >> 2);
  }
  const behind = load<u8>(at + 1);
  if (load<u8>(at) != CLOSE_OBJECT || (behind != COMMA && behind != CLOSE_ARRAY)) {
    return 0;
  }
  allNodes = behind == CLOSE_ARRAY;
  const to = <usize>nodes << 2;
  store<i32>(nodeId + to, <i32>id);
  store<i32>(nodeFrame + to, load<i32>(entry, 4));
  store<f64>(nodeHits + (to << 1), <f64>(<i32>hits));
  hitSum += <f64>(<i32>hits);
  return at + 2;
}
