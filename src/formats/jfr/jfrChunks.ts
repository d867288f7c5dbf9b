import { DecodeError } from '../decodeError';
import type { ByteSource } from '../format';

/** Bytes of a chunk's header. */
export const headerSize = 68;
/** Positions within a chunk are 32-bit numbers. */
const LARGEST = 2 ** 31 - 1;

/**
 * What a chunk's header says (JDK: `jdk.jfr.internal.consumer.ChunkHeader`, `jfrChunkWriter.cpp`): all integers are
 * big-endian.
 */
export interface ChunkHeader {
  /** Bytes, with the header; 0 while the chunk is being written. */
  readonly size: number;
  /** Of the last checkpoint event, and of the last metadata event, from the chunk's start; 0 for none. */
  readonly checkpoint: number;
  readonly metadata: number;
  /** Nanoseconds since the epoch. */
  readonly startNanos: bigint;
  readonly durationNanos: number;
  /** In halves. */
  readonly startTicksLow: number;
  readonly startTicksHigh: number;
  readonly ticksPerSecond: number;
  readonly compressed: boolean;
  /** Whether event times are counted from the last full one (newer JDKs). */
  readonly compressedTicks: boolean;
  /** Whether the recorder says that it was not done with the chunk. */
  readonly unfinished: boolean;
}

/** Whether a chunk begins at `at`: its magic number and a version of 1.x or 2.x. */
export function isChunkStart(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    at + 8 <= end &&
    bytes[at] === 0x46 &&
    bytes[at + 1] === 0x4c &&
    bytes[at + 2] === 0x52 &&
    bytes[at + 3] === 0 &&
    bytes[at + 4] === 0 &&
    (bytes[at + 5] === 1 || bytes[at + 5] === 2)
  );
}

/** @param bytes a chunk's first 68 bytes */
export function readChunkHeader(bytes: Uint8Array): ChunkHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const state = bytes[64];
  const flags = bytes[67];
  return {
    size: Number(view.getBigInt64(8)),
    checkpoint: Number(view.getBigInt64(16)),
    metadata: Number(view.getBigInt64(24)),
    startNanos: view.getBigInt64(32),
    durationNanos: Number(view.getBigInt64(40)),
    startTicksHigh: view.getInt32(48),
    startTicksLow: view.getInt32(52),
    ticksPerSecond: Number(view.getBigInt64(56)),
    compressed: (flags & 1) !== 0,
    compressedTicks: (flags & 4) !== 0,
    unfinished: state !== 0,
  };
}

/** A file's chunks one after the other: only the one that is looked at is in memory. */
export class JfrChunks {
  private readonly parts: Iterator<Uint8Array>;
  private buffer: Uint8Array = new Uint8Array(1 << 16);
  private start = 0;
  private end = 0;
  private done = false;
  /** Bytes before the chunk that is looked at. */
  offset = 0;

  constructor(source: ByteSource) {
    this.parts = source.chunks()[Symbol.iterator]();
  }

  /** The bytes from the present chunk's start on, as many as were read. */
  get bytes(): Uint8Array {
    return this.buffer.subarray(this.start, this.end);
  }

  /** Reads on until `length` bytes are there, or the file's end. Returns how many there are. */
  need(length: number): number {
    while (this.end - this.start < length && !this.done) {
      const { done, value } = this.parts.next();
      if (done === true) {
        this.done = true;
        break;
      }
      this.append(value);
    }
    return this.end - this.start;
  }

  private append(part: Uint8Array): void {
    const kept = this.end - this.start;
    if (kept + part.length > LARGEST) {
      throw new DecodeError('Expected chunks of less than 2 GiB each, but one is longer', `byte ${this.offset}`);
    }
    if (this.end + part.length > this.buffer.length) {
      // Moving pays where it frees as much as it moves.
      if (this.start >= this.buffer.length >> 1 && kept + part.length <= this.buffer.length) {
        this.buffer.copyWithin(0, this.start, this.end);
      } else {
        const larger = new Uint8Array(Math.ceil((kept + part.length) * 1.5));
        larger.set(this.buffer.subarray(this.start, this.end));
        this.buffer = larger;
      }
      this.start = 0;
      this.end = kept;
    }
    this.buffer.set(part, this.end);
    this.end += part.length;
  }

  /** Goes on behind the first `length` bytes of what is there. */
  skip(length: number): void {
    this.start += length;
    this.offset += length;
  }
}
