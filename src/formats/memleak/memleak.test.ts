import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decode, fixtures, frameName, naiveTotals, readFixture, stackNames, sum } from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import { frameKind } from '../../profile/frameKind';
import type { Profile } from '../../profile/profile';
import { memleak } from './memleak';
import { readMemleakFrame } from './memleakFrame';

function rows(profile: Profile): [string, number, number][] {
  expect(checkProfile(profile)).toEqual([]);
  return [...profile.samples.stack].map((stack, row) => [
    stackNames(profile, stack).join(';'),
    profile.samples.values[1][row],
    profile.samples.values[0][row],
  ]);
}

describe('memleak', () => {
  it.each(['stacks.memleak', 'blocks.memleak'])('agrees with a plain sum of the last snapshot of %s', (name) => {
    const profile = decode(memleak, readFixture(`memleak/${name}`), 100);
    const sums = new Map<string, [number, number]>();
    for (const [stack, bytes, count] of rows(profile)) {
      const known = sums.get(stack) ?? [0, 0];
      sums.set(stack, [known[0] + bytes, known[1] + count]);
    }
    const lines = [...sums].map(([stack, [bytes, count]]) => `${stack} ${bytes} ${count}\n`);
    expect(lines.sort().join('')).toBe(readFileSync(join(fixtures, 'memleak', `${name}.folded`), 'utf8'));
    expect(profile.sampleTypes).toEqual([
      { type: 'inuse_objects', unit: 'count' },
      { type: 'inuse_space', unit: 'bytes' },
    ]);
    expect(profile.meta.defaultSampleType).toBe(1);
    expect(profile.threads[0].pid).toBeGreaterThan(1);
    expect(profile.meta.notes[0]).toMatch(/^The file has 2 snapshots, and this is the last one, of \d\d:\d\d:\d\d:/);
  });

  it('knows what the program kept: 60 rounds of 16 bytes, every third of 100, and 1000 at depths 0 to 3', () => {
    const profile = decode(memleak, readFixture('memleak/stacks.memleak'));
    expect(sum(profile.samples.values[0])).toBe(140);
    expect(sum(profile.samples.values[1])).toBe(60 * 16 + 20 * 100 + 60 * 1000);
    const totals = naiveTotals(profile, 1, (frame) => frameName(profile, frame));
    expect(totals.get('parse')).toEqual({ self: 0, total: 60 * 16 + 20 * 100 });
    expect(totals.get('grow')).toEqual({ self: 0, total: 60_000 });
    expect(totals.get('keep')!.self).toBe(62_960);
    expect(profile.meta.notes).toHaveLength(1);
    // Two stacks were asked for, and two are there.
    expect(decode(memleak, readFixture('memleak/blocks.memleak')).meta.notes[1]).toMatch(/no more than 2 stacks/);
  });

  it('reads kernel allocations, the tool in C, lost stacks, and an end without stacks', () => {
    const text = [
      'WARNING: could not find something',
      'Attaching to kernel allocators, Ctrl+C to quit.',
      '[11:16:33] Top 10 stacks with outstanding allocations:',
      '        999 bytes in 9 allocations from stack',
      '                 gone [kernel]',
      '[2026-11-21 11:16:38] Top 10 stacks with outstanding allocations:',
      '        248 bytes in 4 allocations from stack',
      '                 bpf_prog_load [kernel]',
      '                 sys_bpf [kernel]',
      '',
      '45 bytes in 3 allocations from stack',
      '\taddr = 0x55d6 size = 15',
      '\t0 [<000055d6aa10f1a2>] operator new(unsigned long)+0x1e [libstdc++.so.6]',
      '\t1 [<000055d6aa10f1ff>] <null sym>',
      '\t2 [<000055d6aa10f200>] [test]',
      '7 bytes in 1 allocations from stack',
      '[11:16:43] Top 10 stacks with outstanding allocations:',
      '',
    ];
    for (const end of ['\n', '\r\n']) {
      const profile = decode(memleak, text.join(end), 7);
      expect(rows(profile)).toEqual([
        ['sys_bpf;bpf_prog_load', 248, 4],
        ['test+0x55d6aa10f200;[unknown];operator new(unsigned long)', 45, 3],
        ['', 7, 1],
      ]);
      expect(profile.meta.notes).toEqual([
        'The file has 3 snapshots, and this is the last one with any stack, of 2026-11-21 11:16:38: memory in use is not added up.',
      ]);
    }
  });

  it.each<[string, object]>([
    ['main+0x6d [allocs]', { name: 'main', module: 'allocs', kind: frameKind.native }],
    ['0x0000559b4789639f\tzmalloc+0x2f [redis-server]', { name: 'zmalloc', module: 'redis-server' }],
    ['0x0000557a62174188\t[unknown]', { name: '[unknown]', module: null }],
    ['[unknown] [app]', { name: '[unknown]', module: 'app' }],
    ['0x0000000000001188\t[unknown] [app]', { name: 'app+0x1188', module: 'app' }],
    ['operator new[](unsigned long)+0x1 [libstdc++.so.6]', { name: 'operator new[](unsigned long)' }],
    ['operator new[]', { name: 'operator new[]', module: null }],
    ['stack information lost', { name: 'stack information lost', module: null, kind: frameKind.unknown }],
  ])('reads the frame %s', (text, expected) => {
    expect(readMemleakFrame(text)).toMatchObject(expected);
  });

  it.each([
    ['nothing', '', /The file is empty/],
    ['prose', 'Dear reader,\nthis is a letter.\n', /Expected memleak's text/],
  ])('refuses %s', (_, input, sentence) => {
    expect(() => decode(memleak, input)).toThrow(sentence);
    expect(() => decode(memleak, input)).toThrow(expect.objectContaining({ name: 'DecodeError' }));
  });

  it('takes a snapshot without stacks: nothing is in use', () => {
    expect(rows(decode(memleak, '[11:16:43] Top 10 stacks with outstanding allocations:\n'))).toEqual([]);
  });

  it('is recognised by its content', () => {
    expect(memleak.detect(readFixture('memleak/stacks.memleak'), 'x')).toBe('certain');
    expect(memleak.detect(readFixture('memleak/blocks.memleak'), 'x')).toBe('certain');
    expect(memleak.detect(new TextEncoder().encode('main;f 3\n'), 'x')).toBe('no');
  });
});
