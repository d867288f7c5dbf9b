import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockIsSatisfied, sharedFolder } from './setup.mjs';

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

test('a link to a folder of somebody else is told from a folder', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'emberline-setup-')));
  try {
    const own = join(folder, 'own');
    mkdirSync(own);
    symlinkSync(own, join(folder, 'link'), 'junction');
    symlinkSync(join(folder, 'gone'), join(folder, 'broken'), 'junction');
    expect(sharedFolder(own)).toBeNull();
    expect(sharedFolder(join(folder, 'missing'))).toBeNull();
    expect(sharedFolder(join(folder, 'link'))).toBe(own);
    expect(sharedFolder(join(folder, 'broken'))).toBe('a folder that is missing');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
