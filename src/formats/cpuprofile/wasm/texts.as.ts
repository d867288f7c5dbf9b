// The distinct texts of names and URLs, as `StringTable` has them: first the empty one, (root) and (anonymous).

import { enlarged, reserve } from './room.as';

/** Distinct texts. */
export let texts: i32 = 0;
/** Whether all found room. */
export let complete: bool = true;
/** The texts one after the other, and where each begins and the last one ends (f64): made by `joinTexts`. */
export let arena: usize = 0;
export let starts: usize = 0;

/** Per text: its address, length and hash, three u32. */
let list: usize = 0;
let capacity: usize = 0;
let bytes: usize = 0;
/** Indices plus 1, u32; 0 where free. */
let slots: usize = 0;
let mask: u32 = 0;
let seed: u64 = 0;
const FIRST_SLOTS: u32 = 1024;

/** Texts that are always there, and where they stand: below the window. */
export const ROOT: i32 = 1;
export const ANONYMOUS: i32 = 2;
const FIXED: usize = 640;
// (root)(anonymous)
const FIXED_HEAD: u64 = 0x612829746f6f7228;
const FIXED_MIDDLE: u64 = 0x73756f6d796e6f6e;
const ROOT_LENGTH: usize = 6;
const ANONYMOUS_LENGTH: usize = 11;

/** Forgets all texts but the first ones. `random` keeps a file from being made to collide. */
export function beginTexts(random: u64): void {
  seed = random;
  texts = 0;
  bytes = 0;
  complete = true;
  capacity = FIRST_SLOTS >> 1;
  list = reserve(capacity * 12);
  slots = reserve(FIRST_SLOTS << 2);
  mask = FIRST_SLOTS - 1;
  if (list == 0 || slots == 0) {
    complete = false;
    return;
  }
  memory.fill(slots, 0, FIRST_SLOTS << 2);
  store<u64>(FIXED, FIXED_HEAD);
  store<u64>(FIXED, FIXED_MIDDLE, 8);
  store<u8>(FIXED, 0x29, 16);
  internText(FIXED, 0);
  internText(FIXED, ROOT_LENGTH);
  internText(FIXED + ROOT_LENGTH, ANONYMOUS_LENGTH);
}

/** The word of a text's last bytes, 0 to 7 of them. */
// @ts-ignore: decorator
@inline
function tail(at: usize, length: usize): u64 {
  return load<u64>(at) & ((<u64>1 << (<u64>length << 3)) - 1);
}

/** Index of the text at `at`, which must stay there; what is behind it is read. */
export function internText(at: usize, length: usize): i32 {
  const whole = length & ~7;
  let mixed = seed ^ (<u64>length * 0x9e3779b97f4a7c15);
  for (let i: usize = 0; i < whole; i += 8) {
    mixed = (mixed ^ load<u64>(at + i)) * 0xff51afd7ed558ccd;
    mixed ^= mixed >> 32;
  }
  mixed = (mixed ^ tail(at + whole, length - whole) ^ (seed >> 7)) * 0xc4ceb9fe1a85ec53;
  const hash = <u32>(mixed ^ (mixed >> 33));
  let slot = hash & mask;
  let found = load<u32>(slots + (<usize>slot << 2));
  while (found != 0) {
    const entry = list + <usize>(found - 1) * 12;
    if (load<u32>(entry, 8) == hash && <usize>load<u32>(entry, 4) == length && same(load<u32>(entry), at, length)) {
      return found - 1;
    }
    slot = (slot + 1) & mask;
    found = load<u32>(slots + (<usize>slot << 2));
  }
  return add(at, length, hash, slot);
}

function same(one: usize, other: usize, length: usize): bool {
  const whole = length & ~7;
  for (let i: usize = 0; i < whole; i += 8) {
    if (load<u64>(one + i) != load<u64>(other + i)) {
      return false;
    }
  }
  return tail(one + whole, length - whole) == tail(other + whole, length - whole);
}

function add(at: usize, length: usize, hash: u32, slot: u32): i32 {
  const grown = <usize>texts == capacity;
  if (grown && !enlarge()) {
    complete = false;
    return 0;
  }
  const index = texts++;
  const entry = list + <usize>index * 12;
  store<u32>(entry, <u32>at);
  store<u32>(entry, <u32>length, 4);
  store<u32>(entry, hash, 8);
  bytes += length;
  let free = grown ? hash & mask : slot;
  while (load<u32>(slots + (<usize>free << 2)) != 0) {
    free = (free + 1) & mask;
  }
  store<u32>(slots + (<usize>free << 2), index + 1);
  return index;
}

/** Room for four times as many. */
function enlarge(): bool {
  const count = (<usize>mask + 1) << 2;
  const longer = enlarged(list, capacity * 12, (count >> 1) * 12);
  const larger = reserve(count << 2);
  if (longer == 0 || larger == 0) {
    return false;
  }
  list = longer;
  capacity = count >> 1;
  slots = larger;
  mask = <u32>count - 1;
  memory.fill(slots, 0, count << 2);
  for (let index = 0; index < texts; index++) {
    let slot = load<u32>(list + <usize>index * 12, 8) & mask;
    while (load<u32>(slots + (<usize>slot << 2)) != 0) {
      slot = (slot + 1) & mask;
    }
    store<u32>(slots + (<usize>slot << 2), index + 1);
  }
  return true;
}

/** Makes `arena` and `starts`. @returns false where there is no room */
export function joinTexts(): bool {
  arena = reserve(bytes);
  starts = reserve((<usize>texts + 1) << 3);
  if (arena == 0 || starts == 0) {
    return false;
  }
  let to: usize = 0;
  for (let index = 0; index < texts; index++) {
    const entry = list + <usize>index * 12;
    const length = <usize>load<u32>(entry, 4);
    store<f64>(starts + (<usize>index << 3), <f64>to);
    memory.copy(arena + to, load<u32>(entry), length);
    to += length;
  }
  store<f64>(starts + (<usize>texts << 3), <f64>to);
  return true;
}
