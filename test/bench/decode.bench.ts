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

const LIMIT_CPU = 0.6;
const LIMIT_MEMORY = 6;
const CASES = [
  { samples: 1_000_000, rounds: 7 },
  { samples: 5_000_000, rounds: 3 },
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
    return { rows: CASES.flatMap(({ samples, rounds }) => measureCase(child, folder, samples, rounds)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Measures one size; what is compared runs in turns, so that a busy machine is busy for both. */
export function measureCase(child: string, folder: string, samples: number, rounds: number): BenchRow[] {
  const file = join(folder, `${samples}.cpuprofile`);
  generateCpuprofile(file, { samples });
  const measured: Record<string, Measured[]> = { parse: [], decode: [], layout: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [what, results] of Object.entries(measured)) {
      results.push(JSON.parse(execFileSync(process.execPath, [child, what, file], { encoding: 'utf8' })) as Measured);
    }
  }
  rmSync(file);
  const cpu = (what: string): number => median(measured[what].map((one) => one.cpuMs));
  const peak = (what: string): number => median(measured[what].map((one) => one.peakBytes / one.size));
  const size = `${samples / 1e6}M samples, ${Math.round(measured['parse'][0].size / 1e6)} MB`;
  return [
    { what: `${size}: JSON.parse, CPU`, value: cpu('parse'), unit: 'ms', limit: null },
    { what: `${size}: decode, CPU`, value: cpu('decode'), unit: 'ms', limit: null },
    { what: `${size}: decode and left-heavy layout, CPU`, value: cpu('layout'), unit: 'ms', limit: null },
    { what: `${size}: decode to JSON.parse`, value: cpu('decode') / cpu('parse'), unit: '×', limit: null },
    {
      what: `${size}: decode and layout to JSON.parse`,
      value: cpu('layout') / cpu('parse'),
      unit: '×',
      limit: LIMIT_CPU,
    },
    { what: `${size}: peak memory to file`, value: peak('layout'), unit: '×', limit: LIMIT_MEMORY },
    { what: `${size}: JSON.parse's peak memory to file`, value: peak('parse'), unit: '×', limit: null },
  ];
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
