import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createScriptFiles } from '../sources/scriptFiles';
import { decompress } from './decompress';
import type { EnginePlatform, StoredSource } from './enginePlatform';

const CHUNK = 4 << 20;
/** Bytes of one call of the system's read, which takes less than 2 GiB. */
const MOST_AT_ONCE = 1 << 30;

/** The engine's platform under Node: in the worker thread and in the CLI. */
export const nodePlatform: EnginePlatform = {
  openFile,
  decompress: (source) => decompress(source),
  gzip: (bytes) => gzipSync(bytes),
  // Bundles stand side by side in dist/.
  flamePageScript: () => readFileSync(join(__dirname, 'flamePage.js'), 'utf8'),
  scripts: createScriptFiles(),
};

function openFile(path: string): StoredSource & { close(): void } {
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
  return { ...storedSource(path, file, 0, stat.size), close: () => closeSync(file) };
}

/** `size` bytes of an open file, from `start` on. */
function storedSource(name: string, file: number, start: number, size: number): StoredSource {
  const read = (target: Uint8Array, position: number): number => {
    let filled = 0;
    while (filled < target.length) {
      const length = Math.min(target.length - filled, MOST_AT_ONCE);
      // A part of the array, for offsets too are bounded.
      const got = readSync(file, target.subarray(filled, filled + length), 0, length, start + position + filled);
      if (got === 0) break;
      filled += got;
    }
    return filled;
  };
  return {
    name,
    size,
    head: (length) => {
      const head = new Uint8Array(Math.min(length, size));
      return head.subarray(0, read(head, 0));
    },
    *chunks() {
      const chunk = new Uint8Array(Math.min(CHUNK, Math.max(1, size)));
      for (let position = 0; ; ) {
        const got = read(chunk.subarray(0, Math.min(chunk.length, Math.max(0, size - position))), position);
        if (got > 0) yield chunk.subarray(0, got);
        position += got;
        if (got < chunk.length || position >= size) return;
      }
    },
    bytes: () => {
      let bytes: Uint8Array;
      try {
        bytes = new Uint8Array(size);
      } catch {
        throw new Error(`${name} has ${size} bytes, more than can be held in memory.`);
      }
      return bytes.subarray(0, read(bytes, 0));
    },
    tail: (length) => {
      const tail = new Uint8Array(Math.min(length, size));
      return tail.subarray(0, read(tail, size - tail.length));
    },
    part: (partName, from, length) => storedSource(partName, file, start + from, Math.min(length, size - from)),
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
