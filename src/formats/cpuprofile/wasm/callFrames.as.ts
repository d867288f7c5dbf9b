// The distinct call frames of a .cpuprofile, found again by their text.

import { enlarged, reserve } from './room.as';
import { internText } from './texts.as';
import { CLOSE_OBJECT, integer, isInteger, MINUS, QUOTE, stands } from './words.as';

// What stands before values, as little-endian words: the first eight bytes, and the last eight where there are more.
// {"functionName":" whose middle is onName":
const NAME_HEAD: u64 = 0x6974636e7566227b;
const NAME_MIDDLE: u64 = 0x3a22656d614e6e6f;
const NAME_TAIL: u64 = 0x223a22656d614e6e;
// ","scriptId":"
const SCRIPT_HEAD: u64 = 0x7069726373222c22;
const SCRIPT_TAIL: u64 = 0x223a226449747069;
// ","url":"
const URL_HEAD: u64 = 0x3a226c7275222c22;
const URL_TAIL: u64 = 0x223a226c7275222c;
// ","lineNumber":
const LINE_NUMBER_HEAD: u64 = 0x4e656e696c222c22;
const LINE_NUMBER_TAIL: u64 = 0x3a227265626d754e;
// ,"columnNumber":
const COLUMN_NUMBER_HEAD: u64 = 0x6e6d756c6f63222c;
const COLUMN_NUMBER_TAIL: u64 = 0x3a227265626d754e;

// The table of call frames: slots of a hash and an entry's address (0 where free), two u32 each. An entry has the
// length of its text, the index of its call frame and the text, in eight bytes and more.

let slots: usize = 0;
let mask: u32 = 0;
let entries: u32 = 0;
let seed: u64 = 0;
/** An entry that no slot has: for a call frame that is not kept. */
const LONE_ENTRY: usize = 512;

const FIRST_SLOTS: u32 = 1024;
/** Entries with the same place to look at: beyond, somebody makes them collide, and a call frame is read anew. */
const PROBES: u32 = 64;

/** New call frames, and the bytes that each has in `newFrames`. */
export let frames: i32 = 0;
export const frameSize: usize = 40;
/**
 * Per new call frame: what is to be added to addresses to get positions in the input (f64); start and end of its name, of
 * its URL (four u32); 1-based line and column (0 for none), texts of name and URL (four i32).
 */
export let newFrames: usize = 0;
let capacity: usize = 0;
/** Whether all names and URLs are ASCII and are texts of texts.as.ts. */
export let plainTexts: bool = false;

/** Index of the first new call frame. */
let firstFrame: i32 = 0;
/** Position in the input minus address. */
let shift: f64 = 0;

/** Empties the table. `random` keeps a file from being made to collide. @returns false where there is no room */
export function beginFrames(random: u64, withTexts: bool): bool {
  seed = random;
  entries = 0;
  frames = 0;
  capacity = 512;
  mask = FIRST_SLOTS - 1;
  plainTexts = withTexts;
  newFrames = reserve(capacity * frameSize);
  slots = reserve(FIRST_SLOTS << 3);
  if (newFrames == 0 || slots == 0) {
    return false;
  }
  memory.fill(slots, 0, FIRST_SLOTS << 3);
  return true;
}

/** Forgets which call frames are new. The texts have them no more. */
export function dropFrames(): void {
  frames = 0;
  plainTexts = false;
}

/** To be called before call frames of a window are looked for. */
export function placeFrames(first: i32, shiftOfWindow: f64): void {
  firstFrame = first;
  shift = shiftOfWindow;
}

/** What the eight bytes at `at` add to a hash. The factor is odd. */
// @ts-ignore: decorator
@inline
function part(at: usize, factor: u64): u64 {
  const mixed = (load<u64>(at) ^ seed) * factor;
  return mixed ^ (mixed >> 32);
}

/** The entry of the call frame at `at`; 0 where it is written in another way than V8's. */
export function findFrame(at: usize, end: usize): usize {
  // The first "}" is its end. One inside a string makes a hash of too little: whole texts are compared.
  let last = at + 64;
  let braces = 0;
  while (last < end) {
    braces = i8x16.bitmask(i8x16.eq(v128.load(last), i8x16.splat(CLOSE_OBJECT)));
    if (braces != 0) {
      break;
    }
    last += 16;
  }
  last += braces == 0 ? 0 : <usize>ctz(braces);
  // The name's beginning, the URL's end, line and column tell call frames apart.
  const mixed =
    part(at + 17, 0x9e3779b97f4a7c15) +
    part(at + 25, 0xc2b2ae3d27d4eb4f) +
    part(last - 56, 0x165667b19e3779f9) +
    part(last - 48, 0xd6e8feb86659fd93) +
    part(last - 40, 0xff51afd7ed558ccd) +
    part(last - 24, 0xc4ceb9fe1a85ec53) +
    part(last - 16, 0x2545f4914f6cdd1d) +
    part(last - 8, 0x94d049bb133111eb);
  const hash = <u32>((mixed ^ (mixed >> 29)) * 0xbf58476d1ce4e5b9 >> 32);
  let slot = hash & mask;
  let probes: u32 = 0;
  for (; probes < PROBES; probes++) {
    const place = slots + (<usize>slot << 3);
    const entry = <usize>load<u32>(place, 4);
    if (entry == 0) {
      break;
    }
    if (load<u32>(place) == hash && sameText(entry, at, end)) {
      return entry;
    }
    slot = (slot + 1) & mask;
  }
  return addFrame(at, end, hash, probes < PROBES ? slot : -1);
}

/** Whether an entry's text (of 16 bytes at least) stands at `at`. */
// @ts-expect-error: decorator
@inline
function sameText(entry: usize, at: usize, end: usize): bool {
  const length = <usize>load<u32>(entry);
  if (at + length > end) {
    return false;
  }
  const text = entry + 8;
  const last = length - 16;
  for (let i: usize = 0; i < last; i += 16) {
    if (v128.any_true(v128.xor(v128.load(text + i), v128.load(at + i)))) {
      return false;
    }
  }
  return !v128.any_true(v128.xor(v128.load(text + last), v128.load(at + last)));
}

/** Where the string from `at` on ends: at its quote. 0 where it has an escape, a control character or no end. */
function stringEnd(at: usize, end: usize): usize {
  for (; at < end; at += 16) {
    const bytes = v128.load(at);
    const special = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.eq(bytes, i8x16.splat(0x5c))),
        i8x16.lt_u(bytes, i8x16.splat(32)),
      ),
    );
    if (special != 0) {
      const found = at + ctz(special);
      return load<u8>(found) == QUOTE ? found : 0;
    }
  }
  return 0;
}

/** A 0-based line or column as a 1-based one, 0 for a negative one, with the number of bytes as `integer` gives it. */
// @ts-expect-error: decorator
@inline
function oneBased(at: usize): u64 {
  const negative = load<u8>(at) == MINUS;
  const read = integer(negative ? at + 1 : at);
  if (!isInteger(read)) {
    return 0;
  }
  return negative ? ((read >> 32) + 1) << 32 : read + 1;
}

function addFrame(at: usize, end: usize, hash: u32, slot: i32): usize {
  if (!stands(at, 16, NAME_HEAD, NAME_MIDDLE) || load<u64>(at + 9) != NAME_TAIL) {
    return 0;
  }
  const name = at + 17;
  const nameEnd = stringEnd(name, end);
  if (nameEnd == 0 || !stands(nameEnd, 14, SCRIPT_HEAD, SCRIPT_TAIL)) {
    return 0;
  }
  const scriptEnd = stringEnd(nameEnd + 14, end);
  if (scriptEnd == 0 || !stands(scriptEnd, 9, URL_HEAD, URL_TAIL)) {
    return 0;
  }
  const url = scriptEnd + 9;
  const urlEnd = stringEnd(url, end);
  if (urlEnd == 0 || !stands(urlEnd, 15, LINE_NUMBER_HEAD, LINE_NUMBER_TAIL)) {
    return 0;
  }
  const line = oneBased(urlEnd + 15);
  const lineEnd = urlEnd + 15 + <usize>(line >> 32);
  if (line == 0 || !stands(lineEnd, 16, COLUMN_NUMBER_HEAD, COLUMN_NUMBER_TAIL)) {
    return 0;
  }
  const column = oneBased(lineEnd + 16);
  const columnEnd = lineEnd + 16 + <usize>(column >> 32);
  if (column == 0 || load<u8>(columnEnd) != CLOSE_OBJECT) {
    return 0;
  }
  if (<usize>frames == capacity) {
    const longer = enlarged(newFrames, capacity * frameSize, capacity * 4 * frameSize);
    if (longer == 0) {
      return 0;
    }
    newFrames = longer;
    capacity *= 4;
  }
  const index = frames++;
  const to = newFrames + <usize>index * frameSize;
  store<f64>(to, shift);
  store<u32>(to, <u32>name, 8);
  store<u32>(to, <u32>nameEnd, 12);
  store<u32>(to, <u32>url, 16);
  store<u32>(to, <u32>urlEnd, 20);
  store<i32>(to, <i32>line, 24);
  store<i32>(to, <i32>column, 28);
  const entry = keepText(at, columnEnd + 1 - at, firstFrame + index, hash, slot);
  if (plainTexts) {
    plainTexts = entry != LONE_ENTRY && isAscii(name, nameEnd) && isAscii(url, urlEnd);
    const text = entry + 8 - at;
    store<i32>(to, plainTexts ? internText(text + name, nameEnd - name) : 0, 32);
    store<i32>(to, plainTexts ? internText(text + url, urlEnd - url) : 0, 36);
  }
  return entry;
}

/** Whether the bytes up to the quote at `end` are all ASCII. */
function isAscii(from: usize, end: usize): bool {
  for (let at = from; at < end; at += 16) {
    const high = <u32>i8x16.bitmask(v128.load(at));
    const length = end - at;
    if ((high & (length < 16 ? (<u32>1 << <u32>length) - 1 : 0xffff)) != 0) {
      return false;
    }
  }
  return true;
}

function keepText(at: usize, length: usize, index: i32, hash: u32, slot: i32): usize {
  const entry: usize = slot < 0 ? 0 : reserve(8 + length);
  if (entry == 0) {
    store<u32>(LONE_ENTRY, <u32>length);
    store<i32>(LONE_ENTRY, index, 4);
    return LONE_ENTRY;
  }
  store<u32>(entry, <u32>length);
  store<i32>(entry, index, 4);
  memory.copy(entry + 8, at, length);
  const place = slots + (<usize>slot << 3);
  store<u32>(place, hash);
  store<u32>(place, <u32>entry, 4);
  if (++entries * 2 > mask) {
    enlarge();
  }
  return entry;
}

/** Makes the slots four times as many, where there is room for them. */
function enlarge(): void {
  const count = (<usize>mask + 1) << 2;
  const larger = reserve(count << 3);
  if (larger == 0) {
    return;
  }
  memory.fill(larger, 0, count << 3);
  const newMask = <u32>count - 1;
  for (let old: u32 = 0; old <= mask; old++) {
    const place = slots + (<usize>old << 3);
    const entry = load<u32>(place, 4);
    if (entry != 0) {
      const hash = load<u32>(place);
      let slot = hash & newMask;
      while (load<u32>(larger + (<usize>slot << 3), 4) != 0) {
        slot = (slot + 1) & newMask;
      }
      store<u32>(larger + (<usize>slot << 3), hash);
      store<u32>(larger + (<usize>slot << 3), entry, 4);
    }
  }
  slots = larger;
  mask = newMask;
}
