import { setTimeout as after } from 'node:timers/promises';

/** Pieces in stock. Stands for a remote warehouse: it answers after a moment. */
export async function piecesInStock(part: string): Promise<number> {
  await after(1 + (part.charCodeAt(part.length - 1) % 3));
  let hash = 7;
  for (let i = 0; i < part.length; i++) hash = (hash * 31 + part.charCodeAt(i)) % 997;
  return hash;
}
