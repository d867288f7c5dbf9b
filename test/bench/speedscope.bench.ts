import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchRow } from './bench';
import { generateSpeedscope } from './generateSpeedscope';
import { median, streamMeasurer } from './measureStream';

/** CPU time and peak memory of opening an evented speedscope file over V8's string limit, beside JSON.parse on a small one. */
export const name = 'Speedscope';

const LIMIT_CPU = 1;
const LIMIT_MB = 1500;
const ROUNDS = 3;

export async function run(): Promise<{ rows: BenchRow[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'emberline-bench-'));
  try {
    const measure = await streamMeasurer(folder);
    const small = join(folder, 'small.speedscope.json');
    const large = join(folder, 'large.speedscope.json');
    generateSpeedscope(small, 500_000);
    generateSpeedscope(large, 18_200_000);
    const turns = Array.from({ length: ROUNDS }, () => ({
      parse: measure('parse', small),
      open: measure('speedscope', large),
    }));
    type Turn = (typeof turns)[number];
    const megabytes = (size: number): string => `${Math.round(size / 1e6)} MB`;
    const perByte = ({ cpuMs, size }: Turn['parse']): number => (cpuMs * 1e6) / size;
    const row = (what: string, unit: string, of: (turn: Turn) => number, limit: number | null): BenchRow => ({
      what,
      value: median(turns.map(of)),
      unit,
      limit,
    });
    const size = `evented, ${megabytes(turns[0].open.size)}`;
    return {
      rows: [
        row(`JSON.parse on ${megabytes(turns[0].parse.size)}, CPU`, 'ns/byte', ({ parse }) => perByte(parse), null),
        row(`${size}: decode and left-heavy layout, CPU`, 'ns/byte', ({ open }) => perByte(open), null),
        row(`${size}: to JSON.parse, by byte`, '×', ({ parse, open }) => perByte(open) / perByte(parse), LIMIT_CPU),
        row(`${size}: peak memory`, 'MB', ({ open }) => open.peakBytes / 1e6, LIMIT_MB),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
