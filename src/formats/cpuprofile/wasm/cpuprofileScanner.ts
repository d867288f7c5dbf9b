import { type WasmMemory, WasmModule, type WasmValue } from '../../../profile/wasmModule';
import type { JsonScanner } from '../../json/jsonScanner';
import type { CallFrames } from '../callFrames';
import type { CpuprofileColumns } from '../cpuprofileColumns';
import { cpuprofileScannerModule } from './cpuprofileScannerModule';

/** What cpuprofileScanner.as.ts exports; addresses are in its memory. */
interface ScannerExports {
  readonly memory: WasmMemory;
  begin(random: bigint): void;
  scanNodes(from: number, end: number, row: number, frame: number): number;
  scanIds(from: number, end: number): number;
  scanDeltas(from: number, end: number, before: number): number;
  readonly hitSum: WasmValue;
  readonly nodes: WasmValue;
  readonly links: WasmValue;
  readonly ticks: WasmValue;
  readonly frames: WasmValue;
  readonly numbers: WasmValue;
  readonly negatives: WasmValue;
}

/** Where the window and the columns are. */
const places = [
  'windowSize',
  'padding',
  'window',
  'ids',
  'sums',
  'descents',
  'nodeHits',
  'nodeId',
  'nodeFrame',
  'tickCount',
  'tickRow',
  'tickLine',
  'linkRow',
  'linkChild',
  'newFrames',
] as const;
type Places = Readonly<Record<(typeof places)[number], number>>;

/** Where less than this is left of the window, a stop may be due to its end; more than that is no plain node. */
const MARGIN = 4096;

const compiled = new WasmModule(cpuprofileScannerModule);

/**
 * The fast path of the `.cpuprofile` decoder, in WebAssembly: reads what is written as V8 writes it, and stops before
 * anything else, which the caller reads. Works on a window of the input that moves with the scanner's position.
 */
export class CpuprofileScanner {
  /** Whether the last call stopped at the window's end: the next one may go on. */
  more = false;
  private readonly bytes: Uint8Array;
  /** Position of the window in the input, and how many bytes it has. */
  private base = 0;
  private filled = 0;
  private memory: ArrayBuffer = new ArrayBuffer(0);
  private view: Uint8Array = new Uint8Array(0);
  private int32: Int32Array = new Int32Array(0);
  private float64: Float64Array = new Float64Array(0);

  /** @returns null where the machine cannot run it */
  static create(scanner: JsonScanner): CpuprofileScanner | null {
    const exports = compiled.instantiate() as (ScannerExports & Record<string, WasmValue>) | null;
    return exports === null ? null : new CpuprofileScanner(scanner, exports);
  }

  private readonly at: Places;

  private constructor(
    private readonly scanner: JsonScanner,
    private readonly wasm: ScannerExports & Record<string, WasmValue>,
  ) {
    this.bytes = scanner.bytes;
    this.at = Object.fromEntries(places.map((place) => [place, wasm[place].value])) as Places;
    this.renew();
  }

  /** Forgets the call frames seen: for the next profile object of the input. */
  begin(): void {
    this.wasm.begin((BigInt((Math.random() * 2 ** 32) >>> 0) << 32n) | BigInt((Math.random() * 2 ** 32) >>> 0));
    this.renew();
  }

  /** Memory that grew has a new buffer. */
  private renew(): void {
    const { buffer } = this.wasm.memory;
    if (this.memory !== buffer) {
      this.memory = buffer;
      this.view = new Uint8Array(buffer);
      this.int32 = new Int32Array(buffer);
      this.float64 = new Float64Array(buffer);
    }
  }

  /** The address of the scanner's position, with input behind it. */
  private place(): number {
    const { bytes, at } = this;
    const { pos } = this.scanner;
    if (pos < this.base || pos > this.base + this.filled - MARGIN) {
      const end = Math.min(bytes.length, pos + at.windowSize);
      if (pos !== this.base || end !== this.base + this.filled) {
        this.base = pos;
        this.filled = end - pos;
        this.view.set(bytes.subarray(pos, end), at.window);
        this.view.fill(0, at.window + this.filled, at.window + this.filled + at.padding);
      }
    }
    return at.window + pos - this.base;
  }

  /** Takes over where a scan stopped. @returns whether there may be more behind the window's end */
  private stopped(address: number): boolean {
    const pos = this.base + address - this.at.window;
    const moved = pos > this.scanner.pos;
    this.scanner.pos = pos;
    this.renew();
    const end = this.base + this.filled;
    return moved && end < this.bytes.length && end - pos < MARGIN;
  }

  private int32s(address: number, length: number): Int32Array {
    return this.int32.subarray(address >> 2, (address >> 2) + length);
  }

  private float64s(address: number, length: number): Float64Array {
    return this.float64.subarray(address >> 3, (address >> 3) + length);
  }

  /** Reads nodes, each with its comma, into `columns`. @returns whether the next call may go on */
  nodes(columns: CpuprofileColumns): boolean {
    const { wasm, at } = this;
    const from = this.place();
    const stop = wasm.scanNodes(from, at.window + this.filled, columns.nodes, columns.callFrames.length);
    this.more = this.stopped(stop);
    this.takeFrames(columns.callFrames, wasm.frames.value);
    this.takeNodes(columns, wasm.nodes.value, wasm.links.value, wasm.ticks.value);
    return this.more;
  }

  private takeFrames(callFrames: CallFrames, count: number): void {
    const shift = this.base - this.at.window;
    const fields = this.int32s(this.at.newFrames, count * 6);
    for (let i = 0; i < fields.length; i += 6) {
      callFrames.append(
        shift + fields[i],
        shift + fields[i + 1],
        shift + fields[i + 2],
        shift + fields[i + 3],
        fields[i + 4],
        fields[i + 5],
      );
    }
  }

  private takeNodes(columns: CpuprofileColumns, nodes: number, links: number, ticks: number): void {
    const { at } = this;
    columns.reserve(nodes, links, ticks);
    columns.hits.set(this.float64s(at.nodeHits, nodes), columns.nodes);
    columns.id.set(this.int32s(at.nodeId, nodes), columns.nodes);
    columns.callFrame.set(this.int32s(at.nodeFrame, nodes), columns.nodes);
    columns.nodes += nodes;
    columns.totalHits += this.wasm.hitSum.value;
    columns.linkRow.set(this.int32s(at.linkRow, links), columns.links);
    columns.linkChild.set(this.int32s(at.linkChild, links), columns.links);
    columns.links += links;
    columns.tickCount.set(this.float64s(at.tickCount, ticks), columns.ticks);
    columns.tickRow.set(this.int32s(at.tickRow, ticks), columns.ticks);
    columns.tickLine.set(this.int32s(at.tickLine, ticks), columns.ticks);
    columns.ticks += ticks;
  }

  /** Reads integers, each with its comma. @returns them, until the next call */
  ids(): Int32Array {
    const { wasm, at } = this;
    const from = this.place();
    this.more = this.stopped(wasm.scanIds(from, at.window + this.filled));
    return this.int32s(at.ids, wasm.numbers.value);
  }

  /**
   * Reads integers with signs, each with its comma.
   * @param before the sum so far
   * @returns their running sums, and the indices of negative ones, until the next call
   */
  deltas(before: number): { sums: Float64Array; negatives: Int32Array } {
    const { wasm, at } = this;
    const from = this.place();
    this.more = this.stopped(wasm.scanDeltas(from, at.window + this.filled, before));
    return {
      sums: this.float64s(at.sums, wasm.numbers.value),
      negatives: this.int32s(at.descents, wasm.negatives.value),
    };
  }
}
