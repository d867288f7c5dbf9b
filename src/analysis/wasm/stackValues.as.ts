// AssemblyScript (https://www.assemblyscript.org), compiled by `npm run wasm` into stackValuesModule.ts.
//
// Sums samples by stack as stackValues.ts does, for samples that count once each, or not at all, and are all of the view. Samples come
// through a window, so that they stay in the processor's caches.

/** Samples at a time. */
export const windowLength: i32 = 8192;
/** Per sample of the window: its value (f64), its stack (i32). */
export const windowValues: usize = 1024;
export const windowStacks: usize = windowValues + (<usize>windowLength << 3);
/** Per stack its self and its count side by side (f64): with many stacks, a sample then misses the cache once. */
const sums: usize = windowStacks + (<usize>windowLength << 2);

/** Per stack (f64), after `finish`. */
export let self: usize = 0;
export let count: usize = 0;
/** Sum of all values. */
export let total: f64 = 0;
/** Number of samples that count. */
export let samples: f64 = 0;

let stacks: i32 = 0;
/** Whether samples with the value 0 do not count. */
let valued: bool = false;

/** @returns false where there is not enough memory */
export function begin(stackCount: i32, onlyValued: bool): bool {
  const bytes = <u64>sums + <u64>stackCount * 32;
  const pages = (bytes + 0xffff) >> 16;
  // Below 2 GB: JavaScript reads addresses as signed.
  const has = <u64>memory.size();
  if (pages > 0x7fff || (pages > has && memory.grow(<i32>(pages - has)) < 0)) {
    return false;
  }
  stacks = stackCount;
  valued = onlyValued;
  total = 0;
  samples = 0;
  memory.fill(sums, 0, <usize>stackCount << 4);
  return true;
}

/** Adds the first samples of the window. */
export function add(length: i32): void {
  const least: f64 = valued ? 0 : 1;
  let sum = total;
  let counted = samples;
  for (let i = 0; i < length; i++) {
    const stack = load<i32>(windowStacks + (<usize>i << 2));
    const value = load<f64>(windowValues + (<usize>i << 3));
    const times: f64 = value == 0 ? least : 1;
    sum += value;
    counted += times;
    if (<u32>stack < <u32>stacks) {
      const at = sums + (<usize>stack << 4);
      store<f64>(at, load<f64>(at) + value);
      store<f64>(at, load<f64>(at, 8) + times, 8);
    }
  }
  total = sum;
  samples = counted;
}

export function finish(): void {
  self = sums + (<usize>stacks << 4);
  count = self + (<usize>stacks << 3);
  for (let stack = 0; stack < stacks; stack++) {
    const at = sums + (<usize>stack << 4);
    store<f64>(self + (<usize>stack << 3), load<f64>(at));
    store<f64>(count + (<usize>stack << 3), load<f64>(at, 8));
  }
}
