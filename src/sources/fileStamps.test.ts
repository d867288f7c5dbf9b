import { expect, test } from 'vitest';
import { clockMs, FileStamps } from './fileStamps';

const written = 1_700_000_000_000;

test('a file of the same time and size is unchanged', () => {
  const stamps = new FileStamps<object>();
  const file = {};
  stamps.remember(file, { mtime: written, size: 10 }, written + 60_000);
  expect(stamps.has(file)).toBe(true);
  expect(stamps.isUnchanged(file, { mtime: written, size: 10 })).toBe(true);
});

test('a file that was written again, or is as long as never before, is not', () => {
  const stamps = new FileStamps<object>();
  const file = {};
  stamps.remember(file, { mtime: written, size: 10 }, written + 60_000);
  expect(stamps.isUnchanged(file, { mtime: written + 1, size: 10 })).toBe(false);
  // Tools that unpack set times back.
  expect(stamps.isUnchanged(file, { mtime: written - 1, size: 10 })).toBe(false);
  expect(stamps.isUnchanged(file, { mtime: written, size: 11 })).toBe(false);
});

test('what was written just before it was read is not remembered', () => {
  const stamps = new FileStamps<object>();
  const file = {};
  stamps.remember(file, { mtime: written, size: 10 }, written + clockMs);
  expect(stamps.has(file)).toBe(false);
  expect(stamps.isUnchanged(file, { mtime: written, size: 10 })).toBe(false);
});

test('nothing is known of another file', () => {
  const stamps = new FileStamps<object>();
  stamps.remember({}, { mtime: written, size: 10 }, written + 60_000);
  expect(stamps.isUnchanged({}, { mtime: written, size: 10 })).toBe(false);
});
