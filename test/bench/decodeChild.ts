// One measurement in a process of its own: `node decodeChild.mjs parse|decode|layout FILE` prints a `Measured` as JSON.
import { readFileSync } from 'node:fs';
import { buildCallTree } from '../../src/analysis/callTree';
import { layOutLeftHeavy } from '../../src/analysis/flameLayout';
import { sumStacks } from '../../src/analysis/stackValues';
import { cpuprofile } from '../../src/formats/cpuprofile';

export interface Measured {
  /** User and system time of all threads, in milliseconds, from the bytes in memory to the result. */
  cpuMs: number;
  wallMs: number;
  /** Of the whole process, with Node itself and the file's bytes. */
  peakBytes: number;
  /** Bytes of the file. */
  size: number;
}

const [what, path] = process.argv.slice(2);
const buffer = readFileSync(path);
const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);

function work(): unknown {
  if (what === 'parse') {
    return JSON.parse(buffer.toString());
  }
  const profile = cpuprofile.decode(
    {
      name: path,
      size: bytes.length,
      head: (length) => bytes.subarray(0, length),
      bytes: () => bytes,
      chunks: () => [bytes],
    },
    { checkpoint: () => {} },
  );
  if (what === 'decode') {
    return profile;
  }
  const view = { sampleType: profile.meta.defaultSampleType, thread: null };
  return [profile, layOutLeftHeavy(buildCallTree(profile, sumStacks(profile, view)))];
}

const before = process.cpuUsage();
const start = performance.now();
const kept = work();
const wallMs = performance.now() - start;
const { user, system } = process.cpuUsage(before);
const measured: Measured = {
  cpuMs: (user + system) / 1000,
  wallMs,
  peakBytes: process.resourceUsage().maxRSS * 1024,
  size: bytes.length,
};
if (kept === undefined) {
  throw new Error('nothing was made');
}
console.log(JSON.stringify(measured));
