import { expect, test } from 'vitest';
import { lockIsSatisfied } from './setup.mjs';

const lock = (packages) => ({ lockfileVersion: 3, packages });
const wanted = lock({
  '': { name: 'project' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/b': { version: '2.0.0', optional: true },
});

test('the same packages satisfy a lock', () => {
  const installed = lock({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' } });
  expect(lockIsSatisfied(wanted, installed)).toBe(true);
});

test('an optional package of another platform may be missing', () => {
  expect(lockIsSatisfied(wanted, lock({ 'node_modules/a': { version: '1.0.0' } }))).toBe(true);
});

test('a missing package, and one in another version, do not', () => {
  expect(lockIsSatisfied(wanted, lock({}))).toBe(false);
  expect(lockIsSatisfied(wanted, lock({ 'node_modules/a': { version: '1.0.1' } }))).toBe(false);
  const other = lock({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.9.0' } });
  expect(lockIsSatisfied(wanted, other)).toBe(false);
});
