import type { Profile } from '../../profile/profile';
import { WasmModule, type WasmValue } from '../../profile/wasmModule';
import type { CallTree } from '../callTree';
import type { StackValues } from '../stackValues';
import { callTreeModule } from './callTreeModule';

/** What callTree.as.ts exports; addresses are in its memory. */
interface TreeExports {
  prepare(stacks: number, frames: number, functions: number, random: bigint): number;
  build(): number;
}

const places = ['funcOfFrame', 'prefix', 'frame', 'self', 'count'] as const;
const results = [
  'nodes',
  'rows',
  'extent',
  'negative',
  'nodeOfStack',
  'outParent',
  'outFunc',
  'outFrame',
  'outDepth',
  'outEnd',
  'outSelf',
  'outTotal',
  'outSamples',
  'outStart',
  'outWidth',
  'outRight',
  'outByRow',
  'outRowOffset',
  'used',
] as const;
type Values = Readonly<Record<(typeof places)[number] | (typeof results)[number], WasmValue>>;

/** Of this process, so that a profile cannot be made to collide. */
const random = (BigInt((Math.random() * 2 ** 32) >>> 0) << 32n) | BigInt((Math.random() * 2 ** 32) >>> 0);

/** Bytes of a tree from which on it keeps its memory, where little else is in it: a copy would have the peak be twice. */
const WORTH_KEEPING = 48 << 20;
const MOST_SPARE = 1.25;

const compiled = new WasmModule(callTreeModule);

/** `buildCallTree` by WebAssembly; null where it cannot run, or the profile is too large for its memory. */
export function buildCallTreeByWasm(profile: Profile, values: StackValues): CallTree | null {
  const { stacks, frames, functions } = profile;
  const taken = compiled.take();
  if (taken === null) return null;
  const wasm = taken.exports as TreeExports & Values;
  if (wasm.prepare(stacks.length, frames.length, functions.length, random) === 0) {
    compiled.give();
    return null;
  }
  // Its buffer is another one after it grew.
  let { buffer } = taken.memory;
  const int32s = (address: WasmValue, length: number): Int32Array => new Int32Array(buffer, address.value, length);
  const float64s = (address: WasmValue, length: number): Float64Array =>
    new Float64Array(buffer, address.value, length);
  int32s(wasm.funcOfFrame, frames.length).set(frames.func.subarray(0, frames.length));
  int32s(wasm.prefix, stacks.length).set(stacks.prefix.subarray(0, stacks.length));
  int32s(wasm.frame, stacks.length).set(stacks.frame.subarray(0, stacks.length));
  float64s(wasm.self, stacks.length).set(values.self);
  float64s(wasm.count, stacks.length).set(values.count);
  if (wasm.build() === 0) {
    compiled.give();
    return null;
  }
  ({ buffer } = taken.memory);
  const length = wasm.nodes.value;
  const keeps = wasm.used.value >= WORTH_KEEPING && buffer.byteLength <= wasm.used.value * MOST_SPARE;
  // Else copies, for the memory is used again or freed.
  const ints = (address: WasmValue, size = length): Int32Array =>
    keeps ? int32s(address, size) : int32s(address, size).slice();
  const floats = (address: WasmValue): Float64Array =>
    keeps ? float64s(address, length) : float64s(address, length).slice();
  const total = floats(wasm.outTotal);
  const tree = {
    length,
    parent: ints(wasm.outParent),
    func: ints(wasm.outFunc),
    depth: ints(wasm.outDepth),
    subtreeEnd: ints(wasm.outEnd),
    self: floats(wasm.outSelf),
    total,
    samples: floats(wasm.outSamples),
    width: wasm.negative.value === 0 ? total : floats(wasm.outWidth),
    start: floats(wasm.outStart),
    end: floats(wasm.outRight),
    extent: wasm.extent.value,
    frame: ints(wasm.outFrame),
    nodeOfStack: ints(wasm.nodeOfStack, stacks.length),
    rows: wasm.rows.value,
    nodesByRow: ints(wasm.outByRow),
    rowOffset: new Uint32Array(buffer, wasm.outRowOffset.value, wasm.rows.value + 1).slice(),
  };
  if (keeps) {
    compiled.leave();
  } else {
    compiled.give();
  }
  return tree;
}
