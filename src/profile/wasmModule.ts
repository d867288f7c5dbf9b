/** What is used of WebAssembly: its types come with the DOM's only, which this code does without. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (descriptor: { readonly initial: number }) => WasmMemory;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

const { WebAssembly: api } = globalThis as unknown as { WebAssembly: WebAssemblyApi };

/** A value that a WebAssembly module exports. */
export interface WasmValue {
  readonly value: number;
}

/** The memory that a WebAssembly module works in; its buffer is another one after it grew. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** Whether to use WebAssembly: where the input is large enough to be worth its start, always where it can run, or never. */
export type WasmUse = 'auto' | 'always' | 'never';

/** @param least size from which on it is worth its start */
export function worthWasm(use: WasmUse, size: number, least: number): boolean {
  return use === 'always' || (use === 'auto' && size >= least);
}

/** Bytes of memory that are worth keeping for good; beyond, the garbage collector may take it. */
const MOST_KEPT = 24 << 20;
/** Pages of 64 KiB that a memory begins with: all that an address of a constant in a module may be in. */
const FIRST_PAGES = 16;

/** A memory, and the instances of modules that work in it, one at a time. */
interface Workplace {
  readonly memory: WasmMemory;
  readonly instances: Map<object, unknown>;
}

/** Where no module is at work. */
let spare: Workplace | null = null;
let spareForNow: WeakRef<Workplace> | null = null;

function takeWorkplace(): Workplace {
  const taken = spare ?? spareForNow?.deref() ?? null;
  spare = null;
  spareForNow = null;
  return taken ?? { memory: new api.Memory({ initial: FIRST_PAGES }), instances: new Map() };
}

function giveWorkplace(workplace: Workplace): void {
  if (workplace.memory.buffer.byteLength <= MOST_KEPT) {
    spare = workplace;
  } else {
    spareForNow = new WeakRef(workplace);
  }
}

/**
 * A WebAssembly module that imports its memory and nothing else, compiled at its first use. All modules of a thread share
 * one memory in turn: taking fresh memory from the system costs more than most of what is done in it.
 */
export class WasmModule {
  private compiled: object | null | undefined;
  private workplace: Workplace | null = null;

  /** @param base64 the module's bytes */
  constructor(private readonly base64: string) {}

  /**
   * Exports of an instance, and its memory, which may hold anything and is this caller's until `give`; null where this
   * machine cannot run it, or has no memory left for it.
   */
  take(): { readonly exports: unknown; readonly memory: WasmMemory } | null {
    if (this.compiled === undefined) {
      this.compiled = this.compile();
    }
    if (this.compiled === null) {
      return null;
    }
    try {
      const workplace = takeWorkplace();
      let exports = workplace.instances.get(this);
      if (exports === undefined) {
        exports = new api.Instance(this.compiled, { env: { memory: workplace.memory } }).exports;
        workplace.instances.set(this, exports);
      }
      this.workplace = workplace;
      return { exports, memory: workplace.memory };
    } catch {
      return null;
    }
  }

  /** Gives back what was taken last. Where that is forgotten, as by an error, the next one gets another memory. */
  give(): void {
    if (this.workplace !== null) {
      giveWorkplace(this.workplace);
      this.workplace = null;
    }
  }

  /** Leaves the memory that was taken last to the caller for good. */
  leave(): void {
    this.workplace = null;
  }

  private compile(): object | null {
    // Columns are exchanged as they lie in memory, and WebAssembly's is little-endian.
    if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) {
      return null;
    }
    try {
      const text = atob(this.base64);
      const bytes = new Uint8Array(text.length);
      for (let i = 0; i < bytes.length; i++) {
        bytes[i] = text.charCodeAt(i);
      }
      return new api.Module(bytes);
    } catch {
      return null;
    }
  }
}
