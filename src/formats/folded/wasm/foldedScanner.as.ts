// AssemblyScript (https://www.assemblyscript.org), compiled by `npm run wasm` into foldedScannerModule.ts.
//
// Reads folded stacks, `frame;frame;frame count` a line, into a prefix tree of stacks, as foldedStacks.ts does. Lines
// come in a window in this module's memory; `scan` takes plain ones (a decimal count without sign or fraction) and stops
// before any other, which the caller splits and hands back by `stackOf`. Memory grows with what the lines hold; where
// there is no more, calls answer so. No address comes from the input: nothing can trap.

/** Bytes of input at a time: few enough to stay in the processor's second-level cache. */
export const windowSize: usize = 1 << 18;
/** Readable bytes that must follow the window's. */
export const padding: usize = 64;

/** 16 bytes of ones, 16 of zeros: a mask of the first n bytes begins at `MASKS + 16 - n`. */
const MASKS: usize = 1024;
/** Addresses of the segments of stacks (i32). */
export const segments: usize = 2048;
const MOST_SEGMENTS: usize = 4096;
/** Of the line before, per frame: end of its bytes, relative to the line, and its stack (i32 each). */
const LEVELS: usize = segments + MOST_SEGMENTS * 4;
const MOST_LEVELS: i32 = 2048;

export const window: usize = 1 << 16;
const HEAP: usize = window + windowSize + padding;

/** Stacks in a segment. A stack: prefix, token's address / 16 (i32 each), sum of its counts (f64). */
const SEGMENT_BITS: i32 = 16;
const SEGMENT: usize = 16 << SEGMENT_BITS;
const SEGMENT_MASK: i32 = (1 << SEGMENT_BITS) - 1;

const SEMICOLON: u8 = 59;
const NEWLINE: u8 = 10;
const RETURN: u8 = 13;
const SPACE: u8 = 32;
const TAB: u8 = 9;
const HASH: u8 = 35;

/** What `scan` stopped for. */
const AT_END: i32 = 0;
const AT_ODD_LINE: i32 = 1;
const NO_MEMORY: i32 = -2;
const TAKEN: i32 = 2;

/** After `scan`: begin of the line that it stopped at. */
export let stop: usize = 0;
/** After `scan` stopped at an odd line: its end, where the line feed is. */
export let lineEnd: usize = 0;
/** Lines that the last `scan` read. */
export let lines: i32 = 0;
export let stacks: i32 = 0;
export let tokens: i32 = 0;
/** Address of each token (i32): its length, hash and index are before its bytes, which begin 16 bytes behind. */
export let tokenList: usize = 0;

let tokenRoom: i32 = 0;
/** Free memory from here on. */
let top: usize = 0;
/** Segments that were something else, each with the address of the next. */
let spare: usize = 0;
/** Where tokens are put: the next one, and the end of the block. */
let arena: usize = 0;
let arenaEnd: usize = 0;
/** Slots of stacks (index + 1, i32), and of tokens (address / 16 and hash, i32 each). */
let slots: usize = 0;
let slotBits: i32 = 0;
let slotted: i32 = 0;
let tokenSlots: usize = 0;
let tokenBits: i32 = 0;
/** Factors of hashes, odd: of this run, so that a file cannot be made to collide. */
let factorA: u64 = 1;
let factorB: u64 = 1;

/** The line before, where it is still in the window; 0 where not. */
let before: usize = 0;
let beforeEnd: usize = 0;
let levels: i32 = 0;

/** @returns the address of so many bytes, in sixteens; 0 where there is no memory left */
function allocate(bytes: usize): usize {
  const at = top;
  const end = <u64>at + ((<u64>bytes + 15) & ~15);
  const pages = (end + 0xffff) >> 16;
  const has = <u64>memory.size();
  if (pages > has) {
    // Below 4 GB less a page, for no address to wrap.
    if (pages > 0xffff || memory.grow(<i32>(pages - has)) < 0) {
      return 0;
    }
  }
  top = <usize>end;
  return at;
}

/** Gives memory back: whole segments of it are used for stacks. */
function release(at: usize, bytes: usize): void {
  for (let from = at; from + SEGMENT <= at + bytes; from += SEGMENT) {
    store<u32>(from, <u32>spare);
    spare = from;
  }
}

function zeros(bytes: usize): usize {
  const at = allocate(bytes);
  if (at != 0) {
    memory.fill(at, 0, bytes);
  }
  return at;
}

/** Forgets everything. Call before anything else, for each file. */
export function begin(a: u64, b: u64): bool {
  factorA = a | 1;
  factorB = b | 1;
  memory.fill(MASKS, 0xff, 16);
  memory.fill(MASKS + 16, 0, 16);
  top = HEAP;
  spare = 0;
  arena = 0;
  arenaEnd = 0;
  stacks = 0;
  tokens = 0;
  before = 0;
  slotted = 0;
  slotBits = 12;
  tokenBits = 10;
  tokenRoom = 512;
  slots = zeros(<usize>4 << slotBits);
  tokenSlots = zeros(<usize>8 << tokenBits);
  tokenList = allocate(<usize>tokenRoom << 2);
  return slots != 0 && tokenSlots != 0 && tokenList != 0;
}

// @ts-ignore: decorator
@inline
function record(stack: i32): usize {
  return <usize>load<u32>(segments + (<usize>(stack >> SEGMENT_BITS) << 2)) + (<usize>(stack & SEGMENT_MASK) << 4);
}

// @ts-ignore: decorator
@inline
function key(prefix: i32, token: u32): u64 {
  return ((<u64>(<u32>prefix)) << 32) | <u64>token;
}

// @ts-ignore: decorator
@inline
function slotOf(pair: u64, bits: i32): usize {
  const mixed = (pair ^ (pair >> 29)) * factorA;
  return <usize>(((mixed ^ (mixed >> 32)) * factorB) >> (64 - <u64>bits));
}

/** The stack of `token` (its address / 16) on `prefix`; `NO_MEMORY`. */
// @ts-ignore: decorator
@inline
function child(prefix: i32, token: u32): i32 {
  const pair = key(prefix, token);
  // A stack's first child mostly comes right behind it, and is in no slot then.
  const next = prefix + 1;
  if (next < stacks && pairAt(record(next)) == pair) {
    return next;
  }
  const mask = (<usize>1 << slotBits) - 1;
  let slot = slotOf(pair, slotBits);
  while (true) {
    const found = load<i32>(slots + (slot << 2)) - 1;
    if (found < 0) {
      return append(prefix, token, slots + (slot << 2));
    }
    if (pairAt(record(found)) == pair) {
      return found;
    }
    slot = (slot + 1) & mask;
  }
}

/** Prefix and token of a record, as `key` has them. */
// @ts-ignore: decorator
@inline
function pairAt(at: usize): u64 {
  return rotr<u64>(load<u64>(at), 32);
}

/** Adds a stack. @param slot the free slot that it belongs in, unless it is right behind its prefix */
function append(prefix: i32, token: u32, slot: usize): i32 {
  const stack = stacks;
  if ((stack & SEGMENT_MASK) == 0) {
    const segment = spare == 0 ? allocate(SEGMENT) : spare;
    if (segment == 0 || <usize>(stack >> SEGMENT_BITS) >= MOST_SEGMENTS) {
      return NO_MEMORY;
    }
    if (segment == spare) {
      spare = <usize>load<u32>(spare);
    }
    store<u32>(segments + (<usize>(stack >> SEGMENT_BITS) << 2), <u32>segment);
  }
  const at = record(stack);
  store<i32>(at, prefix);
  store<u32>(at + 4, token);
  store<f64>(at + 8, 0);
  stacks = stack + 1;
  if (stack != prefix + 1) {
    store<i32>(slot, stack + 1);
    slotted++;
    if (slotted << 1 > 1 << slotBits && !growSlots()) {
      return NO_MEMORY;
    }
  }
  return stack;
}

function growSlots(): bool {
  const bits = slotBits + (slotBits < 20 ? 2 : 1);
  const grown = zeros(<usize>4 << bits);
  if (grown == 0) {
    return false;
  }
  const mask = (<usize>1 << bits) - 1;
  for (let from = slots, end = slots + (<usize>4 << slotBits); from < end; from += 4) {
    const entry = load<i32>(from);
    if (entry != 0) {
      let slot = slotOf(pairAt(record(entry - 1)), bits);
      while (load<i32>(grown + (slot << 2)) != 0) {
        slot = (slot + 1) & mask;
      }
      store<i32>(grown + (slot << 2), entry);
    }
  }
  release(slots, <usize>4 << slotBits);
  slots = grown;
  slotBits = bits;
  return true;
}

// @ts-ignore: decorator
@inline
function mix(hash: u64, block: v128): u64 {
  const low = (hash ^ v128.extract_lane<u64>(block, 0)) * factorA;
  const high = ((low ^ (low >> 32)) + v128.extract_lane<u64>(block, 1)) * factorB;
  return high ^ (high >> 29);
}

/** Address / 16 of the token from `from` to `end`; 0 where there is no memory left. */
function addToken(from: usize, length: usize, hash: u64, slot: usize): u32 {
  const bytes: usize = 16 + ((length + 15) & ~(<usize>15));
  if (arenaEnd - arena < bytes) {
    const block = max<usize>(bytes, tokens < 1024 ? 1 << 16 : 1 << 20);
    arena = allocate(block);
    if (arena == 0) {
      arenaEnd = 0;
      return 0;
    }
    arenaEnd = arena + block;
  }
  if (tokens == tokenRoom) {
    const grown = allocate(<usize>tokenRoom << 4);
    if (grown == 0) {
      return 0;
    }
    memory.copy(grown, tokenList, <usize>tokenRoom << 2);
    release(tokenList, <usize>tokenRoom << 2);
    tokenList = grown;
    tokenRoom <<= 2;
  }
  const at = arena;
  arena += bytes;
  store<u32>(tokenList + (<usize>tokens << 2), <u32>at);
  store<u32>(at, <u32>length);
  store<u32>(at + 4, <u32>tokens);
  store<u64>(at + 8, hash);
  // Zeros after the bytes, as tokens are compared in blocks.
  v128.store(at + bytes - 16, i64x2.splat(0));
  memory.copy(at + 16, from, length);
  const address = <u32>(at >> 4);
  store<u32>(slot, address);
  store<u32>(slot + 4, <u32>hash);
  tokens++;
  if (tokens << 1 > 1 << tokenBits && !growTokens()) {
    return 0;
  }
  return address;
}

function growTokens(): bool {
  const bits = tokenBits + 2;
  const grown = zeros(<usize>8 << bits);
  if (grown == 0) {
    return false;
  }
  const mask = (<usize>1 << bits) - 1;
  for (let i = 0; i < tokens; i++) {
    const at = <usize>load<u32>(tokenList + (<usize>i << 2));
    const hash = load<u64>(at + 8);
    let slot = <usize>(hash >> (64 - <u64>bits));
    while (load<u32>(grown + (slot << 3)) != 0) {
      slot = (slot + 1) & mask;
    }
    store<u32>(grown + (slot << 3), <u32>(at >> 4));
    store<u32>(grown + (slot << 3) + 4, <u32>hash);
  }
  release(tokenSlots, <usize>8 << tokenBits);
  tokenSlots = grown;
  tokenBits = bits;
  return true;
}

/** Whether the token at `at` has these bytes. `tail` is its last block, masked. */
// @ts-ignore: decorator
@inline
function isToken(at: usize, from: usize, length: usize, tail: v128): bool {
  if (<usize>load<u32>(at) != length) {
    return false;
  }
  let stored = at + 16;
  const lastBlock = from + (length & ~(<usize>15));
  for (let p = from; p < lastBlock; p += 16, stored += 16) {
    if (v128.any_true(v128.xor(v128.load(p), v128.load(stored)))) {
      return false;
    }
  }
  return (length & 15) == 0 || !v128.any_true(v128.xor(tail, v128.load(stored)));
}

/**
 * The stack of the frames from `from` to `end`, on the stack `prefix` (-1 for none); empty ones are left out. Notes the
 * stack at the end of each frame.
 * @returns `NO_MEMORY` where there is none left
 */
// @ts-ignore: decorator
@inline
function walk(line: usize, from: usize, end: usize, prefix: i32): i32 {
  const semicolons = i8x16.splat(SEMICOLON);
  let stack = prefix;
  let level = levels;
  let at = from;
  while (at < end) {
    let hash: u64 = 0x9e3779b97f4a7c15;
    let p = at;
    let block = v128.load(p);
    let length = min<usize>(<usize>ctz(i8x16.bitmask(i8x16.eq(block, semicolons))), end - p);
    while (length >= 16) {
      hash = mix(hash, block);
      p += 16;
      block = v128.load(p);
      length = min<usize>(<usize>ctz(i8x16.bitmask(i8x16.eq(block, semicolons))), end - p);
    }
    const tail = v128.and(block, v128.load(MASKS + 16 - length));
    p += length;
    length = p - at;
    if (length != 0) {
      hash = mix(hash ^ <u64>length, tail);
      const mask = (<usize>1 << tokenBits) - 1;
      let slot = <usize>(hash >> (64 - <u64>tokenBits));
      let token: u32 = 0;
      while (true) {
        const entry = load<u64>(tokenSlots + (slot << 3));
        token = <u32>entry;
        if (token == 0) {
          token = addToken(at, length, hash, tokenSlots + (slot << 3));
          if (token == 0) {
            return NO_MEMORY;
          }
          break;
        }
        if (<u32>(entry >> 32) == <u32>hash && isToken(<usize>token << 4, at, length, tail)) {
          break;
        }
        slot = (slot + 1) & mask;
      }
      stack = child(stack, token);
      if (stack == NO_MEMORY) {
        return NO_MEMORY;
      }
    }
    if (level < MOST_LEVELS) {
      const note = LEVELS + (<usize>level << 3);
      store<u32>(note, <u32>(p - line));
      store<i32>(note + 4, stack);
      level++;
    }
    at = p + 1;
  }
  levels = level;
  return stack;
}

/** The stack of a line's frames, -1 where all are empty; `NO_MEMORY`. */
export function stackOf(from: usize, end: usize): i32 {
  before = 0;
  levels = MOST_LEVELS;
  return walk(from, from, end, -1);
}

/** Adds to the sum of a stack. @returns the sum */
export function add(stack: i32, count: f64): f64 {
  const at = record(stack) + 8;
  const sum = load<f64>(at) + count;
  store<f64>(at, sum);
  return sum;
}

/** The address of so many bytes with 64 more behind; 0 where there is no memory left. */
export function scratch(bytes: usize): usize {
  return allocate(bytes + 64);
}

/** How many bytes the two have in common, `most` at most; reads up to 16 bytes on. */
// @ts-ignore: decorator
@inline
function common(a: usize, b: usize, most: usize): usize {
  let same: usize = 0;
  while (same < most) {
    const equal = i8x16.bitmask(i8x16.eq(v128.load(a + same), v128.load(b + same)));
    if (equal != 0xffff) {
      return min<usize>(same + <usize>ctz(~equal), most);
    }
    same += 16;
  }
  return most;
}

/** The caller has put other bytes into the window. */
export function moved(): void {
  before = 0;
}

/**
 * Reads whole lines from `from` on; `end` is the end of the window's bytes.
 * @returns `AT_END`, `AT_ODD_LINE` or `NO_MEMORY`
 */
export function scan(from: usize, end: usize): i32 {
  lines = 0;
  stop = from;
  let result = takeLine(from, end);
  while (result == TAKEN) {
    lines++;
    stop = lineEnd + 1;
    result = takeLine(stop, end);
  }
  return result;
}

// @ts-ignore: decorator
@inline
function takeLine(line: usize, end: usize): i32 {
  const newlines = i8x16.splat(NEWLINE);
  let p = line;
  let found = i8x16.bitmask(i8x16.eq(v128.load(p), newlines));
  while (found == 0 && p < end) {
    p += 16;
    found = i8x16.bitmask(i8x16.eq(v128.load(p), newlines));
  }
  p += <usize>ctz(found);
  if (found == 0 || p >= end) {
    return AT_END;
  }
  lineEnd = p;
  let digit = p - <usize>(p > line && load<u8>(p - 1) == RETURN);
  const digitsEnd = digit;
  let count: u64 = 0;
  let scale: u64 = 1;
  while (digit > line && digitsEnd - digit < 15) {
    const value = <u32>load<u8>(digit - 1) - 48;
    if (value > 9) {
      break;
    }
    count += <u64>value * scale;
    scale *= 10;
    digit--;
  }
  const first = load<u8>(line);
  if (digit == digitsEnd || digit < line + 2 || load<u8>(digit - 1) != SPACE || first == HASH || first <= SPACE) {
    return AT_ODD_LINE;
  }
  const stackEnd = digit - 1;
  const last = load<u8>(stackEnd - 1);
  if (last == SPACE || last == TAB) {
    return AT_ODD_LINE;
  }
  let stack: i32 = -1;
  let start = line;
  let level: i32 = 0;
  if (before != 0) {
    const same = common(before, line, min<usize>(beforeEnd - before, stackEnd - line));
    // The last frame that ends within what the lines have in common, and is whole here.
    level = levels;
    while (level > 0) {
      const note = LEVELS + (<usize>(level - 1) << 3);
      const ends = <usize>load<u32>(note);
      if (ends <= same && (line + ends == stackEnd || load<u8>(line + ends) == SEMICOLON)) {
        stack = load<i32>(note + 4);
        start = line + ends + 1;
        break;
      }
      level--;
    }
  }
  levels = level;
  stack = walk(line, start, stackEnd, stack);
  if (stack < 0) {
    before = 0;
    return stack == NO_MEMORY ? NO_MEMORY : AT_ODD_LINE;
  }
  const at = record(stack) + 8;
  store<f64>(at, load<f64>(at) + <f64>count);
  before = line;
  beforeEnd = stackEnd;
  return TAKEN;
}
