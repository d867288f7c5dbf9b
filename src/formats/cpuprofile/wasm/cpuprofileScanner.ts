import type { StringTable } from '../../../profile/stringTable';
import { type WasmMemory, WasmModule, type WasmValue } from '../../../profile/wasmModule';
import type { JsonScanner } from '../../json/jsonScanner';
import type { CallFrames } from '../callFrames';
import type { CpuprofileColumns } from '../cpuprofileColumns';
import type { PlainProfile } from '../plainProfile';
import { cpuprofileScannerModule } from './cpuprofileScannerModule';

/** What cpuprofileScanner.as.ts exports; addresses are in its memory. */
interface ScannerExports {
  begin(random: bigint, whole: boolean): number;
  drop(): void;
  scanNodes(from: number, end: number, row: number, frame: number, shift: number, rest: number): number;
  makePlain(random: bigint): number;
  scanIds(from: number, end: number): number;
  scanDeltas(from: number, end: number, before: number): number;
}

/** Where the window and the columns of numbers are. */
const places = ['windowSize', 'padding', 'window', 'ids', 'sums', 'descents', 'frameSize'] as const;
type Places = Readonly<Record<(typeof places)[number], number>>;

type Name =
  | (typeof places)[number]
  | 'hitSum'
  | 'allNodes'
  | 'nodes'
  | 'nodeHits'
  | 'nodeId'
  | 'nodeFrame'
  | 'links'
  | 'linkRow'
  | 'linkChild'
  | 'ticks'
  | 'tickRow'
  | 'tickLine'
  | 'tickCount'
  | 'frames'
  | 'newFrames'
  | 'numbers'
  | 'negatives'
  | 'ended'
  | 'unknown'
  | 'texts'
  | 'arena'
  | 'starts'
  | 'functions'
  | 'functionName'
  | 'functionFile'
  | 'functionLine'
  | 'functionColumn'
  | 'stacks'
  | 'stackPrefix'
  | 'stackFrame'
  | 'stackOfRow'
  | 'stackOfId'
  | 'low'
  | 'span'
  | 'leafLines'
  | 'sortedLeafLines';
type Values = Readonly<Record<Name, WasmValue>>;

function random(): bigint {
  return (BigInt((Math.random() * 2 ** 32) >>> 0) << 32n) | BigInt((Math.random() * 2 ** 32) >>> 0);
}

/** Where less than this is left of the window, a stop may be due to its end; more than that is no plain node. */
const MARGIN = 4096;

/** Texts that are in the string table before anything is read: the empty one, (root) and (anonymous). */
const FIXED_STRINGS = 3;

const compiled = new WasmModule(cpuprofileScannerModule);

/**
 * The fast path of the `.cpuprofile` decoder, in WebAssembly: reads what is written as V8 writes it, and stops before
 * anything else, which the caller reads. Works on a window of the input that moves with the scanner's position.
 */
export class CpuprofileScanner {
  /** Whether the last call stopped at the window's end: the next one may go on. */
  more = false;
  /** Whether the last call read the array's last element and its bracket. */
  ended = false;
  private readonly bytes: Uint8Array;
  /** Position of the window in the input, and how many bytes it has. */
  private base = 0;
  private filled = 0;
  private buffer: ArrayBuffer = new ArrayBuffer(0);
  private view: Uint8Array = new Uint8Array(0);
  private int32: Int32Array = new Int32Array(0);
  private float64: Float64Array = new Float64Array(0);
  private profiles = 0;
  private translating = false;
  /** What `unknownIds` adds to the module's count. */
  private unknown = 0;

  /** @returns null where the machine cannot run it */
  static create(scanner: JsonScanner): CpuprofileScanner | null {
    const taken = compiled.take();
    return taken === null
      ? null
      : new CpuprofileScanner(scanner, taken.exports as ScannerExports & Values, taken.memory);
  }

  private readonly at: Places;

  private constructor(
    private readonly scanner: JsonScanner,
    private readonly wasm: ScannerExports & Values,
    private readonly memory: WasmMemory,
  ) {
    this.bytes = scanner.bytes;
    this.at = Object.fromEntries(places.map((place) => [place, wasm[place].value])) as Places;
    this.renew();
  }

  /** Forgets what was read: for the next profile object of the input. */
  begin(): void {
    this.wasm.begin(random(), this.profiles++ === 0);
    this.translating = false;
    this.renew();
  }

  /** To be called at the end: others work in the same memory. */
  end(): void {
    compiled.give();
  }

  /** Memory that grew has a new buffer. */
  private renew(): void {
    const { buffer } = this.memory;
    if (this.buffer !== buffer) {
      this.buffer = buffer;
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

  /**
   * Reads nodes, each with its comma or the last one with the array's bracket. They are in `columns` only after
   * `takeNodes`.
   * @returns whether any was read
   */
  nodes(columns: CpuprofileColumns): boolean {
    const { wasm, at } = this;
    const begin = this.scanner.pos;
    const from = this.place();
    const shift = this.base - at.window;
    const end = this.base + this.filled;
    const rest = this.bytes.length - end;
    const stop = wasm.scanNodes(from, at.window + this.filled, columns.nodes, columns.callFrames.length, shift, rest);
    this.more = this.stopped(stop);
    this.ended = wasm.allNodes.value !== 0;
    return this.scanner.pos > begin;
  }

  /** Moves the nodes that were read, and their call frames, into `columns`. */
  takeNodes(columns: CpuprofileColumns): void {
    const { wasm } = this;
    this.takeFrames(columns.callFrames);
    const nodes = wasm.nodes.value;
    const links = wasm.links.value;
    const ticks = wasm.ticks.value;
    columns.reserve(nodes, links, ticks);
    columns.hits.set(this.float64s(wasm.nodeHits.value, nodes), columns.nodes);
    columns.id.set(this.int32s(wasm.nodeId.value, nodes), columns.nodes);
    columns.callFrame.set(this.int32s(wasm.nodeFrame.value, nodes), columns.nodes);
    columns.nodes += nodes;
    columns.totalHits += wasm.hitSum.value;
    columns.linkRow.set(this.int32s(wasm.linkRow.value, links), columns.links);
    columns.linkChild.set(this.int32s(wasm.linkChild.value, links), columns.links);
    columns.links += links;
    columns.tickCount.set(this.float64s(wasm.tickCount.value, ticks), columns.ticks);
    columns.tickRow.set(this.int32s(wasm.tickRow.value, ticks), columns.ticks);
    columns.tickLine.set(this.int32s(wasm.tickLine.value, ticks), columns.ticks);
    columns.ticks += ticks;
    wasm.drop();
  }

  private takeFrames(callFrames: CallFrames): void {
    const { wasm, int32, float64, at } = this;
    const count = wasm.frames.value;
    for (let i = 0; i < count; i++) {
      const entry = wasm.newFrames.value + i * at.frameSize;
      const shift = float64[entry >> 3];
      const word = (entry >> 2) + 2;
      callFrames.append(
        shift + int32[word],
        shift + int32[word + 1],
        shift + int32[word + 2],
        shift + int32[word + 3],
        int32[word + 4],
        int32[word + 5],
      );
    }
  }

  /**
   * Makes a profile of the nodes that were read, where they are all, the first ones of the input, and nothing is to be
   * repaired; samples are read as stacks from then on.
   * @param strings which is filled, where only the first texts are in it
   * @returns null where it cannot
   */
  makePlain(columns: CpuprofileColumns, strings: StringTable): PlainProfile | null {
    const { wasm } = this;
    if (
      !this.ended ||
      columns.nodes > 0 ||
      columns.samples !== null ||
      strings.length > FIXED_STRINGS ||
      wasm.makePlain(random()) === 0
    ) {
      this.renew();
      return null;
    }
    this.renew();
    this.translating = true;
    columns.totalHits = wasm.hitSum.value;
    const starts = this.float64s(wasm.starts.value, wasm.texts.value + 1).slice();
    strings.fill(this.view.slice(wasm.arena.value, wasm.arena.value + starts[starts.length - 1]), starts);
    const copy = (name: Name, length: number): Int32Array => this.int32s(wasm[name].value, length).slice();
    const functions = wasm.functions.value;
    const stacks = wasm.stacks.value;
    const leafLines = wasm.leafLines.value;
    return {
      functions: {
        name: copy('functionName', functions),
        file: copy('functionFile', functions),
        line: copy('functionLine', functions),
        column: copy('functionColumn', functions),
      },
      prefix: copy('stackPrefix', stacks),
      frame: copy('stackFrame', stacks),
      leafLines: {
        stack: copy('tickRow', leafLines),
        line: copy('tickLine', leafLines),
        ticks: this.float64s(wasm.tickCount.value, leafLines).slice(),
        sorted: wasm.sortedLeafLines.value !== 0,
      },
      stackOfRow: new Int32Array(0),
      unknownSamples: 0,
    };
  }

  /** After `makePlain`: hits and stacks of the nodes, for a profile without samples. */
  takeHits(columns: CpuprofileColumns, plain: PlainProfile): void {
    const nodes = this.wasm.nodes.value;
    columns.nodes = nodes;
    columns.hits = this.float64s(this.wasm.nodeHits.value, nodes).slice();
    plain.stackOfRow = this.int32s(this.wasm.stackOfRow.value, nodes).slice();
  }

  /** To be called before `ids` at the beginning of an array. */
  startIds(): void {
    this.unknown = -this.wasm.unknown.value;
  }

  /**
   * Reads integers, each with its comma or the last one with the bracket: ids, or stacks after `makePlain`.
   * @returns them, until the next call
   */
  ids(): Int32Array {
    const { wasm, at } = this;
    const from = this.place();
    this.more = this.stopped(wasm.scanIds(from, at.window + this.filled));
    this.ended = wasm.ended.value !== 0;
    return this.int32s(at.ids, wasm.numbers.value);
  }

  /** Does to ids that others read what `ids` does to its own. */
  translate(ids: Int32Array): void {
    if (!this.translating) {
      return;
    }
    const stackOfId = this.int32s(this.wasm.stackOfId.value, this.wasm.span.value);
    const low = this.wasm.low.value;
    for (let i = 0; i < ids.length; i++) {
      const at = ids[i] - low;
      const stack = at >= 0 && at < stackOfId.length ? stackOfId[at] : -2;
      this.unknown += stack < -1 ? 1 : 0;
      ids[i] = Math.max(stack, -1);
    }
  }

  /** Samples of nodes that are not in the file, since `startIds`. */
  get unknownIds(): number {
    return this.unknown + this.wasm.unknown.value;
  }

  /**
   * Reads integers with signs, each with its comma or the last one with the bracket.
   * @param before the sum so far
   * @returns their running sums, and the indices of negative ones, until the next call
   */
  deltas(before: number): { sums: Float64Array; negatives: Int32Array } {
    const { wasm, at } = this;
    const from = this.place();
    this.more = this.stopped(wasm.scanDeltas(from, at.window + this.filled, before));
    this.ended = wasm.ended.value !== 0;
    return {
      sums: this.float64s(at.sums, wasm.numbers.value),
      negatives: this.int32s(at.descents, wasm.negatives.value),
    };
  }
}
