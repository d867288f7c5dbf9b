import * as zlib from 'node:zlib';
import { DecodeError } from '../formats/decodeError';
import type { ByteSource } from '../formats/format';
import { bytesSource } from './byteSource';
import type { EngineSource } from './enginePlatform';
import { canUnpack, createSyncInflater, InflateError, type Packing, type SyncInflater } from './syncInflater';

/** A profile of some bytes that grows more than this many times is no profile. */
const LARGEST_RATIO = 300;
const ALWAYS_ALLOWED = 64 << 20;
/** Beyond this many bytes, more than a few times what profiles shrink is refused: they do not shrink that much. */
const LARGE = 2 ** 30;
const LARGEST_RATIO_OF_LARGE = 60;

/** Bytes that `packed` ones may grow to. */
function largestUnpacked(packed: number): number {
  const most = Math.max(ALWAYS_ALLOWED, packed * LARGEST_RATIO);
  return most <= LARGE ? most : Math.max(LARGE, packed * LARGEST_RATIO_OF_LARGE);
}
/** Bytes of one unpacked chunk. */
const CHUNK = 1 << 20;
/** The size that a file claims to unpack to is believed up to this many times its own. */
const BELIEVED_RATIO = 64;
const SMALLEST_ROOM = 1 << 16;

/** The packing that the first bytes name, null for none. Four bytes are enough. */
function packingOf(head: Uint8Array): Packing | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd ? 'zstd' : null;
}

/**
 * The source as it is, or unpacked while it is read where its first bytes are gzip's (RFC 1952, several members too) or
 * zstd's (RFC 8878, several frames too): packed and unpacked bytes are never both held as a whole.
 * @param create gives the unpacker; null where this Node cannot unpack in steps, and it is done in one
 * @throws DecodeError, here or while reading, for damaged data, or data that grows beyond all measure
 */
export function decompress(
  source: EngineSource,
  create: (packing: Packing) => SyncInflater | null = createSyncInflater,
): EngineSource {
  const packing = packingOf(source.head(4));
  if (packing === null) return source;
  if (!canUnpack(packing)) {
    throw new DecodeError('This file is compressed with zstd, which needs Node 22.15 or newer: decompress it first.');
  }
  const probe = create(packing);
  probe?.close();
  return probe === null ? unpackWhole(source, packing) : new StreamedSource(source, packing, () => create(packing)!);
}

class StreamedSource implements EngineSource {
  readonly name: string;
  readonly size = null;
  /** Packed bytes that were read. */
  private read = 0;
  /** What `bytes` answered. */
  private whole: Uint8Array | null = null;

  constructor(
    private readonly packed: EngineSource,
    private readonly packing: Packing,
    private readonly create: () => SyncInflater,
  ) {
    this.name = packed.name;
  }

  progress(): number | null {
    const { size } = this.packed;
    if (size === null) return this.packed.progress?.() ?? null;
    return size === 0 ? null : Math.min(1, this.read / size);
  }

  /** Unpacks as little as is needed. Damage behind the first bytes is left to `chunks` to report. */
  head(length: number): Uint8Array {
    const head = new Uint8Array(length);
    for (let wanted = SMALLEST_ROOM; ; wanted *= 4) {
      const packed = this.packed.head(wanted);
      const whole = packed.length < wanted;
      const inflater = this.create();
      let filled = 0;
      try {
        filled = fill(inflater, packed, head);
        if (whole && filled < length) {
          filled += inflater.finish(head.subarray(filled));
        }
      } catch (error) {
        throw this.sentence(error, null);
      } finally {
        inflater.close();
      }
      if (whole || filled === length) return head.subarray(0, filled);
    }
  }

  *chunks(): Iterable<Uint8Array> {
    const chunk = new Uint8Array(CHUNK);
    let filled = 0;
    const room = (): Uint8Array => (filled === 0 ? chunk : chunk.subarray(filled));
    for (const made of this.unpack(room)) {
      filled += made;
      if (filled === CHUNK) {
        yield chunk;
        filled = 0;
      }
    }
    if (filled > 0) yield chunk.subarray(0, filled);
  }

  bytes(): Uint8Array {
    let bytes = this.allocate(Math.max(SMALLEST_ROOM, this.claimedSize()));
    let filled = 0;
    // Whether there is more than has room shows only when it is asked for.
    const overflow = new Uint8Array(SMALLEST_ROOM);
    const room = (): Uint8Array => (filled === bytes.length ? overflow : bytes.subarray(filled));
    for (const made of this.unpack(room)) {
      if (filled === bytes.length) {
        const larger = this.allocate(filled + made + Math.floor(filled / 2));
        larger.set(bytes);
        larger.set(overflow.subarray(0, made), filled);
        bytes = larger;
      }
      filled += made;
    }
    this.whole = bytes;
    return bytes.subarray(0, filled);
  }

  release(): void {
    // In Node 21 and later; before, the garbage collector does it some time.
    const buffer = this.whole?.buffer as { transfer?(length: number): unknown } | undefined;
    this.whole = null;
    buffer?.transfer?.(0);
  }

  /** Writes into the room that is asked for anew at each step, and yields how many bytes were written. */
  private *unpack(room: () => Uint8Array): Iterable<number> {
    const inflater = this.create();
    let made = 0;
    let ended = false;
    this.read = 0;
    try {
      for (const packed of this.packed.chunks()) {
        for (let at = 0; at < packed.length && !ended; ) {
          const step = inflater.step(at === 0 ? packed : packed.subarray(at), room());
          at += step.used;
          this.read += step.used;
          made += step.made;
          ended = step.used === 0 && step.made === 0;
          this.refuseBomb(made);
          if (step.made > 0) yield step.made;
        }
        // What follows the end is padding.
        if (ended) return;
      }
      for (let rest = inflater.finish(room()); rest > 0; rest = inflater.finish(room())) {
        made += rest;
        this.refuseBomb(made);
        yield rest;
      }
    } catch (error) {
      throw this.sentence(error, this.read);
    } finally {
      inflater.close();
    }
  }

  private refuseBomb(made: number): void {
    const packed = this.packed.size ?? this.read;
    const limit = largestUnpacked(packed);
    if (made > limit) throw bombError(this.packing, packed, limit);
  }

  /** @param at packed bytes that were taken, null where that is not known */
  private sentence(error: unknown, at: number | null): unknown {
    if (!(error instanceof InflateError)) return error;
    return error.truncated
      ? truncatedError(this.packing, this.packed.size ?? at)
      : damagedError(this.packing, error.message, at);
  }

  /**
   * How many bytes the file says it unpacks to, as far as that is to be believed: the memory is only reserved, and
   * taken as it is written. 0 where it does not say.
   */
  private claimedSize(): number {
    const { size } = this.packed;
    let claimed = 0;
    if (this.packing === 'zstd') {
      claimed = zstdContentSize(this.packed.head(18));
    } else {
      const tail = this.packed.tail?.(4);
      if (tail?.length === 4) claimed = littleEndian(tail, 0, 4);
    }
    return Math.min(claimed, Math.max(1 << 20, (size ?? 0) * BELIEVED_RATIO));
  }

  private allocate(length: number): Uint8Array {
    try {
      return new Uint8Array(length);
    } catch {
      throw new DecodeError(
        `The ${this.packing} data grows to more than ${Math.round(length / 1e6)} MB, more than can be held in memory.`,
      );
    }
  }
}

/** Unpacks into `target` until it is full or `packed` used up. @returns how many bytes were written */
function fill(inflater: SyncInflater, packed: Uint8Array, target: Uint8Array): number {
  let filled = 0;
  for (let at = 0; at < packed.length && filled < target.length; ) {
    const { used, made } = inflater.step(packed.subarray(at), target.subarray(filled));
    at += used;
    filled += made;
    if (used === 0 && made === 0) break;
  }
  return filled;
}

/** Where Node has no stepwise unpacking: as a whole. */
function unpackWhole(source: ByteSource, packing: Packing): ByteSource {
  const packed = source.bytes();
  const maxOutputLength = Math.min(2 ** 32, largestUnpacked(packed.length));
  try {
    const unpack = packing === 'gzip' ? zlib.gunzipSync : zlib.zstdDecompressSync;
    const bytes = unpack(packed, { maxOutputLength });
    return bytesSource(source.name, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ERR_BUFFER_TOO_LARGE') throw bombError(packing, packed.length, maxOutputLength);
    if (code === 'Z_BUF_ERROR') throw truncatedError(packing, packed.length);
    throw damagedError(packing, error instanceof Error ? error.message : String(error), null);
  }
}

function bombError(packing: Packing, packed: number, limit: number): DecodeError {
  return new DecodeError(
    `The ${packing} data of ${packed} bytes grows to more than ${Math.round(limit / 1e6)} MB: ` +
      'refused, as a decompression bomb would be.',
  );
}

function truncatedError(packing: Packing, at: number | null): DecodeError {
  return new DecodeError(`The ${packing} data is truncated.`, at === null ? null : `byte ${at}`);
}

function damagedError(packing: Packing, message: string, at: number | null): DecodeError {
  return new DecodeError(
    `The ${packing} data is damaged (${message}): copy or download the file again`,
    at === null ? null : `about byte ${at}`,
  );
}

/** Frame_Content_Size of a zstd frame (RFC 8878, 3.1.1.1), 0 where it is not there. */
function zstdContentSize(head: Uint8Array): number {
  const descriptor = head[4] ?? 0;
  const single = (descriptor & 0x20) !== 0;
  const bytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6];
  const at = 5 + (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3];
  return head.length < at + bytes ? 0 : littleEndian(head, at, bytes) + (bytes === 2 ? 256 : 0);
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + bytes[at + i];
  return value;
}
