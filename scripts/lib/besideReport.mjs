// A reporter of vitest's: writes what its JSON report lacks to EMBERLINE_BESIDE_REPORT: what failed outside of any test,
// and which tests passed at a second try only.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

/** Lines of a stack that say where it was. */
const MOST_LINES = 6;

// biome-ignore lint/style/noDefaultExport: vitest takes a reporter from a file by its default export.
export default class BesideReport {
  onTestRunEnd(modules, unhandledErrors) {
    const report = { strayErrors: strayErrors(modules, unhandledErrors), retried: retriedTests(modules) };
    writeFileSync(process.env.EMBERLINE_BESIDE_REPORT, JSON.stringify(report));
  }
}

/** @returns {string[]} names of the tests that were tried more than once */
export function retriedTests(modules) {
  return modules.flatMap((module) =>
    [...module.children.allTests()]
      .filter((test) => (test.diagnostic()?.retryCount ?? 0) > 0)
      .map(({ fullName }) => fullName),
  );
}

/**
 * What hooks threw, and what nobody caught. Files that do not load have no test: the JSON report names those.
 * @returns {string[]} each a sentence, with the stack's first lines below it
 */
export function strayErrors(modules, unhandledErrors) {
  const found = [];
  for (const module of modules) {
    const file = relative(process.cwd(), module.moduleId);
    if (!module.children.allTests().next().done) {
      for (const error of module.errors()) found.push(`a hook of ${file}: ${textOf(error)}`);
    }
    for (const suite of module.children.allSuites()) {
      for (const error of suite.errors()) found.push(`a hook of ${file}, ${suite.fullName}: ${textOf(error)}`);
    }
  }
  for (const error of unhandledErrors) {
    const where = [error.VITEST_TEST_PATH && relative(process.cwd(), error.VITEST_TEST_PATH), error.VITEST_TEST_NAME];
    const during = where.filter(Boolean).join(', ');
    found.push(`${error.type ?? 'Unhandled Error'}${during && ` during ${during}`}: ${textOf(error)}`);
  }
  return found;
}

function textOf(error) {
  const { stack } = error;
  const all = typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : [];
  const ours = all.filter((line) => !/node_modules|\(<anonymous>\)$/.test(line));
  const stackLines = ours.length > 0 ? ours : all;
  const message = `${error.name ?? 'Error'}: ${error.message ?? String(error)}`;
  return [message, ...stackLines.slice(0, MOST_LINES).map((line) => `    ${line.trim()}`)].join('\n');
}
