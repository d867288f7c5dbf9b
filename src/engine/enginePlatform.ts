import type { ByteSource } from '../formats/format';
import type { ScriptReader } from '../sources/sourceMaps';

/** What the engine needs of the machine it runs on, so that the engine itself also runs in a browser. */
export interface EnginePlatform {
  /**
   * Opens a file. The source is closed by `close`.
   * @throws Error with one sentence for the user: not found, a directory, no permission.
   */
  openFile(path: string): ByteSource & { close(): void };
  /**
   * The source as it is, or decompressed where its first bytes are gzip's or zstd's.
   * @throws DecodeError for damaged data, or data that grows beyond all measure.
   */
  decompress(source: ByteSource): ByteSource;
  gzip(bytes: Uint8Array): Uint8Array;
  /** The built script of the stand-alone flame graph page. */
  flamePageScript(): string;
  /** Reads scripts and their source maps; null where there is no file system. */
  readonly scripts: ScriptReader | null;
}
