import type { StoredSource } from './enginePlatform';

/** Bytes in memory as a source. The decoder may keep views on them. */
export function bytesSource(name: string, bytes: Uint8Array): StoredSource {
  return {
    name,
    size: bytes.length,
    head: (length) => bytes.subarray(0, length),
    tail: (length) => bytes.subarray(Math.max(0, bytes.length - length)),
    chunks: () => [bytes],
    bytes: () => bytes,
    part: (partName, from, length) => bytesSource(partName, bytes.subarray(from, from + length)),
  };
}
