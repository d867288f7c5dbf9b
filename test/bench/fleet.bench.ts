import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { writeCapture } from '../../src/endpoints/captureSetFile';
import { goPprof } from '../../src/endpoints/goPprof';
import { EngineClient } from '../../src/engine/engineClient';
import type { BenchRow } from './bench';
import { allWaitedMs, BlockedTime } from './blockedTime';
import { generatePprof } from './generatePprof';

/** A hundred instances of a pprof server, captured for ten seconds and merged, as the extension host does it. */
export const name = 'Fleet';

const INSTANCES = 100;
const SECONDS = 10;
/** What Go's runtime/pprof writes of ten busy seconds on some cores. */
const SAMPLES = 3000;
const FUNCTIONS = 4000;
/** Instances of one service share most of their stacks: so many of them have none in common. */
const DIFFERENT = 10;
/** Seconds from the last answer to the picture. */
const LIMIT = 3;

/** In a thread of its own: a port for each body, which is sent when the seconds asked for are over. */
const SERVERS = `
const { createServer } = require('node:http');
const { parentPort, workerData } = require('node:worker_threads');
let last = 0;
const addresses = [];
for (const body of workerData) {
  const server = createServer((request, response) => {
    const seconds = Number(new URL(request.url, 'http://x').searchParams.get('seconds'));
    setTimeout(() => response.end(body, () => { last = Date.now(); }), seconds * 1000);
  });
  server.listen(0, '127.0.0.1', () => {
    addresses.push('http://127.0.0.1:' + server.address().port);
    if (addresses.length === workerData.length) parentPort.postMessage(addresses);
  });
}
parentPort.on('message', () => parentPort.postMessage(last));
`;

export async function run(): Promise<{ rows: BenchRow[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'emberline-fleet-'));
  const different = Array.from({ length: DIFFERENT }, (_, seed) => {
    const path = join(folder, 'body.pb.gz');
    generatePprof(path, { samples: SAMPLES, stacks: SAMPLES / 2, seed: seed + 1, functions: FUNCTIONS });
    return readFileSync(path);
  });
  const bodies = Array.from({ length: INSTANCES }, (_, instance) => different[instance % DIFFERENT]);
  const servers = new Worker(SERVERS, { eval: true, workerData: bodies });
  const engine = new EngineClient(join(import.meta.dirname, '../../dist/engineWorker.js'));
  try {
    const [addresses] = (await once(servers, 'message')) as [string[]];
    // Started and warm, as in an editor that has shown a profile before.
    await engine.request('open', { source: { kind: 'bytes', bytes: new Uint8Array(bodies[0]) }, name: 'x.pb.gz' });
    const memoryBefore = process.memoryUsage().rss;
    const blocked = new BlockedTime();
    const captured = join(folder, 'answers');
    mkdirSync(captured);
    const results = await goPprof.capture({
      spec: { name: 'fleet', kind: 'go-pprof', url: addresses, concurrency: INSTANCES },
      seconds: SECONDS,
      signal: new AbortController().signal,
      onProgress: () => {},
      log: () => {},
      headersFor: () => ({}),
      folder: captured,
    });
    const cpuBefore = process.cpuUsage();
    const waitedBefore = allWaitedMs();
    const path = await writeCapture(results, join(folder, 'fleet'));
    const summary = await engine.request('open', { source: { kind: 'file', path }, name: 'fleet.emberline' });
    await engine.request('flameWindow', {
      profile: summary.profile,
      view: { sampleType: summary.defaultSampleType, thread: null },
      order: 'leftHeavy',
      from: 0,
      to: summary.totals[summary.defaultSampleType]!,
      pixels: 1000,
      names: 'window',
    });
    const shown = Date.now();
    const { user, system } = process.cpuUsage(cpuBefore);
    const waited = allWaitedMs() - waitedBefore;
    blocked.stop();
    servers.postMessage('last');
    const [last] = (await once(servers, 'message')) as [number];
    // Too slow by the clock alone, where other programs had the processors: then the processor time is the judge.
    const crowded = shown - last > 1000 * LIMIT && shown - last - waited <= 1000 * LIMIT;
    const grown = process.memoryUsage().rss - memoryBefore;
    const failed = results.filter((result) => 'error' in result).length;
    return {
      rows: [
        {
          what: `${INSTANCES} instances, ${SECONDS} s: from the last answer to the picture${
            crowded ? ` (other programs kept threads waiting for ${(waited / 1000).toFixed(1)} s)` : ''
          }`,
          value: (shown - last) / 1000,
          unit: 's',
          limit: crowded ? null : LIMIT,
        },
        // With what V8's collector and compilers do beside.
        { what: 'processor time of that, all threads', value: (user + system) / 1e6, unit: 's', limit: 1.5 * LIMIT },
        {
          what: "longest block of the host's thread, processor time",
          value: blocked.longestBusy,
          unit: 'ms',
          limit: 50,
        },
        {
          what: 'the same by the clock, without waiting for a processor',
          value: blocked.longest,
          unit: 'ms',
          limit: null,
        },
        { what: 'instances that failed', value: failed, unit: '', limit: 0 },
        { what: 'bodies together', value: statSync(path).size / 1e6, unit: 'MB', limit: null },
        {
          what: `memory for ${summary.samples} samples, beyond a first profile's`,
          value: grown / 1e6,
          unit: 'MB',
          limit: 400,
        },
      ],
    };
  } finally {
    engine.dispose();
    await servers.terminate();
    rmSync(folder, { recursive: true, force: true });
  }
}
