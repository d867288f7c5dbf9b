// Reads the numbers of `samples` and `timeDeltas`: see words.as.ts.

import {
  afterBlanks,
  CLOSE_ARRAY,
  COMMA,
  descents,
  ids,
  integer,
  isInteger,
  joined,
  MINUS,
  sums,
} from './words.as';

/** Numbers that the last call read, and how many of them are negative. */
export let numbers: i32 = 0;
export let negatives: i32 = 0;
/** Whether the last call read the array's last number and its bracket. */
export let ended: bool = false;
/** Ids, among all that were translated, that no node has. */
export let unknown: i32 = 0;

/** Per id from `low` on, `span` of them: its stack, -1 for none, -2 for an id that no node has (i32). */
let stackOfId: usize = 0;
let low: i32 = 0;
let span: u32 = 0;

/** Sets what ids become; with a `span` of 0 they stay as they are. */
export function translateTo(table: usize, from: i32, length: u32): void {
  stackOfId = table;
  low = from;
  span = length;
  unknown = 0;
}

// @ts-ignore: decorator
@inline
function put(to: usize, id: i32, translated: bool): void {
  let value = id;
  if (translated) {
    const place = <u32>(id - low);
    value = place < span ? load<i32>(stackOfId + (<usize>place << 2)) : -2;
    unknown += <i32>(value == -2);
    value = max(value, -1);
  }
  store<i32>(to, value);
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
 * Reads integers, each with its comma, or the array's last one with its bracket, into `ids`: as they are, or as the stacks
 * that `translateTo` set.
 * @param end end of the window's bytes
 * @returns where the first one stands that was not read
 */
export function scanIds(from: usize, end: usize): usize {
  return span == 0 ? scan(from, end, false) : scan(from, end, true);
}

// @ts-ignore: decorator
@inline
function scan(from: usize, end: usize, translated: bool): usize {
  let at = from;
  let to = ids;
  ended = false;
  while (at < end) {
    // Where numbers end is known before any is read: so the processor can read several at a time.
    const block = at;
    for (let commas = commasAt(block); commas != 0; commas &= commas - 1) {
      const comma = block + <usize>ctz(commas);
      if (comma - at - 1 >= 8) {
        break;
      }
      put(to, <i32>numberBefore(comma, comma - at), translated);
      to += 4;
      at = comma + 1;
    }
    if (at == block) {
      const start = afterBlanks(at);
      const read = integer(start);
      const next = start + <usize>(read >> 32);
      const behind = load<u8>(next);
      if (!isInteger(read) || (behind != COMMA && behind != CLOSE_ARRAY)) {
        break;
      }
      put(to, <i32>read, translated);
      to += 4;
      at = next + 1;
      if (behind == CLOSE_ARRAY) {
        ended = true;
        break;
      }
    }
  }
  numbers = <i32>((to - ids) >> 2);
  return at;
}

/**
 * Reads integers with signs, each with its comma or the last bracket, as running sums into `sums`, and lists the negative ones.
 * @param before the sum so far
 */
export function scanDeltas(from: usize, end: usize, before: f64): usize {
  let at = from;
  let to = sums;
  let toDescent = descents;
  let sum = before;
  ended = false;
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
      const behind = load<u8>(next);
      if (!isInteger(read) || (behind != COMMA && behind != CLOSE_ARRAY)) {
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
      if (behind == CLOSE_ARRAY) {
        ended = true;
        break;
      }
    }
  }
  numbers = <i32>((to - sums) >> 3);
  negatives = <i32>((toDescent - descents) >> 2);
  return at;
}
