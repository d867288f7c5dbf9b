import type { ByteSource } from '../formats/format';
import type { ScriptReader } from '../sources/sourceMaps';

/** A source with what the engine itself wants to know of it. */
export interface EngineSource extends ByteSource {
  /** The last bytes, `length` at most. */
  tail?(length: number): Uint8Array;
  /** How much was read, 0 to 1, where `size` does not let a decoder tell; null where that is not known. */
  progress?(): number | null;
}

/** A source as it was stored, of known size. */
export interface StoredSource extends EngineSource {
  readonly size: number;
  /** A part of it as a source of its own, which lives as long. */
  part(name: string, from: number, length: number): StoredSource;
}

/** What the engine needs of the machine it runs on, so that the engine itself also runs in a browser. */
export interface EnginePlatform {
  /**
   * Opens a file. The source is closed by `close`.
   * @throws Error with one sentence for the user: not found, a directory, no permission.
   */
  openFile(path: string): StoredSource & { close(): void };
  /**
   * The source as it is, or unpacked while it is read where its first bytes are gzip's or zstd's.
   * @throws DecodeError, here or from the source's methods, for damaged data, or data that grows beyond all measure.
   */
  decompress(source: EngineSource): EngineSource;
  gzip(bytes: Uint8Array): Uint8Array;
  /** The built script of the stand-alone flame graph page. */
  flamePageScript(): string;
  /** Reads scripts and their source maps; null where there is no file system. */
  readonly scripts: ScriptReader | null;
}
