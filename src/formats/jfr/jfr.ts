import type { Profile } from '../../profile/profile';
import { DecodeError } from '../decodeError';
import type { ByteSource, Confidence, DecodeContext, Format } from '../format';
import { headerSize, isChunkStart, JfrChunks, readChunkHeader } from './jfrChunks';
import { JfrDecoder } from './jfrDecoder';
import { JfrReader } from './jfrReader';
import { walkBehind, walkChunk } from './jfrWalk';

/**
 * Java Flight Recorder's files, as the JDK, GraalVM and async-profiler write them: chunks, each with events, constants
 * and the description of their types. There is no specification but the JDK's reader and writer
 * (https://github.com/openjdk/jdk/tree/master/src/jdk.jfr/share/classes/jdk/jfr/internal/consumer).
 */
export const jfr: Format = {
  name: 'jfr',
  title: 'Java flight recording',
  extensions: ['.jfr'],
  detect: detectJfr,
  decode: decodeJfr,
};

function detectJfr(head: Uint8Array): Confidence {
  return isChunkStart(head, 0, head.length) ? 'certain' : 'no';
}

function decodeJfr(source: ByteSource, context: DecodeContext): Profile {
  const chunks = new JfrChunks(source);
  const check = (): void => context.checkpoint(source.size === null ? null : Math.min(1, chunks.offset / source.size));
  const decoder = new JfrDecoder(check);
  for (let there = chunks.need(headerSize); there > 0; there = chunks.need(headerSize)) {
    if (!isChunkStart(chunks.bytes, 0, there)) {
      refuseFirst(chunks, there);
      decoder.notes.foreignAt = chunks.offset;
      break;
    }
    if (there < headerSize) {
      refuseFirst(chunks, there);
      decoder.notes.cut++;
      break;
    }
    readChunk(chunks, decoder, source.size);
    check();
  }
  if (chunks.offset === 0) {
    throw new DecodeError('The file is empty: expected a Java flight recording');
  }
  return decoder.finish();
}

function refuseFirst(chunks: JfrChunks, there: number): void {
  if (chunks.offset > 0) {
    return;
  }
  if (there >= headerSize && chunks.bytes[0] === 0x46 && chunks.bytes[3] === 0) {
    const [major, minor] = [chunks.bytes[4] * 256 + chunks.bytes[5], chunks.bytes[6] * 256 + chunks.bytes[7]];
    throw new DecodeError(
      `Expected a flight recording of version 1 or 2, but it says ${major}.${minor}: before JDK 9 the format was another one`,
      'byte 4',
    );
  }
  throw new DecodeError(
    there < headerSize
      ? `Expected a Java flight recording, whose header has ${headerSize} bytes, but the file has ${there}`
      : 'Expected a Java flight recording, which begins with FLR',
    'byte 0',
  );
}

/** Reads the chunk that begins here, and goes to its end. */
function readChunk(chunks: JfrChunks, decoder: JfrDecoder, fileSize: number | null): void {
  const { notes } = decoder;
  const header = readChunkHeader(chunks.bytes);
  const { size } = header;
  const left = fileSize === null ? Number.POSITIVE_INFINITY : fileSize - chunks.offset;
  if (size >= headerSize && size <= left && chunks.need(size) >= size) {
    const reader = new JfrReader(chunks.bytes, size, header.compressed);
    const walk = walkChunk(reader, size, false);
    if (walk.end === size) {
      notes.unfinished += header.unfinished ? 1 : 0;
      decoder.chunk(reader, header, walk);
      chunks.skip(size);
      return;
    }
  }
  // The size is wrong, events are damaged, or the file is cut: the chunk goes on as far as its events do.
  const there = chunks.need(Number.POSITIVE_INFINITY);
  const { bytes } = chunks;
  const reader = new JfrReader(bytes, there, header.compressed);
  const walk = walkChunk(reader, there, true);
  let next = walk.end;
  while (next < there && !isChunkStart(bytes, next, there)) {
    const found = bytes.indexOf(0x46, next + 1);
    next = found < 0 ? there : found;
  }
  if (walk.end < there || !header.unfinished) {
    notes.cutAt = notes.cut === 0 ? chunks.offset : notes.cutAt;
    notes.cut++;
  } else {
    notes.unfinished++;
  }
  walkBehind(reader, header, next, walk);
  decoder.chunk(reader, header, walk);
  chunks.skip(next);
}
