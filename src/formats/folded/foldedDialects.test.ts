import { describe, expect, it } from 'vitest';
import { decode } from '../../../test/support/profiles';
import { sampleRows } from '../../../test/support/sampleRows';
import { folded } from './folded';

describe('folded', () => {
  it("counts py-spy's samples without frames, ` 1`, and writes them", () => {
    for (const input of [' 1\nmain;loop 3\n 2\n', ' 3\r\nmain;loop 3']) {
      const profile = decode(folded, input);
      expect(sampleRows(profile)).toEqual([
        ['', 3],
        ['main;loop', 3],
      ]);
      expect([...profile.samples.stack]).toEqual([-1, 1]);
      expect(profile.meta.notes).toEqual([]);
      expect(new TextDecoder().decode(folded.encode!(profile))).toBe(' 3\nmain;loop 3\n');
    }
    expect(sampleRows(decode(folded, ' 4\n'))).toEqual([['', 4]]);
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    expect(folded.detect(bytes(' 1\nmain;loop 3\n'), 'x.txt')).toBe('certain');
    expect(folded.detect(bytes(' 1\n 2\n'), 'x.txt')).toBe('no');
    expect(sampleRows(decode(folded, 'elapsed 2.5\ngranularity 0.005\n 1\na;b 1\n'))).toHaveLength(2);
  });

  it("reads the header of Nylas' sampler", () => {
    const profile = decode(folded, 'elapsed 2.3729\ngranularity 0.005\n<module>(__main__);hot(__main__) 140\n');
    expect(sampleRows(profile)).toEqual([['<module>;hot', 140]]);
    const { functions, strings } = profile;
    expect([...functions.module].map((module) => strings[module])).toEqual(['__main__', '__main__']);
    expect([...functions.file, ...functions.line]).toEqual([-1, -1, 0, 0]);
    expect(new TextDecoder().decode(folded.encode!(profile))).toBe('__main__`<module>;__main__`hot 140\n');
    expect(profile.meta.durationMs).toBeCloseTo(2372.9, 6);
    expect(profile.meta.lines).toBe('none');
    expect(sampleRows(decode(folded, 'elapsed 2.3729\ngranularity 0.005\n'))).toEqual([]);
    expect(sampleRows(decode(folded, 'elapsed 7\nother 1\n')).sort()).toEqual([
      ['elapsed', 7],
      ['other', 1],
    ]);
  });

  it("reads async-profiler's threads, whatever their names, and gives them back", () => {
    const lines = [
      '[main tid=17];a;b 2',
      '[main tid=17] 1',
      '[worker; one tid=18];a;b 3',
      '[tid=19];a 4',
      '[vmlinux;a 5',
      'a;b 6',
    ];
    const profile = decode(folded, lines.join('\n'));
    const threadOf = (row: number): string =>
      `${profile.threads[profile.samples.thread![row]].name} ${profile.threads[profile.samples.thread![row]].tid}`;
    expect(sampleRows(profile).map(([stack, count], row) => [threadOf(row), stack, count])).toEqual([
      ['main 17', '', 1],
      ['main 17', 'a;b', 2],
      ['worker; one 18', 'a;b', 3],
      [' 19', 'a', 4],
      [' null', '[vmlinux;a', 5],
      [' null', 'a;b', 6],
    ]);
    const text = new TextDecoder().decode(folded.encode!(profile));
    expect(text.split('\n').sort()).toEqual(
      ['', ...lines].map((line) => line.replace('worker; one', 'worker: one')).sort(),
    );
  });

  it("reads py-spy's threads and processes", () => {
    const profile = decode(
      folded,
      'process 7:"python a.py";thread (8): Main Thread;f (/a.py:1) 2\nprocess 7:"python a.py";thread (0x7F00);f (/a.py:1) 3\n',
    );
    expect(profile.threads).toEqual([
      { name: 'Main Thread', process: 'python a.py', pid: 7, tid: 8 },
      { name: '', process: 'python a.py', pid: 7, tid: null },
    ]);
    expect(sampleRows(profile)).toEqual([
      ['f', 2],
      ['f', 3],
    ]);
  });

  it("takes what stands behind bcc's delimiter as the kernel's", () => {
    const profile = decode(folded, 'cat;main;read;-;vfs_read;copy 7\ncat;main;read;vfs_read 1\n-;x 2\ncat;main;- 1\n');
    expect(sampleRows(profile)).toEqual([
      ['cat;main;read;vfs_read;copy', 7],
      ['cat;main;read;vfs_read', 1],
      ['-;x', 2],
      ['cat;main', 1],
    ]);
    expect(new TextDecoder().decode(folded.encode!(profile))).toBe(
      'cat;main 1\ncat;main;read;vfs_read_[k];copy_[k] 7\ncat;main;read;vfs_read 1\n-;x 2\n',
    );
  });

  it('reads and writes the two counts of difffolded.pl', () => {
    const input = 'a;b 3 5\na;c 2 0\na;d 0 1.5\n';
    const profile = decode(folded, input);
    expect(profile.sampleTypes).toEqual(['samples', 'base', 'change'].map((type) => ({ type, unit: 'count' })));
    expect(profile.samples.values.map((column) => [...column])).toEqual([
      [5, 0, 1.5],
      [3, 2, 0],
      [2, -2, 1.5],
    ]);
    expect(profile.meta.notes[0]).toMatch(/^Each line has two counts/);
    expect(new TextDecoder().decode(folded.encode!(profile))).toBe(input);
    // One such line, or one that is not: frames that end in a number.
    expect(sampleRows(decode(folded, 'a;thread 1 5\n'))).toEqual([['a;thread 1', 5]]);
    expect(sampleRows(decode(folded, 'a;thread 1 5\na;b 1\n'))).toHaveLength(2);
  });
});
