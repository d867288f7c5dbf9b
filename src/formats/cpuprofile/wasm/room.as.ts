// The memory behind the window: taken from its end, never given back.

const PAGE: usize = 0x10000;
/** What may be read behind a text. */
const SLACK: usize = 64;

/** Where the memory in use ends. */
let top: usize = 0;

/** Forgets all that was reserved: the next address is `at`. */
export function clearRoom(at: usize): void {
  top = at;
}

/** Sees to it that `bytes` can be reserved without fail. */
export function hasRoom(bytes: u64): bool {
  const pages = (<u64>top + bytes + SLACK + PAGE - 1) / PAGE;
  const has = <u64>memory.size();
  // In steps of a quarter, below 2 GB: JavaScript reads addresses as signed.
  return pages <= has || (pages <= 0x7fff && memory.grow(<i32>min(pages - has + (has >> 2), 0x7fff - has)) >= 0);
}

/** Takes memory from the end, in eights of bytes; 0 where there is no more. It may hold anything. */
export function reserve(bytes: usize): usize {
  const at = (top + 7) & ~7;
  if (!hasRoom(<u64>bytes + 8)) {
    return 0;
  }
  top = at + bytes;
  return at;
}

/** A longer copy of `length` bytes; 0 where there is no room. */
export function enlarged(from: usize, length: usize, bytes: usize): usize {
  const at = reserve(bytes);
  if (at != 0) {
    memory.copy(at, from, length);
  }
  return at;
}
