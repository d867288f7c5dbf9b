/** What is used of WebAssembly: its types come with the DOM's only, which this code does without. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

const { WebAssembly: api } = globalThis as unknown as { WebAssembly: WebAssemblyApi };

/** A value that a WebAssembly module exports. */
export interface WasmValue {
  readonly value: number;
}

/** The memory that a WebAssembly module exports; its buffer is another one after it grew. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** Whether to use WebAssembly: where the input is large enough to be worth its start, always where it can run, or never. */
export type WasmUse = 'auto' | 'always' | 'never';

/** @param least size from which on it is worth its start */
export function worthWasm(use: WasmUse, size: number, least: number): boolean {
  return use === 'always' || (use === 'auto' && size >= least);
}

/** Bytes of an instance's memory that are worth keeping for its next use. */
const MOST_KEPT = 24 << 20;

/** A WebAssembly module that imports nothing, compiled at its first use. */
export class WasmModule {
  private compiled: object | null | undefined;
  private spare: { readonly memory: WasmMemory } | null = null;

  /** @param base64 the module's bytes */
  constructor(private readonly base64: string) {}

  /**
   * As `instantiate`, or an instance that was given back, whose memory may hold anything: taking fresh memory from the
   * system costs more than most of what is done in it.
   */
  take(): unknown {
    const { spare } = this;
    this.spare = null;
    return spare ?? this.instantiate();
  }

  /** Gives an instance back; one with much memory is let go. */
  give(exports: { readonly memory: WasmMemory }): void {
    if (exports.memory.buffer.byteLength <= MOST_KEPT) {
      this.spare = exports;
    }
  }

  /** Exports of a new instance; null where this machine cannot run it, or has no memory left for it. */
  instantiate(): unknown {
    if (this.compiled === undefined) {
      this.compiled = this.compile();
    }
    try {
      return this.compiled === null ? null : new api.Instance(this.compiled, {}).exports;
    } catch {
      return null;
    }
  }

  private compile(): object | null {
    // Columns are exchanged as they lie in memory, and WebAssembly's is little-endian.
    if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) {
      return null;
    }
    try {
      return new api.Module(Uint8Array.from(atob(this.base64), (char) => char.charCodeAt(0)));
    } catch {
      return null;
    }
  }
}
