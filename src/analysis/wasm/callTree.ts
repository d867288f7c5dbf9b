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
] as const;
type Values = Readonly<Record<(typeof places)[number] | (typeof results)[number], WasmValue>>;

/** Of this process, so that a profile cannot be made to collide. */
const random = (BigInt((Math.random() * 2 ** 32) >>> 0) << 32n) | BigInt((Math.random() * 2 ** 32) >>> 0);

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
  // Copies, for the memory is used again or freed.
  const total = float64s(wasm.outTotal, length).slice();
  const tree = {
    length,
    parent: int32s(wasm.outParent, length).slice(),
    func: int32s(wasm.outFunc, length).slice(),
    depth: int32s(wasm.outDepth, length).slice(),
    subtreeEnd: int32s(wasm.outEnd, length).slice(),
    self: float64s(wasm.outSelf, length).slice(),
    total,
    samples: float64s(wasm.outSamples, length).slice(),
    width: wasm.negative.value === 0 ? total : float64s(wasm.outWidth, length).slice(),
    start: float64s(wasm.outStart, length).slice(),
    end: float64s(wasm.outRight, length).slice(),
    extent: wasm.extent.value,
    frame: int32s(wasm.outFrame, length).slice(),
    nodeOfStack: int32s(wasm.nodeOfStack, stacks.length).slice(),
    rows: wasm.rows.value,
    nodesByRow: int32s(wasm.outByRow, length).slice(),
    rowOffset: new Uint32Array(buffer, wasm.outRowOffset.value, wasm.rows.value + 1).slice(),
  };
  compiled.give();
  return tree;
}
