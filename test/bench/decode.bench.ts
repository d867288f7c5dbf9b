import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { BenchRow } from './bench';
import type { Measured } from './decodeChild';
import { generateCpuprofile } from './generateCpuprofile';

/** CPU time and peak memory of opening a large .cpuprofile, beside JSON.parse on the same bytes; each in a new process. */
export const name = 'Decode';

/** For the running engine, a worker that lives as long as its window, and for a new process with much to read. */
const LIMIT_CPU = 0.6;
/** Runs in one process: three to warm up, the others measured. */
const WARM_RUNS = 8;
const LIMIT_MEMORY = 6;
interface Case {
  samples: number;
  rounds: number;
  /** As `LIMIT_CPU`, for a new process; null where it is only shown. */
  coldLimit: number | null;
}
const CASES: Case[] = [
  // Not in a new process: half of its time is what a running engine has behind it, compiling code and touching memory
  // fresh from the system, which weighs less the larger the file. It comes out at about the limit: only shown.
  { samples: 1_000_000, rounds: 7, coldLimit: null },
  { samples: 5_000_000, rounds: 3, coldLimit: LIMIT_CPU },
];

export async function run(): Promise<{ rows: BenchRow[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'emberline-bench-'));
  try {
    const child = join(folder, 'decodeChild.cjs');
    await build({
      entryPoints: [join(import.meta.dirname, 'decodeChild.ts')],
      outfile: child,
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      logLevel: 'warning',
    });
    return { rows: CASES.flatMap((one) => measureCase(child, folder, one)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is compared runs in turns, so that a busy machine is busy for all; ratios are taken within a turn. */
function measureCase(child: string, folder: string, { samples, rounds, coldLimit }: Case): BenchRow[] {
  const file = join(folder, `${samples}.cpuprofile`);
  generateCpuprofile(file, { samples });
  const measure = (what: string, runs: number): Measured =>
    JSON.parse(execFileSync(process.execPath, [child, what, file, String(runs)], { encoding: 'utf8' })) as Measured;
  const turns = Array.from({ length: rounds }, () => ({
    parse: measure('parse', 1),
    decode: measure('decode', 1),
    layout: measure('layout', 1),
    warmParse: measure('parse', WARM_RUNS),
    warmLayout: measure('layout', WARM_RUNS),
  }));
  rmSync(file);
  type Turn = (typeof turns)[number];
  const middle = (of: (turn: Turn) => number): number => median(turns.map(of));
  const size = `${samples / 1e6}M samples, ${Math.round(turns[0].parse.size / 1e6)} MB`;
  const row = (what: string, unit: string, of: (turn: Turn) => number, limit: number | null = null): BenchRow => ({
    what: `${size}: ${what}`,
    value: middle(of),
    unit,
    limit,
  });
  return [
    row('JSON.parse, CPU, new process', 'ms', (turn) => turn.parse.cpuMs),
    row('decode, CPU, new process', 'ms', (turn) => turn.decode.cpuMs),
    row('decode and left-heavy layout, CPU, new process', 'ms', (turn) => turn.layout.cpuMs),
    row('decode and left-heavy layout, CPU, running engine', 'ms', (turn) => turn.warmLayout.cpuMs),
    row('decode and layout to JSON.parse, new process', '×', (turn) => turn.layout.cpuMs / turn.parse.cpuMs, coldLimit),
    row(
      'decode and layout to JSON.parse, running engine',
      '×',
      (turn) => turn.warmLayout.cpuMs / turn.warmParse.cpuMs,
      LIMIT_CPU,
    ),
    row('peak memory to file', '×', (turn) => turn.layout.peakBytes / turn.layout.size, LIMIT_MEMORY),
    row("JSON.parse's peak memory to file", '×', (turn) => turn.parse.peakBytes / turn.parse.size),
  ];
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
