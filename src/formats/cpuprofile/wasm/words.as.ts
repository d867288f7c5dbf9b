// Reading JSON as V8 writes it: the parts that cpuprofileScanner.as.ts shares.
//
// Input comes as a window of bytes in memory, followed by zeros, so that no scan has to ask for the end at every byte.
// No address comes from the input: nothing can trap.

/** Bytes of input at a time: few enough for window and columns to stay in the processor's second-level cache. */
export const windowSize: usize = 1 << 17;
/** Zeros that must follow the window's bytes. */
export const padding: usize = 64;
export const window: usize = 1024;
/** Here begins what is behind the window. */
export const COLUMNS: usize = window + windowSize + padding;

// A number takes two bytes of input or more, a node and a call frame over 64, a position tick over 16.
export const NUMBERS: usize = windowSize >> 1;
export const NODES: usize = windowSize >> 6;
export const TICKS: usize = windowSize >> 4;

/** Per id: its value (i32). */
export const ids: usize = COLUMNS;
/** Per time delta: the sum up to it (f64). */
export const sums: usize = COLUMNS;
/** Indices into `sums` of negative deltas (i32). */
export const descents: usize = sums + NUMBERS * 8;
/** Here begins the memory that `reserve` hands out. */
export const RESERVED: usize = descents + NUMBERS * 4;

export const COMMA: u8 = 0x2c;
export const MINUS: u8 = 0x2d;
export const QUOTE: u8 = 0x22;
export const CLOSE_ARRAY: u8 = 0x5d;
export const CLOSE_OBJECT: u8 = 0x7d;

/** Whether the text of `length` bytes (8 to 16) with these words stands at `at`. */
// @ts-ignore: decorator
@inline
export function stands(at: usize, length: usize, head: u64, tail: u64): bool {
  return ((load<u64>(at) ^ head) | (load<u64>(at + length - 8) ^ tail)) == 0;
}

/** The number of eight digits, 0 to 9 each, the first in the lowest byte. */
// @ts-ignore: decorator
@inline
export function joined(digits: u64): u64 {
  // Neighbours are joined to pairs, pairs to fours, fours to the number.
  const pairs = ((digits * (10 * 256 + 1)) >> 8) & 0x00ff00ff00ff00ff;
  const fours = ((pairs * (100 * 65536 + 1)) >> 16) & 0x0000ffff0000ffff;
  return (fours * (10000 * 4294967296 + 1)) >> 32;
}

/**
 * Reads up to nine digits without a branch a digit. The value is in the low half, the number of digits in the high
 * one: 0 where there is none, 10 where there are more than nine.
 */
// @ts-ignore: decorator
@inline
export function integer(at: usize): u64 {
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
// @ts-ignore: decorator
@inline
export function isInteger(read: u64): bool {
  const digits = read >> 32;
  return digits - 1 < 9;
}

/** First byte after `at` that is no blank of JSON's. */
export function afterBlanks(at: usize): usize {
  let byte = load<u8>(at);
  while (byte == 32 || byte == 10 || byte == 13 || byte == 9) {
    byte = load<u8>(++at);
  }
  return at;
}
