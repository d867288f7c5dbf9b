import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { BenchRow } from './bench';
import { generatePprof } from './generatePprof';
import type { Measured } from './pprofChild';

/**
 * CPU time and peak memory of opening a large pprof profile, from its packed bytes to the left-heavy layout, beside
 * gunzip alone on the same bytes; each in a new process.
 */
export const name = 'pprof';

const LIMIT_CPU = 5;
const LIMIT_MEMORY = 4;
const SAMPLES = 1_000_000;
/** Different stacks: instances of one service merged, which differ in their labels, and a profile that repeats nothing. */
const CASES = [
  { stacks: SAMPLES / 20, rounds: 7, limited: true },
  { stacks: SAMPLES / 10, rounds: 3, limited: false },
  { stacks: SAMPLES, rounds: 1, limited: false },
];

export async function run(): Promise<{ rows: BenchRow[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'emberline-bench-'));
  try {
    const child = join(folder, 'pprofChild.cjs');
    await build({
      entryPoints: [join(import.meta.dirname, 'pprofChild.ts')],
      outfile: child,
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      logLevel: 'warning',
    });
    return { rows: CASES.flatMap((each) => measureCase(child, folder, each)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is compared runs in turns, so that a busy machine is busy for all; ratios are taken within a turn. */
function measureCase(
  child: string,
  folder: string,
  { stacks, rounds, limited }: { stacks: number; rounds: number; limited: boolean },
): BenchRow[] {
  const file = join(folder, `${stacks}.pb.gz`);
  const { size, packed, frames } = generatePprof(file, { samples: SAMPLES, stacks });
  const measure = (what: string): Measured =>
    JSON.parse(execFileSync(process.execPath, [child, what, file], { encoding: 'utf8' })) as Measured;
  const turns = Array.from({ length: rounds }, () => ({
    gunzip: measure('gunzip'),
    decode: measure('decode'),
    layout: measure('layout'),
  }));
  rmSync(file);
  type Turn = (typeof turns)[number];
  const middle = (of: (turn: Turn) => number): number => median(turns.map(of));
  const { made } = turns[0].layout;
  const title = `${stacks / 1000}k stacks, ${(made / 1e6).toFixed(1)}M boxes`;
  const row = (what: string, unit: string, of: (turn: Turn) => number, limit: number): BenchRow => ({
    what: `${title}: ${what}`,
    value: middle(of),
    unit,
    limit: limited && limit > 0 ? limit : null,
  });
  return [
    { what: `${title}: frames a sample`, value: frames, unit: '', limit: null },
    { what: `${title}: file`, value: packed / 1e6, unit: 'MB gzipped', limit: null },
    { what: `${title}: raw`, value: size / 1e6, unit: 'MB', limit: null },
    row('gunzip, CPU', 'ms', (turn) => turn.gunzip.cpuMs, 0),
    row('gunzip and decode, CPU', 'ms', (turn) => turn.decode.cpuMs, 0),
    row('gunzip, decode and left-heavy layout, CPU', 'ms', (turn) => turn.layout.cpuMs, 0),
    row('all that to gunzip', '×', (turn) => turn.layout.cpuMs / turn.gunzip.cpuMs, LIMIT_CPU),
    row('peak memory to raw', '×', (turn) => turn.layout.peakBytes / size, LIMIT_MEMORY),
  ];
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}
