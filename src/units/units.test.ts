import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatExactCount,
  formatNamedValue,
  formatPercent,
  formatTick,
  formatValue,
  niceStep,
  plural,
  unitKind,
} from './units';

describe('counts', () => {
  it.each([
    [0, '0'],
    [1, '1'],
    [1234, '1,234'],
    [9999, '9,999'],
    [12_345, '12.3k'],
    [999_499, '999k'],
    [999_500, '1M'],
    [1_234_567, '1.23M'],
    [45_600_000_000, '45.6G'],
    [7.8e12, '7.8T'],
    [-12_345, '-12.3k'],
    [0.5, '0.5'],
    [Number.NaN, '–'],
  ])('%d is %s', (value, text) => expect(formatCount(value)).toBe(text));

  it('keeps every digit where asked to', () => expect(formatExactCount(1234567)).toBe('1,234,567'));
});

describe('time', () => {
  it.each([
    [0, 'nanoseconds', '0 ms'],
    [999, 'ns', '999 ns'],
    [1500, 'nanoseconds', '1.5 µs'],
    [15, 'microseconds', '15 µs'],
    [12_340, 'microseconds', '12.3 ms'],
    [1, 'seconds', '1 s'],
    [59.4, 's', '59.4 s'],
    [61, 's', '1 min 01 s'],
    [3725, 's', '1 h 02 min'],
    [-90_000, 'milliseconds', '-1 min 30 s'],
    [999.6, 'ms', '1 s'],
  ])('%d %s is %s', (value, unit, text) => expect(formatValue(value, unit)).toBe(text));
});

describe('bytes are binary, as go tool pprof divides', () => {
  it.each([
    [0, 'bytes', '0 B'],
    [512, 'bytes', '512 B'],
    [1024, 'bytes', '1 KiB'],
    [524_468, 'bytes', '512 KiB'],
    [1_572_864, 'bytes', '1.5 MiB'],
    [3, 'kilobytes', '3 KiB'],
    [5 * 1024 ** 4, 'bytes', '5 TiB'],
  ])('%d %s is %s', (value, unit, text) => expect(formatValue(value, unit)).toBe(text));
});

it('keeps a unit that it does not know', () => {
  expect(unitKind('furlongs')).toBe('other');
  expect(formatValue(12, 'furlongs')).toBe('12 furlongs');
  expect(unitKind('constructor')).toBe('other');
});

it('names bare counts', () => {
  expect(formatNamedValue(1, 'count', 'samples')).toBe('1 sample');
  expect(formatNamedValue(1234, 'count', 'samples')).toBe('1,234 samples');
  expect(formatNamedValue(7, 'count', 'contentions')).toBe('7');
  expect(formatNamedValue(2e6, 'nanoseconds', 'cpu')).toBe('2 ms');
  expect(plural(1, 'function')).toBe('function');
});

describe('percent', () => {
  it.each([
    [1, 8, '12.5%'],
    [0, 8, '0.0%'],
    [1, 100_000, '<0.1%'],
    [8, 8, '100.0%'],
    [-1, 8, '-12.5%'],
    [1, 0, '–'],
  ])('%d of %d is %s', (part, whole, text) => expect(formatPercent(part, whole)).toBe(text));
});

describe('ticks', () => {
  it('are 1, 2 or 5 times a power of ten apart', () => {
    for (let i = 0; i < 200; i++) {
      const minimum = 10 ** (i / 10 - 9);
      const step = niceStep(minimum);
      expect(step).toBeGreaterThanOrEqual(minimum * 0.999);
      expect(step).toBeLessThan(minimum * 2.6);
      expect(['1', '2', '5']).toContain(step.toExponential(3)[0]);
    }
    expect(niceStep(0)).toBe(1);
    expect(niceStep(Number.NaN)).toBe(1);
  });

  it('tell neighbours apart', () => {
    expect(formatTick(200e6, 200e6, 'nanoseconds')).toBe('200 ms');
    expect(formatTick(1.2e9, 0.2e9, 'nanoseconds')).toBe('1.2 s');
    expect(formatTick(1.20005e9, 5e4, 'nanoseconds')).toBe('1.20005 s');
    expect(formatTick(1500, 500, 'count')).toBe('1,500');
    expect(formatTick(20_000, 5000, 'count')).toBe('20k');
    expect(formatTick(2048, 1024, 'bytes')).toBe('2 KiB');
  });
});
