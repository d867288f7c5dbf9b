import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BenchRow } from './bench';
import { stolenMs } from './blockedTime';

/** Hot lines in a real VS Code: a file whose 10,000 lines are all hot, and a profile that touches 5,000 files. */
export const name = 'HotLines';

const project = join(import.meta.dirname, '../..');
const LINES = 10_000;
const FILES = 5000;
const FILES_A_FOLDER = 50;
const LINES_A_FILE = 40;

interface Session {
  readonly title: string;
  readonly finished: Promise<unknown>;
  close(): Promise<void>;
}

/** What is used of scripts/lib, which has no types. */
interface Scripts {
  startVsCode(options: object): Promise<Session>;
  serveUiDriver(session: () => Session | undefined): Promise<{ address: string; close(): Promise<void> }>;
}

export async function run(): Promise<{ rows: BenchRow[] }> {
  const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'emberline-hot-')));
  const output = join(project, 'test-output', 'bench');
  const results = join(output, 'hotLines.json');
  mkdirSync(output, { recursive: true });
  rmSync(results, { force: true });
  writePrograms(workspace);
  const { startVsCode, serveUiDriver } = await loadScripts();
  const stolenBefore = stolenMs();
  let session: Session | undefined;
  const driver = await serveUiDriver(() => session);
  try {
    session = await startVsCode({
      folder: workspace,
      extensionPath: project,
      testsPath: await bundleHost(),
      testEnv: {
        EMBERLINE_UI_DRIVER: driver.address,
        EMBERLINE_BENCH_RESULTS: results,
        EMBERLINE_BENCH_FILES: String(FILES),
        // A folder for CPU profiles of the extension host, one for each part of the run.
        EMBERLINE_BENCH_PROFILES: process.env['EMBERLINE_BENCH_PROFILES'] ?? '',
      },
      settings: { 'emberline.heat.threshold': 0, 'files.autoSave': 'off' },
      logFolder: output,
      onLog: (line: string) => console.log(`  ${line}`),
    });
    const end = await session.finished;
    const rows = readRows(results);
    if (rows === null) {
      throw new Error(`The run in VS Code ended early: ${String(end)} (logs are in ${output}).`);
    }
    const load = { what: `load of the machine's ${availableParallelism()} processors`, unit: 'tasks', limit: null };
    const stolen = { what: 'processor time that other virtual machines took', unit: 'ms', limit: null };
    return {
      rows: [...rows, { ...load, value: loadavg()[0]! }, { ...stolen, value: stolenMs() - stolenBefore }],
    };
  } finally {
    await driver.close();
    await session?.close();
    rmSync(workspace, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function loadScripts(): Promise<Scripts> {
  const load = (file: string): Promise<unknown> => import(pathToFileURL(join(project, 'scripts', 'lib', file)).href);
  return Object.assign({}, await load('vscode.mjs'), await load('uiDriver.mjs')) as Scripts;
}

/** The module that the extension host runs. */
async function bundleHost(): Promise<string> {
  const { build } = await import('esbuild');
  const outfile = join(project, 'dist-test', 'benchHost', 'hotLinesHost.js');
  await build({
    entryPoints: [join(project, 'test', 'bench', 'host', 'hotLinesHost.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'warning',
  });
  return outfile;
}

function readRows(path: string): BenchRow[] | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as BenchRow[];
  } catch {
    return null;
  }
}

/** `plain.py`, `many.py` with `many.folded`, and `packages/…/file_….py` with `files.folded`. */
function writePrograms(workspace: string): void {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text);
  };
  write('plain.py', `${Array.from({ length: LINES }, (_, i) => `plain_${i} = compute(${i})`).join('\n')}\n`);
  // Every line its own share, so that labels would all differ.
  const value = (i: number): number => 1 + ((i * 7919) % 9973);
  const many = Array.from({ length: LINES }, (_, i) => `f${i} (${workspace}/many.py:${i + 1}) ${value(i)}`);
  write('many.py', `${Array.from({ length: LINES }, (_, i) => `value_${i} = compute(${i})`).join('\n')}\n`);
  write('many.folded', `${many.join('\n')}\n`);
  const stacks: string[] = [];
  for (let i = 0; i < FILES; i++) {
    const path = `packages/p${Math.floor(i / FILES_A_FOLDER)}/file_${i}.py`;
    const lines = Array.from({ length: LINES_A_FILE }, (_, line) => `result_${line} = step_${i}(${line})`);
    write(path, `${lines.join('\n')}\n`);
    for (let line = 0; line < LINES_A_FILE; line += 2) {
      stacks.push(`main (${workspace}/main.py:1);f${i} (${workspace}/${path}:${line + 1}) ${value(i + line)}`);
    }
  }
  write('files.folded', `${stacks.join('\n')}\n`);
}
