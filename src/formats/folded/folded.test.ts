import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decode,
  frameFile,
  frameName,
  naiveTotals,
  readFixture,
  stackNames,
  sum,
} from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { folded } from './folded';
import { readFoldedFrame, writeFoldedFrame } from './foldedFrame';

function rows(profile: Profile): [string, number][] {
  expect(checkProfile(profile)).toEqual([]);
  return [...profile.samples.stack].map((stack, row) => [
    stackNames(profile, stack).join(';'),
    profile.samples.values[0][row],
  ]);
}

const text = [
  '# a comment',
  'main;read file;copy 12',
  '',
  'main;#private 3\r',
  '   ',
  'main;read file;copy 0.5',
  'lone 1e2',
  'std::vector<int, a>::at(int);x 1',
].join('\n');

describe('folded', () => {
  it('reads stacks, blanks in frames, fractions, comments and both line ends, whatever the chunks', () => {
    for (let chunk = 1; chunk < text.length + 2; chunk++) {
      expect(rows(decode(folded, text, chunk))).toEqual([
        ['main;read file;copy', 12.5],
        ['main;#private', 3],
        ['lone', 100],
        ['std::vector<int, a>::at(int);x', 1],
      ]);
    }
    const { meta, sampleTypes, samples } = decode(folded, text);
    expect(meta).toEqual({
      formats: ['folded'],
      durationMs: null,
      startTimeMs: null,
      defaultSampleType: 0,
      lines: 'none',
      notes: [],
    });
    expect(sampleTypes).toEqual([{ type: 'samples', unit: 'count' }]);
    expect(samples.time).toBeNull();
  });

  it("counts py-spy's samples without frames, ` 1`, and writes them", () => {
    for (const input of [' 1\nmain;loop 3\n 2\n', ' 3\r\nmain;loop 3']) {
      const profile = decode(folded, input);
      expect(rows(profile)).toEqual([
        ['', 3],
        ['main;loop', 3],
      ]);
      expect([...profile.samples.stack]).toEqual([-1, 1]);
      expect(profile.meta.notes).toEqual([]);
      expect(new TextDecoder().decode(folded.encode!(profile))).toBe(' 3\nmain;loop 3\n');
    }
    expect(rows(decode(folded, ' 4\n'))).toEqual([['', 4]]);
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    expect(folded.detect(bytes(' 1\nmain;loop 3\n'), 'x.txt')).toBe('certain');
    expect(folded.detect(bytes(' 1\n 2\n'), 'x.txt')).toBe('no');
    expect(rows(decode(folded, 'elapsed 2.5\ngranularity 0.005\n 1\na;b 1\n'))).toHaveLength(2);
  });

  it("reads the header of Nylas' sampler", () => {
    const profile = decode(folded, 'elapsed 2.3729\ngranularity 0.005\n<module>(__main__);hot(__main__) 140\n');
    expect(rows(profile)).toEqual([['<module>(__main__);hot(__main__)', 140]]);
    expect(profile.meta.durationMs).toBeCloseTo(2372.9, 6);
    expect(profile.meta.lines).toBe('none');
    expect(rows(decode(folded, 'elapsed 2.3729\ngranularity 0.005\n'))).toEqual([]);
    expect(rows(decode(folded, 'elapsed 7\nother 1\n')).sort()).toEqual([
      ['elapsed', 7],
      ['other', 1],
    ]);
  });

  it("reads files and lines from py-spy's frames, and async-profiler's marks", () => {
    expect(readFoldedFrame('work (/app/my file.py:33)')).toEqual({
      name: 'work',
      file: '/app/my file.py',
      line: 33,
      inlined: false,
    });
    expect(readFoldedFrame('f (C:\\Program Files (x86)\\a.py:4)')).toMatchObject({
      name: 'f',
      file: 'C:\\Program Files (x86)\\a.py',
      line: 4,
    });
    expect(readFoldedFrame('f (lib.py)')).toMatchObject({ name: 'f', file: 'lib.py', line: 0 });
    expect(readFoldedFrame('operator() (int)')).toMatchObject({ name: 'operator() (int)', file: null });
    for (const mark of 'jk01') {
      expect(readFoldedFrame(`java/lang/String.hashCode_[${mark}]`)).toEqual({
        name: 'java/lang/String.hashCode',
        file: null,
        line: 0,
        inlined: false,
      });
    }
    expect(readFoldedFrame('a.b_[i]')).toEqual({ name: 'a.b', file: null, line: 0, inlined: true });
    expect(readFoldedFrame('a_[x]').name).toBe('a_[x]');
  });

  it('writes frames that it reads again', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z<>.$]{1,9}$/),
        fc.option(fc.stringMatching(/^\/[a-z /]{1,9}\.py$/)),
        fc.nat(99999),
        fc.boolean(),
        (name, file, at, inlined) => {
          const line = file === null ? 0 : at;
          expect(readFoldedFrame(writeFoldedFrame(name, file, line, inlined))).toEqual({ name, file, line, inlined });
        },
      ),
      { seed: 1, numRuns: 300 },
    );
    expect(writeFoldedFrame('a;b\r\nc', null, 0, false)).toBe('a:b c');
  });

  it('leaves out a few lines that are no stacks, and says which', () => {
    const profile = decode(folded, `${'a;b 1\n'.repeat(9)}oops\n`);
    expect(rows(profile)).toEqual([['a;b', 9]]);
    expect(profile.meta.notes).toEqual(['One line is not "frame;frame;frame count" and left out (it is line 10).']);
  });

  it.each([
    ['nothing', '', /The file is empty/],
    ['comments alone', '# x\n', /there is no such line/],
    ['prose', 'Dear reader,\nthis is a letter.\n', /Expected folded stacks, .* \(at line 1\)/],
    ['too much prose', 'a;b 1\nDear reader,\n', /\(at line 2\)/],
    ['counts beyond every number', 'a 1e308\na 1e308\n', /added up.*\(at line 2\)/],
    ['bytes', new Uint8Array(5000).fill(200), /\(at line 1\)/],
  ])('refuses %s', (_, input, sentence) => {
    expect(() => decode(folded, input)).toThrow(sentence);
    expect(() => decode(folded, input)).toThrow(expect.objectContaining({ name: 'DecodeError' }));
  });

  it('stops early in a file that is something else', () => {
    let chunks = 0;
    const chunk = new TextEncoder().encode('not a stack\n'.repeat(2000));
    const source = {
      name: 'x',
      size: null,
      head: () => chunk,
      bytes: () => chunk,
      *chunks() {
        for (; chunks < 1000; chunks++) {
          yield chunk;
        }
      },
    };
    expect(() => folded.decode(source, { checkpoint: () => {} })).toThrow(/line 1\)/);
    expect(chunks).toBe(0);
  });

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

  it('agrees with a walk over the lines of py-spy', () => {
    const bytes = readFixture('py-spy.folded');
    const profile = decode(folded, bytes, 1000);
    expect(checkProfile(profile)).toEqual([]);
    expect(profile.meta.lines).toBe('call');
    const expected = new Map<string, { self: number; total: number }>();
    let all = 0;
    for (const line of new TextDecoder().decode(bytes).split('\n')) {
      if (line === '') {
        continue;
      }
      const blank = line.lastIndexOf(' ');
      const count = Number(line.slice(blank + 1));
      const frames = line.slice(0, blank).split(';');
      all += count;
      for (const frame of blank === 0 ? [] : new Set(frames)) {
        const entry = expected.get(frame) ?? { self: 0, total: 0 };
        entry.total += count;
        entry.self += frame === frames.at(-1) ? count : 0;
        expected.set(frame, entry);
      }
    }
    expect(expected.size).toBeGreaterThan(5);
    expect(sum(profile.samples.values[0])).toBe(all);
    const key = (p: Profile) => (frame: number) =>
      `${frameName(p, frame)} (${frameFile(p, frame)}:${p.frames.line[frame]})`;
    expect(naiveTotals(profile, 0, key(profile))).toEqual(expected);
    const again = decode(folded, folded.encode!(profile));
    expect(naiveTotals(again, 0, key(again))).toEqual(expected);
  });
});
