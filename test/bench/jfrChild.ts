// Opens a flight recording as the engine does, in pieces, to a left-heavy layout: `node jfrChild.cjs FILE` prints the
// number of its samples and the process's peak memory in bytes.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { buildCallTree } from '../../src/analysis/callTree';
import { layOutLeftHeavy } from '../../src/analysis/flameLayout';
import { sumStacks } from '../../src/analysis/stackValues';
import { jfr } from '../../src/formats/jfr/jfr';

const path = process.argv[2];
const file = openSync(path, 'r');
const profile = jfr.decode(
  {
    name: path,
    size: fstatSync(file).size,
    head: () => new Uint8Array(0),
    bytes: () => new Uint8Array(0),
    *chunks() {
      const buffer = new Uint8Array(1 << 20);
      for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
        yield buffer.subarray(0, read);
      }
    },
  },
  { checkpoint: () => {} },
);
closeSync(file);
const view = { sampleType: profile.meta.defaultSampleType, thread: null };
layOutLeftHeavy(buildCallTree(profile, sumStacks(profile, view)));
console.log(JSON.stringify({ samples: profile.samples.length, peakBytes: process.resourceUsage().maxRSS * 1024 }));
