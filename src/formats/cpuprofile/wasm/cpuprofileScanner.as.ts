// AssemblyScript (https://www.assemblyscript.org), compiled by `npm run wasm` into cpuprofileScannerModule.ts.
//
// Reads those parts of a .cpuprofile that are written as V8 writes them: no blanks within nodes, members in V8's order,
// numbers of up to nine digits, strings without escapes. It stops before anything else, for its caller to read that.
// Input comes as a window of bytes in this module's memory, followed by zeros, so that no scan has to ask for the end
// at every byte; what is read is left in columns behind the window. No address comes from the input: nothing can trap.

/** Bytes of input at a time: few enough for window and columns to stay in the processor's second-level cache. */
export const windowSize: usize = 1 << 17;
/** Zeros that must follow the window's bytes. */
export const padding: usize = 64;

// A number takes two bytes of input or more, a node and a call frame over 64, a position tick over 16.
const NUMBERS: usize = windowSize >> 1;
const NODES: usize = windowSize >> 6;
const TICKS: usize = windowSize >> 4;

export const window: usize = 1024;
const COLUMNS: usize = window + windowSize + padding;

/** Per id: its value (i32). */
export const ids: usize = COLUMNS;
/** Per time delta: the sum up to it (f64). */
export const sums: usize = COLUMNS;
/** Indices into `sums` of negative deltas (i32). */
export const descents: usize = sums + NUMBERS * 8;

/** Per node: hits (f64), id and call frame (i32). */
export const nodeHits: usize = COLUMNS;
export const nodeId: usize = nodeHits + NODES * 8;
export const nodeFrame: usize = nodeId + NODES * 4;
/** Per position tick: count (f64), row of its node, line (i32). */
export const tickCount: usize = nodeFrame + NODES * 4;
export const tickRow: usize = tickCount + TICKS * 8;
export const tickLine: usize = tickRow + TICKS * 4;
/** Per child: row of its node, id of the child (i32). */
export const linkRow: usize = tickLine + TICKS * 4;
export const linkChild: usize = linkRow + NUMBERS * 4;
/** Per new call frame six i32: start and end of its name, of its URL, 1-based line and column (0 for none). */
export const newFrames: usize = linkChild + NUMBERS * 4;

/** Here begins the table of call frames' texts, which grows. */
const TABLE: usize = newFrames + NODES * 24;
const PAGE: usize = 0x10000;

/** Sum of the hits that the last call of `scanNodes` read. */
export let hitSum: f64 = 0;
/** Entries of the columns after a call. */
export let nodes: i32 = 0;
export let ticks: i32 = 0;
export let links: i32 = 0;
export let frames: i32 = 0;
export let numbers: i32 = 0;
export let negatives: i32 = 0;

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

const COMMA: u8 = 0x2c;
const MINUS: u8 = 0x2d;
const QUOTE: u8 = 0x22;
const CLOSE_ARRAY: u8 = 0x5d;
const CLOSE_OBJECT: u8 = 0x7d;

/** Whether the text of `length` bytes (8 to 16) with these words stands at `at`. */
// @ts-expect-error: decorator
@inline
function stands(at: usize, length: usize, head: u64, tail: u64): bool {
  return ((load<u64>(at) ^ head) | (load<u64>(at + length - 8) ^ tail)) == 0;
}

/** The number of eight digits, 0 to 9 each, the first in the lowest byte. */
// @ts-ignore: decorator
@inline
function joined(digits: u64): u64 {
  // Neighbours are joined to pairs, pairs to fours, fours to the number.
  const pairs = ((digits * (10 * 256 + 1)) >> 8) & 0x00ff00ff00ff00ff;
  const fours = ((pairs * (100 * 65536 + 1)) >> 16) & 0x0000ffff0000ffff;
  return (fours * (10000 * 4294967296 + 1)) >> 32;
}

/**
 * Reads up to nine digits without a branch a digit. The value is in the low half, the number of digits in the high
 * one: 0 where there is none, 10 where there are more than nine.
 */
// @ts-expect-error: decorator
@inline
function integer(at: usize): u64 {
  // A digit becomes 0 to 9; of the other bytes, the first one is the lowest to keep or get its high bit.
  const word = load<u64>(at) ^ 0x3030303030303030;
  const others = ((word + 0x7676767676767676) | word) & 0x8080808080808080;
  if (others == 0) {
    return longInteger(at);
  }
  const zeros = ctz(others);
  const digits = zeros >> 3;
  if (digits == 0) {
    return 0;
  }
  return (digits << 32) | joined(word << (64 - (digits << 3)));
}

/** As `integer`, for eight digits and more. */
function longInteger(at: usize): u64 {
  let value: u64 = 0;
  let digits: u64 = 0;
  while (digits < 10) {
    const digit = <u64>load<u8>(at + <usize>digits) - 48;
    if (digit > 9) {
      break;
    }
    value = value * 10 + digit;
    digits++;
  }
  return digits > 9 ? <u64>10 << 32 : (digits << 32) | value;
}

/** Whether `integer` read one. */
// @ts-expect-error: decorator
@inline
function isInteger(read: u64): bool {
  const digits = read >> 32;
  return digits - 1 < 9;
}

/** First byte after `at` that is no blank of JSON's. */
function afterBlanks(at: usize): usize {
  let byte = load<u8>(at);
  while (byte == 32 || byte == 10 || byte == 13 || byte == 9) {
    byte = load<u8>(++at);
  }
  return at;
}

/** The commas among the 64 bytes at `at`, a bit each, up to the first byte that is neither comma nor digit. */
// @ts-ignore: decorator
@inline
function commasAt(at: usize): u64 {
  let commas: u64 = 0;
  let plain: u64 = 0;
  for (let i: usize = 0; i < 64; i += 16) {
    const bytes = v128.load(at + i);
    const isComma = i8x16.eq(bytes, i8x16.splat(COMMA));
    const isDigit = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(48)), i8x16.splat(10));
    commas |= <u64>(<u32>i8x16.bitmask(isComma)) << i;
    plain |= <u64>(<u32>i8x16.bitmask(v128.or(isComma, isDigit))) << i;
  }
  const others = ~plain;
  return commas & ((others & -others) - 1);
}

/** The number that the `digits` (1 to 8) before `end` are. */
// @ts-ignore: decorator
@inline
function numberBefore(end: usize, digits: usize): u64 {
  const other = 64 - (<u64>digits << 3);
  return joined(((load<u64>(end - 8) ^ 0x3030303030303030) >> other) << other);
}

/**
 * Reads integers, each with its comma, into `ids`.
 * @param end end of the window's bytes
 * @returns where the first one stands that was not read
 */
export function scanIds(from: usize, end: usize): usize {
  let at = from;
  let to = ids;
  while (at < end) {
    // Where numbers end is known before any is read: so the processor can read several at a time.
    const block = at;
    for (let commas = commasAt(block); commas != 0; commas &= commas - 1) {
      const comma = block + <usize>ctz(commas);
      if (comma - at - 1 >= 8) {
        break;
      }
      store<i32>(to, <i32>numberBefore(comma, comma - at));
      to += 4;
      at = comma + 1;
    }
    if (at == block) {
      const start = afterBlanks(at);
      const read = integer(start);
      const next = start + <usize>(read >> 32);
      if (!isInteger(read) || load<u8>(next) != COMMA) {
        break;
      }
      store<i32>(to, <i32>read);
      to += 4;
      at = next + 1;
    }
  }
  numbers = <i32>((to - ids) >> 2);
  return at;
}

/**
 * Reads integers with signs, each with its comma, as running sums into `sums`, and lists the negative ones.
 * @param before the sum so far
 */
export function scanDeltas(from: usize, end: usize, before: f64): usize {
  let at = from;
  let to = sums;
  let toDescent = descents;
  let sum = before;
  while (at < end) {
    const block = at;
    for (let commas = commasAt(block); commas != 0; commas &= commas - 1) {
      const comma = block + <usize>ctz(commas);
      if (comma - at - 1 >= 8) {
        break;
      }
      sum += <f64>(<i32>numberBefore(comma, comma - at));
      store<f64>(to, sum);
      to += 8;
      at = comma + 1;
    }
    if (at == block) {
      const start = afterBlanks(at);
      const negative = load<u8>(start) == MINUS;
      const first = negative ? start + 1 : start;
      const read = integer(first);
      const next = first + <usize>(read >> 32);
      if (!isInteger(read) || load<u8>(next) != COMMA) {
        break;
      }
      const value = <i32>read;
      if (negative && value != 0) {
        store<i32>(toDescent, <i32>((to - sums) >> 3));
        toDescent += 4;
      }
      sum += <f64>(negative ? -value : value);
      store<f64>(to, sum);
      to += 8;
      at = next + 1;
    }
  }
  numbers = <i32>((to - sums) >> 3);
  negatives = <i32>((toDescent - descents) >> 2);
  return at;
}

/**
 * Reads nodes, each with its comma, into the columns of nodes, children, ticks and new call frames.
 * @param row row of the first node
 * @param frame index that the first new call frame gets
 * @returns where the first node stands that was not read
 */
export function scanNodes(from: usize, end: usize, row: i32, frame: i32): usize {
  nodes = 0;
  links = 0;
  ticks = 0;
  frames = 0;
  hitSum = 0;
  firstFrame = frame;
  let at = from;
  while (at < end) {
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
  return at;
}

/** Reads one node and its comma. Returns the address behind them, 0 for what is written in another way. */
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
  if (load<u8>(at) != CLOSE_OBJECT || load<u8>(at + 1) != COMMA) {
    return 0;
  }
  const to = <usize>nodes << 2;
  store<i32>(nodeId + to, <i32>id);
  store<i32>(nodeFrame + to, load<i32>(entry, 4));
  store<f64>(nodeHits + (to << 1), <f64>(<i32>hits));
  hitSum += <f64>(<i32>hits);
  return at + 2;
}

// The table of call frames: slots of a hash and an entry's address (0 where free), two u32 each. An entry has the
// length of its text, the index of its call frame and the text, in eight bytes and more.

let slots: usize = TABLE;
let mask: u32 = 0;
let entries: u32 = 0;
/** Where the memory in use ends. */
let top: usize = TABLE;
let firstFrame: i32 = 0;
let seed: u64 = 0;
/** An entry that no slot has: for a call frame that is not kept. */
const LONE_ENTRY: usize = 512;

const FIRST_SLOTS: u32 = 1024;
/** Entries with the same place to look at: beyond, somebody makes them collide, and a call frame is read anew. */
const PROBES: u32 = 64;

/** Empties the table. `random` keeps a file from being made to collide. */
export function begin(random: u64): void {
  seed = random;
  entries = 0;
  top = TABLE;
  mask = FIRST_SLOTS - 1;
  slots = reserve(FIRST_SLOTS << 3); // The memory has room for these from the start.
  memory.fill(slots, 0, FIRST_SLOTS << 3);
}

/** Takes memory from the end; 0 where there is no more. */
function reserve(bytes: usize): usize {
  const at = (top + 7) & ~7;
  const pages = (at + bytes + PAGE - 1) / PAGE;
  const has = <usize>memory.size();
  // In steps of a quarter, below 2 GB: JavaScript reads addresses as signed.
  if (pages > 0x7fff || (pages > has && memory.grow(<i32>(pages - has + (has >> 2))) < 0)) {
    return 0;
  }
  top = at + bytes;
  return at;
}

/** What the eight bytes at `at` add to a hash. The factor is odd. */
// @ts-ignore: decorator
@inline
function part(at: usize, factor: u64): u64 {
  const mixed = (load<u64>(at) ^ seed) * factor;
  return mixed ^ (mixed >> 32);
}

/** The entry of the call frame at `at`; 0 where it is written in another way than V8's. */
function findFrame(at: usize, end: usize): usize {
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
  const index = frames++;
  const to = newFrames + <usize>index * 24;
  store<u32>(to, <u32>name);
  store<u32>(to, <u32>nameEnd, 4);
  store<u32>(to, <u32>url, 8);
  store<u32>(to, <u32>urlEnd, 12);
  store<i32>(to, <i32>line, 16);
  store<i32>(to, <i32>column, 20);
  return keepText(at, columnEnd + 1 - at, firstFrame + index, hash, slot);
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

/** Makes the slots four times as many, where there is memory for them. */
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
