// npm test: every suite, from a fresh clone. `--only unit|real|webview|vscode` (may be repeated) and `--grep PATTERN` narrow it.
import { parseArgs } from 'node:util';
import { setUp } from './lib/setup.mjs';

const kinds = ['unit', 'real', 'webview', 'vscode'];
const { values } = readOptions();
await setUp();

const { build } = await import('./lib/build.mjs');
const { seconds } = await import('./lib/steps.mjs');
const { runRealTests, runUnitTests, runVsCodeTests, runWebviewTests } = await import('./lib/testSuites.mjs');
const suites = { unit: runUnitTests, real: runRealTests, webview: runWebviewTests, vscode: runVsCodeTests };

const wanted = values.only.length === 0 ? kinds : values.only;
const totals = { passed: 0, failed: 0, skipped: [], failures: [], retried: [] };
let built = null;
if (wanted.some((kind) => kind !== 'unit' && kind !== 'real')) {
  try {
    await build();
  } catch (error) {
    built = error;
  }
}
for (const kind of wanted) {
  const start = performance.now();
  console.log(`\n── ${kind} tests ──`);
  let counts;
  try {
    if (kind !== 'unit' && kind !== 'real' && built !== null) throw built;
    if (kind === 'vscode') await build({ tests: true });
    counts = await suites[kind](values.grep);
  } catch (error) {
    console.error(error.message);
    // A suite that did not run is a failure, not a silence.
    counts = {
      passed: 0,
      failed: 1,
      skipped: [],
      retried: [],
      failures: [`the ${kind} tests did not run: ${error.message.split('\n')[0]} (see above)`],
    };
  }
  console.log(`${kind}: ${sentence(counts)} (${seconds(start)})`);
  totals.passed += counts.passed;
  totals.failed += counts.failed;
  totals.skipped.push(...counts.skipped);
  totals.retried.push(...counts.retried.map((test) => `${kind}: ${test}`));
  totals.failures.push(...counts.failures.map((failure) => `${kind}: ${failure}`));
}

console.log('');
for (const test of totals.retried) console.log(`retried ${test}`);
for (const failure of totals.failures) console.log(`failed  ${failure}`);
for (const title of totals.skipped) console.log(`skipped ${title}`);
if (values.grep && totals.passed + totals.failed === 0) {
  console.log(`No test matches ${values.grep}.`);
  process.exitCode = 1;
}
// Everything the tests need, this command or .ci/run installs: on the machine that decides there is no excuse for a skip.
if (process.env.CI === 'true' && totals.skipped.length > 0) {
  console.log('A skipped test counts as a failure where CI=true.');
  process.exitCode = 1;
}
if (totals.failed > 0) process.exitCode = 1;
console.log(sentence(totals));
// Whatever a suite has left behind does not keep the command waiting.
process.exit();

function sentence({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped.length} skipped`;
}

function readOptions() {
  const usage = 'Usage: npm test -- [--only unit|real|webview|vscode]… [--grep PATTERN]';
  try {
    const parsed = parseArgs({
      options: { only: { type: 'string', multiple: true, default: [] }, grep: { type: 'string' } },
    });
    if (parsed.values.only.every((kind) => kinds.includes(kind))) return parsed;
    console.error(usage);
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
  }
  process.exit(2);
}
