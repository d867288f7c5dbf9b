import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchRow } from './bench';
import { generateFolded } from './generateFolded';
import { median, streamMeasurer } from './measureStream';

/** CPU time and peak memory of opening large folded stacks, beside counting their semicolons in a JavaScript loop. */
export const name = 'Folded';

const LIMIT_CPU = 2.5;
const LIMIT_MEMORY = 0.6;
const LIMIT_LARGE_MB = 300;
const ROUNDS = 5;

export async function run(): Promise<{ rows: BenchRow[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'emberline-bench-'));
  try {
    const measure = await streamMeasurer(folder);
    const file = join(folder, 'stacks.folded');
    generateFolded(file, { lines: 1_000_000 });
    const turns = Array.from({ length: ROUNDS }, () => ({
      count: measure('count', file),
      open: measure('folded', file),
    }));
    type Turn = (typeof turns)[number];
    const size = `1M lines, ${Math.round(turns[0].open.size / 1e6)} MB`;
    const row = (what: string, unit: string, of: (turn: Turn) => number, limit: number | null): BenchRow => ({
      what: `${size}: ${what}`,
      value: median(turns.map(of)),
      unit,
      limit,
    });
    const rows = [
      row('counting semicolons in a loop, CPU', 'ms', ({ count }) => count.cpuMs, null),
      row('decode and left-heavy layout, CPU', 'ms', ({ open }) => open.cpuMs, null),
      row('decode and layout to counting', '×', ({ count, open }) => open.cpuMs / count.cpuMs, LIMIT_CPU),
      row('peak memory to file', '×', ({ open }) => open.peakBytes / open.size, LIMIT_MEMORY),
    ];
    rmSync(file);
    generateFolded(file, { lines: 5_000_000 });
    const large = measure('folded', file);
    rows.push({
      what: `5M lines, ${Math.round(large.size / 1e6)} MB: peak memory`,
      value: large.peakBytes / 1e6,
      unit: 'MB',
      limit: LIMIT_LARGE_MB,
    });
    return { rows };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
