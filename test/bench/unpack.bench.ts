import { gunzipSync, gzipSync } from 'node:zlib';
import { bytesSource } from '../../src/engine/byteSource';
import { decompress } from '../../src/engine/decompress';
import type { BenchRow } from './bench';

/** CPU time of unpacking while reading, beside Node's gunzipSync of the same bytes in the same process. */
export const name = 'Unpack';

const LINES = 600_000;
const TURNS = 7;

export async function run(): Promise<{ rows: BenchRow[] }> {
  const packed = new Uint8Array(gzipSync(foldedText(), { level: 6 }));
  const turns = Array.from({ length: TURNS }, () => {
    const whole = cpuOf(() => gunzipSync(packed).length);
    const chunks = cpuOf(() => {
      let bytes = 0;
      for (const chunk of decompress(bytesSource('x', packed)).chunks()) bytes += chunk.length;
      return bytes;
    });
    const bytes = cpuOf(() => decompress(bytesSource('x', packed)).bytes().length);
    return { whole, chunks: chunks / whole, bytes: bytes / whole };
  });
  const middle = (of: (turn: (typeof turns)[number]) => number): number =>
    turns.map(of).sort((a, b) => a - b)[TURNS >> 1];
  const size = `${(packed.length / 1e6).toFixed(1)} MB of gzip`;
  return {
    rows: [
      { what: `${size}: gunzipSync, CPU`, value: middle((turn) => turn.whole), unit: 'ms', limit: null },
      { what: `${size}: in chunks to gunzipSync`, value: middle((turn) => turn.chunks), unit: '×', limit: null },
      { what: `${size}: into one array to gunzipSync`, value: middle((turn) => turn.bytes), unit: '×', limit: null },
    ],
  };
}

function foldedText(): Buffer {
  const lines: string[] = [];
  let state = 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  for (let i = 0; i < LINES; i++) {
    lines.push(`main;run;handler${next(40)};step${next(400)};work${next(3000)};leaf${next(3000)} ${next(100)}\n`);
  }
  return Buffer.from(lines.join(''));
}

function cpuOf(work: () => number): number {
  const before = process.cpuUsage();
  if (work() === 0) throw new Error('Nothing was unpacked.');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
