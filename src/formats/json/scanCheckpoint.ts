import type { DecodeContext } from '../format';
import type { JsonScanner } from './jsonScanner';

const EVERY = 1 << 21;

/** The context's checkpoint for a scanner that has all bytes, to be called after any value: it passes one on every 2 MiB. */
export function scanCheckpoint(scanner: JsonScanner, context: DecodeContext): () => void {
  let next = 0;
  return () => {
    if (scanner.pos < next) return;
    next = scanner.pos + EVERY;
    context.checkpoint(scanner.pos / scanner.bytes.length);
  };
}
