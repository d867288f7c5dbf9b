import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { missingOptional } from './lockFile.mjs';

test('names the optional packages that a lock file leaves out', () => {
  const lock = {
    packages: {
      '': { name: 'project' },
      'node_modules/tool': { version: '1.0.0', optionalDependencies: { 'tool-linux': '1.0.0', 'tool-mac': '1.0.0' } },
      'node_modules/tool-linux': { version: '1.0.0', optional: true },
    },
  };
  expect(missingOptional(lock)).toEqual(['tool-mac@1.0.0']);
});

test("the project's own lock file is one that npm ci accepts on every platform", () => {
  expect(missingOptional(JSON.parse(readFileSync('package-lock.json', 'utf8')))).toEqual([]);
});
