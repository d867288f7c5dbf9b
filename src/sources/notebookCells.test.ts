import { expect, test } from 'vitest';
import { cellHashOf, kernelHash } from './notebookCells';

test('cells have the names that ipykernel 6 and 7 give them', () => {
  // By ipykernel.compiler.get_file_name.
  expect(kernelHash('x')).toBe('32546335');
  expect(kernelHash('ab')).toBe('2805137849');
  expect(kernelHash('abc')).toBe('3350977461');
  expect(kernelHash('abcd')).toBe('804720481');
  expect(kernelHash('total = 0\nfor i in range(10):\n    total += i\n')).toBe('762725721');
  expect(kernelHash('größe = "ß€"\n')).toBe('2211745596');
});

test('names of cells are told from those of files', () => {
  expect(cellHashOf('/tmp/ipykernel_4711/762725721.py')).toBe('762725721');
  expect(cellHashOf('C:\\Users\\a\\AppData\\Local\\Temp\\ipykernel_12\\32546335.py')).toBe('32546335');
  expect(cellHashOf('<ipython-input-3-0123456789ab>')).toBe('0123456789ab');
  expect(cellHashOf('762725721.py')).toBe('762725721');
  expect(cellHashOf('/home/a/ipykernel/762725721.py')).toBeNull();
  expect(cellHashOf('<ipython-input-3>')).toBeNull();
});
