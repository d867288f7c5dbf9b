// One measurement in a process of its own: `node decodeChild.mjs parse|decode|layout FILE [RUNS]` prints a `Measured` as
// JSON. With several runs, V8 has compiled what it runs before the last ones, which are measured.
import { readFileSync } from 'node:fs';
import { buildCallTree } from '../../src/analysis/callTree';
import { layOutLeftHeavy } from '../../src/analysis/flameLayout';
import { sumStacks } from '../../src/analysis/stackValues';
import { cpuprofile } from '../../src/formats/cpuprofile/cpuprofile';

export interface Measured {
  /** User and system time of all threads, in milliseconds, from the bytes in memory to the result. */
  cpuMs: number;
  wallMs: number;
  /** Of the whole process, with Node itself and the file's bytes. */
  peakBytes: number;
  /** Bytes of the file. */
  size: number;
}

const [what, path, runs = '1'] = process.argv.slice(2);
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

/** Runs before those that are measured, where there are several. */
const WARM_UP = 3;

const cpu: number[] = [];
const wall: number[] = [];
let kept: unknown;
for (let run = 0; run < Number(runs); run++) {
  kept = null;
  const before = process.cpuUsage();
  const start = performance.now();
  kept = work();
  const end = performance.now();
  const { user, system } = process.cpuUsage(before);
  if (kept === undefined) {
    throw new Error('nothing was made');
  }
  if (run >= WARM_UP || Number(runs) === 1) {
    cpu.push((user + system) / 1000);
    wall.push(end - start);
  }
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

const measured: Measured = {
  cpuMs: median(cpu),
  wallMs: median(wall),
  peakBytes: process.resourceUsage().maxRSS * 1024,
  size: bytes.length,
};
console.log(JSON.stringify(measured));
