import { describe, expect, it } from 'vitest';
import { hotPathText, noSourceText } from './hotPathText';

describe('hotPathText', () => {
  it('has all steps where there is room', () => {
    expect(hotPathText(['main', 'serve', 'visit', 'churn'], 3)).toBe('main › serve › visit › churn');
    expect(hotPathText(['main', 'serve', 'visit', 'churn'], 1)).toBe('main › serve › …');
    expect(hotPathText(['main'], 0)).toBe('main');
  });

  it('names the first and the last ones, by what tells them apart', () => {
    const names = [
      'java.lang.Thread.run',
      'com.shop.Server.serve',
      'java.util.TimSort.sort',
      'java.util.TimSort.mergeCollapse',
      'java.util.TimSort.mergeAt',
    ];
    expect(hotPathText(names, 4)).toBe('Thread.run › … › TimSort.mergeCollapse › TimSort.mergeAt');
    expect(hotPathText(names, 3)).toBe('Thread.run › … › TimSort.sort › TimSort.mergeCollapse › …');
  });

  it('is never much longer than sixty characters', () => {
    const names = Array.from({ length: 12 }, (_, i) => `pack.Type${i}${'x'.repeat(40)}.method${i}`);
    for (let at = 0; at < names.length; at++) {
      expect(hotPathText(names, at).length).toBeLessThanOrEqual(62);
    }
  });
});

describe('noSourceText', () => {
  it('counts from one, in runs', () => {
    expect(noSourceText([])).toBe('');
    expect(noSourceText([2])).toBe('3 has no source here');
    expect(noSourceText([2, 3, 4, 5, 6])).toBe('3–7 have no source here');
    expect(noSourceText([0, 2, 3])).toBe('1, 3–4 have no source here');
  });
});
