import type { Profile } from '../profile/profile';

/** Where a decoder's bytes come from, already decompressed. Its methods are synchronous: decoders run in a worker. */
export interface ByteSource {
  /** File name or title, for detection where the content leaves a doubt. */
  readonly name: string;
  /** Total bytes, null where not known before the end. */
  readonly size: number | null;
  /** The first bytes, `length` at most; does not consume them. */
  head(length: number): Uint8Array;
  /** Every byte once, in order. A chunk's memory may be reused for the next one: copy what you keep. Call once. */
  chunks(): Iterable<Uint8Array>;
  /** All bytes in one array, for decoders that need random access. Call instead of `chunks`. */
  bytes(): Uint8Array;
  /** Frees what `bytes` answered at once, for decoders that keep no view on it: it must not be used any more. */
  release?(): void;
}

export interface DecodeContext {
  /**
   * To be called every few megabytes of input. Reports progress (0 to 1, null where unknown).
   * @throws AbortError when the request was cancelled: let it pass.
   */
  checkpoint(fraction: number | null): void;
}

/** How sure a format is that bytes are its own. `possible`: chosen only if none is `certain`; ties go to the name's ending. */
export type Confidence = 'certain' | 'possible' | 'no';

/** One profile format. Neither Node's modules nor `vscode` are used here: formats also run in a browser. */
export interface Format {
  /** Stable id, as in `top --json`: `cpuprofile`, `pprof`, `folded`. */
  readonly name: string;
  /** For people: "V8 CPU profile". */
  readonly title: string;
  /** Lower-case endings with the dot, without a compression's: `.cpuprofile`. The first is the one to write. */
  readonly extensions: readonly string[];
  /** `head` has the first bytes (64 KiB at most), or all of a smaller input. Must be cheap and never throw. */
  detect(head: Uint8Array, name: string): Confidence;
  /** @throws DecodeError for input that is not a readable profile. */
  decode(source: ByteSource, context: DecodeContext): Profile;
  /** Where Emberline can write the format: uncompressed bytes. */
  readonly encode?: (profile: Profile) => Uint8Array;
  /** Why `encode` would refuse a profile of this kind, as a sentence; null, or no method, where it would not. */
  readonly unfit?: (profile: Profile) => string | null;
  /** Whether files of this format are gzipped by convention (pprof). */
  readonly gzipped?: boolean;
}
