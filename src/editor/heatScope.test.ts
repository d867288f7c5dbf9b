import { expect, it } from 'vitest';
import type { ProfileSummary } from '../engine/engineApi';
import { heatScope } from './heatScope';

it('tells which part of a profile glows', () => {
  const threads = [{ title: 'java · main' }, { title: 'java · gc' }];
  const summary = { threads } as unknown as ProfileSummary;
  expect(heatScope(summary, { sampleType: 0, thread: null, splitBy: 'thread' })).toBe('');
  expect(heatScope(summary, { sampleType: 0, thread: 1 })).toBe('thread: java · gc');
  const filter = [{ by: 'label:instance', values: ['a:6060'] }] as const;
  expect(heatScope(summary, { sampleType: 0, thread: 0, filter })).toBe('thread: java · main, instance: a:6060');
  expect(heatScope({ threads: [threads[0]] } as unknown as ProfileSummary, { sampleType: 0, thread: 0 })).toBe('');
});
