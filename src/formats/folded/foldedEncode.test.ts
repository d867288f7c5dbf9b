import { describe, expect, it } from 'vitest';
import { noContext, sourceOf } from '../../../test/support/profiles';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { decodeFolded, folded } from './folded';

/** A chain of calls with a sample at each level. */
function chain(depth: number, name: string): Profile {
  const builder = new ProfileBuilder();
  builder.addSampleType('samples', 'count');
  const func = builder.func(builder.string(name), -1, 0, 0);
  const even = builder.frame(func, 0, false);
  const odd = builder.frame(builder.func(builder.string(`${name}!`), -1, 0, 0), 0, false);
  let stack = -1;
  for (let i = 0; i < depth; i++) {
    stack = builder.stack(stack, i % 2 === 0 ? even : odd);
    builder.setValue(builder.addSample(stack, 0, null, -1), 0, i + 1);
  }
  return builder.finish({
    formats: ['folded'],
    durationMs: null,
    startTimeMs: null,
    defaultSampleType: 0,
    lines: 'none',
    notes: [],
  });
}

describe('folded', () => {
  it('writes deep stacks, and refuses at once those that would fill the disk', () => {
    const text = new TextDecoder().decode(folded.encode!(chain(300, 'fünf')));
    const path = Array.from({ length: 300 }, (_, i) => (i % 2 === 0 ? 'fünf' : 'fünf!'));
    expect(text).toBe(path.map((_, i) => `${path.slice(0, i + 1).join(';')} ${i + 1}\n`).join(''));
    expect(() => folded.encode!(chain(30_000, 'recursive'))).toThrow(/^Written as folded stacks, .* 1024 MiB/);
  });

  it('writes counts of samples where the profile has them, the default type otherwise', () => {
    for (const [unit, expected] of [
      ['count', 'f 3\n'],
      ['bytes', 'f 3000\n'],
    ]) {
      const builder = new ProfileBuilder();
      builder.addSampleType('samples', unit);
      builder.addSampleType('cpu', 'nanoseconds');
      const frame = builder.frame(builder.func(builder.string('f'), -1, 0, 0), 0, false);
      const row = builder.addSample(builder.stack(-1, frame), 0, null, -1);
      builder.setValue(row, 0, 3);
      builder.setValue(row, 1, 3000);
      const profile = builder.finish({
        formats: ['pprof'],
        durationMs: null,
        startTimeMs: null,
        defaultSampleType: 1,
        lines: 'none',
        notes: [],
      });
      expect(new TextDecoder().decode(folded.encode!(profile))).toBe(expected);
    }
  });

  it('writes the counts of the event that is shown', () => {
    const builder = new ProfileBuilder();
    for (const [type, unit] of [
      ['samples', 'count'],
      ['samples:cpu-clock', 'count'],
      ['cpu-clock', 'nanoseconds'],
    ]) {
      builder.addSampleType(type, unit);
    }
    for (const [name, ...values] of [
      ['a', 1, 1, 1000],
      ['b', 1, 0, 0],
    ] as [string, ...number[]][]) {
      const func = builder.func(builder.string(name), -1, 0, 0);
      const row = builder.addSample(builder.stack(-1, builder.frame(func, 0, false)), 0, null, -1);
      values.forEach((value, type) => {
        builder.setValue(row, type, value);
      });
    }
    const profile = builder.finish({
      formats: ['perf'],
      durationMs: null,
      startTimeMs: null,
      defaultSampleType: 2,
      lines: 'none',
      notes: [],
    });
    expect(new TextDecoder().decode(folded.encode!(profile))).toBe('a 1\n');
  });

  it('writes what it reads again: names of modules of the kernel, files of Node itself', () => {
    const text = 'resolve (node:path);[kernel.kallsyms]`ksys_read_[k] 2\n';
    const profile = decodeFolded(sourceOf(text), noContext);
    expect([...profile.strings]).toEqual(
      expect.arrayContaining(['resolve', 'node:path', '[kernel.kallsyms]', 'ksys_read']),
    );
    expect(new TextDecoder().decode(folded.encode!(profile))).toBe(text);
  });
});
