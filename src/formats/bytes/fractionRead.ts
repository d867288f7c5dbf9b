import type { ByteSource } from '../format';

/** How much of a source is read, 0 to 1, for `DecodeContext.checkpoint`; null where its size is not known. */
export function fractionRead({ size }: ByteSource, read: number): number | null {
  return size === null || size === 0 ? null : Math.min(1, read / size);
}
