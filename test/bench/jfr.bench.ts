import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { BenchRow } from './bench';
import { generateJfr } from './generateJfr';

/** CPU time of opening a large flight recording, beside the JDK's own tool on the same events; whole processes. */
export const name = 'JFR';

const SIZE = 100e6;
const LIMIT = 0.25;
const ROUNDS = 3;
/** What is in the recording. */
const EVENTS = [
  'ExecutionSample',
  'NativeMethodSample',
  'ObjectAllocationSample',
  'ObjectAllocationInNewTLAB',
  'ObjectAllocationOutsideTLAB',
  'OldObjectSample',
  'JavaMonitorEnter',
  'JavaMonitorWait',
  'ThreadPark',
  'ThreadSleep',
  'SocketRead',
  'FileRead',
  'JavaExceptionThrow',
  'ClassLoad',
];

export async function run(): Promise<{ rows: BenchRow[] }> {
  if (['java', 'javac', 'jfr'].some((tool) => spawnSync(tool, ['--version']).status !== 0)) {
    return { rows: [{ what: 'left out: no JDK (java, javac, jfr) on the PATH', value: 0, unit: '', limit: null }] };
  }
  const folder = mkdtempSync(join(tmpdir(), 'emberline-bench-'));
  try {
    const child = join(folder, 'jfrChild.cjs');
    await build({
      entryPoints: [join(import.meta.dirname, 'jfrChild.ts')],
      outfile: child,
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      logLevel: 'warning',
    });
    const file = join(folder, 'large.jfr');
    const size = generateJfr(file, SIZE, join(import.meta.dirname, '../fixtures/programs'), folder);
    const summary = cpuMs(['jfr', 'summary', file]).cpu;
    const print = cpuMs(['jfr', 'print', '--events', EVENTS.map((event) => `jdk.${event}`).join(','), file]).cpu;
    const opens = Array.from({ length: ROUNDS }, () => cpuMs([process.execPath, child, file], true));
    const open = opens.map(({ cpu }) => cpu).sort((a, b) => a - b)[ROUNDS >> 1];
    const { samples, peakBytes } = JSON.parse(opens[0].output) as { samples: number; peakBytes: number };
    const what = `${Math.round(size / 1e6)} MB, ${(samples / 1e6).toFixed(1)}M samples`;
    return {
      rows: [
        { what: `${what}: jfr summary, CPU`, value: summary, unit: 'ms', limit: null },
        { what: `${what}: jfr print, CPU`, value: print, unit: 'ms', limit: null },
        { what: `${what}: decode and left-heavy layout, CPU, new process`, value: open, unit: 'ms', limit: null },
        {
          what: 'decode and layout to jfr summary and jfr print',
          value: open / (summary + print),
          unit: '×',
          limit: LIMIT,
        },
        { what: 'peak memory to file', value: peakBytes / size, unit: '×', limit: null },
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** User and system time of a command and all it starts, in milliseconds; its output is thrown away unless wanted. */
function cpuMs(command: string[], wanted = false): { cpu: number; output: string } {
  const script = `TIMEFORMAT='%U %S'; time "$@" ${wanted ? '' : '> /dev/null'}`;
  const output = spawnSync('bash', ['-c', script, 'bash', ...command], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: 1 << 24,
  });
  const times = output.stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
  if (output.status !== 0 || times.length !== 2) {
    throw new Error(`${command.join(' ')}: ${output.stderr}`);
  }
  return { cpu: (times[0] + times[1]) * 1000, output: output.stdout };
}
