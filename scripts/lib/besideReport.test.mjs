import { join } from 'node:path';
import { expect, test } from 'vitest';
import { retriedTests, strayErrors } from './besideReport.mjs';

const moduleOf = (tests, errors, suites = []) => ({
  moduleId: join(process.cwd(), 'test/real/a.test.ts'),
  children: { allTests: () => tests.values(), allSuites: () => suites.values() },
  errors: () => errors,
});

const error = {
  name: 'Error',
  message: 'ENOTEMPTY: directory not empty',
  stack: 'Error: x\n    at ours (/a.ts:1:2)\n    at theirs (/node_modules/vitest/run.js:3:4)',
};

test('errors of hooks and those nobody caught are told with where they were', () => {
  const suite = { fullName: 'a server', errors: () => [error] };
  const told = '    at ours (/a.ts:1:2)';
  expect(strayErrors([moduleOf(['one'], [error], [suite])], [{ ...error, type: 'Unhandled Rejection' }])).toEqual([
    `a hook of test/real/a.test.ts: Error: ENOTEMPTY: directory not empty\n${told}`,
    `a hook of test/real/a.test.ts, a server: Error: ENOTEMPTY: directory not empty\n${told}`,
    `Unhandled Rejection: Error: ENOTEMPTY: directory not empty\n${told}`,
  ]);
});

test('a file that does not load is left to the other report', () => {
  expect(strayErrors([moduleOf([], [error])], [])).toEqual([]);
});

test('tests that were tried again are named', () => {
  const tried = (fullName, retryCount) => ({ fullName, diagnostic: () => ({ retryCount }) });
  const skipped = { fullName: 'skipped', diagnostic: () => undefined };
  expect(retriedTests([moduleOf([tried('once', 0), tried('twice', 1), skipped], [])])).toEqual(['twice']);
});
