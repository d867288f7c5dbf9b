import type { ByteSource } from '../formats/format';

/** Bytes in memory as a source. The decoder may keep views on them. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    head: (length) => bytes.subarray(0, length),
    chunks: () => [bytes],
    bytes: () => bytes,
  };
}
