// One measurement in a process of its own: `node traceChild.cjs parse|decode FILE RUNS` prints a `TraceMeasured` as JSON.
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { chromeTrace } from '../../src/formats/chromeTrace/chromeTrace';

export interface TraceMeasured {
  /** User and system time of all threads in milliseconds, of the first run and of the middle one of those after it. */
  coldMs: number;
  warmMs: number;
  /** Of the whole process, with Node itself. */
  peakBytes: number;
  size: number;
}

const [what, path, runs] = process.argv.slice(2);
const { size } = statSync(path);

/** As the engine reads files: pieces that share one buffer. */
function* chunks(): Iterable<Uint8Array> {
  const file = openSync(path, 'r');
  const buffer = new Uint8Array(1 << 20);
  for (let length = readSync(file, buffer); length > 0; length = readSync(file, buffer)) {
    yield buffer.subarray(0, length);
  }
  closeSync(file);
}

function work(): unknown {
  if (what === 'parse') {
    return JSON.parse(readFileSync(path, 'utf8'));
  }
  const nothing = new Uint8Array(0);
  return chromeTrace.decode(
    { name: path, size, head: () => nothing, bytes: () => nothing, chunks },
    { checkpoint: () => {} },
  );
}

const cpu: number[] = [];
for (let run = 0; run < Number(runs); run++) {
  const before = process.cpuUsage();
  const kept = work();
  const { user, system } = process.cpuUsage(before);
  if (kept === undefined) {
    throw new Error('nothing was made');
  }
  cpu.push((user + system) / 1000);
}
const warm = cpu.slice(1).sort((a, b) => a - b);
const measured: TraceMeasured = {
  coldMs: cpu[0],
  warmMs: warm[warm.length >> 1] ?? cpu[0],
  peakBytes: process.resourceUsage().maxRSS * 1024,
  size,
};
console.log(JSON.stringify(measured));
