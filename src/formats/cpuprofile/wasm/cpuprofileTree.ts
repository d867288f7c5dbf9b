import { WasmModule, type WasmValue } from '../../../profile/wasmModule';
import type { CpuprofileColumns } from '../cpuprofileColumns';
import { cpuprofileTreeModule } from './cpuprofileTreeModule';

/** What cpuprofileTree.as.ts exports; addresses are in its memory. */
interface TreeExports {
  prepare(nodes: number, links: number, ticks: number, callFrames: number, random: bigint): number;
  check(): number;
  build(): void;
}

type Name =
  | 'id'
  | 'callFrame'
  | 'linkRow'
  | 'linkChild'
  | 'tickRow'
  | 'tickLine'
  | 'tickCount'
  | 'frameOf'
  | 'stackOfRow'
  | 'stacks'
  | 'stackPrefix'
  | 'stackFrame'
  | 'stackOfId'
  | 'low'
  | 'span'
  | 'leafLines'
  | 'sortedLeafLines';

/** Stacks that were made of nodes. */
export interface PlainTree {
  /** Stack of each row, -1 for `(root)`. */
  readonly stackOfRow: Int32Array;
  /** Of each stack its prefix and its frame. */
  readonly prefix: Int32Array;
  readonly frame: Int32Array;
  /** Stack of each id from `low` on, -1 for `(root)`, -2 for ids that no node has. */
  readonly stackOfId: Int32Array;
  readonly low: number;
  readonly leafLines: PlainLeafLines;
}

/** Leaf lines that were made of position ticks. */
export interface PlainLeafLines {
  readonly stack: Int32Array;
  readonly line: Int32Array;
  readonly ticks: Float64Array;
  /** Whether they are sorted by stack and line, each once. */
  readonly sorted: boolean;
}

const compiled = new WasmModule(cpuprofileTreeModule);

/** Of this process, so that a file cannot be made to collide. */
const random = (BigInt((Math.random() * 2 ** 32) >>> 0) << 32n) | BigInt((Math.random() * 2 ** 32) >>> 0);

/**
 * Makes stacks and leaf lines of nodes.
 * @param roots per call frame: -2 for that of a root, 0 for others
 * @param frameOf called where nothing is to be repaired: frame of each call frame, -2 for that of a root
 * @returns null where WebAssembly cannot run, and where something is to be repaired
 */
export function makePlainTree(
  columns: CpuprofileColumns,
  roots: Int32Array,
  frameOf: () => Int32Array,
): PlainTree | null {
  const { nodes, links, ticks } = columns;
  const taken = compiled.take();
  if (taken === null) {
    return null;
  }
  const wasm = taken.exports as TreeExports & Readonly<Record<Name, WasmValue>>;
  if (wasm.prepare(nodes, links, ticks, roots.length, random) === 0) {
    compiled.give();
    return null;
  }
  const { buffer } = taken.memory;
  const int32s = (name: Name, length: number): Int32Array => new Int32Array(buffer, wasm[name].value, length);
  const float64s = (name: Name, length: number): Float64Array => new Float64Array(buffer, wasm[name].value, length);
  int32s('id', nodes).set(columns.id.subarray(0, nodes));
  int32s('callFrame', nodes).set(columns.callFrame.subarray(0, nodes));
  int32s('linkRow', links).set(columns.linkRow.subarray(0, links));
  int32s('linkChild', links).set(columns.linkChild.subarray(0, links));
  int32s('tickRow', ticks).set(columns.tickRow.subarray(0, ticks));
  int32s('tickLine', ticks).set(columns.tickLine.subarray(0, ticks));
  float64s('tickCount', ticks).set(columns.tickCount.subarray(0, ticks));
  const frames = int32s('frameOf', roots.length);
  frames.set(roots);
  if (wasm.check() === 0) {
    compiled.give();
    return null;
  }
  frames.set(frameOf());
  wasm.build();
  const stacks = wasm.stacks.value;
  const leafLines = wasm.leafLines.value;
  // Copies, for the memory is used again or freed.
  const tree = {
    stackOfRow: int32s('stackOfRow', nodes).slice(),
    prefix: int32s('stackPrefix', stacks).slice(),
    frame: int32s('stackFrame', stacks).slice(),
    stackOfId: int32s('stackOfId', wasm.span.value).slice(),
    low: wasm.low.value,
    leafLines: {
      stack: int32s('tickRow', leafLines).slice(),
      line: int32s('tickLine', leafLines).slice(),
      ticks: float64s('tickCount', leafLines).slice(),
      sorted: wasm.sortedLeafLines.value !== 0,
    },
  };
  compiled.give();
  return tree;
}
