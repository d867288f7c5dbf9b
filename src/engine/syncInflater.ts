import * as zlib from 'node:zlib';

export type Packing = 'gzip' | 'zstd';

/** Unpacks a stream step by step on the calling thread. */
export interface SyncInflater {
  /**
   * Unpacks from `input` into `output`, as much as fits. `used` and `made` tell how many bytes were taken and written;
   * where both are 0 although there is input, the stream has ended and what follows is padding.
   * @throws InflateError for damaged data
   */
  step(input: Uint8Array, output: Uint8Array): { used: number; made: number };
  /**
   * To be called after the last input until it answers 0: writes what is left.
   * @throws InflateError for data that ends too early (`truncated`)
   */
  finish(output: Uint8Array): number;
  close(): void;
}

export class InflateError extends Error {
  override readonly name = 'InflateError';
  constructor(
    message: string,
    readonly truncated: boolean,
  ) {
    super(message);
  }
}

/** zlib's and zstd's own binding behind Node's streams: writes in place, on this thread. */
interface ZlibHandle {
  onerror: (message: string, errno: number, code: string) => void;
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputLength: number,
    output: Uint8Array,
    outputOffset: number,
    outputLength: number,
  ): void;
}

/** Lengths cross to the binding as 32-bit numbers. */
const MOST = 2 ** 30;
const NOTHING = new Uint8Array(0);

/** Whether this Node can unpack the data at all. */
export function canUnpack(packing: Packing): boolean {
  return packing === 'gzip' || typeof zlib.createZstdDecompress === 'function';
}

/**
 * An inflater over the handle of Node's zlib streams. Their public interface is asynchronous, or synchronous for a
 * whole; the handle, which PNG readers have used for years, steps through. Null where this Node has no such handle.
 */
export function createSyncInflater(packing: Packing): SyncInflater | null {
  const stream = packing === 'gzip' ? zlib.createGunzip() : zlib.createZstdDecompress();
  const inner: unknown = stream;
  if (!hasHandle(inner)) {
    stream.close();
    return null;
  }
  const { _handle: handle, _writeState: state } = inner;
  const finishFlush = packing === 'gzip' ? zlib.constants.Z_FINISH : zlib.constants.ZSTD_e_end;
  const continueFlush = packing === 'gzip' ? zlib.constants.Z_NO_FLUSH : zlib.constants.ZSTD_e_continue;
  let problem: InflateError | null = null;
  handle.onerror = (message, _errno, code) => {
    problem = new InflateError(message, code === 'Z_BUF_ERROR');
  };
  const write = (flush: number, input: Uint8Array, output: Uint8Array): { used: number; made: number } => {
    const offered = Math.min(input.length, MOST);
    const room = Math.min(output.length, MOST);
    handle.writeSync(flush, input, 0, offered, output, 0, room);
    if (problem !== null) throw problem;
    return { used: offered - state[1], made: room - state[0] };
  };
  return {
    step: (input, output) => write(continueFlush, input, output),
    finish: (output) => write(finishFlush, NOTHING, output).made,
    close: () => stream.close(),
  };
}

function hasHandle(stream: unknown): stream is { _handle: ZlibHandle; _writeState: Uint32Array } {
  if (typeof stream !== 'object' || stream === null || !('_handle' in stream) || !('_writeState' in stream)) {
    return false;
  }
  const { _handle: handle, _writeState: state } = stream;
  return (
    typeof handle === 'object' &&
    handle !== null &&
    'writeSync' in handle &&
    typeof handle.writeSync === 'function' &&
    state instanceof Uint32Array &&
    state.length >= 2
  );
}
