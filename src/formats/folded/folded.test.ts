import { describe, expect, it } from 'vitest';
import {
  decode,
  frameFile,
  frameName,
  naiveTotals,
  noContext,
  readFixture,
  seeded,
  sourceOf,
  stackNames,
  sum,
} from '../../../test/support/profiles';
import { fc } from '../../../test/support/property';
import { checkProfile } from '../../profile/checkProfile';
import { frameKind } from '../../profile/frameKind';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { decodeFolded, folded } from './folded';
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
    expect(rows(profile)).toEqual([['<module>;hot', 140]]);
    const { functions, strings } = profile;
    expect([...functions.module].map((module) => strings[module])).toEqual(['__main__', '__main__']);
    expect([...functions.file, ...functions.line]).toEqual([-1, -1, 0, 0]);
    expect(new TextDecoder().decode(folded.encode!(profile))).toBe('__main__`<module>;__main__`hot 140\n');
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
      ...{ module: null, inlined: false, kind: 0 },
    });
    expect(readFoldedFrame('f (C:\\Program Files (x86)\\a.py:4)')).toMatchObject({
      name: 'f',
      file: 'C:\\Program Files (x86)\\a.py',
      line: 4,
    });
    expect(readFoldedFrame('f (lib.py)')).toMatchObject({ name: 'f', file: 'lib.py', line: 0 });
    expect(readFoldedFrame('operator() (int)')).toMatchObject({ name: 'operator() (int)', file: null });
    const { interpreted, compiled, kernel, unknown } = frameKind;
    for (const [mark, kind] of Object.entries({ j: compiled, k: kernel, 0: interpreted, 1: compiled })) {
      expect(readFoldedFrame(`java/lang/String.hashCode_[${mark}]`)).toEqual({
        name: 'java/lang/String.hashCode',
        ...{ file: null, module: null, line: 0, inlined: false, kind },
      });
    }
    expect(readFoldedFrame('a.b_[i]')).toEqual({
      name: 'a.b',
      ...{ file: null, module: null, line: 0, inlined: true, kind: unknown },
    });
    expect(readFoldedFrame('a_[x]').name).toBe('a_[x]');
    expect(readFoldedFrame('save - /app/models/user.rb:12')).toMatchObject({
      name: 'save',
      file: '/app/models/user.rb',
      line: 12,
    });
  });

  it('writes frames that it reads again', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z<>.$]{1,9}$/),
        fc.option(fc.stringMatching(/^\/[a-z /]{1,9}\.py$/)),
        fc.nat(99999),
        fc.option(fc.stringMatching(/^[a-z._/-]{1,9}$/)),
        fc.constantFrom('', 'i', ...[1, 2, 4]),
        (name, file, at, inside, mark) => {
          const frame = {
            name,
            file,
            module: file === null ? inside : null,
            line: file === null ? 0 : at,
            inlined: mark === 'i',
            kind: typeof mark === 'number' ? mark : 0,
          };
          expect(readFoldedFrame(writeFoldedFrame(frame))).toEqual(frame);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
    const plain = { file: null, module: null, line: 0, inlined: false, kind: 0 };
    expect(writeFoldedFrame({ ...plain, name: 'a;b\r\nc' })).toBe('a:b c');
    // Signatures as async-profiler writes them: `|` for `;`.
    const signature = 'Busy.join(Ljava/util/List|[I[[Ljava/lang/String|J)Ljava/lang/String|';
    const { name } = readFoldedFrame(`${signature}_[j]`);
    expect(name).toBe('Busy.join(Ljava/util/List;[I[[Ljava/lang/String;J)Ljava/lang/String;');
    expect(writeFoldedFrame({ ...plain, name })).toBe(signature);
    expect(readFoldedFrame('a|b(int)').name).toBe('a|b(int)');
    // .NET's number of type parameters is no library.
    expect(readFoldedFrame('List`1.Add')).toEqual({ ...plain, name: 'List`1.Add' });
    expect(readFoldedFrame('libc.so.6`malloc')).toEqual({ ...plain, name: 'malloc', module: 'libc.so.6' });
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
    expect(rows(profile).map(([stack, count], row) => [threadOf(row), stack, count])).toEqual([
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
    expect(rows(profile)).toEqual([
      ['f', 2],
      ['f', 3],
    ]);
  });

  it("takes what stands behind bcc's delimiter as the kernel's", () => {
    const profile = decode(folded, 'cat;main;read;-;vfs_read;copy 7\ncat;main;read;vfs_read 1\n-;x 2\ncat;main;- 1\n');
    expect(rows(profile)).toEqual([
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
    expect(rows(decode(folded, 'a;thread 1 5\n'))).toEqual([['a;thread 1', 5]]);
    expect(rows(decode(folded, 'a;thread 1 5\na;b 1\n'))).toHaveLength(2);
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

  function fixtureText(name: string): string {
    return new TextDecoder().decode(readFixture(`folded/${name}`));
  }

  /** Counts by stack, of folded text. */
  function countsOf(text: string): Map<string, number[]> {
    const counts = new Map<string, number[]>();
    for (const line of text.split('\n').filter((line) => line !== '')) {
      const [, stack, ...numbers] = /^(.*?) (?:(\d+) )??(\d+)$/.exec(line) ?? [];
      const added = numbers.map((number) => Number(number ?? 0));
      counts.set(
        stack,
        (counts.get(stack) ?? [0, 0]).map((sum, i) => sum + added[i]),
      );
    }
    return counts;
  }

  it.each<[string, (line: string) => string]>([
    // Frame kinds have one mark each; a thread's name cannot keep its semicolon.
    ['async-full.collapsed', (line) => line.replace(/_\[1\](?=[; ])/g, '_[j]')],
    ['async-plain.collapsed', (line) => line],
    ['bcc-profile.folded', (line) => line.replace(/;-(?=;)/, '')],
    ['nylas.txt', (line) => (line.includes('(') ? line.replace(/([^;]+)\(([^;]*)\)/g, '$2`$1') : '')],
    ['offcputime.folded', (line) => line],
    // Threads have no name in their first samples.
    [
      'py-spy-threads.folded',
      (line) => {
        const tid = /thread \((\d+)\)/.exec(line)?.[1];
        const name = new RegExp(`thread \\(${tid}\\): ([^;]*)`).exec(fixtureText('py-spy-threads.folded'))?.[1];
        return line.replace(/thread \(\d+\)(: [^;]*)?/, `[${name === undefined ? '' : `${name} `}tid=${tid}]`);
      },
    ],
    ['stackcollapse-perf.folded', (line) => line],
  ])('writes every line of %s again', (name, expected) => {
    const bytes = readFixture(`folded/${name}`);
    const lines = new TextDecoder().decode(bytes).split('\n');
    for (const use of ['never', 'always'] as const) {
      const profile = decodeFolded(sourceOf(bytes), noContext, use);
      expect(checkProfile(profile)).toEqual([]);
      expect(profile.meta.notes).toEqual([]);
      expect(countsOf(new TextDecoder().decode(folded.encode!(profile)))).toEqual(
        countsOf(lines.map(expected).join('\n')),
      );
    }
  });

  it('reads threads, kinds, modules and signatures of async-profiler', () => {
    const profile = decode(folded, readFixture('folded/async-full.collapsed'));
    expect(profile.threads.length).toBeGreaterThan(3);
    expect(profile.threads.every(({ tid }) => tid !== null && tid > 0)).toBe(true);
    expect(profile.threads.map(({ name }) => name)).toContain('compute');
    const { frames, functions, strings } = profile;
    const names = [...functions.name].map((name) => strings[name]);
    expect(names).toContain('Busy.lambda$start$1(LBusy$Work;)V');
    expect(names.some((name) => /[|`]|_\[.\]$/.test(name))).toBe(false);
    expect([...functions.module].some((module) => strings[module] === 'libjvm.so')).toBe(true);
    expect(new Set(frames.kind)).toEqual(new Set([frameKind.unknown, frameKind.interpreted, frameKind.compiled]));
    expect(frames.inlined.includes(1)).toBe(true);
  });

  it('reads both counts of every line of difffolded.pl', () => {
    const bytes = readFixture('folded/difffolded.folded');
    const profile = decode(folded, bytes);
    const [samples, base] = profile.samples.values;
    const lines = new TextDecoder().decode(bytes).trim().split('\n');
    const numbers = lines.map((line) => line.split(' ').slice(-2).map(Number));
    expect([sum(base), sum(samples)]).toEqual([sum(numbers.map(([one]) => one)), sum(numbers.map(([, two]) => two))]);
    const written = new TextDecoder().decode(folded.encode!(profile)).trim().split('\n');
    expect(written.sort()).toEqual(lines.sort());
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
        return [rows(profile).sort(), profile.meta, [...profile.strings].sort()];
      };
      expect(of('always', 1 + at(1 << 19))).toEqual(of('never', 1 << 16));
      expect(of('always', 1 + at(50))).toEqual(of('never', 1000));
    }
  });

  it('writes what it reads again: names of modules of the kernel, files of Node itself', () => {
    const text = 'resolve (node:path);[kernel.kallsyms]`ksys_read_[k] 2\n';
    const profile = decodeFolded(sourceOf(text), noContext);
    expect([...profile.strings]).toEqual(
      expect.arrayContaining(['resolve', 'node:path', '[kernel.kallsyms]', 'ksys_read']),
    );
    expect(new TextDecoder().decode(folded.encode!(profile))).toBe(text);
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

  it('keeps apart as many frames and stacks as there are', () => {
    const lines = Array.from({ length: 40_000 }, (_, i) => `main;f${i % 5000};g${i};h${i % 7} ${(i % 9) + 1}`);
    const profile = decodeFolded(sourceOf(lines.join('\n')), noContext, 'always');
    expect(rows(profile).map(([stack, count]) => `${stack} ${count}`)).toEqual(lines);
    expect(profile.stacks.length).toBe(1 + 5000 + 80_000);
  });
});
