// One measurement in a process of its own: `node pprofChild.cjs gunzip|decode|layout FILE [RUNS]` prints a `Measured` as
// JSON. From the packed bytes of the file on, as the engine's worker does it.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { buildCallTree } from '../../src/analysis/callTree';
import { layOutLeftHeavy } from '../../src/analysis/flameLayout';
import { sumStacks } from '../../src/analysis/stackValues';
import { nodePlatform } from '../../src/engine/nodePlatform';
import { pprof } from '../../src/formats/pprof/pprof';

export interface Measured {
  /** User and system time of all threads, in milliseconds. */
  cpuMs: number;
  /** Of the whole process, with Node itself. */
  peakBytes: number;
  /** What was made: bytes (gunzip), stacks (decode), boxes (layout). */
  made: number;
}

const [what, path, runs = '1'] = process.argv.slice(2);

function gunzip(): number {
  return gunzipSync(readFileSync(path)).length;
}

function open(): number {
  const file = nodePlatform.openFile(path);
  try {
    const profile = pprof.decode(nodePlatform.decompress(file), { checkpoint: () => {} });
    if (what === 'decode') {
      return profile.stacks.length;
    }
    const view = { sampleType: profile.meta.defaultSampleType, thread: null };
    return layOutLeftHeavy(buildCallTree(profile, sumStacks(profile, view))).treeNode.length;
  } finally {
    file.close();
  }
}

/** Runs before those that are measured, where there are several. */
const WARM_UP = 2;

const cpu: number[] = [];
let made = 0;
for (let run = 0; run < Number(runs); run++) {
  const before = process.cpuUsage();
  made = what === 'gunzip' ? gunzip() : open();
  const { user, system } = process.cpuUsage(before);
  if (run >= WARM_UP || Number(runs) === 1) {
    cpu.push((user + system) / 1000);
  }
}
const measured: Measured = {
  cpuMs: cpu.sort((a, b) => a - b)[cpu.length >> 1],
  peakBytes: process.resourceUsage().maxRSS * 1024,
  made,
};
console.log(JSON.stringify(measured));
