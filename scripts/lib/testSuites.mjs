// Runs the kinds of tests and counts what they say.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBrowser } from './browser.mjs';
import { root } from './setup.mjs';
import { seconds, sleep } from './steps.mjs';
import { serveUiDriver } from './uiDriver.mjs';
import { startVsCode } from './vscode.mjs';

const outputFolder = join(root, 'test-output');

/** Mutations of each fixture: thousands in all. */
const fuzzCases = '300';

/** How long the tests in VS Code may take as a whole, and until the first one starts, in ms. */
const vscodeLimit = 40 * 60_000;
const vscodeStartLimit = 6 * 60_000;

/**
 * Where a run decides (CI), a test in a window, a browser or beside a profiler is tried twice before it counts as failed:
 * one of hundreds that meets a stalled machine is no verdict. Which ones needed it is printed above the sum.
 */
const retries = process.env.CI === 'true' ? 1 : 0;

/** @typedef {{passed: number, failed: number, skipped: string[], failures: string[], retried: string[]}} Counts */

/** @returns {Promise<Counts>} */
export async function runUnitTests(grep) {
  return runVitest('unit', 'vitest.config.mts', grep, 0);
}

/** @returns {Promise<Counts>} */
export async function runRealTests(grep) {
  return runVitest('real', 'vitest.real.config.mts', grep, retries);
}

/** @returns {Promise<Counts>} */
export async function runWebviewTests(grep) {
  process.env.EMBERLINE_CHROMIUM = await findBrowser();
  return runVitest('webview', 'vitest.webview.config.ts', grep, retries);
}

async function runVitest(name, config, grep, retry) {
  const report = join(outputFolder, `${name}.json`);
  await mkdir(outputFolder, { recursive: true });
  const beside = join(outputFolder, `${name}.beside.json`);
  await rm(report, { force: true });
  await rm(beside, { force: true });
  const args = [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--config',
    config,
    '--retry',
    String(retry),
  ];
  args.push('--reporter=default', '--reporter=json', `--outputFile.json=${report}`);
  args.push(`--reporter=${join(root, 'scripts', 'lib', 'besideReport.mjs')}`);
  if (grep) args.push('--testNamePattern', grep, '--passWithNoTests');
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { EMBERLINE_FUZZ_CASES: fuzzCases, ...process.env, EMBERLINE_BESIDE_REPORT: beside },
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (!existsSync(report)) throw new Error(`The ${name} tests left no report (vitest ended with ${code}).`);
  const counts = countVitest(JSON.parse(readFileSync(report, 'utf8')), grep);
  // All tests can pass and a hook, or what nobody waited for, still fail.
  const { strayErrors, retried } = existsSync(beside)
    ? JSON.parse(readFileSync(beside, 'utf8'))
    : { strayErrors: [], retried: [] };
  counts.failed += strayErrors.length;
  counts.failures.push(...strayErrors);
  counts.retried.push(...retried);
  if (code !== 0 && counts.failed === 0) {
    counts.failed = 1;
    counts.failures.push(`vitest ended with ${code} (see above)`);
  }
  return counts;
}

/**
 * Counts of vitest's JSON report. With `grep`, tests it leaves out are not counted as skipped: they were not asked for.
 * A file that fails to load has no test of its own and counts as one failed.
 * @returns {Counts}
 */
export function countVitest(report, grep) {
  const counts = { passed: 0, failed: 0, skipped: [], failures: [], retried: [] };
  const wanted = grep ? new RegExp(grep) : null;
  for (const file of report.testResults) {
    if (file.status === 'failed' && file.assertionResults.length === 0) {
      counts.failed++;
      counts.failures.push(`${file.name}: ${file.message}`);
    }
    for (const test of file.assertionResults) {
      if (test.status === 'passed') counts.passed++;
      else if (test.status === 'failed') {
        counts.failed++;
        counts.failures.push([test.fullName, ...firstLines(test.failureMessages?.[0])].join('\n'));
      } else if (wanted === null || wanted.test(test.fullName)) counts.skipped.push(test.fullName);
    }
  }
  return counts;
}

/** The first line of what a test threw, to be read below its name. */
function firstLines(message) {
  return message ? [`    ${message.split('\n')[0].slice(0, 300)}`] : [];
}

/** Test files with a window of their own: adding a folder to a window restarts its extensions, and the tests. */
const severalFolders = { file: 'severalFolders.test.js', title: 'Several folders of a workspace' };

/** @returns {Promise<Counts>} */
export async function runVsCodeTests(grep) {
  const folder = join(outputFolder, 'vscode');
  await rm(folder, { recursive: true, force: true });
  const counts = await runWindow(folder, grep, null);
  if (grep && !new RegExp(grep).test(severalFolders.title)) return counts;
  const more = await runWindow(join(folder, 'severalFolders'), grep, severalFolders.file);
  return {
    passed: counts.passed + more.passed,
    failed: counts.failed + more.failed,
    skipped: [...counts.skipped, ...more.skipped],
    failures: [...counts.failures, ...more.failures],
    retried: [...counts.retried, ...more.retried],
  };
}

/** Runs one test file in a window of two folders, `shop` and `billing`; all others in a window of one where `file` is null. */
async function runWindow(folder, grep, file) {
  await mkdir(folder, { recursive: true });
  const report = join(folder, 'report.json');
  // The real path: VS Code and V8 name files by it.
  const workspace = await realpath(await mkdtemp(join(tmpdir(), 'emberline-workspace-')));
  const opened = file === null ? workspace : await writeFolders(workspace);
  let session;
  const driver = await serveUiDriver(() => session);
  const start = performance.now();
  try {
    session = await startVsCode({
      folder: opened,
      extensionPath: root,
      extensionFolders: [join(root, 'test', 'vscode', 'debugAdapters')],
      testsPath: join(root, 'dist-test', 'vscode', 'index.js'),
      testEnv: {
        EMBERLINE_UI_DRIVER: driver.address,
        EMBERLINE_TEST_REPORT: report,
        EMBERLINE_TEST_OUTPUT: folder,
        EMBERLINE_TEST_ROOT: root,
        // VS Code takes PATH from a login shell.
        EMBERLINE_TEST_PATH: process.env.PATH,
        EMBERLINE_TEST_OTHERS: severalFolders.file,
        EMBERLINE_TEST_RETRIES: String(retries),
        ...(file === null ? {} : { EMBERLINE_TEST_FILE: file }),
        ...(grep ? { EMBERLINE_TEST_GREP: grep } : {}),
      },
      logFolder: folder,
      keepLogs: true,
      onLog: (line) => console.log(line),
    });
    console.log(`VS Code is up after ${seconds(start)}: ${session.title}`);
    const watcher = new AbortController();
    const end = await Promise.race([session.finished, watch(report, start, watcher.signal)]);
    watcher.abort();
    return countMocha(report, end);
  } catch (error) {
    await session?.page?.screenshot({ path: join(folder, 'failure.png') }).catch(() => {});
    throw error;
  } finally {
    await driver.close();
    await session?.close();
    await rm(workspace, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** A workspace of two folders; answers its file. */
async function writeFolders(workspace) {
  const names = ['shop', 'billing'];
  for (const name of names) await mkdir(join(workspace, name));
  const path = join(workspace, 'several.code-workspace');
  await writeFile(path, JSON.stringify({ folders: names.map((name) => ({ path: name })) }));
  return path;
}

/** Settles with a sentence when the tests do not start, or do not end in time. */
async function watch(report, start, signal) {
  while (!signal.aborted) {
    await sleep(1000);
    const spent = performance.now() - start;
    if (spent > vscodeLimit) return `the tests did not end within ${vscodeLimit / 60_000} minutes`;
    if (!existsSync(report) && spent > vscodeStartLimit) return 'the tests did not start in the extension host';
  }
}

/** @returns {Counts} */
function countMocha(report, end) {
  const counts = { passed: 0, failed: 0, skipped: [], failures: [], retried: [] };
  let complete = false;
  if (existsSync(report)) {
    const read = JSON.parse(readFileSync(report, 'utf8'));
    complete = read.complete;
    counts.passed = read.passed;
    counts.skipped = read.skipped;
    counts.failures = read.failures;
    counts.retried = read.retried;
    counts.failed = read.failures.length;
  }
  if (!complete || (end !== 0 && counts.failed === 0)) {
    counts.failed++;
    counts.failures.push(`the run in VS Code ended early: ${end} (logs and a picture are in test-output/vscode)`);
  }
  return counts;
}
