import { expect, it } from 'vitest';
import { LiveCost } from './liveCost';

it('is what the last rounds cost, and asks for no pause below the limit', () => {
  const cost = new LiveCost(0.25);
  expect([cost.share, cost.pauseMs]).toEqual([0, 0]);
  cost.add({ cpuMs: 100, wallMs: 1000 });
  cost.add({ cpuMs: 300, wallMs: 1000 });
  expect([cost.share, cost.pauseMs]).toEqual([0.2, 0]);
});

it('asks for the pause that brings the share down to the limit', () => {
  const cost = new LiveCost(0.25);
  cost.add({ cpuMs: 800, wallMs: 1000 });
  expect(cost.pauseMs).toBe(2200);
  cost.waited(2200);
  expect([cost.share, cost.pauseMs]).toEqual([0.25, 0]);
});

it('forgets a round that was expensive long ago', () => {
  const cost = new LiveCost(0.25);
  cost.add({ cpuMs: 5000, wallMs: 1000 });
  for (let i = 0; i < 5; i++) cost.add({ cpuMs: 10, wallMs: 1000 });
  expect(cost.share).toBe(0.01);
});
