import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decode, fixtures, readFixture } from '../../test/support/profiles';
import { formatByName } from '../formats/registry';
import type { Profile } from '../profile/profile';
import { ProfileBuilder } from '../profile/profileBuilder';
import { sumStacks } from './stackValues';

/** Counts of events in an oracle that `jfr print --json` is the source of (test/fixtures/jfr/oracle.mjs). */
function eventsOf(oracle: string): (...names: string[]) => number {
  const text = readFileSync(join(fixtures, 'jfr', `${oracle}.oracle.txt`), 'utf8');
  const counts = new Map([...text.matchAll(/^event (\S+) (\d+) /gm)].map(([, name, count]) => [name, Number(count)]));
  return (...names) => names.reduce((sum, name) => sum + counts.get(name)!, 0);
}

function samplesOf(profile: Profile, type: string): number {
  const sampleType = profile.sampleTypes.findIndex((each) => each.type === type);
  const { samples, count } = sumStacks(profile, { sampleType, thread: null });
  const without = profile.samples.stack.some((stack) => stack < 0);
  if (!without) expect(count.reduce((sum, each) => sum + each, 0)).toBe(samples);
  return samples;
}

describe('samples of a type', () => {
  const jfr = formatByName('jfr')!;

  it('are the events of that type in a recording of the JDK', () => {
    const profile = decode(jfr, readFixture('jfr/jdk17.jfr.gz'));
    const events = eventsOf('jdk17');
    expect(samplesOf(profile, 'samples')).toBe(events('jdk.ExecutionSample'));
    expect(samplesOf(profile, 'native_samples')).toBe(events('jdk.NativeMethodSample'));
    expect(samplesOf(profile, 'lock')).toBe(events('jdk.JavaMonitorEnter'));
    expect(samplesOf(profile, 'wait')).toBe(events('jdk.JavaMonitorWait'));
    expect(samplesOf(profile, 'park')).toBe(events('jdk.ThreadPark'));
    expect(samplesOf(profile, 'sleep')).toBe(events('jdk.ThreadSleep'));
    expect(samplesOf(profile, 'io')).toBe(events('jdk.FileRead', 'jdk.SocketRead'));
    expect(samplesOf(profile, 'exceptions')).toBe(events('jdk.JavaExceptionThrow'));
    expect(samplesOf(profile, 'alloc_space')).toBe(events('jdk.ObjectAllocationSample'));
    const buffers = events('jdk.ObjectAllocationInNewTLAB', 'jdk.ObjectAllocationOutsideTLAB');
    expect(samplesOf(profile, 'tlab_space')).toBe(buffers);
    expect(samplesOf(profile, 'tlab_samples')).toBe(buffers);
  });

  it("are the events of that type in async-profiler's recordings", () => {
    const cpu = decode(jfr, readFixture('jfr/async-cpu.jfr'));
    const events = eventsOf('async-cpu');
    expect(samplesOf(cpu, 'samples')).toBe(events('jdk.ExecutionSample'));
    expect(samplesOf(cpu, 'lock')).toBe(events('jdk.JavaMonitorEnter'));
    expect(samplesOf(cpu, 'alloc_space')).toBe(events('jdk.ObjectAllocationInNewTLAB'));
    expect(samplesOf(cpu, 'live_space')).toBe(events('profiler.LiveObject'));
    const malloc = decode(jfr, readFixture('jfr/async-malloc.jfr'));
    expect(samplesOf(malloc, 'malloc_space')).toBe(eventsOf('async-malloc')('profiler.Malloc'));
    expect(samplesOf(malloc, 'malloc_unfreed')).toBe(eventsOf('async-malloc')('unfreed'));
  });

  it('are what the column says where the type weighs it, those without a weight too', () => {
    const builder = new ProfileBuilder();
    builder.addSampleType('samples', 'count');
    builder.addSampleType('time', 'nanoseconds');
    for (const [count, time] of [
      [2, 10],
      [3, 0],
    ]) {
      const row = builder.addSample(-1, 0, null, -1);
      builder.setValue(row, 0, count);
      builder.setValue(row, 1, time);
    }
    const meta = { formats: [], durationMs: null, startTimeMs: null, defaultSampleType: 0, lines: 'none' as const };
    expect(samplesOf(builder.finish({ ...meta, notes: [] }), 'time')).toBe(5);
  });

  it('are the records in use, where a heap has records that are freed', () => {
    const heap = decode(formatByName('pprof')!, readFixture('pprof/heap.pb.gz'));
    const inUse = heap.samples.values[heap.sampleTypes.findIndex(({ type }) => type === 'inuse_space')];
    expect(samplesOf(heap, 'inuse_space')).toBe(inUse.filter((value) => value !== 0).length);
    expect(inUse.some((value) => value === 0)).toBe(true);
  });
});
