import { expect, it } from 'vitest';
import { seeded } from '../../../test/support/profiles';
import { onesColumn } from '../../profile/ones';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { sumStacks, sumStacksByScript } from '../stackValues';
import { sumStacksByWasm } from './stackValues';

/** A profile of samples that count once each, with fractions, negative values and zeros, some of no stack. */
function randomProfile(stacks: number, samples: number, unit: string): Profile {
  const random = seeded(samples);
  const builder = new ProfileBuilder();
  builder.addSampleType('samples', 'count');
  builder.addSampleType('weight', unit);
  for (let i = 0; i < stacks; i++) {
    builder.stack(-1, builder.frame(builder.func(builder.string(`f${i}`), -1, 0, 0), 0, false));
  }
  const stack = Int32Array.from({ length: samples }, () => Math.floor(random() * (stacks + 1)) - 1);
  const time = Float64Array.from(
    { length: samples },
    () => Math.max(-5, random() * 1000 - 10) + (random() < 0.1 ? Number.NaN : 0) || 0,
  );
  builder.addSamples({ stack, thread: 0, time: null, values: [onesColumn(samples), time] });
  return builder.finish({
    formats: ['cpuprofile'],
    durationMs: null,
    startTimeMs: null,
    defaultSampleType: 1,
    lines: 'declaration',
    notes: [],
  });
}

it.each([
  [1, 1],
  [7, 8191],
  [300, 8192],
  [5000, 70_000],
])('%i stacks of %i samples are summed by WebAssembly as by script', (stacks, samples) => {
  const profile = randomProfile(stacks, samples, 'microseconds');
  for (const sampleType of [0, 1]) {
    const view = { sampleType, thread: null };
    const expected = sumStacksByScript(profile, view);
    expect(sumStacksByWasm(stacks, profile.samples.stack, profile.samples.values[sampleType])).toEqual(expected);
    expect(sumStacks(profile, view)).toEqual(expected);
  }
});

it('samples without a value do not count in a type of bytes, by WebAssembly and by script', () => {
  const profile = randomProfile(300, 70_000, 'bytes');
  const view = { sampleType: 1, thread: null };
  const expected = sumStacksByScript(profile, view);
  const values = profile.samples.values[1];
  expect(expected.samples).toBe(values.filter((value) => value !== 0).length);
  expect(expected.samples).toBeLessThan(70_000);
  expect(sumStacksByWasm(300, profile.samples.stack, values, true)).toEqual(expected);
  expect(sumStacks(profile, view)).toEqual(expected);
});
