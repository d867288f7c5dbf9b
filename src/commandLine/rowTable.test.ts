import { expect, test } from 'vitest';
import { tableLines } from './rowTable';

test('numbers stand right in their columns, names are as long as they are', () => {
  expect(
    tableLines(
      ['self', 'name'],
      [
        ['10.5', 'work'],
        ['1,234.5', 'a much longer name'],
      ],
    ),
  ).toEqual(['   self  name', '   10.5  work', '1,234.5  a much longer name']);
});

test('takes more rows than a call takes arguments', () => {
  const rows = Array.from({ length: 500_000 }, (_, i) => [String(i), 'f']);
  expect(tableLines(['self', 'name'], rows).at(-1)).toBe('499999  f');
});
