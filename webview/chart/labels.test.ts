import { expect, it } from 'vitest';
import { fc } from '../../test/support/property';
import { LabelFitter } from './labels';

const fitter = (): LabelFitter => new LabelFitter((text) => text.length * 6);

it('leaves alone what fits, and cuts the rest', () => {
  const labels = fitter();
  expect(labels.fit(1, 'handle', 36)).toBe('handle');
  expect(labels.fit(1, 'handle', 35)).toBe('hand…');
  expect(labels.fit(1, 'handle', 18)).toBe('ha…');
  expect(labels.fit(1, 'handle', 17)).toBe('');
  expect(labels.fit(2, '', 100)).toBe('');
});

it('never returns more than fits, nor half a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 200 }), (name, width) => {
      const text = fitter().fit(0, name, width);
      expect(text.length * 6).toBeLessThanOrEqual(Math.max(width, 0));
      expect(text.isWellFormed()).toBe(true);
    }),
  );
});

it('does not read a huge name to its end', () => {
  let measured = 0;
  const labels = new LabelFitter((text) => {
    measured++;
    return text.length * 6;
  });
  const huge = 'x'.repeat(10_000_000);
  expect(labels.fit(0, huge, 100)).toMatch(/^x+…$/);
  expect(labels.fit(0, huge, 1e9).length).toBeLessThan(1000);
  expect(measured).toBeLessThan(10);
});
