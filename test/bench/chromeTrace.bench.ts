import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { BenchRow } from './bench';
import { generateTrace } from './generateTrace';
import type { TraceMeasured } from './traceChild';

/** CPU time and peak memory of reading large Chrome traces, beside JSON.parse on the same file; each in a new process. */
export const name = 'Chrome trace';

/** For the running engine, which has decoded before. In a new process all code runs for the first time: shown only. */
const LIMIT_CPU = 1;
/** Of the file; the columns, their growth, and Node itself. */
const LIMIT_MEMORY = 1.5;
const MEGABYTES = 100;
/** Over the longest string that V8 can hold: JSON.parse cannot read it. */
const LARGE_MEGABYTES = 600;
const ROUNDS = 5;

export async function run(): Promise<{ rows: BenchRow[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'emberline-bench-'));
  try {
    const child = join(folder, 'traceChild.cjs');
    await build({
      entryPoints: [join(import.meta.dirname, 'traceChild.ts')],
      outfile: child,
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      logLevel: 'warning',
    });
    const file = join(folder, 'trace.json');
    const measure = (what: string, runs: number): TraceMeasured =>
      JSON.parse(execFileSync(process.execPath, [child, what, file, `${runs}`], { encoding: 'utf8' })) as TraceMeasured;
    generateTrace(file, MEGABYTES);
    // In turns, so that a busy machine is busy for both; ratios are taken within a turn.
    const turns = Array.from({ length: ROUNDS }, () => ({ parse: measure('parse', 4), decode: measure('decode', 6) }));
    generateTrace(file, LARGE_MEGABYTES);
    const large = measure('decode', 1);
    const middle = (of: (turn: (typeof turns)[number]) => number): number =>
      turns.map(of).sort((a, b) => a - b)[ROUNDS >> 1];
    const row = (what: string, unit: string, value: number, limit: number | null = null): BenchRow => ({
      what,
      value,
      unit,
      limit,
    });
    const parseAByte = middle(({ parse }) => parse.warmMs / parse.size);
    return {
      rows: [
        row(
          `${MEGABYTES} MB: JSON.parse, CPU`,
          'ms',
          middle(({ parse }) => parse.warmMs),
        ),
        row(
          `${MEGABYTES} MB: decode, CPU, new process`,
          'ms',
          middle(({ decode }) => decode.coldMs),
        ),
        row(
          `${MEGABYTES} MB: decode, CPU, running engine`,
          'ms',
          middle(({ decode }) => decode.warmMs),
        ),
        row(
          'decode to JSON.parse, new process',
          '×',
          middle(({ parse, decode }) => decode.coldMs / parse.coldMs),
        ),
        row(
          'decode to JSON.parse, running engine',
          '×',
          middle(({ parse, decode }) => decode.warmMs / parse.warmMs),
          LIMIT_CPU,
        ),
        row(
          `${LARGE_MEGABYTES} MB: CPU a byte to that of JSON.parse`,
          '×',
          large.coldMs / large.size / parseAByte,
          LIMIT_CPU,
        ),
        row(`${LARGE_MEGABYTES} MB: peak memory to file`, '×', large.peakBytes / large.size, LIMIT_MEMORY),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
