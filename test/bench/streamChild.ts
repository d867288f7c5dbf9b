// One measurement in a process of its own: `node streamChild.cjs count|parse|FORMAT FILE` prints a `Streamed` as JSON.
// A format opens the file as the engine does, chunk by chunk, to its left-heavy layout.
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { buildCallTree } from '../../src/analysis/callTree';
import { layOutLeftHeavy } from '../../src/analysis/flameLayout';
import { sumStacks } from '../../src/analysis/stackValues';
import type { ByteSource } from '../../src/formats/format';
import { formatByName } from '../../src/formats/registry';

export interface Streamed {
  /** User and system time of all threads, in milliseconds. */
  cpuMs: number;
  /** Of the whole process, with Node itself. */
  peakBytes: number;
  /** Bytes of the file. */
  size: number;
}

const CHUNK = 4 << 20;

/** The file, read chunk by chunk. */
function fileSource(path: string): ByteSource {
  const file = openSync(path, 'r');
  const { size } = fstatSync(file);
  return {
    name: path,
    size,
    head: (length) => {
      const head = new Uint8Array(Math.min(length, size));
      return head.subarray(0, readSync(file, head, 0, head.length, 0));
    },
    *chunks() {
      const chunk = new Uint8Array(CHUNK);
      for (let at = 0; at < size; ) {
        const got = readSync(file, chunk, 0, CHUNK, at);
        at += got;
        yield chunk.subarray(0, got);
      }
      closeSync(file);
    },
    bytes: () => readFileSync(path),
  };
}

/** Semicolons and line feeds of some bytes, in the plainest loop there is. */
function count(bytes: Uint8Array): number {
  let found = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === 59 || byte === 10) found++;
  }
  return found;
}

function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  if (result === undefined) throw new Error('nothing was made');
  return (user + system) / 1000;
}

const [what, path] = process.argv.slice(2);
let cpuMs: number;
let { size } = { size: 0 };
if (what === 'count' || what === 'parse') {
  const bytes = new Uint8Array(readFileSync(path));
  size = bytes.length;
  const text = what === 'parse' ? new TextDecoder().decode(bytes) : '';
  const runs = Array.from({ length: 3 }, () => cpuOf(() => (what === 'count' ? count(bytes) : JSON.parse(text))));
  cpuMs = runs.sort((a, b) => a - b)[1];
} else {
  const format = formatByName(what);
  if (format === null) throw new Error(`no format ${what}`);
  const source = fileSource(path);
  size = source.size ?? 0;
  cpuMs = cpuOf(() => {
    const profile = format.decode(source, { checkpoint: () => {} });
    const view = { sampleType: profile.meta.defaultSampleType, thread: null };
    return [profile, layOutLeftHeavy(buildCallTree(profile, sumStacks(profile, view)))];
  });
}
const measured: Streamed = { cpuMs, peakBytes: process.resourceUsage().maxRSS * 1024, size };
console.log(JSON.stringify(measured));
