import { expect, it } from 'vitest';
import { cellValue, ValueShapes } from './valueShapes';

it('keeps one shape for all values that are equally wide', () => {
  const shapes = new ValueShapes();
  const rows = Array.from({ length: 1000 }, (_, i) => ({
    func: i,
    name: 'f',
    file: null,
    line: null,
    self: i * 1e6,
    total: 200e9 + i,
  }));
  shapes.learn(rows, 'nanoseconds', 1e12);
  expect([...shapes.self].sort()).toEqual(['0 ms', '00 ms', '000 ms']);
  expect([...shapes.total]).toEqual(['0 min 00 s']);
  expect(shapes.shares).toContain('00.0%');
  expect(shapes.shares).toContain('<0.0%');
});

it('cuts a unit, never its number', () => {
  expect(cellValue(1234, 'x'.repeat(1e6))).toBe(`1,234 ${'x'.repeat(14)}…`);
  expect(cellValue(215e6, 'nanoseconds')).toBe('215 ms');
});
