import { WasmModule, type WasmValue } from '../../profile/wasmModule';
import type { StackValues } from '../stackValues';
import { stackValuesModule } from './stackValuesModule';

/** What stackValues.as.ts exports; addresses are in its memory. */
interface Sums {
  readonly windowLength: WasmValue;
  readonly windowValues: WasmValue;
  readonly windowStacks: WasmValue;
  readonly self: WasmValue;
  readonly count: WasmValue;
  readonly total: WasmValue;
  readonly samples: WasmValue;
  begin(stacks: number, onlyValued: boolean): number;
  add(length: number): void;
  finish(): void;
}

const compiled = new WasmModule(stackValuesModule);

/**
 * `sumStacks` by WebAssembly, of samples that count once each.
 * @param stack leaf stack of each sample, -1 for none
 * @param valued whether samples with the value 0 do not count
 * @returns null where it cannot run, or there is no memory for it
 */
export function sumStacksByWasm(
  stacks: number,
  stack: Int32Array,
  values: Float64Array,
  valued = false,
): StackValues | null {
  const taken = compiled.take();
  if (taken === null) return null;
  const wasm = taken.exports as Sums;
  if (wasm.begin(stacks, valued) === 0) {
    compiled.give();
    return null;
  }
  const { buffer } = taken.memory;
  const length = wasm.windowLength.value;
  const windowStacks = new Int32Array(buffer, wasm.windowStacks.value, length);
  const windowValues = new Float64Array(buffer, wasm.windowValues.value, length);
  for (let from = 0; from < stack.length; from += length) {
    const end = Math.min(from + length, stack.length);
    windowStacks.set(stack.subarray(from, end));
    windowValues.set(values.subarray(from, end));
    wasm.add(end - from);
  }
  wasm.finish();
  // Copies, for the memory is used again or freed.
  const result = {
    self: new Float64Array(buffer, wasm.self.value, stacks).slice(),
    count: new Float64Array(buffer, wasm.count.value, stacks).slice(),
    total: wasm.total.value,
    samples: wasm.samples.value,
  };
  compiled.give();
  return result;
}
