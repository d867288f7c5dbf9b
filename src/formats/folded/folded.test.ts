import { describe, expect, it } from 'vitest';
import { decode, noContext, seeded, sourceOf } from '../../../test/support/profiles';
import { sampleRows } from '../../../test/support/sampleRows';
import { decodeFolded, folded } from './folded';

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
      expect(sampleRows(decode(folded, text, chunk))).toEqual([
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

  it('leaves out a few lines that are no stacks, and says which', () => {
    const profile = decode(folded, `${'a;b 1\n'.repeat(9)}oops\n`);
    expect(sampleRows(profile)).toEqual([['a;b', 9]]);
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

  it('is the same by WebAssembly, whatever the chunks', () => {
    const random = seeded(7);
    const at = (below: number): number => Math.floor(random() * below);
    const words = [
      'a',
      'main',
      'x'.repeat(15),
      'y'.repeat(16),
      'z'.repeat(17),
      'w'.repeat(40),
      'ü',
      '',
      'b c',
      '-',
      '#p',
    ];
    const ends = [' 1', ' 12', '\t3', ' 1.5', ' 1e3', ' 123456789012345678', '', ' -4', ' 0', '  7 ', ' 8\r', ' 2 3'];
    let earlier = 'first;line';
    const lineOf = (): string => {
      if (at(40) === 0)
        return ['', '# note', '   ', 'prose', ' 5', `${`${'long'.repeat(25_000)};`.repeat(3)}end 3`][at(6)];
      const keep = at(2) === 0 ? '' : `${earlier.slice(0, at(earlier.length + 1))}${at(2) === 0 ? ';' : ''}`;
      earlier =
        keep.slice(0, 3000) + Array.from({ length: 1 + at(30) }, () => words[at(words.length)] + at(3)).join(';');
      return earlier + ends[at(3) === 0 ? at(ends.length) : 0];
    };
    for (let round = 0; round < 12; round++) {
      const text = Array.from({ length: 300 }, lineOf).join('\n');
      const of = (use: 'always' | 'never', chunk: number): unknown => {
        const profile = decodeFolded(sourceOf(text, 'x', chunk), noContext, use);
        return [sampleRows(profile).sort(), profile.meta, [...profile.strings].sort()];
      };
      expect(of('always', 1 + at(1 << 19))).toEqual(of('never', 1 << 16));
      expect(of('always', 1 + at(50))).toEqual(of('never', 1000));
    }
  });

  it('keeps apart as many frames and stacks as there are', () => {
    const lines = Array.from({ length: 40_000 }, (_, i) => `main;f${i % 5000};g${i};h${i % 7} ${(i % 9) + 1}`);
    const profile = decodeFolded(sourceOf(lines.join('\n')), noContext, 'always');
    expect(sampleRows(profile).map(([stack, count]) => `${stack} ${count}`)).toEqual(lines);
    expect(profile.stacks.length).toBe(1 + 5000 + 80_000);
  });
});
