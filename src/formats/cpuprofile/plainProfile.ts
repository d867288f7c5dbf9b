import type { PlainLeafLines } from './wasm/cpuprofileTree';

/** Functions, stacks and leaf lines of a profile in which nothing was to be repaired; its texts are the string table's. */
export interface PlainProfile {
  /** A frame has the index of its function. */
  readonly functions: {
    /** String index. */
    readonly name: Int32Array;
    /** String index, -1 for none. */
    readonly file: Int32Array;
    /** 1-based, 0 where unknown. */
    readonly line: Int32Array;
    readonly column: Int32Array;
  };
  /** Of each stack its prefix and its frame; all pairs are different. */
  readonly prefix: Int32Array;
  readonly frame: Int32Array;
  readonly leafLines: PlainLeafLines;
  /** Stack of each node, -1 for `(root)`; empty where samples say it all. */
  stackOfRow: Int32Array;
  /** Samples of nodes that are not in the file. */
  unknownSamples: number;
}
