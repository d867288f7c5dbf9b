import { expect, test } from 'vitest';
import { countVitest } from './testSuites.mjs';

const report = {
  testResults: [
    {
      name: 'a.test.ts',
      status: 'failed',
      assertionResults: [
        { fullName: 'a adds', status: 'passed' },
        {
          fullName: 'a divides',
          status: 'failed',
          failureMessages: ['AssertionError: 1 is not 2\n    at a.test.ts:3'],
        },
        { fullName: 'a waits', status: 'skipped' },
      ],
    },
    { name: 'broken.test.ts', status: 'failed', message: 'does not load', assertionResults: [] },
  ],
};

test("vitest's report is counted, with files that do not load as failed", () => {
  const counts = countVitest(report);
  expect(counts).toMatchObject({ passed: 1, failed: 2, skipped: ['a waits'] });
  expect(counts.failures).toEqual(['a divides\n    AssertionError: 1 is not 2', 'broken.test.ts: does not load']);
});

test('what a pattern leaves out is not skipped', () => {
  expect(countVitest(report, 'adds|divides').skipped).toEqual([]);
});
