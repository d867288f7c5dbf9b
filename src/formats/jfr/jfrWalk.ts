import { type ChunkHeader, headerSize, isChunkStart } from './jfrChunks';
import type { JfrReader } from './jfrReader';

/** Where things are in a chunk. */
export interface ChunkWalk {
  /** Behind the last event that is whole. */
  end: number;
  /** Position of the last metadata event, -1 for none. */
  metadata: number;
  readonly checkpoints: { readonly at: number; readonly size: number }[];
}

const METADATA = 0;
const CHECKPOINT = 1;

/**
 * Goes from event to event: each begins with its size and its type. This finds every checkpoint, whatever the header and
 * the distances between them say, and it ends. Stops before `limit` at an event that is not whole.
 * @param unsure whether `limit` is not known to be the chunk's end: then another chunk's start ends it
 */
export function walkChunk(reader: JfrReader, limit: number, unsure: boolean): ChunkWalk {
  const walk: ChunkWalk = { end: headerSize, metadata: -1, checkpoints: [] };
  while (walk.end < limit) {
    const at = walk.end;
    if (unsure && isChunkStart(reader.bytes, at, limit)) {
      break;
    }
    reader.pos = at;
    const size = reader.int();
    const type = reader.number();
    if (size < reader.pos - at || at + size > limit) {
      break;
    }
    if (type === CHECKPOINT) {
      walk.checkpoints.push({ at, size });
    } else if (type === METADATA) {
      walk.metadata = at;
    }
    walk.end = at + size;
  }
  return walk;
}

/**
 * Adds the metadata and the checkpoints that the header of a damaged chunk leads to behind the damage, the latter by
 * their distances from each other, each once.
 */
export function walkBehind(reader: JfrReader, header: ChunkHeader, limit: number, walk: ChunkWalk): void {
  const sizeAt = (at: number, type: number): number => {
    if (!Number.isInteger(at) || at < walk.end || at >= limit) {
      return -1;
    }
    reader.pos = at;
    const size = reader.int();
    return reader.number() === type && size >= reader.pos - at && at + size <= limit ? size : -1;
  };
  if (sizeAt(header.metadata, METADATA) > 0) {
    walk.metadata = header.metadata;
  }
  const seen = new Set<number>();
  const found: { at: number; size: number }[] = [];
  let at = header.checkpoint;
  for (let size = sizeAt(at, CHECKPOINT); size > 0 && !seen.has(at); size = sizeAt(at, CHECKPOINT)) {
    seen.add(at);
    found.push({ at, size });
    reader.long();
    reader.long();
    at += reader.number();
  }
  // The list begins with the last; a damaged one may be long.
  for (const checkpoint of found.reverse()) walk.checkpoints.push(checkpoint);
}
