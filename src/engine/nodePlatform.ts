import { constants as bufferConstants } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { DecodeError } from '../formats/decodeError';
import type { ByteSource } from '../formats/format';
import { createScriptFiles } from '../sources/scriptFiles';
import { bytesSource } from './byteSource';
import type { EnginePlatform } from './enginePlatform';

const CHUNK = 4 << 20;

/** The engine's platform under Node: in the worker thread and in the CLI. */
export const nodePlatform: EnginePlatform = {
  openFile,
  decompress,
  gzip: (bytes) => zlib.gzipSync(bytes),
  // Bundles stand side by side in dist/.
  flamePageScript: () => readFileSync(join(__dirname, 'flamePage.js'), 'utf8'),
  scripts: createScriptFiles(),
};

function openFile(path: string): ByteSource & { close(): void } {
  let file: number;
  try {
    // Without waiting: a named pipe must not hang the engine. (Windows has no such flag.)
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw new Error(fileSentence(path, error));
  }
  const stat = fstatSync(file);
  if (!stat.isFile()) {
    closeSync(file);
    throw new Error(`${path} is ${stat.isDirectory() ? 'a directory' : 'not a regular file'}: choose a profile file.`);
  }
  const read = (target: Uint8Array, position: number): number => {
    let filled = 0;
    while (filled < target.length) {
      const got = readSync(file, target, filled, target.length - filled, position + filled);
      if (got === 0) break;
      filled += got;
    }
    return filled;
  };
  return {
    name: path,
    size: stat.size,
    head: (length) => {
      const head = new Uint8Array(Math.min(length, stat.size));
      return head.subarray(0, read(head, 0));
    },
    *chunks() {
      const chunk = new Uint8Array(Math.min(CHUNK, Math.max(1, stat.size)));
      for (let position = 0; ; ) {
        const got = read(chunk, position);
        if (got > 0) yield chunk.subarray(0, got);
        position += got;
        if (got < chunk.length || position >= stat.size) return;
      }
    },
    bytes: () => {
      let bytes: Uint8Array;
      try {
        bytes = new Uint8Array(stat.size);
      } catch {
        throw new Error(`${path} has ${stat.size} bytes, more than can be held in memory.`);
      }
      return bytes.subarray(0, read(bytes, 0));
    },
    close: () => closeSync(file),
  };
}

const FILE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  ENOTDIR: 'does not exist',
  ENAMETOOLONG: 'is no file name: it is too long',
};

function fileSentence(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return `${path} ${FILE_ERRORS[code] ?? `cannot be opened: ${error instanceof Error ? error.message : String(error)}`}.`;
}

/** A profile of some bytes that grows more than this many times is no profile. */
const LARGEST_RATIO = 300;
const ALWAYS_ALLOWED = 64 << 20;
/** What Node takes as a limit: 4 GiB in Node 20. */
const MAX_LENGTH = Math.min(2 ** 32, bufferConstants.MAX_LENGTH);

function decompress(source: ByteSource): ByteSource {
  const head = source.head(4);
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  const isZstd = head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;
  if (!isGzip && !isZstd) return source;
  const what = isGzip ? 'gzip' : 'zstd';
  if (isZstd && typeof zlib.zstdDecompressSync !== 'function') {
    throw new DecodeError('This file is compressed with zstd, which needs Node 22.15 or newer: decompress it first.');
  }
  const packed = source.bytes();
  const maxOutputLength = Math.min(MAX_LENGTH, Math.max(ALWAYS_ALLOWED, packed.length * LARGEST_RATIO));
  try {
    const options = { maxOutputLength };
    const bytes = isGzip ? zlib.gunzipSync(packed, options) : zlib.zstdDecompressSync(packed, options);
    return bytesSource(source.name, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new DecodeError(
        `The ${what} data of ${packed.length} bytes grows to more than ${Math.round(maxOutputLength / 1e6)} MB: ` +
          'refused, as a decompression bomb would be.',
      );
    }
    if (code === 'Z_BUF_ERROR') throw new DecodeError(`The ${what} data is truncated.`, `byte ${packed.length}`);
    throw new DecodeError(`The ${what} data is damaged (${error instanceof Error ? error.message : String(error)}).`);
  }
}
