import { type WasmMemory, WasmModule, type WasmValue } from '../../../profile/wasmModule';
import type { FoldedColumns, FoldedStacks } from '../foldedStacks';
import { foldedScannerModule } from './foldedScannerModule';

/** What foldedScanner.as.ts exports; addresses are in its memory. */
interface ScannerExports {
  begin(a: bigint, b: bigint): number;
  scan(from: number, end: number): number;
  moved(): void;
  stackOf(from: number, end: number): number;
  add(stack: number, count: number): number;
  scratch(bytes: number): number;
  readonly window: WasmValue;
  readonly windowSize: WasmValue;
  readonly stop: WasmValue;
  readonly lineEnd: WasmValue;
  readonly lines: WasmValue;
  readonly stacks: WasmValue;
  readonly tokens: WasmValue;
  readonly tokenList: WasmValue;
  readonly segments: WasmValue;
}

const AT_ODD_LINE = 1;
const NO_MEMORY = -2;

const SEGMENT_BITS = 16;
/** Bytes before a token's own. */
const TOKEN_HEAD = 16;

const compiled = new WasmModule(foldedScannerModule);

const random = (): bigint => (BigInt((Math.random() * 2 ** 32) >>> 0) << 32n) | BigInt((Math.random() * 2 ** 32) >>> 0);

/** Puts folded stacks into WebAssembly's memory: plain lines by themselves, any other as its caller has split it. */
export class FoldedScanner implements FoldedStacks {
  /** Plain lines taken so far. */
  taken = 0;
  private view: Uint8Array = new Uint8Array(0);
  private scratchAt = 0;
  private scratchSize = 0;

  /** @returns null where the machine cannot run it */
  static create(): FoldedScanner | null {
    const taken = compiled.take();
    if (taken === null) {
      return null;
    }
    const exports = taken.exports as ScannerExports;
    return exports.begin(random(), random()) === 0 ? null : new FoldedScanner(exports, taken.memory);
  }

  private constructor(
    private readonly wasm: ScannerExports,
    private readonly memory: WasmMemory,
  ) {}

  /** The whole memory, which has a new buffer after it grew. */
  private bytes(): Uint8Array {
    const { buffer } = this.memory;
    if (this.view.buffer !== buffer) {
      this.view = new Uint8Array(buffer);
    }
    return this.view;
  }

  /** How many bytes of input go into the window at a time. */
  get windowSize(): number {
    return this.wasm.windowSize.value;
  }

  /**
   * Puts bytes into the window, behind what `lines` has left there.
   * @param left bytes that are there
   */
  fill(part: Uint8Array, left: number): void {
    this.bytes().set(part, this.wasm.window.value + left);
    this.wasm.moved();
  }

  /**
   * Takes the whole lines of the window.
   * @param filled bytes in the window
   * @param plain whether lines may be taken that `odd` has not seen
   * @param odd gets the other lines, as bytes `start` to `stop` without the line feed; `stackOf` takes these bytes
   * @returns bytes of the line that is not whole, which are at the window's front now
   */
  lines(filled: number, plain: () => boolean, odd: (bytes: Uint8Array, start: number, stop: number) => void): number {
    const { wasm } = this;
    const from = wasm.window.value;
    const end = from + filled;
    let at = from;
    for (;;) {
      let stop = -1;
      if (plain()) {
        const result = wasm.scan(at, end);
        this.taken += wasm.lines.value;
        checkMemory(result);
        at = wasm.stop.value;
        stop = result === AT_ODD_LINE ? wasm.lineEnd.value : -1;
      } else {
        stop = this.bytes().subarray(0, end).indexOf(10, at);
      }
      const bytes = this.bytes();
      if (stop < 0) {
        bytes.copyWithin(from, at, end);
        return end - at;
      }
      odd(bytes, at, stop > at && bytes[stop - 1] === 13 ? stop - 1 : stop);
      at = stop + 1;
    }
  }

  /** A copy of the first `length` bytes of the window. */
  rest(length: number): Uint8Array {
    const from = this.wasm.window.value;
    return this.bytes().slice(from, from + length);
  }

  stackOf(bytes: Uint8Array, start: number, end: number): number {
    const { wasm } = this;
    if (bytes.buffer === this.memory.buffer) {
      return checkMemory(wasm.stackOf(start, end));
    }
    if (end - start > this.scratchSize) {
      this.scratchSize = Math.max(end - start, this.scratchSize * 2);
      this.scratchAt = wasm.scratch(this.scratchSize) >>> 0;
      checkMemory(this.scratchAt === 0 ? NO_MEMORY : 0);
    }
    this.bytes().set(bytes.subarray(start, end), this.scratchAt);
    return checkMemory(wasm.stackOf(this.scratchAt, this.scratchAt + end - start));
  }

  add(stack: number, count: number): number {
    return this.wasm.add(stack, count);
  }

  columns(): FoldedColumns {
    const { wasm } = this;
    const { buffer } = this.memory;
    const length = wasm.stacks.value;
    const segments = new Uint32Array(buffer, wasm.segments.value, Math.ceil(length / (1 << SEGMENT_BITS)));
    const prefix = new Int32Array(length);
    const token = new Int32Array(length);
    const sum = new Float64Array(length);
    for (let i = 0; i < segments.length; i++) {
      const first = i << SEGMENT_BITS;
      const count = Math.min(length - first, 1 << SEGMENT_BITS);
      const words = new Int32Array(buffer, segments[i], count * 4);
      const sums = new Float64Array(buffer, segments[i], count * 2);
      takeSegment(words, sums, prefix.subarray(first), token.subarray(first), sum.subarray(first), count);
    }
    const addresses = new Uint32Array(buffer, wasm.tokenList.value >>> 0, wasm.tokens.value);
    const words = new Uint32Array(buffer, 0, buffer.byteLength >>> 2);
    for (let stack = 0; stack < length; stack++) {
      // The address, in sixteens; the token's index is in its head.
      token[stack] = words[(token[stack] >>> 0) * 4 + 1];
    }
    const tokens = this.texts(addresses, words);
    compiled.give();
    return { length, prefix, token, sum, tokens };
  }

  private texts(addresses: Uint32Array, words: Uint32Array): string[] {
    const bytes = this.bytes();
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const texts: string[] = new Array(addresses.length);
    for (let i = 0; i < addresses.length; i++) {
      const from = addresses[i] + TOKEN_HEAD;
      texts[i] = decoder.decode(bytes.subarray(from, from + words[addresses[i] >>> 2]));
    }
    return texts;
  }
}

function takeSegment(
  words: Int32Array,
  sums: Float64Array,
  prefix: Int32Array,
  token: Int32Array,
  sum: Float64Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    prefix[i] = words[4 * i];
    token[i] = words[4 * i + 1];
    sum[i] = sums[2 * i + 1];
  }
}

function checkMemory(result: number): number {
  if (result === NO_MEMORY) {
    throw new Error('These folded stacks have more distinct frames and stacks than fit into 4 GB of memory.');
  }
  return result;
}
